"""Merged pieces, each right by itself → what is wrong with them together, and made good.

A key that another entry came to have too, a parent or a macro that one side deleted and the other
began to use: conflicts that no single piece shows. References to a key that was renamed follow it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bibkit.bibfile import macro_names
from bibkit.bibfile.blocks import Block
from bibkit.bibfile.patching import REFERRING
from bibkit.bibfile.values import value_text
from bibkit.git.conflicts import Markers, Outcome, settled, whole_conflict
from bibkit.git.entry_parts import entry_parts
from bibkit.git.pieces import cut
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
    _references_follow(whole)
    _bring_back(whole)


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


def _keys_now(whole: Whole) -> tuple[set[str], dict[str, str]]:
    """Return the keys there are, and those that became others."""
    there: set[str] = set()
    renamed: dict[str, str] = {}
    for number, outcome in whole.outcomes.items():
        block = whole.blocks.get(number)
        if block is None and outcome.conflict:
            there |= {piece.block.key.lower() for piece in whole.trios[number].all}
        elif block and block.key:
            there.add(block.key.lower())
    for number, block in whole.blocks.items():
        for piece in whole.trios[number].all if block.key else ():
            old = piece.block.key.lower()
            if old and old not in there:
                renamed[old] = block.key
    return there, renamed


def _references_follow(whole: Whole) -> None:
    """Let `crossref` and the like follow a key that was renamed."""
    _, renamed = _keys_now(whole)
    if not renamed:
        return
    for number, name, old in list(_references(whole)):
        if old in renamed:
            text = _renamed_in(whole.outcomes[number].text, name, old, renamed[old])
            whole.outcomes[number] = settled(text)
            whole.blocks[number] = next(iter(cut(text).pieces), whole.trios[number].any).block


def _references(whole: Whole) -> Iterator[tuple[int, str, str]]:
    """Yield which entry names which key in which field."""
    for number, block in whole.blocks.items():
        for name, raw in block.fields:
            if name.lower() in REFERRING:
                for key in value_text(raw, {}).lower().split(","):
                    yield number, name.lower(), key.strip()


def _renamed_in(text: str, name: str, old: str, new: str) -> str:
    piece = next(iter(cut(text).pieces), None)
    parts = entry_parts(piece) if piece else None
    part = next((p for p in parts.parts if p.name == f"={name}"), None) if parts else None
    if part is None:
        return text
    key = re.compile(rf"(?<![^\s,{{\"=]){re.escape(old)}(?![^\s,}}\"])", re.IGNORECASE)
    return text.replace(part.text, key.sub(lambda _: new, part.text), 1)


def _bring_back(whole: Whole) -> None:
    """Turn what one side deleted and the other uses into a conflict."""
    gone = {number: trio for number, trio in whole.trios.items() if number not in whole.outcomes}
    entries = {trio.any.block.key.lower(): n for n, trio in gone.items() if trio.any.is_entry}
    macros = {
        t.name[1]: n
        for n, trio in gone.items()
        if (t := trio.any).name and t.block.kind == "string"
    }
    there, _ = _keys_now(whole)
    wanted = {
        entries[key]
        for _, name, key in _references(whole)
        if name in _NEEDS_IT and key in entries and key not in there
    }
    if macros:
        defined = {
            b.fields[0][0].lower() for b in whole.blocks.values() if b.kind == "string" and b.fields
        }
        used = {
            m.lower()
            for b in whole.blocks.values()
            for _, raw in b.fields
            for m in macro_names(raw)
        }
        wanted |= {number for name, number in macros.items() if name in used - defined}
    for number in wanted:
        trio = gone[number]
        if (trio.mine is None) != (trio.theirs is None):
            mine, theirs = (one.text if one else None for one in (trio.mine, trio.theirs))
            why = "deleted by one side, used by the other"
            whole.outcomes[number] = whole_conflict(mine, theirs, why, whole.markers)
