"""One exchange with an address that a stranger wrote: it is asked for its status and no more.

The name is looked up once, every address behind it must be a public one, and the connection goes to
just these: a .bib must not make bibkit knock inside a private network, nor a name that changes its
mind between the look-up and the connection. No cookie, no .netrc and no user name is ever sent.
"""

from __future__ import annotations

import ipaddress
import os
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import SplitResult, urlsplit

import requests
import urllib3
from requests.utils import DEFAULT_CA_BUNDLE_PATH, get_environ_proxies, requote_uri, select_proxy
from urllib3 import exceptions

from bibkit.sources.http import Bounds
from bibkit.sources.wire import within

Resolve = Callable[[str, int], Sequence[str]]
"""Host and port → IP addresses; raises `socket.gaierror`."""

_PRIVATE = "is inside a private network"
_MOST_ADDRESSES = 3
_NO_PUBLIC_NAMES = ("localhost", "local", "internal", "intranet", "lan", "home.arpa", "onion")


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server said."""

    status: int
    location: str = ""
    """Where it sends us, as written."""
    retry_after: str = ""


@dataclass(frozen=True, slots=True)
class NoReply:
    """Why there is no reply."""

    why: Literal["unreachable", "unknown-host", "not-asked"]
    sentence: str


@dataclass(frozen=True, slots=True)
class Prober:
    """How to ask."""

    bounds: Bounds
    user_agent: str
    private_hosts: frozenset[str]
    """`host` or `host:port` inside one's own network that may be asked all the same."""
    resolve: Resolve

    def flaw(self, url: str) -> str | None:
        """Say why an address is not asked at all, as far as it shows."""
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").rstrip("."), _port(parts)
        except ValueError:  # `http://[`, a port that is no number
            return "is an address that cannot be read"
        if parts.scheme not in ("http", "https") or not host:
            return "is no web address"
        if "@" in parts.netloc:
            return "has a user name in it, which is never sent"
        if self._is_allowed(host, port):
            return None
        if port < 1024 and port not in (80, 443):
            return "names a port that is not the web's"
        return None if _may_be_public(host) else _PRIVATE

    def ask(self, url: str, method: str) -> Reply | NoReply:
        """Ask an address for its status: one hop, whatever comes back is not read."""
        if flaw := self.flaw(url):
            return NoReply("not-asked", flaw)
        try:
            parts = urlsplit(requote_uri(url))
            return within(self.bounds.total, lambda: self._ask(parts, _port(parts), method))
        except requests.Timeout:
            return NoReply("unreachable", "does not answer in time")
        except (ValueError, exceptions.LocationParseError, requests.RequestException):
            return NoReply("not-asked", "is an address that cannot be read")

    def _is_allowed(self, host: str, port: int) -> bool:
        return not self.private_hosts.isdisjoint({host, f"{host}:{port}"})

    def _ask(self, parts: SplitResult, port: int, method: str) -> Reply | NoReply:
        host = str(parts.hostname).rstrip(".")
        try:
            if proxy := select_proxy(parts.geturl(), get_environ_proxies(parts.geturl())):
                return self._by_proxy(proxy, parts, method)
            found = self.resolve(host.encode("idna").decode(), port)
            if not self._is_allowed(host, port) and not all(map(is_public, found)):
                return NoReply("not-asked", _PRIVATE)
            return self._of_first(found[:_MOST_ADDRESSES], parts, port, method)
        except socket.gaierror as error:
            if error.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", None)):
                return NoReply("unknown-host", "host not found")
            return NoReply("unreachable", "cannot be reached: its name cannot be looked up")
        except exceptions.SSLError:
            return NoReply("not-asked", "cannot be asked safely: TLS fails")
        except exceptions.TimeoutError:
            return NoReply("unreachable", "does not answer in time")
        except (exceptions.HTTPError, OSError):
            return NoReply("unreachable", "breaks off its answers")

    def _of_first(
        self, found: Sequence[str], parts: SplitResult, port: int, method: str
    ) -> Reply | NoReply:
        """Ask the first address that can be connected to."""
        for address in found:
            try:
                with _pool(parts, address, port, self.bounds) as pool:
                    return self._exchange(pool, parts, method, _target(parts))
            except (exceptions.NewConnectionError, exceptions.ConnectTimeoutError):
                continue
        return NoReply("unreachable", "cannot be reached")

    def _by_proxy(self, proxy: str, parts: SplitResult, method: str) -> Reply | NoReply:
        """Ask through the proxy that the environment names; it looks up names itself."""
        if "://" not in proxy:
            proxy = f"http://{proxy}"
        login = urlsplit(proxy)
        secret = f"{login.username}:{login.password or ''}" if login.username else None
        try:
            with urllib3.ProxyManager(
                proxy,
                proxy_headers=urllib3.make_headers(proxy_basic_auth=secret),
                ssl_context=_tls(),
                timeout=_timeout(self.bounds),
            ) as pool:
                return self._exchange(pool, parts, method, parts._replace(fragment="").geturl())
        except (exceptions.ProxyError, exceptions.NewConnectionError):
            return NoReply("unreachable", "cannot be reached through the proxy")

    def _exchange(self, pool: Any, parts: SplitResult, method: str, target: str) -> Reply:
        headers = {"Host": parts.netloc, "User-Agent": self.user_agent, "Accept": "*/*"}
        response = pool.urlopen(
            method,
            target,
            headers=headers,
            redirect=False,
            retries=False,
            preload_content=False,
            decode_content=False,
        )
        try:
            said = response.headers
            return Reply(response.status, said.get("Location", ""), said.get("Retry-After", ""))
        finally:
            response.close()  # a body is left unread


def system_addresses(host: str, port: int) -> list[str]:
    """Look a name up as the system does."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[4][0]) for address in found))


def is_public(address: str) -> bool:
    """Return whether an IP address is one of the public internet.

    >>> [is_public(a) for a in ("140.82.121.4", "127.0.0.1", "::ffff:10.0.0.1", "169.254.169.254")]
    [True, False, False, False]
    """
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in ipaddress.ip_network("64:ff9b::/96"):  # NAT64, RFC 6052
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


def is_address(url: str) -> bool:
    """Return whether a URL names an IP address, so that no name was looked up.

    >>> is_address("http://127.0.0.1:80/"), is_address("http://[::1]/"), is_address("http://a.org/")
    (True, True, False)
    """
    host = urlsplit(url).hostname or ""
    return ":" in host or host.replace(".", "").isdecimal()


def private_hosts() -> frozenset[str]:
    """Return the hosts that `BIBKIT_PRIVATE_HOSTS` lets links lead to (blanks between them)."""
    return frozenset(os.environ.get("BIBKIT_PRIVATE_HOSTS", "").lower().split())


def _may_be_public(host: str) -> bool:
    """Judge a host by its name alone; `127.1` and `2130706433` are addresses too."""
    try:
        return is_public(socket.inet_ntoa(socket.inet_aton(host)))
    except OSError:
        pass
    if ":" in host:
        return is_public(host)
    return "." in host and not f".{host}".endswith(tuple(f".{name}" for name in _NO_PUBLIC_NAMES))


def _pool(
    parts: SplitResult, address: str, port: int, bounds: Bounds
) -> urllib3.HTTPConnectionPool:
    """Return a connection to one address in the name of a host (urllib3, "Custom SNI hostname")."""
    host = str(parts.hostname).rstrip(".").encode("idna").decode()
    place = f"[{address}]" if ":" in address else address
    if parts.scheme == "http":
        return urllib3.HTTPConnectionPool(place, port, timeout=_timeout(bounds), maxsize=1)
    return urllib3.HTTPSConnectionPool(
        place,
        port,
        timeout=_timeout(bounds),
        maxsize=1,
        ssl_context=_tls(),
        server_hostname=host,
        assert_hostname=host,
    )


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _target(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _timeout(bounds: Bounds) -> urllib3.Timeout:
    return urllib3.Timeout(connect=bounds.connect, read=bounds.read)


def _tls() -> ssl.SSLContext:
    """Trust whom requests trusts."""
    names = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
    named = next((os.environ[name] for name in names if os.environ.get(name)), "")
    return _trusting(Path(named or DEFAULT_CA_BUNDLE_PATH))


@cache
def _trusting(bundle: Path) -> ssl.SSLContext:
    if bundle.is_dir():
        return ssl.create_default_context(capath=bundle)
    return ssl.create_default_context(cafile=bundle)
