from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bibkit.cli import main
from tests.git.test_merge_bib import BASE, GPT3


@pytest.fixture
def files(tmp_path: Path) -> Path:
    for name, text in (
        ("base", BASE),
        ("mine", BASE.replace("= 2024,", "= 2025,")),
        ("theirs", BASE + "\n" + GPT3),
    ):
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def run(folder: Path, *more: str) -> Result:
    paths = [str(folder / name) for name in ("base", "mine", "theirs")]
    return CliRunner().invoke(main, ["merge-driver", *paths, *more])


def test_the_result_is_in_the_second_file(files: Path) -> None:
    result = run(files, "lib/refs.bib")
    assert (result.exit_code, result.output) == (0, "")
    assert (files / "mine").read_text("utf-8") == BASE.replace("= 2024,", "= 2025,") + "\n" + GPT3
    assert (files / "theirs").read_text("utf-8") == BASE + "\n" + GPT3


def test_conflicts_are_marked_as_git_asks(files: Path) -> None:
    (files / "theirs").write_text(BASE.replace("= 2024,", "= 2026,"), "utf-8")
    options = ["--marker-size", "9", "--ours", "HEAD", "--theirs", "abc (a\x1b[2J commit)"]
    result = run(files, "lib/refs.bib", *options)
    assert result.exit_code == 1
    assert result.stderr == "lib/refs.bib:9: conflict: 'doe2024': both changed year\n"
    text = (files / "mine").read_text("utf-8")
    assert "<<<<<<<<< HEAD\n" in text
    assert "\n=========\n" in text
    assert "\n>>>>>>>>> abc (a�[2J commit)\n" in text


def test_an_older_git_knows_no_labels(files: Path) -> None:
    (files / "theirs").write_text(BASE.replace("= 2024,", "= 2026,"), "utf-8")
    run(files, "refs.bib", "--ours", "%X", "--theirs", "%Y")
    text = (files / "mine").read_text("utf-8")
    assert "<<<<<<< ours\n" in text
    assert ">>>>>>> theirs\n" in text


def test_a_missing_file_is_an_error_and_changes_nothing(files: Path) -> None:
    (files / "theirs").unlink()
    result = run(files)
    assert result.exit_code == 129, "git gives up then; at 1 it would keep ours as the result"
    assert "cannot be read" in result.stderr
    assert "2025" in (files / "mine").read_text("utf-8")


def test_locks_are_told_by_their_name_or_their_looks(files: Path) -> None:
    lock = b'{"format": 1, "entries": {}, "decisions": [%s]}\n'
    for name, decision in (("base", b""), ("mine", b'"a"'), ("theirs", b'"b"')):
        (files / name).write_bytes(lock % decision)
    assert run(files, "refs.bib.lock").exit_code == 0
    merged = (files / "mine").read_bytes()
    assert b'"a",\n    "b"' in merged
    (files / "mine").write_bytes(lock % b'"a"')
    assert run(files).exit_code == 0
    assert (files / "mine").read_bytes() == merged
