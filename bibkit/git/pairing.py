"""The pieces of two versions of a file → which are the same piece.

By name (citation key, macro) or text, then by what an entry is about, then what was rewritten: by
its words, or its place.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence

from bibkit.git.entry_parts import meaning_of
from bibkit.git.pieces import Piece

Pairs = dict[int, int]
"""A piece of a side → the same piece in the base."""
_SIMILAR = 0.6
"""Share of the words of two texts that both have, when one is the other rewritten."""
_MOST_COMPARED = 10_000
Names = Callable[[Sequence[Piece], Sequence[int]], Sequence[Hashable]]
"""What gives the pieces at some places names to pair them by; None for those that have none."""


def pair_pieces(base: Sequence[Piece], side: Sequence[Piece]) -> Pairs:
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
    return [content_of(one) if one.is_entry and one.block.fields else None for one in entries]


def content_of(piece: Piece) -> Hashable:
    """Return all that an entry says but its key."""
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
