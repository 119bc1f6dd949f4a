"""What a patched file should hold, and whether it does, for our reader and for bibtexparser's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass

from bibkit.bibfile.bib_file import (
    BibFile,
    holds_an_entry,
    macros_by_entry,
    macros_of,
    read_bib,
)
from bibkit.bibfile.blocks import Block, FileEntry
from bibkit.bibfile.edits import (
    AddEntry,
    EntryEdit,
    RemoveField,
    RenameField,
    RenameKey,
    SetField,
    SetType,
    Value,
)
from bibkit.bibfile.new_values import normal
from bibkit.bibfile.splitting import split
from bibkit.bibfile.values import value_text
from bibkit.bibfile.witness import blocks_by_place, whole_value
from bibkit.errors import OutputError

Meant = dict[int, Sequence[EntryEdit]]
_MISREAD = re.compile(r'\\\\["{}]')
"""A backslash before a delimiter, itself escaped: bibtexparser is no witness of these."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """An entry as it should be read."""

    key: str
    entry_type: str
    fields: Mapping[str, str]
    place: int | None
    """Its place before; None of a new one."""
    edited: bool


def wanted_entries(bib: BibFile, order: Iterable[int | AddEntry], edits: Meant) -> list[Wanted]:
    """Return the entries that the edits are meant to give."""
    read = [
        _edited(entry, edits.get(place, ()), macros, place)
        for place, (entry, macros) in enumerate(zip(bib.entries, macros_by_entry(bib), strict=True))
    ]
    macros = macros_of(bib.blocks, len(bib.text))
    return [_added(one, macros) if isinstance(one, AddEntry) else read[one] for one in order]


def _added(one: AddEntry, macros: Mapping[str, str]) -> Wanted:
    fields = {name.lower(): value_as_read(value, macros) for name, value in one.fields}
    return Wanted(one.key, one.entry_type.lower(), fields, None, edited=True)


def _edited(
    entry: FileEntry, edits: Sequence[EntryEdit], macros: Mapping[str, str], place: int
) -> Wanted:
    key, kind, fields = entry.key, entry.entry_type, dict(entry.fields)
    for edit in edits:
        if isinstance(edit, RenameKey):
            key = edit.key
        elif isinstance(edit, SetType):
            kind = edit.entry_type.lower()
        elif isinstance(edit, RemoveField):
            fields.pop(edit.name.lower(), None)
        elif isinstance(edit, RenameField):
            old = fields.pop(edit.name.lower(), "")
            new = old if edit.value is None else value_as_read(edit.value, macros)
            fields[edit.new_name.lower()] = new
        elif isinstance(edit, SetField):
            fields[edit.name.lower()] = value_as_read(edit.value, macros)
    return Wanted(key, kind, fields, place, edited=bool(edits))


def value_as_read(value: Value, macros: Mapping[str, str]) -> str:
    """Return what a new value says."""
    return normal(value) if isinstance(value, str) else value_text(value.text, macros)


def _entries(bib: BibFile) -> list[Block]:
    return [block for block in bib.blocks if holds_an_entry(block)]


def check_result(
    bib: BibFile,
    data: bytes,
    wanted: Sequence[Wanted],
    refused: MutableMapping[int, OutputError] | None = None,
) -> None:
    """Raise unless the new bytes hold just the entries that are wanted, and no new fault.

    Where `refused` is given, entries that were edited and would be read otherwise are put there.
    """
    after = read_bib(data, origin=bib.origin)
    old, new = _entries(bib), _entries(after)
    same_code = after.encoding == bib.encoding or data.isascii()  # the last odd letter has gone
    if not same_code or len(new) != len(wanted):
        _refuse(bib, "the file would be read otherwise")
    for entry, block, want in zip(after.entries, new, wanted, strict=True):
        before = None if want.place is None else old[want.place]
        text = after.text[block.start : block.end]
        if before and not want.edited:
            was = bib.text[before.start : before.end]
            good = text == was
            if before.complaint:  # never closed, it goes on to whatever is the next entry by now
                said = (want.key, want.entry_type, dict(want.fields))
                same = (entry.key, entry.entry_type, dict(entry.fields)) == said
                good = good or (same and text.startswith(was.rstrip()))
        else:
            read = (entry.key, entry.entry_type, dict(entry.fields))
            was = bib.text[before.start : before.end] if before else ""
            good = read == (want.key, want.entry_type, dict(want.fields))
            good = good and not (block.complaint and not (before and before.complaint))
            if good and _witness(text) is False:
                good = bool(was) and _witness(was) is not True  # it had no say before either
        if not good and refused is not None and want.edited and want.place is not None:
            message = f"{want.key!r} would be read otherwise"
            origin = f"{bib.origin}:{bib.entries[want.place].line}"
            refused[want.place] = OutputError(message, origin=origin, code="unsafe-edit")
        elif not good:
            _refuse(bib, f"{want.key!r} would be read otherwise")
    if refused:
        return
    if _others(after) != _others(bib):
        _refuse(bib, "what stands between the entries would be read otherwise")
    _check_keys(bib, after)


def _others(bib: BibFile) -> list[str]:
    """Return what is no entry: macros, preambles, comments."""
    kinds = ("string", "preamble", "comment")
    return [bib.text[b.start : b.end] for b in bib.blocks if b.kind in kinds]


def _check_keys(bib: BibFile, after: BibFile) -> None:
    """Raise when two entries would come to share a key, or a reference come to nothing."""
    new = _repeated(after) - _repeated(bib)
    if new:
        raise OutputError(
            f"two entries would have the key {min(new)!r}", origin=bib.origin, code="duplicate-key"
        )
    lost = (_dangling(after) - _dangling(bib)) & {entry.key.lower() for entry in bib.entries}
    if lost:
        message = f"crossref to {min(lost)!r}, which would be gone"
        raise OutputError(message, origin=bib.origin, code="dangling-reference")


def _repeated(bib: BibFile) -> set[str]:
    seen: set[str] = set()
    keys = [entry.key.lower() for entry in bib.entries if entry.key]
    return {key for key in keys if key in seen or seen.add(key)}  # type: ignore[func-returns-value]


def _dangling(bib: BibFile) -> set[str]:
    keys = {entry.key.lower() for entry in bib.entries}
    named = [e.fields[n] for e in bib.entries for n in ("crossref", "xdata") if n in e.fields]
    return {key.strip().lower() for value in named for key in value.split(",")} - keys - {""}


def _witness(text: str) -> bool | None:
    """Tell whether bibtexparser reads an entry as we do; None where it has no say."""
    ours = split(text)
    if len(ours) != 1 or ours[0].complaint or _MISREAD.search(text):
        return None
    if not all(whole_value(value) for _, value in ours[0].fields):
        return None  # values joined by #: it does not take them apart
    return list(blocks_by_place(text).values()) == [ours[0]]


def _refuse(bib: BibFile, message: str) -> None:
    raise OutputError(f"nothing was changed: {message}", origin=bib.origin, code="unsafe-edit")
