"""The text of a saved Hugging Face "Daily Papers" page → records.

    record = TITLE "" ABSTRACT [ "" WHO NL "·" NL DATE ]

Blank lines are not relied on, footers may be missing, and what fits no record is reported.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from bibkit.listing.lines import excerpt, is_markup, numbered_lines
from bibkit.listing.listing import Listing
from bibkit.listing.pairing import Chunk, Footer, Item, Triple, paired
from bibkit.record import Problem, Record
from bibkit.text.dates import ListingDate, date_on_page, page_year, parse_listing_date
from bibkit.text.links import extract_links

_DOT = "·"
_AUTHORS = re.compile(r"(?:[•*–-] ?)?(\d{1,6}) authors?", re.ASCII)
_ORGANISATION = re.compile(r"[A-Za-z0-9][\w.-]{0,95}(?: .{1,120})?")
_BYLINE = "AK and the research community"
_INVITATION = "Get trending papers in your email inbox!"
_UPVOTES = re.compile(r"-|\d{1,5}|\d{1,3}(?:\.\d)?k", re.ASCII)
_FURNITURE = frozenset(
    {
        *("new", _INVITATION, "Subscribe", "Daily Papers"),
        *("Papers", "Trending Papers", "Hugging Face", "Log In", "Sign Up", "Previous", "Next"),
        *("Models", "Datasets", "Spaces", "Buckets", "Docs", "Enterprise", "Pricing", "Community"),
        *("Company", "TOS", "Privacy", "About", "Careers", "Website", "System theme", "Upvote"),
    }
)
"""What the site prints around its papers, line for line."""
_ENDS_SENTENCE = ".!?…\"'”’)]}*。"
_WIDEST_WRAP = 200
"""Characters; a longer line means that the page's lines were not broken to a width."""


@dataclass(slots=True)
class _Page:
    """The items of one page; a file may hold several, one behind the other."""

    day: ListingDate | None = None
    """The day in the page's heading, without year."""
    items: list[Item] = field(default_factory=list)


def sniff(text: str) -> bool:
    """Tell a Daily Papers page by its heading, a footer, or titles and abstracts alternating."""
    if is_markup(text):
        return False
    lines = _chunks(text)
    if any(line.text.endswith(_BYLINE) or line.text == _INVITATION for line in lines):
        return True
    pages = _pages(lines)
    if any(isinstance(item, Footer) and item.date for page in pages for item in page.items):
        return True
    found = [part for page in pages for part in paired(page.items)]
    whole = [
        part
        for part in found
        if isinstance(part, Triple) and len(part.title.text) < 200 < len(part.abstract.text)
    ]
    return len(whole) >= 2 and len(whole) >= 0.9 * len(found)


def read(text: str, *, origin: str, page_date: dt.date | None = None) -> Listing:
    """Read every whole record of a page; what is left over becomes a problem.

    Args:
        text: the page.
        origin: what messages call it.
        page_date: the day it was saved; otherwise inferred from the dates on it.

    """
    records: list[Record] = []
    problems: list[Problem] = []
    pages = _pages(_chunks(text))
    for page in pages:
        parts = paired(page.items)
        at_end = page is pages[-1]
        cut = at_end and _is_cut(parts, text)
        saved = page_date or _saved(page)
        triples = [part for part in parts if isinstance(part, Triple)]
        for triple in triples:
            unfinished = cut and triple is triples[-1]
            records.append(_record(triple, origin, saved, unfinished=unfinished))
        problems += _date_problems(triples, origin, saved)
        problems += _left_over(parts, origin, at_end=at_end)
        if cut:
            problems.append(_cut_problem(triples[-1], origin))
    return Listing(tuple(records), tuple(problems))


def _chunks(text: str) -> list[Chunk]:
    return [Chunk(number, line) for number, line in numbered_lines(text) if line]


def _pages(lines: Sequence[Chunk]) -> list[_Page]:
    """Sort lines into furniture, headings, footers and the rest."""
    pages = [_Page()]
    for item in _unwrapped(list(_items(lines))):
        page = pages[-1]
        if isinstance(item, Footer):
            page.items.append(item)
        elif item.text.removeprefix("by").strip() == _BYLINE:
            if page.items:
                pages.append(_Page())
        elif item.text in _FURNITURE or _UPVOTES.fullmatch(item.text):
            continue
        elif not page.items and not page.day and (day := parse_listing_date(item.text)):
            page.day = day
        else:
            page.items.append(item)
    return pages


def _items(lines: Sequence[Chunk]) -> Iterator[Item]:
    """Find the footers: the line of the dot, the one above and the one below."""
    place = 0
    while place < len(lines):
        dot = next((at for at in (place, place + 1) if _is_dot(lines, at)), None)
        footer = None if dot is None else _footer(lines, place, dot)
        yield footer or lines[place]
        if footer and dot is not None:
            place = dot + (2 if footer.date else 1)
        else:
            place += 1


def _is_dot(lines: Sequence[Chunk], place: int) -> bool:
    return place < len(lines) and lines[place].text == _DOT


def _footer(lines: Sequence[Chunk], start: int, dot: int) -> Footer | None:
    """Read the footer whose dot is given; None when line `start` is not part of it."""
    date = parse_listing_date(lines[dot + 1].text) if dot + 1 < len(lines) else None
    line, who = lines[start].line, lines[start].text
    if start == dot:
        return Footer(line, date=date)
    if authors := _AUTHORS.fullmatch(who):
        return Footer(line, authors_count=int(authors[1]), date=date)
    if _ORGANISATION.fullmatch(who):
        return Footer(line, organisation=who.partition(" ")[2] or who, date=date)
    return None


def _unwrapped(items: list[Item]) -> list[Item]:
    """Join the lines of a page that was broken to a fixed width."""
    width = max((len(item.text) for item in items if isinstance(item, Chunk)), default=0)
    breaks = [
        len(a.text) + 1 + len(b.text.partition(" ")[0]) > width
        for a, b in itertools.pairwise(items)
        if isinstance(a, Chunk) and isinstance(b, Chunk) and b.line == a.line + 1
    ]
    if width > _WIDEST_WRAP or not breaks or sum(breaks) < 0.8 * len(breaks):
        return items
    joined: list[Item] = []
    pieces: list[str] = []
    previous = 0
    for item in items:
        last = joined[-1] if joined else None
        if isinstance(item, Chunk) and isinstance(last, Chunk) and item.line == previous + 1:
            pieces.append(item.text)
        else:
            _join(joined, pieces)
            joined.append(item)
            pieces = [item.text] if isinstance(item, Chunk) else []
        previous = item.line
    _join(joined, pieces)
    return joined


def _join(joined: list[Item], pieces: list[str]) -> None:
    """Give the last item the text of all its lines."""
    if len(pieces) > 1:
        joined[-1] = Chunk(joined[-1].line, " ".join(pieces))


def _saved(page: _Page) -> dt.date | None:
    """Infer the day a page was saved; its last day of the year where the heading is missing."""
    dates = [item.date for item in page.items if isinstance(item, Footer) and item.date]
    year = page_year([*dates, page.day] if page.day else dates)
    if year is None:
        return None
    day = page.day or ListingDate(12, 31)
    return dt.date(year, day.month, day.day)


def _record(triple: Triple, origin: str, saved: dt.date | None, *, unfinished: bool) -> Record:
    footer = triple.footer or Footer(triple.abstract.line)
    date = date_on_page(footer.date, saved) if footer.date else None
    abstract = triple.abstract.text
    return Record(
        origin=f"{origin}:{triple.title.line}",
        title=triple.title.text,
        abstract=abstract,
        authors_count=footer.authors_count,
        date=date,
        year_inferred=date is not None and footer.date is not None and footer.date.year is None,
        organisation=footer.organisation,
        comments=footer.date.comments if footer.date else None,
        # a link at a cut may have lost its end, and would be a wrong one
        links=extract_links(abstract.rpartition(" ")[0] if unfinished else abstract),
    )


def _is_cut(parts: Sequence[Triple | Item], text: str) -> bool:
    """Tell whether the page stops in mid-sentence."""
    last = parts[-1] if parts else None
    if not isinstance(last, Triple) or text.endswith(("\n", "\r")):
        return False
    if last.footer:
        return last.footer.date is None
    return last.abstract.text[-1] not in _ENDS_SENTENCE


def _cut_problem(last: Triple, origin: str) -> Problem:
    place, where = (last.footer, "footer") if last.footer else (last.abstract, "abstract")
    message = f"the page ends inside the {where} of “{excerpt(last.title.text)}”"
    return Problem(f"{origin}:{place.line}", "listing-cut", message)


def _date_problems(
    triples: Iterable[Triple], origin: str, saved: dt.date | None
) -> Iterator[Problem]:
    """Report yearless dates: all at once where the page tells no year, else the impossible ones."""
    yearless = [t.footer for t in triples if t.footer and t.footer.date and not t.footer.date.year]
    if yearless and saved is None:
        message = f"{len(yearless)} dates without a year, and no other tells it: give the page date"
        yield Problem(f"{origin}:{yearless[0].line}", "listing-year", message)
        return
    for footer in yearless:
        if footer.date and date_on_page(footer.date, saved) is None:
            message = f"no such day before the page was saved ({saved}): date left out"
            yield Problem(f"{origin}:{footer.line}", "listing-date", message)


def _left_over(parts: Sequence[Triple | Item], origin: str, *, at_end: bool) -> Iterator[Problem]:
    """Report each run of items that fit no record."""
    for whole, run in itertools.groupby(parts, key=lambda part: isinstance(part, Triple)):
        if whole:
            continue
        items = [part for part in run if not isinstance(part, Triple)]
        first = items[0]
        what = excerpt(first.text) if isinstance(first, Chunk) else "a footer"
        origin_line = f"{origin}:{first.line}"
        if at_end and items[-1] is parts[-1]:
            message = f"the page ends without a whole record: “{what}”"
            yield Problem(origin_line, "listing-cut", message)
        else:
            message = f"fits no record: “{what}”" + (
                f" and {len(items) - 1} more" if len(items) > 1 else ""
            )
            yield Problem(origin_line, "listing-stray", message)
