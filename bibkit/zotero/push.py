"""A .bib → a Zotero library: looked up first, written in batches, read again where somebody wrote.

What was written is remembered in the lock whatever happens afterwards, and what the lock does not
know is found by its identifiers: so a run that was cut off is finished by the next one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bibkit.bibfile import BibFile
from bibkit.errors import OutputError, SourceError
from bibkit.record import Problem
from bibkit.sources import Web
from bibkit.sources.zotero_api import Refusal, Snapshot, ZoteroLibrary
from bibkit.sync.atomic import replace_file
from bibkit.sync.exclusive import locked
from bibkit.sync.lock import dump_lock
from bibkit.sync.target import Target, read_target
from bibkit.zotero.batches import Batches, Stale
from bibkit.zotero.from_entry import entry_sides
from bibkit.zotero.from_item import item_sides
from bibkit.zotero.opening import Place, find_collection, open_place
from bibkit.zotero.planning import (
    CodeWrite,
    ItemWrite,
    PushPlan,
    Wish,
    plan_push,
    written_item,
)
from bibkit.zotero.remembered import Remembered, remembered_items, with_items
from bibkit.zotero.results import PushResult, network_line
from bibkit.zotero.sides import EntrySide, ItemSide
from bibkit.zotero.to_item import as_sent, code_attachment

_MOST_ROUNDS = 50
_IN_VAIN = 5
"""Rounds in which nothing was written, because others did: then the run ends."""

Progress = Callable[[str, int, int], None]


def push_file(
    path: Path,
    place: Place,
    *,
    delete: bool = False,
    restore: Sequence[str] = (),
    dry_run: bool = False,
    code_field: str = "code",
    contact: str | None = None,
    on_progress: Progress | None = None,
) -> PushResult:
    """Bring the entries of a .bib into a Zotero library.

    Args:
        path: the file; it is only read. What both sides agree on goes into its lock.
        place: the library and collection.
        delete: move items to the trash that bibkit made and whose entries are gone.
        restore: citation keys whose items somebody removed in Zotero, to be made again; or `all`.
        dry_run: read only.
        code_field: the field with the link to the code.
        contact: mail address for the User-Agent.
        on_progress: called as the work goes on.

    Raises:
        OutputError: the file or its lock cannot be used.
        ConfigError: there is no key, or it does not open the library.

    """
    with locked(Path(os.path.realpath(path))), Web(contact=contact, on_progress=on_progress) as web:
        target = read_target(path)
        bib = bib_of(target)
        try:
            library = open_place(web, place, writing=not dry_run)
        except SourceError as error:
            return PushResult(problems=[network_line(error)])
        name = library_name(library)
        wish = Wish(delete=delete, restore=frozenset(restore))
        run = _Run(library, bib, code_field, remembered_items(target.lock, name), wish, web)
        try:
            run.go(place.collection, dry_run=dry_run)
        except SourceError as error:
            run.result.problems.append(network_line(error))
        finally:
            library.wire.close()
            run.result.writes = library.wire.writes
            if not dry_run:
                save_known(target, name, run.known)
    return run.result


def library_name(library: ZoteroLibrary) -> str:
    """Return what the lock calls a library."""
    return library.name.removeprefix("api/")


def bib_of(target: Target) -> BibFile:
    """Return the file of a target, or raise where there is none."""
    if not isinstance(target.file, BibFile):
        raise OutputError("does not exist", origin=str(target.out), code="input")
    return target.file


def save_known(target: Target, library: str, known: Mapping[str, Remembered]) -> None:
    """Write the lock, where anything in it is new."""
    lock = with_items(target.lock, library, known)
    if lock != target.lock:
        replace_file(
            target.lock_path, dump_lock(lock), expected=target.lock_data, origin=target.lock_origin
        )


class _Run:
    """One push, from reading to the last batch."""

    def __init__(
        self,
        library: ZoteroLibrary,
        bib: BibFile,
        code_field: str,
        known: dict[str, Remembered],
        wish: Wish,
        web: Web,
    ) -> None:
        self.library = library
        self.entries = entry_sides(bib, code_field=code_field)
        self.keys = bib.keys
        self.broken = [one for one in bib.problems if one.code == "broken-entry"]
        self.known = known
        self.wish = wish
        self.result = PushResult()
        self.refused: dict[int, Problem] = {}
        self.batches = Batches(library, web.on_progress)

    def go(self, collection: str | None, *, dry_run: bool) -> None:
        """Read, plan and write until there is nothing left to write."""
        in_vain = 0
        for _ in range(_MOST_ROUNDS):
            before = self.batches.done
            snapshot = self.library.read(collections=bool(collection))
            self.batches.version = snapshot.version
            try:
                self._round(snapshot, collection, dry_run=dry_run)
                break
            except Stale:
                in_vain = 0 if self.batches.done > before else in_vain + 1
            if in_vain >= _IN_VAIN:
                raise SourceError(
                    "others write to the library all the time; run again", origin="zotero"
                )
        self.result.problems.extend(self.refused.values())

    def _round(self, snapshot: Snapshot, collection: str | None, *, dry_run: bool) -> None:
        key = self._collection(snapshot, collection, dry_run=dry_run) if collection else None
        wish = self.wish = replace(self.wish, collection=key, refused=frozenset(self.refused))
        items = item_sides(snapshot.items)
        plan = plan_push(self.entries, items, self.known, self.keys, wish)
        self.result.problems = [*self.broken, *plan.problems]
        written = len(self.result.added) + len(self.result.changed)
        self.result.unchanged = max(0, plan.unchanged - written)
        if dry_run:
            self._tell(plan)
            return
        self.known = plan.known
        codes = [*plan.codes, *self._write_items(plan)]
        self._write_codes(codes, plan)
        self._write_trash(plan)

    def _tell(self, plan: PushPlan) -> None:
        """Take the plan for done, without doing it."""
        for one in plan.items:
            (self.result.changed if one.item else self.result.added).append(_line(one))
            if one.item is None and "code" in one.entry.values:
                self.result.attached.append(f"{one.entry.key}: {one.entry.values['code']}")
        self.result.attached += [f"{one.entry.key}: {one.address}" for one in plan.codes]
        self.result.trashed += [key for key, _ in plan.trash]

    def _collection(self, snapshot: Snapshot, name: str, *, dry_run: bool) -> str | None:
        """Return the key of the collection; make it, and those above it, where they are missing."""
        path = find_collection(snapshot.collections, name)
        parent = path.key
        for part in path.missing:
            if dry_run:
                self.result.collections.append(name)
                return "(new)"
            made = {"name": part, "parentCollection": parent or False}
            answer = self.batches.send("collections", [made])
            if isinstance(answer, Refusal) or 0 not in answer.objects:
                told = answer if isinstance(answer, Refusal) else answer.refused[0]
                if told.stale:
                    raise Stale
                message = f"the collection {part!r} cannot be made: {told.code} {told.message}"
                raise OutputError(message, origin="zotero", code="refused")
            parent = str(answer.objects[0]["key"])
            self.result.collections.append(part)
        return parent

    def _write_items(self, plan: PushPlan) -> list[CodeWrite]:
        """Write the items; return the links to code of those that were made."""
        codes: list[CodeWrite] = []

        def taken(one: ItemWrite, data: Mapping[str, Any]) -> None:
            item = written_item(one, data, plan, self.wish)
            (self.result.changed if one.item else self.result.added).append(_line(one))
            if one.item is None and "code" in one.entry.values:
                codes.append(CodeWrite(one.entry, item, one.entry.values["code"]))

        def refused(one: ItemWrite, why: Refusal) -> None:
            self._refuse(one.entry, why)

        self.batches.write(plan.items, lambda one: one.data, taken, refused, "writing to Zotero")
        return codes

    def _write_codes(self, codes: Sequence[CodeWrite], plan: PushPlan) -> None:
        def data(one: CodeWrite) -> Mapping[str, Any]:
            if one.item.code:
                return {**as_sent(one.item.code), "url": one.address}
            return code_attachment(one.item.key, one.address)

        def taken(one: CodeWrite, written: Mapping[str, Any]) -> None:
            known = plan.known.get(one.item.key) or Remembered(one.entry.key)
            known = known.agreed("code", one.entry.values.get("code"), one.address)
            plan.known[one.item.key] = replace(known, code=str(written["key"]))
            self.result.attached.append(f"{one.entry.key}: {one.address}")

        def refused(one: CodeWrite, why: Refusal) -> None:
            self._refuse(one.entry, why)

        self.batches.write(codes, data, taken, refused, "attaching links to code")

    def _write_trash(self, plan: PushPlan) -> None:
        def data(one: tuple[str, ItemSide]) -> Mapping[str, Any]:
            return {**as_sent(one[1].data), "deleted": 1}

        def taken(one: tuple[str, ItemSide], _: Mapping[str, Any]) -> None:
            plan.known.pop(one[1].key, None)
            self.result.trashed.append(one[0])

        def refused(one: tuple[str, ItemSide], why: Refusal) -> None:
            message = f"{one[0]}: Zotero keeps it: {why.code} {why.message}"
            self.result.problems.append(Problem(f"zotero:{one[1].key}", "refused", message))

        self.batches.write(plan.trash, data, taken, refused, "moving to the trash")

    def _refuse(self, entry: EntrySide, why: Refusal) -> None:
        message = f"{entry.key}: Zotero does not take it: {why.code} {why.message}"
        self.refused[entry.index] = Problem(entry.origin, "refused", message)


def _line(write: ItemWrite) -> str:
    return f"{write.entry.key}: {', '.join(write.words)}"
