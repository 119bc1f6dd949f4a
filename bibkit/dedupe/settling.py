"""Pairs that are the same or unsure → groups, and the pairs that a person should look at.

Groups depend on nothing outside the records that such pairs connect, so an engine may settle one
connected component after the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bibkit.dedupe.blocking import neighbourhood
from bibkit.dedupe.clustering import group
from bibkit.dedupe.features import Features
from bibkit.dedupe.match import Match

Pair = tuple[int, int, Match]
"""Two records by their indices, and what was decided about them."""


@dataclass(frozen=True, slots=True)
class Duplicates:
    """What was found among records, by their index."""

    groups: tuple[tuple[int, ...], ...]
    """Which records are one paper; every record is in exactly one group."""
    joined: tuple[Pair, ...]
    """The pairs that decided, with the evidence in words."""
    unsure: tuple[Pair, ...]
    """Pairs for a person to decide: the evidence does not suffice, or contradicts itself."""


def settle(
    features: Sequence[Features],
    origins: Sequence[str],
    pairs: Sequence[Pair],
    identities: Sequence[str | None],
) -> Duplicates:
    """Make groups of the pairs that are the same; `identities` are ids known beyond doubt."""
    from bibkit.dedupe.scoring import compare

    order = [(*neighbourhood(f), origin) for f, origin in zip(features, origins, strict=True)]
    same = [pair for pair in pairs if pair[2].verdict == "same"]
    unsure = [pair for pair in pairs if pair[2].verdict == "unsure"]
    found = group(order, same, lambda i, j: compare(features[i], features[j]), identities)
    place = {node: number for number, nodes in enumerate(found.groups) for node in nodes}
    still = [pair for pair in (*unsure, *found.refused) if place[pair[0]] != place[pair[1]]]
    return Duplicates(found.groups, found.joined, tuple(still))
