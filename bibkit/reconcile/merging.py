"""Clusters + files as they were read → edits: one entry survives, its values are the best of all.

A cluster that cannot be merged without harm (a broken entry, a parent that would come before its
children) is left as it is, with the reason.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bibkit.bibfile import (
    BibFile,
    Edit,
    Expression,
    RemoveEntry,
    RemoveField,
    SetField,
    SetType,
    edit,
    identify,
)
from bibkit.bibfile.bib_file import macros_of
from bibkit.bibfile.encoding import tex_ascii
from bibkit.bibfile.new_values import macros_in
from bibkit.bibfile.patching import REFERRING
from bibkit.bibfile.values import value_text
from bibkit.errors import OutputError
from bibkit.merge.versions import Dropped, Merged, Version, merge_versions
from bibkit.reconcile.reading import Paper, Shelf, SourceFile
from bibkit.record import Problem

Place = tuple[int, int]
"""A file and an entry of it."""
_AFTER_CHILDREN = frozenset({"crossref"})
"""BibTeX wants the parent after all its children (btxdoc §2.2, 6)."""


@dataclass(frozen=True, slots=True)
class Merge:
    """Entries that become one."""

    survivor: Paper
    gone: tuple[Paper, ...]
    result: Merged
    lost: tuple[str, ...]
    """The values that it will not have, in words."""


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
    key_map, doubtful = _key_map(shelf, merges)
    problems += [*more, *refused, *doubtful]
    return Merging(tuple(merges), _edits(shelf, merges), data, key_map, tuple(problems))


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


def _key(shelf: Shelf, paper: Paper) -> str:
    bib = shelf.files[paper.file].bib
    return bib.entries[paper.place].key if bib else ""


def _listed(value: str) -> list[str]:
    return [key.strip() for key in value.split(",") if key.strip()]


def _all_keys(shelf: Shelf, paper: Paper) -> list[str]:
    bib = shelf.files[paper.file].bib
    if bib is None:
        return []
    entry = bib.entries[paper.place]
    return [entry.key, *_listed(entry.fields.get("ids", ""))]


def _used(shelf: Shelf, paper: Paper, usage: Mapping[str, int]) -> int:
    return sum(usage.get(key, 0) for key in _all_keys(shelf, paper))


def _in_lock(shelf: Shelf, paper: Paper) -> bool:
    entry = shelf.files[paper.file].lock.entries.get(_key(shelf, paper))
    return entry is not None and not entry.retired


def _version(shelf: Shelf, paper: Paper) -> Version:
    file = shelf.files[paper.file]
    entry, block = file.inherited[paper.place], file.entry_blocks[paper.place]
    own = _bib(file).entries[paper.place].fields
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


def _bib(file: SourceFile) -> BibFile:
    if file.bib is None:
        raise ValueError(file.origin)
    return file.bib


def _entries(shelf: Shelf) -> Iterator[tuple[Place, str, Mapping[str, str]]]:
    """Yield every entry of every .bib: place, key, fields."""
    for number, file in enumerate(shelf.files):
        for place, entry in enumerate(file.bib.entries if file.bib else ()):
            yield (number, place), entry.key, entry.fields


def _without_harm(shelf: Shelf, merges: Sequence[Merge]) -> tuple[list[Merge], list[Problem]]:
    """Leave out the merges that would break a reference to an entry."""
    referring: defaultdict[str, list[tuple[Place, str]]] = defaultdict(list)
    for place, _, fields in _entries(shelf):
        for name in sorted(REFERRING & fields.keys()):
            for key in _listed(fields[name]):
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
        key = _key(shelf, paper)
        for (file, place), name in referring.get(key.lower(), ()):
            child = _bib(shelf.files[file]).entries[place].key
            if (file, place) in members:
                yield f"{child!r} names {key!r} as its {name}: they are not merged"
            if paper is survivor or (file, place) in gone:
                continue
            if place in shelf.files[file].broken:
                yield f"{key!r} is the {name} of {child!r}, which is broken: mend that first"
            follows = name in _AFTER_CHILDREN and file == paper.file and place < paper.place
            if follows and not (survivor.file == file and survivor.place > place):
                said = f"{key!r} is the {name} of {child!r}, so the entry that stays must"
                yield f"{said} stand after it: move {_key(shelf, survivor)!r} first"


def _patchable(
    shelf: Shelf, merges: list[Merge]
) -> tuple[list[Merge], dict[int, bytes], list[Problem]]:
    """Leave out what the patcher refuses: a value that a file's code cannot spell, for one."""
    try:
        return merges, _patched(shelf, merges), []
    except OutputError:
        refused = dict(_refused(shelf, merges))
    problems = [
        Problem(merges[n].survivor.origin, "not-merged", f"{merges[n].survivor.label!r}: {message}")
        for n, message in refused.items()
    ]
    kept = [merge for n, merge in enumerate(merges) if n not in refused]
    return kept, _patched(shelf, kept), problems


def _refused(shelf: Shelf, merges: Sequence[Merge], offset: int = 0) -> Iterator[tuple[int, str]]:
    """Yield the merges that cannot be carried out, and why; halving finds a few among many."""
    try:
        _patched(shelf, merges)
    except OutputError as error:
        if len(merges) == 1:
            yield offset, error.message
            return
        half = len(merges) // 2
        yield from _refused(shelf, merges[:half], offset)
        yield from _refused(shelf, merges[half:], offset + half)


def _patched(shelf: Shelf, merges: Sequence[Merge]) -> dict[int, bytes]:
    edits = _edits(shelf, merges)
    return {number: edit(_bib(shelf.files[number]), ones) for number, ones in edits.items()}


def _edits(shelf: Shelf, merges: Sequence[Merge]) -> dict[int, list[Edit]]:
    """Return the edits by file; references to what goes are renamed in all files."""
    gone = {(p.file, p.place) for merge in merges for p in merge.gone}
    alive = _alive(shelf, gone)
    values: defaultdict[Place, dict[str, Edit]] = defaultdict(dict)
    types: dict[Place, SetType] = {}
    for merge in merges:
        place = (merge.survivor.file, merge.survivor.place)
        values[place] |= {one.name: one for one in _field_edits(shelf, merge, alive)}
        if merge.result.entry_type != _bib(shelf.files[place[0]]).entries[place[1]].entry_type:
            types[place] = SetType(place[1], merge.result.entry_type)
    for place, name, value in _renamed_references(shelf, merges, gone, alive):
        values[place][name] = SetField(place[1], name, value)
    edits: defaultdict[int, list[Edit]] = defaultdict(list)
    for (file, _), one in types.items():
        edits[file].append(one)
    for (file, _), ones in values.items():
        edits[file] += ones.values()
    for number, entry in sorted(gone):
        edits[number].append(RemoveEntry(entry))
    return dict(edits)


def _alive(shelf: Shelf, gone: set[Place]) -> set[tuple[int, str]]:
    """Return file and key of every entry that stays."""
    return {(place[0], key.lower()) for place, key, _ in _entries(shelf) if place not in gone}


def _field_edits(
    shelf: Shelf, merge: Merge, alive: set[tuple[int, str]]
) -> Iterator[SetField | RemoveField]:
    survivor = merge.survivor
    bib = _bib(shelf.files[survivor.file])
    effective = shelf.files[survivor.file].inherited[survivor.place].fields
    own = bib.entries[survivor.place].fields
    members = (survivor, *merge.gone)
    for name, text in merge.result.fields.items():
        if name != "ids" and text != effective.get(name, ""):
            origin = merge.result.origins.get(name)
            value = _as_it_stands(shelf, members[origin], survivor, name, text) if origin else None
            spelled = value or _spelled(bib, text, own.get(name, ""))
            yield SetField(survivor.place, name, spelled, replace_macros=True)
    for name, old in own.items():
        if old and name not in merge.result.fields and name != "ids":
            yield RemoveField(survivor.place, name)
    before = _listed(own.get("ids", ""))
    ids = _ids(shelf, merge, alive)
    if ids != before:
        yield SetField(survivor.place, "ids", ", ".join(ids))


def _ids(shelf: Shelf, merge: Merge, alive: set[tuple[int, str]]) -> list[str]:
    """Return the other keys of an entry: its own, then those of the entries that go."""
    own, *first = _all_keys(shelf, merge.survivor)
    ids = dict.fromkeys(first)
    for paper in merge.gone:
        for key in _all_keys(shelf, paper):
            other = key.lower() != own.lower() and (merge.survivor.file, key.lower()) in alive
            if key and key != own and not other:
                ids.setdefault(key)
    return list(ids)


def _as_it_stands(
    shelf: Shelf, paper: Paper, survivor: Paper, name: str, text: str
) -> Expression | None:
    """Return a value made with macros as it stands, if it means the same at its new place."""
    block = shelf.files[paper.file].entry_blocks[paper.place]
    raw = next((raw for field_name, raw in block.fields if field_name.lower() == name), "")
    if not raw or (raw[0] in '{"' and "#" not in raw) or raw.isdecimal():
        return None
    start = shelf.files[survivor.file].entry_blocks[survivor.place].start
    before = [block for block in shelf.files[survivor.file].macros if block.start < start]
    defined = {name.lower() for block in before for name, _ in block.fields} | _MONTHS
    if any(macro.lower() not in defined for macro in macros_in(raw)):
        return None
    return Expression(raw) if value_text(raw, macros_of(before, start)) == text else None


_MONTHS = frozenset("jan feb mar apr may jun jul aug sep oct nov dec".split())


def _spelled(bib: BibFile, text: str, old: str) -> str:
    """Return a value in letters that the file can have."""
    strange = {c for c in text if not c.isascii()} - set(old)
    try:
        bib.encoding.encode(text)
    except UnicodeEncodeError:
        return tex_ascii(text, origin=bib.origin)
    return tex_ascii(text, origin=bib.origin) if bib.encoding.ascii_only and strange else text


def _renamed_references(
    shelf: Shelf, merges: Sequence[Merge], gone: set[Place], alive: set[tuple[int, str]]
) -> Iterator[tuple[Place, str, str]]:
    """Yield the fields that name an entry that goes, with the key of the one that stays."""
    stays: dict[tuple[int | None, str], str] = {}
    everywhere = {key for _, key in alive}
    for merge in merges:
        for paper in merge.gone:
            key = _key(shelf, paper).lower()
            if (paper.file, key) not in alive:
                stays[paper.file, key] = _key(shelf, merge.survivor)
            if key not in everywhere:
                stays[None, key] = _key(shelf, merge.survivor)
    for place, _, fields in _entries(shelf):
        for name in sorted(REFERRING & fields.keys()) if place not in gone and stays else ():
            old = _listed(fields[name])
            new = [
                stays.get((place[0], key.lower())) or stays.get((None, key.lower()), key)
                for key in old
            ]
            if new != old:
                yield place, name, ",".join(dict.fromkeys(new))


def _key_map(shelf: Shelf, merges: Sequence[Merge]) -> tuple[dict[str, str], list[Problem]]:
    """Return what to cite instead of each key that goes, and the keys that are others' too."""
    gone = {(p.file, p.place) for merge in merges for p in merge.gone}
    alive = {key for _, key in _alive(shelf, gone)}
    found: dict[str, set[str]] = defaultdict(set)
    problems: list[Problem] = []
    for merge in merges:
        stays = _key(shelf, merge.survivor)
        for paper in merge.gone:
            for key in _all_keys(shelf, paper):
                if key.lower() in alive and key.lower() != stays.lower():
                    message = f"{key!r} is another entry's key too: what cites it is left as it is"
                    problems.append(Problem(paper.origin, "ambiguous-key", message))
                elif key != stays:
                    found[key].add(stays)
    keys = {old: min(new) for old, new in sorted(found.items()) if len(new) == 1}
    return keys, problems
