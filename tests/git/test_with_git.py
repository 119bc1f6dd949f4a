"""The merge driver in real repositories: merge, rebase, cherry-pick, and where nobody set it up."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from bibkit.cli import main
from bibkit.git.setup import set_up
from bibkit.sync import dump_lock, read_lock
from tests.conftest import ROOT
from tests.git.test_lock_merge import BERT, GPT3, changed, lock
from tests.git.test_merge_bib import BASE
from tests.git.test_merge_bib import BERT as BERT_ENTRY
from tests.git.test_merge_bib import GPT3 as GPT3_ENTRY

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


class Repository:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str, code: int = 0) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=self.folder, capture_output=True, text=True, encoding="utf-8"
        )
        assert done.returncode == code, (arguments, done.stdout, done.stderr)
        return done.stdout + done.stderr

    def commit(self, **files: str | bytes) -> None:
        for name, content in files.items():
            path = self.folder / name.replace("_", ".")
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "edit")

    def branches(self, base: str, mine: str, theirs: str) -> None:
        """Commit a base, then two versions on the branches main and other; main is checked out."""
        self.commit(refs_bib=base)
        self.git("switch", "-q", "-c", "other")
        self.commit(refs_bib=theirs)
        self.git("switch", "-q", "main")
        self.commit(refs_bib=mine)

    @property
    def bib(self) -> str:
        return (self.folder / "refs.bib").read_text("utf-8")


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "Ann")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "ann@example.org")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))  # git runs this very bibkit
    return Repository(tmp_path / "lab")


@pytest.fixture
def lab(empty: Repository) -> Repository:
    set_up(empty.folder)
    return empty


MINE = BASE.replace("= 2024,", "= 2025,") + "\n" + BERT_ENTRY % "devlin2019bert"
THEIRS = BASE.replace("A {Study}", "The {Study}") + "\n" + GPT3_ENTRY
BOTH = (
    BASE.replace("= 2024,", "= 2025,").replace("A {Study}", "The {Study}")
    + "\n"
    + BERT_ENTRY % "devlin2019bert"
    + "\n"
    + GPT3_ENTRY
)


def test_two_branches_merge_without_a_conflict(lab: Repository) -> None:
    lab.branches(BASE, MINE, THEIRS)
    lab.git("merge", "-q", "other")
    assert lab.bib == BOTH


def test_a_rebase_and_a_cherry_pick_merge_too(lab: Repository) -> None:
    lab.branches(BASE, MINE, THEIRS)
    lab.git("branch", "pick")
    lab.git("rebase", "-q", "other")
    rebased = lab.bib
    lab.git("switch", "-q", "pick")
    lab.git("cherry-pick", "other")
    assert lab.bib == BOTH
    assert sorted(rebased.split("\n")) == sorted(BOTH.split("\n"))


def test_a_conflict_stops_the_merge_with_the_one_line_marked(lab: Repository) -> None:
    lab.branches(BASE, MINE, BASE.replace("= 2024,", "= 2026,") + "\n" + GPT3_ENTRY)
    said = lab.git("merge", "other", code=1)
    assert "refs.bib:9: conflict: 'doe2024': both changed year" in said
    assert "CONFLICT (content): Merge conflict in refs.bib" in said
    assert lab.bib.count("<<<<<<< ") == 1
    assert "  year    = 2025,\n=======\n  year    = 2026,\n>>>>>>> " in lab.bib
    assert "@misc{brown2020language" in lab.bib
    assert "UU refs.bib" in lab.git("status", "--short")


def test_where_nobody_set_it_up_git_merges_text(lab: Repository) -> None:
    lab.branches(BASE, MINE, THEIRS)
    clone = Repository(lab.folder.with_name("clone"))
    clone.git("pull", "-q", str(lab.folder), "main")
    clone.git("fetch", "-q", str(lab.folder), "other:other")
    said = clone.git("merge", "other", code=1)
    assert "CONFLICT" in said
    assert "<<<<<<< HEAD" in clone.bib
    clone.git("merge", "--abort")
    set_up(clone.folder)
    clone.git("merge", "-q", "other")
    assert clone.bib == BOTH


def test_a_program_in_a_folder_with_an_odd_name_is_found(
    empty: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = empty.folder.with_name("it's 100%A odd")
    folder.mkdir()
    script = folder / "bibkit"
    script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m bibkit "$@"\n', "utf-8")
    script.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(folder / "python"))
    set_up(empty.folder)
    empty.branches(BASE, MINE, THEIRS)
    empty.git("merge", "-q", "other")
    assert empty.bib == BOTH


def test_a_bibkit_that_is_gone_leaves_an_ordinary_conflict(lab: Repository) -> None:
    lab.branches(BASE, MINE, THEIRS)
    driver = lab.git("config", "merge.bibkit.driver").strip()
    lab.git("config", "merge.bibkit.driver", "/nowhere/bibkit " + driver.partition(" merge-")[2])
    said = lab.git("merge", "other", code=1)
    assert "bibkit cannot be started" in said
    assert "<<<<<<<" in lab.bib
    assert "brown2020language" in lab.bib
    assert "devlin2019bert" in lab.bib


def test_the_lock_is_merged_with_its_bibliography(lab: Repository) -> None:
    lab.commit(refs_bib=BASE, refs_bib_lock=lock({"bert": BERT}))
    lab.git("switch", "-q", "-c", "other")
    lab.commit(
        refs_bib=THEIRS, refs_bib_lock=lock({"bert": changed(BERT, year="2020"), "gpt3": GPT3})
    )
    lab.git("switch", "-q", "main")
    lab.commit(refs_bib=MINE, refs_bib_lock=lock({"bert": changed(BERT, year="2019")}))
    said = lab.git("merge", "other")
    assert "refs.bib.lock: lock-merged: 'bert': both sides wrote year" in said
    merged = (lab.folder / "refs.bib.lock").read_bytes()
    assert dump_lock(read_lock(merged, origin="x")) == merged
    assert set(read_lock(merged, origin="x").entries) == {"bert", "gpt3"}


def test_what_cannot_be_merged_by_entries_is_merged_by_git_and_said(lab: Repository) -> None:
    marked = "<<<<<<< left over\n" + BASE
    lab.branches(marked, marked + "\n" + GPT3_ENTRY, "% a remark\n" + marked)
    said = lab.git("merge", "other", code=1)
    assert "refs.bib: markers: a version of it has conflict markers (its line" in said
    assert "merged by git as plain text" in said
    assert lab.bib == "% a remark\n" + marked + "\n" + GPT3_ENTRY


def test_setting_up_twice_changes_nothing_and_clobbers_nothing(empty: Repository) -> None:
    attributes = empty.folder / ".gitattributes"
    attributes.write_bytes(b"*.png binary\r\n*.bib text")
    first = set_up(empty.folder)
    wanted = b"*.png binary\r\n*.bib text\r\n*.bib merge=bibkit\r\n*.bib.lock merge=bibkit\r\n"
    assert attributes.read_bytes() == wanted
    assert len(first.done) == 5
    settings = (empty.folder / ".git/config").read_bytes()
    assert set_up(empty.folder).done == ()
    assert attributes.read_bytes() == wanted
    assert (empty.folder / ".git/config").read_bytes() == settings


def test_another_driver_that_somebody_chose_stays(empty: Repository) -> None:
    attributes = empty.folder / ".gitattributes"
    attributes.write_text("*.bib merge=union\n", "utf-8")
    done = set_up(empty.folder)
    assert attributes.read_text("utf-8") == "*.bib merge=union\n*.bib.lock merge=bibkit\n"
    assert done.left == ("*.bib has merge=union already; bibkit merges it with merge=bibkit",)


def test_git_setup_says_what_it_did(empty: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    (empty.folder / "sub").mkdir()
    monkeypatch.chdir(empty.folder / "sub")
    result = CliRunner().invoke(main, ["git-setup"])
    assert result.exit_code == 0
    assert ".gitattributes: *.bib merge=bibkit" in result.stderr
    assert "git config merge.bibkit.driver" in result.stderr
    assert "once in every other clone" in result.stderr
    assert "nothing to do" in CliRunner().invoke(main, ["git-setup"]).stderr


def test_outside_of_a_repository_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    result = CliRunner().invoke(main, ["git-setup"])
    assert result.exit_code == 1
    assert "not a git repository" in result.stderr


def test_criss_cross_histories_have_no_markers_in_their_ancestor(lab: Repository) -> None:
    lab.branches(BASE, BASE.replace("= 2024,", "= 2025,"), BASE.replace("= 2024,", "= 2026,"))
    lab.git("branch", "main-1")
    for branch, other, year in (("main", "other", "2027"), ("other", "main-1", "2028")):
        lab.git("switch", "-q", branch)
        lab.git("merge", "-q", other, code=1)
        lab.commit(refs_bib=BASE.replace("= 2024,", f"= {year},"))
    lab.git("switch", "-q", "main")
    lab.git("merge", "other", code=1)
    assert "  year    = 2027,\n=======\n  year    = 2028,\n>>>>>>> " in lab.bib
    assert lab.bib.count("<<<<<<<") == 1
