"""One paper added by both sides under two citation keys → one key, and the other kept alive.

Both sides must come to the same key, whoever merges, so it is the first in the alphabet; the other
one goes into `ids`, which biblatex cites by, and is told.
"""

from __future__ import annotations

from bibkit.bibfile.anatomy import anatomy
from bibkit.bibfile.edits import EntryEdit, RenameKey, SetField
from bibkit.bibfile.entry_text import edited
from bibkit.bibfile.style import Style
from bibkit.bibfile.values import value_text
from bibkit.errors import OutputError
from bibkit.git.pieces import Piece, cut


def surviving_key(one: str, other: str) -> str:
    """Return which of two keys of one paper stays.

    >>> surviving_key("zhou2024", "Abe2024")
    'Abe2024'
    """
    return min(one, other, key=lambda key: (key.casefold(), key))


def with_one_key(mine: Piece, theirs: Piece, newline: str) -> tuple[Piece, Piece] | None:
    """Return both under one key, and with the same `ids`; None where one cannot be changed."""
    key = surviving_key(mine.block.key, theirs.block.key)
    others = {mine.block.key, theirs.block.key, *_ids(mine), *_ids(theirs)} - {key}
    try:
        return tuple(_under(one, key, sorted(others), newline) for one in (mine, theirs))  # type: ignore[return-value]
    except OutputError:
        return None


def _ids(piece: Piece) -> list[str]:
    value = next((raw for name, raw in piece.block.fields if name.lower() == "ids"), "")
    return [key.strip() for key in value_text(value, {}).split(",") if key.strip()]


def _under(piece: Piece, key: str, ids: list[str], newline: str) -> Piece:
    taken = anatomy(piece.core)
    if taken is None or piece.block.complaint:
        raise OutputError("broken", code="broken-entry")
    edits: list[EntryEdit] = [SetField(0, "ids", ", ".join(ids))]
    if piece.block.key != key:
        edits.append(RenameKey(0, key))
    now = {name.lower(): value_text(raw, {}) for name, raw in reversed(piece.block.fields)}
    text = edited(taken, edits, Style((), (taken,), newline), now)
    found = cut(piece.before + text + piece.after).pieces
    if len(found) != 1:
        raise OutputError("it would be read otherwise", code="unsafe-edit")
    return found[0]
