"""The pieces of a saved papers page, as text with links → records.

A title is what links to a paper's page from a heading; the card of a paper goes on to the next
title. What no card has is reported.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from bibkit.listing.hf_card import PICTURE, SHORTEST_ABSTRACT, Card, CardReader, date_in
from bibkit.listing.hf_site import (
    AUTHORS,
    INVITATIONS,
    TRENDING,
    UPVOTES,
    is_ai_summary,
    is_byline,
    is_furniture,
    paper_id,
)
from bibkit.listing.lines import excerpt, printable
from bibkit.listing.linked_text import Piece
from bibkit.listing.listing import Listing
from bibkit.listing.page_dates import date_problems, saved_day, year_of_id
from bibkit.record import Problem, Record
from bibkit.text.dates import ListingDate, date_on_page
from bibkit.text.links import each_link_once, extract_links

_HEADINGS = frozenset({"Daily Papers", TRENDING})
_CUT_LINK = re.compile(r"\](?:\([^\s()]{0,2000})?\Z")
_ENDS_SENTENCE = (".", "!", "?", "…", '"', "”", ")", "*", "。")
_SAVED_BY = re.compile(
    r"\W{0,4}(?:title|url source|published time|markdown content|url|source|date|retrieved|command"
    r"|page title|warning)\b:?.{0,300}|```\w*",
    re.IGNORECASE,
)
"""What the program that saved the page wrote above it."""


@dataclass(slots=True)
class _Page:
    """One page; a file may hold several, one behind the other."""

    day: ListingDate | None = None
    cards: list[Card] = field(default_factory=list)
    is_trending: bool = False


def title_places(pieces: Sequence[Piece]) -> list[int]:
    """Return where the titles stand: headings that link to a paper's page.

    Where a page was saved without its links, they are its lower headings.
    """
    linked = [place for place, piece in enumerate(pieces) if piece.level and _is_linked(piece)]
    if linked or not is_papers_page(pieces):
        return linked
    plain = [
        place
        for place, piece in enumerate(pieces)
        if piece.level >= 3 and piece.target is None and not is_furniture(piece.words)
    ]
    # the last one may be half a title where the page was cut
    return [place for place in plain if place < len(pieces) - 1 and "[" not in pieces[place].text]


def _is_linked(piece: Piece) -> bool:
    if piece.target == "":
        return piece.level >= 3
    return bool(piece.target and paper_id(piece.target))


def first_links(pieces: Sequence[Piece]) -> Iterator[int]:
    """Yield where each paper's page is linked first, and where a second card repeats that.

    These are the titles where a page was saved without its headings.
    """
    titles: dict[str, str] = {}
    for place, piece in enumerate(pieces):
        identifier = paper_id(piece.target or "")
        words = piece.words
        if identifier is None or "#" in (piece.target or "") or PICTURE.fullmatch(words):
            continue
        if UPVOTES.fullmatch(words) or AUTHORS.fullmatch(words):
            continue
        if titles.setdefault(identifier, words) == words:
            yield place


def is_papers_page(pieces: Iterable[Piece]) -> bool:
    """Tell a page of papers by what stands above them."""
    return any(
        piece.words in INVITATIONS or piece.words.endswith("and the research community")
        for piece in pieces
    )


def read_pieces(
    pieces: Sequence[Piece],
    titles: Sequence[int],
    *,
    origin: str,
    page_date: dt.date | None,
    is_whole: bool,
) -> Listing:
    """Read the card behind each title; each paper once, for a trending page shows it twice.

    Args:
        pieces: of the whole page.
        titles: where in them the titles stand.
        origin: what messages call the page.
        page_date: the day it was saved; otherwise inferred from the dates on it.
        is_whole: whether the page ends with the end of a line.

    """
    pages, stray = _pages(pieces, titles)
    cut = None if is_whole else _cut_card(pages[-1], pieces)
    records: dict[str, Record] = {}
    shown: set[str] = set()
    problems: list[Problem] = []
    for page in pages:
        dates = [card.date for card in page.cards if card.date]
        saved = page_date or _saved(page)
        names = [card.name for card in page.cards]
        is_trending = page.is_trending or any(a == b for a, b in itertools.pairwise(names))
        for card in page.cards:
            record = _record(card, origin, saved, is_trending=is_trending, is_cut=card is cut)
            if record.title not in shown or card.arxiv_id:
                records.setdefault(card.name, record)
            shown.add(record.title)
        problems += date_problems(dates, origin, saved)
    problems += _stray_problems(stray, origin)
    if cut:
        message = f"the page ends inside the abstract of “{excerpt(printable(cut.title.text))}”"
        problems.append(Problem(f"{origin}:{cut.abstract[-1].line}", "listing-cut", message))
    return Listing(tuple(records.values()), tuple(problems))


def _cut_card(page: _Page, pieces: Sequence[Piece]) -> Card | None:
    """Return the last card if the page stops in its abstract, in mid-sentence."""
    card = page.cards[-1] if page.cards else None
    if card is None or not card.abstract or card.abstract[-1] is not pieces[-1]:
        return None
    end = card.text.rpartition(" ")[2]
    is_whole = end.endswith(_ENDS_SENTENCE) and "/" not in end  # an address has dots inside
    return None if pieces[-1].target or is_whole else card


def _saved(page: _Page) -> dt.date | None:
    dated = [(card.date[1], card.arxiv_id) for card in page.cards if card.date]
    years = [year_of_id(date, identifier) for date, identifier in dated if not date.year]
    return saved_day((date for date, _ in dated), page.day, not_before=max(years, default=0))


def _pages(pieces: Sequence[Piece], titles: Sequence[int]) -> tuple[list[_Page], list[Piece]]:
    """Sort every piece into a card; return those that fit nowhere, too."""
    pages = [_Page()]
    stray: list[Piece] = []
    starts = set(titles)
    lengths = Counter[int]()
    for piece in pieces:
        lengths[piece.paragraph] += len(piece.words)
    reader = CardReader(lengths)
    for place, piece in enumerate(pieces):
        page = pages[-1]
        if place in starts:
            card = Card(piece, paper_id(piece.target or ""))
            page.cards.append(card)
            reader = CardReader(lengths, card)
        elif 0 < piece.level < 3 and piece.words in _HEADINGS:
            if page.cards:
                pages.append(_Page())
                reader = CardReader(lengths)
            pages[-1].is_trending |= piece.words == TRENDING
        elif reader.takes(piece):
            continue
        elif reader.card is None and (day := date_in(piece.words)) and not page.day:
            page.day = day
        elif reader.card is not None or not _is_above(piece):
            stray.append(piece)
    return pages, stray


def _is_above(piece: Piece) -> bool:
    """Tell what stands above the first card: navigation, and what the saving program wrote."""
    is_named = (
        piece.target is not None or piece.level > 0 or _SAVED_BY.fullmatch(piece.words) is not None
    )
    return is_named or is_byline(piece.words) or len(piece.words) < SHORTEST_ABSTRACT


def _record(
    card: Card, origin: str, saved: dt.date | None, *, is_trending: bool, is_cut: bool
) -> Record:
    date = date_on_page(card.date[1], saved) if card.date else None
    abstract = card.text
    if is_cut:  # an address at a cut may have lost its end, and would be a wrong one
        abstract = _CUT_LINK.sub("", abstract).rpartition(" ")[0]
    if (is_trending or card.is_trending) and is_ai_summary(abstract):
        abstract = ""
    return Record(
        origin=f"{origin}:{card.title.line}",
        title=printable(card.title.text),
        abstract=abstract,
        authors_count=card.authors_count,
        date=date,
        year_inferred=date is not None and card.date is not None and card.date[1].year is None,
        organisation=card.organisation,
        comments=card.comments,
        links=each_link_once([*extract_links(abstract), *card.links]),
        arxiv_id=card.arxiv_id,
    )


def _stray_problems(stray: Sequence[Piece], origin: str) -> Iterator[Problem]:
    """Report what fits no card, neighbouring lines together."""
    groups: list[list[Piece]] = []
    for piece in stray:
        if groups and piece.paragraph == groups[-1][-1].paragraph:
            groups[-1].append(piece)
        else:
            groups.append([piece])
    for group in groups:
        more = f" and {len(group) - 1} more" if len(group) > 1 else ""
        message = f"fits no record: “{excerpt(group[0].words)}”{more}"
        yield Problem(f"{origin}:{group[0].line}", "listing-stray", message)
