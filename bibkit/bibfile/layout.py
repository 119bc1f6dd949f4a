"""One entry → the same entry with its fields in another order, on lines of their own, in columns.

Only blanks and commas are written anew; where anything else stands between the fields, a comment,
what would touch it is refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bibkit.bibfile.anatomy import Anatomy, FieldPlace
from bibkit.bibfile.edits import Arrange
from bibkit.errors import OutputError

_PLAIN_GAP = re.compile(r"[\s,]*")
_EQUALS = re.compile(r"\s*=\s*")


def arranged(entry: Anatomy, how: Arrange, newline: str) -> str:
    r"""Return the text of an entry, laid out; one in `%` lines stays as it is.

    >>> from bibkit.bibfile.anatomy import anatomy
    >>> how = Arrange(0, order=("title", "", "year"), indent="  ", trailing_comma=True)
    >>> print(arranged(anatomy("@misc{k, year = 2024, note={N}, title = {A}}"), how, "\n"))
    @misc{k,
      title = {A},
      note={N},
      year = 2024,
    }
    """
    text = entry.text
    if entry.commented:
        return text
    head, tail = text[: entry.key[1]], text[entry.fields[-1].end :] if entry.fields else ""
    if how.lower_case:
        start, end = entry.entry_type
        head = head[:start] + head[start:end].lower() + head[end:]
    if not entry.fields:
        return head + text[entry.key[1] :]
    gaps = [entry.gap(index) for index in range(len(entry.fields))]
    if how.indent is not None:
        gaps = [_new(gap, "," + newline + how.indent) for gap in gaps]
        tail = _new(tail[:-1], ("," if "," in tail else "") + newline) + tail[-1]
    if how.trailing_comma is not None and how.trailing_comma != (entry.fields[-1].comma >= 0):
        lead = tail[:-1].lstrip(", ") if _PLAIN_GAP.fullmatch(tail[:-1]) else tail[:-1]
        tail = _new(tail[:-1], ("," if how.trailing_comma else "") + lead) + tail[-1]
    fields = [_field(entry, field, how) for field in entry.fields]
    order = _order(entry.fields, how)
    if order != sorted(order):
        gaps = [_new(gap, gap) for gap in gaps]
    pieces = [gap + fields[place] for gap, place in zip(gaps, order, strict=True)]
    return "".join([head, *pieces, tail])


def _new(old: str, new: str) -> str:
    """Return what comes in the place of a gap; raise when there is more than blanks in it."""
    if not _PLAIN_GAP.fullmatch(old):
        raise OutputError("a comment inside: lay it out by hand", code="comment-inside")
    return new


def _field(entry: Anatomy, field: FieldPlace, how: Arrange) -> str:
    name = field.name.lower() if how.lower_case else field.name
    between = entry.text[field.name_end : field.value]
    if how.column is not None and _EQUALS.fullmatch(between):
        between = " ".ljust(how.column - len(name)) + "= "
    return name + between + entry.text[field.value : field.end]


def _order(fields: Sequence[FieldPlace], how: Arrange) -> list[int]:
    """Return the places of the fields in their new order; repetitions stay in theirs."""
    places = list(range(len(fields)))
    if how.order is None:
        return places
    rank = {name: place for place, name in enumerate(how.order)}
    others = rank.get("", len(rank))
    return sorted(places, key=lambda place: rank.get(fields[place].name.lower(), others))
