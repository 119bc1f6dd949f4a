"""Three versions of a .bib → one: the merge driver's story on one screen.

The pieces of the three are matched, each is merged by the three-way rule, mine is the order and
theirs comes into it. The result is read back before it is given back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bibkit.errors import OutputError
from bibkit.git.additions import surviving_key, with_one_key
from bibkit.git.conflicts import Markers, Outcome, whole_conflict
from bibkit.git.consistency import make_consistent
from bibkit.git.laying_out import Layout, checked
from bibkit.git.matching import Matching, match
from bibkit.git.ordering import merged_order
from bibkit.git.pieces import Piece
from bibkit.git.trios import Trio, merged
from bibkit.git.versions import Versions, read_versions
from bibkit.record import Problem


@dataclass(frozen=True, slots=True)
class MergedFile:
    """What a merge has given."""

    data: bytes
    conflicts: tuple[Problem, ...] = ()
    """What a person has to decide; each is marked in the file."""
    notes: tuple[Problem, ...] = ()
    """What a person should know."""


def merge_bib(
    base: bytes, mine: bytes, theirs: bytes, *, origin: str, markers: Markers
) -> MergedFile:
    r"""Merge two changed versions of a .bib.

    >>> base, mine = b"@misc{a, year=2023}\n", b"@misc{a, year=2024}\n"
    >>> theirs = base + b"\n@misc{b, year=2022}\n"
    >>> merge_bib(base, mine, theirs, origin="refs.bib", markers=Markers()).data
    b'@misc{a, year=2024}\n\n@misc{b, year=2022}\n'

    Raises:
        OutputError: one of them cannot be read well enough, or the result would be read otherwise
            than it is meant.

    """
    if mine in (theirs, base) or theirs == base:
        return MergedFile(theirs if mine == base else mine)
    versions = read_versions(base, mine, theirs, origin=origin)
    markers = replace(markers, newline=versions.newline)
    matching = match(versions)
    trios = _trios(versions, matching)
    notes: list[Problem] = []
    outcomes = _outcomes(trios, matching, markers, notes, origin)
    make_consistent(trios, outcomes, markers)
    order = merged_order(*matching.ids, outcomes)
    layout = Layout.of(order, outcomes, trios, versions, matching.ids)
    written = layout.pieces()
    checked(layout, written, origin=origin)
    notes += _unsure(trios, matching, outcomes, origin)
    try:
        data = versions.encoding.encode("".join(written))
    except UnicodeEncodeError:
        message = f"a letter of it cannot be written in {versions.encoding.name}"
        raise OutputError(message, origin=origin, code="encoding") from None
    return MergedFile(
        versions.encoding.bom + data, tuple(_conflicts(layout, written, origin)), tuple(notes)
    )


def _trios(versions: Versions, matching: Matching) -> dict[int, Trio]:
    found = [
        dict(zip(ids, version.pieces, strict=True))
        for ids, version in zip(matching.ids, versions.all, strict=True)
    ]
    numbers = dict.fromkeys([*matching.ids[1], *matching.ids[2], *matching.ids[0]])
    return {n: Trio(found[0].get(n), found[1].get(n), found[2].get(n)) for n in numbers}


def _outcomes(
    trios: dict[int, Trio],
    matching: Matching,
    markers: Markers,
    notes: list[Problem],
    origin: str,
) -> dict[int, Outcome]:
    """Merge each piece by itself."""
    outcomes: dict[int, Outcome] = {}
    for number, trio in trios.items():
        mine, theirs = trio.mine, trio.theirs
        if mine and theirs and mine.is_entry and number in matching.clashes:
            why = "both added this citation key, for two papers as it seems"
            outcome: Outcome | None = whole_conflict(mine.text, theirs.text, why, markers)
        elif mine and theirs and trio.base is None and mine.block.key != theirs.block.key:
            outcome = _added_twice(mine, theirs, markers, notes, origin)
        else:
            outcome = merged(trio, markers)
        if outcome:
            outcomes[number] = outcome
    for kept, other in matching.crossed:
        mine, theirs = trios[kept].mine, trios[other].theirs
        if mine and theirs and not {kept, other} & outcomes.keys():
            why = "one paper twice, of which each side deleted another entry"
            outcomes[kept] = whole_conflict(mine.text, theirs.text, why, markers)
    return outcomes


def _added_twice(
    mine: Piece, theirs: Piece, markers: Markers, notes: list[Problem], origin: str
) -> Outcome | None:
    """Merge one paper that both added, under two keys."""
    pair = with_one_key(mine, theirs, markers.newline)
    if pair is None:
        why = "one paper, added by both under two citation keys"
        return whole_conflict(mine.text, theirs.text, why, markers)
    keys = {mine.block.key, theirs.block.key}
    key = surviving_key(*keys)
    (other,) = keys - {key}
    message = (
        f"{other!r} is now {key!r}: both sides added this paper; biblatex still finds {other!r}"
    )
    notes.append(Problem(origin, "key-merged", f"{message} (ids), for BibTeX replace it"))
    return merged(Trio(None, *pair), markers)


def _unsure(
    trios: dict[int, Trio], matching: Matching, outcomes: dict[int, Outcome], origin: str
) -> Iterator[Problem]:
    for pair in matching.unsure:
        if all(number in outcomes for number in pair):
            one, other = (trios[number].any.block.key for number in pair)
            message = f"{one!r} and {other!r}, added by one side each, may be one paper"
            yield Problem(origin, "maybe-duplicate", message)


def _conflicts(layout: Layout, written: Sequence[str], origin: str) -> Iterator[Problem]:
    """Yield the conflicts, each with the line of its markers."""
    line = 1
    for gap, text, number in zip(written[::2], written[1::2], layout.order, strict=False):
        line += gap.count("\n")
        why = layout.outcomes[number].conflict
        if why:
            piece = layout.trios[number].any
            name = f"{piece.name[1]!r}" if piece.name else f"the {piece.block.kind}"
            at = line + text.count("\n", 0, max(text.find("<" * 7), 0))
            yield Problem(f"{origin}:{at}", "conflict", f"{name}: {why}")
        line += text.count("\n")
