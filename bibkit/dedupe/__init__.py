"""Records → Clusters: which records are one paper, within and across files.

One matcher, untrained and with one configuration for all data (docs/dedupe.md): `blocking` finds
the pairs, `scoring` decides them, `clustering` makes groups. Resolutions are records whose arXiv
id is proven.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, overload

from bibkit.dedupe.match import Duplicates, Match, Pair
from bibkit.record import Cluster, Record, Resolution, Resolved

if TYPE_CHECKING:
    from bibkit.dedupe.features import Features

__all__ = ["Duplicates", "Match", "dedupe", "find_duplicates"]


@overload
def dedupe(items: Sequence[Resolution]) -> list[Cluster]: ...
@overload
def dedupe(items: Sequence[Record]) -> list[Cluster[Record]]: ...
def dedupe(items: Sequence[Resolution] | Sequence[Record]) -> list[Cluster] | list[Cluster[Record]]:
    """Return the clusters, each with its members in input order, in the order of first members.

    Every record is in exactly one cluster. What `resolve` returned may be given too: two resolved
    records are one paper exactly when their arXiv ids are equal.

    >>> book = Record("a.bib:1", "The Art of Computer Programming in Our Day", year=1997)
    >>> [len(c.members) for c in dedupe([book, replace(book, origin="b.bib:7")])]
    [2]
    """
    records = [item if isinstance(item, Record) else _as_record(item) for item in items]
    proven = [None if isinstance(item, Record) else _proven(item) for item in items]
    found = find_duplicates(records, proven=proven)
    origins = [record.origin for record in records]
    reasons: dict[int, list[str]] = {}
    place = {node: number for number, nodes in enumerate(found.groups) for node in nodes}
    for left, right, match in found.joined:
        said = f"{origins[right]} = {origins[left]}: {', '.join(match.evidence)}"
        reasons.setdefault(place[left], []).append(said)
    return [
        Cluster(number + 1, tuple(items[i] for i in nodes), tuple(reasons.get(number, ())))
        for number, nodes in enumerate(found.groups)
    ]  # type: ignore[return-value]


def find_duplicates(
    records: Sequence[Record], *, proven: Sequence[str | None] | None = None
) -> Duplicates:
    """Return which records are one paper, why, and what a person should look at.

    Args:
        records: in any order; the result does not depend on it.
        proven: for each record the arXiv id that is known beyond doubt, or None.
    """
    # Here: what they need, rapidfuzz among it, costs more than --help may.
    from bibkit.dedupe.blocking import candidate_pairs
    from bibkit.dedupe.features import read_features
    from bibkit.dedupe.pruning import are_strangers, shared_facts, title_start
    from bibkit.dedupe.scoring import compare
    from bibkit.dedupe.settling import settle

    features = [read_features(record) for record in records]
    facts = [shared_facts(feature) for feature in features]
    starts = [title_start(feature) for feature in features]
    identities = proven or [None] * len(records)
    found: list[Pair] = []
    for left, right in candidate_pairs(features):
        apart = facts[left].isdisjoint(facts[right])
        starting = starts[left], starts[right]
        if apart and are_strangers(features[left].key, features[right].key, starting):
            continue
        match = compare(features[left], features[right])
        if match.verdict == "same" and not _suffices(identities, features, left, right):
            match = replace(match, verdict="unsure")
        if match.verdict != "different":
            found.append((left, right, match))
    return settle(features, [record.origin for record in records], found, identities)


def _suffices(
    identities: Sequence[str | None], features: Sequence[Features], left: int, right: int
) -> bool:
    """Tell whether a record may join one whose paper is known: `resolve` has doubted it already.

    A title alone was not enough then; the abstract must say so too.
    """
    if bool(identities[left]) == bool(identities[right]):
        return not identities[left]  # two proven ids are joined by `group`
    from bibkit.text.similarity import sketch_similarity

    abstract = sketch_similarity(features[left].sketch, features[right].sketch)
    return abstract is not None and abstract >= 0.2


def _as_record(resolution: Resolution) -> Record:
    """Return the record with the id that is proven, and without those that are in doubt."""
    return replace(resolution.record, arxiv_id=_proven(resolution), links=(), identifiers=())


def _proven(resolution: Resolution) -> str | None:
    if isinstance(resolution, Resolved):
        return resolution.match.paper.arxiv_id
    return resolution.record.arxiv_id if resolution.reason != "conflict" else None
