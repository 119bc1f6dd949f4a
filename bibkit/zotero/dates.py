"""Dates of a .bib and of Zotero ↔ one spelling: `2017`, `2017-06`, `2017-06-12`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bibkit.record import PartialDate

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ISO = re.compile(r"(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?(?:[T ]\d{2}:.*)?")
_YEAR = re.compile(r"(?<!\d)(\d{4})(?!\d)")
_WORDS = re.compile(r"[A-Za-z]{3,}|\d+")


def partial_date(text: str) -> PartialDate | None:
    """Return the date that a text says, as far as it is sure.

    >>> partial_date("2017-06-12"), partial_date("June 2017").month, partial_date("12/6/2017").month
    (PartialDate(year=2017, month=6, day=12), 6, None)
    """
    text = text.strip()[:60]
    if found := _ISO.fullmatch(text):
        year, month, day = (int(part) if part else None for part in found.groups())
        return _date(year or 0, month, day)
    years = _YEAR.findall(text)
    if len(years) != 1:
        return None
    words = [word.lower() for word in _WORDS.findall(text) if word != years[0]]
    months = [MONTHS.index(w[:3]) + 1 for w in words if w[:3] in MONTHS]
    days = [int(w) for w in words if w.isdecimal() and len(w) <= 2]
    if len(months) != 1 or len(words) != 1 + len(days):
        return _date(int(years[0]), None, None)
    return _date(int(years[0]), months[0], days[0] if len(days) == 1 else None)


def _date(year: int, month: int | None, day: int | None) -> PartialDate:
    good_month = month if month and 1 <= month <= 12 else None
    good_day = day if good_month and day and 1 <= day <= 31 else None
    return PartialDate(year, good_month, good_day)


def entry_date(fields: Mapping[str, str]) -> str:
    """Return the date of an entry, as it stands where it is none.

    >>> entry_date({"year": "2017", "month": "jun"}), entry_date({"date": "2017-06-12"})
    ('2017-06', '2017-06-12')
    """
    if date := fields.get("date", "").strip():
        return shared_date(date)
    year = fields.get("year", "").strip("{} ")
    if "\\" in year:  # `{\noopsort{1985a}}1985`: what is printed comes last
        year = next(reversed(_YEAR.findall(year)), year)
    if not re.fullmatch(r"\d{4}", year):
        return year if year.lower().strip(". ") not in ("n.d", "nd") else ""
    month, day = fields.get("month", "").strip(), fields.get("day", "").strip()
    if month.isascii() and month.isdecimal():
        return iso(_date(int(year), int(month[:3]), _number(day)))
    # `10~Jun`, `jun`, `June 3`: whatever order the month field has
    read = partial_date(f"{year} {re.sub(r'[^A-Za-z0-9]+', ' ', month)} {day}".strip())
    return iso(read) if read else year


def shared_date(text: str) -> str:
    """Return a date in the one spelling; one that says more than that stays as it is.

    >>> shared_date("June 12, 2017"), shared_date("Spring 2017"), shared_date("2016/2017")
    ('2017-06-12', 'Spring 2017', '2016/2017')
    """
    text = " ".join(text.split())
    read = partial_date(text)
    if read is None or not (_ISO.fullmatch(text) or read.month):
        return text
    return iso(read)


def _number(text: str) -> int | None:
    return int(text[:3]) if text.isascii() and text.isdecimal() else None


def iso(date: PartialDate) -> str:
    """Return a date in the one spelling."""
    month = f"-{date.month:02d}" if date.month else ""
    return f"{date.year:04d}{month}{f'-{date.day:02d}' if date.month and date.day else ''}"
