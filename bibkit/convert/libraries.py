"""What each format of whole libraries calls its fields → the fields of an entry.

A name is BibTeX's or BibLaTeX's where these have one. What a format has one place for, of whatever
type (`imprint`, `genre`, `container`), is named by type in `fields_entry`.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from bibkit.bibfile import BibFile, FileEntry, inherit, read_bib, read_csl, read_rdf, read_ris
from bibkit.convert.dates import date_parts
from bibkit.convert.fields_entry import ReadEntry, fields_entry
from bibkit.convert.notes import Spelling
from bibkit.convert.spellings import JSON, PLAIN, TEX, json_authors
from bibkit.emit.csl_variables import DATES, NAME_LISTS, VARIABLES
from bibkit.emit.further import is_writable, name_list
from bibkit.emit.kinds import Column
from bibkit.emit.plain import LABELS
from bibkit.emit.ris import ISSN, TAGS
from bibkit.record import Problem

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
        fields: dict[str, str] = {}
        for variable, value in there.fields.items():
            name = _CSL_NAMES.get(variable, variable)
            if variable not in _CSL_SILENT:
                fields[variable if name in fields else name] = value
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
            "year": "",
            **_ris_dates([*own.get("da", "").split("\n"), *own.get("year", "").split("\n")]),
            "urldate": _ris_date(own.get("urldate", ""))[0],
            "keywords": own.get("keywords", "") and f"{own['keywords']};",
            **_serial_numbers(own.get("sn", "")),
        }

    return _all(ris.entries, named, PLAIN, "ris", code_field), ris.problems


def _ris_dates(lines: list[str]) -> dict[str, str]:
    """Return the date that says most; what the others say beside it is kept as text."""
    found = [_ris_date(line) for line in lines if line.strip()]
    best = max((day for day, _ in found if date_parts(day)), key=len, default="")
    if not best:
        return {"year": " ".join(day for day, _ in found)}
    others = [day for day, _ in found if not best.startswith(day)]
    words = " ".join(dict.fromkeys([*others, *(info for _, info in found if info)]))
    return {"date": best, "datetext": words}


def _ris_date(value: str) -> tuple[str, str]:
    """Return `2020-05` for `2020/05//`, and what else it says; what is no date as it is.

    >>> _ris_date("2020/5//Spring"), _ris_date("2020"), _ris_date("in press")
    (('2020-05', 'Spring'), ('2020', ''), ('in press', ''))
    """
    found = re.fullmatch(r"(\d{4})(?:/(\d{0,2}))?(?:/(\d{0,2}))?(?:/(.*))?", value.strip())
    if not found:
        return value.strip(), ""
    year, month, day, words = found.groups()
    parts = [year, *(part for part in (month, day if month else None) if part)]
    return "-".join(part.zfill(2) for part in parts), (words or "").strip("/ ")


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


LIBRARIES: Mapping[str, Callable[[bytes, str, str], Read]] = {
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
