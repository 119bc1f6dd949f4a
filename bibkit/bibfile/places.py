"""Where the entries of a file are: by their keys, and which of them cannot be moved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from bibkit.bibfile.bib_file import BibFile, holds_an_entry
from bibkit.bibfile.edits import EntryRef
from bibkit.bibfile.encoding import readable
from bibkit.errors import OutputError


@dataclass(frozen=True, slots=True)
class Places:
    """The places of the entries, by their keys."""

    bib: BibFile
    exact: Mapping[str, list[int]]
    folded: Mapping[str, list[int]]

    @classmethod
    def of(cls, bib: BibFile) -> Places:
        """Return the places of a file."""
        exact, folded = defaultdict(list), defaultdict(list)
        for index, entry in enumerate(bib.entries):
            exact[entry.key].append(index)
            folded[entry.key.lower()].append(index)
        return cls(bib, dict(exact), dict(folded))

    def of_entry(self, entry: EntryRef) -> int:
        """Return the place of an entry; raise unless it is one."""
        if isinstance(entry, int):
            if not 0 <= entry < len(self.bib.entries):
                raise OutputError(f"no entry {entry}", origin=self.bib.origin, code="no-entry")
            return entry
        found = self.exact.get(entry) or self.folded.get(entry.lower(), [])
        if len(found) != 1:
            message = f"{len(found) or 'no'} entries have the citation key {entry!r}"
            code = "ambiguous-key" if found else "no-entry"
            raise OutputError(message, origin=self.bib.origin, code=code)
        return found[0]


def fixed_places(bib: BibFile) -> frozenset[int]:
    """Return the entries that cannot be moved or removed: never closed, or in `%` lines."""
    blocks = [block for block in bib.blocks if holds_an_entry(block)]
    plain = readable(bib.text)
    return frozenset(
        index
        for index, block in enumerate(blocks)
        if block.kind != "entry" or is_commented(plain, block.start)
    )


def is_commented(plain: str, start: int) -> bool:
    """Tell whether an entry stands in a `%` line; BibTeX, which knows no comments, reads it."""
    return plain[plain.rfind("\n", 0, start) + 1 : start].lstrip().startswith("%")


def place_of(bib: BibFile, index: int) -> str:
    """Return the place of an entry for messages."""
    return f"{bib.origin}:{bib.entries[index].line}"
