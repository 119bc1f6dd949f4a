"""How a file is written → how a new field or entry of it should look.

An entry's own fields decide; what they leave open, the file's other entries decide by majority.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from bibkit.bibfile.anatomy import Anatomy, FieldPlace
from bibkit.bibfile.encoding import readable

T = TypeVar("T")
Votes = Callable[[Anatomy], Iterable[T]]
_SAMPLE = 100
"""Entries that are asked about the style of the file."""
_AGREED = 0.75
"""Share of the fields that make a column; a name longer than the column breaks it."""


@dataclass(frozen=True, slots=True)
class Style:
    """The entries to ask: first the one that is changed, then the others."""

    own: tuple[Anatomy, ...]
    others: tuple[Anatomy, ...]
    newline: str
    _told: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """What the others were asked already: they say the same of each entry of the file."""

    def of(self, entry: Anatomy) -> Style:
        """Return the style for one entry."""
        return Style((entry,), self.others, self.newline, self._told)

    def indent(self) -> str | None:
        """Return the blanks before a field; None when fields stand on one line."""
        usual: str | None = "  "
        return self._majority("indent", _indents, usual)

    def trailing_comma(self) -> bool:
        """Tell whether the last field has a comma."""
        return self._majority(
            "comma", lambda e: [f.comma >= 0 for f in e.fields[-1:]], default=True
        )

    def closing_on_own_line(self) -> bool:
        """Tell whether the brace that closes an entry stands alone."""
        return self._majority("closing", _closings, default=True)

    def quotes(self) -> bool:
        """Tell whether values stand in quotes."""
        return self._majority(
            "quotes",
            lambda e: [f.raw[0] == '"' for f in e.fields if f.raw[:1] in '{"' and f.raw],
            default=False,
        )

    def bare_numbers(self) -> bool:
        """Tell whether numbers stand without delimiters."""
        return self._majority("bare", _bare_numbers, default=False)

    def parentheses(self) -> bool:
        """Tell whether entries stand in parentheses."""
        return self._majority("parentheses", lambda e: [e.text.endswith(")")], default=False)

    def field_name(self, name: str) -> str:
        """Return a field's name in the case of the others; as given when they are lower-case."""
        names = self._majority("name", lambda e: [case_of(f.name) for f in e.fields], "lower")
        return in_case_of(names, name)

    def entry_type(self, name: str) -> str:
        """Return an entry type in the case of the others."""
        types = self._majority("type", lambda e: [case_of(e.text[slice(*e.entry_type)])], "lower")
        return in_case_of(types, name)

    def equals(self, name: str) -> str:
        """Return what stands between a name and its value, `=` or values in a column."""
        if found := _equals(self.own, name):
            return found
        # how long the name is decides, where values stand in a column
        told = f"equals {len(name)}"
        if told not in self._told:
            self._told[told] = _equals(self.others, name)
        return self._told[told] or " = "

    def right_aligned_indent(self, name: str) -> str | None:
        """Return the blanks before a name where names end in one column, as NASA ADS has it."""
        ends = [(len(indent), len(f.name)) for e in self.own for f, indent in _indented(e)]
        columns = {sum(pair) for pair in ends}
        if len({before for before, _ in ends}) > 1 and len(columns) == 1:
            return " " * max(columns.pop() - len(name), 1)
        return None

    def _majority(self, what: str, votes: Votes[T], default: T) -> T:
        if own := _most_common(self.own, votes):
            return own[0]
        if what not in self._told:
            self._told[what] = _most_common(self.others, votes)
        found: list[T] = self._told[what]
        return found[0] if found else default


def _most_common(entries: Iterable[Anatomy], votes: Votes[T]) -> list[T]:
    """Return what most vote for; an empty list when nobody does."""
    counts = Counter(vote for entry in entries for vote in votes(entry))
    return [counts.most_common(1)[0][0]] if counts else []


def style_of(entries: Sequence[Anatomy], newline: str) -> Style:
    """Return the style of a file, from entries spread over it."""
    step = max(1, len(entries) // _SAMPLE)
    return Style((), tuple(entries[::step]), newline)


def case_of(name: str) -> str:
    """Tell how a name is written.

    >>> [case_of(name) for name in ("year", "YEAR", "Year", "eprintType")]
    ['lower', 'upper', 'title', 'lower']
    """
    if len(name) > 1 and name.isupper():
        return "upper"
    return "title" if name[:1].isupper() else "lower"


def in_case_of(case: str, name: str) -> str:
    """Return a lower-case name in another case; one that has capitals keeps them."""
    if not name.islower():
        return name
    return name.upper() if case == "upper" else name.title() if case == "title" else name


def _indents(entry: Anatomy) -> Iterable[str | None]:
    return [entry.indent(index) for index in range(len(entry.fields))]


def _indented(entry: Anatomy) -> Iterable[tuple[FieldPlace, str]]:
    pairs = [(field, entry.indent(index)) for index, field in enumerate(entry.fields)]
    return [(field, indent) for field, indent in pairs if indent is not None]


def _closings(entry: Anatomy) -> Iterable[bool]:
    if entry.fields and "\n" in readable(entry.text):
        line = readable(entry.text).rpartition("\n")[2]
        yield not line[:-1].strip()


def _bare_numbers(entry: Anatomy) -> Iterable[bool]:
    for one in entry.fields:
        if one.raw.strip('{}"').isdecimal():
            yield one.raw.isdecimal()


def _equals(entries: Sequence[Anatomy], name: str) -> str | None:
    pairs = [
        (field, *entry.text[field.name_end : field.value].partition("=")[::2])
        for entry in entries
        for field in entry.fields
        if "\n" not in readable(entry.text[field.name_end : field.value])
    ]
    if not pairs:
        return None
    lead = Counter(lead for _, lead, _ in pairs).most_common(1)[0][0]
    trail = Counter(trail for _, _, trail in pairs).most_common(1)[0][0]
    if any("\t" in before + after for _, before, after in pairs):
        return lead + "=" + trail
    least = " " if all(before for _, before, _ in pairs) else ""
    column = _column([(len(f.name), len(f.name + before)) for f, before, _ in pairs])
    if column:
        return least.ljust(column - len(name)) + "=" + trail
    least = " " if all(after for _, _, after in pairs) else ""
    column = _column([(len(f.name), len(f.name + before + after)) for f, before, after in pairs])
    if column:
        return lead + "=" + least.ljust(column - len(name + lead))
    return lead + "=" + trail


def _column(pairs: Sequence[tuple[int, int]]) -> int | None:
    """Return the column that names share, of different lengths or with blanks to spare."""
    column, count = Counter(column for _, column in pairs).most_common(1)[0]
    different = {name for name, end in pairs if end == column}
    is_column = len(different) > 1 or column - max(different) > 2
    return column if is_column and count >= _AGREED * len(pairs) else None
