"""Edits + a .bib file as it was read → its new bytes, in its own style; every other byte stays.

All edits are applied at once to the file as it was, so none can get in the way of another; two that
touch the same thing are an error. The result is read back before it is returned: it must hold the
entries that were meant and all others unchanged, for our reader and for bibtexparser's.
"""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence

from bibkit.bibfile.arranging import assembled, order_of
from bibkit.bibfile.bib_file import BibFile
from bibkit.bibfile.edits import (
    AddEntry,
    Edit,
    EntryRef,
    MoveEntry,
    RemoveEntry,
    RenameKey,
    SetField,
    SortEntries,
)
from bibkit.bibfile.places import Places
from bibkit.bibfile.planning import planned
from bibkit.bibfile.readback import check_result, wanted_entries
from bibkit.errors import OutputError

REFERRING = frozenset("crossref xref xdata related entryset".split())
"""Fields that name other entries by their keys."""


def edit(bib: BibFile, edits: Sequence[Edit]) -> bytes:
    r"""Return the file's bytes with edits applied; without edits, or changes, the very same bytes.

    What cannot be done safely is refused with an `OutputError`, and nothing is done.

    >>> from bibkit.bibfile import SetField, read_bib
    >>> bib = read_bib(b'@misc{k,\n  title = "A",\n  year = 2023\n}\n', origin="my.bib")
    >>> changes = [SetField("k", "year", "2024"), SetField("k", "doi", "10.1000/x")]
    >>> print(edit(bib, changes).decode())
    @misc{k,
      title = "A",
      year = 2024,
      doi = "10.1000/x"
    }
    <BLANKLINE>
    """
    return _edited(bib, edits, None)


def edit_each(bib: BibFile, edits: Sequence[Edit]) -> tuple[bytes, dict[int, OutputError]]:
    r"""Apply edits as `edit` does, but leave an entry as it is whose edits are refused.

    Returns: the new bytes, and why entries were left, by their place in `bib.entries`.

    >>> from bibkit.bibfile import read_bib
    >>> bib = read_bib(b"@misc{a, year = 1}\n@misc{b, year = 1}", origin="my.bib")
    >>> data, left = edit_each(bib, [SetField(0, "year", "{"), SetField(1, "year", "2")])
    >>> data, str(left[0])
    (b'@misc{a, year = 1}\n@misc{b, year = 2}', "my.bib:1: unsafe-value: unbalanced braces in '{'")
    """
    refused: dict[int, OutputError] = {}
    places = Places.of(bib)
    while True:
        left = [e for e in edits if _place(places, e) not in refused]
        again: dict[int, OutputError] = {}
        data = _edited(bib, left, again)
        refused |= again
        if not again:
            return data, refused


def _place(places: Places, one: Edit) -> int | None:
    """Return the place of the entry that an edit is within."""
    if isinstance(one, AddEntry | RemoveEntry | MoveEntry | SortEntries):
        return None
    return places.of_entry(one.entry)


def _edited(
    bib: BibFile, edits: Sequence[Edit], refused: MutableMapping[int, OutputError] | None
) -> bytes:
    if not edits:
        return bib.data
    plan = planned(bib, edits, refused)
    text = assembled(plan)
    if text == bib.text:
        return bib.data
    data = bib.encoding.bom + _encoded(bib, text)
    check_result(bib, data, wanted_entries(bib, order_of(plan), plan.meant), refused)
    return data


def rename_key(bib: BibFile, entry: EntryRef, key: str) -> tuple[Edit, ...]:
    """Return the edits that rename an entry and all `crossref`s and the like to it."""
    old = bib.entries[Places.of(bib).of_entry(entry)].key
    edits: list[Edit] = [RenameKey(entry, key)]
    for index, other in enumerate(bib.entries):
        for name in REFERRING & other.fields.keys():
            keys = [k.strip() for k in other.fields[name].split(",")]
            if old.lower() in (k.lower() for k in keys):
                new = ",".join(key if k.lower() == old.lower() else k for k in keys)
                edits.append(SetField(index, name, new))
    return tuple(edits)


def _encoded(bib: BibFile, text: str) -> bytes:
    try:
        return bib.encoding.encode(text)
    except UnicodeEncodeError as error:
        message = f"{text[error.start]!r} cannot be written in {bib.encoding.name}"
        raise OutputError(message, origin=bib.origin, code="encoding") from None
