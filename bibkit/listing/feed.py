"""A feed (RSS 2.0, RSS 1.0, Atom, JSON Feed) → records.

An item is a paper when it names one: an arXiv id, a DOI, or a page of a publisher. The posts of a
blog are none, but the papers that a post links to are. What a feed says of a paper is an abstract
only where it says so, or where the feed is arXiv's own: others tell summaries.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bibkit.listing import arxiv_atom
from bibkit.listing.digest import digest_records, is_paper_page, linked_doi, linked_id
from bibkit.listing.html_lines import html_text
from bibkit.listing.json_items import json_items
from bibkit.listing.lines import excerpt, line_finder, printable
from bibkit.listing.listing import Listing
from bibkit.listing.safe_xml import child_texts, local_name, root_name, text_line, xml_root
from bibkit.record import Author, Problem, Record
from bibkit.text.identifiers import arxiv_id, doi
from bibkit.text.links import extract_links
from bibkit.text.names import parse_authors

_JSON_FEED = re.compile(r'"version"\s*:\s*"https?:\\?/\\?/jsonfeed\.org')
_JSON_ITEMS = re.compile(r'"items"\s*:\s*(?=\[)')
_JSON_TITLE = re.compile(r'(?<!\\)"title"\s*:')
_OLD_TITLE = re.compile(
    r"\.?\s*\(arXiv:(?P<id>[\w.\-/]{9,30}?)(?:v\d+)?\s*\[[\w.\-]{2,20}\][\w \-]{0,20}\)$"
)
"""`Title. (arXiv:2401.00001v1 [cs.CL] UPDATED)`, as arXiv wrote until 2024."""
_ID_BEFORE = re.compile(r"^(?:\[|\()?(?:arXiv:)?(?P<id>\d{4}\.\d{4,5})(?:v\d+)?(?:\]|\))?:? (?=\S)")
_ANNOUNCED = re.compile(
    r"^arXiv:(?P<id>[\w.\-/]{9,30}?)(?:v\d+)?\s+Announce Type:\s*[\w-]+\s*(?:Abstract:\s*)?"
)
_LABELLED = re.compile(r"^(?:Abstract|Summary of the paper)\s*[:.–-]\s*", re.IGNORECASE)
_MACHINE_MADE = re.compile(r"^.{0,2000}?\bAI-generated summary\b\s*", re.DOTALL)
"""Hugging Face's page sets this between a summary and the abstract."""
_LAST_PART = re.compile(r"^https?://[^\s?#]+/(?P<id>\d{4}\.\d{4,5})(?:v\d+)?(?:\.pdf)?/?(?:[?#]|$)")


@dataclass(frozen=True, slots=True)
class _Item:
    """One item, in whichever kind of feed."""

    line: int
    title: str
    addresses: tuple[str, ...]
    """Links and identifiers, the most telling first."""
    content: str
    names: str = ""
    doi: str = ""


def sniff(text: str) -> bool:
    """Tell a feed by its root element, or by what JSON Feed demands."""
    if root_name(text) in ("rss", "RDF", "feed"):
        return not arxiv_atom.sniff(text)
    return text.lstrip("\ufeff \t\r\n").startswith("{") and _JSON_FEED.search(text) is not None


def read(text: str, *, origin: str, page_date: dt.date | None = None) -> Listing:  # noqa: ARG001 - days in feeds are those of the feed
    """Read every item; one that names no paper is reported."""
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        items, problems, own = *_json(text, origin), False
    else:
        root, problems = xml_root(text, origin=origin, items="item|entry", closing="rss|RDF|feed")
        items = [] if root is None else list(_items(root))
        own = root is not None and _is_arxivs(root)
    records: list[Record] = []
    for item in items:
        found = list(_records(item, origin, own=own))
        records += found
        if not found:
            message = f"no arXiv id, DOI or link to a paper: “{excerpt(item.title)}”"
            problems.append(Problem(f"{origin}:{item.line}", "listing-stray", message))
    return Listing(tuple(records), tuple(problems))


def _is_arxivs(root: Any) -> bool:
    """Tell arXiv's own feed by the address of its channel."""
    heads = [root, *(child for child in root if local_name(child) == "channel")]
    addresses = [
        address
        for head in heads
        for child in head
        if local_name(child) in ("link", "id")
        for address in (child.get("href"), child.text)
    ]
    host = re.compile(r"^\s*https?://(?:[\w-]+\.)?arxiv\.org(?:/|\s*$)")
    return any(address and host.match(address) for address in addresses)


def _items(root: Any) -> Iterator[_Item]:
    """Yield the items of a feed in XML."""
    for element in root.iter():
        if local_name(element) not in ("item", "entry"):
            continue
        title = next((child for child in element if local_name(child) == "title"), None)
        links = [child for child in element if local_name(child) == "link"]
        about = [value for name, value in element.attrib.items() if str(name).endswith("about")]
        addresses = [
            *(link.get("href") or link.text or "" for link in links),
            *(text for name in ("id", "guid", "identifier") for text in child_texts(element, name)),
            *about,
        ]
        people = [
            "".join(name.itertext())
            for person in element
            if local_name(person) == "author"
            for name in (
                *(n for n in person if local_name(n) == "name"),
                *([] if len(person) else [person]),
            )
        ]
        creators = [*child_texts(element, "creator"), *people]
        contents = [
            text
            for name in ("encoded", "content", "summary", "description")
            for text in child_texts(element, name)
        ]
        yield _Item(
            text_line(title) if title is not None else element.sourceline,
            _title_text("".join(title.itertext())) if title is not None else "",
            tuple(" ".join(address.split()) for address in addresses if address.strip()),
            max(contents, key=len, default=""),
            ", ".join(html_text(name) for name in creators),
            next((text.strip() for n in ("doi", "DOI") for text in child_texts(element, n)), ""),
        )


def _json(text: str, origin: str) -> tuple[list[_Item], list[Problem]]:
    """Return the items of a JSON Feed; one that is cut keeps its head."""
    start = _JSON_ITEMS.search(text)
    if not start:
        return [], []
    rest = text[start.end() :]
    found = json_items(rest)
    line_of = line_finder(rest)
    before = text.count("\n", 0, start.end())
    items: list[_Item] = []
    for part in found.items:
        title = _JSON_TITLE.search(rest, part.start, part.end)
        line = before + line_of(title.start() if title else part.start)
        items.append(_json_item(part.value, line))
    if found.broken_at is None:
        return items, []
    place = f"{origin}:{before + line_of(found.broken_at)}"
    return items, [Problem(place, "listing-cut", "the JSON breaks off here")]


def _json_item(value: Mapping[str, object], line: int) -> _Item:
    def text(name: str) -> str:
        found = value.get(name)
        return found if isinstance(found, str) else ""

    addresses = tuple(filter(None, map(text, ("url", "id", "external_url"))))
    content = text("content_html") or text("content_text")
    return _Item(line, _title_text(text("title")), addresses, content)


def _title_text(title: str) -> str:
    return html_text(title)


def _records(item: _Item, origin: str, *, own: bool) -> Iterator[Record]:
    """Yield the paper that an item is, or else the papers that it links to."""
    place = f"{origin}:{item.line}"
    title, in_title = _split_title(item.title)
    text = html_text(item.content)
    announced = _ANNOUNCED.match(text)
    spellings = [*item.addresses, in_title, announced["id"] if announced else ""]
    identifier = next((found for s in spellings if (found := _identifier(s))), None)
    number = next((found for s in (item.doi, *item.addresses) if (found := _doi(s))), None)
    if identifier or number or any(map(is_paper_page, item.addresses)):
        abstract = _abstract(text, own=own)
        authors = _authors(item.names, own=own or announced is not None)
        if title or identifier or number:
            yield Record(
                place,
                title,
                abstract,
                authors=authors,
                authors_count=len(authors) or None,
                links=extract_links(abstract),
                arxiv_id=identifier,
                doi=number,
            )
        return
    for record in digest_records(f"<div>{item.content}</div>", origin=origin):
        yield replace(record, origin=place)


def _split_title(title: str) -> tuple[str, str]:
    """Return a title without the id that a feed put before or behind it, and that id."""
    if found := _OLD_TITLE.search(title):
        return title[: found.start()], found["id"]
    if found := _ID_BEFORE.match(title):
        return title[found.end() :], found["id"]
    return title, ""


def _identifier(spelling: str) -> str | None:
    """Return the arXiv id in an address, an id, or the page of a site that has it as its name."""
    tail = spelling.removeprefix("oai:arXiv.org:") if spelling.startswith("oai:") else spelling
    found = arxiv_id(tail) or linked_id(tail)
    if found is None and (named := _LAST_PART.match(tail)):
        found = arxiv_id(named["id"])
    return found


def _doi(spelling: str) -> str | None:
    spelling = spelling.removeprefix("info:doi/")
    return doi(spelling.removeprefix("doi:").strip()) or linked_doi(spelling)


def _abstract(text: str, *, own: bool) -> str:
    """Return the abstract in what a feed says of a paper, or nothing."""
    stripped = _MACHINE_MADE.sub("", text, count=1)
    announced = _ANNOUNCED.match(stripped)
    labelled = _LABELLED.match(stripped)
    if stripped.endswith(("…", "...", "[...]", "[…]")):
        return ""
    if prefix := announced or labelled:
        return printable(stripped[prefix.end() :])
    if own or stripped != text:
        return printable(stripped)
    return ""


def _authors(names: str, *, own: bool) -> tuple[Author, ...]:
    """Read the names; a single one in a feed of others is who made the feed."""
    authors = parse_authors(names)
    return authors if own or len(authors) > 1 else ()
