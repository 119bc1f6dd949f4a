"""The page of one paper, saved as Markdown → its record.

    page = "arxiv:" ID  TITLE  "Published on" DATE  "Authors:" NAMES
           "Abstract" [ SUMMARY "AI-generated summary" ] ABSTRACT  "Community" …

Behind the abstract come comments of readers and lists of other things; none of it is read.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence

from bibkit.listing.lines import excerpt, printable
from bibkit.listing.linked_text import Piece, joined
from bibkit.listing.listing import Listing
from bibkit.listing.page_dates import date_problems, saved_day, year_of_id
from bibkit.record import Author, Problem, Record
from bibkit.text.dates import ListingDate, date_on_page, parse_listing_date
from bibkit.text.identifiers import arxiv_id
from bibkit.text.links import extract_links
from bibkit.text.names import parse_name

_NEAR = 12
"""Pieces from the id to the title, and to the day; only pictures and buttons stand between."""
_UNDERLINE = re.compile(r"={3,}|-{3,}")
_PUBLISHED = "Published on"
_AUTHORS = "Authors:"
_ABSTRACT = "Abstract"
_AI_SUMMARY = "AI-generated summary"
_BEHIND = frozenset({"Community", "View arXiv page", "View PDF"})
_LONGEST_NAME = 100


def paper_place(pieces: Sequence[Piece]) -> int | None:
    """Return where the title of the only paper stands, behind its id; None on other pages."""
    for place, piece in enumerate(pieces):
        if piece.level and piece.target:
            return None  # a card: a page of several papers
        if piece.target is None and _id(piece):
            near = range(place + 1, min(place + _NEAR, len(pieces) - 1))
            titles = [at for at in near if _is_heading(pieces, at)]
            shown = pieces[titles[0] : titles[0] + _NEAR] if titles else []
            is_page = any(piece.words.startswith(_PUBLISHED) for piece in shown)
            return titles[0] if is_page else None
    return None


def _is_heading(pieces: Sequence[Piece], place: int) -> bool:
    """Tell a heading behind which something comes: it is not cut."""
    if pieces[place].level:
        return place + 1 < len(pieces)
    below = pieces[place + 1] if place + 1 < len(pieces) else None
    return (
        below is not None
        and below.paragraph == pieces[place].paragraph
        and _UNDERLINE.fullmatch(below.words) is not None
    )


def read_paper(
    pieces: Sequence[Piece],
    place: int,
    *,
    origin: str,
    page_date: dt.date | None,
    is_whole: bool,
) -> Listing:
    """Read the one paper of a page whose title is at a place.

    Args:
        pieces: of the whole page.
        place: where in them the title stands.
        origin: what messages call the page.
        page_date: the day it was saved; otherwise the id tells the year of a date without one.
        is_whole: whether the page ends with the end of a line.

    """
    title = pieces[place]
    identifier = next(found for piece in pieces[:place] if (found := _id(piece)))
    shown = list(itertools.takewhile(lambda piece: piece.words not in _BEHIND, pieces[place + 1 :]))
    starts = [at for at, piece in enumerate(shown) if piece.words == _ABSTRACT]
    start = starts[0] if starts else len(shown)
    abstract = _abstract(shown[start + 1 :])
    is_cut = not is_whole and place + 1 + len(shown) == len(pieces) and abstract != ""
    authors = tuple(_authors(shown[:start]))
    dates = list(_dates(shown[:start]))[:1]
    known = dates[0][1] if dates else None
    since = year_of_id(known, identifier) if known and not known.year else 0
    saved = page_date or saved_day([], None, not_before=since)
    record = Record(
        origin=f"{origin}:{title.line}",
        title=printable(title.text),
        abstract=abstract,
        authors=authors,
        authors_count=len(authors) or None,
        date=date_on_page(known, saved) if known else None,
        year_inferred=known is not None and known.year is None and saved is not None,
        # an address at a cut may have lost its end, and would be a wrong one
        links=extract_links(abstract.rpartition(" ")[0] if is_cut else abstract),
        arxiv_id=identifier,
    )
    problems = list(date_problems(dates, origin, saved))
    if is_cut:
        message = f"the page ends inside the abstract of “{excerpt(record.title)}”"
        problems.append(Problem(f"{origin}:{pieces[-1].line}", "listing-cut", message))
    return Listing((record,), tuple(problems))


def _id(piece: Piece) -> str | None:
    return arxiv_id(piece.words) if piece.words.lower().startswith("arxiv:") else None


def _dates(pieces: Iterable[Piece]) -> Iterator[tuple[int, ListingDate]]:
    for piece in pieces:
        text = piece.words.partition("·")[0].strip()
        date = parse_listing_date(text.removeprefix(_PUBLISHED).strip())
        if date and text.startswith(_PUBLISHED):
            yield piece.line, date


def _authors(pieces: Sequence[Piece]) -> Iterator[Author]:
    """Yield the names between their heading and the abstract's."""
    starts = [at for at, piece in enumerate(pieces) if piece.words.startswith(_AUTHORS)]
    if not starts:
        return
    words = " ".join(piece.text for piece in pieces[starts[0] :])
    for name in words.partition(_AUTHORS)[2].split(","):
        if 0 < len(printable(name)) <= _LONGEST_NAME:
            yield parse_name(printable(name))


def _abstract(pieces: Sequence[Piece]) -> str:
    """Return the first paragraph, or the one behind the summary that a machine wrote."""
    if pieces and _UNDERLINE.fullmatch(pieces[0].words):
        pieces = pieces[1:]
    behind = [at + 1 for at, piece in enumerate(pieces) if piece.words == _AI_SUMMARY]
    pieces = pieces[behind[0] :] if behind else pieces
    return joined(piece for piece in pieces if piece.paragraph == pieces[0].paragraph)
