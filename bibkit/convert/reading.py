"""The bytes of a bibliography → entries; its format is told from the content."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from bibkit.bibfile import (
    BibFile,
    FileEntry,
    inherit,
    read_bib,
    read_csl,
    read_rdf,
    read_ris,
    readable,
)
from bibkit.bibfile.encoding import decode as decode_any
from bibkit.convert.dates import date_parts
from bibkit.convert.fields_entry import ReadEntry, Spelling, fields_entry
from bibkit.convert.keys import keyed
from bibkit.convert.spellings import JSON, PLAIN, TEX, json_authors
from bibkit.emit.csl_variables import DATES, NAME_LISTS, VARIABLES
from bibkit.emit.further import is_writable, name_list
from bibkit.emit.kinds import Column
from bibkit.emit.plain import LABELS
from bibkit.emit.ris import ISSN, TAGS
from bibkit.errors import ListingError, OutputError
from bibkit.listing import decode, read_listing, recognise
from bibkit.record import Entry, Eprint, PartialDate, Problem, Record

_RDF_SIGN = b"http://www.zotero.org/namespaces/export#"
_READ_BY_PEOPLE = re.compile(rb'^- <a id="[^"]+"></a>|^<ul class="bibliography">', re.MULTILINE)
"""What our Markdown and HTML have: their parts cannot be told apart for certain."""
_CSL_NAMES = {
    "container-title": "container",
    "issue": "number",
    "page": "pages",
    "genre": "genre",
    "publisher": "imprint",
    "event": "eventtitle",
    "collection-number": "number",
    "journalabbreviation": "shortjournal",
    "shorttitle": "shorttitle",
    **{variable.lower(): name for name, variable in VARIABLES.items()},
    **{variable: name for name, variable in DATES.items()},
    **{variable: name for name, variable in NAME_LISTS.items()},
}
"""CSL's variable, in lower case, → the field of that name in BibTeX or BibLaTeX."""
_CSL_SILENT = ("id", "type", "citation-key", "custom", "issued")
_RIS_NAMES = {tag.lower(): name for name, tag in TAGS.items()}
_RIS_SILENT = ("id", "sp", "ep", "da", "sn")


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
    if name in _READERS:
        try:
            found, problems = _READERS[name](data, origin, code_field)
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


Read = tuple[list[ReadEntry], tuple[Problem, ...]]


def _bib(data: bytes, origin: str, code_field: str) -> Read:
    bib = read_bib(data, origin=origin)
    keys = {entry.key.lower() for entry in bib.entries}

    def own(there: FileEntry) -> Mapping[str, str]:
        """Return the fields without the key of the parent that lent some of them."""
        lent = there.fields.get("crossref", "").lower() in keys
        return {n: v for n, v in there.fields.items() if n != "crossref" or not lent}

    found = _all(inherit(bib.entries), own, TEX, "biblatex", code_field)
    return found, (*bib.problems, *_between(bib))


def _between(bib: BibFile) -> Iterator[Problem]:
    """Say that comments and preambles do not come along."""
    kinds = Counter(
        "comment" if block.kind == "text" else block.kind
        for block in bib.blocks
        if block.kind in ("comment", "preamble")
        or (block.kind == "text" and bib.text[block.start : block.end].strip())
    )
    if kinds:
        counted = ", ".join(f"{number} × {kind}" for kind, number in kinds.items())
        yield Problem(bib.origin, "not-carried", f"not carried over: {counted}")


def _csl(data: bytes, origin: str, code_field: str) -> Read:
    csl = read_csl(data, origin=origin)

    def named(there: FileEntry) -> Mapping[str, str]:
        fields = {_CSL_NAMES.get(n, n): v for n, v in there.fields.items() if n not in _CSL_SILENT}
        for name in DATES.keys() & fields.keys():
            fields[name] = _csl_date(fields[name])
        if fields.get("genre") == "preprint":
            del fields["genre"]
        for name in NAME_LISTS.keys() & fields.keys():
            fields[name] = name_list(json_authors(fields[name]).people)
        custom = _json(there.fields.get("custom", ""))
        own = {n: v for n, v in custom.items() if isinstance(v, str) and is_writable(n)}
        told = {f"custom {name}": "told by name" for name in custom if name not in own}
        return {**_issued(there.fields.get("issued", "")), **fields, **own, **told}

    return _all(csl.entries, named, JSON, "csl", code_field), csl.problems


def _issued(value: str) -> dict[str, str]:
    """Return the date of publication: `date`, or `year` for what is none."""
    found = _json(value)
    if isinstance(literal := found.get("literal") or found.get("raw"), str):
        return {"date" if date_parts(literal) else "year": literal}
    told = {f"issued {name}": "told by name" for name in found if name not in ("date-parts",)}
    return {"date": _csl_date(value), **told}


def _ris(data: bytes, origin: str, code_field: str) -> Read:
    ris = read_ris(data, origin=origin)

    def named(there: FileEntry) -> Mapping[str, str]:
        own = there.fields
        address, *further = own.get("url", "").split() or [""]
        noted = {line.rpartition(" ")[2] for line in own.get("note", "").split("\n")}
        links = [link for link in own.get("link", "").split() if link not in noted]
        taken = {_RIS_NAMES.get(n, n): v for n, v in own.items() if n not in _RIS_SILENT}
        imprint, genre = taken.pop("publisher", ""), taken.pop("type", "")
        container = taken.pop("journal", "")
        return {
            **taken,
            "imprint": imprint,
            "container": container,
            "genre": genre,
            "url": address,
            "otherurls": " ".join(further),
            "link": " ".join(links),
            "pages": "--".join(filter(None, (own.get("sp", ""), own.get("ep", "")))),
            "date": _ris_date(own.get("da", "") or own.get("year", "")),
            "urldate": _ris_date(own.get("urldate", "")),
            "keywords": own.get("keywords", "") and f"{own['keywords']};",
            **_serial_numbers(own.get("sn", "")),
        }

    return _all(ris.entries, named, PLAIN, "ris", code_field), ris.problems


def _ris_date(value: str) -> str:
    """Return `2020-05` for `2020/05//`; what is no date as it is."""
    found = re.fullmatch(r"(\d{4})(?:/(\d{1,2})?)?(?:/(\d{1,2})?)?/?", value.strip())
    if not found:
        return value
    year, month, day = found.groups()
    parts = [year, *(part for part in (month, day if month else None) if part)]
    return "-".join(part.zfill(2) for part in parts)


def _serial_numbers(value: str) -> dict[str, str]:
    """Tell the ISSN from the ISBN, by its form."""
    lines = [line.strip() for line in value.split("\n")]
    issns = [line for line in lines if ISSN.fullmatch(line)]
    isbns = [line for line in lines if line and line not in issns]
    return {"issn": ", ".join(issns), "isbn": ", ".join(isbns)}


def _rdf(data: bytes, origin: str, code_field: str) -> Read:
    rdf = read_rdf(data, origin=origin)

    def named(there: FileEntry) -> Mapping[str, str]:
        fields = dict(there.fields)
        notes = [fields.get("note", ""), fields.pop("annotation", "")]
        others: list[str] = []
        for line in fields.pop("attachments", "").splitlines():
            title, _, address = line.rpartition(" ")
            label = f"{title} URL" if f"{title} URL" in LABELS.values() else title
            (notes if label in LABELS.values() else others).append(f"{label}: {address}")
        for name, native in (("publisher", "imprint"), ("type", "genre"), ("journal", "container")):
            fields[native] = fields.pop(name, "")
        if fields.get("issue") and not fields.get("number"):
            fields["number"] = fields.pop("issue")
        names = filter(None, fields.pop("unread", "").split(", "))
        unread = {f"Zotero’s {name}": "told by name" for name in names}
        if fields.get("keywords"):
            fields["keywords"] += ";"
        if "T" in fields.get("urldate", "") or " " in fields.get("urldate", ""):
            fields["urldate"] = fields["urldate"][:10]
        return {**unread, **fields, "note": "\n".join(notes), "attachments": "; ".join(others)}

    return _all(rdf.entries, named, PLAIN, "zotero", code_field), rdf.problems


def _all(
    entries: tuple[FileEntry, ...] | list[FileEntry],
    fields: Callable[[FileEntry], Mapping[str, str]],
    spelling: Spelling,
    column: Column,
    code_field: str,
) -> list[ReadEntry]:
    return [fields_entry(e, fields(e), spelling, column, code_field=code_field) for e in entries]


_READERS: Mapping[str, Callable[[bytes, str, str], Read]] = {
    "bibtex": _bib,
    "csl_json": _csl,
    "ris": _ris,
    "zotero_rdf": _rdf,
}


def _json(value: str) -> Mapping[str, object]:
    try:
        found = json.loads(value) if value else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _csl_date(value: str) -> str:
    """Return a date, or a span of them, as ISO 8601 spells it; anything else as it is."""
    parts = _json(value).get("date-parts")
    if not isinstance(parts, list) or not 1 <= len(parts) <= 2:
        return value
    days = [_iso(day) for day in parts if isinstance(day, list)]
    return "/".join(days) if len(days) == len(parts) else value


def _iso(parts: list[object]) -> str:
    return "-".join(
        f"{part:02d}" if isinstance(part, int) else str(part).zfill(2) for part in parts
    )


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
