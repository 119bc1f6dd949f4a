"""What the matcher found + what people decided → the duplicates, and what is still to decide.

A person's word goes before the matcher's, and two entries that are not the same are never in one
cluster, by whatever way round they would get there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bibkit.dedupe import Duplicates, Match

Decision = Literal["same", "not the same", "unsure"]
DECISIONS: tuple[Decision, ...] = ("same", "not the same", "unsure")
Pair = tuple[int, int]
"""Two papers, by their numbers, the smaller first."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Which papers are one, by their numbers."""

    clusters: tuple[tuple[int, ...], ...]
    """Of two or more, each sorted, by their first papers."""
    joined: Mapping[Pair, Match]
    """The pairs that made them."""
    unsure: Mapping[Pair, Match]
    """Pairs for a person to decide."""
    contradicted: tuple[Pair, ...]
    """Pairs called the same by a person whose other decisions say otherwise."""


def decide(found: Duplicates, count: int, said: Mapping[Pair, Decision]) -> Outcome:
    """Return the clusters of `count` papers, with what people said about pairs.

    >>> found = Duplicates(((0, 1), (2,)), ((0, 1, Match("same", 0.9)),), ())
    >>> decide(found, 3, {}).clusters, decide(found, 3, {(0, 1): "not the same"}).clusters
    (((0, 1),), ())
    """
    forest = _Forest(count)
    for pair in sorted(said):
        if said[pair] == "not the same":
            forest.part(*pair)
    joined: dict[Pair, Match] = {}
    unsure: dict[Pair, Match] = {}
    contradicted: list[Pair] = []
    matches = {_pair(i, j): match for i, j, match in (*found.joined, *found.unsure)}
    for pair in sorted(said):
        if said[pair] == "same":
            match = matches.get(pair, Match("same", 1.0, ("you said so",)))
            if forest.join(*pair):
                joined[pair] = match
            elif forest.root(pair[0]) != forest.root(pair[1]):
                contradicted.append(pair)
    for i, j, match in sorted(found.joined, key=lambda one: (-one[2].score, _pair(*one[:2]))):
        pair = _pair(i, j)
        if said.get(pair) == "unsure":
            unsure[pair] = match
        elif pair not in said and forest.join(i, j):
            joined[pair] = match
    for i, j, match in found.unsure:
        unsure.setdefault(_pair(i, j), match)
    still = {p: unsure[p] for p in sorted(unsure) if _open(forest, p, said)}
    clusters = sorted(tuple(sorted(m)) for m in forest.members.values() if len(m) > 1)
    return Outcome(tuple(clusters), dict(sorted(joined.items())), still, tuple(contradicted))


def _pair(i: int, j: int) -> Pair:
    return (i, j) if i < j else (j, i)


def _open(forest: _Forest, pair: Pair, said: Mapping[Pair, Decision]) -> bool:
    a, b = forest.root(pair[0]), forest.root(pair[1])
    return a != b and b not in forest.parted(a) and said.get(pair) in (None, "unsure")


class _Forest:
    """Clusters that grow, and that know which others they are not."""

    def __init__(self, count: int) -> None:
        self.parent = list(range(count))
        self.members = {node: [node] for node in range(count)}
        self.others: dict[int, set[int]] = {}

    def root(self, node: int) -> int:
        while self.parent[node] != node:
            self.parent[node] = self.parent[self.parent[node]]
            node = self.parent[node]
        return node

    def part(self, a: int, b: int) -> None:
        self.others.setdefault(a, set()).add(b)
        self.others.setdefault(b, set()).add(a)

    def parted(self, root: int) -> set[int]:
        """Return the clusters that this one is not."""
        return {self.root(node) for node in self.others.get(root, ())}

    def join(self, a: int, b: int) -> bool:
        """Make one cluster of two; False when they are one already, or must not be."""
        a, b = self.root(a), self.root(b)
        if a == b or b in self.parted(a):
            return False
        if len(self.members[a]) < len(self.members[b]):
            a, b = b, a
        self.parent[b] = a
        self.members[a] += self.members.pop(b)
        self.others.setdefault(a, set()).update(self.others.pop(b, ()))
        return True
