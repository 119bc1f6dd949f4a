"""What git alone makes of two people's locks; the merge driver does the rest."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from bibkit.errors import OutputError
from bibkit.sync.lock import Lock, LockedEntry, dump_lock, read_lock

ENTRIES = {
    key: LockedEntry(key.title(), f"2301.0000{n}", fields={"title": key.title(), "year": "2023"})
    for n, key in enumerate(("adams2023", "curie2023", "meitner2023", "noether2023", "turing2023"))
}
BASE = Lock({key: ENTRIES[key] for key in ("adams2023", "meitner2023", "turing2023")})


def merged(folder: Path, ours: Lock, theirs: Lock) -> tuple[int, bytes]:
    """Merge three locks as git does without a driver."""
    for name, lock in (("ours", ours), ("base", BASE), ("theirs", theirs)):
        (folder / name).write_bytes(dump_lock(lock))
    command = ["git", "merge-file", "-p", "ours", "base", "theirs"]
    done = subprocess.run(command, cwd=folder, capture_output=True)
    return done.returncode, done.stdout


def with_entries(*keys: str) -> Lock:
    return replace(BASE, entries={**BASE.entries, **{key: ENTRIES[key] for key in keys}})


def test_two_papers_that_are_no_neighbours_merge(tmp_path: Path) -> None:
    code, data = merged(tmp_path, with_entries("curie2023"), with_entries("noether2023"))
    assert code == 0
    both = with_entries("curie2023", "noether2023")
    assert read_lock(data, origin="x") == both
    assert data == dump_lock(both)


def test_a_paper_and_a_field_of_another_merge(tmp_path: Path) -> None:
    changed = replace(
        ENTRIES["turing2023"], fields={"title": "On Computable Numbers", "year": "1936"}
    )
    theirs = replace(BASE, entries={**BASE.entries, "turing2023": changed})
    code, data = merged(tmp_path, with_entries("curie2023"), theirs)
    assert code == 0
    entries = read_lock(data, origin="x").entries
    assert entries["turing2023"] == changed
    assert "curie2023" in entries


def test_neighbours_are_a_conflict_that_is_named(tmp_path: Path) -> None:
    """One key or two at the same place: git cannot know the order. `bibkit git-setup` can."""
    other = replace(ENTRIES["noether2023"], title="Other")
    theirs = replace(BASE, entries={**BASE.entries, "nash2023": other})
    code, data = merged(tmp_path, with_entries("noether2023"), theirs)
    assert code > 0
    with pytest.raises(OutputError) as caught:
        read_lock(data, origin="refs.bib.lock")
    assert caught.value.code == "lock-conflict"
