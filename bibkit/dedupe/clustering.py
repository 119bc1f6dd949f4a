"""Pairs → groups, without chains.

A~B and B~C do not make one paper of A and C where A and C differ: the weaker pair is left for
review. The strongest pairs go first and ties are broken by what the records say, so the result
does not depend on their order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bibkit.dedupe.match import Match

Compare = Callable[[int, int], Match]


@dataclass(frozen=True, slots=True)
class Grouping:
    """Which records are one paper, by index."""

    groups: tuple[tuple[int, ...], ...]
    """Each sorted, in the order of their first records; every record is in exactly one."""
    joined: tuple[tuple[int, int, Match], ...]
    """The pairs that made the groups."""
    refused: tuple[tuple[int, int, Match], ...]
    """Pairs that are alike, but would have joined records that differ."""


def group(
    order: Sequence[Any],
    pairs: Iterable[tuple[int, int, Match]],
    compare: Compare,
    identities: Sequence[str | None],
) -> Grouping:
    """Join the pairs that are the same.

    Args:
        order: for each record what it says, to break ties.
        pairs: those whose verdict is `same`.
        compare: the decision about any two records.
        identities: for each record the id that is proven, or None; equal ids are one group and
            different ids two, whatever else the records say.
    """
    rank = {
        node: place
        for place, node in enumerate(sorted(range(len(order)), key=lambda n: (order[n], n)))
    }
    forest = _Forest(identities, rank)
    joined = list(forest.join_identities())
    refused: list[tuple[int, int, Match]] = []
    pairs = list(pairs)
    copies = Counter(node for pair in pairs for node in pair[:2])
    candidates = sorted(  # of equal scores, the record that more others are like goes first
        pairs,
        key=lambda p: (
            -p[2].score,
            -min(copies[p[0]], copies[p[1]]),
            *sorted((rank[p[0]], rank[p[1]])),
        ),
    )
    partners = Counter(
        node for left, right, match in candidates if match.fragile for node in (left, right)
    )
    dead: set[tuple[int, int, int, int]] = set()
    for left, right, match in candidates:
        a, b = sorted((forest.root(left), forest.root(right)))
        if a == b:
            continue
        state = (a, b, len(forest.members[a]), len(forest.members[b]))
        lonely = not match.fragile or partners[left] == partners[right] == 1
        attested = match.weak and min(state[2:]) > 1  # a title that two records have is no slip
        if lonely and not attested and state not in dead:
            if forest.may_join(a, b, compare):
                forest.join(a, b)
                joined.append((left, right, match))
                continue
            dead.add(state)
        refused.append((left, right, match))
    return Grouping(forest.groups(), tuple(joined), tuple(refused))


def _sample(members: list[int], *, size: int = 10) -> list[int]:
    """Return some members, spread over all that they say."""
    return (
        [members[place * len(members) // size] for place in range(size)]
        if len(members) > size
        else members
    )


class _Forest:
    """Groups that grow together."""

    def __init__(self, identities: Sequence[str | None], rank: dict[int, int]) -> None:
        self.parent = list(range(len(identities)))
        self.identity = list(identities)
        self.members = {node: [node] for node in self.parent}
        self.rank = rank

    def root(self, node: int) -> int:
        while self.parent[node] != node:
            self.parent[node] = self.parent[self.parent[node]]
            node = self.parent[node]
        return node

    def join(self, a: int, b: int) -> None:
        """Make one group of two roots."""
        self.parent[b] = a
        self.identity[a] = self.identity[a] or self.identity[b]
        self.members[a] = sorted(self.members[a] + self.members.pop(b), key=self.rank.__getitem__)

    def join_identities(self) -> Iterable[tuple[int, int, Match]]:
        """Join records of one proven id."""
        first: dict[str, int] = {}
        for node, identity in enumerate(self.identity.copy()):
            if identity and first.setdefault(identity, node) != node:
                self.join(self.root(first[identity]), node)
                yield first[identity], node, Match("same", 1.0, (f"arXiv {identity}",))

    def may_join(self, a: int, b: int, compare: Compare) -> bool:
        """Tell whether two groups are one: no ids differ, and more pairs agree than differ.

        Of large groups a sample is asked.
        """
        if self.identity[a] and self.identity[b] and self.identity[a] != self.identity[b]:
            return False
        few, many = _sample(self.members[a]), _sample(self.members[b])
        if len(few) == len(many) == 1:
            return True
        agree = differ = 0
        for x in few:
            for y in many:
                match = compare(x, y)
                if match.veto:
                    return False
                agree += match.verdict == "same"
                differ += match.verdict == "different"
        return agree > differ

    def groups(self) -> tuple[tuple[int, ...], ...]:
        return tuple(sorted(tuple(sorted(group)) for group in self.members.values()))
