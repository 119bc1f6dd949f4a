"""The bytes of a bibliography → entries; its format is told from the content."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bibkit.bibfile import readable
from bibkit.bibfile.encoding import decode as decode_any
from bibkit.convert.fields_entry import ReadEntry
from bibkit.convert.keys import keyed
from bibkit.convert.libraries import LIBRARIES
from bibkit.errors import ListingError, OutputError
from bibkit.listing import decode, read_listing, recognise
from bibkit.record import Entry, Eprint, PartialDate, Problem, Record

_RDF_SIGN = b"http://www.zotero.org/namespaces/export#"
_READ_BY_PEOPLE = re.compile(rb'^- <a id="[^"]+"></a>|^<ul class="bibliography">', re.MULTILINE)
"""What our Markdown and HTML have: their parts cannot be told apart for certain."""


@dataclass(frozen=True, slots=True)
class Converted:
    """What was read, and what was not."""

    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...]


def read_entries(
    data: bytes,
    *,
    origin: str,
    format: str | None = None,  # noqa: A002 - as `read_listing` calls it
    code_field: str = "code",
) -> Converted:
    """Read a bibliography of any format.

    Args:
        data: the file.
        origin: what messages call it.
        format: a listing format's name, or `zotero_rdf`; recognised when None.
        code_field: the field with the code link (BibTeX) or `custom` variable (CSL).

    Raises:
        BibkitError: it cannot be read at all.

    """
    if not data.strip():
        return Converted((), (Problem(origin, "listing-empty", "has no entry"),))
    name = format.replace("-", "_") if format else _recognised(data, origin)
    if name in LIBRARIES:
        try:
            found, problems = LIBRARIES[name](data, origin, code_field)
        except OutputError as error:
            if name in ("zotero_rdf", "bibtex"):
                raise
            why = f"{error.message.partition(';')[0]}; read as far as it goes"
            return _of_listing(data, origin, name, (Problem(error.origin, error.code, why),))
        lost = (_lost(item, origin) for item in found if item.lost)
        entries, changed = keyed([item.entry for item in found])
        return Converted(tuple(entries), (*problems, *lost, *changed))
    return _of_listing(data, origin, name)


def _recognised(data: bytes, origin: str) -> str:
    if _RDF_SIGN in data[:10_000]:
        return "zotero_rdf"
    if _READ_BY_PEOPLE.search(data):
        message = "a list that bibkit wrote for people to read; convert what it was made from"
        raise ListingError(message, origin=origin, code="listing-format")
    try:
        text = decode(data, origin=origin)
    except ListingError:  # a listing is read in known encodings only, a .bib in any
        text = readable(decode_any(data, origin=origin)[0])
    return recognise(text, origin=origin)


def _lost(item: ReadEntry, origin: str) -> Problem:
    message = f"{item.entry.citation_key or 'an entry'}: not carried over: {', '.join(item.lost)}"
    return Problem(f"{origin}:{item.line}", "not-carried", message)


def _of_listing(data: bytes, origin: str, name: str, told: tuple[Problem, ...] = ()) -> Converted:
    listing = read_listing(decode(data, origin=origin), origin=origin, format=name)
    entries, changed = keyed([_record_entry(record) for record in listing.records])
    lost = (problem for record in listing.records for problem in _record_lost(record))
    return Converted(tuple(entries), (*told, *listing.problems, *lost, *changed))


def _record_entry(record: Record) -> Entry:
    day = record.date
    date = PartialDate(day.year, day.month, day.day) if day else None
    return Entry(
        citation_key="",
        entry_type="article" if record.venue else "preprint",
        title=record.title,
        authors=record.authors,
        date=date or (PartialDate(record.year) if record.year else None),
        eprint=Eprint(record.arxiv_id) if record.arxiv_id else None,
        doi=record.doi,
        url=f"https://arxiv.org/abs/{record.arxiv_id}" if record.arxiv_id else None,
        container=record.venue or None,
        volume=record.volume or None,
        number=record.number or None,
        pages=record.pages or None,
        abstract=" ".join(record.abstract.split()),
        links=record.links,
    )


def _record_lost(record: Record) -> Iterator[Problem]:
    if record.identifiers:
        message = f"not carried over: {', '.join(record.identifiers)}"
        yield Problem(record.origin, "not-carried", message)
    if record.authors_count and record.authors_count > len(record.authors):
        message = f"has {record.authors_count} authors and names {len(record.authors)}"
        yield Problem(record.origin, "not-carried", message)
