"""What the lock keeps of Zotero: for each item the values on which file and library last agreed.

A section of its own beside the lock's entries: those are bibkit's, here are also the user's own.
A long value is kept as its digest, for it is only ever compared.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bibkit.sync.lock import Lock

_SECTION = "zotero"
_LONGEST = 160
CONNECTOR = "connector"
"""The name under which stands what the desktop imported."""

Values = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Remembered:
    """An item that is one with an entry."""

    entry: str
    """The citation key."""
    values: Values = field(default_factory=dict)
    """What the entry said, name → value as `kept`; None where it said nothing."""
    item_values: Values = field(default_factory=dict)
    """What the item said, where that was something else."""
    tags: tuple[str, ...] = ()
    """Keywords that both had once."""
    made: bool = False
    """True when bibkit made the item."""
    code: str | None = None
    """The key of the attachment that leads to the code."""
    collections: tuple[str, ...] = ()
    """Collections that bibkit put it into."""

    def base(self, name: str) -> tuple[str | None, str | None]:
        """Return what entry and item last said."""
        value = self.values.get(name)
        return value, self.item_values.get(name, value)

    def agreed(self, name: str, entry: str | None, item: str | None) -> Remembered:
        """Return it with new values on which both sides agree."""
        values, item_values = dict(self.values), dict(self.item_values)
        values.pop(name, None)
        item_values.pop(name, None)
        if entry is not None:
            values[name] = kept(entry)
        if kept(item) != kept(entry):
            item_values[name] = kept(item)
        return replace(self, values=values, item_values=item_values)


def kept(value: str | None) -> str | None:
    """Return a value as the lock keeps it."""
    if value is None or len(value) <= _LONGEST:
        return value
    return "sha256:" + hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def remembered_items(lock: Lock, library: str) -> dict[str, Remembered]:
    """Return item key → what is remembered, for one library; what is damaged is forgotten.

    Nothing is lost by that: the item is found by its identifiers again.
    """
    section = lock.extra.get(_SECTION)
    items = section.get(library) if isinstance(section, Mapping) else None
    found = items.items() if isinstance(items, Mapping) else ()
    return {key: one for key, value in found if (one := _remembered(value))}


def with_items(lock: Lock, library: str, items: Mapping[str, Remembered]) -> Lock:
    """Return the lock with what is remembered of one library."""
    section = lock.extra.get(_SECTION)
    old = dict(section) if isinstance(section, Mapping) else {}
    old.pop(library, None)
    if items:
        old[library] = {key: _plain(one) for key, one in items.items()}
    extra = {name: value for name, value in lock.extra.items() if name != _SECTION}
    return replace(lock, extra={**extra, _SECTION: old} if old else extra)


def _remembered(value: Any) -> Remembered | None:
    if not isinstance(value, Mapping) or not isinstance(value.get("entry"), str):
        return None
    code = value.get("code")
    return Remembered(
        entry=value["entry"],
        values=_texts(value.get("values")),
        item_values=_texts(value.get("item_values")),
        tags=_list(value.get("tags")),
        made=value.get("made") is True,
        code=code if isinstance(code, str) else None,
        collections=_list(value.get("collections")),
    )


def _texts(value: Any) -> dict[str, str | None]:
    pairs = value.items() if isinstance(value, Mapping) else ()
    return {name: text for name, text in pairs if text is None or isinstance(text, str)}


def _list(value: Any) -> tuple[str, ...]:
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()


def _plain(one: Remembered) -> dict[str, Any]:
    value = {
        "entry": one.entry,
        "values": dict(one.values),
        "item_values": dict(one.item_values),
        "tags": sorted(one.tags),
        "made": one.made,
        "code": one.code,
        "collections": sorted(one.collections),
    }
    return {name: what for name, what in value.items() if what or name == "entry"}
