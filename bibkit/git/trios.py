"""The versions of one piece, side by side → what becomes of it by the three-way rule."""

from __future__ import annotations

from dataclasses import dataclass

from bibkit.git.conflicts import Markers, Outcome, settled, whole_conflict
from bibkit.git.entry_merge import merge_entries
from bibkit.git.entry_parts import meaning_of, same_meaning
from bibkit.git.lines_merge import merge_lines
from bibkit.git.pieces import Piece
from bibkit.merge.three_way import settle


@dataclass(frozen=True, slots=True)
class Trio:
    """One piece in three versions; None where it is not."""

    base: Piece | None
    mine: Piece | None
    theirs: Piece | None

    @property
    def any(self) -> Piece:
        """The piece in one of the versions that have it, mine first."""
        found = self.mine or self.theirs or self.base
        if found is None:
            raise ValueError(self)
        return found

    @property
    def all(self) -> tuple[Piece, ...]:
        """The versions there are."""
        return tuple(piece for piece in (self.mine, self.theirs, self.base) if piece)


def merged(trio: Trio, markers: Markers) -> Outcome | None:
    """Merge one piece; None when it is to be gone."""
    base, mine, theirs = trio.base, trio.mine, trio.theirs
    if mine is None or theirs is None:
        return _one_sided(base, mine, theirs, markers)
    if mine.plain == theirs.plain or (base and theirs.plain == base.plain):
        return settled(mine.text)
    if base and mine.plain == base.plain:
        return settled(theirs.text)
    if mine.block.kind == "entry":
        return merge_entries(base, mine, theirs, markers)
    whole = _merged_text(base, mine, theirs)
    if whole is not None:
        return settled(whole)
    why = "changed by both" if base else "added by both"
    return whole_conflict(mine.text, theirs.text, why, markers)


def _one_sided(
    base: Piece | None, mine: Piece | None, theirs: Piece | None, markers: Markers
) -> Outcome | None:
    there = mine or theirs
    if there is None:
        return None
    if base is None:
        return settled(there.text)
    if same_meaning(base, there):
        return None
    if mine:
        return whole_conflict(mine.text, None, "changed here, deleted there", markers)
    return whole_conflict(None, there.text, "deleted here, changed there", markers)


def _merged_text(base: Piece | None, mine: Piece, theirs: Piece) -> str | None:
    """Merge what is no entry: a macro by its value, comments and text by their lines."""
    if mine.block.kind == "string" and mine.name == theirs.name:
        values = [meaning_of(p.block.fields[0][1]) if p else None for p in (base, mine, theirs)]
        verdict = settle(*values).verdict
        rest = settle(base.after if base else None, mine.after, theirs.after)
        if "conflict" in (verdict, rest.verdict) or mine.before != theirs.before:
            return None
        return (theirs if verdict == "theirs" else mine).core.join([mine.before, rest.value or ""])
    if mine.block.kind in ("text", "comment") and base:
        return merge_lines(base.text, mine.text, theirs.text)
    return None
