"""The session below the sources: a cache, and below that exchanges bounded in every direction.

What is refused here never reaches the cache above, so nothing unsound is ever kept.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import nullcontext
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests_cache import AnyResponse, CacheMixin
from requests_cache.backends.base import BaseCache
from urllib3 import HTTPResponse
from urllib3.exceptions import ReadTimeoutError

from bibkit.sources.cache import PRIVATE, open_store, set_aside
from bibkit.sources.http import Bounds
from bibkit.sources.trouble import BadAnswer, Judge
from bibkit.sources.unpacking import bounded

NOT_KEPT = 504
"""The status that requests-cache makes up for what only it was asked for and it does not have."""
_KEPT_FOR = 24 * 60 * 60
_MOST_REDIRECTS = 5
_PIECE = 64 * 1024
_REWRITTEN = frozenset({"content-encoding", "content-length", "transfer-encoding", "set-cookie"})
"""Headers that no longer fit a body that is unpacked and whole, or that nobody here needs."""

T = TypeVar("T")
logger = logging.getLogger(__name__)
for _noisy in ("requests_cache", "arxiv"):  # libraries log, they do not print by themselves
    logging.getLogger(_noisy).addHandler(logging.NullHandler())


class BoundedAdapter(HTTPAdapter):
    """One exchange: connect, ask, read the whole answer; all within bounds."""

    def __init__(self, bounds: Bounds) -> None:
        super().__init__()
        self._bounds = bounds

    def send(
        self, request: requests.PreparedRequest, *args: Any, **kwargs: Any
    ) -> requests.Response:
        """Return the answer with its body read, or raise what stopped it."""
        kwargs |= {"stream": True, "timeout": (self._bounds.connect, self._bounds.read)}
        return within(self._bounds.total, lambda: self._exchange(request, *args, **kwargs))

    def _exchange(
        self, request: requests.PreparedRequest, *args: Any, **kwargs: Any
    ) -> requests.Response:
        with super().send(request, *args, **kwargs) as answer:
            body = self._read(answer)
            headers = {k: v for k, v in answer.headers.items() if k.lower() not in _REWRITTEN}
            whole = HTTPResponse(
                BytesIO(body),
                headers=headers,
                status=answer.status_code,
                reason=answer.reason,
                preload_content=False,
                request_url=request.url,
            )
            return self.build_response(request, whole)

    def _read(self, answer: requests.Response) -> bytes:
        announced = answer.headers.get("Content-Length", "")
        if announced.isdecimal() and int(announced[:20]) > self._bounds.body:
            raise BadAnswer("sends more than can be an answer", tries=1)
        encoding = answer.headers.get("Content-Encoding", "")
        raw = answer.raw.stream(_PIECE, decode_content=False)
        try:
            return bounded(raw, encoding, most=self._bounds.body)
        except ReadTimeoutError as error:
            raise requests.ReadTimeout(str(error)) from error


def within(seconds: float, work: Callable[[], T]) -> T:
    """Return what `work` returns, or raise when that takes too long.

    A socket's time-out begins anew with every byte, and looking up a name has none at all; only a
    second thread bounds both. When time is up it is left to itself.
    """
    outcome: Future[T] = Future()

    def run() -> None:
        try:
            outcome.set_result(work())
        except Exception as error:
            outcome.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    try:
        return outcome.result(timeout=seconds)
    except TimeoutError as error:
        raise requests.ReadTimeout(f"no whole answer within {seconds} s") from error


class WireSession(requests.Session):
    """What a cache miss goes through; the answer is judged before anything can keep it."""

    def __init__(self, on_send: Callable[[str], None], bounds: Bounds) -> None:
        super().__init__()
        self._on_send = on_send
        for scheme in ("https://", "http://"):  # and no other: file:// has no adapter
            self.mount(scheme, BoundedAdapter(bounds))
        self.headers["Accept-Encoding"] = "gzip, deflate"

    def send(
        self, request: requests.PreparedRequest, *, judge: Judge | None = None, **kwargs: Any
    ) -> requests.Response:
        """Send a request and follow its redirects, at most five, to http(s) only and never down."""
        kwargs["allow_redirects"] = False
        response = self._hop(request, **kwargs)
        for _ in range(_MOST_REDIRECTS):
            following = response.next
            if following is None:
                break
            _refuse_unsafe(str(response.url), str(following.url))
            response = self._hop(following, **kwargs)
        if response.next:
            raise BadAnswer("redirects without end", tries=1)
        if judge:
            judge(response)
        return response

    def _hop(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        self._on_send(str(request.url))
        try:
            return super().send(request, **kwargs)
        except ValueError as error:  # every error about an address is one, here or in urllib3
            raise BadAnswer("leads to an address that cannot be read", tries=1) from error


def _refuse_unsafe(origin: str, target: str) -> None:
    to = urlsplit(target).scheme
    if to not in ("http", "https"):
        raise BadAnswer("redirects to something that is no web address", tries=1)
    if urlsplit(origin).scheme == "https" and to == "http":
        raise BadAnswer("redirects to an unprotected address", tries=1)


class CachingSession(CacheMixin, WireSession):
    """requests-cache over the wire."""

    def ask(self, url: str, judge: Judge, *, kept_only: bool, keep: bool) -> AnyResponse:
        """GET a URL, from the cache where it is kept; 504 for what `kept_only` does not find.

        A cache that turns out damaged is set aside for the next run and done without in this one.
        """
        try:
            return self._ask(url, judge, kept_only=kept_only, keep=keep)
        except sqlite3.Error as error:
            logger.warning("the cache of answers cannot be used (%s)", error)
            self._give_up_store(damaged=not isinstance(error, sqlite3.OperationalError))
            return self._ask(url, judge, kept_only=kept_only, keep=keep)

    def _ask(self, url: str, judge: Judge, *, kept_only: bool, keep: bool) -> AnyResponse:
        request = self.prepare_request(requests.Request("GET", url))
        options: dict[str, Any] = {
            "judge": judge,
            "only_if_cached": kept_only,
            **self.merge_environment_settings(url, {}, None, None, None),
        }
        with nullcontext() if keep else self.cache_disabled():
            response = self.send(request.copy(), **options)
            if response.from_cache and response.status_code != NOT_KEPT:
                try:
                    judge(response)
                except BadAnswer:  # kept by a version that knew less, or tampered with
                    self.cache.delete(response.cache_key)
                    response = self.send(request, **options)
        return response

    def _give_up_store(self, *, damaged: bool) -> None:
        settings, path = self.settings, Path(self.cache.db_path)
        self.cache.close()  # type: ignore[no-untyped-call]
        if damaged:
            set_aside(path)
        self.cache = BaseCache()
        self.settings = settings


def open_session(path: Path, *, on_send: Callable[[str], None], bounds: Bounds) -> CachingSession:
    """Return a session that keeps its answers at `path` for a day."""
    return CachingSession(
        backend=open_store(path),
        on_send=on_send,
        bounds=bounds,
        expire_after=_KEPT_FOR,
        allowable_codes=(200, 404),  # a 404 comes this far only where it means "there is none"
        ignored_parameters=PRIVATE,
    )
