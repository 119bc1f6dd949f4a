"""A Zotero library → a .bib: new entries after the others, changes in place, nothing taken away."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from bibkit.bibfile import AddEntry, BibFile, Edit, append, edit, is_biblatex, read_bib
from bibkit.emit.fields import braced, layout
from bibkit.errors import ConfigError, OutputError, SourceError
from bibkit.merge.citekey import DEFAULT_PATTERN
from bibkit.record import Problem
from bibkit.sources import Web
from bibkit.sources.zotero_api import Snapshot
from bibkit.sync.exclusive import locked
from bibkit.sync.target import read_target
from bibkit.sync.write import Outcome, replace_both
from bibkit.zotero.agreeing import agreed
from bibkit.zotero.from_entry import entry_sides
from bibkit.zotero.from_item import item_sides
from bibkit.zotero.opening import Place, find_collection, inside, open_place
from bibkit.zotero.pulling import Change, Habits, PullPlan, plan_pull
from bibkit.zotero.push import library_name
from bibkit.zotero.remembered import Remembered, remembered_items, with_items
from bibkit.zotero.results import network_line
from bibkit.zotero.sides import EntrySide, ItemSide

T = TypeVar("T")
Progress = Callable[[str, int, int], None]


@dataclass(slots=True)
class PullResult:
    """What was done to the file, or would be."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: int = 0
    deleted: int = 0
    """Papers of the library that the user deleted from the file."""
    problems: list[Problem] = field(default_factory=list)
    before: str = field(default="", repr=False)
    after: str = field(default="", repr=False)
    """The text of the file, before and after."""

    @property
    def network_failed(self) -> bool:
        """True when Zotero could not be read."""
        return any(problem.code == "network_error" for problem in self.problems)


def pull_file(
    path: Path,
    place: Place,
    *,
    dry_run: bool = False,
    code_field: str = "code",
    key_pattern: str = DEFAULT_PATTERN,
    contact: str | None = None,
    on_progress: Progress | None = None,
) -> PullResult:
    """Bring a Zotero library, or a collection of it, into a .bib.

    Args:
        path: the file; made where there is none.
        place: the library and collection.
        dry_run: read only.
        code_field: the field with the link to the code.
        key_pattern: citation keys for items that have none of their own.
        contact: mail address for the User-Agent.
        on_progress: called as the work goes on.

    Raises:
        OutputError: the file or its lock cannot be used.
        ConfigError: there is no key, or it does not open the library; there is no such collection.

    """
    with locked(Path(os.path.realpath(path))), Web(contact=contact, on_progress=on_progress) as web:
        target = read_target(path)
        bib = target.file if isinstance(target.file, BibFile) else read_bib(b"", origin=str(path))
        try:
            library = open_place(web, place, writing=False)
            snapshot = library.read(collections=bool(place.collection))
        except SourceError as error:
            return PullResult(problems=[network_line(error)])
        library.wire.close()
        name = library_name(library)
        known = remembered_items(target.lock, name)
        habits = Habits(is_biblatex(bib), code_field, key_pattern)
        items = item_sides(snapshot.items)
        scope = _scope(snapshot, place.collection)
        entries = entry_sides(bib, code_field=code_field)
        plan = plan_pull(target, bib, entries, items, known, scope, habits)
        data, made, refused = _applied(bib, plan)
        result = _result(bib, data, plan, made, refused)
        if not dry_run and (data or bib.data):
            after = read_bib(data, origin=str(path))
            known = _known(after, plan, made, known, code_field)
            replace_both(target, Outcome(data, with_items(target.lock, name, known)))
    return result


def _scope(snapshot: Snapshot, name: str | None) -> frozenset[str] | None:
    """Return the collections whose items are pulled: that of the name, and those in it."""
    if not name:
        return None
    found = find_collection(snapshot.collections, name)
    if found.key is None or found.missing:
        message = f"there is no collection {name!r}"
        raise ConfigError(message, origin="zotero", code="zotero-collection")
    return inside(snapshot.collections, found.key)


@dataclass(frozen=True, slots=True)
class _Made:
    """What could be written."""

    changes: tuple[Change, ...] = ()
    additions: tuple[tuple[ItemSide, AddEntry], ...] = ()


def _applied(bib: BibFile, plan: PullPlan) -> tuple[bytes, _Made, list[Problem]]:
    """Return the new bytes, what was done, and a line for each thing that could not be."""
    try:
        made = _Made(tuple(plan.changes), tuple(plan.additions))
        return _with(bib, made.changes, made.additions), made, []
    except OutputError:
        pass
    refused: list[Problem] = []

    def kept(one: Change, error: OutputError) -> None:
        message = f"{one.entry.key}: {one.name} stays: {error.message}"
        refused.append(Problem(one.entry.origin, "kept", message))

    def left(one: tuple[ItemSide, AddEntry], error: OutputError) -> None:
        message = f"{one[1].key}: cannot be written: {error.message}"
        refused.append(Problem(f"zotero:{one[0].key}", error.code, message))

    changes = _good(plan.changes, lambda some: _with(bib, some, ()), kept)
    additions = _good(plan.additions, lambda some: _with(bib, (), some), left)
    made = _Made(tuple(changes), tuple(additions))
    return _with(bib, made.changes, made.additions), made, refused


def _good(
    wanted: Sequence[T],
    attempt: Callable[[Sequence[T]], object],
    tell: Callable[[T, OutputError], None],
) -> list[T]:
    """Return what can be done safely, found by halves."""
    if not wanted:
        return []
    try:
        attempt(wanted)
        return list(wanted)
    except OutputError as error:
        if len(wanted) == 1:
            tell(wanted[0], error)
            return []
    middle = len(wanted) // 2
    return [*_good(wanted[:middle], attempt, tell), *_good(wanted[middle:], attempt, tell)]


def _with(
    bib: BibFile,
    changes: Sequence[Change],
    additions: Sequence[tuple[ItemSide, AddEntry]],
) -> bytes:
    edits: list[Edit] = [one for change in changes for one in change.edits]
    if bib.entries:
        return edit(bib, [*edits, *(added for _, added in additions)])
    if not additions:
        return bib.data
    return append(bib, "\n".join(_laid_out(added) for _, added in additions))  # no style to follow


def _laid_out(added: AddEntry) -> str:
    fields = [
        (name, braced(value) if isinstance(value, str) else value.text)
        for name, value in added.fields
    ]
    return layout(added.entry_type, added.key, fields)


def _result(
    bib: BibFile, data: bytes, plan: PullPlan, made: _Made, refused: Sequence[Problem]
) -> PullResult:
    changed: dict[str, list[str]] = {}
    for one in made.changes:
        changed.setdefault(f"{one.entry.origin}: {one.entry.key}", []).append(one.name)
    return PullResult(
        added=[f"{a.key}: {item.values.get('title', '(no title)')}" for item, a in made.additions],
        changed=[f"{where}: {', '.join(names)}" for where, names in changed.items()],
        unchanged=plan.unchanged,
        deleted=plan.deleted,
        problems=[*plan.problems, *refused],
        before=bib.text,
        after=read_bib(data, origin=bib.origin).text,
    )


def _known(
    after: BibFile,
    plan: PullPlan,
    made: _Made,
    known: Mapping[str, Remembered],
    code_field: str,
) -> dict[str, Remembered]:
    """Return what is remembered now, with the entries as they are read again."""
    new = dict(known)
    entries = {side.index: side for side in entry_sides(after, code_field=code_field)}
    by_key = {side.key: side for side in entries.values()}
    taken: dict[str, list[str]] = {}
    for change in made.changes:
        taken.setdefault(change.item.key, []).append(change.name)
    for key, same in plan.same.items():
        entry = entries.get(plan.matched.entries[key].index)
        if entry:
            item = plan.matched.items[entry.index]
            names = (*same, *taken.get(key, ()))
            tags = _tags(plan.matched.entries[key], entry, item) if "keywords" in names else ()
            new[key] = agreed(known.get(key), entry, item, names, tags=tags)
    for item, added in made.additions:
        if entry := by_key.get(added.key):
            new[item.key] = agreed(
                Remembered(entry.key),
                entry,
                item,
                {*entry.values, *item.values},
                tags={*entry.tags, *item.tags},
            )
    return new


def _tags(before: EntrySide, after: EntrySide, item: ItemSide) -> set[str]:
    """Return the keywords that came over, as the item spells them and as the file does."""
    return {*item.tags, *(tag for tag in after.tags if tag not in before.tags)}
