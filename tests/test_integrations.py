"""The pre-commit hooks and the GitHub Action: what they declare exists, and does what it should."""

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
from yaml import safe_load

from bibkit.cli import main
from tests.conftest import ROOT

HOOKS = {hook["id"]: hook for hook in safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
ACTION: dict[str, Any] = safe_load((ROOT / "action.yml").read_text())
UNTIDY = "@misc{a, title = {A & B}, note = {}}\n"
EVIL = "$(touch owned) `touch owned`; touch owned & ' \" #.bib"


def python(*arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
    """Run Python where the tests are, with this bibkit."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), **extra}
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, env=env)


def hook(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    program, *words = shlex.split(HOOKS[name]["entry"])
    assert program == "bibkit"
    return python("-m", "bibkit", *words, *arguments)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return work


def test_the_hooks_are_whole() -> None:
    assert set(HOOKS) == {"bibkit-check", "bibkit-fmt"}
    for one in HOOKS.values():
        assert one["language"] == "python"
        assert re.search(one["files"], "sub/refs.bib")
        assert not re.search(one["files"], "refs.bib.lock")


def test_the_hooks_do_as_pre_commit_wants() -> None:
    Path("refs.bib").write_text(UNTIDY)
    Path("more.bib").write_text(UNTIDY)
    told = hook("bibkit-check", "refs.bib", "more.bib")
    assert told.returncode == 3
    assert [line.split(": ")[1] for line in told.stdout.splitlines()] == [
        "empty-fields",
        "escape",
    ] * 2
    assert hook("bibkit-fmt", "refs.bib", "more.bib").returncode == 0
    assert Path("refs.bib").read_text() == "@misc{a, title = {A \\& B}}\n"


def test_options_of_the_action_exist() -> None:
    for name in ("check", "fmt"):
        assert name in main.commands
    options = {
        name: {
            text
            for parameter in command.params
            if isinstance(parameter, click.Option)
            for text in parameter.opts
        }
        for name, command in main.commands.items()
    }
    assert "--format" in options["check"]
    assert {"--check", "--diff"} <= options["fmt"]


def test_no_input_reaches_a_shell() -> None:
    assert ACTION["runs"]["using"] == "composite"
    assert set(ACTION["inputs"]) == {"command", "files", "args", "python-version"}
    scripts = [step for step in ACTION["runs"]["steps"] if "run" in step]
    assert [step["shell"] for step in scripts] == ["python", "python"]
    assert not any("${{" in step["run"] for step in scripts)
    assert "GITHUB_ACTION_PATH" in scripts[0]["run"]


def act(**inputs: str) -> subprocess.CompletedProcess[str]:
    """Run the step of the action that runs bibkit, as the runner does."""
    step = next(step for step in ACTION["runs"]["steps"] if step.get("id") == "run")
    given = {name: str(ACTION["inputs"][name]["default"]) for name in ("command", "files", "args")}
    given |= inputs
    env = {f"INPUT_{name.upper()}": value for name, value in given.items()}
    assert set(env) == {name for name in step["env"] if name.startswith("INPUT_")}
    Path("step.py").write_text(step["run"])
    return python("step.py", BIBKIT_PYTHON=sys.executable, **env)


def test_the_action_checks_and_annotates() -> None:
    Path("sub").mkdir()
    Path("sub/refs.bib").write_text(UNTIDY)
    done = act()
    assert done.returncode == 3
    assert done.stdout.startswith(
        f"::error file={Path('sub/refs.bib')},line=1,title=empty-fields::"
    )
    assert act(args="--ignore=escape\n--ignore\nempty-fields,escape").returncode == 0
    tidier = act(command="fmt")
    assert tidier.returncode == 3
    assert "+@misc{a, title = {A \\& B}}" in tidier.stdout
    assert Path("sub/refs.bib").read_text() == UNTIDY


def test_bad_inputs_of_the_action() -> None:
    Path("refs.bib").write_text(UNTIDY)
    assert "::error::command" in act(command="build").stderr
    assert "::error::no file" in act(files="*.nothing").stderr
    missing = act(files="missing.bib\nrefs.bib")
    assert missing.returncode == 1
    assert "missing.bib: input: cannot be read" in missing.stderr


@pytest.mark.skipif(os.name == "nt", reason="such names cannot be")
def test_hostile_inputs_of_the_action_are_names_and_no_more() -> None:
    Path(EVIL).write_text("@misc{a, title = {A}}\n")
    Path("--links.bib").write_text("@misc{a, title = {A}}\n")
    assert act(files=f"*.bib\n--links.bib\n{EVIL}").returncode == 0
    assert act(files="*.bib", args="$(touch owned)", command="fmt").returncode == 1
    assert act(command="check; touch owned").returncode == 1
    assert not Path("owned").exists()


@pytest.mark.skipif(not shutil.which("pre-commit"), reason="pre-commit is not installed")
def test_pre_commit_takes_the_hooks() -> None:
    subprocess.run(
        ["pre-commit", "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml")], check=True
    )
