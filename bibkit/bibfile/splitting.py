"""The text of a .bib file → blocks that cover all of it.

A new block at the start of a line ends whatever was left open before it, so one missing brace costs
one entry; unless everything closes in order without that: then it stood in a value. bibtexparser's
splitter does not read here: it judges (`witness`; docs/decisions/0007).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import replace

from bibkit.bibfile.blocks import Block, BlockKind
from bibkit.bibfile.scanning import UNCLOSED, Scanned, closing_delimiter, scan_entry, scan_string

_START = re.compile(
    r"@\s*(?P<type>[^\W\d_][^\s{}(),=\"#%'@\\]*)(?P<stray>@*)\s*"
    r"(?:\{|\((?:(?=\s*[^\s,=(){}\"]+\s*[,=])|(?P<bare>(?=\s*[^\s,=(){}\"]+\s*\)))|(?P<odd>)))"
)
"""The start of a block; after a parenthesis a key and a comma, else it may be prose."""
_STANDARD = r"(?:article|book|in\w+|misc|online|preamble|\w*thesis|\w*report)"
_KNOWN = re.compile(rf"@\s*{_STANDARD}\b", re.IGNORECASE)
_WITHIN_PROSE = re.compile(rf"[\w\s]@(?!\s*{_STANDARD}\b)", re.IGNORECASE)
_LINE_HEAD = re.compile(r"^[ \t]*(?P<percent>%[^@\n]*)?(?=@)", re.MULTILINE)


_MOST_IN_A_VALUE = 4
"""Lines of one value that look like the start of a block; a file full of such stays linear."""


def split(text: str) -> tuple[Block, ...]:
    r"""Cut a file into blocks, in order and without a gap.

    >>> [b.kind for b in split("% mine\n@misc{a, year=2024}\n@comment{x}\n@misc{b, title={")]
    ['text', 'entry', 'text', 'comment', 'text', 'broken']
    """
    starts = list(_START.finditer(text))
    commented = {found.end(): bool(found["percent"]) for found in _LINE_HEAD.finditer(text)}
    limits = [
        s.start()
        for s in starts
        if commented.get(s.start()) is False and not _is_prose(text, s, at_head=True)
    ]
    limits.append(len(text))
    blocks: list[Block] = []
    at, horizon = 0, len(text)
    for found in starts:
        start = found.start()
        if start < at or _is_prose(text, found, start in commented):
            continue  # inside the block before, or prose
        after = bisect_right(limits, start, hi=len(limits) - 1)
        limit = limits[after]
        block = _block(text, found, limit, horizon, commented.get(start, False))
        if block.complaint == UNCLOSED and block.key:
            wider = limits[min(after + _MOST_IN_A_VALUE, len(limits) - 1)]
            block = _with_blocks_inside(text, found, wider) or block
        if block.kind == "broken" and block.entry_type == "comment":
            horizon = 0  # looking to the end of the file once is enough
        if start > at:
            blocks.append(Block("text", at, start))
        blocks.append(block)
        at = block.end
    if at < len(text):
        blocks.append(Block("text", at, len(text)))
    return tuple(blocks)


def _is_prose(text: str, found: re.Match[str], at_head: bool) -> bool:
    """Tell `ann@example.org (Ann)` and `@handle (see below)` from entries in parentheses."""
    if found["bare"] is not None:
        return not at_head and _WITHIN_PROSE.match(text, found.start() - 1) is not None
    if found["odd"] is None:
        return False
    before = text[found.start() - 1]
    within = not at_head and (before.isalnum() or before.isspace())
    return within or not _KNOWN.match(text, found.start())


def _block(text: str, found: re.Match[str], limit: int, horizon: int, commented: bool) -> Block:
    start, opening, kind = found.start(), found.end() - 1, found["type"].lower()
    if kind == "comment":
        # Whole sections are commented out this way, so entries inside do not end a comment.
        end = closing_delimiter(text, opening, max(limit, horizon))
        return _enclosed(text, start, end, limit, "comment")
    if kind == "preamble":
        return _enclosed(text, start, closing_delimiter(text, opening, limit), limit, "preamble")
    if kind == "string":
        return _scanned(text, start, kind, scan_string(text, opening, limit))
    scanned = scan_entry(text, opening, limit, commented=commented)
    if found["stray"]:
        scanned = replace(scanned, complaint="a stray @ after the entry type")
    return _scanned(text, start, kind, scanned)


def _with_blocks_inside(text: str, found: re.Match[str], limit: int) -> Block | None:
    """Return the entry as BibTeX has it, which knows no lines, if that is without fault."""
    scanned = scan_entry(text, found.end() - 1, limit)
    if scanned.closed and not scanned.complaint:
        return _scanned(text, found.start(), found["type"].lower(), scanned)
    return None


def _enclosed(text: str, start: int, closing: int, limit: int, kind: BlockKind) -> Block:
    if closing < 0:
        return Block("broken", start, _trimmed(text, limit), kind, complaint="never closed")
    return Block(kind, start, closing + 1, kind)


def _scanned(text: str, start: int, entry_type: str, scanned: Scanned) -> Block:
    kind: BlockKind = "string" if entry_type == "string" else "entry"
    if not scanned.closed:
        kind = "broken"
    end = scanned.end if scanned.closed else _trimmed(text, scanned.end)
    return Block(kind, start, end, entry_type, scanned.key, scanned.fields, scanned.complaint)


def _trimmed(text: str, end: int) -> int:
    """Leave the blank lines after a broken block out of it."""
    while text[end - 1].isspace():
        end -= 1
    return end
