"""The text of one entry → where its type, key, fields and commas stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bibkit.bibfile.blocks import Block
from bibkit.bibfile.encoding import readable
from bibkit.bibfile.scanning import scan_entry

_HEAD = re.compile(r"@\s*([^\s{(@]+)@*\s*[{(]")
_KEY = {
    "}": re.compile(r"\s*([^,={}]*?)\s*(?=[,=}])"),
    ")": re.compile(r"\s*([^,={})]*?)\s*(?=[,=)])"),
}
_COMMA = re.compile(r"[\s%]*,")


@dataclass(frozen=True, slots=True)
class FieldPlace:
    """Where a field stands."""

    name: str
    raw: str
    """Its value as it stands."""
    start: int
    value: int
    end: int
    """One past the value."""
    comma: int
    """Its comma; -1 when it has none."""

    @property
    def name_end(self) -> int:
        """One past the name."""
        return self.start + len(self.name)


@dataclass(frozen=True, slots=True)
class Anatomy:
    """An entry that is closed, taken apart."""

    text: str
    """As it stands in the file."""
    entry_type: tuple[int, int]
    key: tuple[int, int]
    """Empty where there is no key."""
    key_comma: int
    """-1 when there is none."""
    fields: tuple[FieldPlace, ...]
    commented: bool

    def gap(self, index: int) -> str:
        """Return what stands between a field and the one before it, or the key."""
        before = self.fields[index - 1].end if index else self.key[1]
        return self.text[before : self.fields[index].start]

    def indent(self, index: int) -> str | None:
        """Return the blanks before a field; None when it does not begin its line."""
        line = readable(self.text)[: self.fields[index].start].rpartition("\n")
        return line[2] if line[1] and not line[2].strip() else None


def anatomy(text: str, *, commented: bool = False) -> Anatomy | None:
    """Take an entry apart; None when it is not one whole entry.

    >>> [(f.name, f.raw, f.comma) for f in anatomy("@misc{k, title = {A}, year = 2024}").fields]
    [('title', '{A}', 20), ('year', '2024', -1)]
    """
    plain = readable(text)
    head = _HEAD.match(plain)
    if not head:
        return None
    opening = head.end() - 1
    scanned = scan_entry(plain, opening, len(plain), commented=commented)
    key = _KEY["}" if plain[opening] == "{" else ")"].match(plain, opening + 1)
    if not scanned.closed or scanned.end != len(plain):
        return None
    fields = tuple(
        FieldPlace(name, text[value:end], start, value, end, comma)
        for (name, _), (start, value, end), comma in zip(
            scanned.fields, scanned.places, _commas(plain, scanned.places), strict=True
        )
    )
    place = key.span(1) if key and plain[key.end()] != "=" else (opening + 1, opening + 1)
    comma = key.end() if key and plain[key.end()] == "," else -1
    return Anatomy(text, head.span(1), place, comma, fields, commented)


def _commas(plain: str, places: tuple[tuple[int, int, int], ...]) -> Iterator[int]:
    for _, _, end in places:
        found = _COMMA.match(plain, end)
        yield found.end() - 1 if found else -1


def true_values(text: str, block: Block) -> tuple[tuple[str, str], ...]:
    """Return the fields of an entry of a file, every character of the values as it stands."""
    found = anatomy(text[block.start : block.end])
    whole = found is not None and len(found.fields) == len(block.fields)
    return tuple((f.name, f.raw) for f in found.fields) if found and whole else ()
