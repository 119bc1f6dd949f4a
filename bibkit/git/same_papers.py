"""Entries of several versions → which of them are one paper, by the matcher of `bibkit dedupe`."""

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
    return SamePapers(
        tuple(tuple(sorted(places[i] for i in group)) for group in found.groups if len(group) > 1),
        tuple((places[i], places[j]) for i, j, _ in found.unsure),
    )


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
