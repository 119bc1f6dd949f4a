"""Entries → RIS. A value is one line, whatever is in it, so nothing can end a reference early.

Not rispy: it joins tag and value and no more (docs/decisions/0012-writers-of-our-own.md). A
preprint is `UNPB`, for RIS has no type of its own for it; CSL-JSON and Zotero RDF do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bibkit.emit.fields import doi_of, web_address
from bibkit.emit.options import WriteOptions
from bibkit.emit.plain import (
    LABELS,
    arxiv_mark,
    is_published,
    labelled_links,
    pages_of,
    plain,
    subject_of,
)
from bibkit.record import Author, Entry, PartialDate
from bibkit.text.visible import visible

_TYPES = {"article": "JOUR", "inproceedings": "CPAPER"}
_SEPARATORS = re.compile(r"\s*[,;]\s*")
"""Between the parts of a name, and to some readers between names."""
_RANGE = re.compile(r"([^-]+)-([^-]+)")


def write(entries: Sequence[Entry], *, options: WriteOptions = WriteOptions()) -> str:  # noqa: B008 - frozen
    """Return the entries as RIS, a blank line between them."""
    return "\n".join(_reference(entry, options) for entry in entries)


def _reference(entry: Entry, options: WriteOptions) -> str:
    fields = [*_fields(entry, options), ("ER", "")]
    return "".join(f"{tag}  - {value}\n" for tag, value in fields if value or tag == "ER")


def _fields(entry: Entry, options: WriteOptions) -> Iterator[tuple[str, str]]:
    yield "TY", _TYPES[entry.entry_type] if is_published(entry) else "UNPB"
    yield "ID", visible(entry.citation_key)
    yield "TI", plain(entry.title)
    for author in entry.authors:
        yield "AU", _name(author)
    if entry.date:
        yield "PY", f"{entry.date.year:04d}"
        yield "DA", _date(entry.date)
    if is_published(entry):
        yield from _place(entry)
    if entry.eprint:
        yield "DB", "arXiv"
        yield "AN", arxiv_mark(entry)
    yield "DO", doi_of(entry) or ""
    yield "UR", web_address(entry.url) or ""
    links = list(labelled_links(entry))
    for label, address in links:
        if label == LABELS["code"]:
            yield "L2", address  # what readers make a link of beside the paper's own address
    yield "KW", subject_of(entry)
    for label, address in links:
        yield "N1", f"{label}: {address}"
    yield "N1", plain(entry.note)
    if options.abstract:
        yield "AB", plain(entry.abstract)


def _place(entry: Entry) -> Iterator[tuple[str, str]]:
    yield "T2", plain(entry.container)
    yield "VL", plain(entry.volume)
    yield "IS", plain(entry.number)
    pages = pages_of(entry)
    found = _RANGE.fullmatch(pages)
    yield "SP", found[1] if found else pages
    yield "EP", found[2] if found else ""


def _name(author: Author) -> str:
    """Return `Family, Given, Suffix` (RIS specification); a part cannot hold a separator itself."""
    family = author.family if author.collective else f"{author.particle} {author.family}"
    parts = [family] if author.collective else [family, author.given, author.suffix]
    given = [_SEPARATORS.sub(" ", visible(part)).strip() for part in parts]
    if len(given) == 3 and given[2] and not given[1]:
        given = [f"{given[0]} {given[2]}"]
    return ", ".join(part for part in given if part)


def _date(date: PartialDate) -> str:
    """Return `YYYY/MM/DD`, with the slashes of what is not known; a bare year says nothing new."""
    if not date.month:
        return ""
    return f"{date.year:04d}/{date.month:02d}/{f'{date.day:02d}' if date.day else ''}"
