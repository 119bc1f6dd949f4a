"""Three versions of a text → one, line by line; None where both changed the same lines."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from bibkit.merge.three_way import settle

_MOST_LINES = 1_000
"""Longer texts are not compared by line: that is quadratic in the worst case."""


def merge_lines(base: str, mine: str, theirs: str) -> str | None:
    r"""Merge a text by its lines.

    >>> merge_lines("a\nb\nc", "A\nb\nc", "a\nb\nC"), merge_lines("a\nb", "A\nb", "a\nB")
    ('A\nb\nC', None)
    """
    texts = [text.splitlines(keepends=True) for text in (base, mine, theirs)]
    if max(map(len, texts)) > _MOST_LINES:
        return None
    old, own, other = texts
    merged: list[str] = []
    at = (0, 0, 0)
    for stop in [*_shared(old, own, other), (len(old), len(own), len(other))]:
        pieces = ("".join(t[i:j]) for t, i, j in zip(texts, at, stop, strict=True))
        settled = settle(*pieces)
        if settled.verdict == "conflict":
            return None
        merged.append(settled.value or "")
        merged += old[stop[0] : stop[0] + 1]
        at = (stop[0] + 1, stop[1] + 1, stop[2] + 1)
    return "".join(merged)


def _shared(
    base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]
) -> list[tuple[int, int, int]]:
    """Return where the lines stand that no side touched."""
    found = [_kept(base, side) for side in (mine, theirs)]
    return [(line, found[0][line], found[1][line]) for line in found[0] if line in found[1]]


def _kept(base: Sequence[str], side: Sequence[str]) -> dict[int, int]:
    blocks = SequenceMatcher(None, base, side, autojunk=False).get_matching_blocks()
    return {b.a + i: b.b + i for b in blocks for i in range(b.size)}
