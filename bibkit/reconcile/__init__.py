"""Bibliographies → their duplicates, a plan that a person edits, and one entry for each paper."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from bibkit.check.tex import read_tex
from bibkit.dedupe import Duplicates, find_duplicates
from bibkit.errors import ConfigError
from bibkit.reconcile.across import Comparison, compare_files
from bibkit.reconcile.clusters import Decision, Outcome, Pair, decide
from bibkit.reconcile.merging import Merging, followed_by, plan_merging, preview
from bibkit.reconcile.plan_text import Block, dump_plan, in_shelf, read_plan
from bibkit.reconcile.reading import Paper, Shelf, read_files
from bibkit.reconcile.remembered import remembered, with_decisions
from bibkit.reconcile.writing import (
    TexSource,
    Write,
    carry_out,
    key_map_write,
    lock_writes,
    plan_writes,
    read_tex_sources,
    unified_diff,
)
from bibkit.record import Problem
from bibkit.sync import locked, read_if_there, replace_file

__all__ = [
    "Applied", "Comparison", "Found", "Outcome", "Paper", "Shelf", "apply_duplicates",
    "compare_files", "find_in_files", "unified_diff", "write_plan",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in some files."""

    shelf: Shelf
    outcome: Outcome
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Applied:
    """What was done, or would be."""

    found: Found
    merging: Merging
    writes: tuple[Write, ...]


def find_in_files(paths: Sequence[Path]) -> Found:
    """Find the duplicates within and across files; what was decided before is not asked again."""
    shelf = read_files(paths)
    outcome = _decide(shelf, _matched(shelf), remembered(shelf))
    return Found(shelf, outcome, shelf.problems)


def _matched(shelf: Shelf) -> Duplicates:
    return find_duplicates([paper.record for paper in shelf.papers])


def _decide(shelf: Shelf, found: Duplicates, said: Mapping[Pair, Decision]) -> Outcome:
    return decide(found, len(shelf.papers), said)


def write_plan(paths: Sequence[Path], plan: Path) -> Found:
    """Find duplicates and write them as a plan; decisions that a person took in it are kept."""
    found = find_in_files(paths)
    shelf, outcome = found.shelf, found.outcome
    before = read_if_there(plan)
    blocks, stale = _blocks(before, shelf, plan) if before is not None else ({}, [])
    said = {pair: block.decision for pair, block in blocks.items() if block.by_person}
    losses = {pair: preview(shelf, pair) for pair in {*outcome.joined, *outcome.unsure, *said}}
    data = dump_plan(shelf, outcome, said, losses).encode("utf-8", "backslashreplace")
    if data != before:
        replace_file(plan.resolve(), data, expected=before, origin=str(plan))
    return Found(shelf, outcome, (*found.problems, *stale))


def _blocks(data: bytes, shelf: Shelf, plan: Path) -> tuple[dict[Pair, Block], list[Problem]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError("is no plan: not UTF-8", origin=str(plan), code="plan") from None
    return in_shelf(read_plan(text, origin=str(plan)), shelf, origin=str(plan))


def apply_duplicates(
    paths: Sequence[Path],
    *,
    plan: Path | None = None,
    tex: Sequence[Path] = (),
    key_map: Path | None = None,
    dry_run: bool = False,
) -> Applied:
    """Merge duplicates in .bib files: those of a plan, or those that are sure.

    Args:
        paths: the files; other formats are compared and left as they are.
        plan: a plan as `write_plan` wrote it and a person edited it.
        tex: LaTeX files whose citation keys are rewritten, and say which keys are in use.
        key_map: where to write which key has become which.
        dry_run: write nothing.
    """
    with ExitStack() as stack:
        for path in sorted({os.path.realpath(path) for path in paths}) if not dry_run else ():
            stack.enter_context(locked(Path(path)))
        shelf = read_files(paths)
        blocks, stale = _blocks(_plan_data(plan), shelf, plan) if plan else ({}, [])
        outcome = _decide(shelf, *_said(shelf, blocks, by_plan=plan is not None))
        sources = read_tex_sources(tex)
        merging = plan_merging(shelf, outcome.clusters, _usage(sources))
        merges = plan_writes(shelf, merging, tex=sources)
        if plan is None:
            merging, merges = _to_the_end(paths, merging, merges, sources)
        decided = {pair: block.decision for pair, block in blocks.items() if _is_new(block)}
        locks = lock_writes(shelf, with_decisions(shelf, decided))
        writes = [*key_map_write(merging.key_map, key_map), *merges, *locks]
        if not dry_run:
            carry_out(writes)
    problems = (*shelf.problems, *stale, *_contradictions(shelf, outcome), *merging.problems)
    return Applied(Found(shelf, outcome, problems), merging, tuple(writes))


def _to_the_end(
    paths: Sequence[Path],
    merging: Merging,
    writes: list[Write],
    sources: Sequence[TexSource],
    *,
    most: int = 10,
) -> tuple[Merging, list[Write]]:
    """Merge until nothing is left: a merged entry says more, and may be one with a third.

    Without this, a second run would still find something to do.
    """
    step = merging
    for _ in range(most):
        if not step.merges:
            break
        latest = {write.path: write.after for write in writes}
        shelf = read_files(paths, latest)
        sources = [replace(one, data=latest.get(one.path, one.data)) for one in sources]
        outcome = _decide(shelf, _matched(shelf), remembered(shelf))
        step = plan_merging(shelf, outcome.clusters, _usage(sources))
        writes = [*writes, *plan_writes(shelf, step, tex=sources)]
        merging = followed_by(merging, step)
    return merging, writes


def _plan_data(plan: Path) -> bytes:
    data = read_if_there(plan)
    if data is None:
        message = "no such plan: write it first, without --apply"
        raise ConfigError(message, origin=str(plan), code="plan")
    return data


def _said(
    shelf: Shelf, blocks: Mapping[Pair, Block], *, by_plan: bool
) -> tuple[Duplicates, dict[Pair, Decision]]:
    """Return what the matcher found and what people said; what a plan has not is not merged."""
    found = _matched(shelf)
    said: dict[Pair, Decision] = {}
    if by_plan:
        said |= {(min(i, j), max(i, j)): "unsure" for i, j, _ in found.joined}
    said |= {pair: block.decision for pair, block in blocks.items()}
    said |= remembered(shelf)  # before what stands in a plan untouched
    said |= {pair: block.decision for pair, block in blocks.items() if block.by_person}
    return found, said


def _is_new(block: Block) -> bool:
    return block.by_person and block.decision != "unsure"


def _usage(sources: Sequence[TexSource]) -> Counter[str]:
    return Counter(c.key for source in sources for c in read_tex(source.text).citations)


def _contradictions(shelf: Shelf, outcome: Outcome) -> list[Problem]:
    return [
        Problem(
            shelf.papers[i].origin,
            "contradiction",
            f"{shelf.papers[i].label!r} and {shelf.papers[j].label!r} are said to be the same,"
            " and by way of other pairs not to be: not merged",
        )
        for i, j in outcome.contradicted
    ]
