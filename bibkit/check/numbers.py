"""Numbers and dates that cannot be: ISBN, ISSN, pages, months, dates, years to come."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from bibkit.bibfile import is_biblatex, macro_names
from bibkit.check.library import Item, Library
from bibkit.check.slips import is_one_slip
from bibkit.fmt.months import month_macro
from bibkit.record import Problem

_MONTHS = (
    "january february march april may june july august september october november december"
).split()
_ABROAD = frozenset(
    "januar januari februar februari marzo avril aprile abril juni juli julio augusti septembre "
    "setembro oktober octobre novembre novembro november december "
    "decembre dezember desember".split()
)
"""Months that other languages spell almost as English does."""
_ISBN = re.compile(r"(?<![\w-])(?:97[89][- ]?)?\d[\d -]{7,13}[\dXx](?![\w-])")
_ISSN = re.compile(r"(?<![\w-])\d{4}[-–]?\d{3}[\dXx](?![\w-])")
_PAGES = re.compile(r"\s*(\d{1,9})\s*[-–]{1,3}\s*(\d{1,9})\s*")
_ONE_DATE = re.compile(
    r"-?(\d{4}|\d{3}X|\d{2}XX)(?:-(\d\d|XX)(?:-(\d\d|XX))?)?(?:T[\d:.Z+-]{1,30})?[?~%]?"
)
_SEASONS = range(21, 42)
_DATES = ("date", "eventdate", "origdate", "urldate")
_SOONEST = 5
"""Years ahead that nobody announces."""


def bad_numbers(library: Library, *, today: dt.date | None = None) -> Iterator[Problem]:
    """Yield a problem for each number that cannot be.

    Args:
        library: the files.
        today: years long after it are impossible; the day of the run when None.

    """
    latest = (today or dt.datetime.now(dt.UTC).date()).year + _SOONEST
    for file in library.files:
        modern = is_biblatex(file.bib)
        for item in file.items:
            yield from _standard_numbers(item)
            yield from _pages(item)
            yield from _month(item)
            yield from _dates(item, latest, modern=modern)


def _standard_numbers(item: Item) -> Iterator[Problem]:
    for field, pattern, is_right in (("isbn", _ISBN, _is_isbn), ("issn", _ISSN, _is_issn)):
        for found in pattern.finditer(item.entry.fields.get(field, "")[:400]):
            if not is_right(re.sub(r"[^\dXx]", "", found[0]).upper()):
                message = f"{found[0]!r}: the last digit does not fit the others"
                yield item.problem(f"bad-{field}", message, field=field)


def _is_isbn(digits: str) -> bool:
    """Tell whether the check digit is right; of numbers of another length nothing is said."""
    if len(digits) == 13:
        return (
            digits.isdecimal()
            and sum(int(d) * (1 + 2 * (i % 2)) for i, d in enumerate(digits)) % 10 == 0
        )
    return len(digits) != 10 or _weighed(digits, 10)


def _is_issn(digits: str) -> bool:
    return _weighed(digits, 8)


def _weighed(digits: str, size: int) -> bool:
    values = [10 if d == "X" else int(d) for d in digits]
    return sum(value * (size - place) for place, value in enumerate(values)) % 11 == 0


def _pages(item: Item) -> Iterator[Problem]:
    for part in item.entry.fields.get("pages", "")[:400].split(","):
        found = _PAGES.fullmatch(part)
        # `1234--45` is short for 1234--1245
        if found and len(found[2]) >= len(found[1]) and int(found[2]) < int(found[1]):
            message = f"{part.strip()!r} ends before it begins"
            yield item.problem("bad-pages", message, field="pages")


def _month(item: Item) -> Iterator[Problem]:
    value = item.entry.fields.get("month", "").strip("{} .")
    raw = next((raw for name, raw in item.block.fields if name.lower() == "month"), "")
    if not value or macro_names(raw) or month_macro(value):
        return
    word = value.lower()[:20]
    slip = word not in _ABROAD and any(is_one_slip(word, month) for month in _MONTHS)
    if value.isdecimal() or slip:
        yield item.problem("bad-month", f"{value[:30]!r} is no month", field="month")


def _dates(item: Item, latest: int, *, modern: bool) -> Iterator[Problem]:
    year = item.entry.fields.get("year", "").strip("{} ")
    if re.fullmatch(r"\d{4}", year) and int(year) > latest:
        yield item.problem("bad-year", f"{year!r} is long to come", field="year")
    for field in _DATES:
        value = item.entry.fields.get(field, "").strip()
        if not modern and (field != "date" or year):
            continue  # biblatex does not read it, or there is a year
        if value and not _is_date(value):
            message = f"biblatex reads no date in {value[:40]!r}; it wants 2020-06-12"
            yield item.problem("bad-date", message, field=field)
    date = item.entry.fields.get("date", "")
    if modern and re.fullmatch(r"\d{4}", year) and re.match(r"\d{4}", date) and date[:4] != year:
        message = f"the year is {year} and the date {date[:20]}; biblatex takes the date"
        yield item.problem("conflicting-dates", message, field="year")


def _is_date(value: str) -> bool:
    ends = value.split("/")
    return len(ends) <= 2 and all(end in ("", "..") or _is_one_date(end) for end in ends)


def _is_one_date(value: str) -> bool:
    """Judge a date of ISO 8601-2, level 1, as biblatex takes it (manual §2.3.8)."""
    found = _ONE_DATE.fullmatch(value.strip())
    if not found:
        return False
    month, day = found[2], found[3]
    if month is None or month == "XX":
        return True
    if int(month) in _SEASONS:
        return day is None
    if day is None or day == "XX":
        return 1 <= int(month) <= 12
    try:
        dt.date(
            int(found[1]) if found[1].isdecimal() and int(found[1]) else 2000, int(month), int(day)
        )
    except ValueError:
        return False
    return True
