"""Entries of several versions → which of them are one paper, by the matcher of `bibkit dedupe`.

A merge asks nobody, so it takes less on trust: they must share an identifier or their title too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bibkit.bibfile import identify
from bibkit.bibfile.values import value_text
from bibkit.git.pieces import Piece
from bibkit.record import Record
from bibkit.text.latex import decode
from bibkit.text.names import parse_name
from bibkit.text.titles import title_key

_AND = re.compile(r"\s+and\s+", re.IGNORECASE)
_YEAR = re.compile(r"\d{4}")
_VENUES = ("journal", "journaltitle", "booktitle", "series", "school", "institution", "publisher")
_WHOLES = frozenset("book mvbook collection proceedings phdthesis mastersthesis thesis".split())
"""Entry types of which `pages` is how many there are."""


@dataclass(frozen=True, slots=True)
class SamePapers:
    """What was found, by the places of the entries."""

    groups: tuple[tuple[int, ...], ...] = ()
    unsure: tuple[tuple[int, int], ...] = ()


def same_papers(entries: Sequence[tuple[Piece, Mapping[str, str]]]) -> SamePapers:
    """Find the papers that stand more than once; each entry comes with the macros of its file."""
    from bibkit.dedupe import find_duplicates

    records: list[Record] = []
    places: list[int] = []
    for place, (piece, macros) in enumerate(entries):
        record = _record(piece, macros)
        if record:
            records.append(replace(record, origin=f"{place:06}:1"))
            places.append(place)
    if len(records) < 2:
        return SamePapers()
    found = find_duplicates(records)
    groups: list[tuple[int, ...]] = []
    unsure = [(places[i], places[j]) for i, j, _ in found.unsure]
    for group in found.groups:
        parts = _certain([(places[i], records[i]) for i in group])
        groups += [part for part in parts if len(part) > 1]
        unsure += [(parts[0][0], part[0]) for part in parts[1:]]
    return SamePapers(tuple(groups), tuple(unsure))


def one_title(left: Piece, right: Piece) -> bool:
    """Tell whether two entries have one title, and no identifiers that say they are two papers."""
    one, other = (
        identify({name.lower(): value_text(raw, {}) for name, raw in piece.block.fields})
        for piece in (left, right)
    )
    pairs = ((one.arxiv_id, other.arxiv_id), (one.doi, other.doi))
    return one.title == other.title != "" and all(a == b for a, b in pairs if a and b)


def _certain(group: Sequence[tuple[int, Record]]) -> list[tuple[int, ...]]:
    """Split what the matcher takes for one paper into parts that share an identifier or a title."""
    part_of: dict[str, set[int]] = {}
    parts: list[set[int]] = []
    for place, record in group:
        names = [record.arxiv_id, record.doi, title_key(record.title)]
        part = {place}
        for name in filter(None, names):
            part |= part_of.get(name, set())
        parts = [other for other in parts if not other & part] + [part]
        part_of |= dict.fromkeys(filter(None, names), part)
        part_of = {name: part if its & part else its for name, its in part_of.items()}
    return [tuple(sorted(part)) for part in parts]


def _record(piece: Piece, macros: Mapping[str, str]) -> Record | None:
    """Return what an entry says of its paper; None for one that is broken or says too little."""
    if piece.block.complaint:
        return None
    pairs = reversed(piece.block.fields)  # of a repeated field BibTeX takes the first
    fields = {name.lower(): value_text(raw, macros) for name, raw in pairs}
    identity = identify(fields)
    if not (fields.get("title") or identity.arxiv_id or identity.doi):
        return None
    names = [name.strip() for name in _AND.split(fields.get("author", "")) if name.strip()]
    authors = tuple(parse_name(name) for name in names if name.lower() != "others")
    year = _YEAR.search(fields.get("year") or fields.get("date") or "")
    venue = next((fields[name] for name in _VENUES if fields.get(name)), "")
    return Record(
        origin="",
        title=decode(": ".join(fields[n] for n in ("title", "subtitle") if fields.get(n))),
        authors=authors,
        authors_count=len(authors) if authors and len(authors) == len(names) else None,
        arxiv_id=identity.arxiv_id,
        doi=identity.doi,
        year=int(year[0]) if year else None,
        venue=decode(venue),
        volume=fields.get("volume", ""),
        number=fields.get("number", ""),
        pages="" if piece.block.entry_type in _WHOLES else fields.get("pages", ""),
    )
