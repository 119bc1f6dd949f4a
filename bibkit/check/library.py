r"""The files of one check, with the line of everything in them.

Macros, cross-references and citations are looked up in all files together, as LaTeX does
(`\bibliography{strings,refs}`); duplicates are a matter of one file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from bibkit.bibfile import BibFile, Block, FileEntry, readable
from bibkit.record import Problem


@dataclass(frozen=True)
class Item:
    """An entry and where it stands."""

    file: str
    entry: FileEntry
    block: Block
    text: str
    """Of the whole file, each line ending in LF."""

    @property
    def name(self) -> str:
        """The entry as messages call it."""
        return f"@{self.entry.entry_type} {self.entry.key!r}"

    @cached_property
    def field_lines(self) -> Mapping[str, int]:
        """The line on which each field begins, by lower-case name."""
        lines: dict[str, int] = {}
        line, start, end = self.entry.line, self.block.start, self.block.end
        at = max(start, self.text.find(self.block.key, start, end)) + len(self.block.key)
        line += self.text.count("\n", start, at)
        for name, value in self.block.fields:
            for piece in (name, value):
                found = self.text.find(piece, at, end)
                if found < 0:
                    continue
                line += self.text.count("\n", at, found)
                if piece is name:
                    lines.setdefault(name.lower(), line)
                line += self.text.count("\n", found, found + len(piece))
                at = found + len(piece)
        return lines

    def problem(self, code: str, message: str, *, field: str = "") -> Problem:
        """Return a problem of this entry, at the line of a field where it is one."""
        line = self.field_lines.get(field, self.entry.line) if field else self.entry.line
        return Problem(f"{self.file}:{line}", code, f"{self.name}: {message}")


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """One .bib file."""

    bib: BibFile
    items: tuple[Item, ...]
    block_lines: tuple[int, ...]
    """The line on which each of `bib.blocks` begins."""

    @classmethod
    def of(cls, bib: BibFile) -> CheckedFile:
        """Put the lines to what a file holds."""
        text = readable(bib.text)
        items = tuple(
            Item(bib.origin, entry, block, text)
            for entry, block in zip(bib.entries, bib.entry_blocks, strict=True)
        )
        return cls(bib, items, tuple(_lines(text, bib.blocks)))


def _lines(text: str, blocks: Iterable[Block]) -> Iterator[int]:
    line = 1
    for block in blocks:
        yield line
        line += text.count("\n", block.start, block.end)


@dataclass(frozen=True)
class Library:
    """All files of one check."""

    files: tuple[CheckedFile, ...]

    @property
    def items(self) -> Iterator[Item]:
        """Every entry of every file."""
        for file in self.files:
            yield from file.items

    @cached_property
    def by_key(self) -> Mapping[str, Item]:
        """Every entry by its lower-case key, and by those that biblatex's `ids` adds."""
        found: dict[str, Item] = {}
        for item in self.items:
            for key in keys_of(item.entry):
                found.setdefault(key.lower(), item)
        return found


def keys_of(entry: FileEntry) -> list[str]:
    """Return the keys an entry can be cited by (biblatex manual §2.2.3, `ids`)."""
    return [key for key in (entry.key, *listed(entry.fields.get("ids", ""))) if key]


def listed(value: str) -> list[str]:
    """Return the keys that a field lists, with commas between.

    >>> listed("a, b,,c ")
    ['a', 'b', 'c']
    """
    return [key.strip() for key in value.split(",") if key.strip()]
