"""One card of a saved papers page: what stands behind its title, put where it belongs.

    card = TITLE ABSTRACT [ WHO ] "·" DATE [ COMMENTS ]        ; a trending page adds links to code

All but the title may be missing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bibkit.listing.hf_site import (
    AUTHORS,
    DECLARED_LINK,
    LONGEST_NAME,
    SUBMITTED,
    UPVOTES,
    is_furniture,
    paper_id,
)
from bibkit.listing.lines import printable
from bibkit.listing.linked_text import Piece, joined
from bibkit.record import Link
from bibkit.text.dates import ListingDate, parse_listing_date
from bibkit.text.links import canonical_repository, classify_link

SHORTEST_ABSTRACT = 40
"""Characters; navigation text is shorter."""
PICTURE = re.compile(r"(?:\[[^\[\]]{0,200}\] ?)+")
"""What stands for a picture in front of a name."""
_PUBLISHED = re.compile(r"(?:· ?)?(?:Published on )?")
_HANDLE = re.compile(
    r"(?:(?:https?|file)://(?:[^?#]{1,500}/https?://)?[^/?#]{0,253})?/[\w.-]{1,96}/?", re.ASCII
)
"""The page of an organisation or a person."""
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)(?: \d{1,2},)?"
_BROKEN_DATE = re.compile(rf"(?:· ?)?(?:Published(?: on(?: {_MONTH})?)?|{_MONTH})")


@dataclass(slots=True)
class Card:
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
        """What tells it from other papers."""
        return self.arxiv_id or printable(self.title.text)

    @property
    def text(self) -> str:
        """The abstract, or what stands in its place."""
        text = joined(self.abstract)
        return text.removeprefix("[") if text.count("[") > text.count("]") else text


def date_in(words: str) -> ListingDate | None:
    """Return the date that a line is, whatever the site says in front of it."""
    return parse_listing_date(_PUBLISHED.sub("", words, count=1))


class CardReader:
    """Puts the pieces behind a title where they belong in its card."""

    def __init__(self, lengths: Mapping[int, int], card: Card | None = None) -> None:
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

    def _is_part_of_abstract(self, card: Card, piece: Piece) -> bool:
        """Tell and keep what goes on in the abstract's paragraph, links in it included."""
        if not card.abstract or card.abstract[-1].paragraph != piece.paragraph:
            return False
        before = card.abstract[-1]
        if AUTHORS.fullmatch(piece.words) or date_in(piece.words) or piece.words == "·":
            return False
        is_link = piece.target is not None
        if is_link and before.target is not None:
            return False
        if piece.line != before.line and (is_link or is_furniture(piece.words)):
            return False
        card.abstract.append(piece)
        return True

    def _takes_number(self, card: Card, piece: Piece, last: Piece | None) -> bool:
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
            or (
                piece.target is not None
                and last
                and last.line == piece.line
                and date_in(last.words)
            )
        ):
            card.comments = int(words)
        return True

    def _takes_link(self, card: Card, piece: Piece) -> bool:
        """Take a link that is no prose: to the code, to the organisation, into the site."""
        if piece.target is None:
            return False
        link = classify_link(piece.target)
        if link and link.kind in ("code", "project") and DECLARED_LINK.fullmatch(piece.words):
            card.links.append(link)
            card.is_trending = True
            return True
        if date_in(piece.words):
            return False
        if "/login?" in piece.target or is_furniture(piece.words):
            return True
        if card.date:
            return link is None and not paper_id(piece.target)
        is_own = not piece.target or paper_id(piece.target) == card.arxiv_id
        is_organisation = _HANDLE.fullmatch(piece.target) or (is_own and card.abstract)
        if is_organisation and len(piece.words) <= LONGEST_NAME:
            card.organisation = PICTURE.sub("", piece.words, count=1) or None
            return True
        return False

    def _takes_date(self, card: Card, piece: Piece, last: Piece | None) -> bool:
        """Take a date, also one that goes on in the next line."""
        if _BROKEN_DATE.fullmatch(piece.words):
            return True
        date = date_in(piece.words)
        if last and _BROKEN_DATE.fullmatch(last.words):
            date = date_in(f"{last.words} {piece.words}")
        if date:
            card.date = card.date or (piece.line, date)
            card.comments = card.comments if date.comments is None else date.comments
        return date is not None

    def _takes_text(self, card: Card, piece: Piece) -> bool:
        """Take the abstract; nothing behind the date is one."""
        if piece.words.endswith(SUBMITTED) or is_furniture(piece.words):
            return True
        is_footed = card.date or card.authors_count or card.organisation or card.abstract
        if is_footed or self._lengths[piece.paragraph] < SHORTEST_ABSTRACT:
            return False
        card.abstract.append(piece)
        return True
