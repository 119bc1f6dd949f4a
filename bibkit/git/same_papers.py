"""Entries of several versions → which of them are one paper, by the matcher of `bibkit dedupe`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bibkit.bibfile.values import value_text
from bibkit.git.pieces import Piece
from bibkit.record import Record


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
    """Read an entry as a listing of one paper; None for what has neither title nor id."""
    from bibkit.listing import bibtex

    block = piece.block
    if block.complaint or not block.entry_type.isalpha():
        return None
    fields = (
        f"{name} = {{{value_text(raw, macros)}}}"
        for name, raw in block.fields
        if name.lower() not in ("crossref", "xdata")
    )
    text = f"@{block.entry_type}{{x, {', '.join(fields)}}}"
    records = bibtex.read(text, origin="").records
    return records[0] if len(records) == 1 else None
