"""What is to become of each entry → the new text of the file, and the order of its entries."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Set

from bibkit.bibfile.bib_file import appending_error, separation
from bibkit.bibfile.edits import AddEntry, EntryRef
from bibkit.bibfile.places import is_commented
from bibkit.bibfile.planning import Plan
from bibkit.errors import OutputError

_BLANK_LINES = re.compile(r"(?:[^\S\n]*\n)*(?:[^\S\n]*\Z)?")
Splice = tuple[int, int, str]
"""From where to where, and what comes there."""


def assembled(plan: Plan) -> str:
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


def order_of(plan: Plan) -> list[int | AddEntry]:
    """Return the entries as they are to follow each other."""
    order: list[int | AddEntry] = list(plan.order or range(len(plan.blocks)))
    moved = [plan.places.of_entry(move.entry) for move in plan.moves]
    gone = {*plan.removed, *moved}
    order = [index for index in order if index not in gone]
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


def _edited_splices(plan: Plan, moved: Set[int]) -> list[Splice]:
    places = {index: plan.blocks[index] for index in plan.texts if index not in moved}
    return [(block.start, block.end, plan.texts[index]) for index, block in places.items()]


def _sorted_splices(plan: Plan) -> Iterator[Splice]:
    for place, index in enumerate(plan.order or ()):
        if place != index or index in plan.texts:
            yield _lead(plan, place), plan.blocks[place].end, _text_with_lead(plan, index)


def _text_with_lead(plan: Plan, index: int) -> str:
    block, text = plan.blocks[index], plan.bib.text
    return text[_lead(plan, index) : block.start] + plan.texts.get(
        index, text[block.start : block.end]
    )


def _lead(plan: Plan, index: int) -> int:
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


def _lines(plan: Plan, index: int, *, lead: bool = False) -> tuple[int, int]:
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
    if after == len(plain):  # the last of the file: the blank lines before it go
        kept = len(plain[:begin].rstrip())
        line = plain.find("\n", kept) + 1 if plain.endswith("\n") else kept
        return (line if 0 < line <= begin and kept else begin), end
    return begin, after if _blank_above(plain, begin) else end


def _blank_above(plain: str, begin: int) -> bool:
    line = plain.rfind("\n", 0, begin - 1) + 1
    return not plain[line:begin].strip()


def _arrivals(plan: Plan) -> Iterator[tuple[int, str]]:
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


def _gap_after(plan: Plan, anchor: EntryRef | None) -> tuple[int, str, str]:
    """Return the place after an entry, and what parts a new one there from its neighbours."""
    newline, gap = plan.bib.newline, _usual_gap(plan)
    if anchor is None:
        first = _lead(plan, 0)
        if is_commented(plan.plain, first):
            first = plan.plain.rfind("\n", 0, first) + 1
        return first, "", newline + gap
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


def _usual_gap(plan: Plan) -> str:
    """Return the blank lines that stand between two entries."""
    for one, other in zip(plan.blocks, plan.blocks[1:], strict=False):
        between = plan.plain[one.end : other.start]
        if not between.strip():
            return plan.bib.newline * max(between.count("\n") - 1, 0)
    return plan.bib.newline


def _appended(plan: Plan, text: str, new: str) -> str:
    if plan.bib.open_end:
        raise appending_error(plan.bib.open_end)
    newline = plan.bib.newline
    return text + separation(text).replace("\n", newline) + new + newline
