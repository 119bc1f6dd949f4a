"""Exchanges with Zotero: never cached, never redirected, and the key in nothing but one header.

requests' errors hold the request with its headers, so none of them leaves this module: what failed
becomes a sentence. An exchange is tried again as it was, with the same write token.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bibkit.errors import ConfigError, SourceError
from bibkit.sources.http import Bounds, Service, Web

if TYPE_CHECKING:
    import requests

    from bibkit.sources.trouble import Trouble

logger = logging.getLogger(__name__)
_KEY = re.compile(r"[!-~]{4,200}")
_BUSY = frozenset({409, 429, 500, 502, 503, 504})
"""Statuses that ask to come back; 409 is a library that another client is just writing to."""
_LONGEST_WAIT = 60.0


class Secret:
    """A key that no repr, log, pickle or traceback shows."""

    __slots__ = ("reveal",)

    def __init__(self, text: str, *, origin: str) -> None:
        """Take a key; one that could break out of its header is refused, unseen."""
        if not _KEY.fullmatch(text):
            raise ConfigError("holds no Zotero key, which is letters and digits", origin=origin)
        self.reveal: Callable[[], str] = lambda: text

    def __repr__(self) -> str:
        return "Secret(***)"

    def __reduce__(self) -> Any:
        raise TypeError("a secret is not written anywhere")

    def scrub(self, text: str) -> str:
        """Return what a server said without the key, should it be repeated there."""
        return text.replace(self.reveal(), "***")


@dataclass(frozen=True, slots=True)
class Reply:
    """What Zotero answered."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes = field(repr=False)

    def json(self) -> Any:
        """Return the body as JSON; None when it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    @property
    def version(self) -> int | None:
        """The library's version that the answer tells."""
        text = self.headers.get("last-modified-version", "")
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else None

    def said(self, key: Secret | None) -> str:
        """Return a few of the server's words, fit for one line."""
        from bibkit.text.visible import visible

        text = visible(self.body[:2000].decode("utf-8", "replace"))[:200]
        return key.scrub(text) if key else text


class ZoteroWire:
    """One service's exchanges, paced as it asks.

    Args:
        web: counts the requests, and waits.
        service: where Zotero is.
        key: sent with every request, or None.
        patience: seconds for one whole answer.

    """

    def __init__(
        self, web: Web, service: Service, key: Secret | None = None, *, patience: float = 30.0
    ) -> None:
        self.service = service
        self.key = key
        self.key_for_reads = True
        self.server_id: str | None = None
        """What the desktop calls itself; every write there must name it."""
        self.writes = 0
        """Requests that could have changed something."""
        self._web = web
        self._bounds = Bounds(read=patience, total=patience, body=web.bounds.body)
        self._pause = 0.0
        self._opened: requests.Session | None = None

    def exchange(
        self,
        method: str,
        path: str,
        *,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        busy: frozenset[int] = _BUSY,
    ) -> Reply:
        """Return the answer to a request, whatever its status is but busy.

        Raises:
            SourceError: Zotero cannot be reached, or stays busy.

        """
        sent = {**self._headers(method), **(headers or {})}
        tries = 0
        while True:
            tries += 1
            outcome = self._once(method, self.service.base + path, content, sent)
            if isinstance(outcome, Reply):
                if outcome.status not in busy:
                    return outcome
                outcome = _trouble(self.service, outcome)
            if tries >= outcome.tries:
                raise SourceError(outcome.sentence, origin="zotero")
            wait = outcome.wait
            self._web.pause(float(2**tries) if wait is None else wait)

    def _headers(self, method: str) -> dict[str, str]:
        headers = {"Zotero-API-Version": "3"}
        if method != "GET" and self.server_id:
            headers["Zotero-Server-ID"] = self.server_id
        return headers

    def _once(
        self, method: str, url: str, content: bytes | None, headers: Mapping[str, str]
    ) -> Reply | Trouble:
        from bibkit.sources.trouble import FAILURES, Trouble, trouble_of

        if self._pause:
            self._web.pause(self._pause)
            self._pause = 0.0
        self._web.wait_for_turn(url, self.service.interval)
        self.writes += method != "GET"
        try:
            reply = self._send(method, url, content, headers)
        except FAILURES as error:
            return trouble_of(error, self.service.host)
        except Exception as error:  # its frames hold the headers: nobody is to print them
            return Trouble(f"{self.service.host} cannot be asked ({type(error).__name__})", tries=1)
        logger.info("%s %s: %d", method, url, reply.status)
        self._pause = _seconds(reply.headers.get("backoff", ""))
        self.server_id = reply.headers.get("zotero-server-id") or self.server_id
        return reply

    def _send(
        self, method: str, url: str, content: bytes | None, headers: Mapping[str, str]
    ) -> Reply:
        key = self.key if method != "GET" or self.key_for_reads else None

        def signed(request: requests.PreparedRequest) -> requests.PreparedRequest:
            """Add the key last; that there is a signer keeps .netrc out of it."""
            if key:
                request.headers["Zotero-API-Key"] = key.reveal()
            return request

        response = self._session().request(
            method, url, data=content, headers=dict(headers), auth=signed, allow_redirects=False
        )
        named = {name.lower(): value for name, value in response.headers.items()}
        return Reply(response.status_code, named, response.content)

    def _session(self) -> requests.Session:
        import requests

        from bibkit.sources.wire import BoundedAdapter

        if self._opened is None:
            self._opened = requests.Session()
            for scheme in ("https://", "http://"):
                self._opened.mount(scheme, BoundedAdapter(self._bounds))
            self._opened.headers["User-Agent"] = self._web.user_agent
            self._opened.headers["Accept-Encoding"] = "gzip, deflate"
        return self._opened

    def close(self) -> None:
        """Close the connections."""
        if self._opened is not None:
            self._opened.close()


def refuse_open_line(service: Service) -> None:
    """Raise where the key would cross a network unprotected; this machine is no network."""
    parts = urlsplit(service.base)
    if parts.scheme != "https" and (parts.hostname or "") not in ("127.0.0.1", "localhost", "::1"):
        message = "the key is only sent over https"
        raise ConfigError(message, origin="BIBKIT_ZOTERO_API")


def _trouble(service: Service, reply: Reply) -> Trouble:
    from bibkit.sources.trouble import Trouble, named, seconds_of

    if reply.status == 409:
        return Trouble(f"{service.host}: another program is just writing to the library")
    wait = seconds_of(reply.headers.get("retry-after", ""))
    return Trouble(f"{service.host} answers {named(reply.status)}", wait=wait)


def _seconds(text: str) -> float:
    return min(float(text), _LONGEST_WAIT) if text.isascii() and text.isdecimal() else 0.0
