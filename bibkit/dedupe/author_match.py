"""Whether two lists of authors are one: initials, order, particles, cut and torn lists."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rapidfuzz import fuzz

from bibkit.dedupe.features import Features

Grade = Literal["agree", "some", "none", "silent"]


@dataclass(frozen=True, slots=True)
class AuthorMatch:
    """What two lists of authors have in common."""

    grade: Grade
    """agree: the shorter list is found in the longer one, but for one in three."""
    found: int
    """Names of the shorter list that the longer one has too."""
    counts: tuple[int, int]

    @property
    def whole(self) -> bool:
        """Whether both lists are equally long and all names were found."""
        return self.found == self.counts[0] == self.counts[1]

    @property
    def all_found(self) -> bool:
        """Whether all names of the shorter list were found."""
        return self.found == min(self.counts) > 0

    @property
    def nearly_whole(self) -> bool:
        """Whether all names of two or more were found, and the other list has one more at most."""
        return self.found == min(self.counts) > 1 and abs(self.counts[0] - self.counts[1]) <= 1


SILENT = AuthorMatch("silent", 0, (0, 0))


def match_authors(a: Features, b: Features, *, enough: float = 0.6) -> AuthorMatch:
    """Compare two lists; one that is missing says nothing."""
    counts = (len(a.families), len(b.families))
    if not counts[0] or not counts[1]:
        return SILENT
    short, long = (a, b) if counts[0] <= counts[1] else (b, a)
    if short.families == long.families:
        found = len(short.families)
        pairs = zip(short.initials, long.initials, strict=True)
        clashes = sum(bool(x and y and x != y) for x, y in pairs)
    else:
        found, clashes = _found(short, long)
        if counts[0] == counts[1] and found < counts[0]:
            found, clashes = max((found, clashes), _found(long, short))
    if not found and _changed_places(a, b):
        return AuthorMatch("some", min(counts), counts)
    if not found:
        torn = len(short.names & long.names)  # a list that was split in the wrong places
        return AuthorMatch("some" if torn else "none", torn, counts)
    if clashes == found:
        return AuthorMatch("some", found, counts)  # Wang, L. and Wang, X.
    return AuthorMatch("agree" if found >= enough * len(short.families) else "some", found, counts)


def _changed_places(a: Features, b: Features) -> bool:
    """Tell whether given and family names changed places: "A Natsev" and "N Apostol"."""
    ours = [(i, f[:1]) for i, f in zip(a.initials, a.families, strict=True)]
    theirs = [(f[:1], i) for i, f in zip(b.initials, b.families, strict=True)]
    return len(ours) > 1 and all(i and f for i, f in ours) and ours == theirs


def _found(short: Features, long: Features) -> tuple[int, int]:
    """Count the names of the shorter list in the longer one, and those with another initial."""
    places: dict[str, int] = {}
    for place, family in enumerate(long.families):
        places.setdefault(family, place)
    found = clashes = 0
    left: list[str] = []
    for family, initial in zip(short.families, short.initials, strict=True):
        if family not in places:
            left.append(family)
            continue
        place = places.pop(family)
        found += 1
        other = long.initials[place]
        clashes += bool(initial and other and initial != other)
    rest = [f for f in places if f][:30]
    for family in left[:30]:
        match = next((other for other in rest if is_same_family(family, other)), None)
        if match is not None:
            rest.remove(match)
            found += 1
        elif len(family) > 2 and family in long.names:
            found += 1  # given and family name changed places
    return found, clashes


@lru_cache(maxsize=100_000)
def is_same_family(x: str, y: str, *, alike: float = 78.0) -> bool:
    """Tell whether two family names are one: a particle, a second half, or slips apart.

    >>> is_same_family("debreucker", "breucker"), is_same_family("muller", "mueller")
    (True, True)
    >>> is_same_family("barbara", "barbaramilla"), is_same_family("wang", "wong")
    (True, False)
    """
    short, long = sorted((x, y), key=len)
    if len(short) >= 4 and (long.startswith(short) or long.endswith(short)):
        return True
    if len(short) < 4:
        return False

    return bool(fuzz.ratio(x, y) >= alike)
