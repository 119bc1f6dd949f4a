"""Edits of generated files: what was set is read again, and nothing else has changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bibkit.bibfile import (
    AddEntry,
    BibFile,
    MoveEntry,
    RemoveEntry,
    RemoveField,
    RenameKey,
    SetField,
    SortEntries,
    edit,
    fixed_places,
    read_bib,
)
from bibkit.bibfile.bib_file import holds_an_entry
from bibkit.bibfile.new_values import normal
from bibkit.errors import OutputError
from tests.bibfile.grammar import EXAMPLES, bytes_of_files, files, names, texts

DATA = Path(__file__).resolve().parents[1] / "data" / "bibfile"
SAFE = {
    "unsafe-edit",
    "unsafe-value",
    "unsafe-key",
    "broken-entry",
    "encoding",
    "dangling-reference",
}
any_text = texts | st.text(max_size=20)
many = settings(max_examples=EXAMPLES, deadline=None)


def texts_of(bib: BibFile) -> list[str]:
    """Return the entries as they stand."""
    return [bib.text[b.start : b.end] for b in bib.blocks if holds_an_entry(b)]


def without(items: list[str], index: int) -> list[str]:
    return items[:index] + items[index + 1 :]


def read(data: bytes) -> BibFile:
    try:
        bib = read_bib(data, origin="refs.bib")
    except OutputError:
        assume(False)
        raise
    assume(bib.entries)
    return bib


def whole_file(text: str) -> BibFile:
    bib = read(text.encode())
    assume(not any(b.complaint for b in bib.blocks))
    return bib


@given(st.data(), bytes_of_files(), names, any_text)
@many
def test_what_is_set_is_read_and_all_else_stays(
    data: st.DataObject, content: bytes, name: str, value: str
) -> None:
    bib = read(content)
    index = data.draw(st.integers(0, len(bib.entries) - 1))
    try:
        after_bytes = edit(bib, [SetField(index, name, value, replace_macros=True)])
    except OutputError as error:
        assert error.code in SAFE  # noqa: PT017 - a refusal is one of two right answers
        return
    after = read_bib(after_bytes, origin="refs.bib")
    assert after.entries[index].fields[name.lower()] == normal(value)
    assert without(texts_of(after), index) == without(texts_of(bib), index)
    others = {k: v for k, v in bib.entries[index].fields.items() if k != name.lower()}
    assert {k: v for k, v in after.entries[index].fields.items() if k != name.lower()} == others
    assert edit(after, [SetField(index, name, value)]) == after_bytes


@given(st.data(), files(), texts)
@many
def test_set_and_set_back(data: st.DataObject, text: str, value: str) -> None:
    bib = whole_file(text)
    index = data.draw(st.integers(0, len(bib.entries) - 1))
    fields = bib.entries[index].fields
    raw = {
        n.lower(): v
        for n, v in reversed([b for b in bib.blocks if holds_an_entry(b)][index].fields)
    }
    plain = sorted(
        n for n, v in raw.items() if v[:1] in '{"' and "#" not in v and fields[n] == v[1:-1]
    )
    assume(plain)
    name = data.draw(st.sampled_from(plain))
    after = read_bib(edit(bib, [SetField(index, name, value)]), origin="refs.bib")
    back = edit(after, [SetField(index, name, fields[name])])
    in_braces = raw[name][0] == '"' and (not value or '"' in value)  # these left their quotes
    assert in_braces or fields[name].endswith("\\") or back == bib.data


@given(st.data(), files())
@many
def test_add_and_remove_a_field(data: st.DataObject, text: str) -> None:
    bib = whole_file(text)
    index = data.draw(st.integers(0, len(bib.entries) - 1))
    added = edit(bib, [SetField(index, "new", "{N}ew")])
    after = read_bib(added, origin="refs.bib")
    assert after.entries[index].fields == {**bib.entries[index].fields, "new": "{N}ew"}
    removed = edit(after, [RemoveField(index, "new")])
    assert not bib.entries[index].fields or removed == bib.data


@given(st.data(), files())
@many
def test_rename_and_rename_back(data: st.DataObject, text: str) -> None:
    bib = whole_file(text)
    index = data.draw(st.integers(0, len(bib.entries) - 1))
    renamed = edit(bib, [RenameKey(index, "new-key")])
    assert renamed == bib.data or len(renamed) != len(bib.data) or renamed.count(b"new-key")
    after = read_bib(renamed, origin="refs.bib")
    try:
        assert edit(after, [RenameKey(index, bib.entries[index].key)]) == bib.data
    except OutputError as error:
        assert error.code == "duplicate-key"  # noqa: PT017 - it was one before


@given(st.data(), files())
@many
def test_remove_move_sort_and_add_keep_the_entries(data: st.DataObject, text: str) -> None:
    bib = whole_file(text)
    index = data.draw(st.integers(0, len(bib.entries) - 1))
    assume(index not in fixed_places(bib))
    old = texts_of(bib)
    removed = read_bib(edit(bib, [RemoveEntry(index)]), origin="x")
    assert texts_of(removed) == without(old, index)
    fixed = fixed_places(bib)
    free = [place for place in range(len(old)) if place not in fixed]
    drawn = iter(data.draw(st.permutations(free)))
    order = [place if place in fixed else next(drawn) for place in range(len(old))]
    in_order = read_bib(edit(bib, [SortEntries(tuple(order))]), origin="x")
    assert texts_of(in_order) == [old[i] for i in order]
    new = AddEntry("misc", "new-key", (("title", "{N}ew"),), after=index)
    added = read_bib(edit(bib, [new]), origin="x")
    assert without(texts_of(added), index + 1) == old
    again = read_bib(edit(added, [RemoveEntry(index + 1)]), origin="x")
    assert texts_of(again) == old
    moved = read_bib(edit(bib, [MoveEntry(index, None)]), origin="x")
    assert texts_of(moved) == [old[index], *without(old, index)]


@pytest.mark.parametrize("path", sorted(DATA.glob("*.bib")), ids=lambda path: path.stem)
def test_the_corpus_is_changed_where_asked_and_nowhere_else(path: Path) -> None:
    try:
        bib = read_bib(path.read_bytes(), origin=path.name)
    except OutputError:
        return
    assert edit(bib, []) is bib.data
    for index, entry in enumerate(bib.entries):
        try:
            after = read_bib(edit(bib, [SetField(index, "zz-new", "A {B} C")]), origin=path.name)
        except OutputError as error:
            assert error.code in SAFE  # noqa: PT017 - a refusal is one of two right answers
            continue
        assert after.entries[index].fields == {**entry.fields, "zz-new": "A {B} C"}
        assert without(texts_of(after), index) == without(texts_of(bib), index)
        back = edit(after, [RemoveField(index, "zz-new")])
        assert not entry.fields or back == bib.data
