"""Lists of names that BibTeX splits otherwise than meant (btxdoc §4; "Tame the BeaST" §11)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bibkit.check.library import Library
from bibkit.fmt.names import names_in
from bibkit.record import Problem
from bibkit.text.name_words import DEGREES, SUFFIX

_FIELDS = ("author", "editor")
_GROUP = re.compile(r"\{[^{}]*+\}")
_DEEPEST = 6
_ET_AL = re.compile(r"\bet\.?\s+al\b", re.IGNORECASE)
_PARTING = re.compile(r"\\?&|;")
_MOST_COMMAS = 2


def bad_names(library: Library) -> Iterator[Problem]:
    """Yield a problem for each list of names that comes out wrong: the first thing in it."""
    for item in library.items:
        for field in _FIELDS:
            text = item.entry.fields.get(field, "")
            if text.strip("{} ") and (message := _fault(text)):
                yield item.problem("bad-name", message, field=field)


def _fault(text: str) -> str:
    for _, name, _ in names_in(text):
        if message := _fault_of_one(name):
            return message
    return ""


def _fault_of_one(name: str) -> str:
    if not name:
        return "an `and` at the beginning, at the end, or twice: a name is empty"
    outside = _outside_braces(name)
    if found := _PARTING.search(outside):
        return f"{found[0]!r} parts no names, `and` does; an organisation stands in braces"
    if _ET_AL.search(outside):
        return "'et al' is taken for a name: write `and others`"
    parts = [part.strip() for part in outside.split(",")]
    if len(parts) > _MOST_COMMAS + 1:
        return f"{name[:60]!r} has {len(parts) - 1} commas: `and` parts names"
    if len(parts) > 1 and not parts[-1]:
        return f"{name[:60]!r} ends in a comma"
    if len(parts) > _MOST_COMMAS and not (
        SUFFIX.fullmatch(parts[1]) or DEGREES.fullmatch(parts[1])
    ):
        return f"{name[:60]!r}: what stands between two commas is taken for `Jr`"
    return ""


def _outside_braces(name: str) -> str:
    r"""Return a name with a letter in the place of each group, `{\&}` too."""
    for _ in range(_DEEPEST):
        if "{" not in name:
            break
        name = _GROUP.sub("x", name)
    return name
