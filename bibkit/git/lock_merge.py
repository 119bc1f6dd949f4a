"""Three versions of a lock → one, value by value, without ever a conflict.

A lock is bookkeeping: where both sides wrote another base value, none is kept, and what stands in
the bibliography counts as a person's own, so no sync overwrites it. Nothing is forgotten: neither
an entry that was deleted from the bibliography, nor a decision, nor what a newer version wrote.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from bibkit.git.additions import surviving_key
from bibkit.git.bib_merge import MergedFile
from bibkit.git.conflicts import Markers
from bibkit.git.json_merge import ABSENT, Json, Object, dumped, map_of, merged_objects, united
from bibkit.merge.three_way import settle
from bibkit.record import Problem
from bibkit.sync import Lock, dump_lock, read_lock
from bibkit.sync.lock import FORMAT
from bibkit.text.titles import title_key

_SUFFIXES = "abcdefghijklmnopqrstuvwxyz"


def merge_locks(
    base: bytes,
    mine: bytes,
    theirs: bytes,
    *,
    origin: str,
    markers: Markers,  # noqa: ARG001 - as `merge_bib`; a lock never has any
) -> MergedFile:
    """Merge two changed versions of a lock.

    Raises:
        OutputError: one of them is damaged, or of a newer format.

    """
    old = _read(base, origin) if base.strip() else _read(dump_lock(Lock()), origin)
    own, other = _read(mine, origin), _read(theirs, origin)
    notes: list[str] = []
    rest = [
        {name: value for name, value in lock.items() if name not in ("entries", "decisions")}
        for lock in (old, own, other)
    ]
    whole: Object = merged_objects(rest[0], rest[1], rest[2], [])
    whole["entries"] = _entries(old["entries"], own["entries"], other["entries"], notes)
    whole["decisions"] = _decisions(old["decisions"], own["decisions"], other["decisions"], notes)
    data = dump_lock(read_lock(json.dumps(whole).encode(), origin=origin))
    return MergedFile(data, (), tuple(Problem(origin, "lock-merged", note) for note in notes))


def _read(data: bytes, origin: str) -> Object:
    """Read a lock as JSON of today's format; what this version does not know is in it too."""
    lock = read_lock(data, origin=origin)
    value: Object = json.loads(data.decode("utf-8-sig"))
    if value["format"] != FORMAT:
        value = json.loads(dump_lock(lock))
    return {"entries": {}, "decisions": [], **value}


def _entries(base: Object, mine: Object, theirs: Object, notes: list[str]) -> Object:
    entries: Object = {}
    for key in sorted({**base, **mine, **theirs}):
        was, own, other = base.get(key), mine.get(key), theirs.get(key)
        if own is None or other is None:
            there = own or other
            if there is not None and there != was:  # a removal never forgets what is news
                entries[key] = there
        elif own == other or was in (own, other):
            entries[key] = other if was == own else own
        elif was is None and not _one_paper(own, other):
            first, second = sorted((own, other), key=lambda entry: dumped(entry) or "")
            spare = _spare(key, {**base, **mine, **theirs, **entries})
            entries[key], entries[spare] = first, second
            notes.append(f"{key!r} is two papers, one of each side; one is remembered as {spare!r}")
        else:
            entries[key] = _entry(key, was or {}, own, other, notes)
    renamed = {
        **_follow_renames(base, mine, theirs, entries, notes),
        **_follow_renames(base, theirs, mine, entries, notes),
    }
    _retire_twins(base, mine, theirs, entries, renamed, notes)
    return entries


def _entry(key: str, base: Object, mine: Object, theirs: Object, notes: list[str]) -> Object:
    """Merge what is remembered of one entry."""
    doubtful: list[str] = []
    merged = merged_objects(base, mine, theirs, doubtful)
    types = (dumped(its.get("entry_type", ABSENT)) for its in (base, mine, theirs))
    if settle(*types).verdict == "conflict":
        merged.pop("entry_type", None)
        doubtful.append("entry type")
    if merged.get("retired"):
        return _retired(merged)
    if doubtful:
        names = ", ".join(dict.fromkeys(doubtful))
        notes.append(f"{key!r}: both sides wrote {names}; what stands there counts as yours now")
    return merged


def _retired(entry: Object) -> Object:
    """Return what is remembered of an entry of which only the citation key is reserved."""
    gone = ("fields", "sources", "decision", "entry_type")
    return {**{n: v for n, v in entry.items() if n not in gone}, "retired": True}


def _follow_renames(
    base: Object, side: Object, other: Object, entries: Object, notes: list[str]
) -> dict[str, str]:
    """Let what one side wrote of an entry follow the key that the user gave it on the other."""
    retired = {
        key: entry
        for key, entry in side.items()
        if entry.get("retired") and key in base and not base[key].get("retired")
    }
    new = {k: v for k, v in side.items() if k not in base and not v.get("retired")}
    renamed: dict[str, str] = {}
    for old, entry in retired.items():
        key = next((k for k, value in new.items() if _one_paper(entry, value)), None)
        if key is None:
            continue
        renamed[key] = old
        written = other.get(old)
        if written and not written.get("retired") and key not in other:
            entries[key] = _entry(key, base[old], side[key], written, notes)
    return renamed


def _one_paper(left: Object, right: Object) -> bool:
    """Tell whether two entries are of one paper: by identifiers, else by title and authors."""
    for name in ("arxiv", "doi"):
        if left.get(name) and right.get(name):
            return bool(left[name] == right[name])
    if left.get("retired") or right.get("retired"):  # which has lost its authors
        return _named(left)[0] == _named(right)[0]
    return _named(left) == _named(right)


def _named(entry: Object) -> tuple[str, str]:
    author = map_of(entry, "fields").get("author", "")
    return title_key(entry.get("title", "")), title_key(author)


def _spare(key: str, taken: Mapping[str, Json]) -> str:
    lower = {other.casefold() for other in taken}
    number = 0
    while True:
        suffix = _SUFFIXES[number % 26] * (number // 26 + 1)
        if f"{key}{suffix}".casefold() not in lower:
            return f"{key}{suffix}"
        number += 1


def _retire_twins(
    base: Object,
    mine: Object,
    theirs: Object,
    entries: Object,
    renamed: Mapping[str, str],
    notes: list[str],
) -> None:
    """Of one paper that both added under two keys, let one be live: that which the .bib keeps."""
    added = {
        key: value
        for key, value in mine.items()
        if key not in base and key not in theirs and not (value.get("retired") or key in renamed)
    }
    by_id = {_identity(value): key for key, value in added.items()}
    for key, value in theirs.items():
        twin = by_id.get(_identity(value))
        known = key in base or key in mine or key in renamed
        if twin is None or known or value.get("retired"):
            continue
        stays = surviving_key(key, twin)
        goes = key if stays == twin else twin
        entries[stays] = _entry(stays, {}, mine[twin], value, notes)
        entries[goes] = _retired(entries[goes])
        notes.append(f"{goes!r} is {stays!r}: both sides added this paper")


def _identity(entry: Object) -> tuple[str, ...]:
    if entry.get("arxiv") or entry.get("doi"):
        return ("id", entry.get("arxiv") or "", "" if entry.get("arxiv") else entry["doi"])
    return ("name", *_named(entry))


def _decisions(
    base: Sequence[Json], mine: Sequence[Json], theirs: Sequence[Json], notes: list[str]
) -> list[Json]:
    """Unite decisions; of two about one pair the newer, and in doubt that they are two papers."""
    others = list(
        united(*([v for v in values if _pair(v) is None] for values in (base, mine, theirs)))
    )
    was, own, other = (
        {pair: v for v in values if (pair := _pair(v))} for values in (base, mine, theirs)
    )
    kept: dict[tuple[str, ...], Json] = {}
    for pair in sorted({**own, **other}):
        values = [its.get(pair, ABSENT) for its in (was, own, other)]
        verdict = settle(*map(dumped, values)).verdict
        value = values[2] if verdict == "theirs" else values[1]
        if verdict == "conflict":
            found = [one for one in values[1:] if one is not ABSENT]
            value = next((v for v in found if v["decision"] == "not the same"), found[0])
            notes.append(f"{' and '.join(pair[:2])}: the sides decided otherwise; not merged")
        if value is not ABSENT:
            kept[pair] = value
    return [*others, *kept.values()]


def _pair(value: Json) -> tuple[str, ...] | None:
    """Return what a decision is about, as `bibkit dedupe` writes it; None of another kind."""
    if not isinstance(value, dict) or not isinstance(value.get("decision"), str):
        return None
    keys = value.get("keys")
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        return None
    file = value.get("file", "")
    return (*sorted(keys), file) if isinstance(file, str) else None
