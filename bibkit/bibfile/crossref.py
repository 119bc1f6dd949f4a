"""Entries → the same entries with what they inherit by `crossref` and `xdata`, for reading only.

What names the parent itself (its DOI, its address, its abstract) is not handed on, though biblatex
does: all papers of a volume would pass for one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from bibkit.bibfile.blocks import FileEntry

_OWN = frozenset(
    "abstract code crossref doi entryset entrysubtype eprint eprinttype execute file ids keywords"
    " label options presort related relatedoptions relatedstring relatedtype shorthand"
    " shorthandintro sortkey url urldate xdata xref".split()
)
"""Fields that stay with their entry: biblatex's own list (manual, appendix B), and identifiers."""
_MOST_GENERATIONS = 8
"""Longer chains are loops."""


def inherit(entries: Sequence[FileEntry]) -> tuple[FileEntry, ...]:
    """Return entries with the fields that they lack and their parents have.

    A parent's title is the child's `booktitle`, as biblatex has it; a field of one's own wins.

    >>> child = FileEntry("c", "inproceedings", {"title": "T", "crossref": "P"}, 1)
    >>> parent = FileEntry("p", "proceedings", {"title": "Proc", "year": "2024"}, 5)
    >>> dict(inherit([child, parent])[0].fields)
    {'title': 'T', 'crossref': 'P', 'booktitle': 'Proc', 'year': '2024'}
    """
    by_key: dict[str, FileEntry] = {}
    for entry in entries:
        by_key.setdefault(entry.key.lower(), entry)
    return tuple(_with_inherited(entry, by_key) for entry in entries)


def _with_inherited(entry: FileEntry, by_key: Mapping[str, FileEntry]) -> FileEntry:
    fields = dict(entry.fields)
    for parent, as_data in _ancestors(entry, by_key):
        for name, value in parent.fields.items():
            if as_data and name != "xdata":
                fields.setdefault(name, value)
            elif name not in _OWN:
                fields.setdefault("booktitle" if name == "title" else name, value)
    return entry if len(fields) == len(entry.fields) else replace(entry, fields=fields)


def _ancestors(
    entry: FileEntry, by_key: Mapping[str, FileEntry]
) -> Iterator[tuple[FileEntry, bool]]:
    """Yield the entries inherited from, and whether all they have is meant for others (`xdata`)."""
    known = {entry.key.lower()}
    generation = [entry]
    for _ in range(_MOST_GENERATIONS):
        parents = []
        for child in generation:
            for name in ("xdata", "crossref"):
                for key in child.fields.get(name, "").lower().split(","):
                    parent = by_key.get(key.strip())
                    if parent and parent.key.lower() not in known:
                        known.add(parent.key.lower())
                        parents.append(parent)
                        yield parent, name == "xdata"
        generation = parents
