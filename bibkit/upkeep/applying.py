"""A plan → the bytes of OUT and what its lock is to remember; nothing else in OUT moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bibkit.bibfile import (
    BibFile,
    Edit,
    Expression,
    RemoveField,
    SetField,
    SetType,
    closed_part,
    edit,
    read_bib,
)
from bibkit.bibfile.encoding import tex_ascii
from bibkit.emit import WriteOptions, Writer
from bibkit.errors import OutputError
from bibkit.record import Problem
from bibkit.sync import Target, Written, outcome_of
from bibkit.sync.lock import Lock, LockedEntry
from bibkit.sync.write import Outcome
from bibkit.upkeep.plan import EntryPlan, Plan
from bibkit.upkeep.settling import TYPE, FieldChange

_MONTHS = frozenset("jan feb mar apr may jun jul aug sep oct nov dec".split())


def carried_out(
    target: Target, plan: Plan, write: Writer, options: WriteOptions
) -> tuple[Outcome, Plan]:
    """Return what OUT and lock become, and the plan as it can be: with what is refused left out."""
    refused: list[Problem] = []
    done = list(plan.entries)
    edited = target.file
    if isinstance(target.file, BibFile):
        data, done, refused = _edited(target.file, plan.entries)
        if data != target.file.data:
            edited = read_bib(data, origin=target.file.origin)
    lock = _lock_after(target.lock, done)
    between = replace(target, file=edited, lock=lock)
    added = Written(plan.added, write(plan.added, options=options))
    adopted = Written(plan.adopted, write(plan.adopted, options=options))
    if isinstance(edited, BibFile) and edited.open_end:
        outcome = _before_open_end(between, edited, added, adopted)
    else:
        outcome = outcome_of(between, added, adopted)
    return outcome, replace(plan, entries=tuple(done), refused=tuple(refused))


def _before_open_end(target: Target, bib: BibFile, added: Written, adopted: Written) -> Outcome:
    """Return what OUT and lock become where OUT ends with something that is never closed.

    An entry after it would be swallowed, so new ones come before it.
    """
    head, tail = closed_part(bib)
    outcome = outcome_of(replace(target, file=head), added, adopted)
    if not added.entries:
        return replace(outcome, data=bib.data)
    data = outcome.data + bib.encoding.encode(bib.newline) + tail
    if _said(data) != [*_said(outcome.data), *_said(bib.data)[len(head.entries) :]]:
        message = "it ends with something that is never closed; close it, then run again"
        raise OutputError(message, origin=str(target.out), code="unsafe-entry")
    return replace(outcome, data=data)


def _said(data: bytes) -> list[tuple[str, str, dict[str, str]]]:
    """Return what the entries of a file say, on whatever lines they stand."""
    entries = read_bib(data, origin="").entries
    return [(entry.key, entry.entry_type, dict(entry.fields)) for entry in entries]


def _edited(
    bib: BibFile, entries: Sequence[EntryPlan]
) -> tuple[bytes, list[EntryPlan], list[Problem]]:
    """Return the new bytes, what was done, and a line for each entry that was refused."""
    try:
        return edit(bib, [one for entry in entries for one in _edits(bib, entry)]), [*entries], []
    except OutputError as error:
        if len(entries) == 1:
            message = f"{entries[0].key}: left as it is: {error.message}"
            return bib.data, [], [Problem(entries[0].origin, error.code, message)]
    middle = len(entries) // 2
    _, first, refused = _edited(bib, entries[:middle])
    _, second, others = _edited(bib, entries[middle:])
    done = [*first, *second]
    data = edit(bib, [one for entry in done for one in _edits(bib, entry)])
    return data, done, [*refused, *others]


def _edits(bib: BibFile, entry: EntryPlan) -> list[Edit]:
    return [_edit(bib, entry.index, change) for change in entry.changes]


def _edit(bib: BibFile, index: int, change: FieldChange) -> Edit:
    if change.after is None:
        return RemoveField(index, change.name)
    if change.name == TYPE:
        return SetType(index, change.after)
    text = tex_ascii(change.after, origin=bib.origin) if bib.encoding.ascii_only else change.after
    month = change.name == "month" and text in _MONTHS
    number = text.isdecimal() and text[0] == "0"  # never bare: `016005` is no number
    value = Expression(text if month else f"{{{text}}}") if month or number else text
    return SetField(index, change.name, value, replace_macros=True)


def _lock_after(lock: Lock, entries: Sequence[EntryPlan]) -> Lock:
    """Return the lock with what it is to remember; a key that the user changed stays reserved."""
    locked = dict(lock.entries)
    for entry in entries:
        if entry.renamed:
            old = locked[entry.lock_key]
            locked[entry.lock_key] = LockedEntry(
                old.title, old.arxiv_id, old.doi, retired=True, extra=old.extra
            )
        locked[entry.key] = entry.locked
    return lock if locked == dict(lock.entries) else replace(lock, entries=locked)
