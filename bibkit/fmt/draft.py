"""An entry as the rules see it: fields with their values as they stand; rules return another draft.

What a rule could only guess at is not offered to it: values made with macros, repeated fields,
bytes that are no text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from bibkit.bibfile import Arrange, Edit, Expression, RemoveField, RenameField, SetField, SetType
from bibkit.bibfile import literal as literal_of

NEW = -1
"""The place of a field that was not there before."""
_AS_IT_IS = Arrange(0)
_STRAY = re.compile("[\udc80-\udcff\ufffd]")


@dataclass(frozen=True, slots=True)
class Field:
    """One field."""

    name: str
    """As it stands."""
    raw: str
    """Its value as it stands, with braces, quotes, macros."""
    place: int
    """Among the fields that the entry had at first, or `NEW`."""


@dataclass(frozen=True, slots=True)
class Context:
    """What the rules may want to know of the file."""

    biblatex: bool = False
    """True when it is written for biblatex."""
    macros: frozenset[str] = frozenset()
    """The names that the file defines, in lower case."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry on its way through the rules."""

    entry_type: str
    """In lower case."""
    fields: tuple[Field, ...]
    context: Context = Context()
    layout: Arrange = _AS_IT_IS
    in_braces: bool = False
    """True when new values stand in braces whatever the others stand in."""
    by_name: Mapping[str, Field | None] = field(init=False, repr=False, compare=False)
    """By lower-case names; None where a field is repeated."""

    def __post_init__(self) -> None:
        found: dict[str, Field | None] = {}
        for one in self.fields:
            name = one.name.lower()
            found[name] = None if name in found else one
        object.__setattr__(self, "by_name", found)

    def __contains__(self, name: str) -> bool:
        return name in self.by_name

    def raw(self, name: str) -> str | None:
        """Return a value as it stands; None where there is none, or not one."""
        found = self.by_name.get(name)
        return found.raw if found and not _STRAY.search(found.raw) else None

    def text(self, name: str) -> str | None:
        """Return a value that is one text, without delimiters; None where it is made with macros.

        >>> draft = Draft("misc", (Field("Title", '"A"', 0), Field("month", "jan", 1)))
        >>> draft.text("title"), draft.text("month"), draft.text("note")
        ('A', None, None)
        """
        raw = self.raw(name)
        return None if raw is None else literal_of(raw)

    def texts(self, names: frozenset[str]) -> Iterator[tuple[str, str]]:
        """Yield the fields among some that are one text, and their texts."""
        for name in self.by_name:
            if name in names and (text := self.text(name)) is not None:
                yield name, text

    def with_text(self, name: str, text: str) -> Draft:
        """Give a field another text between the delimiters that it has; or add the field."""
        old = self.raw(name) or ""
        return self.with_raw(name, f'"{text}"' if old[:1] == '"' else f"{{{text}}}")

    def with_raw(self, name: str, raw: str) -> Draft:
        """Give a field another value as it is to stand; or add the field."""
        if name not in self.by_name:
            return replace(self, fields=(*self.fields, Field(name, raw, NEW)))
        return self._mapped(name, lambda old: replace(old, raw=raw))

    def without(self, *names: str) -> Draft:
        """Take fields out; not those that are repeated."""
        gone = {name for name in names if self.by_name.get(name)}
        kept = tuple(one for one in self.fields if one.name.lower() not in gone)
        return replace(self, fields=kept) if gone else self

    def renamed(self, name: str, new_name: str) -> Draft:
        """Give a field another name, unless that is taken."""
        if not self.by_name.get(name) or new_name in self.by_name:
            return self
        return self._mapped(name, lambda old: replace(old, name=new_name))

    def typed(self, entry_type: str) -> Draft:
        """Give the entry another type."""
        return replace(self, entry_type=entry_type)

    def laid_out(self, **how: object) -> Draft:
        """Ask for a layout: the arguments of `Arrange`."""
        return replace(self, layout=replace(self.layout, **how))  # type: ignore[arg-type]

    def _mapped(self, name: str, change: Callable[[Field], Field]) -> Draft:
        changed = (change(one) if one.name.lower() == name else one for one in self.fields)
        return replace(self, fields=tuple(changed))


def edits_between(index: int, before: Draft, after: Draft) -> Iterator[Edit]:
    """Yield the edits of an entry that make one draft of another."""
    if after.entry_type != before.entry_type:
        yield SetType(index, after.entry_type)
    now = {one.place: one for one in after.fields if one.place != NEW}
    gone = {old.name.lower() for old in before.fields if old.place not in now}
    for old in before.fields:
        new = now.get(old.place)
        if new is None:
            successor = after.by_name.get(old.name.lower())
            yield (
                _set(index, old.name, successor.raw) if successor else RemoveField(index, old.name)
            )
        elif new.name.lower() == old.name.lower():
            if new.raw != old.raw:
                yield _set(index, old.name, new.raw)
        elif new.name in gone:
            yield RemoveField(index, old.name)
        else:
            value = Expression(new.raw) if new.raw != old.raw else None
            yield RenameField(index, old.name, new.name, value)
    for one in after.fields:
        if one.place == NEW and one.name not in gone:
            text = None if after.in_braces else literal_of(one.raw)
            yield SetField(index, one.name, Expression(one.raw) if text is None else text)
    if after.layout != before.layout:
        yield replace(after.layout, entry=index)


def _set(index: int, name: str, raw: str) -> SetField:
    return SetField(index, name, Expression(raw), replace_macros=True)
