"""Three versions of a lock → one, value by value, without ever a conflict.

A lock is bookkeeping: where both sides wrote another base value, none is kept, and what stands in
the bibliography counts as a person's own, so no sync overwrites it. Nothing is forgotten: neither
an entry that was deleted from the bibliography, nor a decision, nor what a newer version wrote.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bibkit.git.additions import surviving_key
from bibkit.git.bib_merge import MergedFile
from bibkit.git.conflicts import Markers
from bibkit.merge.three_way import settle
from bibkit.record import Problem
from bibkit.sync import Lock, dump_lock, read_lock
from bibkit.text.titles import title_key

Json = Any
Object = dict[str, Json]
_BASES = ("fields", "sources")
"""What was last written, and on whose word: left out where the sides differ."""
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
    whole = {
        name: _merged(old.get(name), own.get(name), other.get(name))
        for name in {**own, **other}
        if name not in ("entries", "decisions")
    }
    whole["entries"] = _entries(old["entries"], own["entries"], other["entries"], notes)
    whole["decisions"] = _decisions(old["decisions"], own["decisions"], other["decisions"], notes)
    whole = {name: value for name, value in whole.items() if value is not None}
    data = dump_lock(read_lock(json.dumps(whole).encode(), origin=origin))
    return MergedFile(data, (), tuple(Problem(origin, "lock-merged", note) for note in notes))


def _read(data: bytes, origin: str) -> Object:
    """Read a lock as JSON of today's format; what this version does not know is in it too."""
    value: Object = json.loads(dump_lock(read_lock(data, origin=origin)))
    return {"entries": {}, "decisions": [], **value}


def _merged(base: Json, mine: Json, theirs: Json) -> Json:
    """Merge any value; in doubt the greater one, whoever merges."""
    if isinstance(mine, dict) and isinstance(theirs, dict):
        was = base if isinstance(base, dict) else {}
        names = {**mine, **theirs}
        merged = {n: _merged(was.get(n), mine.get(n), theirs.get(n)) for n in names}
        return {name: value for name, value in merged.items() if value is not None}
    if isinstance(mine, list) and isinstance(theirs, list):
        return list(_united(base if isinstance(base, list) else [], mine, theirs))
    texts = [_dumped(value) for value in (base, mine, theirs)]
    settled = settle(*texts)
    if settled.verdict == "conflict" and None not in texts[1:]:
        return json.loads(max(text for text in texts[1:] if text))
    if settled.verdict == "conflict":  # changed by one, removed by the other
        return mine if theirs is None else theirs
    return {"mine": mine, "theirs": theirs, "same": mine}[settled.verdict]


def _dumped(value: Json) -> str | None:
    return None if value is None else json.dumps(value, sort_keys=True)


def _united(base: Sequence[Json], mine: Sequence[Json], theirs: Sequence[Json]) -> Iterator[Json]:
    """Yield what either side has; what one side removed is gone."""
    was, own, other = ({_dumped(v): v for v in values} for values in (base, mine, theirs))
    yield from (value for text, value in was.items() if text in own and text in other)
    news = {text: value for text, value in {**own, **other}.items() if text not in was}
    yield from (news[text] for text in sorted(news, key=str))


def _entries(base: Object, mine: Object, theirs: Object, notes: list[str]) -> Object:
    entries: Object = {}
    for key in sorted({**base, **mine, **theirs}):
        was, own, other = base.get(key), mine.get(key), theirs.get(key)
        if own is None or other is None:
            there = own or other
            if there is not None and there != was:  # a removal never forgets what is news
                entries[key] = there
        elif was is None and not _one_paper(own, other):
            first, second = sorted((own, other), key=lambda entry: _dumped(entry) or "")
            entries[key] = first
            spare = _spare(key, {**base, **mine, **theirs, **entries})
            entries[spare] = second
            notes.append(f"{key!r} is two papers, one of each side; one is remembered as {spare!r}")
        else:
            entries[key] = _entry(key, was or {}, own, other, notes)
    _retire_twins(base, mine, theirs, entries, notes)
    return entries


def _entry(key: str, base: Object, mine: Object, theirs: Object, notes: list[str]) -> Object:
    """Merge what is remembered of one entry."""
    merged: Object = _merged(base, mine, theirs)
    doubtful = []
    for name in _BASES:
        was, own, other = (dict(value.get(name, {})) for value in (base, mine, theirs))
        verdicts = {n: settle(was.get(n), own.get(n), other.get(n)) for n in {**own, **other}}
        doubtful += [n for n, one in verdicts.items() if one.verdict == "conflict"]
        merged[name] = {n: one.value for n, one in verdicts.items() if one.value is not None}
    for name in doubtful:
        for values in (merged["fields"], merged["sources"]):
            values.pop(name, None)
    if settle(*(v.get("entry_type") for v in (base, mine, theirs))).verdict == "conflict":
        merged.pop("entry_type", None)
        doubtful.append("entry type")
    if doubtful:
        names = ", ".join(dict.fromkeys(doubtful))
        notes.append(f"{key!r}: both sides wrote {names}; what stands there counts as yours now")
    return merged


def _one_paper(left: Object, right: Object) -> bool:
    """Tell whether two entries are of one paper: no identifier says no, and one says yes."""
    for name in ("arxiv", "doi"):
        if left.get(name) and right.get(name):
            return bool(left[name] == right[name])
    return _named(left) == _named(right)


def _named(entry: Object) -> tuple[str, str]:
    author = entry.get("fields", {}).get("author", "")
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
    base: Object, mine: Object, theirs: Object, entries: Object, notes: list[str]
) -> None:
    """Of one paper that both added under two keys, let one be live: that which the .bib keeps."""
    added = {
        key: value
        for key, value in mine.items()
        if key not in base and key not in theirs and not value.get("retired")
    }
    by_id = {_identity(value): key for key, value in added.items()}
    for key, value in theirs.items():
        twin = by_id.get(_identity(value))
        if twin is None or key in base or key in mine or value.get("retired"):
            continue
        stays = surviving_key(key, twin)
        goes = key if stays == twin else twin
        entries[stays] = _entry(stays, {}, mine[twin], value, notes)
        entries[goes] = {**entries[goes], "retired": True}
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
        _united(*([v for v in values if _pair(v) is None] for values in (base, mine, theirs)))
    )
    was, own, other = (
        {pair: v for v in values if (pair := _pair(v))} for values in (base, mine, theirs)
    )
    kept: dict[tuple[str, ...], Json] = {}
    for pair in sorted({**own, **other}):
        left, right = own.get(pair), other.get(pair)
        settled = settle(_dumped(was.get(pair)), _dumped(left), _dumped(right))
        value = {"mine": left, "theirs": right, "same": left}.get(settled.verdict)
        if settled.verdict == "conflict":
            found = [one for one in (left, right) if one is not None]
            value = next((v for v in found if v["decision"] == "not the same"), found[0])
            notes.append(f"{' and '.join(pair[:2])}: the sides decided otherwise; not merged")
        if value is not None:
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
