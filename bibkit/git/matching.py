"""Pieces of three versions → which of them are the same piece, under one number each.

First those of each side with the base (`pairing`); then the entries that are left, by their papers;
then what both sides added. A number is never given twice within one version.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field

from bibkit.bibfile.bib_file import macros_of
from bibkit.git.pairing import Pairs, content_of, pair_pieces
from bibkit.git.pieces import Piece
from bibkit.git.same_papers import SamePapers, one_title, same_papers
from bibkit.git.versions import Versions


@dataclass(slots=True)
class Matching:
    """The numbers of the pieces of base, mine and theirs; those below `len(base)` are of base."""

    ids: tuple[list[int], list[int], list[int]]
    clashes: set[int] = field(default_factory=set)
    """Numbers that stand for two papers, added by both under one key."""
    crossed: list[tuple[int, int]] = field(default_factory=list)
    """Two entries of one paper: mine kept the first alone, theirs the second."""
    unsure: list[tuple[int, int]] = field(default_factory=list)
    """Two additions, mine and theirs, that may be one paper."""


def match(versions: Versions) -> Matching:
    """Give each piece of three versions its number."""
    base = versions.base.pieces
    pairs = [pair_pieces(base, side.pieces) for side in (versions.mine, versions.theirs)]
    loose = _loose_entries(versions, pairs)
    papers = _papers(versions, loose)
    for side in (0, 1):
        pairs[side] |= _renamed(loose, papers, side)
    matching = _numbered(versions, pairs)
    _join_additions(versions, matching, _one_paper(loose, papers))
    _look_further(matching, loose, papers)
    return matching


def _numbered(versions: Versions, pairs: Sequence[Pairs]) -> Matching:
    fresh = size = len(versions.base.pieces)
    ids: list[list[int]] = []
    for its, side in zip(pairs, (versions.mine, versions.theirs), strict=True):
        own = []
        for place in range(len(side.pieces)):
            own.append(its.get(place, fresh))
            fresh += place not in its
        ids.append(own)
    return Matching((list(range(size)), ids[0], ids[1]))


@dataclass(frozen=True, slots=True)
class _Loose:
    """An entry that is not in all three versions under its key."""

    version: int
    """0 base, 1 mine, 2 theirs."""
    place: int
    missing: frozenset[int] = frozenset()
    """Of the base: the sides that do not have it."""


def _loose_entries(versions: Versions, pairs: Sequence[Pairs]) -> list[_Loose]:
    found: list[_Loose] = []
    there = [set(its.values()) for its in pairs]
    for place, piece in enumerate(versions.base.pieces):
        missing = frozenset(side for side in (0, 1) if place not in there[side])
        if piece.is_entry and missing:
            found.append(_Loose(0, place, missing))
    added = [
        {p: piece for p, piece in enumerate(side.pieces) if piece.is_entry and p not in its}
        for its, side in zip(pairs, (versions.mine, versions.theirs), strict=True)
    ]
    both = {(p.name, p.plain) for p in added[0].values()} & {
        (p.name, p.plain) for p in added[1].values()
    }
    for side in (0, 1):
        found += [
            _Loose(side + 1, place)
            for place, piece in added[side].items()
            if (piece.name, piece.plain) not in both
        ]
    return found


def _papers(versions: Versions, loose: Sequence[_Loose]) -> SamePapers:
    """Find out what is one paper, where that makes a difference."""
    gone = [any(side in one.missing for one in loose) for side in (0, 1)]
    new = [any(one.version == side for one in loose) for side in (1, 2)]
    if not ((gone[0] or new[1]) and (gone[1] or new[0])) and not any(
        g and n for g, n in zip(gone, new, strict=True)
    ):
        return SamePapers()
    macros = [macros_of(version.blocks, 1 << 62) for version in versions.all]
    return same_papers(
        [(versions.all[one.version].pieces[one.place], macros[one.version]) for one in loose]
    )


def _renamed(loose: Sequence[_Loose], papers: SamePapers, side: int) -> Pairs:
    """Pair an entry that a side does not have with the one that it has of that paper instead."""
    pairs: Pairs = {}
    for group in papers.groups:
        its = [loose[number] for number in group]
        gone = [one.place for one in its if side in one.missing]
        new = [one.place for one in its if one.version == side + 1]
        if len(gone) == len(new) == 1:
            pairs[new[0]] = gone[0]
    return pairs


def _one_paper(loose: Sequence[_Loose], papers: SamePapers) -> Mapping[tuple[int, int], int]:
    """Return by version and place which paper an entry is of."""
    return {
        (loose[number].version, loose[number].place): paper
        for paper, group in enumerate(papers.groups)
        for number in group
    }


def _join_additions(
    versions: Versions, matching: Matching, paper: Mapping[tuple[int, int], int]
) -> None:
    """Give what both sides added one number: one paper, one text at one place, one key at least."""
    sides = (versions.mine.pieces, versions.theirs.pieces)
    size = len(versions.base.pieces)
    fresh = [[p for p, number in enumerate(ids) if number >= size] for ids in matching.ids[1:]]

    def names(name: Callable[[int, int], Hashable]) -> list[dict[int, Hashable]]:
        return [{place: name(side, place) for place in fresh[side]} for side in (0, 1)]

    def same(one: int, other: int) -> bool:
        left, right = sides[0][one], sides[1][other]
        known = paper.get((1, one), -1) == paper.get((2, other), -2)
        return known or content_of(left) == content_of(right) or one_title(left, right)

    keys = names(lambda side, place: _folded(sides[side][place]))
    _join(matching, keys, same)
    _join(matching, names(lambda side, place: paper.get((side + 1, place))))
    _join(
        matching,
        names(lambda side, place: _place(sides[side], matching.ids[side + 1], place)),
    )
    matching.clashes.update(_join(matching, keys))


def _join(
    matching: Matching,
    names: Sequence[Mapping[int, Hashable]],
    only: Callable[[int, int], bool] | None = None,
) -> list[int]:
    """Join what has the same name on both sides, the first of several; return the numbers."""
    _, mine, theirs = matching.ids
    both = set(mine) & set(theirs)
    by_name: defaultdict[Hashable, list[int]] = defaultdict(list)
    for place, name in names[0].items():
        if name is not None and mine[place] not in both:
            by_name[name].append(place)
    joined = []
    for place, name in names[1].items():
        mates = by_name.get(name)
        if mates and theirs[place] not in both and (only is None or only(mates[0], place)):
            theirs[place] = mine[mates.pop(0)]
            joined.append(theirs[place])
    return joined


def _folded(piece: Piece) -> Hashable:
    return (piece.name[0], piece.name[1].casefold()) if piece.name else None


def _place(pieces: Sequence[Piece], ids: Sequence[int], place: int) -> Hashable:
    """Name a new text by what it says and what it stands above."""
    if pieces[place].name:
        return None
    return pieces[place].plain, ids[place + 1] if place + 1 < len(ids) else None


def _look_further(matching: Matching, loose: Sequence[_Loose], papers: SamePapers) -> None:
    """Find entries of one paper of which each side deleted another, and pairs to look at."""
    numbers = [matching.ids[one.version][one.place] for one in loose]
    for group in papers.groups:
        its = [(loose[n], numbers[n]) for n in group]
        kept = {number for one, number in its if one.version}
        left = [[n for one, n in its if n not in kept and one.missing == {side}] for side in (0, 1)]
        if left[0] and left[1] and not kept:
            matching.crossed.append((left[1][0], left[0][0]))
    for one, other in papers.unsure:
        if {loose[one].version, loose[other].version} == {1, 2}:
            matching.unsure.append((numbers[one], numbers[other]))
