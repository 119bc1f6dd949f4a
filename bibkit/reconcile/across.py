"""Two files → what the second has that the first lacks, and what both have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bibkit.dedupe import Match, find_duplicates
from bibkit.reconcile.clusters import decide
from bibkit.reconcile.reading import Paper, read_files
from bibkit.reconcile.remembered import remembered
from bibkit.record import Problem


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two files have in common."""

    lacking: tuple[Paper, ...]
    """In the second file only, each paper once."""
    both: tuple[tuple[Paper, Paper], ...]
    """First file's entry, second file's entry."""
    unsure: tuple[tuple[Paper, Paper, Match], ...]
    """Pairs across the files for a person to look at."""
    problems: tuple[Problem, ...]


def compare_files(paths: Sequence[Path]) -> Comparison:
    """Compare two files; nothing is changed."""
    shelf = read_files(paths)
    found = find_duplicates([paper.record for paper in shelf.papers])
    outcome = decide(found, len(shelf.papers), remembered(shelf))
    cluster_of = {node: cluster for cluster in outcome.clusters for node in cluster}
    lacking: list[Paper] = []
    both: list[tuple[Paper, Paper]] = []
    seen: set[int] = set()
    for number, paper in enumerate(shelf.papers):
        if paper.file == 0:
            continue
        cluster = cluster_of.get(number, (number,))
        firsts = [shelf.papers[node] for node in cluster if shelf.papers[node].file == 0]
        if firsts:
            both.append((firsts[0], paper))
        elif cluster[0] not in seen:
            seen.add(cluster[0])
            lacking.append(paper)
    pairs = [(shelf.papers[i], shelf.papers[j], m) for (i, j), m in outcome.unsure.items()]
    unsure = tuple(pair for pair in pairs if pair[0].file != pair[1].file)
    return Comparison(tuple(lacking), tuple(both), unsure, shelf.problems)
