"""examples/lab and docs/lab.md: what they name exists, and what they do works, with real git."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from bibkit.bibfile import SetField, edit, read_bib
from bibkit.cli import main
from bibkit.git.setup import set_up
from tests.conftest import ROOT

LAB = ROOT / "examples" / "lab"
WORKFLOW = LAB / ".github" / "workflows" / "bibliography.yml"
PLACES = [ROOT / "docs" / "lab.md", ROOT / "docs" / "git.md", WORKFLOW, LAB / "weekly.sh"]
PAGE = """new

Daily Papers

Oct 25

The Optimal BERT Surgeon: Scalable and Accurate Second-Order Pruning for Large Language Models

(Summary in our own words.) Second-order information decides which weights can go. Code: https://github.com/neuralmagic/sparseml

  • 8 authors
·
Mar 14, 2022
"""
needs_git = pytest.mark.skipif(
    not (shutil.which("git") and shutil.which("bash")), reason="git or bash is not installed"
)


def command_of(words: list[str]) -> click.Command:
    """Return the command that a line names."""
    command: click.Command = main
    for word in words:
        if not isinstance(command, click.Group):
            break
        command = command.commands[word]
    return command


@pytest.mark.parametrize("place", PLACES, ids=lambda path: path.name)
def test_every_command_and_option_exists(place: Path) -> None:
    text = place.read_text("utf-8")
    lines = re.findall(r"(?:^\s*|`|&& |- run: )(bibkit [a-z][^`#\n|&<>]*)", text, re.MULTILINE)
    assert lines
    for line in lines:
        words = shlex.split(line.replace("2>", ""))[1:]
        options = {name for parameter in command_of(words).params for name in parameter.opts}
        assert {word for word in words if word.startswith("-")} <= options | {"--help"}, line


def test_the_example_is_in_step_and_has_no_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = shutil.copytree(LAB, tmp_path / "lab")
    monkeypatch.chdir(folder)
    result = CliRunner().invoke(main, ["sync", "--offline", "--check"])
    assert (result.exit_code, result.stderr) == (0, "refs.bib: 0 added, 0 changed, 4 unchanged\n")
    assert CliRunner().invoke(main, ["sync", "--offline"]).exit_code == 0
    for name in ("refs.bib", "refs.bib.lock"):
        assert (folder / name).read_bytes() == (LAB / name).read_bytes()
    assert CliRunner().invoke(main, ["check", "refs.bib"]).exit_code == 0
    fields = {
        name
        for e in read_bib((folder / "refs.bib").read_bytes(), origin="x").entries
        for name in e.fields
    }
    assert {"abbr", "bibtex_show", "selected", "preview", "pdf", "code"} <= fields


def workflow() -> dict[Any, Any]:
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")
    found: dict[Any, Any] = yaml.safe_load(WORKFLOW.read_text("utf-8"))
    return found


def test_the_workflow_may_do_what_it_must_and_no_more() -> None:
    found = workflow()
    assert found["permissions"] == {}
    (job,) = found["jobs"].values()
    assert job["permissions"] == {"contents": "write", "pull-requests": "write"}
    uses = [step["uses"] for step in job["steps"] if "uses" in step]
    assert uses
    assert all(re.fullmatch(r"actions/[a-z-]+@v\d+", action) for action in uses)
    scripts = [step["run"] for step in job["steps"] if "run" in step]
    assert not any("${{" in script for script in scripts), "expressions go through the environment"
    assert set(found[True]) == {"schedule", "workflow_dispatch"}  # YAML 1.1 reads `on` so


class Lab:
    """The example in a repository with a remote, and programs that stand for the runner's."""

    def __init__(self, folder: Path, path: Path) -> None:
        self.folder, self.path = folder / "lab", path
        shutil.copytree(LAB, self.folder)
        self.git("init", "-q", "-b", "main")
        self.git("add", "-A")
        self.git("commit", "-qm", "start")
        self.git("init", "-q", "--bare", "-b", "main", str(folder / "remote.git"))
        self.git("remote", "add", "origin", str(folder / "remote.git"))
        self.git("push", "-qu", "origin", "main")

    def run(self, *command: str, **extra: str) -> str:
        env = {**os.environ, "PATH": f"{self.path}{os.pathsep}{os.environ['PATH']}", **extra}
        done = subprocess.run(
            command, cwd=self.folder, env=env, capture_output=True, text=True, encoding="utf-8"
        )
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        return done.stdout

    def git(self, *arguments: str) -> str:
        return self.run("git", *arguments)

    def add_page(self, name: str = "2025-10-25.txt") -> None:
        (self.folder / "listings" / name).write_text(PAGE, "utf-8")
        self.git("add", "-A")
        self.git("commit", "-qm", "a page")
        self.git("push", "-q", "origin", "main")

    def workflow(self) -> list[str]:
        """Run the steps as the runner does, in a fresh clone; return what was asked of `gh`."""
        calls = self.path / "gh.txt"
        calls.unlink(missing_ok=True)
        env = {"BRANCH": "bibkit/sync", "MAIN": "main", "CALLS": str(calls)}
        for step in workflow()["jobs"]["sync"]["steps"]:
            if "run" in step:
                self.run("bash", "-e", "-c", step["run"], **env)
        return calls.read_text("utf-8").splitlines() if calls.exists() else []

    def fresh(self) -> Lab:
        """Return another clone."""
        other = object.__new__(Lab)
        other.path = self.path
        other.folder = self.folder.with_name(f"clone{len(list(self.folder.parent.iterdir()))}")
        self.git("clone", "-q", self.git("remote", "get-url", "origin").strip(), str(other.folder))
        return other


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    for name in ("GLOBAL", "SYSTEM"):
        monkeypatch.setenv(f"GIT_CONFIG_{name}", os.devnull)
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "Ann")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "ann@example.org")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    programs = tmp_path / "programs"
    programs.mkdir()
    for name, script in {
        "bibkit": f'last=; [ "$1" = sync ] && last=--offline; exec {shlex.quote(sys.executable)} -m bibkit "$@" $last',
        "pip": "exit 0",
        "gh": 'echo "$@" >> "$CALLS"; [ "$2" = list ] && cat "$CALLS.open" 2>/dev/null; exit 0',
    }.items():
        program = programs / name
        program.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
        program.chmod(0o755)
    return Lab(tmp_path, programs)


@needs_git
def test_the_cron_script_pushes_what_is_new_and_nothing_else(lab: Lab) -> None:
    lab.add_page()
    lab.run("./weekly.sh")
    lab.run("./weekly.sh")
    said = lab.git("log", "--format=%s", "origin/main").splitlines()
    assert said == ["bibkit sync", "a page", "start"]
    assert lab.git("show", "--name-only", "--format=").split() == ["refs.bib", "refs.bib.lock"]
    assert "kurtic2022optimal" in lab.git("show", "origin/main:refs.bib")


@needs_git
def test_the_workflow_opens_a_request_and_goes_on_in_it(lab: Lab) -> None:
    lab.add_page()
    calls = lab.fresh().workflow()
    assert [call.split()[:2] for call in calls] == [["pr", "list"], ["pr", "create"]]
    assert "kurtic2022optimal" in lab.git("ls-remote", "origin") + lab.git(
        "archive",
        "--remote",
        lab.git("remote", "get-url", "origin").strip(),
        "bibkit/sync",
        "refs.bib",
    )
    (lab.path / "gh.txt.open").write_text("7\n", "utf-8")
    reviewer = lab.fresh()
    reviewer.git("switch", "-q", "bibkit/sync")
    path = reviewer.folder / "refs.bib"
    path.write_bytes(
        edit(
            read_bib(path.read_bytes(), origin="x"), [SetField("kurtic2022optimal", "note", "ours")]
        )
    )
    reviewer.git("commit", "-qam", "a note in the request")
    reviewer.git("push", "-q")
    path = lab.folder / "refs.bib"
    path.write_text(path.read_text("utf-8") + "\n@misc{own, title = {Own}, year = 2020}\n", "utf-8")
    lab.git("commit", "-qam", "an entry on main")
    lab.git("push", "-q")
    calls = lab.fresh().workflow()
    assert [call.split()[:2] for call in calls] == [["pr", "list"]], "nothing new to tell"
    lab.git("fetch", "-q")
    text = lab.git("show", "origin/bibkit/sync:refs.bib")
    assert "note = {ours}" in text
    assert "@misc{own" in text


@needs_git
def test_two_clones_sync_one_page_and_edit_and_nobody_loses_anything(lab: Lab) -> None:
    lab.add_page()
    other = lab.fresh()
    set_up(other.folder)
    other.run("bibkit", "sync")
    path = other.folder / "refs.bib"
    edits = [
        SetField("kurtic2022optimal", "note", "theirs"),
        SetField("shi2025kronos", "title", "Our Title"),
    ]
    path.write_bytes(edit(read_bib(path.read_bytes(), origin="x"), edits))
    other.git("commit", "-qam", "sync and edits")
    lab.run("./weekly.sh")
    other.git("-c", "pull.rebase=false", "pull", "-q")
    text = path.read_text("utf-8")
    assert text.count("@misc{kurtic2022optimal") == 1
    assert "note = {theirs}" in text
    assert "title = {Our Title}" in text
    other.run("bibkit", "sync")
    assert other.git("status", "--short") == "", "the next sync finds nothing to do"
