"""Addresses in a bibliography → alive, dead, moved, or not to be told.

Only a server that says so makes a link dead (404, 410), or a host whose name nobody knows while
other hosts answer. What a network or a wary server keeps from us is never called dead.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from http import HTTPStatus
from itertools import zip_longest
from typing import Literal
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import msgspec

from bibkit.sources.http import Bounds, Web
from bibkit.sources.probe import (
    NoReply,
    Prober,
    Reply,
    Resolve,
    is_address,
    private_hosts,
    system_addresses,
)

BOUNDS = Bounds(connect=5.0, read=10.0, total=15.0)
_SERVICE = "links"
_INTERVAL = 1.0
_MOST_HOPS = 8
_LONGEST_WAIT = 30.0
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_GONE = frozenset({404, 410})
_BUSY = frozenset({429, 500, 502, 503, 504})
_REDIRECTORS = frozenset(
    "doi.org dx.doi.org hdl.handle.net n2t.net purl.org w3id.org bit.ly tinyurl.com goo.gl t.co "
    "git.io aka.ms youtu.be".split()
)
"""Hosts whose addresses are made to lead elsewhere."""
_LOG_IN = ("/login", "/sign_in", "/signin", "/sign-in", "/log-in", "/auth")
_MOST_UNREACHED = 5
"""Hosts in a row, none having answered yet, after which the network is taken to be down."""

Progress = Callable[[str, int, int], None]
Kind = Literal["alive", "dead", "moved", "unclear", "unreachable"]


class LinkState(msgspec.Struct, frozen=True):
    """What is known of an address."""

    kind: Kind
    sentence: str = ""
    """Why, as in "answers 404 (Not Found)"; never what the server wrote."""
    target: str = ""
    """Where it moved to."""
    heard: bool = True
    """Whether a server said so; only that is kept."""


class LinkChecker:
    """Asks each address once, HEAD first, one host after the other in turn.

    Args:
        web: whose pace, memory and bounds are used.
        resolve: looks names up; for tests.

    """

    def __init__(self, web: Web, *, resolve: Resolve = system_addresses) -> None:
        self._web = web
        self._prober = Prober(web.bounds, web.user_agent, private_hosts(), resolve)
        self._strikes: Counter[str] = Counter()
        self._answered: set[str] = set()
        self._nameless: dict[str, NoReply] = {}
        """Hosts whose names are not known: they are not looked up again for every link."""
        self._names_work = False
        """Whether a host answered that had to be looked up: then an unknown one does not exist."""

    def check(
        self, urls: Sequence[str], *, progress: Progress | None = None
    ) -> dict[str, LinkState]:
        """Return what is known of each address, asked now or within the last day."""
        wanted = list(dict.fromkeys(urls))
        states = {url: kept for url in wanted if (kept := self._recalled(url))}
        self._web.cache_hits += len(states)
        unknown: list[str] = []
        for url in _by_turns([url for url in wanted if url not in states]):
            states[url] = state = self._state(url)
            if state.sentence == _NOT_FOUND:
                unknown.append(url)
            elif state.heard:
                self._remember(url, state)
            if progress:
                progress("links", len(states), len(wanted))
        if self._names_work:
            for url in unknown:
                states[url] = LinkState("dead", _NOT_FOUND)
                self._remember(url, states[url])
        return {url: states[url] for url in wanted}

    def _state(self, url: str) -> LinkState:
        """Follow an address to where it leads."""
        if flaw := self._prober.flaw(url):
            return LinkState("unclear", flaw, heard=False)
        at = settled = urldefrag(url).url
        permanent = True
        for _ in range(_MOST_HOPS):
            reply = self._reply(at)
            if isinstance(reply, NoReply):
                return _unheard(reply, elsewhere=at != urldefrag(url).url)
            if reply.status not in _REDIRECTS or not reply.location:
                return _judged(url, reply.status, at, settled)
            at = _next(at, reply.location)
            permanent = permanent and reply.status in _PERMANENT
            settled = at if permanent else settled
        return LinkState("unclear", "redirects without end")

    def _reply(self, url: str) -> Reply | NoReply:
        """Ask with HEAD; where that is refused with GET; where the server is busy once more."""
        host = _host(url)
        if host in self._nameless:
            return self._nameless[host]
        if self._is_given_up(host):
            return NoReply("unreachable", "cannot be reached; not asked again")
        reply = self._ask(url, "HEAD")
        if isinstance(reply, NoReply):
            if reply.why == "unreachable":
                self._web.pause(0.5)
                reply = self._ask(url, "HEAD")
        elif reply.status in _BUSY:
            self._web.pause(_wait(reply))
            reply = self._ask(url, "GET")
        elif reply.status >= 400:
            reply = self._ask(url, "GET")  # many servers know no HEAD and say anything
        if isinstance(reply, NoReply) and reply.why == "unknown-host":
            self._nameless[host] = reply
        if isinstance(reply, Reply) and reply.status not in _BUSY:
            self._strikes[host] = 0
        elif isinstance(reply, Reply) or reply.why == "unreachable":
            self._strikes[host] += 1
        return reply

    def _ask(self, url: str, method: str) -> Reply | NoReply:
        if flaw := self._prober.flaw(url):
            return NoReply("not-asked", flaw)
        self._web.wait_for_turn(url, _INTERVAL)
        reply = self._prober.ask(url, method)
        if isinstance(reply, Reply):
            self._answered.add(_host(url))
            self._names_work = self._names_work or not is_address(url)
        return reply

    def _is_given_up(self, host: str) -> bool:
        down = not self._answered and len(+self._strikes) >= _MOST_UNREACHED
        return down or self._strikes[host] >= 2

    def _recalled(self, url: str) -> LinkState | None:
        data = self._web.memo.recall_bytes(_SERVICE, url)
        try:
            return msgspec.json.decode(data, type=LinkState) if data else None
        except (msgspec.MsgspecError, UnicodeError):
            return None

    def _remember(self, url: str, state: LinkState) -> None:
        self._web.memo.remember_bytes(_SERVICE, url, msgspec.json.encode(state))


_NOT_FOUND = "host not found"


def _unheard(reply: NoReply, *, elsewhere: bool) -> LinkState:
    if reply.why == "not-asked":
        sentence = f"redirects to what {reply.sentence}" if elsewhere else reply.sentence
        return LinkState("unclear", sentence, heard=False)
    return LinkState("unreachable", reply.sentence, heard=False)


def _judged(url: str, status: int, at: str, settled: str) -> LinkState:
    """Judge where an address has led to."""
    said = f"answers {status}{_phrase(status)}"
    if status in _GONE:
        return LinkState("dead", said)
    if status in _BUSY:
        return LinkState("unreachable", said, heard=False)
    if not 200 <= status < 300:
        return LinkState("unclear", said)
    if at != url and urlsplit(at).path.rstrip("/").lower().endswith(_LOG_IN):
        return LinkState("unclear", "asks for a log-in")
    made_to_lead = urlsplit(url).hostname in _REDIRECTORS
    if not made_to_lead and _essence(settled) != _essence(url):
        return LinkState("moved", "moved permanently", target=settled)
    return LinkState("alive", said)


def _essence(url: str) -> str:
    """Return what remains of an address without scheme, `www.`, case, slash and `.git`.

    >>> _essence("http://www.Example.org/A/b.git/") == _essence("https://example.org/a/b#c")
    True
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    path = unquote(parts.path).rstrip("/").removesuffix("/index.html").removesuffix(".git")
    return f"{host}{port}{path}?{parts.query}".casefold()


def _next(at: str, location: str) -> str:
    """Return where a redirect leads; servers write UTF-8, which arrives as Latin-1."""
    with suppress(UnicodeError):
        location = location.encode("latin-1").decode("utf-8")
    try:
        return urldefrag(urljoin(at, location.strip())).url
    except ValueError:
        return "unreadable:"


def _wait(reply: Reply) -> float:
    text = reply.retry_after.strip()
    seconds = float(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 2.0
    return min(seconds, _LONGEST_WAIT)


def _phrase(status: int) -> str:
    try:
        return f" ({HTTPStatus(status).phrase})"
    except ValueError:
        return ""


def _by_turns(urls: Sequence[str]) -> Iterator[str]:
    """Yield addresses of one host after the other, so that waiting for one serves the rest."""
    hosts: defaultdict[str, list[str]] = defaultdict(list)
    for url in urls:
        hosts[_host(url)].append(url)
    for row in zip_longest(*hosts.values()):
        yield from (url for url in row if url is not None)


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""
