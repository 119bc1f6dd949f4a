"""Merged pieces and their order → the text of the file, and whether it is read as it is meant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bibkit.bibfile import Block
from bibkit.bibfile.encoding import with_lf
from bibkit.errors import OutputError
from bibkit.git.conflicts import Outcome
from bibkit.git.entry_merge import Side
from bibkit.git.ordering import Gaps, lines_in
from bibkit.git.pieces import Piece, cut
from bibkit.git.trios import Trio
from bibkit.git.versions import Versions

Ids = tuple[list[int], list[int], list[int]]
_MARKS = ("<<<<<<<", ">>>>>>>")


@dataclass(frozen=True, slots=True)
class Layout:
    """What is to be written, and what stood around it."""

    order: Sequence[int]
    outcomes: Mapping[int, Outcome]
    trios: Mapping[int, Trio]
    gaps: Gaps[int]
    newline: str
    usual_gap: str

    @classmethod
    def of(
        cls,
        order: Sequence[int],
        outcomes: Mapping[int, Outcome],
        trios: Mapping[int, Trio],
        versions: Versions,
        ids: Ids,
    ) -> Layout:
        """Lay out pieces as the versions do."""
        gaps = Gaps.of([(own, v.gaps) for own, v in zip(ids, versions.all, strict=True)])
        inner = Counter(gap for gap in versions.mine.gaps[1:-1] if "\n" in with_lf(gap))
        usual = inner.most_common(1)[0][0] if inner else versions.newline * 2
        return cls(order, outcomes, trios, gaps, versions.newline, usual)

    def pieces(self, side: Side = "") -> list[str]:
        """Return the file in one reading of its conflicts: gap, piece, gap, …, gap."""
        pieces: list[str] = []
        before: int | None = None
        last = ""
        for number in self.order:
            text = _reading(self.outcomes[number], side)
            if text is None:
                continue
            pieces += [self._gap(before, number, last, text), text]
            before, last = number, text
        pieces.append(self._gap(before, None, last, ""))
        return pieces

    def _gap(self, before: int | None, then: int | None, last: str, text: str) -> str:
        gap, near = self.gaps.at(before, then)
        if before is None:
            return gap if near or (None, then) in self.gaps.between[2] else ""
        lines = lines_in(gap)
        if lines < self._lines_between(before, then, last, text, near=near):
            usual = self.usual_gap if then is not None else self.newline
            return usual if lines_in(usual) > lines else self.newline * 2
        return gap

    def _lines_between(
        self, before: int, then: int | None, last: str, text: str, *, near: bool
    ) -> int:
        """Return how many line ends there must be at least."""
        if last.rpartition("\n")[2].startswith(_MARKS[1]) or text.startswith(_MARKS[0]):
            return 1
        if then is None:
            return 0
        paragraphs = all(self.trios[one].any.block.kind == "text" for one in (before, then))
        if not near:
            return 2 if paragraphs else 1
        mine = self.trios[before].mine
        return 1 if mine is None or (last != mine.text and "%" in last.rpartition("\n")[2]) else 0


def _reading(outcome: Outcome, side: Side) -> str | None:
    if side == "ours":
        return outcome.ours
    return outcome.theirs if side == "theirs" else outcome.text


def checked(layout: Layout, written: Sequence[str], *, origin: str) -> None:
    """Raise unless every reading of the file has the very pieces that are meant.

    One reading is read whole. Where every block is closed, that of a piece in the other reading can
    change no other, so it is enough that it is one piece by itself.
    """
    ours = [number for number in layout.order if layout.outcomes[number].ours is not None]
    theirs = [number for number in layout.order if layout.outcomes[number].theirs is not None]
    in_conflict = [number for number in layout.order if layout.outcomes[number].conflict]
    found = cut("".join(layout.pieces("ours") if in_conflict else written)).pieces
    good = _are_meant(layout, ours, "ours", found)
    if in_conflict and any(piece.block.kind == "broken" for piece in found):
        good = good and _are_meant(
            layout, theirs, "theirs", cut("".join(layout.pieces("theirs"))).pieces
        )
    for number in in_conflict:
        text = layout.outcomes[number].theirs
        good = good and (text is None or _are_meant(layout, [number], "theirs", cut(text).pieces))
    if not good:
        message = "the merged file would be read otherwise than it is meant"
        raise OutputError(message, origin=origin, code="unsafe-merge")


def _are_meant(layout: Layout, numbers: Sequence[int], side: Side, found: Sequence[Piece]) -> bool:
    return len(numbers) == len(found) and all(
        _reading(layout.outcomes[number], side) == piece.text
        and _is_meant(layout.trios[number], piece)
        for number, piece in zip(numbers, found, strict=True)
    )


def _is_meant(trio: Trio, piece: Piece) -> bool:
    """Tell whether a piece is read as in the version it is from; a merged one is without fault."""
    source = next((one for one in trio.all if one.plain == piece.plain), None)
    if source is None:
        return not piece.block.complaint and piece.block.kind == trio.any.block.kind
    new, old = piece.block, source.block
    if new.fields != old.fields and _plain(new) != _plain(old):
        return False
    return (new.kind, new.entry_type, new.key, new.complaint) == (
        old.kind, old.entry_type, old.key, old.complaint,
    )  # fmt: skip


def _plain(block: Block) -> list[tuple[str, str]]:
    return [(name, with_lf(raw)) for name, raw in block.fields]
