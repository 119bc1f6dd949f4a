"""Merged pieces, each right by itself → what is wrong with them together, and made good.

A key that another entry came to have too, a parent or a macro that one side deleted and the other
began to use: conflicts that no single piece shows. References to a renamed key follow it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field

from bibkit.bibfile import macro_names
from bibkit.bibfile.blocks import Block
from bibkit.bibfile.patching import REFERRING
from bibkit.bibfile.values import value_text
from bibkit.git.conflicts import Markers, Outcome, settled, whole_conflict
from bibkit.git.entry_parts import entry_parts
from bibkit.git.pieces import Name, Piece, cut, name_of
from bibkit.git.trios import Trio

_NEEDS_IT = frozenset({"crossref", "xdata"})
"""References without which an entry is not whole."""


@dataclass(slots=True)
class Whole:
    """All pieces of the file, as they are mended."""

    trios: Mapping[int, Trio]
    outcomes: dict[int, Outcome]
    markers: Markers
    blocks: dict[int, Block] = field(default_factory=dict)
    """Of the pieces without conflict: as they will be read."""

    def read(self) -> None:
        """Read every piece that is no conflict."""
        self.blocks = {
            number: self._block(number)
            for number, outcome in self.outcomes.items()
            if not outcome.conflict
        }

    def _block(self, number: int) -> Block:
        text = self.outcomes[number].text
        source = next((one for one in self.trios[number].all if one.text == text), None)
        return (
            source.block if source else next(iter(cut(text).pieces), self.trios[number].any).block
        )


def make_consistent(
    trios: Mapping[int, Trio], outcomes: dict[int, Outcome], markers: Markers
) -> None:
    """Mend the outcomes, or turn them into conflicts."""
    whole = Whole(trios, outcomes, markers)
    whole.read()
    _one_entry_a_key(whole)
    _mend_uses(whole)


def _one_entry_a_key(whole: Whole) -> None:
    """Turn two entries that came to share a key into a conflict."""
    sharing: defaultdict[str, list[int]] = defaultdict(list)
    for number, block in whole.blocks.items():
        if whole.trios[number].any.is_entry and block.key:
            sharing[block.key.casefold()].append(number)
    for numbers in sharing.values():
        if len(numbers) < 2 or _shared_before(whole, numbers):
            continue
        ours = [n for n in numbers if whole.trios[n].mine]
        theirs = [n for n in numbers if n not in ours]
        if len(ours) != 1 or len(theirs) != 1:
            continue
        one, other = (whole.outcomes[n].text for n in (ours[0], theirs[0]))
        why = "two entries came to have this citation key"
        whole.outcomes[ours[0]] = whole_conflict(one, other, why, whole.markers)
        del whole.outcomes[theirs[0]], whole.blocks[theirs[0]], whole.blocks[ours[0]]


def _shared_before(whole: Whole, numbers: list[int]) -> bool:
    """Tell whether these entries share their key in mine or in theirs already."""
    trios = [whole.trios[number] for number in numbers]
    sides = ([trio.mine for trio in trios], [trio.theirs for trio in trios])
    return any(
        all(pieces) and len({p.block.key.casefold() for p in pieces if p}) == 1 for pieces in sides
    )


def _mend_uses(whole: Whole) -> None:
    """Let references follow a renamed key; bring back what one side deleted and the other uses.

    What was broken already in the version that it is from stays as it is.
    """
    before = [_defined(piece.block for piece in _of_side(whole, side)) for side in (0, 1)]
    there = _defined(_blocks_there(whole))
    lost = (before[0] | before[1]) - there
    if not lost:
        return
    renamed = _renamed(whole, lost)
    gone = {
        name: number
        for number, trio in whole.trios.items()
        if number not in whole.outcomes
        for name in _defined(piece.block for piece in trio.all)
    }
    for number, block in list(whole.blocks.items()):
        for field_name, name in _uses(block, lost):
            sides = (whole.trios[number].mine, whole.trios[number].theirs)
            if any(
                piece and name not in known and (field_name, name) in _uses(piece.block, lost)
                for piece, known in zip(sides, before, strict=True)
            ):
                continue
            if name in renamed:
                _mend(whole, number, field_name, name[1], renamed[name])
            elif name in gone and (name[0] == "string" or field_name in _NEEDS_IT):
                _bring_back(whole, gone[name])


def _of_side(whole: Whole, side: int) -> Iterator[Piece]:
    for trio in whole.trios.values():
        piece = (trio.mine, trio.theirs)[side]
        if piece:
            yield piece


def _blocks_there(whole: Whole) -> Iterator[Block]:
    """Yield the blocks of the file; of a conflict, all that it may come to be."""
    for number, outcome in whole.outcomes.items():
        if outcome.conflict:
            yield from (piece.block for piece in whole.trios[number].all)
        else:
            yield whole.blocks[number]


def _defined(blocks: Iterable[Block]) -> set[Name]:
    """Return the keys and macros that can be used."""
    names = (name_of(block) for block in blocks)
    return {(name[0], name[1].lower()) for name in names if name}


def _uses(block: Block, lost: Set[Name]) -> set[tuple[str, Name]]:
    """Return in which fields which of some keys and macros are used."""
    found: set[tuple[str, Name]] = set()
    for name, raw in block.fields:
        if name.lower() in REFERRING:
            keys = value_text(raw, {}).lower().split(",")
            found |= {(name.lower(), ("entry", key.strip())) for key in keys}
        if raw[:1] != "{" or "#" in raw:
            found |= {(name.lower(), ("string", m.lower())) for m in macro_names(raw)}
    return {(name, used) for name, used in found if used in lost}


def _renamed(whole: Whole, lost: Set[Name]) -> dict[Name, str]:
    """Return what became of keys that are there no more."""
    found: dict[Name, str] = {}
    for number, block in whole.blocks.items():
        for piece in whole.trios[number].all:
            old = ("entry", piece.block.key.lower())
            if old in lost and block.key:
                found[old] = block.key
    return found


def _mend(whole: Whole, number: int, name: str, old: str, new: str) -> None:
    """Put another key in the place of one that is named in a field."""
    text = whole.outcomes[number].text
    piece = next(iter(cut(text).pieces), None)
    parts = entry_parts(piece) if piece else None
    part = next((p for p in parts.parts if p.name == f"={name}"), None) if parts else None
    if part:
        key = re.compile(rf"(?<![^\s,{{\"=]){re.escape(old)}(?![^\s,}}\"])", re.IGNORECASE)
        text = text.replace(part.text, key.sub(lambda _: new, part.text), 1)
        whole.outcomes[number] = settled(text)
        whole.blocks[number] = cut(text).pieces[0].block


def _bring_back(whole: Whole, number: int) -> None:
    trio = whole.trios[number]
    if (trio.mine is None) != (trio.theirs is None):
        mine, theirs = (one.text if one else None for one in (trio.mine, trio.theirs))
        why = "deleted by one side, used by the other"
        whole.outcomes[number] = whole_conflict(mine, theirs, why, whole.markers)
