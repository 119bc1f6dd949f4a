"""What can go wrong with an exchange: how to say it, how often to try again, how much to mind it.

A sentence never contains what the server said: that may be anything, terminal escapes included.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import requests
import urllib3

_BUSY = frozenset({429, 500, 502, 503, 504})
"""Statuses that ask to come back; 429 and 503 are routine at arXiv even inside its limits."""
_LONGEST_WAIT = 60.0
"""Seconds; a server that asks for more is asked again after these."""
FAILURES = (requests.RequestException, urllib3.exceptions.HTTPError, OSError, UnicodeError)
"""Whatever an exchange raises; requests lets some of urllib3's own errors through."""

Judge = Callable[[requests.Response], None]
"""Raises `BadAnswer` for an answer that must not be used."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A failed try, weighed."""

    sentence: str
    tries: int = 4
    """How often to try in all."""
    strikes: int = 1
    """What a request counts when all its tries failed so; two strikes end a service's turn."""
    wait: float | None = None
    """Seconds to the next try; None for longer and longer ones."""


class BadAnswer(requests.RequestException):
    """An answer came, but it must not be used."""

    def __init__(self, what: str, *, tries: int = 4, wait: float | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.tries = tries
        self.wait = wait


def judge(flaw: Callable[[bytes], str | None], also: tuple[int, ...]) -> Judge:
    """Return what refuses every answer but a flawless one with status 200 or one of `also`."""

    def judged(response: requests.Response) -> None:
        status = response.status_code
        if status in _BUSY:
            raise BadAnswer(
                f"answers {named(status)}", wait=seconds_of(response.headers.get("Retry-After", ""))
            )
        if status == HTTPStatus.OK:
            if found := flaw(response.content):
                raise BadAnswer(found)
        elif status != HTTPStatus.NOT_MODIFIED and status not in also:
            raise BadAnswer(f"answers {named(status)}", tries=1)

    return judged


def trouble_of(error: Exception, host: str) -> Trouble:
    """Weigh the failure of one try at a host."""
    if isinstance(error, BadAnswer):
        return Trouble(f"{host} {error.what}", error.tries, 1, error.wait)
    reason = error.args[0] if error.args else None
    reason = getattr(reason, "reason", reason)
    if away := _unreachable(error, reason):
        return Trouble(f"{host} {away}", tries=2, strikes=2, wait=0.5)
    if isinstance(error, requests.Timeout) or isinstance(reason, urllib3.exceptions.TimeoutError):
        return Trouble(f"{host} does not answer in time", tries=2, strikes=2)
    return Trouble(f"{host} breaks off its answers")


def _unreachable(error: Exception, reason: object) -> str | None:
    if isinstance(error, requests.exceptions.ProxyError):
        return "cannot be reached through the proxy"
    if isinstance(error, requests.exceptions.SSLError):
        return "cannot be reached safely: TLS fails"
    if isinstance(reason, urllib3.exceptions.NameResolutionError):
        return "cannot be reached: its name is not known here"
    if isinstance(error, requests.ConnectTimeout) or isinstance(
        reason, urllib3.exceptions.NewConnectionError
    ):
        return "cannot be reached"
    return None


def named(status: int) -> str:
    """Return a status as a person reads it: `503 (Service Unavailable)`."""
    try:
        return f"{status} ({HTTPStatus(status).phrase})"
    except ValueError:
        return str(status)


def seconds_of(text: str) -> float | None:
    """Return the seconds of `Retry-After`, which may also be a date (RFC 9110, 10.2.3); bounded."""
    text = text.strip()
    if text.isdecimal() and text.isascii():
        return min(float(text), _LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return min(max((until - datetime.now(UTC)).total_seconds(), 0.0), _LONGEST_WAIT)
