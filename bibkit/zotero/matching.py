"""Entries and items → which are one paper: by what is remembered, by identifiers, then by title.

Zotero's own test for duplicates misses a preprint and its publication, so it is not relied on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bibkit.bibfile import Identity
from bibkit.record import Problem
from bibkit.sync.papers import Papers, Wanted
from bibkit.text.names import family_key
from bibkit.text.similarity import is_shortened, title_score, title_veto
from bibkit.zotero.dates import partial_date
from bibkit.zotero.remembered import Remembered
from bibkit.zotero.sides import EntrySide, ItemSide


@dataclass(slots=True)
class Matched:
    """Which item is which entry."""

    items: dict[int, ItemSide] = field(default_factory=dict)
    """Place of an entry → its item."""
    entries: dict[str, EntrySide] = field(default_factory=dict)
    """Key of an item → its entry."""
    problems: list[Problem] = field(default_factory=list)
    twins: dict[int, str] = field(default_factory=dict)
    """Place of an entry that is the same paper as another → the other's key."""


def match(
    entries: Sequence[EntrySide], items: Sequence[ItemSide], known: Mapping[str, Remembered]
) -> Matched:
    """Return who is who; no item is two entries', and no entry two items'."""
    by_key = {item.key: item for item in items}
    papers = Papers.of((item.key, item.identity) for item in items)
    cited: defaultdict[str, list[ItemSide]] = defaultdict(list)
    for item in items:
        if item.citation_key:
            cited[item.citation_key.casefold()].append(item)
    matched = Matched()
    remembered = _remembered(entries, by_key, known)
    for entry in entries:
        if found := remembered.get(entry.index):
            _join(matched, entry, found)
    for entry in entries:
        if entry.index in matched.items:
            continue
        candidates = list(_candidates(entry, by_key, papers, cited[entry.key.casefold()]))
        free = [item for item in candidates if item.key not in matched.entries]
        if free:
            _join(matched, entry, free[0])
        elif candidates:
            other = matched.entries[candidates[0].key]
            matched.twins[entry.index] = other.key
            matched.problems.append(
                Problem(entry.origin, "duplicate", f"{entry.key}: the same paper as {other.key}")
            )
    return matched


def _join(matched: Matched, entry: EntrySide, item: ItemSide) -> None:
    matched.items[entry.index] = item
    matched.entries[item.key] = entry


def _remembered(
    entries: Sequence[EntrySide], items: Mapping[str, ItemSide], known: Mapping[str, Remembered]
) -> dict[int, ItemSide]:
    """Return the matches of former runs that still hold: key and paper are the same."""
    by_entry: defaultdict[str, list[str]] = defaultdict(list)
    for item_key, one in known.items():
        if item_key in items:
            by_entry[one.entry].append(item_key)
    found: dict[int, ItemSide] = {}
    taken: set[str] = set()
    for entry in entries:
        for item_key in by_entry.get(entry.key, ()):
            if item_key not in taken and not differ(entry.identity, items[item_key].identity):
                found[entry.index] = items[item_key]
                taken.add(item_key)
                break
    return found


def _candidates(
    entry: EntrySide, items: Mapping[str, ItemSide], papers: Papers, cited: Sequence[ItemSide]
) -> Iterator[ItemSide]:
    wanted = Wanted(
        entry.identity.arxiv_id, entry.identity.doi, entry.values.get("title", ""), entry.authors
    )
    unsure: list[ItemSide] = []
    for key in papers.matching(wanted):
        item = items[key]
        if _same_identifier(entry.identity, item.identity):
            yield item
        elif _same_years(entry, item):
            unsure.append(item)
    for item in cited:
        if not differ(entry.identity, item.identity) and _like(entry, item):
            yield item
    yield from unsure


def differ(one: Identity, other: Identity) -> bool:
    """Tell whether identifiers say that two papers are two."""
    if one.arxiv_id and other.arxiv_id:
        return one.arxiv_id != other.arxiv_id
    return bool(one.doi and other.doi and one.doi != other.doi)


def _same_identifier(one: Identity, other: Identity) -> bool:
    return bool(
        (one.arxiv_id and one.arxiv_id == other.arxiv_id) or (one.doi and one.doi == other.doi)
    )


def _same_years(entry: EntrySide, item: ItemSide) -> bool:
    one, other = (partial_date(side.values.get("date", "")) for side in (entry, item))
    return one is None or other is None or abs(one.year - other.year) <= 1


def _like(entry: EntrySide, item: ItemSide, *, least: float = 0.7) -> bool:
    """Tell whether title, authors and years agree: a key alone names two papers all too often.

    `least` lets a reworded title pass; what it lets pass wrongly is told as a conflict.
    """
    one, other = entry.values.get("title", ""), item.values.get("title", "")
    theirs = {family_key(author) for author in item.authors}
    strangers = theirs and entry.authors and theirs.isdisjoint(map(family_key, entry.authors))
    if strangers or not _same_years(entry, item) or title_veto(one, other):
        return False
    return title_score(one, other) >= least or is_shortened(one, other) or is_shortened(other, one)
