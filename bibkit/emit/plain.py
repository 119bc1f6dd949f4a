"""What the writers of plain Unicode share: text without TeX, and what a paper's notes say.

The labels are ones that Zotero does not know: it would make fields of `Code:` and the like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from bibkit.emit.fields import web_address
from bibkit.record import Author, Entry, PartialDate
from bibkit.text.latex import plain_text
from bibkit.text.visible import visible

LABELS = {
    "code": "Code URL",
    "project": "Project page",
    "model": "Model URL",
    "dataset": "Dataset URL",
    "demo": "Demo URL",
}
"""Kind of link → what it is called; other kinds are not written."""


def plain(text: str | None) -> str:
    """Return text on one line as it is read: no TeX, nothing invisible."""
    return plain_text(visible(text or ""))


def as_published(entry: Entry) -> Entry:
    """Return the entry; what is on arXiv and nobody knows where it was published is a preprint."""
    loose = entry.entry_type in ("article", "inproceedings") and not plain(entry.container)
    return replace(entry, entry_type="preprint") if loose and entry.eprint else entry


def pages_of(entry: Entry) -> str:
    """Return the pages with a hyphen between them."""
    return re.sub(r"\s*[-–—]+\s*", "-", plain(entry.pages))


def surname(author: Author) -> str:
    """Return the family name with its particle before it and its suffix behind it."""
    parts = (author.particle, author.family or author.given, author.suffix)
    return " ".join(visible(part) for part in parts if part)


def iso_date(date: PartialDate) -> str:
    """Return `2017`, `2017-06` or `2017-06-12`."""
    month = f"-{date.month:02d}" if date.month else ""
    day = f"-{date.day:02d}" if date.month and date.day else ""
    return f"{date.year:04d}{month}{day}"


def arxiv_mark(entry: Entry) -> str:
    """Return `arXiv:1706.03762`, or nothing."""
    return visible(f"arXiv:{entry.eprint.id}") if entry.eprint else ""


def subject_of(entry: Entry) -> str:
    """Return arXiv's primary class, or nothing."""
    return visible(entry.eprint.primary_class or "") if entry.eprint else ""


def labelled_links(entry: Entry) -> Iterator[tuple[str, str]]:
    """Yield label and address of every link that has a label, the code first."""
    for link in sorted(entry.links, key=lambda link: link.kind != "code"):
        address = web_address(link.url)
        if address and link.kind in LABELS:
            yield LABELS[link.kind], address


def note_lines(entry: Entry) -> Iterator[str]:
    """Yield the lines of a note that keeps what has no field: id, links, the entry's own note."""
    if entry.eprint:
        primary = f" [{entry.eprint.primary_class}]" if entry.eprint.primary_class else ""
        yield f"arXiv:{visible(entry.eprint.id + primary)}"
    for label, address in labelled_links(entry):
        yield f"{label}: {address}"
    if entry.note:
        yield plain(entry.note)
