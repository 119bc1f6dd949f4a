"""Resolutions → Clusters: which records are one paper, within and across listings.

Identity decides first (one arXiv id, one cluster); what has no identity is compared by title and
abstract, and a pair that only looks alike stays apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

from bibkit.dedupe.clustering import connected
from bibkit.dedupe.scoring import identity, same_paper
from bibkit.record import Cluster, Resolution, Resolved
from bibkit.text.similarity import abstract_sketch, sketch_hashes
from bibkit.text.titles import title_key

__all__ = ["dedupe"]


def dedupe(resolutions: Sequence[Resolution]) -> list[Cluster]:
    """Return the clusters, each with its members in input order, in the order of first members.

    Every resolution is in exactly one cluster, whatever its status.
    """
    reasons: dict[tuple[int, int], str] = {}
    for left, right in candidate_pairs(resolutions):
        reason = same_paper(resolutions[left], resolutions[right])
        if reason:
            reasons[left, right] = reason
    groups = connected([identity(r) for r in resolutions], reasons)
    number_of = {i: number for number, group in enumerate(groups, start=1) for i in group}
    evidence: defaultdict[int, list[str]] = defaultdict(list)
    for (i, j), reason in reasons.items():
        if number_of[i] == number_of[j]:
            pair = f"{resolutions[j].record.origin} = {resolutions[i].record.origin}"
            evidence[number_of[i]].append(f"{pair}: {reason}")
    return [
        Cluster(number, tuple(resolutions[i] for i in group), tuple(evidence[number]))
        for number, group in enumerate(groups, start=1)
    ]


def candidate_pairs(
    resolutions: Sequence[Resolution], *, whole_block: int = 50
) -> Iterator[tuple[int, int]]:
    """Yield the pairs worth comparing, each once, the smaller index first.

    A block of more than `whole_block` members (one paper on very many pages, or a common title) is
    not compared in full: each member meets the first one and its neighbour, which is enough where
    the block is one paper, and keeps n² out.
    """
    blocks: defaultdict[str, list[int]] = defaultdict(list)
    for index, resolution in enumerate(resolutions):
        for key in blocking_keys(resolution):
            blocks[key].append(index)
    seen = set()
    for block in blocks.values():
        if len(block) <= whole_block:
            pairs = list(combinations(block, 2))
        else:
            pairs = [(block[0], i) for i in block[1:]] + list(pairwise(block[1:]))
        for pair in pairs:
            if pair not in seen:
                seen.add(pair)
                yield pair


def blocking_keys(resolution: Resolution) -> Iterator[str]:
    """Yield what a duplicate of this record shares with it; loose, for a lost pair stays lost."""
    record = resolution.record
    if isinstance(resolution, Resolved):
        yield f"arxiv:{resolution.match.paper.arxiv_id}"
    if record.arxiv_id:
        yield f"arxiv:{record.arxiv_id}"
    if record.doi:
        yield f"doi:{record.doi}"
    key = title_key(record.title)
    if key:
        yield f"title:{key}"
        yield f"start:{key[:12]}"
    for smallest in sketch_hashes(abstract_sketch(record.abstract))[:4]:
        yield f"abstract:{smallest.hex()}"
