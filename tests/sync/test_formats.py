"""What every format's OUT must do; a new one is checked by its line in `READERS`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bibkit.emit import WRITERS, write
from bibkit.record import Entry
from bibkit.sync import (
    READERS,
    Written,
    deleted_key,
    known_key,
    read_target,
    unlocked_keys,
    write_target,
)
from bibkit.sync.target import APPENDERS
from tests.sync.made_entries import ATTENTION, BERT, GPT3, wanted

every_format = pytest.mark.parametrize("format", READERS)
ENTRIES = (ATTENTION, BERT, GPT3)


def add(out: Path, format: str, *entries: Entry) -> None:  # noqa: A002
    """Write entries as `build` does."""
    target = read_target(out, format=format)
    new = [entry for entry in entries if known_key(target, wanted(entry)) is None]
    known = [e for e in entries if e not in new and e.citation_key in unlocked_keys(target)]
    made = [Written(tuple(some), write(some, format=format)) for some in (new, known)]
    write_target(target, *made)


def test_every_format_that_is_written_can_be_added_to() -> None:
    assert set(READERS) == set(WRITERS) - {"arxiv-ids"} == set(APPENDERS)


@every_format
def test_papers_are_added_once(format: str, tmp_path: Path) -> None:  # noqa: A002
    out = tmp_path / "refs"
    add(out, format, ATTENTION, BERT)
    assert out.read_text("utf-8") == write([ATTENTION, BERT], format=format)
    before = out.read_text("utf-8").splitlines()
    add(out, format, *ENTRIES)
    after = out.read_text("utf-8").splitlines()
    kept = iter(after)
    assert all(line in kept or f"{line}," in after for line in before)
    os.utime(out, (1, 1))
    add(out, format, *ENTRIES)
    assert out.stat().st_mtime == 1
    target = read_target(out, format=format)
    assert target.file is not None
    keys = [entry.key for entry in target.file.entries if entry.key]
    assert keys == [entry.citation_key for entry in ENTRIES]
    assert not target.problems


@every_format
def test_papers_are_recognised_without_a_lock(format: str, tmp_path: Path) -> None:  # noqa: A002
    out = tmp_path / "refs"
    add(out, format, *ENTRIES)
    lock = out.with_name("refs.lock").read_bytes()
    out.with_name("refs.lock").unlink()
    data = out.read_bytes()
    add(out, format, *ENTRIES)
    assert out.read_bytes() == data
    assert out.with_name("refs.lock").read_bytes() == lock


@every_format
def test_what_was_deleted_stays_deleted(format: str, tmp_path: Path) -> None:  # noqa: A002
    out = tmp_path / "refs"
    add(out, format, *ENTRIES)
    out.write_text(write([ATTENTION, GPT3], format=format), "utf-8")
    target = read_target(out, format=format)
    assert known_key(target, wanted(BERT)) is None
    assert deleted_key(target, wanted(BERT)) == BERT.citation_key
    assert known_key(target, wanted(GPT3)) == GPT3.citation_key


@every_format
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_files_own_line_ending_is_taken(format: str, newline: str, tmp_path: Path) -> None:  # noqa: A002
    out = tmp_path / "refs"
    old = write([ATTENTION], format=format).replace("\n", newline).encode()
    out.write_bytes(old)
    add(out, format, BERT)
    text = out.read_bytes().decode()
    assert text.count(newline) == text.count("\n")
    assert len(text) > len(old)
    assert write([ATTENTION, BERT], format=format).count("\n") <= text.count("\n")
