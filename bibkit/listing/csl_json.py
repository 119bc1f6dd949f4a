"""CSL-JSON (Zotero, Mendeley, pandoc, Crossref), and Better BibTeX's JSON → records.

An array, one item, or an object with a list in it; a file that was cut keeps its whole items.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping

from bibkit.listing.json_items import JsonItem, JsonItems, json_items
from bibkit.listing.lines import is_markup, line_finder, printable
from bibkit.listing.listing import Listing
from bibkit.listing.reference import (
    Reference,
    identifiers,
    reference_record,
    tex_text,
    title_text,
    year_in,
)
from bibkit.record import Author, Problem, Record
from bibkit.text.names import parse_name

_TYPES = (
    "article article-journal article-magazine article-newspaper bill book broadcast chapter "
    "classic collection dataset document entry entry-dictionary entry-encyclopedia event figure "
    "graphic "
    "hearing interview legal_case legislation manuscript map motion_picture musical_score pamphlet "
    "paper-conference patent performance periodical personal_communication post post-weblog "
    "regulation report review review-book software song speech standard thesis treaty webpage "
    "journal-article proceedings-article posted-content book-chapter preprint"
).split()
"""CSL 1.0.2's item types, and Crossref's, in whose answers the keys are the same."""
_CSL = re.compile(r'"type"\s*:\s*"(?:' + "|".join(_TYPES) + r')"')
_CSL_KEY = re.compile(
    r'"(?:issued|container-title|DOI|title-short|citation-key|publisher-place|author|title)"\s*:'
)
_ZOTERO = re.compile(r'"itemType"\s*:\s*"')
_ITEMS = re.compile(r'"(?:items|references|message)"\s*:\s*(?=[\[{])')
_TITLE = re.compile(r'(?<!\\)"title"\s*:')
_PLACES = (
    "URL url archive_location archiveID archive note extra container-title publicationTitle number "
    "volume annote reportNumber"
).split()
_PARTS = frozenset(
    "chapter paper-conference article-journal entry-encyclopedia entry-dictionary bookSection"
    " conferencePaper journalArticle proceedings-article book-chapter journal-article".split()
)
_NOTES = frozenset({"attachment", "note", "annotation"})
"""Zotero's item types that are no references."""


def sniff(text: str) -> bool:
    """Tell references in JSON by an item's type beside a key that only references have."""
    if not is_markup(text) or text.lstrip("\ufeff \t\r\n").startswith("<"):
        return False
    if _ZOTERO.search(text):
        return True
    return _CSL.search(text) is not None and _CSL_KEY.search(text) is not None


def read(text: str, *, origin: str, page_date: dt.date | None = None) -> Listing:  # noqa: ARG001 - references carry no day of a page
    """Read every item; one without title and ids is reported, as is the place of a cut."""
    found = _items(text)
    records: list[Record] = []
    problems: list[Problem] = []
    line_of = line_finder(text)
    for item in found.items:
        if item.value.get("itemType") in _NOTES:
            continue
        title = _TITLE.search(text, item.start, item.end)
        place = f"{origin}:{line_of(title.start() if title else item.start)}"
        if record := _record(item.value, place):
            records.append(record)
        else:
            message = "an item with neither title nor arXiv id nor DOI"
            problems.append(Problem(place, "listing-stray", message))
    if found.broken_at is not None:
        place = f"{origin}:{line_of(found.broken_at)}"
        problems.append(Problem(place, "listing-cut", "the JSON breaks off here"))
    return Listing(tuple(records), tuple(problems))


def _items(text: str) -> JsonItems:
    """Return the items, also those inside an object that wraps them."""
    start = _ITEMS.search(text) if text.lstrip("\ufeff \t\r\n").startswith("{") else None
    if not start:
        return json_items(text)
    inner = json_items(text[start.end() :])
    if inner.broken_at is not None and not inner.items:
        whole = json_items(text)
        return whole if whole.items else _moved(inner, start.end())
    return _moved(inner, start.end())


def _moved(found: JsonItems, by: int) -> JsonItems:
    broken = None if found.broken_at is None else found.broken_at + by
    items = (JsonItem(item.value, item.start + by, item.end + by) for item in found.items)
    return JsonItems(tuple(items), broken)


def _record(item: Mapping[str, object], origin: str) -> Record | None:
    authors = _people(item)
    said = Reference(
        title=_title(item),
        authors=authors,
        all_authors=bool(authors),
        abstract=title_text(_text(item, "abstract abstractNote")),
        year=_year(item),
        venue=title_text(
            _text(item, "container-title publicationTitle proceedingsTitle bookTitle")
        ),
        volume=_text(item, "volume"),
        number=_text(item, "issue number"),
        pages=_text(item, "page pages").replace("–", "--"),
        ids=tuple(filter(None, (_text(item, name) for name in ("DOI", "doi", "arxiv", "arXiv")))),
        places=tuple(filter(None, (_text(item, name) for name in _PLACES))),
        identifiers=identifiers(
            [
                ("pmid", [_text(item, "PMID pmid")]),
                ("pmcid", [_text(item, "PMCID pmcid")]),
                ("isbn", [_isbn(item)]),
            ]
        ),
    )
    return reference_record(said, origin=origin)


def _isbn(item: Mapping[str, object]) -> str:
    """Return the ISBN of a book; that of a chapter or a paper is the whole book's."""
    part = _text(item, "type itemType") in _PARTS
    return "" if part else _text(item, "ISBN isbn").split(" ")[0]


def _title(item: Mapping[str, object]) -> str:
    title = title_text(_text(item, "title"))
    return tex_text(title) if "\\" in title or "{" in title else title


def _text(item: Mapping[str, object], names: str) -> str:
    """Return the first of some variables that has a value; Crossref wraps them in lists."""
    for name in names.split():
        value = item.get(name)
        if isinstance(value, list) and value:
            value = value[0]
        if isinstance(value, bool) or not isinstance(value, (str, int)):
            continue
        if isinstance(value, str) and (text := printable(value)):
            return text
        if isinstance(value, int) and abs(value) < 10**9:
            return str(value)
    return ""


def _year(item: Mapping[str, object]) -> int | None:
    """Read a date in any of its forms: parts (numbers or text), raw, literal, plain text."""
    for name in ("issued", "published-print", "published", "date", "event-date", "submitted"):
        value = item.get(name)
        if isinstance(value, Mapping):
            parts = value.get("date-parts")
            first = parts[0] if isinstance(parts, list) and parts else None
            if isinstance(first, list) and first and (year := year_in(str(first[0])[:9])):
                return year
            value = value.get("raw") or value.get("literal") or value.get("year")
        if isinstance(value, (str, int)) and (year := year_in(str(value)[:40])):
            return year
    return None


def _people(item: Mapping[str, object]) -> tuple[Author, ...]:
    for name in ("author", "creators", "editor"):
        people = item.get(name)
        if isinstance(people, list):
            found = [_author(p) for p in _of_author_kind(people) if isinstance(p, Mapping)]
            if authors := tuple(author for author in found if author.family):
                return authors
    return ()


def _of_author_kind(people: Iterable[object]) -> list[object]:
    """Return Zotero's creators that are authors, or all of them when none is."""
    listed: list[object] = list(people)
    authors: list[object] = [
        p for p in listed if isinstance(p, Mapping) and p.get("creatorType") == "author"
    ]
    return authors or listed


def _author(person: Mapping[object, object]) -> Author:
    def part(*names: str) -> str:
        return next((printable(v) for n in names if isinstance(v := person.get(n), str) and v), "")

    family, given = part("family", "lastName"), part("given", "firstName")
    if not family and not given:
        return parse_name(part("literal", "name"))
    if not family:
        return parse_name(given)
    particle = part("non-dropping-particle", "dropping-particle")
    if particle or not given:
        return Author(family, given, particle, part("suffix"), collective=not given)
    parsed = parse_name(f"{family}, {given}")
    suffix = part("suffix")
    return Author(parsed.family, parsed.given, parsed.particle, suffix or parsed.suffix)
