"""Three versions of JSON that bibkit wrote → one, by name; base values in doubt are left out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from bibkit.merge.three_way import settle

Json = Any
Object = dict[str, Json]
ABSENT = object()
"""What is not there; JSON's null is a value."""
_BASES = (("fields", "sources"), ("values", "item_values"))
"""What was last written (of entries, of Zotero's items), and what goes with it by name."""


def _merged(base: Json, mine: Json, theirs: Json, doubtful: list[str]) -> Json:
    """Merge any value; where the sides differ the greater one, whoever merges."""
    if isinstance(mine, dict) and isinstance(theirs, dict):
        return merged_objects(base if isinstance(base, dict) else {}, mine, theirs, doubtful)
    if isinstance(mine, list) and isinstance(theirs, list):
        return list(united(base if isinstance(base, list) else [], mine, theirs))
    verdict = settle(*map(dumped, (base, mine, theirs))).verdict
    if verdict != "conflict":
        return theirs if verdict == "theirs" else mine
    if mine is ABSENT or theirs is ABSENT:  # changed by one, removed by the other
        return theirs if mine is ABSENT else mine
    if all(isinstance(value, int | float) for value in (mine, theirs)):
        return max(mine, theirs)
    return max(mine, theirs, key=lambda value: dumped(value) or "")


def merged_objects(base: Object, mine: Object, theirs: Object, doubtful: list[str]) -> Object:
    """Merge by name; base values that both sides wrote otherwise are left out, and named."""
    merged: Object = {}
    for name in {**mine, **theirs}:
        values = [its.get(name, ABSENT) for its in (base, mine, theirs)]
        value = _merged(values[0], values[1], values[2], doubtful)
        if value is not ABSENT:
            merged[name] = value
    for names in _BASES:
        for name in names if names[0] in merged else ():
            maps = [map_of(its, name) for its in (base, mine, theirs)]
            if name != "sources":  # two may say the same
                doubtful += (lost := list(_contested(maps)))
                for value in lost:
                    map_of(merged, names[0]).pop(value, None)
                    map_of(merged, names[1]).pop(value, None)
    return merged


def map_of(value: Object, name: str) -> Object:
    """Return an object in an object; an empty one where there is none."""
    found = value.get(name)
    return found if isinstance(found, dict) else {}


def _contested(maps: Sequence[Object]) -> Iterator[str]:
    base, mine, theirs = maps
    for name in {**mine, **theirs}:
        values = (dumped(its.get(name, ABSENT)) for its in (base, mine, theirs))
        if settle(*values).verdict == "conflict":
            yield name


def dumped(value: Json) -> str | None:
    """Return a value as text to compare; None for what is not there."""
    return None if value is ABSENT else json.dumps(value, sort_keys=True)


def united(base: Sequence[Json], mine: Sequence[Json], theirs: Sequence[Json]) -> Iterator[Json]:
    """Yield what either side has; what one side removed is gone."""
    was, own, other = ({dumped(v): v for v in values} for values in (base, mine, theirs))
    yield from (value for text, value in was.items() if text in own and text in other)
    news = {text: value for text, value in {**own, **other}.items() if text not in was}
    yield from (news[text] for text in sorted(news, key=str))
