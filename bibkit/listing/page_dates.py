"""The dates of a whole page: the day it was saved, and what of its dates cannot be known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from bibkit.record import Problem
from bibkit.text.dates import ListingDate, date_on_page, page_year


def saved_day(
    dates: Iterable[ListingDate], heading: ListingDate | None, *, not_before: int = 0
) -> dt.date | None:
    """Infer the day a page was saved; its last day of the year where the heading is missing.

    Args:
        dates: those of the papers on the page.
        heading: the page's own day.
        not_before: a year that the page cannot be older than; 0 when nothing tells.

    """
    year = max(page_year([*dates, heading] if heading else dates) or 0, not_before)
    if not year:
        return None
    day = heading or ListingDate(12, 31)
    try:
        return dt.date(year, day.month, day.day)
    except ValueError:  # 29 February
        return None


def year_of_id(date: ListingDate, arxiv_id: str | None) -> int:
    """Return the year of a date that goes with a paper, by the paper's id; 0 when it tells none.

    An id is of the month of its date or of the next one.

    >>> year_of_id(ListingDate(3, 9), "2603.08450"), year_of_id(ListingDate(12, 31), "2601.00017")
    (2026, 2025)
    """
    if arxiv_id is None or not arxiv_id[:4].isdecimal():
        return 0
    return 2000 + int(arxiv_id[:2]) - (date.month == 12 and arxiv_id[2:4] == "01")


def date_problems(
    dates: Sequence[tuple[int, ListingDate]], origin: str, saved: dt.date | None
) -> Iterator[Problem]:
    """Report yearless dates: all at once where the page tells no year, else the impossible ones."""
    yearless = [(line, date) for line, date in dates if not date.year]
    if yearless and saved is None:
        message = f"{len(yearless)} dates without a year, and no other tells it: give the page date"
        yield Problem(f"{origin}:{yearless[0][0]}", "listing-year", message)
        return
    for line, date in yearless:
        if date_on_page(date, saved) is None:
            message = f"no such day before the page was saved ({saved}): date left out"
            yield Problem(f"{origin}:{line}", "listing-date", message)
