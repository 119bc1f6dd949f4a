"""JSON text → the items of the list in it, each with its place; a list that is cut keeps its head.

Items are decoded one by one, so that a file that ends in the middle loses only its last item.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

_LIST = re.compile(r'"(?P<name>searchResults|dailyPapers|trendingPapers|papers)"\s*:\s*(?=\[)')
"""The lists that answers and pages hold; a page of search results holds two."""
_SHOWN = ["searchResults", "dailyPapers", "trendingPapers", "papers"]
_SEARCH = re.compile(r'"query"\s*:\s*\{\s*"q"\s*:\s*"[^"]')
"""A page of search results: its other list is not what the page shows."""
_DECODER = json.JSONDecoder()
_BLANK_OR_COMMA = re.compile(r"[\s,]*")
_BLANK = re.compile(r"[\s\ufeff]*")


@dataclass(frozen=True, slots=True)
class JsonItem:
    """One object of a list."""

    value: Mapping[str, object]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class JsonItems:
    """The objects of a list, as far as they could be read."""

    items: tuple[JsonItem, ...] = ()
    broken_at: int | None = None
    """Where the text stopped being JSON; None when the list is whole."""


def json_items(text: str) -> JsonItems:
    """Return the papers in a JSON text: a list, an object with a list in it, or one object."""
    start = _skip(text, 0)
    if text.startswith("[", start):
        return _list_items(text, start)
    lists = {found["name"]: found.end() for found in reversed(list(_LIST.finditer(text)))}
    shown = ["searchResults"] if _SEARCH.search(text) else _SHOWN
    for name in shown:
        if name in lists:
            found = _list_items(text, lists[name])
            if found.items or found.broken_at:
                return found
    value, end = _decoded(text, start)
    if not isinstance(value, Mapping):
        return JsonItems(broken_at=start)
    return JsonItems((JsonItem(value, start, end),))


def _list_items(text: str, start: int) -> JsonItems:
    items: list[JsonItem] = []
    place = start + 1
    while True:
        place = _skip(text, place, _BLANK_OR_COMMA)
        if text.startswith("]", place):
            return JsonItems(tuple(items))
        value, end = _decoded(text, place)
        if end == place:
            return JsonItems(tuple(items), broken_at=place)
        if isinstance(value, Mapping):
            items.append(JsonItem(value, place, end))
        place = end


def _skip(text: str, place: int, what: re.Pattern[str] = _BLANK) -> int:
    found = what.match(text, place)
    return found.end() if found else place


def _decoded(text: str, place: int) -> tuple[object, int]:
    """Decode one value; an unchanged place means that there is none."""
    try:
        value, end = _DECODER.raw_decode(text, place)
    except (ValueError, RecursionError):  # ValueError: also a number of too many digits
        return None, place
    return value, end
