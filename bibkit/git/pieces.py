"""The text of a .bib → the pieces that are merged: its blocks, and the paragraphs between them.

What stands on the line of a block (a `%` before it, a remark after it) belongs to its piece;
between pieces there are only blanks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bibkit.bibfile import Block, readable
from bibkit.bibfile.bib_file import holds_an_entry
from bibkit.bibfile.encoding import with_lf
from bibkit.bibfile.splitting import split

Name = tuple[str, str]
_BLANK_LINES = re.compile(r"\n[^\S\n]*(?=\n)(?:\s*\n)?")
_WORDS = re.compile(r"\S(?:.*\S)?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Piece:
    """A block with what stands on its lines, or a paragraph of text."""

    block: Block
    """Of the kind `text` for a paragraph."""
    before: str
    core: str
    """The block itself."""
    after: str
    text: str
    """All of it as it stands."""
    plain: str
    """All of it, to compare: every line ends in LF."""
    name: Name | None
    """What tells it from other pieces whatever it says; None where only its text does."""

    @property
    def is_entry(self) -> bool:
        """True for the file's entries, broken ones included."""
        return holds_an_entry(self.block)


@dataclass(frozen=True, slots=True)
class Pieces:
    """A whole file: gap, piece, gap, …, piece, gap."""

    pieces: tuple[Piece, ...]
    gaps: tuple[str, ...]
    """Blanks; one more than pieces."""
    blocks: tuple[Block, ...]


def cut(text: str) -> Pieces:
    r"""Cut a file into pieces.

    >>> [(p.before, p.core, p.after) for p in cut("% a\n\n@misc{k,} % b\n").pieces]
    [('', '% a', ''), ('', '@misc{k,}', ' % b')]
    """
    plain = readable(text)
    blocks = split(plain)
    pieces: list[Piece] = []
    gaps: list[str] = []
    at = 0
    for start, first, last, end, block in _spans(plain, blocks):
        gaps.append(text[at:start])
        whole = text[start:end]
        same = with_lf(whole) if "\r" in whole else whole
        parts = (text[start:first], text[first:last], text[last:end])
        pieces.append(Piece(block, *parts, whole, same, name_of(block)))
        at = end
    return Pieces(tuple(pieces), (*gaps, text[at:]), blocks)


def name_of(block: Block) -> Name | None:
    """Return what tells a block from others whatever it says: its citation key, or its macro."""
    if holds_an_entry(block):
        return ("entry", block.key) if block.key else None
    if block.kind == "string" and block.fields:
        return ("string", block.fields[0][0].lower())
    return None


def _spans(plain: str, blocks: Sequence[Block]) -> Iterator[tuple[int, int, int, int, Block]]:
    """Yield where each piece begins, its block begins and ends, and the piece ends."""
    waiting: tuple[int, int, int, int, Block] | None = None
    start = -1  # of what stands before the next block on its line
    for number, block in enumerate(blocks):
        if block.kind != "text":
            if waiting:
                yield waiting
            begin = block.start if start < 0 else start
            waiting, start = (begin, block.start, block.end, block.end, block), -1
            continue
        at, end = block.start, block.end
        if plain[at:end].isspace():
            continue
        if waiting:
            at = _line_end(plain, at, end)
            yield (*waiting[:3], waiting[3] + len(plain[waiting[3] : at].rstrip()), waiting[4])
            waiting = None
        if number + 1 < len(blocks):
            line = plain.rfind("\n", at, end) + 1 or at
            words = _WORDS.search(plain, line, end)
            start = words.start() if words else -1
            end = line
        yield from _paragraphs(plain, at, end)
    if waiting:
        yield waiting


def _line_end(plain: str, start: int, end: int) -> int:
    found = plain.find("\n", start, end)
    return end if found < 0 else found


def _paragraphs(plain: str, at: int, end: int) -> Iterator[tuple[int, int, int, int, Block]]:
    while at < end:
        parting = _BLANK_LINES.search(plain, at, end)
        stop = parting.start() if parting else end
        words = _WORDS.search(plain, at, stop)
        if words:
            first, last = words.span()
            yield first, first, last, last, Block("text", first, last)
        at = parting.end() if parting else end
