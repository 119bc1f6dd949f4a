"""The text of an entry → the parts that are merged: type, key, fields, comments, and the gaps."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bibkit.bibfile import macro_names
from bibkit.bibfile.anatomy import Anatomy, anatomy
from bibkit.bibfile.encoding import with_lf
from bibkit.bibfile.values import value_text
from bibkit.git.pieces import Piece

_COMMENT = re.compile(r"%[^\r\n]*")


@dataclass(frozen=True, slots=True)
class Part:
    """A field or a comment of an entry."""

    name: str
    """`=` and the field's name in lower case, or the comment and which one of several it is."""
    text: str
    meaning: str
    """Two values that mean the same are the same, however they are written."""

    @property
    def is_field(self) -> bool:
        """False for a comment."""
        return self.name.startswith("=")


@dataclass(frozen=True, slots=True)
class EntryParts:
    """An entry without fault, taken apart."""

    opening: str
    """`@`, and what else stands before the type."""
    entry_type: str
    brace: str
    """What stands between type and key."""
    key: str
    parts: tuple[Part, ...]
    gaps: tuple[str, ...]
    """Blanks and commas: before each part, and before the brace that closes it."""
    closing: str

    @property
    def meaning(self) -> tuple[object, ...]:
        """All that it says: two entries that differ in layout alone say the same."""
        fields = sorted((part.name, part.meaning) for part in self.parts)
        return self.entry_type.lower(), self.key, tuple(fields)


def entry_parts(piece: Piece) -> EntryParts | None:
    """Take an entry apart; None for one that is broken, or says a field twice."""
    if piece.block.kind != "entry" or piece.block.complaint or piece.before:
        return None
    found = anatomy(piece.core)
    names = Counter(field.name.lower() for field in found.fields) if found else Counter()
    if found is None or len(found.fields) != len(piece.block.fields) or names.total() > len(names):
        return None
    parts, gaps = _parts(found)
    text = found.text
    return EntryParts(
        opening=text[: found.entry_type[0]],
        entry_type=text[slice(*found.entry_type)],
        brace=text[found.entry_type[1] : found.key[0]],
        key=text[slice(*found.key)],
        parts=tuple(parts),
        gaps=tuple(gaps),
        closing=text[-1],
    )


def meaning_of(raw: str) -> str:
    r"""Return what a value means: its text, or how it is made where macros are in it.

    >>> meaning_of('"A  {B}"') == meaning_of("{A\n {B}}"), meaning_of("jan"), meaning_of("{jan}")
    (True, '#jan', 'jan')
    """
    if macro_names(raw):
        return "#" + " ".join(raw.split())
    return value_text(raw, {})


def same_meaning(left: Piece, right: Piece) -> bool:
    """Tell whether two pieces differ in layout at most."""
    if left.plain == right.plain:
        return True
    if left.after != right.after or not left.is_entry:
        return False
    one, other = entry_parts(left), entry_parts(right)
    return one is not None and other is not None and one.meaning == other.meaning


def _parts(found: Anatomy) -> tuple[list[Part], list[str]]:
    parts: list[Part] = []
    gaps: list[str] = [""]
    at = found.key[1]
    seen: Counter[str] = Counter()
    fields = {field.start: field for field in found.fields}
    for start, end in _spans(found):
        gaps[-1] += found.text[at:start]
        text = found.text[start:end]
        field = fields.get(start)
        if field:
            part = Part("=" + field.name.lower(), text, meaning_of(with_lf(field.raw)))
        else:
            text = text.rstrip()
            end = start + len(text)
            seen[text] += 1
            part = Part(f"{text} {seen[text]}", text, text)
        parts.append(part)
        gaps.append("")
        at = end
    gaps[-1] = found.text[at : len(found.text) - 1]
    return parts, gaps


def _spans(found: Anatomy) -> Iterator[tuple[int, int]]:
    """Yield where the fields stand and the comments between them."""
    at = found.key[1]
    for field in found.fields:
        yield from (one.span() for one in _COMMENT.finditer(found.text, at, field.start))
        yield field.start, field.end
        at = field.end
    yield from (one.span() for one in _COMMENT.finditer(found.text, at, len(found.text) - 1))


def gaps_are_plain(versions: Sequence[EntryParts]) -> bool:
    """Tell whether there is nothing but blanks and commas between the parts."""
    return not any(gap.strip(" \t\r\n,\f\v") for one in versions for gap in one.gaps)
