"""The text of one entry + edits → its new text; every character that no edit is about stays."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bibkit.bibfile.anatomy import Anatomy, FieldPlace, anatomy
from bibkit.bibfile.edits import (
    Arrange,
    EntryEdit,
    Expression,
    RemoveField,
    RenameField,
    RenameKey,
    SetField,
    SetType,
    Value,
)
from bibkit.bibfile.encoding import readable
from bibkit.bibfile.layout import arranged
from bibkit.bibfile.new_values import (
    MONTHS,
    check_field_name,
    check_key,
    check_type,
    macros_in,
    normal,
    render,
)
from bibkit.bibfile.style import Style, case_of, in_case_of
from bibkit.errors import OutputError

_PLAIN_GAP = re.compile(r"[\s,]*")
Fields = Mapping[str, str]
_COMMENT_AFTER = re.compile(r"[^\S\n]*,?[^\S\n]*%[^\n]*")


def edited(entry: Anatomy, edits: Sequence[EntryEdit], style: Style, now: Fields) -> str:
    """Apply edits that do not touch each other: first in place, then what goes, then what comes."""
    text = _in_place(entry, edits, style.of(entry), now)
    for edit in edits:
        if isinstance(edit, RemoveField):
            text = _without(_again(entry, text), edit.name)
    present = {field.name.lower() for field in entry.fields}
    new = [e for e in edits if isinstance(e, SetField) and e.name.lower() not in present]
    if new:
        text = with_fields(_again(entry, text), [(e.name, e.value) for e in new], style)
    for edit in edits:
        if isinstance(edit, Arrange):
            text = arranged(_again(entry, text), edit, style.newline)
    return text


def new_entry(entry_type: str, key: str, fields: Sequence[tuple[str, Value]], style: Style) -> str:
    """Return an entry in the style of the file."""
    check_type(entry_type)
    check_key(key)
    opening, closing = "()" if style.parentheses() else "{}"
    text = f"@{style.entry_type(entry_type)}{opening}{key},{style.newline}{closing}"
    if style.indent() is None or not style.closing_on_own_line():
        text = f"@{style.entry_type(entry_type)}{opening}{key}{closing}"
    bare = anatomy(text)
    if bare is None:
        raise OutputError(f"{key!r} cannot be a citation key here", code="unsafe-key")
    return with_fields(bare, fields, style)


def with_fields(entry: Anatomy, fields: Sequence[tuple[str, Value]], style: Style) -> str:
    """Return an entry with fields after its others, looking like those."""
    for name, value in fields:
        check_field_name(name)
        entry = _again(entry, _with_field(entry, name, value, style.of(entry)))
    return entry.text


def _with_field(entry: Anatomy, name: str, value: Value, style: Style) -> str:
    name = style.field_name(name)
    raw = render(value, quotes=style.quotes(), bare=style.bare_numbers())
    field = f"{name}{style.equals(name)}{raw}"
    if not entry.fields:
        return _with_first_field(entry, field, style)
    text, last = entry.text, entry.fields[-1]
    gap = _new_gap(entry, name, style)
    comment = None if entry.commented else _COMMENT_AFTER.match(readable(text), last.end)
    if not comment:
        return text[: last.end] + gap + field + text[last.end :]
    comma = "" if last.comma >= 0 else ","
    line = text[last.end : comment.end()]
    indent = re.split(r"[\r\n,]", gap)[-1]
    tail = style.newline + indent + field + ("," if last.comma >= 0 else "")
    return text[: last.end] + comma + line + tail + text[comment.end() :]


def _with_first_field(entry: Anatomy, field: str, style: Style) -> str:
    text, newline, indent = entry.text, style.newline, style.indent()
    at = entry.key_comma + 1 if entry.key_comma >= 0 else entry.key[1]
    comma = "" if entry.key_comma >= 0 else ","
    closing = text[at:]
    if indent is None:
        return text[:at] + comma + " " + field + closing.lstrip()
    tail = "," if style.trailing_comma() else ""
    if "\n" not in readable(closing) and style.closing_on_own_line():
        tail += newline
    return text[:at] + comma + newline + indent + field + tail + closing


def _new_gap(entry: Anatomy, name: str, style: Style) -> str:
    """Return what is to stand between the last field and a new one: what stands before the last."""
    last = len(entry.fields) - 1
    gap, indent = entry.gap(last), entry.indent(last)
    plain = readable(gap).replace("\r\n", "\n")
    usual = re.fullmatch(r"[\s,%]*", gap) if entry.commented else _PLAIN_GAP.fullmatch(gap)
    aligned = style.right_aligned_indent(name)
    if aligned is not None:
        return "," + style.newline + aligned
    if usual and plain.count(",") == 1 and plain.count("\n") <= 1:
        return gap
    return ", " if indent is None else "," + style.newline + indent


def _in_place(entry: Anatomy, edits: Sequence[EntryEdit], style: Style, now: Fields) -> str:
    splices: list[tuple[int, int, str]] = []
    first = {field.name.lower(): field for field in reversed(entry.fields)}
    for edit in edits:
        if isinstance(edit, RenameKey):
            splices.append((*_key_place(entry, edit.key), edit.key))
        elif isinstance(edit, SetType):
            splices.append((*entry.entry_type, _typed(entry, edit.entry_type)))
        elif isinstance(edit, RenameField):
            splices += _renamed(entry, edit, style, now)
        elif isinstance(edit, SetField):
            splices += _set(entry, first.get(edit.name.lower()), edit, style, now)
    text = entry.text
    for start, end, new in sorted(splices, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _key_place(entry: Anatomy, key: str) -> tuple[int, int]:
    check_key(key)
    if entry.key_comma < 0 and entry.fields:
        raise OutputError("no comma after the citation key: mend that first", code="broken-entry")
    return entry.key


def _typed(entry: Anatomy, entry_type: str) -> str:
    check_type(entry_type)
    return in_case_of(case_of(entry.text[slice(*entry.entry_type)]), entry_type)


def _renamed(
    entry: Anatomy, edit: RenameField, style: Style, now: Fields
) -> list[tuple[int, int, str]]:
    check_field_name(edit.new_name)
    places = [f for f in entry.fields if f.name.lower() == edit.name.lower()]
    if not places:
        raise OutputError(f"no field {edit.name!r}", code="no-field")
    taken = {f.name.lower() for f in entry.fields} - {edit.name.lower()}
    if edit.new_name.lower() in taken:
        raise OutputError(f"there is a field {edit.new_name!r} already", code="conflict")
    found = []
    for field in places:
        name = in_case_of(case_of(field.name), edit.new_name)
        between = entry.text[field.name_end : field.value]
        if between == style.equals(field.name):
            between = style.equals(name)
        found.append((field.start, field.value, name + between))
    if edit.value is not None:
        new = SetField(edit.entry, edit.name, edit.value, replace_macros=True)
        found += _set(entry, places[0], new, style, now)
    return found


def _set(
    entry: Anatomy, field: FieldPlace | None, edit: SetField, style: Style, now: Fields
) -> list[tuple[int, int, str]]:
    if field is None or _is_so(field, edit.value, now):
        return []
    made_with = macros_in(field.raw)
    month = isinstance(edit.value, str) and {field.raw.lower(), edit.value} <= MONTHS
    if made_with and not edit.replace_macros and not month:
        message = f"{field.name} is made with the macro {made_with[0]!r}, which would be lost"
        raise OutputError(message, code="macro")
    if isinstance(edit.value, Expression):
        raw = render(edit.value)
    else:
        raw = render(edit.value, old=field.raw, quotes=style.quotes(), bare=style.bare_numbers())
    if not field.raw and entry.text[field.value - 1] in "\r\n":
        raw += ","  # of `note =` before the next line, nothing else says where it ends
    return [(field.value, field.end, raw)]


def _is_so(field: FieldPlace, value: Value, now: Fields) -> bool:
    """Tell whether a field has a value already; `now` has the values as they are read."""
    if isinstance(value, str):
        return now.get(field.name.lower()) == normal(value)
    return field.raw.strip() == value.text.strip()


def _without(entry: Anatomy, name: str) -> str:
    """Take a field out of an entry, all repetitions of it."""
    places = [i for i, f in enumerate(entry.fields) if f.name.lower() == name.lower()]
    if not places:
        raise OutputError(f"no field {name!r}", code="no-field")
    for index in reversed(places):
        entry = _again(entry, _without_one(entry, index))
    return entry.text


def _without_one(entry: Anatomy, index: int) -> str:
    """Take out a field with the gap before it, so that the comma after it serves the one before."""
    text, field, gap = entry.text, entry.fields[index], entry.gap(index)
    usual = re.fullmatch(r"[\s,%]*", gap) if entry.commented else _PLAIN_GAP.fullmatch(gap)
    comment = None if entry.commented else _COMMENT_AFTER.match(readable(text), field.end)
    if usual and not comment:
        before = field.start - len(gap)
        if index == 0 and field.comma < 0:  # the comma after the key
            before += gap.find(",") + 1
        return text[:before] + text[field.end :]
    end = field.comma + 1 if field.comma >= 0 else field.end
    line = readable(text).rfind("\n", 0, field.start) + 1
    rest = re.compile(r"[^\S\n]*\n").match(readable(text), end)
    if rest and not text[line : field.start].strip():  # a line of its own
        return text[:line] + text[rest.end() :]
    return text[: field.start] + text[end:].lstrip(" \t")


def _again(entry: Anatomy, text: str) -> Anatomy:
    """Take the changed text apart."""
    if text == entry.text:
        return entry
    after = anatomy(text, commented=entry.commented)
    if after is None:
        raise OutputError("the entry would no longer be whole", code="unsafe-edit")
    return replace(after, commented=entry.commented)
