"""Three versions of one entry → one, field by field; or as small a conflict as can be shown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from bibkit.git.conflicts import Markers, Outcome, settled, whole_conflict
from bibkit.git.entry_parts import EntryParts, Part, entry_parts
from bibkit.git.ordering import Gaps, merged_order
from bibkit.git.pieces import Piece
from bibkit.merge.three_way import settle, settle_fields

Side = Literal["ours", "theirs", ""]
"""Which reading of the conflicts is written; empty for both, between markers."""
_LINE_AFTER = re.compile(r"[ \t]*,?[ \t]*\r?\n(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Merged:
    """A part of the merged entry, or its head; `ours` and `theirs` differ in a conflict."""

    name: str
    ours: str | None
    theirs: str | None
    in_conflict: bool = False

    @property
    def is_field(self) -> bool:
        return self.name.startswith("=")

    def text(self, side: Side) -> str | None:
        return self.theirs if side == "theirs" else self.ours


def merge_entries(base: Piece | None, mine: Piece, theirs: Piece, markers: Markers) -> Outcome:
    """Merge an entry that both sides changed, or that both added."""
    taken = [None if piece is None else entry_parts(piece) for piece in (base, mine, theirs)]
    after = settle(base.after if base else None, mine.after, theirs.after)
    one, other = taken[1], taken[2]
    if one is None or other is None or (base and not taken[0]) or after.verdict == "conflict":
        return whole_conflict(mine.text, theirs.text, "changed by both, and broken", markers)
    head = _head(taken[0], one, other)
    parts = {part.name: part for part in _merged_parts(taken[0], one, other)}
    names = [[part.name for part in its.parts] if its else [] for its in taken]
    order = merged_order(names[0], names[1], names[2], parts)
    gaps = Gaps.of(
        [(own, its.gaps if its else ("",)) for own, its in zip(names, taken, strict=True)]
    )
    items = [head, *(parts[name] for name in order)]
    tail = one.closing + (after.value or "")
    texts = {side: _joined(items, gaps, tail, side, markers) for side in ("ours", "theirs", "")}
    words = ", ".join(item.name.lstrip("=") for item in items if item.in_conflict)
    if not words:
        return settled(texts["ours"] or "")
    why = f"both changed {words}" if base else f"both added it, with another {words}"
    if texts[""] is None:
        return whole_conflict(mine.text, theirs.text, why, markers)
    return Outcome(texts[""], texts["ours"], texts["theirs"], why)


def _head(base: EntryParts | None, mine: EntryParts, theirs: EntryParts) -> _Merged:
    """Merge type and key."""
    was, old_key = (base.entry_type, base.key) if base else (None, None)
    kind = settle(was and was.lower(), mine.entry_type.lower(), theirs.entry_type.lower())
    if kind.verdict == "same":
        spelled = settle(was, mine.entry_type, theirs.entry_type).value
    else:
        spelled = theirs.entry_type if kind.verdict == "theirs" else mine.entry_type
    key = settle(old_key, mine.key, theirs.key)
    clashing = [
        word for word, it in (("type", kind), ("citation key", key)) if it.verdict == "conflict"
    ]
    ours = f"{mine.opening}{spelled}{mine.brace}{key.value}"
    if not clashing:
        return _Merged("", ours, ours)
    other = (
        theirs.entry_type if kind.verdict == "conflict" else spelled,
        theirs.key if key.verdict == "conflict" else key.value,
    )
    return _Merged(
        " and ".join(clashing), ours, f"{mine.opening}{other[0]}{mine.brace}{other[1]}", True
    )


def _merged_parts(
    base: EntryParts | None, mine: EntryParts, theirs: EntryParts
) -> Iterator[_Merged]:
    """Yield the parts that stay; what is in conflict in both readings."""
    was, own, other = (_by_name(its) for its in (base, mine, theirs))
    meanings = ({name: part.meaning for name, part in its.items()} for its in (was, own, other))
    for name, verdict in settle_fields(*meanings).items():
        texts = [its[name].text if name in its else None for its in (was, own, other)]
        if verdict.verdict == "conflict":
            yield _Merged(name, texts[1], texts[2], True)
        elif verdict.value is not None:
            text = texts[2] if verdict.verdict == "theirs" else texts[1]
            if verdict.verdict == "same":  # at most the layout differs
                text = settle(*texts).value
            yield _Merged(name, text, text)


def _by_name(parts: EntryParts | None) -> dict[str, Part]:
    return {part.name: part for part in parts.parts} if parts else {}


def _joined(
    items: Sequence[_Merged], gaps: Gaps[str], tail: str, side: Side, markers: Markers
) -> str | None:
    """Return the entry in one reading; None where markers would not stand on lines of their own."""
    present = [item for item in items if side == "" or item.text(side) is not None]
    names = [None, *(item.name for item in present[1:]), None]
    written = _Writing(markers)
    for number, item in enumerate(present):
        gap = gaps.at(names[number - 1], names[number])[0] if number else ""
        then = gaps.at(names[number], names[number + 1])[0]
        if not item.in_conflict or side:
            written.part(item.text(side) or "", gap, field=item.is_field)
        elif not written.conflict(item, gap, then, last=number + 1 == len(present)):
            return None
    written.gap(gaps.at(names[-2], None)[0])
    return written.text + tail


class _Writing:
    """The text of an entry as it grows; between two fields there is one comma."""

    def __init__(self, markers: Markers) -> None:
        self._markers = markers
        self._written: list[str] = []
        self._comma_at = -1
        """Where in `_written` the comma after the last field can be put."""
        self._has_comma = False
        self._below_markers = False
        self._below_comment = False

    @property
    def text(self) -> str:
        return "".join(self._written)

    def part(self, text: str, gap: str, *, field: bool) -> None:
        """Add the head, a field or a comment."""
        self.gap(gap, needs_comma=field)
        self._below_comment = text.startswith("%")
        self._written.append(text)
        if field or self._comma_at < 0:
            self._expect_comma(there=False)

    def conflict(self, item: _Merged, gap: str, then: str, *, last: bool) -> bool:
        """Add two readings, unless they cannot stand on lines of their own."""
        due = self._due(gap)
        cut = due.rfind("\n") + 1
        lead, indent = due[:cut], due[cut:]
        at_line_start = bool(lead) or self._below_markers or not self._written
        if indent.strip(" \t") or not at_line_start or not _LINE_AFTER.fullmatch(then):
            return False
        if self._written:
            self._add(lead, needs_comma=True)
        comma = "," if "," in then or not last else ""
        newline = self._markers.newline
        lines = [
            f"{indent}{one}{comma}{newline}" if one is not None else ""
            for one in (item.ours, item.theirs)
        ]
        self._written.append(self._markers.around(*lines) + newline)
        self._expect_comma(there=bool(comma))
        self._below_markers, self._below_comment = True, False
        return True

    def gap(self, gap: str, *, needs_comma: bool = False) -> None:
        """Add what stands between two parts."""
        due = self._due(gap)
        if self._below_comment and "\n" not in due.replace("\r", "\n"):
            due = self._markers.newline + due
        self._add(due, needs_comma=needs_comma)
        self._below_markers = self._below_comment = False

    def _expect_comma(self, *, there: bool) -> None:
        self._has_comma, self._comma_at = there, len(self._written)
        self._written.append("")

    def _due(self, gap: str) -> str:
        """Return what is still to be written of a gap: markers have ended their line."""
        found = _LINE_AFTER.fullmatch(gap) if self._below_markers else None
        return found[1] if found else gap

    def _add(self, due: str, *, needs_comma: bool) -> None:
        if self._has_comma:
            due = due.replace(",", "")
        elif "," in due:
            self._has_comma = True
        elif needs_comma and self._comma_at >= 0:
            self._written[self._comma_at] = ","
            self._has_comma = True
        self._written.append(due)
