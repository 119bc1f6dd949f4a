"""The fields of an entry, by their BibTeX names → an `Entry`, and which of them it cannot hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass

from bibkit.bibfile import FileEntry, identify
from bibkit.emit.plain import LABELS
from bibkit.record import Author, Entry, EntryType, Eprint, Link, LinkKind, PartialDate
from bibkit.text.identifiers import arxiv_id

TYPES: Mapping[str, EntryType] = {
    **dict.fromkeys(("article", "article-journal", "jour", "ejour", "journalarticle"), "article"),
    **dict.fromkeys(
        ("inproceedings", "conference", "paper-conference", "cpaper", "conf", "conferencepaper"),
        "inproceedings",
    ),
    **dict.fromkeys(("misc", "online", "unpublished", "preprint", "unpb", "document"), "preprint"),
}
"""Types of BibTeX, CSL, RIS and Zotero that an entry has a word for."""
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DATE = re.compile(r"(\d{4})(?:[-/](\d{1,2}))?(?:[-/](\d{1,2}))?/*")
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}/\S+)", re.IGNORECASE)
_ARXIV_LINE = re.compile(r"arXiv:(\S+)(?: \[([A-Za-z.-]{2,20})\])?", re.IGNORECASE)
_ARXIV_CLASS = re.compile(
    r"[a-z-]{2,8}\.[A-Za-z-]{2,8}|(?:hep-(?:th|ph|ex|lat)|nucl-(?:th|ex)|gr-qc|(?:quant|math)-ph)"
)
_KINDS: Mapping[str, LinkKind] = {label.lower(): kind for kind, label in LABELS.items()}  # type: ignore[misc]


@dataclass(frozen=True, slots=True)
class ReadEntry:
    """An entry as it was read."""

    entry: Entry
    line: int
    lost: tuple[str, ...] = ()
    """What the entry cannot hold, in words."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a format spells text."""

    text: Callable[[str], str]
    address: Callable[[str], str]
    authors: Callable[[str], tuple[tuple[Author, ...], bool]]
    """Return the authors, and whether the list is whole."""


def fields_entry(
    there: FileEntry, fields: Mapping[str, str], spelling: Spelling, *, code_field: str
) -> ReadEntry:
    """Return the entry; every field that is not taken over is named in `lost`."""
    rest = {name: value for name, value in fields.items() if value.strip()}
    identity = identify(rest)

    def text(*names: str) -> str:
        return spelling.text(next((rest.pop(name) for name in names if name in rest), ""))

    note, noted, links, primary = _note(rest.pop("note", ""), spelling)
    authors, whole = spelling.authors(rest.pop("author", ""))
    container = text("journal", "journaltitle", "booktitle")
    lost = [] if whole else ["that there are more authors"]
    lost += _type_lost(there.entry_type, container)
    kind: EntryType = TYPES.get(there.entry_type, "preprint")
    if code := spelling.address(rest.pop(code_field, "")):
        links = [Link(code, "code"), *links]
    url, primary = _address(rest, spelling), _primary_class(rest) or primary
    eprint = identity.arxiv_id or noted
    entry = Entry(
        citation_key=there.key,
        entry_type=kind if container else "preprint",
        title=text("title"),
        authors=authors,
        date=_date(rest),
        eprint=Eprint(eprint, primary or None) if eprint else None,
        doi=_doi(rest),
        url=url or None,
        container=container or None,
        volume=text("volume") or None,
        number=_number(rest, spelling, published=bool(container)) or None,
        pages=text("pages") or None,
        abstract=text("abstract"),
        links=tuple({link.url: link for link in links}.values()),
        note=note,
    )
    _drop_arxivs_own(rest, entry)
    if not authors:  # then the writers say themselves what sorts an entry
        rest = {name: value for name, value in rest.items() if name not in ("key", "sortkey")}
    return ReadEntry(entry, there.line, (*lost, *sorted(rest)))


def _type_lost(entry_type: str, container: str) -> Iterator[str]:
    if entry_type not in TYPES:
        yield f"the type {entry_type or '(none)'}"
    elif TYPES[entry_type] != "preprint" and not container:
        yield f"the type {entry_type}, for it says not where it was published"


def _note(value: str, spelling: Spelling) -> tuple[str, str | None, list[Link], str | None]:
    """Return the note proper, and what bibkit's own lines in it say."""
    kept: list[str] = []
    links: list[Link] = []
    identifier = primary = None
    for line in filter(None, map(str.strip, value.split("\n"))):
        label, _, address = line.partition(": ")
        found = _ARXIV_LINE.fullmatch(line)
        if label.lower() in _KINDS and re.match(r"https?://", address):
            links.append(Link(address, _KINDS[label.lower()]))
        elif found and arxiv_id(found[1]):
            identifier, primary = arxiv_id(found[1]), found[2]
        else:
            kept.append(line)
    return spelling.text(" ".join(kept)), identifier, links, primary


def _date(rest: MutableMapping[str, str]) -> PartialDate | None:
    """Take the date from `date`, or from `year`, `month` and `day`; what is none stays."""
    if found := _DATE.fullmatch(rest.get("date", "").strip()):
        year, month, day = (int(part) if part else None for part in found.groups())
        if year and _is_date(month, day):
            for name in ("date", "year", "month", "day"):
                rest.pop(name, None)
            return PartialDate(year, month, day)
    if rest.get("year", "").strip("{}. ").lower() in ("n.d", "nd"):
        del rest["year"]
    if not re.fullmatch(r"\d{4}", rest.get("year", "").strip()):
        return None
    year, month, day = int(rest.pop("year")), _month(rest), None
    if month and re.fullmatch(r"0?[1-9]|[12]\d|3[01]", rest.get("day", "")):
        day = int(rest.pop("day"))
    return PartialDate(year, month, day)


def _is_date(month: int | None, day: int | None) -> bool:
    return month is None or (1 <= month <= 12 and (day is None or 1 <= day <= 31))


def _month(rest: MutableMapping[str, str]) -> int | None:
    value = rest.get("month", "").strip().lower()
    if value[:3] in _MONTHS and value.isalpha():
        month = _MONTHS.index(value[:3]) + 1
    elif re.fullmatch(r"0?[1-9]|1[0-2]", value):
        month = int(value)
    else:
        return None
    del rest["month"]
    return month


def _doi(rest: MutableMapping[str, str]) -> str | None:
    found = _DOI.fullmatch(re.sub(r"\{?\\([_%&#])\}?", r"\1", rest.get("doi", "").strip()))
    if not found:
        return None
    del rest["doi"]
    return None if arxiv_id(found[1]) else found[1]


def _address(rest: MutableMapping[str, str], spelling: Spelling) -> str:
    address = spelling.address(rest.get("url", ""))
    if not re.match(r"https?://[^/\s]\S*$", address):
        return ""
    del rest["url"]
    return address


def _primary_class(rest: MutableMapping[str, str]) -> str | None:
    for name in ("primaryclass", "eprintclass", "keywords"):
        if _ARXIV_CLASS.fullmatch(rest.get(name, "")):
            return rest.pop(name)
    return None


def _number(rest: MutableMapping[str, str], spelling: Spelling, *, published: bool) -> str:
    """Take the number of an issue; of a preprint it is the arXiv id, which is known already."""
    name = "number" if "number" in rest else "issue"
    if name not in rest or (not published and not arxiv_id(rest[name])):
        return ""
    value = rest.pop(name)
    return spelling.text(value) if published else ""


def _drop_arxivs_own(rest: MutableMapping[str, str], entry: Entry) -> None:
    """Drop the fields that say again which arXiv paper it is; the writers say that themselves."""
    if entry.eprint is None:
        return
    for name in ("eprint", "archive_location"):
        if arxiv_id(rest.get(name, "")) == entry.eprint.id:
            del rest[name]
    for name in ("eprinttype", "archiveprefix", "publisher", "db"):
        if rest.get(name, "").lower() == "arxiv":
            del rest[name]
