"""Every example does what its README says, in a copy of the folder."""

from __future__ import annotations

import os
import re
import runpy
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import bibkit
from tests.conftest import ROOT
from tests.consumers.programs import need

EXAMPLES = ROOT / "examples"


@pytest.fixture
def examples(tmp_path: Path) -> Path:
    return shutil.copytree(EXAMPLES, tmp_path / "examples", ignore=shutil.ignore_patterns("build"))


def commands(folder: Path) -> list[list[str]]:
    """Return the commands that a README shows in its fenced blocks."""
    text = (folder / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [shlex.split(line) for block in blocks for line in block.splitlines()]


def follow(folder: Path) -> None:
    for command in commands(folder):
        run(folder, *command)


def run(folder: Path, *command: str) -> str:
    if command[0] == "bibkit":
        command = (sys.executable, "-m", *command)
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True,
        check=False, encoding="utf-8", errors="replace", timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    return done.stdout


def test_the_stages_one_by_one_give_what_build_gives(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(EXAMPLES / "stages.py"))
    by_hand = sorted(capsys.readouterr().out.strip().split("\n\n"))
    page = str(EXAMPLES / "daily-papers.txt")
    built = bibkit.build("-", [page], offline=True).text
    assert by_hand == sorted(built.strip().split("\n\n"))


@pytest.mark.consumers
def test_latex(examples: Path) -> None:
    need("latexmk", "pdflatex", "bibtex", "biber")
    folder = examples / "latex"
    follow(folder)
    for name in ("bibtex", "biblatex"):
        log = (folder / "build" / f"{name}.log").read_text(encoding="utf-8", errors="replace")
        assert "Output written on" in log
        assert re.findall(r".*(?:Warning|^!).*", log, re.MULTILINE) == []
    assert "Warning" not in (folder / "build" / "bibtex.blg").read_text(encoding="utf-8")
    assert "WARN" not in (folder / "build" / "biblatex.blg").read_text(encoding="utf-8")
    assert run(folder, "bibkit", "check", "refs.bib", "--tex", "related-work.tex") == ""


def test_the_makefile_runs_what_the_readme_says() -> None:
    text = (EXAMPLES / "latex" / "Makefile").read_text(encoding="utf-8")
    text = text.replace("$(BIBKIT)", "bibkit").replace(
        "$(PAGES)", "../daily-papers.txt ../reading-list.txt"
    )
    for command in commands(EXAMPLES / "latex"):
        out = "refs-biblatex.bib" if "biblatex" in command else "refs.bib"
        assert " ".join(command[:-1]).replace(out, "$@") in text


@pytest.mark.consumers
def test_pandoc(examples: Path) -> None:
    need("pandoc")
    folder = examples / "pandoc"
    follow(folder)
    text = run(folder, "pandoc", "--fail-if-warnings", "paper.md", "--citeproc", "-t", "plain")
    assert "(Liu et al. 2024; Shi et al. 2025)" in text
    assert "A Survey of LLM × DATA. arXiv:2505.18458." in " ".join(text.split())
    page = (folder / "paper.html").read_text(encoding="utf-8")
    assert page.count('class="csl-entry"') == 9


def test_al_folio(examples: Path) -> None:
    folder = examples / "al-folio"
    papers = folder / "_bibliography" / "papers.bib"
    before = papers.read_bytes()
    assert before.startswith(b"---\n---\n")
    follow(folder)
    after = papers.read_bytes()
    assert after.startswith(before)
    added = after[len(before) :].decode()
    assert added.count("\n@") == 10
    assert "liu2024autotimes" not in added
    assert "  code = {https://github.com/deepglint/RealSyn},\n" in added
    follow(folder)
    assert papers.read_bytes() == after
