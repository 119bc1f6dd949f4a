"""Three orders of the same things → one, and the gaps between them.

Mine is the order, but what theirs alone moved or added stands where theirs has it: after what
precedes it there. An order is never a conflict: nothing is lost by it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bibkit.bibfile.encoding import with_lf
from bibkit.merge.three_way import settle

Id = TypeVar("Id", bound=Hashable)


def lines_in(gap: str) -> int:
    """Return how many line ends there are."""
    return with_lf(gap).count("\n")


def merged_order(
    base: Sequence[Id], mine: Sequence[Id], theirs: Sequence[Id], kept: Collection[Id]
) -> list[Id]:
    """Return what is kept, in the merged order.

    >>> merged_order("abc", "abcm", "cabt", set("abcmt"))
    ['c', 'a', 'b', 'm', 't']
    """
    known = set(base)
    moved = _moved(base, theirs) - _moved(base, mine)
    placed: dict[Id | None, Id | None] = {}
    last: Id | None = None
    for one in mine:
        if one in kept and one not in moved:
            placed[last] = last = one
    placed[last] = None
    others = set(theirs)
    last = None
    for one in theirs:
        if one not in kept:
            continue
        if one not in placed:
            at = last
            while (then := placed[at]) is not None and then not in known and then not in others:
                at = then  # what mine added at the same place comes first
            placed[one], placed[at] = placed[at], one
        last = one
    return _followed(placed)


def _followed(placed: Mapping[Id | None, Id | None]) -> list[Id]:
    order: list[Id] = []
    one = placed[None]
    while one is not None:
        order.append(one)
        one = placed[one]
    return order


def _moved(base: Sequence[Id], side: Sequence[Id]) -> set[Id]:
    """Return what does not keep its place: all but a longest run in the order of before."""
    place = {one: number for number, one in enumerate(base)}
    common = [one for one in side if one in place]
    ends: list[int] = []
    last: list[Id] = []
    before: dict[Id, Id | None] = {}
    for one in common:
        at = bisect_left(ends, place[one])
        before[one] = last[at - 1] if at else None
        ends[at : at + 1], last[at : at + 1] = [place[one]], [one]
    stay = set()
    at_end = last[-1] if last else None
    while at_end is not None:
        stay.add(at_end)
        at_end = before[at_end]
    return set(common) - stay


@dataclass(frozen=True, slots=True)
class Gaps(Generic[Id]):
    """What stands between two neighbours; None is the beginning and the end."""

    between: tuple[Mapping[tuple[Id | None, Id | None], str], ...]
    """For base, mine and theirs."""
    ahead: tuple[Mapping[Id | None, str], ...]
    """For mine and theirs: what stands before each, whatever precedes it."""
    behind: tuple[Mapping[Id | None, str], ...]
    """And after each."""

    @classmethod
    def of(cls, versions: Sequence[tuple[Sequence[Id], Sequence[str]]]) -> Gaps[Id]:
        """Take the gaps of base, mine and theirs; each has one gap more than things."""
        between: list[dict[tuple[Id | None, Id | None], str]] = []
        ahead: list[dict[Id | None, str]] = []
        behind: list[dict[Id | None, str]] = []
        for ids, gaps in versions:
            pairs = list(zip([None, *ids], [*ids, None], strict=True))
            between.append(dict(zip(pairs, gaps, strict=True)))
            ahead.append({pair[1]: gap for pair, gap in zip(pairs, gaps, strict=True)})
            behind.append({pair[0]: gap for pair, gap in zip(pairs, gaps, strict=True)})
        return cls(tuple(between), tuple(ahead[1:]), tuple(behind[1:]))

    def at(self, before: Id | None, then: Id | None) -> tuple[str, bool]:
        """Return a gap, and whether these two are neighbours in mine."""
        base, mine, theirs = (pairs.get((before, then)) for pairs in self.between)
        if mine is not None and theirs is not None:
            return settle(base, mine, theirs).value or "", True
        if mine is not None:
            return mine, True
        if theirs is not None:
            return theirs, False
        ahead = next((gaps[then] for gaps in self.ahead if then in gaps), "")
        behind = next((gaps[before] for gaps in self.behind if before in gaps), "")
        wider = before is not None and then is not None and lines_in(behind) > lines_in(ahead)
        return behind if wider and not behind.strip() else ahead, False
