"""What merging asks about the entries of some files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bibkit.bibfile import BibFile
from bibkit.merge.versions import Merged
from bibkit.reconcile.reading import Paper, Shelf, SourceFile

Place = tuple[int, int]
"""A file and an entry of it."""


@dataclass(frozen=True, slots=True)
class Merge:
    """Entries that become one."""

    survivor: Paper
    gone: tuple[Paper, ...]
    result: Merged
    lost: tuple[str, ...]
    """The values that it will not have, in words."""


def key_of(shelf: Shelf, paper: Paper) -> str:
    """Return the citation key of an entry; empty for what is in no .bib."""
    bib = shelf.files[paper.file].bib
    return bib.entries[paper.place].key if bib else ""


def listed(value: str) -> list[str]:
    """Return the keys that a field lists."""
    return [key.strip() for key in value.split(",") if key.strip()]


def all_keys(shelf: Shelf, paper: Paper) -> list[str]:
    """Return the citation key of an entry and its other ones."""
    bib = shelf.files[paper.file].bib
    if bib is None:
        return []
    entry = bib.entries[paper.place]
    return [entry.key, *listed(entry.fields.get("ids", ""))]


def bib_of(file: SourceFile) -> BibFile:
    """Return a file that is known to be a .bib."""
    if file.bib is None:
        raise ValueError(file.origin)
    return file.bib


def all_entries(shelf: Shelf) -> Iterator[tuple[Place, str, Mapping[str, str]]]:
    """Yield every entry of every .bib: place, key, fields."""
    for number, file in enumerate(shelf.files):
        for place, entry in enumerate(file.bib.entries if file.bib else ()):
            yield (number, place), entry.key, entry.fields
