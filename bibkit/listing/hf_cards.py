"""The cards of a Hugging Face papers page, for a page without embedded data → records."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterator, Sequence
from typing import Any

from bibkit.listing.hf_site import DECLARED_LINK, TRENDING, is_ai_summary, paper_id
from bibkit.listing.lines import printable
from bibkit.record import Link, Record
from bibkit.text.dates import parse_listing_date
from bibkit.text.links import classify_link, each_link_once, extract_links

_TITLE_LINKS = "//a[@href][ancestor::h1 or ancestor::h2 or ancestor::h3 or .//h1 or .//h2 or .//h3]"
_AUTHORS = re.compile(r"\b(\d{1,6}) authors?\b")


def card_records(text: str, *, origin: str) -> Iterator[Record]:
    """Yield a record for every heading that links to a paper's page."""
    from lxml import etree  # here: `bibkit --help` reads no page

    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
    try:
        page = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return
    if page is None:
        return
    titles = [
        (anchor, identifier)
        for anchor in page.xpath(_TITLE_LINKS)
        if (identifier := paper_id(anchor.get("href")))
    ]
    is_trending = _is_trending(page, [identifier for _, identifier in titles])
    for anchor, identifier in titles:
        yield _record(anchor, identifier, origin, is_trending=is_trending)


def _is_trending(page: Any, identifiers: Sequence[str]) -> bool:
    """Tell a trending page, by its heading or because each card stands there twice."""
    headings = {_text(heading) for heading in page.iter("h1", "h2")}
    return TRENDING in headings or any(a == b for a, b in itertools.pairwise(identifiers))


def _record(anchor: Any, identifier: str, origin: str, *, is_trending: bool) -> Record:
    card = next(anchor.iterancestors("article"), None)
    abstract = _abstract(card)
    if is_trending and is_ai_summary(abstract):
        abstract = ""
    return Record(
        origin=f"{origin}:{anchor.sourceline}",
        title=_text(anchor),
        abstract=abstract,
        authors_count=_authors_count(card),
        date=_day(card),
        links=each_link_once([*extract_links(abstract), *_declared_links(card)]),
        arxiv_id=identifier,
    )


def _declared_links(card: Any) -> Iterator[Link]:
    """Yield what a trending page calls the paper's repository and project page."""
    for anchor in [] if card is None else card.xpath(".//a[@href]"):
        if DECLARED_LINK.fullmatch(_text(anchor)):
            link = classify_link(anchor.get("href"))
            if link and link.kind in ("code", "project"):
                yield link


def _text(element: Any) -> str:
    return printable("".join(element.itertext()))


def _abstract(card: Any) -> str:
    paragraphs = [] if card is None else [_text(paragraph) for paragraph in card.iter("p")]
    return max(paragraphs, key=len, default="")


def _authors_count(card: Any) -> int | None:
    found = None if card is None else _AUTHORS.search(" ".join(card.itertext()))
    return int(found[1]) if found else None


def _day(card: Any) -> dt.date | None:
    stamps = [] if card is None else card.xpath(".//time/@datetime")
    try:
        return dt.date.fromisoformat(stamps[0][:10]) if stamps else _written_day(card)
    except ValueError:
        return None


def _written_day(card: Any) -> dt.date | None:
    """Return the first whole date that stands by itself: `Published on Oct 4, 2026`."""
    for words in [] if card is None else map(printable, card.itertext()):
        date = parse_listing_date(words.removeprefix("Published on").strip())
        if date and date.year:
            return dt.date(date.year, date.month, date.day)
    return None
