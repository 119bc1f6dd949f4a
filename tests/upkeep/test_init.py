"""`bibkit init`: what it finds out, and what it leaves alone."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bibkit.cli import main
from bibkit.settings import read_settings

PAGE = "AutoTimes: Autoregressive Time Series Forecasters\nSegment Anything\n"
MAIL = """\
From: no-reply@arxiv.org
Subject: cs daily Subj-class mailing

------------------------------------------------------------------------------
\\\\
arXiv:2402.02370
Title: AutoTimes: Autoregressive Time Series Forecasters via Large Language Models
Authors: Yong Liu, Guo Qin
\\\\
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, "/dev/null")
    return tmp_path


def init() -> Result:
    return CliRunner().invoke(main, ["init"])


def test_an_empty_folder(folder: Path) -> None:
    run = init()
    assert run.exit_code == 0, run.stderr
    found = read_settings(folder)
    assert (found.output, found.listings) == (str(folder / "refs.bib"), ())
    assert (found.contact, found.key_pattern, found.code_field) == (None, None, None)
    assert [path.name for path in folder.iterdir()] == ["bibkit.toml"]


def test_what_can_be_found_out_is(folder: Path) -> None:
    (folder / "notes.bib").write_text("@misc{a, title = {" + "x" * 999 + "}}\n")
    (folder / "lab.bib").write_text(
        "@misc{b, url = {https://github.com/o/r}, github = {https://github.com/o/r}}\n"
    )
    (folder / "lab.bib.lock").write_text("{}")
    (folder / "pages").mkdir()
    (folder / "pages" / "monday.txt").write_text(PAGE)
    (folder / "alert.eml").write_text(MAIL)
    (folder / "notes.txt").write_text("Buy milk\nCall Ada\n")
    (folder / "README.md").write_text("# Our lab\n\n- [bibkit](https://example.org)\n")
    subprocess.run(["git", "init", "-q"], check=True)
    subprocess.run(["git", "config", "user.email", "ada@lab.example.org"], check=True)
    run = init()
    found = read_settings(folder)
    assert found.output == str(folder / "lab.bib")
    assert found.listings == (str(folder / "pages/*"), str(folder / "alert.eml"))
    assert found.code_field == "github"
    assert found.contact is None  # nobody is told an address unasked
    text = (folder / "bibkit.toml").read_text()
    assert '# contact = "ada@lab.example.org"' in text
    assert "not taken: notes.bib" in run.stderr
    read_all = text.replace("# contact", "contact").replace("# key_pattern", "key_pattern")
    (folder / "bibkit.toml").write_text(read_all)
    assert read_settings(folder).contact == "ada@lab.example.org"


@pytest.mark.parametrize("address", ["1+ada@users.noreply.github.com", "root@box.local", "", "a b"])
def test_an_address_that_nobody_reads_is_not_proposed(folder: Path, address: str) -> None:
    subprocess.run(["git", "init", "-q"], check=True)
    subprocess.run(["git", "config", "user.email", address], check=True)
    init()
    assert '# contact = "lab@example.org"' in (folder / "bibkit.toml").read_text()


def test_one_that_is_there_stays(folder: Path) -> None:
    (folder / "bibkit.toml").write_text("# ours\n")
    run = init()
    assert run.exit_code == 1
    assert "bibkit.toml: exists: " in run.stderr
    assert (folder / "bibkit.toml").read_text() == "# ours\n"


def test_one_further_up_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    init()
    (folder / "paper").mkdir()
    monkeypatch.chdir(folder / "paper")
    run = init()
    assert f"this folder no longer takes its settings from {folder}/bibkit.toml" in run.stderr


@pytest.mark.parametrize("name", ['a"b.bib', "a\\b.bib", "ä 😀.bib", "a\x7fb.bib", "a\nb.bib"])
def test_odd_names_are_written_as_toml(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"\xff@misc{a}\n")
    assert init().exit_code == 0
    assert read_settings(folder).output == str(folder / name)
