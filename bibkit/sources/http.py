"""One session for all services: kept answers first, then polite, bounded, stubborn requests.

All runs on one machine share the pace. A service that keeps failing is not asked again in the same
run, so a build with the network down takes seconds; what was kept is still answered.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from bibkit import paths
from bibkit.errors import ConfigError, SourceError
from bibkit.sources.pace import Pace

if TYPE_CHECKING:
    from requests import Response

    from bibkit.sources.memo import Memo
    from bibkit.sources.trouble import Trouble
    from bibkit.sources.wire import CachingSession

Flaw = Callable[[bytes], str | None]
"""What is wrong with a body that came with status 200, in words; None when it can be used."""


@dataclass(frozen=True, slots=True)
class Service:
    """A remote service: where it is and how often it may be asked."""

    name: str
    base: str
    """Without a slash at the end."""
    interval: float
    """Seconds from one request to the next, as its operators ask."""

    @property
    def host(self) -> str:
        """The host as messages show it, without credentials."""
        return urlsplit(self.base).netloc.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long to wait, in seconds, and how much to accept."""

    connect: float = 5.0
    read: float = 20.0
    """From one piece of an answer to the next."""
    total: float = 30.0
    """For one exchange, whatever trickles in."""
    body: int = 32 * 1024 * 1024
    """Bytes of an unpacked answer; the largest real ones have about two million."""


@dataclass
class _Health:
    """What this run has seen of a service."""

    strikes: int = 0
    """Two, and it is not asked again."""
    sentence: str = ""


def service_from_environment(name: str, *, variable: str, default: str, interval: float) -> Service:
    """Return a service whose base URL the environment may replace (a mirror, a test server)."""
    base = os.environ.get(variable) or default
    if not is_web_address(base):
        raise ConfigError("not an http or https URL", origin=variable)
    return Service(name, base.rstrip("/"), interval)


def is_web_address(url: str) -> bool:
    """Return whether a URL has a host and a scheme that requests go to.

    >>> is_web_address("https://export.arxiv.org/api/query"), is_web_address("file:///etc/passwd")
    (True, False)
    """
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:  # `http://[`
        return False


class Web:
    """The session that all sources share; close it, or use it as a context manager.

    Args:
        contact: mail address for the User-Agent, as arXiv and Crossref ask.
        bounds: time-outs and the largest answer.
        on_progress: called with what is asked, how much of it is answered, and of how much.
        recheck: believe remembered answers that may change for a day only.
        sleep: what waits; for tests.

    """

    def __init__(
        self,
        *,
        contact: str | None = None,
        bounds: Bounds | None = None,
        on_progress: Callable[[str, int, int], None] | None = None,
        recheck: bool = False,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.http_requests = 0
        """Requests that went over the wire, each redirect and each further try counted."""
        self.cache_hits = 0
        """Questions answered from what earlier requests brought."""
        self.on_progress = on_progress
        self.recheck = recheck
        """Whether only answers of the last day are believed, and those that cannot change."""
        self.contact = contact
        """The mail address that services may write to, if any."""
        self._user_agent = user_agent(contact)
        self._bounds = bounds or Bounds()
        self._sleep = sleep
        self._interval = interval_from_environment()
        self._health: dict[str, _Health] = {}
        self._intervals: dict[str, float] = {}
        self._pace = Pace(paths.cache_dir() / "pace", sleep=sleep)

    @cached_property
    def memo(self) -> Memo:
        """What each question was answered, however it was grouped into requests."""
        from bibkit.sources.memo import Memo

        return Memo(paths.cache_dir() / "answers.sqlite")

    @cached_property
    def _session(self) -> CachingSession:
        from bibkit.sources.wire import open_session

        session = open_session(
            paths.cache_dir() / "http.sqlite", on_send=self._on_send, bounds=self._bounds
        )
        session.headers["User-Agent"] = self._user_agent
        return session

    def get(
        self,
        service: Service,
        url: str,
        *,
        flaw: Flaw,
        also: tuple[int, ...] = (),
        keep: bool = True,
    ) -> Response:
        """Return a sound answer, kept or new.

        Args:
            service: whom to ask; its failures are counted.
            url: the whole address.
            flaw: tells what is wrong with an answer; such a one is neither kept nor returned.
            also: further statuses that mean something to the caller (404: there is none).
            keep: whether the answer may be a kept one, and is kept (for a day).

        Raises:
            SourceError: all tries failed, or the service failed before.

        """
        from bibkit.sources.trouble import FAILURES, trouble_of

        health = self._health.setdefault(service.name, _Health())
        self._intervals[urlsplit(url).netloc] = service.interval
        tries = 0
        while True:
            tries += 1
            try:
                return self._fetch(service, url, flaw, also, keep=keep)
            except FAILURES as error:
                trouble = trouble_of(error, service.host)
            if health.strikes or tries >= trouble.tries:
                health.strikes += trouble.strikes
                health.sentence = trouble.sentence
                raise SourceError(trouble.sentence, origin=service.name)
            self._pause(_delay(trouble, tries, service.interval))

    def _fetch(
        self, service: Service, url: str, flaw: Flaw, also: tuple[int, ...], *, keep: bool
    ) -> Response:
        from bibkit.sources.trouble import judge
        from bibkit.sources.wire import NOT_KEPT

        health = self._health[service.name]
        response = self._session.ask(
            url, judge(flaw, also), kept_only=health.strikes >= 2, keep=keep
        )
        if response.status_code == NOT_KEPT:
            raise SourceError(f"{health.sentence}; not asked again", origin=service.name)
        if response.from_cache:
            self.cache_hits += 1
        else:
            health.strikes = 0
        return response

    @property
    def bounds(self) -> Bounds:
        """How long to wait, and how much to accept."""
        return self._bounds

    @property
    def user_agent(self) -> str:
        """How bibkit introduces itself."""
        return self._user_agent

    def wait_for_turn(self, url: str, interval: float) -> None:
        """Wait until a host may be asked again, and count the request that follows."""
        self._intervals.setdefault(urlsplit(url).netloc, interval)
        self._on_send(url)

    def pause(self, seconds: float) -> None:
        """Wait before trying again, as long as a server asks."""
        self._pause(seconds)

    def _on_send(self, url: str) -> None:
        """Wait for the host's turn and count; only what is not kept comes here."""
        parts = urlsplit(url)
        interval = self._intervals.get(parts.netloc, 1.0)
        self._pace.wait(
            parts.netloc.rpartition("@")[2], interval if self._interval is None else self._interval
        )
        self.http_requests += 1

    def _pause(self, seconds: float) -> None:
        wanted = seconds if self._interval is None else self._interval
        if wanted:
            self._sleep(wanted)

    def close(self) -> None:
        """Close connections and files, as far as any were opened."""
        for opened in ("_session", "memo"):
            if opened in self.__dict__:
                getattr(self, opened).close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _delay(trouble: Trouble, tries: int, interval: float) -> float:
    """Return how long to wait before the next try: what the server asks, else twice as long.

    The jitter keeps two runs that failed together from coming back together.
    """
    import random  # here: it costs more than the rest of this module

    if trouble.wait is not None:
        return trouble.wait
    return float(max(interval, 1.0) * 2 ** (tries - 1) * random.uniform(0.75, 1.5))  # noqa: S311 - no secret


def user_agent(contact: str | None) -> str:
    """Return the User-Agent, with the mail address that arXiv and Crossref ask for, if any.

    >>> user_agent("lab@example.org")
    'bibkit/... (+https://pypi.org/project/bibkit-papers/; mailto:lab@example.org)'
    """
    from importlib.metadata import PackageNotFoundError, version

    try:
        own = version("bibkit-papers")
    except PackageNotFoundError:  # run from a checkout
        own = "0"
    if contact and not (contact.isascii() and contact.isprintable() and " " not in contact):
        raise ConfigError("not a mail address", origin="contact")
    about = "+https://pypi.org/project/bibkit-papers/" + (f"; mailto:{contact}" if contact else "")
    return f"bibkit/{own} ({about})"


def interval_from_environment() -> float | None:
    """Return `BIBKIT_REQUEST_INTERVAL`, which overrides every politeness delay, or None."""
    text = os.environ.get("BIBKIT_REQUEST_INTERVAL")
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds < math.inf:
        raise ConfigError("not a number of seconds", origin="BIBKIT_REQUEST_INTERVAL")
    return seconds
