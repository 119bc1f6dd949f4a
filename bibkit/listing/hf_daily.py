"""The text of a saved Hugging Face "Daily Papers" page → records.

    record = TITLE "" ABSTRACT [ "" WHO NL "·" NL DATE ]

Blank lines are not relied on, footers may be missing, and what fits no record is reported.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from bibkit.listing.hf_site import (
    AUTHORS,
    BYLINE,
    INVITATIONS,
    LONGEST_NAME,
    SUBMITTED,
    TRENDING,
    has_links,
    is_ai_summary,
    is_byline,
    is_furniture,
)
from bibkit.listing.lines import excerpt, is_markup, numbered_lines
from bibkit.listing.listing import Listing
from bibkit.listing.page_dates import date_problems, saved_day
from bibkit.listing.pairing import Chunk, Footer, Item, Triple, paired
from bibkit.record import Problem, Record
from bibkit.text.dates import ListingDate, date_on_page, parse_listing_date
from bibkit.text.links import extract_links

_DOT = "·"
_ORGANISATION = re.compile(r"[A-Za-z0-9][\w.-]{0,95}(?: .{1,120})?")
_ENDS_SENTENCE = ".!?…\"'”’)]}*。"
_WIDEST_WRAP = 200
"""Characters; a longer line means that the page's lines were not broken to a width."""


@dataclass(slots=True)
class _Page:
    """The items of one page; a file may hold several, one behind the other."""

    day: ListingDate | None = None
    """The day in the page's heading, without year."""
    is_trending: bool = False
    """Each paper stands there twice, maybe with a machine's summary as its abstract."""
    items: list[Item] = field(default_factory=list)


def sniff(text: str) -> bool:
    """Tell a Daily Papers page by its heading, a footer, or titles and abstracts alternating."""
    if is_markup(text) or has_links(text):
        return False
    lines = _chunks(text)
    if any(line.text.endswith(BYLINE) or line.text in INVITATIONS for line in lines):
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
        parts = _each_once(page)
        at_end = page is pages[-1]
        cut = at_end and _is_cut(parts, text)
        saved = page_date or _saved(page)
        triples = [part for part in parts if isinstance(part, Triple)]
        for triple in triples:
            unfinished = cut and triple is triples[-1]
            record = _record(triple, origin, saved, unfinished=unfinished)
            records.append(_without_summary(record) if page.is_trending else record)
        dates = [(t.footer.line, t.footer.date) for t in triples if t.footer and t.footer.date]
        problems += date_problems(dates, origin, saved)
        problems += _left_over(parts, origin, at_end=at_end)
        if cut:
            problems.append(_cut_problem(triples[-1], origin))
    return Listing(tuple(records), tuple(problems))


def _chunks(text: str) -> list[Chunk]:
    return [Chunk(number, line) for number, line in numbered_lines(text) if line]


def _pages(lines: Sequence[Chunk]) -> list[_Page]:
    """Sort lines into furniture, headings, footers and the rest."""
    pages = [_Page()]
    heading = ""
    for item in _unwrapped(list(_items(_without_submitters(lines)))):
        page = pages[-1]
        before, heading = heading, "" if isinstance(item, Footer) else item.text
        if isinstance(item, Footer):
            page.items.append(item)
        elif is_byline(item.text):
            if page.items:
                pages.append(_Page())
            pages[-1].is_trending |= before == TRENDING
        elif is_furniture(item.text):
            continue
        elif not page.items and not page.day and (day := parse_listing_date(item.text)):
            page.day = day
        else:
            page.items.append(item)
    return pages


def _without_submitters(lines: Iterable[Chunk]) -> list[Chunk]:
    """Leave out who put a paper on the site: `Submitted by` and a name, or both in one line."""
    kept: list[Chunk] = []
    named = True
    for line in lines:
        if line.text.startswith(SUBMITTED) and len(line.text) <= LONGEST_NAME:
            named = line.text != SUBMITTED
        elif named or len(line.text) > LONGEST_NAME:
            kept.append(line)
            named = True
        else:
            named = True
    return kept


def _each_once(page: _Page) -> list[Triple | Item]:
    """Pair a page's items; of a trending page leave out each second card."""
    parts = paired(page.items)
    titles = [part.title.text for part in parts if isinstance(part, Triple)]
    page.is_trending |= any(a == b for a, b in itertools.pairwise(titles))
    if not page.is_trending:
        return parts
    once: dict[str, Triple | Item] = {}
    for part in parts:
        name = part.title.text if isinstance(part, Triple) else str(id(part))
        once.setdefault(name, part)
    return list(once.values())


def _without_summary(record: Record) -> Record:
    return replace(record, abstract="", links=()) if is_ai_summary(record.abstract) else record


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
    below = lines[dot + 1].text.removeprefix("Published on ") if dot + 1 < len(lines) else ""
    date = parse_listing_date(below)
    line, who = lines[start].line, lines[start].text
    if start == dot:
        return Footer(line, date=date)
    if authors := AUTHORS.fullmatch(who):
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
    dates = [item.date for item in page.items if isinstance(item, Footer) and item.date]
    return saved_day(dates, page.day)


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
    text_end = last.abstract.text.rpartition(" ")[2]
    return text_end[-1] not in _ENDS_SENTENCE or "/" in text_end  # an address has dots inside


def _cut_problem(last: Triple, origin: str) -> Problem:
    place, where = (last.footer, "footer") if last.footer else (last.abstract, "abstract")
    message = f"the page ends inside the {where} of “{excerpt(last.title.text)}”"
    return Problem(f"{origin}:{place.line}", "listing-cut", message)


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
