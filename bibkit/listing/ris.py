"""Tagged references → records: RIS, EndNote's `%0`, PubMed's MEDLINE (.nbib), Web of Science.

One fact a line, a tag before it. rispy reads only RIS, stops at the first broken line and tells no
line numbers, so the four dialects are four rows of a table here.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bibkit.listing.lines import excerpt, numbered_lines
from bibkit.listing.listing import Listing
from bibkit.listing.reference import (
    Reference,
    identifiers,
    page_range,
    reference_record,
    tex_text,
    title_text,
    year_in,
)
from bibkit.record import Problem, Record
from bibkit.text.names import parse_name


@dataclass(frozen=True, slots=True)
class _Dialect:
    """How one program spells references."""

    sign: re.Pattern[str]
    """What only this dialect has: the first line of a reference."""
    line: re.Pattern[str]
    """Tag and value of one line."""
    starts: frozenset[str]
    """Tags that begin a reference."""
    ends: frozenset[str]
    """Tags that end one."""
    roles: Mapping[str, str]
    """Role → the tags that may have it, the surest first, blank-separated."""
    indented: bool = False
    """True where a line that begins with a blank always goes on with the one before it."""
    skipped: frozenset[str] = frozenset()
    """Tags of the file, not of a reference."""


@dataclass(slots=True)
class _Fields:
    """One reference while it is read."""

    line: int
    values: dict[str, list[tuple[int, list[str]]]] = field(default_factory=dict)
    """Tag → its values in pieces, with their lines."""

    def all(self, tags: str) -> list[str]:
        return [value for tag in tags.split() for _, value in self.said(tag) if value]

    def said(self, tag: str) -> Iterator[tuple[int, str]]:
        for line, pieces in self.values.get(tag, ()):
            yield line, " ".join(pieces)

    def first(self, tags: str) -> str:
        return next(iter(self.all(tags)), "")


_RIS = _Dialect(
    sign=re.compile(r"^\s{0,3}TY {1,2}-(?: |$)", re.MULTILINE),
    line=re.compile(r"([A-Z][A-Z0-9]) {0,3}-(?: +(.*)|$)"),
    starts=frozenset({"TY"}),
    ends=frozenset({"ER"}),
    roles={
        "title": "TI T1 CT ST",
        "book": "BT",
        "author": "AU A1",
        "editor": "A2 ED A3",
        "year": "PY Y1 DA Y2",
        "venue": "JO JF T2 BT JA J2 J1 T3",
        "volume": "VL VO",
        "number": "IS CP",
        "start": "SP",
        "end": "EP",
        "abstract": "AB N2",
        "id": "DO M3 AN ID C7",
        "place": "UR L1 L2 L3 L4 LK N1 DP DB PB JO T2 VL M1 C1 C2 DI",
        "isbn": "SN",
    },
)
_ENDNOTE = _Dialect(
    sign=re.compile(r"^%0 \S", re.MULTILINE),
    line=re.compile(r"%(\S)(?: (.*)|$)"),
    starts=frozenset({"0"}),
    ends=frozenset(),
    roles={
        "title": "T",
        "author": "A",
        "editor": "E",
        "year": "D 8",
        "venue": "J B S",
        "volume": "V",
        "number": "N",
        "start": "P",
        "abstract": "X",
        "id": "R M",
        "place": "U > Z W J F L",
        "isbn": "@",
    },
)
_MEDLINE = _Dialect(
    sign=re.compile(r"^(?:PMID- ?\d|OWN - )", re.MULTILINE),
    line=re.compile(r"([A-Z]{2,4}) {0,2}- ?(.*)"),
    starts=frozenset({"PMID", "OWN"}),
    ends=frozenset(),
    roles={
        "title": "TI BTI TT",
        "author": "FAU AU",
        "collective": "CN",
        "year": "DP DEP",
        "venue": "JT TA",
        "volume": "VI",
        "number": "IP",
        "start": "PG",
        "abstract": "AB",
        "id": "LID AID",
        "place": "SO",
        "pmid": "PMID",
        "pmcid": "PMC",
    },
    indented=True,
)
_WEB_OF_SCIENCE = _Dialect(
    sign=re.compile(r"^PT [A-Z]\s*$", re.MULTILINE),
    line=re.compile(r"([A-Z][A-Z0-9])(?: (.*)|$)"),
    starts=frozenset({"PT"}),
    ends=frozenset({"ER"}),
    roles={
        "title": "TI",
        "author": "AF AU",
        "year": "PY",
        "venue": "SO",
        "volume": "VL",
        "number": "IS",
        "start": "BP",
        "end": "EP",
        "abstract": "AB",
        "id": "DI",
        "place": "AR",
        "pmid": "PM",
    },
    indented=True,
    skipped=frozenset({"FN", "VR", "EF"}),
)
_DIALECTS: Sequence[_Dialect] = (_RIS, _ENDNOTE, _MEDLINE, _WEB_OF_SCIENCE)
_REPEATED = frozenset("AU A1 A AF A2 E ED A3 FAU KW K".split())
"""Tags of which a continuation line is another value: Web of Science lists authors so."""
_BREAK = re.compile(r"\r\n|\r|\n")
_MARKED_DOI = re.compile(r"(\S+)\s*\[doi\]")
_FURNITURE = re.compile(
    r"\d{1,6}\.?$|(?:Provider|Database|Content|Export Date|Link):?\s|Record #\d"
)
"""What databases print before and between references."""
_WHOLES = frozenset(
    {"book", "ebook", "edbook", "edited book", "electronic book", "thes", "thesis", "rprt"}
)
"""Types of what has an ISBN of its own."""
_ISBN = re.compile(r"(?:97[89][- ]?)?(?:\d[- ]?){9}[\dXx]")


def sniff(text: str) -> bool:
    """Tell tagged references by the first line of one."""
    return _dialect(text) is not None


def read(text: str, *, origin: str, page_date: dt.date | None = None) -> Listing:  # noqa: ARG001 - references carry no day of a page
    """Read every reference; lines outside of one, and references without title, are reported."""
    dialect = _dialect(text) or _RIS
    records: list[Record] = []
    problems: list[Problem] = []
    for item in _references(text, dialect, origin):
        if isinstance(item, Problem):
            problems.append(item)
        elif record := _record(item, dialect, origin):
            records.append(record)
        else:
            message = "a reference with neither title nor arXiv id nor DOI"
            problems.append(Problem(f"{origin}:{item.line}", "listing-stray", message))
    return Listing(tuple(records), tuple(problems))


def _dialect(text: str) -> _Dialect | None:
    text = text.replace("\r", "\n") if "\r" in text else text
    signs = [(found.start(), d) for d in _DIALECTS if (found := d.sign.search(text))]
    return min(signs, key=lambda sign: sign[0])[1] if signs else None


def _references(text: str, dialect: _Dialect, origin: str) -> Iterator[_Fields | Problem]:
    """Yield the references, and what stands between them; one ends where the next begins."""
    current: _Fields | None = None
    tag = ""
    for (number, line), raw in zip(numbered_lines(text), _BREAK.split(text), strict=True):
        goes_on = dialect.indented and raw[:1].isspace()
        found = None if goes_on else dialect.line.fullmatch(line)
        if not found:
            if current and tag and line:
                _continue(current, tag, number, line)
            elif line and not _FURNITURE.match(line):
                message = f"outside of a reference: “{excerpt(line)}”"
                yield Problem(f"{origin}:{number}", "listing-stray", message)
            continue
        tag = found[1]
        begins = tag in dialect.starts and not (
            current and dialect.starts.issuperset(current.values)
        )
        if current and (begins or tag in dialect.ends):
            yield current
            current = None
        if begins or (current is None and _may_begin(tag, dialect)):
            current = _Fields(number)
        if current:
            current.values.setdefault(tag, []).append((number, [(found[2] or "").strip()]))
    if current:
        yield current


def _may_begin(tag: str, dialect: _Dialect) -> bool:
    """Tell whether a reference whose first line is lost goes on with a tag."""
    return tag not in dialect.ends and tag not in dialect.skipped


def _continue(current: _Fields, tag: str, number: int, line: str) -> None:
    values = current.values.setdefault(tag, [])
    if tag in _REPEATED or not values:
        values.append((number, [line]))
    else:
        values[-1][1].append(line)


def _record(fields: _Fields, dialect: _Dialect, origin: str) -> Record | None:
    roles = dialect.roles
    title_line, title = _title(fields, roles)
    authors = [name for tags in roles["author"].split() if (name := fields.all(tags))][:1]
    names = (authors[0] if authors else []) or fields.all(roles.get("editor", ""))
    names = [*names, *fields.all(roles.get("collective", ""))]
    said = Reference(
        title=_without_stop(title_text(title)) if dialect is _MEDLINE else title_text(title),
        authors=tuple(a for a in map(parse_name, _people(names)) if a.family),
        all_authors=not any(_is_others(name) for name in names),
        abstract=fields.first(roles["abstract"]),
        year=year_in(fields.first(roles["year"])),
        venue=next((v for v in fields.all(roles["venue"]) if v != title), ""),
        volume=fields.first(roles["volume"]),
        number=fields.first(roles["number"]),
        pages=page_range(fields.first(roles["start"]), fields.first(roles.get("end", ""))),
        ids=tuple(_MARKED_DOI.sub(r"\1", value) for value in fields.all(roles["id"])),
        places=tuple(fields.all(roles["place"])),
        identifiers=identifiers(
            [
                ("pmid", fields.all(roles.get("pmid", ""))),
                ("pmcid", fields.all(roles.get("pmcid", ""))),
                ("isbn", _ISBN.findall(_own_isbn(fields, roles))),
            ]
        ),
    )
    return reference_record(said, origin=f"{origin}:{title_line}")


def _own_isbn(fields: _Fields, roles: Mapping[str, str]) -> str:
    """Return the field with the ISBN of a book; that of a chapter or a paper is its book's."""
    kind = (fields.first("TY") or fields.first("0")).strip().lower()
    return fields.first(roles.get("isbn", "")) if kind in _WHOLES else ""


def _title(fields: _Fields, roles: Mapping[str, str]) -> tuple[int, str]:
    for tag in f"{roles['title']} {roles.get('book', '')}".split():
        for line, value in fields.said(tag):
            if value:
                return line, tex_text(value) if "\\" in value else value
    return fields.line, ""


def _people(names: Sequence[str]) -> list[str]:
    """Return one name each: some programs put a whole list on one line."""
    return [
        part.strip()
        for name in names
        for part in (name.split(";") if ";" in name else [name])
        if part.strip() and not _is_others(part)
    ]


def _is_others(name: str) -> bool:
    return name.strip().lower().rstrip(".") in ("et al", "others", "and others")


def _without_stop(title: str) -> str:
    """Drop the full stop that MEDLINE sets behind every title, and its translation brackets."""
    title = title.removesuffix(".")
    return title[1:-1] if title.startswith("[") and title.endswith("]") else title
