"""Two people who edit different entries of real files: the merge is both edits, to the byte."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from bibkit.bibfile import (
    BibFile,
    Edit,
    RemoveEntry,
    RemoveField,
    RenameKey,
    SetField,
    edit,
    read_bib,
)
from bibkit.errors import OutputError
from bibkit.git.bib_merge import merge_bib
from bibkit.git.conflicts import Markers

DATA = Path(__file__).resolve().parents[1] / "data" / "bibfile"
FILES = sorted(path.name for path in DATA.glob("*.bib"))
NOT_MERGED = {"merge_conflict.bib", "utf16_cut.bib"}
"""Conflict markers, and no text."""


def edits(bib: BibFile, rnd: random.Random, entries: list[int], who: str) -> list[Edit]:
    found: list[Edit] = []
    for place in entries:
        names = sorted(bib.entries[place].fields)
        kind = rnd.choice(["add", "set", "remove", "delete", "rename"] if names else ["add"])
        if kind == "add":
            found.append(SetField(place, f"by{who}", f"added by {who}"))
        elif kind == "set":
            name = rnd.choice(names)
            found.append(SetField(place, name, f"changed by {who}", replace_macros=True))
        elif kind == "remove":
            found.append(RemoveField(place, rnd.choice(names)))
        elif kind == "delete" and who == "ann":  # of two gaps that meet, either may stay
            found.append(RemoveEntry(place))
        elif kind == "rename":
            found.append(RenameKey(place, f"{who}.{place}"))
    return found


@pytest.mark.parametrize("name", [name for name in FILES if name not in NOT_MERGED])
def test_edits_of_different_entries_are_both_there(name: str) -> None:
    data = (DATA / name).read_bytes()
    bib = read_bib(data, origin=name)
    for seed in range(6):
        rnd = random.Random(f"{name} {seed}")
        places = rnd.sample(range(len(bib.entries)), min(len(bib.entries), 6))
        half = len(places) // 2
        one, other = edits(bib, rnd, places[:half], "ann"), edits(bib, rnd, places[half:], "bob")
        try:
            mine, theirs, both = edit(bib, one), edit(bib, other), edit(bib, [*one, *other])
        except OutputError:  # a broken entry, for one
            continue
        done = merge_bib(data, mine, theirs, origin=name, markers=Markers())
        assert done.data == both, (seed, one, other)
        assert done.conflicts == ()


@pytest.mark.parametrize("name", FILES)
def test_what_one_side_alone_changed_is_taken_whole(name: str) -> None:
    data = (DATA / name).read_bytes()
    changed = data + b"\n@misc{added, title = {Added}}\n"
    assert merge_bib(data, data, changed, origin=name, markers=Markers()).data == changed
    assert merge_bib(data, changed, data, origin=name, markers=Markers()).data == changed
