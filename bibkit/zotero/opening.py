"""Which library, by which way, and which collection of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bibkit.errors import ConfigError
from bibkit.sources import Web
from bibkit.sources.zotero_api import ZoteroLibrary, open_library
from bibkit.sources.zotero_key import zotero_key
from bibkit.sources.zotero_local import open_local


@dataclass(frozen=True, slots=True)
class Place:
    """Where in Zotero."""

    library: str = "user"
    """`user` or `groups/12345`."""
    collection: str | None = None
    """A collection's name, or the names from the top down with `/` between them."""
    local: bool = False
    """By the desktop on this computer instead of zotero.org."""


def open_place(web: Web, place: Place, *, writing: bool) -> ZoteroLibrary:
    """Return the library; the key is asked for only where one is needed."""
    if place.local:
        return open_local(web, place.library)
    return open_library(web, place.library, zotero_key(), writing=writing)


@dataclass(frozen=True, slots=True)
class Path:
    """A collection that is there, as far as it is, and the names that are still missing."""

    key: str | None
    missing: tuple[str, ...] = field(default=())


def find_collection(collections: Sequence[Mapping[str, Any]], name: str) -> Path:
    """Find a collection by its whole name, else by the names from the top down.

    >>> lab = {"key": "AAAA2222", "name": "Lab", "parentCollection": False}
    >>> find_collection([lab], "Lab"), find_collection([lab], "Lab/Related work").missing
    (Path(key='AAAA2222', missing=()), ('Related work',))
    """
    there = [one for one in collections if not one.get("deleted")]
    named = [one for one in there if one.get("name") == name]
    top = [one for one in named if _parent(one) is None]
    if len(named) == 1 or len(top) == 1:
        return Path(str((top or named)[0]["key"]))
    if len(named) > 1:
        message = f"several collections are called {name!r}; name the ones above it: Above/{name}"
        raise ConfigError(message, origin="zotero", code="zotero-collection")
    parent: str | None = None
    names = [part.strip() for part in name.split("/") if part.strip()]
    for depth, part in enumerate(names):
        found = [one for one in there if one.get("name") == part and _parent(one) == parent]
        if not found:
            return Path(parent, tuple(names[depth:]))
        parent = str(found[0]["key"])
    return Path(parent)


def _parent(collection: Mapping[str, Any]) -> str | None:
    """Return the collection that one is in; Zotero says false where there is none."""
    parent = collection.get("parentCollection")
    return parent if isinstance(parent, str) else None


def inside(collections: Sequence[Mapping[str, Any]], key: str) -> frozenset[str]:
    """Return a collection with all that are in it."""
    found = {key}
    while more := {str(one["key"]) for one in collections if _parent(one) in found} - found:
        found |= more
    return frozenset(found)
