from __future__ import annotations

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bibkit.cli import main
from tests.cli.conftest import Bibkit
from tests.conftest import ROOT

UNTIDY = "@misc{b, pages = {1-2}}\n\n@misc{a, title = {A & B}, note = {}}\n"
TIDY = "@misc{b, pages = {1--2}}\n\n@misc{a, title = {A \\& B}}\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("refs.bib").write_text(UNTIDY)
    Path("good.bib").write_text(TIDY)
    return tmp_path


def fmt(*arguments: str, given: bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["fmt", *arguments], input=given)


def state(path: Path) -> tuple[bytes, int, int]:
    return path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino


def test_files_are_tidied_in_place() -> None:
    before = state(Path("good.bib"))
    result = fmt("refs.bib", "good.bib", "refs.bib")
    assert (result.exit_code, result.stdout) == (0, "")
    assert Path("refs.bib").read_text() == TIDY
    assert state(Path("good.bib")) == before
    assert result.stderr == "reformatted refs.bib\n1 of 2 files reformatted\n"
    again = state(Path("refs.bib"))
    assert fmt("refs.bib", "-q").stderr == ""
    assert state(Path("refs.bib")) == again


def test_check_writes_nothing_and_is_exit_3() -> None:
    before = state(Path("refs.bib"))
    result = fmt("refs.bib", "good.bib", "--check")
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr == "would reformat refs.bib\n1 of 2 files would be reformatted\n"
    assert state(Path("refs.bib")) == before
    assert fmt("good.bib", "--check").exit_code == 0


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_diff_is_what_patch_takes(newline: str) -> None:
    Path("refs.bib").write_bytes(UNTIDY.rstrip("\n").replace("\n", newline).encode())
    before = state(Path("refs.bib"))
    result = fmt("refs.bib", "--diff", "-q")
    assert (result.exit_code, result.stderr) == (0, "")
    assert state(Path("refs.bib")) == before
    assert fmt("refs.bib", "--diff", "--check").exit_code == 3
    if shutil.which("patch"):
        given = result.stdout_bytes
        subprocess.run(["patch", "--binary", "-s", "refs.bib"], input=given, check=True)
        assert fmt("refs.bib", "--check").exit_code == 0
        assert Path("refs.bib").read_bytes() == TIDY.rstrip("\n").replace("\n", newline).encode()


def test_standard_input() -> None:
    data = UNTIDY.replace("\n", "\r\n").encode("utf-16")
    result = fmt("-", given=data)
    assert result.exit_code == 0
    assert result.stdout_bytes == TIDY.replace("\n", "\r\n").encode("utf-16")
    checked = fmt("-", "--check", given=data)
    assert (checked.exit_code, checked.stdout) == (3, "")
    assert fmt("-", "refs.bib", given=b"").exit_code == 2


def test_rules_are_chosen_and_left_out() -> None:
    assert "pages = {1-2}" in fmt("-", "--ignore", "page-dashes", given=UNTIDY.encode()).stdout
    assert fmt("-", "--rules", "sort", given=UNTIDY.encode()).stdout == (
        "@misc{a, title = {A & B}, note = {}}\n\n@misc{b, pages = {1-2}}\n"
    )
    given = b"@phdthesis{k, school = {S}, year = 2001}"
    assert fmt("-", "--biblatex", given=given).stdout.startswith("@thesis{k, institution")
    back = fmt("-", "--bibtex", given=b"@thesis{k, type = {phdthesis}, date = {2001-06}}")
    assert back.stdout == "@phdthesis{k, year = {2001}, month = jun}"


def test_bad_use() -> None:
    assert fmt().exit_code == 2
    wrong = fmt("refs.bib", "--rules", "pretty")
    assert wrong.exit_code == 2
    assert "there is no rule 'pretty'" in wrong.stderr
    assert fmt("refs.bib", "--ignore", "pretty").exit_code == 2
    assert fmt("refs.bib", "--biblatex", "--bibtex").exit_code == 2


def test_one_bad_file_and_none_is_written() -> None:
    Path("refs.json").write_text("[{}]")
    for bad in ("none.bib", "refs.json", "."):
        result = fmt("refs.bib", bad)
        assert result.exit_code == 1, bad
        assert len(result.stderr.splitlines()) == 1
    assert Path("refs.bib").read_text() == UNTIDY


def test_broken_entries_are_told_and_stay() -> None:
    Path("refs.bib").write_text("@misc{a, pages = {1-2} note = {}}\n@misc{b, pages = {1-2}}\n")
    result = fmt("refs.bib", "-q")
    assert result.exit_code == 0
    assert result.stderr.startswith("refs.bib:1: broken-entry: @misc 'a': no comma")
    expected = "@misc{a, pages = {1-2} note = {}}\n@misc{b, pages = {1--2}}\n"
    assert Path("refs.bib").read_text() == expected


@pytest.mark.skipif(os.name == "nt", reason="modes and links")
def test_mode_and_link_stay_and_a_read_only_file_is_refused(folder: Path) -> None:
    real = folder / "real.bib"
    real.write_text(UNTIDY)
    real.chmod(0o640)
    Path("link.bib").symlink_to(real)
    assert fmt("link.bib").exit_code == 0
    assert Path("link.bib").is_symlink()
    assert real.read_text() == TIDY
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    Path("refs.bib").chmod(0o444)
    assert fmt("refs.bib").exit_code == 1
    assert fmt("refs.bib", "--check").exit_code == 3
    assert Path("refs.bib").read_text() == UNTIDY
    assert sorted(path.name for path in folder.iterdir() if path.name != "bibkit-home") == [
        "good.bib", "link.bib", "real.bib", "refs.bib",
    ]  # fmt: skip


@pytest.mark.parametrize("flavour", ["bibtex", "biblatex"])
def test_what_bibkit_writes_is_tidy(bibkit: Bibkit, flavour: str) -> None:
    run = bibkit(str(ROOT / "examples" / "daily-papers.txt"), "--offline", "--to", flavour)
    rules = "default,arxiv,names,braces,title-braces,lower-case,field-order,indent"
    extra = ["--biblatex"] if flavour == "biblatex" else ["--bibtex"]
    assert fmt(str(run.bib), "--check", "--diff", "--rules", rules, *extra).stdout == ""


def test_a_build_after_fmt_takes_another_layout_for_no_edit(bibkit: Bibkit) -> None:
    demo = str(ROOT / "examples" / "daily-papers.txt")
    run = bibkit(demo, "--offline")
    lock = state(run.bib.with_name("refs.bib.lock"))
    quoted = run.bib.read_text("utf-8")
    assert fmt(str(run.bib), "--rules", "all").exit_code == 0
    tidied = state(run.bib)
    assert tidied[0] != quoted.encode()
    again = bibkit(demo, "--offline")
    assert again.code == 0
    assert state(run.bib) == tidied
    assert state(run.bib.with_name("refs.bib.lock")) == lock


@pytest.mark.shared
@pytest.mark.parametrize("flavour", ["bibtex", "biblatex"])
def test_what_is_made_of_real_pages_is_clean(shared: Path, bibkit: Bibkit, flavour: str) -> None:
    pages = sorted(str(path) for path in (shared / "listings").iterdir())
    run = bibkit(*pages, "--offline", "--keep-unresolved", "--to", flavour)
    assert run.text.count("\n@") > 100
    assert fmt(str(run.bib), "--check", "--diff").stdout == ""
    checked = CliRunner().invoke(main, ["check", str(run.bib)])
    assert checked.stdout == ""
    assert checked.exit_code == 0


def test_a_sync_after_fmt_takes_another_layout_for_no_edit(folder: Path) -> None:
    shutil.copytree(ROOT / "examples" / "lab", folder / "lab")
    bib, lock = Path("lab/refs.bib"), Path("lab/refs.bib.lock")
    before, locked = bib.read_bytes(), state(lock)
    assert fmt(str(bib), "--rules", "align,trailing-comma,sort").exit_code == 0
    tidied = state(bib)
    assert tidied[0] != before
    os.chdir("lab")  # the fixture goes back
    result = CliRunner().invoke(main, ["sync", "--offline"])
    os.chdir(folder)
    assert result.exit_code == 0
    assert " 0 changed, 4 unchanged" in result.stderr
    assert (state(bib), state(lock)) == (tidied, locked)
