"""Pieces of three versions → which of them are the same piece, under one number each.

By name (citation key, macro) or text; then what a side renamed or rewrote, by what it is about or
by its place; then what both added. A number is never given twice within one version.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field

from bibkit.bibfile.bib_file import macros_of
from bibkit.git.entry_parts import meaning_of
from bibkit.git.pieces import Piece
from bibkit.git.same_papers import SamePapers, same_papers
from bibkit.git.versions import Versions

Pairs = dict[int, int]
"""A piece of a side → the same piece in the base."""
_SIMILAR = 0.6
"""Share of the words of two texts that both have, when one is the other rewritten."""
_MOST_COMPARED = 10_000
Names = Callable[[Sequence[Piece], Sequence[int]], Sequence[Hashable]]
"""What gives the pieces at some places names to pair them by; None for those that have none."""


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
    pairs = [_pairs(base, side.pieces) for side in (versions.mine, versions.theirs)]
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


def _pairs(base: Sequence[Piece], side: Sequence[Piece]) -> Pairs:
    """Pair the pieces of a side with those of the base."""
    pairs: Pairs = {}
    _pair(pairs, base, side, lambda pieces, places: [pieces[p].name for p in places])
    _pair(pairs, base, side, _texts, unique=True)
    _pair(pairs, base, side, _texts_in_place)
    _pair(pairs, base, side, _texts)
    _pair(pairs, base, side, _contents, unique=True)
    _pair(pairs, base, side, _titles, unique=True)
    _pair_similar(pairs, base, side)
    for step in (1, -1):
        _pair_rewritten(pairs, base, side, step)
    return pairs


def _texts(pieces: Sequence[Piece], places: Sequence[int]) -> list[Hashable]:
    return [None if pieces[place].name else pieces[place].plain for place in places]


def _texts_in_place(pieces: Sequence[Piece], places: Sequence[int]) -> list[Hashable]:
    """Name a text that stands more than once by the named piece after it."""
    found: list[Hashable] = []
    following: Hashable = None
    for piece in reversed(pieces):
        following = piece.name or following
        found.append(None if piece.name else (piece.plain, following))
    return [found[-1 - place] for place in places]


def _contents(pieces: Sequence[Piece], places: Sequence[int]) -> list[Hashable]:
    """Name an entry by all but its key."""
    entries = [pieces[place] for place in places]
    return [_content(one) if one.is_entry and one.block.fields else None for one in entries]


def _content(piece: Piece) -> Hashable:
    return piece.block.entry_type, piece.block.fields


def _titles(pieces: Sequence[Piece], places: Sequence[int]) -> list[Hashable]:
    """Name an entry by title and authors: enough where the one is gone and the other is new."""
    return [_title(pieces[place]) if pieces[place].is_entry else None for place in places]


def _title(piece: Piece) -> Hashable:
    fields = {name.lower(): raw for name, raw in reversed(piece.block.fields)}
    if "title" not in fields or "author" not in fields:
        return None
    return meaning_of(fields["title"]), meaning_of(fields["author"])


def _pair(
    pairs: Pairs,
    base: Sequence[Piece],
    side: Sequence[Piece],
    names: Names,
    *,
    unique: bool = False,
) -> None:
    """Pair what has the same name and no partner yet; what stands twice by text, then in order."""
    if len(pairs) in (len(base), len(side)):
        return
    taken = set(pairs.values())
    groups: defaultdict[Hashable, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for own, pieces, done in ((0, base, taken), (1, side, pairs.keys())):
        places = [place for place in range(len(pieces)) if place not in done]
        for place, name in zip(places, names(pieces, places), strict=True):
            if name is not None:
                groups[name][own].append(place)
    for ours, others in groups.values():
        if len(ours) == len(others) == 1:
            pairs[others[0]] = ours[0]
        elif ours and others and not unique:
            pairs.update(_repeated(base, side, ours, others))


def _repeated(
    base: Sequence[Piece], side: Sequence[Piece], ours: list[int], others: list[int]
) -> Pairs:
    by_text: defaultdict[str, list[int]] = defaultdict(list)
    for place in reversed(ours):
        by_text[base[place].plain].append(place)
    pairs = {
        place: by_text[side[place].plain].pop() for place in others if by_text[side[place].plain]
    }
    used = set(pairs.values())
    rest = [place for place in ours if place not in used]
    return pairs | dict(zip([p for p in others if p not in pairs], rest, strict=False))


def _pair_similar(pairs: Pairs, base: Sequence[Piece], side: Sequence[Piece]) -> None:
    """Pair texts that have most of their words in common, wherever they stand."""
    taken = set(pairs.values())
    old = {p: _words(base[p]) for p in range(len(base)) if p not in taken and not base[p].name}
    new = {p: _words(side[p]) for p in range(len(side)) if p not in pairs and not side[p].name}
    if len(old) * len(new) > _MOST_COMPARED:
        return
    likeness = [
        (len(words & others) / len(words | others), -place, -mate)
        for place, words in new.items()
        for mate, others in old.items()
        if words & others
    ]
    for share, place, mate in sorted(likeness, reverse=True):
        if share >= _SIMILAR and -place in new and -mate in old:
            pairs[-place] = -mate
            del new[-place], old[-mate]


def _words(piece: Piece) -> frozenset[str]:
    return frozenset([piece.block.kind, *piece.plain.split()])


def _pair_rewritten(pairs: Pairs, base: Sequence[Piece], side: Sequence[Piece], step: int) -> None:
    """Pair texts that stand before the same piece (`step` 1), or after it (-1)."""
    taken = set(pairs.values())
    beyond = len(base) if step > 0 else -1
    for place in range(len(side))[::-step]:
        if place in pairs or side[place].name:
            continue
        near = pairs.get(place + step) if 0 <= place + step < len(side) else beyond
        mate = -1 if near is None else near - step
        if (
            0 <= mate < len(base)
            and mate not in taken
            and not base[mate].name
            and base[mate].block.kind == side[place].block.kind
        ):
            pairs[place] = mate
            taken.add(mate)


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
        return known or left.plain == right.plain or _content(left) == _content(right)

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
