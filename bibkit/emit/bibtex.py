"""Entries → BibTeX for the classic styles: `@misc`, `year` and `month`, authors in ASCII.

Both spellings of the eprint are written: `eprinttype` is what Zotero, ACL and ACM read,
`archiveprefix` and `primaryclass` are what arXiv exports and REVTeX reads.
"""

from __future__ import annotations

from collections.abc import Sequence

from bibkit.emit.fields import (
    Field,
    author_list,
    braced,
    layout,
    page_range,
    shared_fields,
    sort_key,
    title_of,
    verbatim,
)
from bibkit.emit.options import WriteOptions
from bibkit.record import Entry
from bibkit.text.latex import encode, encode_name
from bibkit.text.tex_ascii import in_ascii

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def write(entries: Sequence[Entry], *, options: WriteOptions = WriteOptions()) -> str:  # noqa: B008 - frozen
    """Return the entries as BibTeX, a blank line between them."""
    text = "\n".join(_entry(entry, options) for entry in entries)
    return in_ascii(text) if options.ascii else text


def _entry(entry: Entry, options: WriteOptions) -> str:
    authors = author_list(entry, encode_name)
    published = _publication(entry) if authors else []  # styles warn of an article by nobody
    kind: str = entry.entry_type if published else "misc"
    if not published and entry.eprint and options.arxiv_style != "misc":
        kind, published = _printed_eprint(entry.eprint.id, options)
    fields = [
        ("title", braced(title_of(entry))),
        ("author", braced(authors)) if authors else ("key", braced(sort_key(entry))),
        *published,
        *_date(entry),
        *_eprint(entry),
        *shared_fields(entry, options),
    ]
    return layout(kind, entry.citation_key, fields)


def _date(entry: Entry) -> list[Field]:
    """Return year and month; the classic styles fail without a year, and want the month's macro."""
    if entry.date is None:
        return [("year", "{n.d.}")]
    year: Field = ("year", braced(str(entry.date.year)))
    month = entry.date.month
    return [year, ("month", _MONTHS[month - 1])] if month else [year]


def _publication(entry: Entry) -> list[Field]:
    """Return where a paper was published; styles warn of a number without volume or series."""
    container = encode(entry.container or "")
    if entry.entry_type == "preprint" or not container:
        return []
    article = entry.entry_type == "article"
    values = {
        "journal" if article else "booktitle": container,
        "volume": encode(entry.volume or ""),
        "number": encode(entry.number or "") if article and entry.volume else "",
        "pages": page_range(entry.pages or ""),
    }
    return [(name, braced(value)) for name, value in values.items() if value]


def _printed_eprint(identifier: str, options: WriteOptions) -> tuple[str, list[Field]]:
    """Return type and field that make styles print an eprint of which they know nothing."""
    text = braced(f"arXiv preprint arXiv:{verbatim(identifier)}")
    return ("article", [("journal", text)]) if options.arxiv_style == "article" else (
        "misc", [("howpublished", text)]
    )  # fmt: skip


def _eprint(entry: Entry) -> list[Field]:
    if entry.eprint is None:
        return []
    fields = {
        "eprint": verbatim(entry.eprint.id),
        "eprinttype": "arxiv",
        "archiveprefix": "arXiv",
        "primaryclass": verbatim(entry.eprint.primary_class or ""),
    }
    return [(name, braced(value)) for name, value in fields.items() if value]
