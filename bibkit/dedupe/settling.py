"""Pairs that are the same or unsure → groups, and the pairs that a person should look at.

Groups depend on nothing outside the records that such pairs connect, so an engine may settle one
connected component after the other.
"""

from __future__ import annotations

from collections.abc import Sequence

from bibkit.dedupe.blocking import neighbourhood
from bibkit.dedupe.clustering import group
from bibkit.dedupe.features import Features
from bibkit.dedupe.match import Duplicates, Pair


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
