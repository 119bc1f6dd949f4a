"""A Zotero library by the Web API v3, or by the desktop's local API, which mirrors it.

Read whole and at one version; written in batches that say which version they were made for, so that
nothing is written over what nobody has seen (zotero.org/support/dev/web_api/v3).
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from bibkit.errors import BibkitError, ConfigError, SourceError
from bibkit.sources.http import Web, service_from_environment
from bibkit.sources.zotero_wire import Reply, Secret, ZoteroWire, refuse_open_line
from bibkit.text.visible import visible

MOST_WRITTEN = 50
"""Objects in one write; more are refused with 413."""
_PAGE = 100
_ROUNDS = 4
"""How often to begin a reading anew when somebody writes meanwhile."""
_INTERVAL = 0.1
_ITEM_KEY = re.compile(r"[23456789ABCDEFGHIJKLMNPQRSTUVWXYZ]{8}")
_LIBRARY = re.compile(r"user|users/\d{1,15}|groups/\d{1,15}")
_NEXT = re.compile(r'rel="?next"?')

Object = Mapping[str, Any]
"""The JSON of an item or a collection, as it is edited."""
Kind = Literal["items", "collections"]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything in a library at one version."""

    version: int
    items: tuple[Object, ...] = field(repr=False)
    """Attachments and notes too; without what lies in the trash."""
    collections: tuple[Object, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an object was not written."""

    code: int
    message: str

    @property
    def stale(self) -> bool:
        """True when somebody changed it meanwhile: to be read again, and merged again."""
        return self.code in (412, 428)


@dataclass(frozen=True, slots=True)
class Written:
    """What became of the objects of one write, by their places in it."""

    version: int
    """Of the library, after it."""
    objects: Mapping[int, Object]
    """As they are now; an object that was like that already is as it was sent."""
    refused: Mapping[int, Refusal]


class ZoteroLibrary:
    """One library: `users/12345` or `groups/678`."""

    def __init__(
        self, wire: ZoteroWire, name: str, *, authorize: Callable[[], Secret] | None = None
    ) -> None:
        self.wire = wire
        self.name = name
        self._authorize = authorize

    def read(self, *, collections: bool = True) -> Snapshot:
        """Return the whole library, if need be with its collections.

        Raises:
            SourceError: Zotero cannot be reached, or others write all the time.
            ConfigError: there is no such library, or the key does not open it.

        """
        for _ in range(_ROUNDS):
            version, items = self._pages("items")
            after, folders = self._pages("collections") if collections else (version, ())
            if version is not None and version == after:
                return Snapshot(version, items, folders)
        raise SourceError("the library is being changed all the time", origin="zotero")

    def _pages(self, kind: Kind) -> tuple[int | None, tuple[Object, ...]]:
        """Return a version and all objects; no version when it did not stay the same."""
        found: dict[str, Object] = {}
        version: int | None = None
        start = 0
        while True:
            reply = self._get(f"/{self.name}/{kind}?format=json&limit={_PAGE}&start={start}")
            page = reply.json()
            if not isinstance(page, list) or reply.version is None:
                raise SourceError(f"{self.wire.service.host} answers nonsense", origin="zotero")
            if start and reply.version != version:
                return None, ()
            version = reply.version
            found |= {one["key"]: one for one in map(_data, page) if one}
            start += len(page)
            more = _NEXT.search(reply.headers.get("link", "")) or len(page) >= _PAGE
            if not (page and more):
                return version, tuple(found.values())

    def _get(self, path: str) -> Reply:
        reply = self.wire.exchange("GET", path)
        if reply.status != 200:
            raise _error(reply, self.wire, self.name)
        return reply

    def write(self, kind: Kind, objects: Sequence[Object], *, version: int) -> Written | Refusal:
        """Write at most fifty objects into the library as it was at a version.

        A refusal is about the whole write: nothing of it was done. A stale one may also mean that
        an earlier try was done, and only its answer lost.
        """
        headers = {
            "Content-Type": "application/json",
            "If-Unmodified-Since-Version": str(version),
            "Zotero-Write-Token": secrets.token_hex(16),
        }
        content = json.dumps(list(objects)).encode()
        reply = self._post(f"/{self.name}/{kind}", content, headers)
        if reply.status in (400, 412, 413, 428):
            return Refusal(reply.status, reply.said(self.wire.key))
        if reply.status != 200:
            raise _error(reply, self.wire, self.name)
        answer = reply.json()
        if not isinstance(answer, dict):
            raise SourceError(f"{self.wire.service.host} answers nonsense", origin="zotero")
        return _written(answer, objects, reply.version or version, self)

    def _post(self, path: str, content: bytes, headers: Mapping[str, str]) -> Reply:
        """Post, with a key that the user grants at the desktop where one is needed."""
        if self._authorize and self.wire.server_id is None:
            self.wire.exchange("GET", "/api/")  # says who it is, which every write must name
        if self._authorize and self.wire.key is None:
            self.wire.key = self._authorize()
        reply = self.wire.exchange("POST", path, content=content, headers=headers)
        if reply.status == 401 and self._authorize:  # the key was good for one write
            self.wire.key = self._authorize()
            reply = self.wire.exchange("POST", path, content=content, headers=headers)
        return reply


def open_library(web: Web, library: str, key: Secret, *, writing: bool) -> ZoteroLibrary:
    """Return a library of zotero.org that the key opens.

    Args:
        web: the session.
        library: `user`, `users/12345` or `groups/678`.
        key: the API key.
        writing: whether it is going to be written to.

    """
    check_library(library)
    service = service_from_environment(
        "zotero",
        variable="BIBKIT_ZOTERO_API",
        default="https://api.zotero.org",
        interval=_INTERVAL,
    )
    refuse_open_line(service)
    wire = ZoteroWire(web, service, key)
    reply = wire.exchange("GET", "/keys/current")
    if reply.status in (401, 403, 404):
        raise ConfigError("Zotero does not know this key", origin="zotero", code="zotero-key")
    told = reply.json() if reply.status == 200 else None
    if not isinstance(told, dict):
        raise _error(reply, wire, "keys/current")
    user = told.get("userID")
    if library == "user":
        if type(user) is not int:
            raise SourceError(f"{service.host} answers nonsense", origin="zotero")
        library = f"users/{user}"
    if _is_closed(told.get("access"), library, user, "write" if writing else "library"):
        message = f"the key may not {'write to' if writing else 'read'} {library}"
        raise ConfigError(message, origin="zotero", code="zotero-access")
    return ZoteroLibrary(wire, library)


def check_library(library: str) -> None:
    """Raise unless this names a library."""
    if not _LIBRARY.fullmatch(library):
        message = f"{library[:60]!r} is no library: `user` or `groups/12345`"
        raise ConfigError(message, origin="zotero", code="zotero-library")


def _is_closed(access: Any, library: str, user: Any, right: str) -> bool:
    """Tell whether a key's own list of rights rules something out; the server decides the rest."""
    if not isinstance(access, Mapping):
        return False
    kind, _, number = library.partition("/")
    if kind == "users":
        own = access.get("user")
        return str(user) == number and isinstance(own, Mapping) and own.get(right) is False
    groups = access.get("groups")
    if not isinstance(groups, Mapping):
        return False
    rights = [groups[name] for name in ("all", number) if isinstance(groups.get(name), Mapping)]
    return bool(rights) and all(one.get(right) is False for one in rights)


def _error(reply: Reply, wire: ZoteroWire, library: str) -> BibkitError:
    """Return the error that an answer of a whole request means."""
    said = reply.said(wire.key)
    if reply.status == 403 and "not enabled" in said:
        message = (
            "the local API is switched off: in Zotero, Settings → Advanced → "
            "“Allow other applications on this computer to communicate with Zotero”"
        )
        return ConfigError(message, origin="zotero", code="zotero-local")
    if reply.status in (401, 403):
        message = f"{library}: access denied ({said})"
        return ConfigError(message, origin="zotero", code="zotero-access")
    if reply.status == 404:
        message = f"there is no library {library}, or the key does not open it"
        return ConfigError(message, origin="zotero", code="zotero-library")
    return SourceError(f"{wire.service.host} answers {reply.status}: {said}", origin="zotero")


def _data(one: Any) -> dict[str, Any] | None:
    """Return what is edited of an object, with its key and version; None of what is none."""
    if not isinstance(one, Mapping):
        return None
    inner = one.get("data")
    data = dict(inner if isinstance(inner, Mapping) else one)
    key, version = data.get("key", one.get("key")), data.get("version", one.get("version"))
    if not (isinstance(key, str) and _ITEM_KEY.fullmatch(key) and type(version) is int):
        return None
    return {**data, "key": key, "version": version}


def _written(
    answer: Mapping[str, Any], sent: Sequence[Object], version: int, library: ZoteroLibrary
) -> Written:
    objects: dict[int, Object] = {}
    for place, key in _places(answer.get("success"), len(sent)):
        objects[place] = {"version": version, **sent[place], "key": key}
    for place, key in _places(answer.get("unchanged"), len(sent)):
        objects[place] = {"version": version, **sent[place], "key": key}
    for place, one in _places(answer.get("successful"), len(sent)):
        if whole := _data(one):
            objects[place] = whole
    refused = {
        place: _refusal(one, library.wire.key)
        for place, one in _places(answer.get("failed"), len(sent))
    }
    good = {p: o for p, o in objects.items() if p not in refused and _is_key(o.get("key"))}
    silent = [p for p in range(len(sent)) if p not in good and p not in refused]
    refused |= {p: Refusal(412, "no word about it") for p in silent}
    versions = (o["version"] for o in good.values() if type(o.get("version")) is int)
    return Written(max([version, *versions]), good, refused)


def _is_key(key: Any) -> bool:
    return isinstance(key, str) and _ITEM_KEY.fullmatch(key) is not None


def _places(part: Any, size: int) -> Iterator[tuple[int, Any]]:
    """Yield the places that a part of a write's answer is about."""
    for place, value in part.items() if isinstance(part, Mapping) else ():
        if str(place).isdecimal() and str(place).isascii() and int(str(place)[:6]) < size:
            yield int(place), value


def _refusal(one: Any, key: Secret | None) -> Refusal:
    told = one if isinstance(one, Mapping) else {}
    code, message = told.get("code"), visible(str(told.get("message", "")))[:200]
    return Refusal(code if type(code) is int else 0, key.scrub(message) if key else message)
