"""Pairs → groups, without chains.

A~B and B~C do not make one paper of A and C where A and C differ: the weaker pair is left for
review. The strongest pairs go first and ties are broken by what the records say, so the result
does not depend on their order.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bibkit.dedupe.match import Match

Compare = Callable[[int, int], Match]
Pair = tuple[int, int, Match]


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
    pairs: Iterable[Pair],
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
    firm = [p for p in candidates if not p[2].fragile]
    refused = forest.join_pairs(firm, compare, joined)
    refused = forest.join_pairs(refused, compare, joined)  # groups have grown since
    lonely, others = _by_loneliness([p for p in candidates if p[2].fragile], forest)
    refused += others + forest.join_pairs(lonely, compare, joined)
    return Grouping(forest.groups(), tuple(joined), tuple(refused))


def _by_loneliness(pairs: list[Pair], forest: _Forest) -> tuple[list[Pair], list[Pair]]:
    """Part the pairs of two groups that have no other such partner from those that have one."""
    partners: defaultdict[int, set[int]] = defaultdict(set)
    for left, right, _ in pairs:
        a, b = forest.root(left), forest.root(right)
        if a != b:
            partners[a].add(b)
            partners[b].add(a)
    lonely: list[Pair] = []
    others: list[Pair] = []
    for pair in pairs:
        a, b = forest.root(pair[0]), forest.root(pair[1])
        if a != b:
            (lonely if len(partners[a]) == len(partners[b]) == 1 else others).append(pair)
    return lonely, others


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

    def join_pairs(self, pairs: Iterable[Pair], compare: Compare, joined: list[Pair]) -> list[Pair]:
        """Join pairs in their order, add them to `joined`, and return those that may not join."""
        dead: set[tuple[int, int, int, int]] = set()
        refused: list[Pair] = []
        for left, right, match in pairs:
            a, b = sorted((self.root(left), self.root(right)))
            if a == b:
                continue
            state = (a, b, len(self.members[a]), len(self.members[b]))
            attested = match.weak and min(state[2:]) > 1  # a title that two records have is no slip
            if not attested and state not in dead:
                if self.may_join(a, b, compare):
                    self.join(a, b)
                    joined.append((left, right, match))
                    continue
                dead.add(state)
            refused.append((left, right, match))
        return refused

    def join_identities(self) -> Iterable[Pair]:
        """Join records of one proven id."""
        first: dict[str, int] = {}
        for node, identity in enumerate(self.identity.copy()):
            if identity and first.setdefault(identity, node) != node:
                self.join(self.root(first[identity]), node)
                yield first[identity], node, Match("same", 1.0, (f"arXiv {identity}",))

    def may_join(self, a: int, b: int, compare: Compare, *, doubt: float = 0.25) -> bool:
        """Tell whether two groups are one: no ids differ, and more pairs agree than differ.

        Of large groups a sample is asked. Torn references of one paper are often strangers to each
        other: pairs that differ only for want of likeness count `doubt` (of 0, 1/4, 1/2 and 1 the
        best on one half of dblp_scholar; the other sets do not care).
        """
        if self.identity[a] and self.identity[b] and self.identity[a] != self.identity[b]:
            return False
        few, many = _sample(self.members[a]), _sample(self.members[b])
        if len(few) == len(many) == 1:
            return True
        agree = differ = 0.0
        for x in few:
            for y in many:
                match = compare(x, y)
                if match.veto:
                    return False
                if match.verdict == "same":
                    alone = min(len(few), len(many)) == 1
                    agree += alone or not match.doubtful
                    differ += match.doubtful and not alone
                elif match.verdict == "different":
                    differ += doubt if match.doubtful else 1
        return agree > differ

    def groups(self) -> tuple[tuple[int, ...], ...]:
        return tuple(sorted(tuple(sorted(group)) for group in self.members.values()))
