"""The date fields of an entry → `PartialDate`; what is none stays a field of its own."""

from __future__ import annotations

import re
from collections.abc import MutableMapping

from bibkit.record import PartialDate

_MONTHS = (
    "january february march april may june july august september october november december".split()
)
_DATE = re.compile(r"(\d{4})(?:[-/](\d{1,2}))?(?:[-/](\d{1,2}))?/*")
_SPAN = re.compile(r"(\d{4}(?:-\d\d){0,2})/(?:\d{4}(?:-\d\d){0,2})?")
_NOOPSORT = re.compile(r"\{?\\noopsort\s*\{([^{}]{1,40})\}\s*\}?\s*(\d{4})", re.IGNORECASE)
"""BibTeX's old way to sort one year's publications."""
_DAY = re.compile(r"0?[1-9]|[12]\d|3[01]")


def date_parts(value: str) -> PartialDate | None:
    """Read one date.

    >>> date_parts("2017-06"), date_parts("2017/6/12/"), date_parts("2017-13")
    (PartialDate(year=2017, month=6, day=None), PartialDate(year=2017, month=6, day=12), None)
    """
    found = _DATE.fullmatch(value.strip())
    if not found:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    possible = month is None or (1 <= month <= 12 and (day is None or 1 <= day <= 31))
    return PartialDate(year, month, day) if year and possible else None


def take_date(rest: MutableMapping[str, str]) -> PartialDate | None:
    """Take the date from `date`, or from `year`, `month` and `day`; what is none stays.

    >>> fields = {"date": "2019/2020", "title": "T"}
    >>> take_date(fields), fields
    (PartialDate(year=2019, month=None, day=None), {'date': '2019/2020', 'title': 'T'})
    """
    if date := date_parts(rest.get("date", "")):
        told = [("date", True), ("year", True), ("month", date.month), ("day", date.day)]
        for name in (name for name, known in told if known):
            rest.pop(name, None)
        return date
    if span := _SPAN.fullmatch(rest.get("date", "").strip()):
        if rest.get("year", "").strip() == span[1][:4]:
            del rest["year"]
        return date_parts(span[1])
    if noted := _NOOPSORT.fullmatch(rest.get("year", "").strip()):
        rest["year"] = noted[2]
        rest.setdefault("sortyear", noted[1])  # BibLaTeX's field for it
    if words := rest.pop("date", ""):
        rest["datetext" if "year" in rest else "year"] = words
    if rest.get("year", "").strip("{}. ").lower() in ("n.d", "nd"):
        del rest["year"]
    if not re.fullmatch(r"\s*(?!0000)\d{4}\s*", rest.get("year", "")):
        return None
    year, month, day = int(rest.pop("year")), _month(rest), None
    if month and _DAY.fullmatch(rest.get("day", "").strip()):
        day = int(rest.pop("day"))
    return PartialDate(year, month, day)


def _month(rest: MutableMapping[str, str]) -> int | None:
    value = rest.get("month", "").strip().lower().rstrip(".")
    if re.fullmatch(r"0?[1-9]|1[0-2]", value):
        month = int(value)
    elif len(value) > 2 and any(name.startswith(value) for name in (*_MONTHS, "sept")):
        month = next(n for n, name in enumerate(_MONTHS, 1) if name[:3] == value[:3])
    else:
        return None
    del rest["month"]
    return month
