"""Clusters + files as they were read → what is merged: one entry, its values the best of all.

A cluster that cannot be merged without harm (a broken entry, a parent that would come before its
children) is left as it is, with the reason.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bibkit.bibfile import Edit, identify
from bibkit.bibfile.new_values import macros_in
from bibkit.bibfile.patching import REFERRING
from bibkit.errors import OutputError
from bibkit.merge.versions import Dropped, Version, merge_versions
from bibkit.reconcile.entries import Merge, Place, all_entries, all_keys, bib_of, key_of, listed
from bibkit.reconcile.merge_edits import edits_of, key_map_of, patched
from bibkit.reconcile.reading import Paper, Shelf
from bibkit.record import Problem

_AFTER_CHILDREN = frozenset({"crossref"})
"""BibTeX wants the parent after all its children (btxdoc §2.2, 6)."""


@dataclass(frozen=True, slots=True)
class Merging:
    """What is to be done to the files."""

    merges: tuple[Merge, ...]
    edits: Mapping[int, Sequence[Edit]] = field(default_factory=dict)
    """By file."""
    data: Mapping[int, bytes] = field(default_factory=dict)
    """By file, what it is to hold."""
    key_map: Mapping[str, str] = field(default_factory=dict)
    """Citation key that goes → the one that stays."""
    problems: tuple[Problem, ...] = ()


def plan_merging(
    shelf: Shelf, clusters: Sequence[Sequence[int]], usage: Mapping[str, int]
) -> Merging:
    """Return the edits that merge clusters; `usage` says how often documents cite each key.

    Raises:
        OutputError: a file cannot be patched for a reason that no one cluster has.

    """
    found = [_mergeable(shelf, cluster, usage) for cluster in clusters]
    merges = [merge for merge, _ in found if merge]
    problems = [problem for _, its in found for problem in its]
    merges, more = _without_harm(shelf, merges)
    merges, data, refused = _patchable(shelf, merges)
    key_map, doubtful = key_map_of(shelf, merges)
    problems += [*more, *refused, *doubtful]
    return Merging(tuple(merges), edits_of(shelf, merges), data, key_map, tuple(problems))


def followed_by(first: Merging, then: Merging) -> Merging:
    """Return two mergings as one; what cannot be done is what the second says."""
    keys = {old: then.key_map.get(new, new) for old, new in first.key_map.items()}
    return Merging(
        (*first.merges, *then.merges),
        then.edits,
        {**first.data, **then.data},
        dict(sorted((keys | dict(then.key_map)).items())),
        tuple(dict.fromkeys((*then.problems, *_ambiguous(first)))),
    )


def _ambiguous(merging: Merging) -> list[Problem]:
    return [problem for problem in merging.problems if problem.code == "ambiguous-key"]


def preview(shelf: Shelf, pair: tuple[int, int]) -> tuple[str, ...]:
    """Return the values that would be lost if a pair was merged; none if it cannot be."""
    merge, _ = _mergeable(shelf, pair, {})
    return merge.lost if merge else ()


def _mergeable(
    shelf: Shelf, cluster: Sequence[int], usage: Mapping[str, int]
) -> tuple[Merge | None, list[Problem]]:
    papers = [shelf.papers[number] for number in cluster]
    whole = [p for p in papers if shelf.files[p.file].bib and not _is_broken(shelf, p)]
    problems = [
        Problem(p.origin, "not-merged", f"{p.label!r} cannot be touched: mend it by hand first")
        for p in papers
        if _is_broken(shelf, p)
    ]
    if len(whole) < 2:
        return None, problems
    survivor = min(whole, key=lambda p: (-_used(shelf, p, usage), not _in_lock(shelf, p)))
    gone = tuple(p for p in whole if p is not survivor)
    versions = [_version(shelf, p) for p in (survivor, *gone)]
    result = merge_versions(versions)
    lost = tuple(_in_words((survivor, *gone), one) for one in result.dropped)
    return Merge(survivor, gone, result, lost), problems


def _in_words(papers: Sequence[Paper], one: Dropped) -> str:
    paper = papers[one.version]
    what = f"@{one.value}" if one.name == "@" else f"{one.name} = {{{one.value}}}"
    return f"{paper.label} ({paper.origin}): {what}"


def _is_broken(shelf: Shelf, paper: Paper) -> bool:
    return paper.place in shelf.files[paper.file].broken


def _used(shelf: Shelf, paper: Paper, usage: Mapping[str, int]) -> int:
    return sum(usage.get(key, 0) for key in all_keys(shelf, paper))


def _in_lock(shelf: Shelf, paper: Paper) -> bool:
    entry = shelf.files[paper.file].lock.entries.get(key_of(shelf, paper))
    return entry is not None and not entry.retired


def _version(shelf: Shelf, paper: Paper) -> Version:
    file = shelf.files[paper.file]
    entry, block = file.inherited[paper.place], file.entry_blocks[paper.place]
    own = bib_of(file).entries[paper.place].fields
    locked = file.lock.entries.get(entry.key)
    return Version(
        key=entry.key,
        entry_type=entry.entry_type,
        fields={name: value for name, value in entry.fields.items() if value},
        arxiv_id=identify(own).arxiv_id,
        edited=frozenset(n for n, v in own.items() if locked and locked.fields.get(n) != v),
        by_user=bool(file.lock.entries) and locked is None,
        with_macros=frozenset(name.lower() for name, raw in block.fields if macros_in(raw)),
    )


def _without_harm(shelf: Shelf, merges: Sequence[Merge]) -> tuple[list[Merge], list[Problem]]:
    """Leave out the merges that would break a reference to an entry."""
    referring: defaultdict[str, list[tuple[Place, str]]] = defaultdict(list)
    for place, _, fields in all_entries(shelf):
        for name in sorted(REFERRING & fields.keys()):
            for key in listed(fields[name]):
                referring[key.lower()].append((place, name))
    kept, problems = list(merges), []
    while True:  # a child that goes needs no parent, unless it has to stay in the end
        gone = {(p.file, p.place) for merge in kept for p in merge.gone}
        faults = [next(_faults(shelf, merge, referring, gone), None) for merge in kept]
        problems += [
            Problem(merge.survivor.origin, "not-merged", fault)
            for merge, fault in zip(kept, faults, strict=True)
            if fault
        ]
        if not any(faults):
            return kept, problems
        kept = [merge for merge, fault in zip(kept, faults, strict=True) if fault is None]


def _faults(
    shelf: Shelf,
    merge: Merge,
    referring: Mapping[str, Sequence[tuple[Place, str]]],
    gone: set[Place],
) -> Iterator[str]:
    members = {(p.file, p.place) for p in (merge.survivor, *merge.gone)}
    survivor = merge.survivor
    for paper in (survivor, *merge.gone):
        key = key_of(shelf, paper)
        for (file, place), name in referring.get(key.lower(), ()):
            child = bib_of(shelf.files[file]).entries[place].key
            if (file, place) in members:
                yield f"{child!r} names {key!r} as its {name}: they are not merged"
            if paper is survivor or (file, place) in gone:
                continue
            if place in shelf.files[file].broken:
                yield f"{key!r} is the {name} of {child!r}, which is broken: mend that first"
            follows = name in _AFTER_CHILDREN and file == paper.file and place < paper.place
            if follows and not (survivor.file == file and survivor.place > place):
                said = f"{key!r} is the {name} of {child!r}, so the entry that stays must"
                yield f"{said} stand after it: move {key_of(shelf, survivor)!r} first"


def _patchable(
    shelf: Shelf, merges: list[Merge]
) -> tuple[list[Merge], dict[int, bytes], list[Problem]]:
    """Leave out what the patcher refuses: a value that a file's code cannot spell, for one."""
    try:
        return merges, patched(shelf, merges), []
    except OutputError:
        refused = dict(_refused(shelf, merges))
    problems = [
        Problem(merges[n].survivor.origin, "not-merged", f"{merges[n].survivor.label!r}: {message}")
        for n, message in refused.items()
    ]
    kept = [merge for n, merge in enumerate(merges) if n not in refused]
    return kept, patched(shelf, kept), problems


def _refused(shelf: Shelf, merges: Sequence[Merge], offset: int = 0) -> Iterator[tuple[int, str]]:
    """Yield the merges that cannot be carried out, and why; halving finds a few among many."""
    try:
        patched(shelf, merges)
    except OutputError as error:
        if len(merges) == 1:
            yield offset, error.message
            return
        half = len(merges) // 2
        yield from _refused(shelf, merges[:half], offset)
        yield from _refused(shelf, merges[half:], offset + half)
