"""Entries → BibLaTeX for biber: `@online`, `date`, `eprintclass`, names in UTF-8."""

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
from bibkit.record import Entry, PartialDate
from bibkit.text.latex import encode
from bibkit.text.tex_ascii import in_ascii


def write(entries: Sequence[Entry], *, options: WriteOptions = WriteOptions()) -> str:  # noqa: B008 - frozen
    """Return the entries as BibLaTeX, a blank line between them."""
    text = "\n".join(_entry(entry, options) for entry in entries)
    return in_ascii(text) if options.ascii else text


def _entry(entry: Entry, options: WriteOptions) -> str:
    authors = author_list(entry, encode)
    published = _publication(entry) if authors else []  # styles warn of an article by nobody
    fields = [
        ("title", braced(title_of(entry))),
        ("author", braced(authors)) if authors else ("sortkey", braced(sort_key(entry))),
        *published,
        *([("date", braced(_iso(entry.date)))] if entry.date else []),
        *_eprint(entry),
        *shared_fields(entry, options),
    ]
    kind = entry.entry_type if published else "online" if _is_online(fields) else "misc"
    return layout(kind, entry.citation_key, fields)


def _is_online(fields: Sequence[Field]) -> bool:
    """Tell whether the data model lets it be `@online`: it must say where."""
    return any(name in ("url", "doi", "eprint") for name, _ in fields)


def _publication(entry: Entry) -> list[Field]:
    container = encode(entry.container or "")
    if entry.entry_type == "preprint" or not container:
        return []
    values = {
        "journaltitle" if entry.entry_type == "article" else "booktitle": encode(
            entry.container or ""
        ),
        "volume": encode(entry.volume or ""),
        "number": encode(entry.number or ""),
        "pages": page_range(entry.pages or ""),
    }
    return [(name, braced(value)) for name, value in values.items() if value]


def _eprint(entry: Entry) -> list[Field]:
    if entry.eprint is None:
        return []
    fields = {
        "eprint": verbatim(entry.eprint.id),
        "eprinttype": "arxiv",
        "eprintclass": verbatim(entry.eprint.primary_class or ""),
    }
    return [(name, braced(value)) for name, value in fields.items() if value]


def _iso(date: PartialDate) -> str:
    """Return `2017`, `2017-06` or `2017-06-12` (biblatex manual §2.3.8)."""
    month = f"-{date.month:02d}" if date.month else ""
    day = f"-{date.day:02d}" if date.month and date.day else ""
    return f"{date.year:04d}{month}{day}"
