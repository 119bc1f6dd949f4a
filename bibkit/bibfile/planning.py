"""Edits → what is to become of each entry; two edits that touch the same thing are an error."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from bibkit.bibfile.anatomy import Anatomy, anatomy
from bibkit.bibfile.bib_file import BibFile, holds_an_entry
from bibkit.bibfile.blocks import Block
from bibkit.bibfile.edits import (
    AddEntry,
    Arrange,
    Edit,
    EntryEdit,
    MoveEntry,
    RemoveEntry,
    RemoveField,
    RenameField,
    RenameKey,
    SetField,
    SetType,
    SortEntries,
)
from bibkit.bibfile.encoding import readable
from bibkit.bibfile.entry_text import edited, new_entry
from bibkit.bibfile.places import Places, fixed_places, is_commented, place_of
from bibkit.bibfile.readback import Meant
from bibkit.bibfile.style import Style, style_of
from bibkit.errors import OutputError


@dataclass(slots=True)
class Plan:
    """What is to become of each entry; made in one pass over the edits."""

    bib: BibFile
    blocks: list[Block]
    """Of the entries, in their order."""
    plain: str
    places: Places
    style: Style
    floors: list[int]
    """Where the block before each entry ends; comment lines above an entry begin after it."""
    texts: dict[int, str] = field(default_factory=dict)
    """The new texts of edited entries."""
    meant: Meant = field(default_factory=dict)
    removed: set[int] = field(default_factory=set)
    moves: list[MoveEntry] = field(default_factory=list)
    order: tuple[int, ...] | None = None
    added: list[tuple[AddEntry, str]] = field(default_factory=list)


def planned(
    bib: BibFile, edits: Sequence[Edit], refused: MutableMapping[int, OutputError] | None = None
) -> Plan:
    """Sort out the edits, refuse those that are in each other's way, and edit each entry.

    Where `refused` is given, an entry that cannot be edited is put there, and stays.
    """
    blocks = [block for block in bib.blocks if holds_an_entry(block)]
    plain = readable(bib.text)
    plan = Plan(
        bib, blocks, plain, Places.of(bib), _file_style(bib, blocks, plain), list(_floors(bib))
    )
    inner: dict[int, list[EntryEdit]] = defaultdict(list)
    for one in dict.fromkeys(edits):
        if isinstance(one, AddEntry):
            make = partial(new_entry, one.entry_type, one.key, one.fields, plan.style)
            text = _located(bib, None, make)
            _check_letters(bib, text, "", None)
            plan.added.append((one, text))
        elif isinstance(one, RemoveEntry):
            plan.removed.add(plan.places.of_entry(one.entry))
        elif isinstance(one, MoveEntry):
            plan.moves.append(one)
        elif isinstance(one, SortEntries):
            _check_order(plan, one)
            plan.order = one.order
        else:
            inner[plan.places.of_entry(one.entry)].append(one)
    _check_conflicts(plan, inner)
    for index, its in inner.items():
        try:
            text = _edited(plan, index, its)
            if text != bib.text[blocks[index].start : blocks[index].end]:
                plan.texts[index] = text
                plan.meant[index] = its
        except OutputError as error:
            if refused is None:
                raise
            refused[index] = error
    return plan


def _floors(bib: BibFile) -> Iterator[int]:
    floor = 0
    for block in bib.blocks:
        if holds_an_entry(block):
            yield floor
        if block.kind != "text":
            floor = block.end


def _edited(plan: Plan, index: int, edits: Sequence[EntryEdit]) -> str:
    bib, block = plan.bib, plan.blocks[index]
    entry = _taken_apart(bib, plan.plain, block)
    if entry is None:
        message = f"{bib.entries[index].key!r} is broken ({block.complaint}): mend it by hand first"
        raise OutputError(message, origin=place_of(bib, index), code="broken-entry")
    now = bib.entries[index].fields
    text = _located(bib, index, lambda: edited(entry, edits, plan.style, now))
    _check_letters(bib, text, entry.text, index)
    return text


def _taken_apart(bib: BibFile, plain: str, block: Block) -> Anatomy | None:
    if block.kind != "entry":
        return None
    commented = is_commented(plain, block.start)
    found = anatomy(bib.text[block.start : block.end], commented=commented)
    return found if found and len(found.fields) == len(block.fields) else None


def _file_style(bib: BibFile, blocks: Sequence[Block], plain: str) -> Style:
    step = max(1, len(blocks) // 200)
    found = (_taken_apart(bib, plain, b) for b in blocks[::step] if not b.complaint)
    return style_of([entry for entry in found if entry and not entry.commented], bib.newline)


def _located(bib: BibFile, index: int | None, make: Callable[[], str]) -> str:
    """Give an error the place it is about."""
    try:
        return make()
    except OutputError as error:
        origin = bib.origin if index is None else place_of(bib, index)
        raise OutputError(error.message, origin=origin, code=error.code) from None


def _check_letters(bib: BibFile, new: str, old: str, index: int | None) -> None:
    """Refuse letters that a file of unknown 8-bit code may spell otherwise."""
    if not bib.encoding.ascii_only:
        return
    if bad := sorted({c for c in new if not c.isascii()} - set(old)):
        message = (
            f"the file is in an unknown 8-bit code, so {bad[0]!r} cannot be written: "
            "spell it in TeX, or convert the file to UTF-8"
        )
        raise OutputError(
            message, origin=bib.origin if index is None else place_of(bib, index), code="encoding"
        )


def _check_conflicts(plan: Plan, inner: Mapping[int, Sequence[EntryEdit]]) -> None:
    bib = plan.bib
    moves = Counter(plan.places.of_entry(move.entry) for move in plan.moves)
    moved = set(moves)
    for index, edits in inner.items():
        subjects = [subject for one in edits for subject in _subjects(one)]
        _refuse(bib, index, len(set(subjects)) < len(subjects), "two edits of the same thing")
        _refuse(bib, index, index in plan.removed, "edited and removed")
    for index in moved:
        _refuse(bib, index, index in plan.removed, "moved and removed")
        _refuse(bib, index, moves[index] > 1, "moved twice")
    anchors = [move.after for move in plan.moves] + [add.after for add, _ in plan.added]
    for anchor in anchors:
        index = -1 if anchor is None else plan.places.of_entry(anchor)
        _refuse(
            bib, index, index in plan.removed or index in moved, "the place of another, and moved"
        )
    if plan.order is not None and (plan.removed or moved or any(a is not None for a in anchors)):
        raise OutputError("sorted, and moved or removed", origin=bib.origin, code="conflict")
    going = {*plan.removed, *moved}
    for index in going & fixed_places(bib) if going else ():
        message = "it is never closed, or commented out, so where it ends is not known"
        raise OutputError(message, origin=place_of(bib, index), code="broken-entry")


def _subjects(one: EntryEdit) -> Iterator[str]:
    """Yield what an edit is about: a field, the key, the type."""
    if isinstance(one, RenameKey):
        yield "=key"
    elif isinstance(one, Arrange):
        yield "=layout"
    elif isinstance(one, SetType):
        yield "=type"
    elif isinstance(one, SetField | RemoveField | RenameField):
        yield one.name.lower()
        if isinstance(one, RenameField) and one.new_name.lower() != one.name.lower():
            yield one.new_name.lower()


def _refuse(bib: BibFile, index: int, conflict: bool, message: str) -> None:
    if conflict and index >= 0:
        raise OutputError(
            f"{bib.entries[index].key!r}: {message}", origin=place_of(bib, index), code="conflict"
        )


def _check_order(plan: Plan, one: SortEntries) -> None:
    whole = sorted(one.order) == list(range(len(plan.blocks)))
    fixed = all(one.order[place] == place for place in fixed_places(plan.bib) if whole)
    if plan.order not in (None, one.order) or not whole or not fixed:
        message = "not an order of all entries in which those of `fixed_places` keep theirs"
        raise OutputError(message, origin=plan.bib.origin, code="conflict")
