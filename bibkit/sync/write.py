"""New entries + OUT as it was read → OUT with them, and its lock; nothing else in OUT moves.

What was built is read back before it is written: the old entries must be there unchanged and the
new ones whole, whatever the entries contain.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bibkit.bibfile import FileEntry
from bibkit.errors import OutputError
from bibkit.record import Entry
from bibkit.sync.atomic import clear_leftover, refuse_changed, replace_file
from bibkit.sync.lock import Lock, LockedEntry, dump_lock
from bibkit.sync.target import APPENDERS, READERS, Target
from bibkit.text.identifiers import arxiv_id, doi


@dataclass(frozen=True, slots=True)
class Written:
    """Entries with what the writer of OUT's format made of them, in the same order."""

    entries: tuple[Entry, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class WriteReport:
    """What was done to OUT."""

    path: Path
    changed: bool
    """False when OUT was not touched at all."""
    added: tuple[str, ...]
    """Citation keys of the entries added."""
    adopted: tuple[str, ...]
    """Keys of entries that stood in OUT word for word, now in the lock."""


def write_target(target: Target, new: Written, known: Written = Written()) -> WriteReport:
    """Add new entries to OUT; make OUT when there is none; touch nothing when nothing is new.

    `known` are entries already in OUT that the lock does not have (`unlocked_keys`), with OUT's
    keys: where a run was killed between OUT and lock, the lock catches up.
    """
    data = _with(target, new)
    added = _read_back(target, data, new)
    adopted = _adopted(target, known)
    lock = _lock_after(target, (*new.entries, *known.entries), {**added, **adopted})
    _replace_both(target, data, lock)
    return WriteReport(target.path, data != target.data, tuple(added), tuple(adopted))


def _with(target: Target, new: Written) -> bytes:
    """Return OUT's bytes with entries added."""
    if target.file is None:
        return new.text.encode()
    if not new.entries:
        return target.file.data
    return APPENDERS[target.format](target.file, new.text)


def _read_back(target: Target, data: bytes, new: Written) -> dict[str, FileEntry]:
    """Return the entries added to OUT as its readers will see them, or refuse."""
    if not new.entries:
        return {}
    after = READERS[target.format](data, origin=str(target.out))
    keys = {entry.citation_key for entry in new.entries}
    added = [entry for entry in after.entries if entry.key in keys]
    others = [entry for entry in after.entries if entry.key not in keys]
    faults = []
    if len(after.problems) > len(target.problems):  # the lines of old ones may be other lines now
        faults = [str(problem) for problem in after.problems if problem not in target.problems]
    if not _same_entries(others, target.file.entries if target.file else ()):
        faults.append("an old entry would be read otherwise")
    if [entry.key for entry in added] != [entry.citation_key for entry in new.entries]:
        faults.append("there would be other entries than those meant")
    if faults:
        message = f"the new entries do no good there; nothing was written ({faults[0]})"
        raise OutputError(message, origin=str(target.out), code="unsafe-entry")
    return {entry.key: entry for entry in added}


def _same_entries(left: Sequence[FileEntry], right: Sequence[FileEntry]) -> bool:
    """Tell whether entries are the same, on whatever lines they stand."""
    return len(left) == len(right) and all(
        one.key == other.key and _same(one, other) for one, other in zip(left, right, strict=True)
    )


def _adopted(target: Target, known: Written) -> dict[str, FileEntry]:
    """Return the entries of OUT that are, field by field, what bibkit would write there."""
    if target.file is None or not known.entries:
        return {}
    try:
        data = _with(target, known)
    except OutputError:  # what cannot be written into OUT does not stand in it either
        return {}
    after = READERS[target.format](data, origin=str(target.out))
    twins: defaultdict[str, list[FileEntry]] = defaultdict(list)
    for entry in after.entries:
        twins[entry.key].append(entry)
    keys = {entry.citation_key for entry in known.entries}
    return {
        there.key: there
        for there in target.file.entries
        if there.key in keys and len(twins[there.key]) == 2 and _same(*twins[there.key])
    }


def _same(left: FileEntry, right: FileEntry) -> bool:
    return left.entry_type == right.entry_type and left.fields == right.fields


def _lock_after(target: Target, entries: Sequence[Entry], there: Mapping[str, FileEntry]) -> Lock:
    """Return the lock with the entries that stand in OUT as bibkit writes them."""
    lock = _retired(target.lock) if target.file is None else target.lock
    locked = dict(lock.entries)
    for entry in entries:
        key = entry.citation_key
        if key in there:
            locked[key] = _locked(entry, there[key], locked.get(key))
    return replace(lock, entries=locked)


def _retired(lock: Lock) -> Lock:
    """Keep only the keys: OUT is started afresh, so what it lacks was not deleted from it."""
    return replace(lock, entries={k: replace(e, retired=True) for k, e in lock.entries.items()})


def _locked(entry: Entry, there: FileEntry, old: LockedEntry | None) -> LockedEntry:
    return LockedEntry(
        title=entry.title,
        arxiv_id=arxiv_id(entry.eprint.id) if entry.eprint else None,
        doi=doi(entry.doi) if entry.doi else None,
        entry_type=there.entry_type,
        fields=there.fields,
        sources=entry.sources,
        decision=entry.decision,
        extra=old.extra if old else {},
    )


def _replace_both(target: Target, data: bytes, lock: Lock) -> None:
    """Replace OUT, then its lock: killed in between, the next run lets the lock catch up."""
    for path, was, origin in (
        (target.path, target.data, str(target.out)),
        (target.lock_path, target.lock_data, target.lock_origin),
    ):
        clear_leftover(path)
        refuse_changed(path, was, origin)
    before, lock_data = target.lock, target.lock_data
    if target.file is None:
        before = _retired(before)
        if before != target.lock:  # first, or a run killed after OUT would look like deletions
            lock_data = _write_lock(target, before, lock_data)
    if data != target.data:
        replace_file(target.path, data, expected=target.data, origin=str(target.out))
    if lock != before:
        _write_lock(target, lock, lock_data)


def _write_lock(target: Target, lock: Lock, was: bytes | None) -> bytes:
    data = dump_lock(lock)
    replace_file(target.lock_path, data, expected=was, origin=target.lock_origin)
    return data
