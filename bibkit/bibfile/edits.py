"""What can be done to a .bib file, as values: `patching.edit` applies a list of them at once."""

from __future__ import annotations

from dataclasses import dataclass

EntryRef = int | str
"""An entry: its place in `BibFile.entries`, or a citation key that only one entry has."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A value as it stands in a file: `jan`, `{A {B}}`, `cvpr # " 2024"`."""

    text: str


Value = str | Expression
"""A text without delimiters, TeX as it stands; or how it is to stand in the file."""


@dataclass(frozen=True, slots=True)
class SetField:
    """Change the value of a field, or add the field at the end of the entry."""

    entry: EntryRef
    name: str
    value: Value
    replace_macros: bool = False
    """A value made with macros is replaced only if this says so."""


@dataclass(frozen=True, slots=True)
class RemoveField:
    """Take a field out, and its repetitions: one of them would take its place."""

    entry: EntryRef
    name: str


@dataclass(frozen=True, slots=True)
class RenameField:
    """Give a field another name; its value stays as it stands, unless another is given."""

    entry: EntryRef
    name: str
    new_name: str
    value: Value | None = None


@dataclass(frozen=True, slots=True)
class RenameKey:
    """Give an entry another citation key (`rename_key` also mends the references to it)."""

    entry: EntryRef
    key: str


@dataclass(frozen=True, slots=True)
class SetType:
    """Give an entry another type."""

    entry: EntryRef
    entry_type: str


@dataclass(frozen=True, slots=True)
class AddEntry:
    """Add an entry in the file's own style."""

    entry_type: str
    key: str
    fields: tuple[tuple[str, Value], ...]
    after: EntryRef | None = None
    """The entry before it; None puts it at the end of the file."""


@dataclass(frozen=True, slots=True)
class RemoveEntry:
    """Take an entry out, with its lines and one separation; comments beside it stay."""

    entry: EntryRef


@dataclass(frozen=True, slots=True)
class MoveEntry:
    """Move an entry, and the comment lines right above it."""

    entry: EntryRef
    after: EntryRef | None
    """The entry before it; None puts it before all others."""


@dataclass(frozen=True, slots=True)
class SortEntries:
    """Put the entries in another order; what stands between their places stays there."""

    order: tuple[int, ...]
    """For each place the entry that comes there, by its place before."""


@dataclass(frozen=True, slots=True)
class Arrange:
    """Lay an entry out; of what is None nothing changes. Comments inside forbid it."""

    entry: EntryRef
    order: tuple[str, ...] | None = None
    """Lower-case names of fields in their order; others stand where `""` does, as they stood."""
    indent: str | None = None
    """Each field on a line of its own, after these blanks, and so the closing brace, without."""
    column: int | None = None
    """Where `=` stands, counted from the names' beginning; a longer name has one blank."""
    trailing_comma: bool | None = None
    lower_case: bool = False
    """The names of fields, and the type."""


FieldEdit = SetField | RemoveField | RenameField
EntryEdit = FieldEdit | RenameKey | SetType | Arrange
"""Within one entry."""
Edit = EntryEdit | AddEntry | RemoveEntry | MoveEntry | SortEntries
