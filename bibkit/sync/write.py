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
from bibkit.sync.undo import keep_state
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
    """Keys of entries that stood in OUT as bibkit writes them, now in the lock."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What OUT and its lock are to become."""

    data: bytes
    lock: Lock
    added: tuple[str, ...] = ()
    """Citation keys of the entries added."""
    adopted: tuple[str, ...] = ()
    """Keys of entries that stood in OUT as bibkit writes them."""


def write_target(target: Target, new: Written, known: Written = Written()) -> WriteReport:
    """Add new entries to OUT; make OUT when there is none; touch nothing when nothing is new.

    `known` are entries already in OUT that the lock does not have (`unlocked_keys`), with OUT's
    keys: where a run was killed between OUT and lock, the lock catches up.
    """
    outcome = outcome_of(target, new, known)
    replace_both(target, outcome)
    changed = outcome.data != target.data
    return WriteReport(target.path, changed, outcome.added, outcome.adopted)


def outcome_of(target: Target, new: Written, known: Written = Written()) -> Outcome:
    """Return what `write_target` would write."""
    data = _with(target, new)
    added = _read_back(target, data, new)
    adopted = _adopted(target, known)
    lock = _lock_after(target, (*new.entries, *known.entries), {**added, **adopted})
    return Outcome(data, lock, tuple(added), tuple(adopted))


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
    """Return what bibkit would write for the entries of OUT that have every field of it.

    A note or a keyword beside them is the user's; an entry that lacks one, or has it otherwise, may
    be the user's own, so it is.
    """
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
        there.key: twins[there.key][1]
        for there in target.file.entries
        if there.key in keys and len(twins[there.key]) == 2 and _has_all(*twins[there.key])
    }


def _has_all(there: FileEntry, wanted: FileEntry) -> bool:
    return there.entry_type == wanted.entry_type and wanted.fields.items() <= there.fields.items()


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
        version=entry.eprint.version if entry.eprint else None,
        extra=old.extra if old else {},
    )


def replace_both(target: Target, outcome: Outcome) -> None:
    """Replace OUT, then its lock: killed in between, the next run lets the lock catch up.

    What was there is kept for `bibkit undo`.
    """
    data, lock = outcome.data, outcome.lock
    for path, was, origin in (
        (target.path, target.data, str(target.out)),
        (target.lock_path, target.lock_data, target.lock_origin),
    ):
        clear_leftover(path)
        refuse_changed(path, was, origin)
    before = _retired(target.lock) if target.file is None else target.lock
    if data == target.data and lock == before == target.lock:
        return
    after = target.lock_data if lock == before else dump_lock(lock)
    keep_state(target, data, after)
    lock_data = target.lock_data
    if before != target.lock:  # first, or a run killed after OUT would look like deletions
        lock_data = dump_lock(before)
        _replace_lock(target, lock_data, target.lock_data)
    if data != target.data:
        replace_file(target.path, data, expected=target.data, origin=str(target.out))
    if after is not None and lock != before:
        _replace_lock(target, after, lock_data)


def _replace_lock(target: Target, data: bytes, was: bytes | None) -> None:
    replace_file(target.lock_path, data, expected=was, origin=target.lock_origin)
