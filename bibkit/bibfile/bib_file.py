"""An existing .bib file → its blocks, its entries, and the same bytes with entries after them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from bibkit.bibfile.blocks import Block, FileEntry
from bibkit.bibfile.encoding import Encoding, decode, newline_of, readable, tex_ascii, with_lf
from bibkit.bibfile.splitting import split
from bibkit.bibfile.values import joined_parts, value_text
from bibkit.errors import OutputError
from bibkit.record import Problem

_ANY_KEY = re.compile(r"@\s*\w+\s*[{(]\s*([^\s,=(){}\"@]+)")


@dataclass(frozen=True, slots=True)
class BibFile:
    """A .bib file as it was read."""

    origin: str
    data: bytes
    text: str
    """Without byte order mark; `encoding.bom + encoding.encode(text)` is `data`."""
    encoding: Encoding
    newline: str
    """The line ending that most lines have."""
    blocks: tuple[Block, ...]
    """Every character of `text` is in exactly one."""
    entries: tuple[FileEntry, ...]
    """In the order of the file; broken and duplicate ones too."""
    keys: frozenset[str]
    """Every citation key in the file, also in comments and in entries that cannot be read."""
    problems: tuple[Problem, ...]
    open_end: Problem | None
    """Why nothing can follow the last block: it would be swallowed."""

    @property
    def entry_blocks(self) -> tuple[Block, ...]:
        """The blocks that `entries` were read from, in the same order."""
        return tuple(block for block in self.blocks if holds_an_entry(block))


def read_bib(data: bytes, *, origin: str) -> BibFile:
    r"""Read a .bib file of any encoding and in any state; only bytes that are no text are refused.

    >>> bib = read_bib(b'@string{a = "CoRR"}\n@misc{k, journal = a, year = 2024}', origin="my.bib")
    >>> [(e.key, e.line, dict(e.fields)) for e in bib.entries]
    [('k', 2, {'journal': 'CoRR', 'year': '2024'})]
    """
    text, encoding = decode(data, origin=origin)
    plain = readable(text)
    blocks = split(plain)
    lines = _line_numbers(plain, blocks)
    found = [(b, n) for b, n in zip(blocks, lines, strict=True) if holds_an_entry(b)]
    return BibFile(
        origin=origin,
        data=data,
        text=text,
        encoding=encoding,
        newline=newline_of(text),
        blocks=blocks,
        entries=tuple(_entries(blocks, lines)),
        keys=frozenset({b.key for b, _ in found if b.key} | set(_ANY_KEY.findall(plain))),
        problems=(
            *_encoding_problems(plain, encoding, origin),
            *_complaints(blocks, lines, origin),
            *_repeated_keys(found, origin),
        ),
        open_end=_open_end(blocks, lines, origin),
    )


def append(bib: BibFile, text: str) -> bytes:
    r"""Return the file's bytes with whole lines after them, in its own encoding and line ending.

    What would be swallowed by an open end, or cannot be encoded, is refused.

    >>> append(read_bib(b"@misc{a, year=2024}\r\n% end", origin="refs.bib"), "@misc{b}\n")
    b'@misc{a, year=2024}\r\n% end\r\n\r\n@misc{b}\r\n'
    """
    if not text.strip():
        return bib.data
    if bib.open_end:
        raise appending_error(bib.open_end)
    addition = separation(bib.text) + text.strip("\n") + "\n"
    if bib.encoding.ascii_only:
        addition = tex_ascii(addition, origin=bib.origin)
    try:
        return bib.data + bib.encoding.encode(addition.replace("\n", bib.newline))
    except UnicodeEncodeError as error:
        message = f"{addition[error.start]!r} cannot be written in {bib.encoding.name}"
        raise OutputError(message, origin=bib.origin, code="encoding") from None


def closed_part(bib: BibFile) -> tuple[BibFile, bytes]:
    r"""Return the file up to what is never closed, and the bytes from there on.

    >>> bib = read_bib(b"@misc{a, year=2024}\n@misc{b,\n", origin="refs.bib")
    >>> closed_part(bib)[0].data, closed_part(bib)[1]
    (b'@misc{a, year=2024}\n', b'@misc{b,\n')
    """
    block = _open_block(bib.blocks)
    if block is None:
        return bib, b""
    line = _line_start(bib.text, block.start)
    for before in reversed(bib.blocks[: bib.blocks.index(block)]):
        if before.end <= line:
            break
        if before.kind != "text" and before.start < line:  # it reaches into the line
            line = _line_start(bib.text, before.start)
    size = len(bib.encoding.bom) + len(bib.encoding.encode(bib.text[:line]))
    return read_bib(bib.data[:size], origin=bib.origin), bib.data[size:]


def _line_start(text: str, at: int) -> int:
    return max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1


def appending_error(open_end: Problem) -> OutputError:
    """Return the error that says why nothing can be added."""
    return OutputError(open_end.message, origin=open_end.origin, code=open_end.code)


def separation(text: str) -> str:
    """Return what brings the end of a file to the start of a line after a blank one."""
    tail = with_lf(text[-256:]).rstrip(" \t")
    if not tail or tail.endswith("\n\n"):
        return ""
    return "\n" if tail.endswith("\n") else "\n\n"


def holds_an_entry(block: Block) -> bool:
    """Tell whether a block is one of the file's entries, broken ones included."""
    if block.kind == "broken":
        return block.entry_type not in ("string", "preamble", "comment")
    return block.kind == "entry"


def _line_numbers(text: str, blocks: Sequence[Block]) -> list[int]:
    lines, line = [], 1
    for block in blocks:
        lines.append(line)
        line += text.count("\n", block.start, block.end)
    return lines


def _entries(blocks: Sequence[Block], lines: Sequence[int]) -> Iterator[FileEntry]:
    """Yield the entries, each with the macros in force at its place, else those defined later."""
    found = ((b, n) for b, n in zip(blocks, lines, strict=True) if holds_an_entry(b))
    for (block, line), macros in zip(found, _macros_by_entry(blocks), strict=True):
        yield _entry(block, line, macros)


def macros_by_entry(bib: BibFile) -> Iterator[Mapping[str, str]]:
    """Yield for each entry the macros in force at its place; good until the next is asked for."""
    return _macros_by_entry(bib.blocks)


def _macros_by_entry(blocks: Sequence[Block]) -> Iterator[Mapping[str, str]]:
    macros: dict[str, str] = {}
    for block in reversed(blocks):  # of several later ones, the nearest to the beginning
        _define(block, macros)
    for block in blocks:
        if holds_an_entry(block):
            yield macros
        _define(block, macros)


def _define(block: Block, macros: dict[str, str]) -> None:
    """Add what an `@string` stands for; it may use those before it."""
    if block.kind == "string":
        for name, value in block.fields:
            macros[name.lower()] = joined_parts(value, macros)


def macros_of(blocks: Sequence[Block], before: int) -> dict[str, str]:
    """Return what the macros stand for at a place of the file."""
    macros: dict[str, str] = {}
    for block in reversed(blocks):
        _define(block, macros)
    for block in blocks:
        if block.start < before:
            _define(block, macros)
    return macros


def _entry(block: Block, line: int, macros: Mapping[str, str]) -> FileEntry:
    fields: dict[str, str] = {}
    for name, value in block.fields:
        # Of a repeated field BibTeX takes the first ("ignoring … extra field").
        fields.setdefault(name.lower(), value_text(value, macros))
    return FileEntry(block.key, block.entry_type, fields, line)


def _complaints(blocks: Sequence[Block], lines: Sequence[int], origin: str) -> Iterator[Problem]:
    for block, line in zip(blocks, lines, strict=True):
        if not block.fields and not block.complaint:
            continue
        place = f"{origin}:{line}"
        if block.complaint:
            yield Problem(place, "broken-entry", f"{_name(block)}: {block.complaint}")
        if len({name.lower() for name, _ in block.fields}) < len(block.fields):
            for field, count in Counter(name.lower() for name, _ in block.fields).items():
                if count > 1:
                    message = f"{_name(block)}: the field {field!r} stands {count} times"
                    yield Problem(place, "duplicate-field", message)


def _repeated_keys(found: Sequence[tuple[Block, int]], origin: str) -> Iterator[Problem]:
    first: dict[str, tuple[int, str]] = {}
    for block, line in found:
        # BibTeX compares keys without regard to case.
        before, key = first.setdefault(block.key.lower(), (line, block.key))
        if block.key and before != line:
            but = "" if key == block.key else f", as {key!r}: case does not count"
            message = f"{block.key!r} is also the citation key of line {before}{but}"
            yield Problem(f"{origin}:{line}", "duplicate-key", message)


def _encoding_problems(text: str, encoding: Encoding, origin: str) -> Iterator[Problem]:
    if encoding.damaged:
        line = text.count("\n", 0, text.find("\N{REPLACEMENT CHARACTER}")) + 1
        yield Problem(f"{origin}:{line}", "encoding", "UTF-8 with bytes that are not")


def _open_end(blocks: Sequence[Block], lines: Sequence[int], origin: str) -> Problem | None:
    """Say what is still open at the end."""
    block = _open_block(blocks)
    if block is None:
        return None
    line = lines[blocks.index(block)]
    message = f"{_name(block)}: {block.complaint}; an entry added after it would be swallowed"
    return Problem(f"{origin}:{line}", "broken-entry", message)


def _open_block(blocks: Sequence[Block]) -> Block | None:
    """Return what is never closed: a comment begun anywhere, else the first of the last blocks."""
    solid = [block for block in blocks if block.kind != "text"]
    unclosed = [b for b in solid if b.kind == "broken" and b.entry_type == "comment"]
    last = [*takewhile(lambda block: block.kind == "broken", reversed(solid))]
    return unclosed[0] if unclosed else last[-1] if last else None


def _name(block: Block) -> str:
    return f"@{block.entry_type} {block.key!r}" if block.key else f"@{block.entry_type}"
