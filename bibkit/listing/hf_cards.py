"""The cards of a Hugging Face papers page, for a page without embedded data → records."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

from bibkit.listing.hf_site import paper_id
from bibkit.listing.lines import printable
from bibkit.record import Record
from bibkit.text.links import extract_links

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
    for anchor in [] if page is None else page.xpath(_TITLE_LINKS):
        identifier = paper_id(anchor.get("href"))
        if identifier:
            yield _record(anchor, identifier, origin)


def _record(anchor: Any, identifier: str, origin: str) -> Record:
    card = next(anchor.iterancestors("article"), None)
    abstract = _abstract(card)
    return Record(
        origin=f"{origin}:{anchor.sourceline}",
        title=_text(anchor),
        abstract=abstract,
        authors_count=_authors_count(card),
        date=_day(card),
        links=extract_links(abstract),
        arxiv_id=identifier,
    )


def _text(element: Any) -> str:
    return printable("".join(element.itertext()))


def _abstract(card: Any) -> str:
    paragraphs = [] if card is None else [_text(paragraph) for paragraph in card.iter("p")]
    return max(paragraphs, key=len, default="")


def _authors_count(card: Any) -> int | None:
    found = None if card is None else _AUTHORS.search(_text(card))
    return int(found[1]) if found else None


def _day(card: Any) -> dt.date | None:
    stamps = [] if card is None else card.xpath(".//time/@datetime")
    try:
        return dt.date.fromisoformat(stamps[0][:10]) if stamps else None
    except ValueError:
        return None
