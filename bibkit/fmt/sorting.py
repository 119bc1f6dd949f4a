"""Entries → their order by citation key, as BibTeX can read them.

An entry that others inherit from by `crossref` follows them: BibTeX finds it only there. What
stands between the entries stays, but for comment lines right above one, which go with it. No entry
passes an `@string`: it could come to mean something else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from bibkit.bibfile import BibFile, fixed_places


def sorted_places(bib: BibFile) -> tuple[int, ...]:
    """Return for each place the entry that comes there; those that cannot be moved keep theirs.

    >>> from bibkit.bibfile import read_bib
    >>> text = b"@misc{b, crossref = {a}} @book{a, title = {T}} @misc{aa, title = {U}}"
    >>> sorted_places(read_bib(text, origin="my.bib"))
    (2, 0, 1)
    """
    fixed = _with_namesakes(bib, fixed_places(bib))
    heights = _heights(bib)
    order = list(range(len(bib.entries)))
    for section in _sections(bib):
        free = [place for place in section if place not in fixed]
        wanted = sorted(free, key=lambda place: (heights[place], _key(bib, place)))
        for place, entry in zip(free, wanted, strict=True):
            order[place] = entry
    return tuple(order)


def _key(bib: BibFile, place: int) -> str:
    """Return what sorts an entry; those of one key stay in their order, the first is cited."""
    return bib.entries[place].key.lower()


def _with_namesakes(bib: BibFile, fixed: Collection[int]) -> frozenset[int]:
    """Add the entries with the keys of others that stay: the first of a key is the one cited."""
    keys = {bib.entries[place].key.lower() for place in fixed}
    named = (place for place, entry in enumerate(bib.entries) if entry.key.lower() in keys)
    return frozenset({*fixed, *named})


def _sections(bib: BibFile) -> Iterator[Sequence[int]]:
    """Yield the entries between one macro and the next."""
    section: list[int] = []
    place = 0
    starts = {block.start for block in bib.entry_blocks}
    for block in bib.blocks:
        if block.start in starts:
            section.append(place)
            place += 1
        elif block.kind != "text" and block.kind != "comment":
            yield section
            section = []
    yield section


def _heights(bib: BibFile) -> list[int]:
    """Return how many generations inherit from each entry; entries of one key stay together."""
    keys = [entry.key.lower() for entry in bib.entries]
    parents: dict[str, set[str]] = {key: set() for key in keys}
    for key, entry in zip(keys, bib.entries, strict=True):
        parent = entry.fields.get("crossref", "").strip().lower()
        if parent in parents:
            parents[key].add(parent)
    heights = _longest_chains(parents)
    return [heights[key] for key in keys]


def _longest_chains(parents: Mapping[str, Collection[str]]) -> dict[str, int]:
    """Return the length of the longest chain that leads to each key; circles are not followed."""
    waiting_for = Counter(parent for them in parents.values() for parent in them)
    heights = dict.fromkeys(parents, 0)
    ready = [key for key in parents if not waiting_for[key]]
    while ready:
        key = ready.pop()
        for parent in parents[key]:
            heights[parent] = max(heights[parent], heights[key] + 1)
            waiting_for[parent] -= 1
            if not waiting_for[parent]:
                ready.append(parent)
    return heights
