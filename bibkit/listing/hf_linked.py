"""The pieces of a saved papers page, as text with links → records.

    card = TITLE ABSTRACT [ WHO ] "·" DATE [ COMMENTS ]        ; a trending page adds links to code

A title is what links to a paper's page from a heading. All the rest of a card may be missing, and
what no card has is reported.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bibkit.listing.hf_site import (
    AUTHORS,
    DECLARED_LINK,
    INVITATIONS,
    LONGEST_NAME,
    SUBMITTED,
    TRENDING,
    UPVOTES,
    is_ai_summary,
    is_byline,
    is_furniture,
    paper_id,
)
from bibkit.listing.lines import excerpt, printable
from bibkit.listing.linked_text import Piece, joined
from bibkit.listing.listing import Listing
from bibkit.listing.page_dates import date_problems, saved_day, year_of_id
from bibkit.record import Link, Problem, Record
from bibkit.text.dates import ListingDate, date_on_page, parse_listing_date
from bibkit.text.links import canonical_repository, classify_link, each_link_once, extract_links

_SHORTEST_ABSTRACT = 40
"""Characters; navigation text is shorter."""
_HEADINGS = frozenset({"Daily Papers", TRENDING})
_PUBLISHED = re.compile(r"(?:· ?)?(?:Published on )?")
_HANDLE = re.compile(
    r"(?:(?:https?|file)://(?:[^?#]{1,500}/https?://)?[^/?#]{0,253})?/[\w.-]{1,96}/?", re.ASCII
)
"""The page of an organisation or a person."""
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)(?: \d{1,2},)?"
_BROKEN_DATE = re.compile(rf"(?:· ?)?(?:Published(?: on(?: {_MONTH})?)?|{_MONTH})")
_CUT_LINK = re.compile(r"\](?:\([^\s()]{0,2000})?\Z")
_ENDS_SENTENCE = (".", "!", "?", "…", '"', "”", ")", "*", "。")
_PICTURE = re.compile(r"(?:\[[^\[\]]{0,200}\] ?)+")
"""What stands for a picture in front of a name."""
_SAVED_BY = re.compile(
    r"\W{0,4}(?:title|url source|published time|markdown content|url|source|date|retrieved|command"
    r"|page title|warning)\b:?.{0,300}|```\w*",
    re.IGNORECASE,
)
"""What the program that saved the page wrote above it."""


@dataclass(slots=True)
class _Card:
    """One paper as a page shows it."""

    title: Piece
    arxiv_id: str | None
    abstract: list[Piece] = field(default_factory=list)
    authors_count: int | None = None
    date: tuple[int, ListingDate] | None = None
    organisation: str | None = None
    comments: int | None = None
    links: list[Link] = field(default_factory=list)
    is_trending: bool = False

    @property
    def name(self) -> str:
        return self.arxiv_id or printable(self.title.text)

    @property
    def text(self) -> str:
        """The abstract, or what stands in its place."""
        text = joined(self.abstract)
        return text.removeprefix("[") if text.count("[") > text.count("]") else text


@dataclass(slots=True)
class _Page:
    """One page; a file may hold several, one behind the other."""

    day: ListingDate | None = None
    cards: list[_Card] = field(default_factory=list)
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
        if identifier is None or "#" in (piece.target or "") or _PICTURE.fullmatch(words):
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


def _cut_card(page: _Page, pieces: Sequence[Piece]) -> _Card | None:
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
    reader = _CardReader(lengths)
    for place, piece in enumerate(pieces):
        page = pages[-1]
        if place in starts:
            card = _Card(piece, paper_id(piece.target or ""))
            page.cards.append(card)
            reader = _CardReader(lengths, card)
        elif 0 < piece.level < 3 and piece.words in _HEADINGS:
            if page.cards:
                pages.append(_Page())
                reader = _CardReader(lengths)
            pages[-1].is_trending |= piece.words == TRENDING
        elif reader.takes(piece):
            continue
        elif reader.card is None and (day := _date(piece.words)) and not page.day:
            page.day = day
        elif reader.card is not None or not _is_above(piece):
            stray.append(piece)
    return pages, stray


def _is_above(piece: Piece) -> bool:
    """Tell what stands above the first card: navigation, and what the saving program wrote."""
    is_named = (
        piece.target is not None or piece.level > 0 or _SAVED_BY.fullmatch(piece.words) is not None
    )
    return is_named or is_byline(piece.words) or len(piece.words) < _SHORTEST_ABSTRACT


def _date(words: str) -> ListingDate | None:
    return parse_listing_date(_PUBLISHED.sub("", words, count=1))


class _CardReader:
    """Puts the pieces behind a title where they belong in its card."""

    def __init__(self, lengths: Mapping[int, int], card: _Card | None = None) -> None:
        self.card = card
        self._lengths = lengths
        """Characters of each paragraph."""
        self._last: Piece | None = None
        """The piece before."""

    def takes(self, piece: Piece) -> bool:
        """Take a piece in, or tell that it is no part of a card."""
        if not any(map(str.isalnum, piece.words)) and piece.words != "-":
            return True  # what is left of emphasis, rules and pictures
        last, self._last = self._last, piece
        if last and last.words.endswith(SUBMITTED) and len(piece.words) <= LONGEST_NAME:
            return True  # a person
        if self.card is None or piece.level in (1, 2):
            return is_furniture(piece.words) or piece.words.endswith(SUBMITTED)
        return (
            self._is_part_of_abstract(self.card, piece)
            or self._takes_number(self.card, piece, last)
            or self._takes_link(self.card, piece)
            or self._takes_date(self.card, piece, last)
            or self._takes_text(self.card, piece)
        )

    def _is_part_of_abstract(self, card: _Card, piece: Piece) -> bool:
        """Tell and keep what goes on in the abstract's paragraph, links in it included."""
        if not card.abstract or card.abstract[-1].paragraph != piece.paragraph:
            return False
        before = card.abstract[-1]
        if AUTHORS.fullmatch(piece.words) or _date(piece.words) or piece.words == "·":
            return False
        is_link = piece.target is not None
        if is_link and before.target is not None:
            return False
        if piece.line != before.line and (is_link or is_furniture(piece.words)):
            return False
        card.abstract.append(piece)
        return True

    def _takes_number(self, card: _Card, piece: Piece, last: Piece | None) -> bool:
        """Take a number: of comments behind the date, of authors, or of upvotes."""
        words = piece.words
        if found := AUTHORS.fullmatch(words.rpartition(" - ")[2]) or AUTHORS.fullmatch(words):
            card.authors_count = int(found[1])
            return True
        if not UPVOTES.fullmatch(words):
            return False
        stars = canonical_repository(piece.target or "")
        card.links += [Link(stars, "code")] if stars else []
        if words.isdecimal() and (
            (piece.target or "").endswith("#community")
            or (piece.target is not None and last and last.line == piece.line and _date(last.words))
        ):
            card.comments = int(words)
        return True

    def _takes_link(self, card: _Card, piece: Piece) -> bool:
        """Take a link that is no prose: to the code, to the organisation, into the site."""
        if piece.target is None:
            return False
        link = classify_link(piece.target)
        if link and link.kind in ("code", "project") and DECLARED_LINK.fullmatch(piece.words):
            card.links.append(link)
            card.is_trending = True
            return True
        if _date(piece.words):
            return False
        if "/login?" in piece.target or is_furniture(piece.words):
            return True
        if card.date:
            return link is None and not paper_id(piece.target)
        is_own = not piece.target or paper_id(piece.target) == card.arxiv_id
        is_organisation = _HANDLE.fullmatch(piece.target) or (is_own and card.abstract)
        if is_organisation and len(piece.words) <= LONGEST_NAME:
            card.organisation = _PICTURE.sub("", piece.words, count=1) or None
            return True
        return False

    def _takes_date(self, card: _Card, piece: Piece, last: Piece | None) -> bool:
        """Take a date, also one that goes on in the next line."""
        if _BROKEN_DATE.fullmatch(piece.words):
            return True
        date = _date(piece.words)
        if last and _BROKEN_DATE.fullmatch(last.words):
            date = _date(f"{last.words} {piece.words}")
        if date:
            card.date = card.date or (piece.line, date)
            card.comments = card.comments if date.comments is None else date.comments
        return date is not None

    def _takes_text(self, card: _Card, piece: Piece) -> bool:
        """Take the abstract; nothing behind the date is one."""
        if piece.words.endswith(SUBMITTED) or is_furniture(piece.words):
            return True
        is_footed = card.date or card.authors_count or card.organisation or card.abstract
        if is_footed or self._lengths[piece.paragraph] < _SHORTEST_ABSTRACT:
            return False
        card.abstract.append(piece)
        return True


def _record(
    card: _Card, origin: str, saved: dt.date | None, *, is_trending: bool, is_cut: bool
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
