"""Days as e-mails, feeds and arXiv's pages write them, in English whatever the user's language."""

from __future__ import annotations

import datetime as dt
import re

_MONTHS = {
    name: number
    for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)
}
_DAY = re.compile(
    r"(?:\w{3,9},? )?(?P<day>\d{1,2}) (?P<month>[A-Za-z]{3,9}),? (?P<year>(?:19|20)\d\d)\b",
    re.ASCII,
)


def mail_day(text: str) -> dt.date | None:
    """Return the day at the beginning of a text, or None.

    >>> mail_day("Thu, 12 Feb 2026 17:11:20 GMT   (56kb)"), mail_day("25 April, 1986; originally")
    (datetime.date(2026, 2, 12), datetime.date(1986, 4, 25))
    >>> mail_day("31 Feb 2026"), mail_day("soon")
    (None, None)
    """
    found = _DAY.match(text)
    month = _MONTHS.get(found["month"][:3].lower()) if found else None
    if not found or month is None:
        return None
    try:
        return dt.date(int(found["year"]), month, int(found["day"]))
    except ValueError:
        return None


def iso_day(text: str) -> dt.date | None:
    """Return the day of a timestamp such as `2017-07-27T08:18:33Z`, or None.

    >>> iso_day("2017-07-27T08:18:33Z"), iso_day("2017")
    (datetime.date(2017, 7, 27), None)
    """
    try:
        return dt.date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None
