"""Edits + a .bib file as it was read → its new bytes, in its own style; every other byte stays.

All edits are applied at once to the file as it was, so none can get in the way of another; two that
touch the same thing are an error. The result is read back before it is returned: it must hold the
entries that were meant and all others unchanged, for our reader and for bibtexparser's.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import partial

from bibkit.bibfile.anatomy import Anatomy, anatomy
from bibkit.bibfile.bib_file import BibFile, appending_error, holds_an_entry, separation
from bibkit.bibfile.blocks import Block
from bibkit.bibfile.edits import (
    AddEntry,
    Edit,
    EntryEdit,
    EntryRef,
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
from bibkit.bibfile.readback import Meant, check_result, wanted_entries
from bibkit.bibfile.style import Style, style_of
from bibkit.errors import OutputError

_BLANK_LINES = re.compile(r"(?:[^\S\n]*\n)*(?:[^\S\n]*\Z)?")
Splice = tuple[int, int, str]
"""From where to where, and what comes there."""
REFERRING = frozenset("crossref xref xdata related entryset".split())
"""Fields that name other entries by their keys."""


def edit(bib: BibFile, edits: Sequence[Edit]) -> bytes:
    r"""Return the file's bytes with edits applied; without edits, or changes, the very same bytes.

    What cannot be done safely is refused with an `OutputError`, and nothing is done.

    >>> from bibkit.bibfile import SetField, read_bib
    >>> bib = read_bib(b'@misc{k,\n  title = "A",\n  year = 2023\n}\n', origin="my.bib")
    >>> changes = [SetField("k", "year", "2024"), SetField("k", "doi", "10.1000/x")]
    >>> print(edit(bib, changes).decode())
    @misc{k,
      title = "A",
      year = 2024,
      doi = "10.1000/x"
    }
    <BLANKLINE>
    """
    plan = _planned(bib, edits)
    text = _assembled(plan)
    if text == bib.text:
        return bib.data
    data = bib.encoding.bom + _encoded(bib, text)
    check_result(bib, data, wanted_entries(bib, _order(plan), plan.meant))
    return data


def rename_key(bib: BibFile, entry: EntryRef, key: str) -> tuple[Edit, ...]:
    """Return the edits that rename an entry and all `crossref`s and the like to it."""
    old = bib.entries[_Places.of(bib).of_entry(entry)].key
    edits: list[Edit] = [RenameKey(entry, key)]
    for index, other in enumerate(bib.entries):
        for name in REFERRING & other.fields.keys():
            keys = [k.strip() for k in other.fields[name].split(",")]
            if old.lower() in (k.lower() for k in keys):
                new = ",".join(key if k.lower() == old.lower() else k for k in keys)
                edits.append(SetField(index, name, new))
    return tuple(edits)


def fixed_places(bib: BibFile) -> frozenset[int]:
    """Return the entries that cannot be moved or removed: never closed, or in `%` lines."""
    blocks = [block for block in bib.blocks if holds_an_entry(block)]
    return frozenset(
        index
        for index, block in enumerate(blocks)
        if block.kind != "entry" or _is_commented(bib.text, block.start)
    )


def _is_commented(text: str, start: int) -> bool:
    """Tell whether an entry stands in a `%` line; BibTeX, which knows no comments, reads it."""
    line = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    return text[line:start].lstrip().startswith("%")


@dataclass(slots=True)
class _Plan:
    """What is to become of each entry; made in one pass over the edits."""

    bib: BibFile
    blocks: list[Block]
    """Of the entries, in their order."""
    plain: str
    places: _Places
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


def _planned(bib: BibFile, edits: Sequence[Edit]) -> _Plan:
    blocks = [block for block in bib.blocks if holds_an_entry(block)]
    plain = readable(bib.text)
    plan = _Plan(bib, blocks, plain, _Places.of(bib), _file_style(bib, blocks), list(_floors(bib)))
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
        plan.texts[index] = _edited(plan, index, its)
        plan.meant[index] = its
    return plan


def _edited(plan: _Plan, index: int, edits: Sequence[EntryEdit]) -> str:
    bib, block = plan.bib, plan.blocks[index]
    entry = _taken_apart(bib, block)
    if entry is None:
        message = f"{bib.entries[index].key!r} is broken ({block.complaint}): mend it by hand first"
        raise OutputError(message, origin=_place(bib, index), code="broken-entry")
    now = bib.entries[index].fields
    text = _located(bib, index, lambda: edited(entry, edits, plan.style, now))
    _check_letters(bib, text, entry.text, index)
    return text


def _taken_apart(bib: BibFile, block: Block) -> Anatomy | None:
    if block.kind != "entry":
        return None
    commented = _is_commented(bib.text, block.start)
    found = anatomy(bib.text[block.start : block.end], commented=commented)
    return found if found and len(found.fields) == len(block.fields) else None


def _file_style(bib: BibFile, blocks: Sequence[Block]) -> Style:
    step = max(1, len(blocks) // 200)
    found = (_taken_apart(bib, b) for b in blocks[::step] if not b.complaint)
    return style_of([entry for entry in found if entry and not entry.commented], bib.newline)


def _located(bib: BibFile, index: int | None, make: Callable[[], str]) -> str:
    """Give an error the place it is about."""
    try:
        return make()
    except OutputError as error:
        origin = bib.origin if index is None else _place(bib, index)
        raise OutputError(error.message, origin=origin, code=error.code) from None


def _place(bib: BibFile, index: int) -> str:
    return f"{bib.origin}:{bib.entries[index].line}"


@dataclass(frozen=True, slots=True)
class _Places:
    """The places of the entries, by their keys."""

    bib: BibFile
    exact: Mapping[str, list[int]]
    folded: Mapping[str, list[int]]

    @classmethod
    def of(cls, bib: BibFile) -> _Places:
        exact, folded = defaultdict(list), defaultdict(list)
        for index, entry in enumerate(bib.entries):
            exact[entry.key].append(index)
            folded[entry.key.lower()].append(index)
        return cls(bib, dict(exact), dict(folded))

    def of_entry(self, entry: EntryRef) -> int:
        """Return the place of an entry; raise unless it is one."""
        if isinstance(entry, int):
            if not 0 <= entry < len(self.bib.entries):
                raise OutputError(f"no entry {entry}", origin=self.bib.origin, code="no-entry")
            return entry
        found = self.exact.get(entry) or self.folded.get(entry.lower(), [])
        if len(found) != 1:
            message = f"{len(found) or 'no'} entries have the citation key {entry!r}"
            code = "ambiguous-key" if found else "no-entry"
            raise OutputError(message, origin=self.bib.origin, code=code)
        return found[0]


# Conflicts


def _check_conflicts(plan: _Plan, inner: Mapping[int, Sequence[EntryEdit]]) -> None:
    bib = plan.bib
    moved = [plan.places.of_entry(move.entry) for move in plan.moves]
    for index, edits in inner.items():
        subjects = [subject for one in edits for subject in _subjects(one)]
        _refuse(bib, index, len(set(subjects)) < len(subjects), "two edits of the same thing")
        _refuse(bib, index, index in plan.removed, "edited and removed")
    for index in moved:
        _refuse(bib, index, index in plan.removed, "moved and removed")
        _refuse(bib, index, moved.count(index) > 1, "moved twice")
    anchors = [move.after for move in plan.moves] + [add.after for add, _ in plan.added]
    for anchor in anchors:
        index = -1 if anchor is None else plan.places.of_entry(anchor)
        _refuse(
            bib, index, index in plan.removed or index in moved, "the place of another, and moved"
        )
    if plan.order is not None and (plan.removed or moved or any(a is not None for a in anchors)):
        raise OutputError("sorted, and moved or removed", origin=bib.origin, code="conflict")
    fixed = fixed_places(bib)
    for index in (*plan.removed, *moved):
        if index in fixed:
            message = "it is never closed, or commented out, so where it ends is not known"
            raise OutputError(message, origin=_place(bib, index), code="broken-entry")


def _subjects(one: EntryEdit) -> Iterator[str]:
    """Yield what an edit is about: a field, the key, the type."""
    if isinstance(one, RenameKey):
        yield "=key"
    elif isinstance(one, SetType):
        yield "=type"
    elif isinstance(one, SetField | RemoveField | RenameField):
        yield one.name.lower()
        if isinstance(one, RenameField) and one.new_name.lower() != one.name.lower():
            yield one.new_name.lower()


def _refuse(bib: BibFile, index: int, conflict: bool, message: str) -> None:
    if conflict and index >= 0:
        raise OutputError(
            f"{bib.entries[index].key!r}: {message}", origin=_place(bib, index), code="conflict"
        )


def _check_order(plan: _Plan, one: SortEntries) -> None:
    whole = sorted(one.order) == list(range(len(plan.blocks)))
    fixed = all(one.order[place] == place for place in fixed_places(plan.bib) if whole)
    if plan.order not in (None, one.order) or not whole or not fixed:
        message = "not an order of all entries in which those of `fixed_places` keep theirs"
        raise OutputError(message, origin=plan.bib.origin, code="conflict")


# The new text


def _assembled(plan: _Plan) -> str:
    """Return the file's text with everything in its place."""
    moved = {plan.places.of_entry(move.entry) for move in plan.moves}
    splices = (
        list(_sorted_splices(plan)) if plan.order is not None else _edited_splices(plan, moved)
    )
    splices += [(*_lines(plan, index), "") for index in plan.removed]
    splices += [(*_lines(plan, index, lead=True), "") for index in moved]
    splices += [(place, place, new) for place, new in _arrivals(plan)]
    pieces: list[str] = []
    at = 0
    for start, end, new in sorted(splices):
        pieces += [plan.bib.text[at:start], new]  # blank lines may go with two neighbours
        at = max(at, end)
    text = "".join([*pieces, plan.bib.text[at:]])
    for add, new in plan.added:
        if add.after is None:
            text = _appended(plan, text, new)
    return text


def _edited_splices(plan: _Plan, moved: Set[int]) -> list[Splice]:
    places = {index: plan.blocks[index] for index in plan.texts if index not in moved}
    return [(block.start, block.end, plan.texts[index]) for index, block in places.items()]


def _sorted_splices(plan: _Plan) -> Iterator[Splice]:
    for place, index in enumerate(plan.order or ()):
        if place != index or index in plan.texts:
            yield _lead(plan, place), plan.blocks[place].end, _text_with_lead(plan, index)


def _text_with_lead(plan: _Plan, index: int) -> str:
    block, text = plan.blocks[index], plan.bib.text
    return text[_lead(plan, index) : block.start] + plan.texts.get(
        index, text[block.start : block.end]
    )


def _lead(plan: _Plan, index: int) -> int:
    """Return where the comment lines right above an entry begin, or the entry."""
    block = plan.blocks[index]
    floor = plan.floors[index]
    start = plan.plain.rfind("\n", 0, block.start) + 1
    if plan.plain[start : block.start].strip() or start < floor:
        return block.start
    at = block.start
    while start > floor:
        before = plan.plain.rfind("\n", 0, start - 1) + 1
        if before < floor or not plan.plain[before:start].lstrip().startswith("%"):
            break
        start = at = before
    return at


def _floors(bib: BibFile) -> Iterator[int]:
    floor = 0
    for block in bib.blocks:
        if holds_an_entry(block):
            yield floor
        if block.kind != "text":
            floor = block.end


def _lines(plan: _Plan, index: int, *, lead: bool = False) -> tuple[int, int]:
    """Return what goes with an entry: its lines, and the blank ones on one side of it."""
    plain, block = plan.plain, plan.blocks[index]
    start = _lead(plan, index) if lead else block.start
    begin = plain.rfind("\n", 0, start) + 1
    line_end = plain.find("\n", block.end)
    line_end = len(plain) if line_end < 0 else line_end
    if plain[begin:start].strip() or plain[block.end : line_end].strip():
        return start, block.end
    end = min(line_end + 1, len(plain))
    found = _BLANK_LINES.match(plain, end)
    after = found.end() if found else end
    before = plain[:begin].rstrip(" \t\r\f\v")
    if after == len(plain):  # the last of the file: the blank lines before it go
        kept = len(before.rstrip())
        line = plain.find("\n", kept) + 1 if plain.endswith("\n") else kept
        return (line if 0 < line <= begin and kept else begin), end
    return begin, after if not before or _blank_above(plain, begin) else end


def _blank_above(plain: str, begin: int) -> bool:
    line = plain.rfind("\n", 0, begin - 1) + 1
    return not plain[line:begin].strip()


def _arrivals(plan: _Plan) -> Iterator[tuple[int, str]]:
    """Yield where text comes in, and what: last first, as they are put in."""
    found: dict[int, list[str]] = defaultdict(list)
    for move in plan.moves:
        text = _text_with_lead(plan, plan.places.of_entry(move.entry))
        place, before, after = _gap_after(plan, move.after)
        found[place].append(before + text + after)
    for add, text in plan.added:
        if add.after is not None:
            place, before, after = _gap_after(plan, add.after)
            found[place].append(before + text + after)
    for place, texts in found.items():
        yield place, "".join(texts)


def _gap_after(plan: _Plan, anchor: EntryRef | None) -> tuple[int, str, str]:
    """Return the place after an entry, and what parts a new one there from its neighbours."""
    newline, gap = plan.bib.newline, _usual_gap(plan)
    if anchor is None:
        return _lead(plan, 0), "", newline + gap
    block = plan.blocks[plan.places.of_entry(anchor)]
    if block.kind != "entry":
        raise OutputError(
            "it is never closed; what follows it would be swallowed",
            origin=plan.bib.origin,
            code="broken-entry",
        )
    line_end = plan.plain.find("\n", block.end)
    line_end = len(plan.plain) if line_end < 0 else line_end
    rest = plan.plain[block.end : line_end].strip()
    if rest.startswith("%"):  # it is about the entry before it
        return line_end, newline + gap, ""
    return block.end, newline + gap, newline if rest else ""


def _usual_gap(plan: _Plan) -> str:
    """Return the blank lines that stand between two entries."""
    for one, other in zip(plan.blocks, plan.blocks[1:], strict=False):
        between = plan.plain[one.end : other.start]
        if not between.strip():
            return plan.bib.newline * max(between.count("\n") - 1, 0)
    return plan.bib.newline


def _appended(plan: _Plan, text: str, new: str) -> str:
    if plan.bib.open_end:
        raise appending_error(plan.bib.open_end)
    newline = plan.bib.newline
    return text + separation(text).replace("\n", newline) + new + newline


def _order(plan: _Plan) -> list[int | AddEntry]:
    """Return the entries as they are to follow each other."""
    order: list[int | AddEntry] = list(plan.order or range(len(plan.blocks)))
    moved = [plan.places.of_entry(move.entry) for move in plan.moves]
    order = [i for i in order if i not in plan.removed and i not in moved]
    after: dict[int | None, list[int | AddEntry]] = defaultdict(list)
    for move, index in zip(plan.moves, moved, strict=True):
        after[None if move.after is None else plan.places.of_entry(move.after)].append(index)
    for add, _ in plan.added:
        if add.after is not None:
            after[plan.places.of_entry(add.after)].append(add)
    whole = list(after[None])
    for one in order:
        whole += [one, *after[one if isinstance(one, int) else None]]
    return [*whole, *(add for add, _ in plan.added if add.after is None)]


# The new bytes


def _encoded(bib: BibFile, text: str) -> bytes:
    try:
        return bib.encoding.encode(text)
    except UnicodeEncodeError as error:
        message = f"{text[error.start]!r} cannot be written in {bib.encoding.name}"
        raise OutputError(message, origin=bib.origin, code="encoding") from None


def _check_letters(bib: BibFile, new: str, old: str, index: int | None) -> None:
    """Refuse letters that a file of unknown 8-bit code may spell otherwise."""
    bad = sorted({c for c in new if not c.isascii()} - set(old))
    if bib.encoding.ascii_only and bad:
        message = (
            f"the file is in an unknown 8-bit code, so {bad[0]!r} cannot be written: "
            "spell it in TeX, or convert the file to UTF-8"
        )
        raise OutputError(
            message, origin=bib.origin if index is None else _place(bib, index), code="encoding"
        )
