r"""A .bib file, read as a list of papers → records.

`bibfile` keeps a file's bytes; here only what its entries say counts, so a broken entry gives what
was whole before the break (why not bibtexparser: docs/decisions/0008-reference-formats.md).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bibkit.listing.lines import line_finder
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
from bibkit.record import Author, Problem, Record
from bibkit.text.names import parse_name

_START = re.compile(r"@\s*([A-Za-z]+)\s*([{(])")
_LINE_START = re.compile(r"^[ \t]*@\s*[A-Za-z]+\s*[{(]", re.MULTILINE)
_SNIFFED = re.compile(r"^[ \t]*@\s*[A-Za-z]+\s*[{(][ \t]*[^\s,={}()\"]*[ \t]*[,=\n]", re.MULTILINE)
_KEY = {"}": re.compile(r"\s*([^,={}\n]*),?"), ")": re.compile(r"\s*([^,={})\n]*),?")}
_GAP = re.compile(r"(?:[\s,]+|%[^\n]*)*")
_WHOLE_LINE = re.compile(
    r"^[ \t,%]*([A-Za-z][\w-]{0,30})[ \t]*=[ \t]*(\S[^\n]*)"
    r"(?=\n[ \t%]*(?:[A-Za-z][\w-]{0,30}[ \t]*=|[})]|$))",
    re.MULTILINE,
)
"""A field that ends with its line, because the next line begins another one."""
_SWALLOWED = re.compile(r"[,\n]\s{0,40}[A-Za-z][\w-]{0,30}\s{0,20}=\s{0,20}[{\"\w]")
"""The beginning of the next field inside a value: its delimiter is missing."""
_NEXT = re.compile(r"\s*(?:,\s*(?:[A-Za-z][^\s=,{}()\"#%]*\s*=|[})])|[})])")
_REACH = 2_000
"""Characters that a value may go on past what looks like the next entry: BibTeX in a note."""
_FIELD = re.compile(r"([A-Za-z_][^\s=,{}()\"#%]*)\s*=\s*")
_FLAT = re.compile(r"\{[^{}]*\}|\"[^\"{}]*\"")
_BARE = re.compile(r"[^\s,{}()\"#]+")
_BRACE = re.compile(r"[{}]")
_QUOTE_OR_BRACE = re.compile(r"[\"{}]")
_JOIN = re.compile(r"\s*#\s*")
_JUNK = re.compile(r"[^\s,{}()%]+|.", re.DOTALL)
_MAX_UNCLOSED = 20
"""Comments never closed before none is looked for beyond the next entry: that is quadratic."""
_VENUES = "journal journaltitle booktitle maintitle series school institution publisher".split()
_IDS = "eprint arxivid arxiv doi".split()
_PLACES = (
    "url arxiv pdf html howpublished note addendum journal journaltitle volume number code github "
    "website project biburl ee link eprint annote"
).split()
"""Fields in which ids and links stand, the surest first."""
_COMMENTED = re.compile(r"[^\S\n]*%")
_ESCAPED = re.compile(r"\\(?:url|href)(?![a-zA-Z])|\\([_&%#~])")
_NAME_BREAK = re.compile(r"\s+and\s+", re.IGNORECASE)
_PARTS = frozenset("article inproceedings conference incollection inbook inreference".split())
"""Entry types of what stands in a book: an ISBN there is the book's."""
_WHOLES = frozenset("book mvbook collection proceedings phdthesis mastersthesis thesis".split())
"""Entry types of which `pages` is how many there are, not where it begins."""
_ISBN = re.compile(r"\d(?:[- ]?\d){8}")
_OLD_NUMBER = re.compile(r"\d{7}(?:v\d+)?")
_OTHERS = frozenset({"others", "et al", "et al."})
_DBLP_KEY = re.compile(r"(?:DBLP:)?((?:conf|journals|books|phd|reference|series)/\S+)")


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry as far as it could be read; values are as they stand, without delimiters."""

    kind: str
    key: str
    start: int
    fields: Mapping[str, str]
    places: Mapping[str, int]
    """Where each field's name stands."""
    complaint: str


def sniff(text: str) -> bool:
    """Tell a .bib file by an entry with a key at the start of a line."""
    text = text.replace("\r", "\n") if "\r" in text else text
    if "```" in text and "](" in text:  # a README that says how to cite something
        return False
    return "@" in text and _SNIFFED.search(text) is not None


def read(text: str, *, origin: str, page_date: dt.date | None = None) -> Listing:  # noqa: ARG001 - entries carry no day of a page
    """Read every entry; a broken one is reported, and still read when its title is whole."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    records: list[Record] = []
    problems: list[Problem] = []
    line_of = line_finder(text)
    entries = list(_entries(text))
    parents = {entry.key.lower(): entry.fields for entry in entries}
    for entry in entries:
        place = f"{origin}:{line_of(entry.start)}"
        record = _record(entry, parents, f"{origin}:{line_of(_origin(entry))}")
        if record:
            records.append(record)
        elif not entry.complaint:
            message = f"@{entry.kind} {entry.key!r} has neither title nor arXiv id nor DOI"
            problems.append(Problem(place, "listing-stray", message))
        if entry.complaint:
            message = f"@{entry.kind} {entry.key!r}: {entry.complaint}"
            problems.append(Problem(place, "broken-entry", message))
    return Listing(tuple(records), tuple(problems))


def _origin(entry: _Entry) -> int:
    return entry.places.get("title", entry.start)


def _entries(text: str) -> Iterator[_Entry]:
    """Yield the entries; one that is never closed ends where the next line begins one."""
    macros: dict[str, str] = {}
    starts = [found.end() for found in _LINE_START.finditer(text)]
    at, nth, unclosed = 0, 0, 0
    line, seen, commented = -1, 0, False
    while found := _START.search(text, at):
        while nth < len(starts) and starts[nth] <= found.end():
            nth += 1
        limit = text.rfind("@", 0, starts[nth]) if nth < len(starts) else len(text)
        kind = found[1].lower()
        begin = text.rfind("\n", seen, found.start()) + 1 or max(line, 0)
        if begin != line:  # a line is looked at once, however many signs of an entry it has
            line, commented = begin, bool(_COMMENTED.match(text, begin))
        seen = found.start()
        if commented:
            at = found.end()  # BibTeX would read it, but whoever wrote the `%` does not want it
            continue
        if kind in ("comment", "preamble"):
            end = _closed(text, found.end() - 1, len(text) if unclosed < _MAX_UNCLOSED else limit)
            unclosed += end < 0
            at = found.end() if end < 0 else end
            continue
        entry, at = _entry(text, found, limit, macros)
        if kind == "string":
            macros.update(entry.fields)
        elif entry.key or entry.fields:
            yield entry


def _entry(
    text: str, found: re.Match[str], limit: int, macros: Mapping[str, str]
) -> tuple[_Entry, int]:
    """Read one entry; where its grammar breaks, keep the fields that end with their lines."""
    kind, closing = found[1].lower(), "}" if found[2] == "{" else ")"
    key, at = "", found.end()
    named = None if kind == "string" else _KEY[closing].match(text, at, limit)
    if named and text[named.end() : named.end() + 1] != "=":
        key, at = named[1].strip(), named.end()
    fields: dict[str, tuple[str, int]] = {}
    end, complaint = _fields(text, at, limit, closing, macros, fields)
    if complaint and end >= limit:
        unharmed = {n: found for n, found in fields.items() if not _SWALLOWED.search(found[0])}
        fields = {**dict(_whole_lines(text, at, limit)), **unharmed}
    values = {name: value for name, (value, _) in fields.items()}
    places = {name: place for name, (_, place) in fields.items()}
    return _Entry(kind, key, found.start(), values, places, complaint), end


def _fields(
    text: str,
    at: int,
    limit: int,
    closing: str,
    macros: Mapping[str, str],
    fields: dict[str, tuple[str, int]],
) -> tuple[int, str]:
    """Collect the fields up to the closing delimiter; return where that was, and what was wrong."""
    complaint = ""
    while (at := _end(_GAP, text, at, limit)) < limit:
        if text[at] == closing:
            return at + 1, complaint
        field = _FIELD.match(text, at, limit)
        if not field:
            complaint = complaint or "something in it is no field"
            at = _end(_JUNK, text, at, limit)
            continue
        value, at = _value(text, field.end(), limit, macros)
        if value is None:
            return limit, f"the field {field[1]!r} is never closed"
        if at > limit:
            following = _LINE_START.search(text, at)
            limit = following.start() if following else len(text)
        # BibTeX takes the first of a repeated field.
        fields.setdefault(field[1].lower(), (value, field.start()))
    return limit, "never closed"


def _whole_lines(text: str, start: int, limit: int) -> Iterator[tuple[str, tuple[str, int]]]:
    """Yield the fields of a broken entry that surely end where their lines end."""
    for found in _WHOLE_LINE.finditer(text, start, limit):
        value = found[2].rstrip().rstrip(",").rstrip()
        if value[0] in '{"':
            value = value[1:]
            value = value[:-1] if value[-1:] in ("}", '"') else value
        surplus = value.count("}") - value.count("{")
        if surplus >= 0 and not (surplus and value[-surplus:].strip("}")):
            yield found[1].lower(), (value[: len(value) - surplus], found.start(1))


def _value(text: str, at: int, limit: int, macros: Mapping[str, str]) -> tuple[str | None, int]:
    """Read the parts of a value that `#` joins; None when one is never closed."""
    parts: list[str] = []
    while True:
        opening = text[at : at + 1]
        if flat := _FLAT.match(text, at, limit):
            parts.append(flat[0][1:-1])
            at = flat.end()
        elif opening in ("{", '"') and at < limit:
            end = _closed(text, at, limit)
            if end < 0:
                end = _closed(text, at, min(len(text), limit + _REACH))
            if end < 0 or (end > limit and not _NEXT.match(text, end)):
                return None, limit
            parts.append(text[at + 1 : end - 1])
            at = end
        elif bare := _BARE.match(text, at, limit):
            parts.append(macros.get(bare[0].lower(), bare[0]))
            at = bare.end()
        joined = _JOIN.match(text, at, limit)
        if not joined:
            return "".join(parts), at
        at = joined.end()


def _closed(text: str, opening: int, limit: int) -> int:
    """Return the place behind the delimiter that closes the one at `opening`, or -1."""
    quoted = text[opening] == '"'
    closing = ")" if text[opening] == "(" else ""
    pattern = _QUOTE_OR_BRACE if quoted else re.compile(r"[){}]") if closing else _BRACE
    depth = 0
    for found in pattern.finditer(text, opening + (1 if quoted or closing else 0), limit):
        if found[0] in "{}":
            depth += 1 if found[0] == "{" else -1
            if not (quoted or closing) and depth == 0:
                return found.end()
        elif depth <= 0:
            return found.end()
    return -1


def _end(pattern: re.Pattern[str], text: str, at: int, limit: int) -> int:
    found = pattern.match(text, at, limit)
    return found.end() if found else at


def _record(entry: _Entry, parents: Mapping[str, Mapping[str, str]], origin: str) -> Record | None:
    own = entry.fields
    inherited = parents.get(own.get("crossref", "").strip().lower(), {})
    fields = {**inherited, **own} if inherited is not own else dict(own)
    if inherited:
        fields.setdefault("booktitle", inherited.get("title", ""))
        fields["title"] = own.get("title", "")
    authors, whole = _authors(fields.get("author", "") or own.get("editor", ""))
    title = fields.get("title", "")
    if subtitle := own.get("subtitle", ""):
        title = f"{title}: {subtitle}"
    said = Reference(
        title=title_text(tex_text(title)),
        authors=authors,
        all_authors=whole,
        abstract=tex_text(fields.get("abstract", "")),
        year=year_in(fields.get("year", "") or fields.get("date", "")),
        venue=next((tex_text(fields[name]) for name in _VENUES if fields.get(name)), ""),
        volume=tex_text(fields.get("volume", "")),
        number=tex_text(fields.get("number", "") or fields.get("issue", "")),
        pages=page_range(_plain(fields.get("pages", "") if entry.kind not in _WHOLES else ""), ""),
        ids=(*_old_arxiv(fields), *(_plain(fields[name]) for name in _IDS if fields.get(name))),
        places=tuple(_plain(fields[name]) for name in _PLACES if fields.get(name)),
        identifiers=_identifiers(entry, own),
    )  # fmt: skip
    return reference_record(said, origin=origin)


def _old_arxiv(fields: Mapping[str, str]) -> tuple[str, ...]:
    """Return an id of before 2007 whose archive stands in a field of its own."""
    eprint = fields.get("eprint", "").strip()
    archive = fields.get("primaryclass", "") or fields.get("eprintclass", "")
    return (f"{archive.strip()}/{eprint}",) if _OLD_NUMBER.fullmatch(eprint) and archive else ()


def _plain(value: str) -> str:
    """Return a value whose TeX is at most escapes and braces: an address, an id, pages."""
    if "\\url" in value or "\\href" in value:
        value = value.replace("\\url", " ").replace("\\href", " ")
    if "{" in value:
        value = value.replace("{", " ").replace("}", " ")
    return " ".join(_ESCAPED.sub(lambda found: found[1] or " ", value).split())


def _identifiers(entry: _Entry, fields: Mapping[str, str]) -> tuple[str, ...]:
    dblp = _DBLP_KEY.match(entry.key)
    isbn = fields.get("isbn", "")
    return identifiers(
        [
            ("dblp", [dblp[1]] if dblp else []),
            ("pmid", [fields.get("pmid", "") or _eprint(fields, "pubmed")]),
            ("pmcid", [fields.get("pmcid", "") or fields.get("pmc", "")]),
            ("isbn", [isbn] if entry.kind not in _PARTS and _ISBN.search(isbn) else []),
            ("mr", [fields.get("mrnumber", "").partition(" ")[0]]),
            ("ads", [fields.get("bibcode", "")]),
        ]
    )


def _eprint(fields: Mapping[str, str], archive: str) -> str:
    kind = fields.get("eprinttype", "") or fields.get("archiveprefix", "")
    return fields.get("eprint", "") if kind.strip().lower() == archive else ""


def _authors(value: str) -> tuple[tuple[Author, ...], bool]:
    """Split at each `and` outside braces; tell whether the list is whole."""
    names = _NAME_BREAK.split(value) if "{" not in value else list(_names(value))
    kept = [name for name in map(str.strip, names) if name and name.lower() not in _OTHERS]
    authors = tuple(author for author in map(parse_name, kept) if author.family)
    return authors, len(kept) == len(list(filter(str.strip, names)))


def _names(value: str) -> Iterator[str]:
    """Yield the names of a list in which some `and` may stand in braces."""
    depth, start = 0, 0
    for found in re.finditer(r"[{}]|\s+and\s+", value, re.IGNORECASE):
        if found[0] in "{}":
            depth += 1 if found[0] == "{" else -1
        elif depth <= 0:
            yield value[start : found.start()]
            start = found.end()
    yield value[start:]
