"""The programs that judge what bibkit writes, and how they are run; a test that needs one that is
absent skips and says which."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
NODE_MODULES = "BIBKIT_NODE_MODULES"
"""Names the folder into which the packages of package.json are installed (`.ci/run` does it)."""


def need(*programs: str) -> None:
    for program in programs:
        if not shutil.which(program):
            pytest.skip(f"{program} is not installed")


def run(folder: Path, *command: str) -> str:
    """Run a program and return all that it says."""
    found = subprocess.run(
        command, cwd=folder, capture_output=True, check=False, timeout=300, encoding="utf-8", errors="replace"
    )  # fmt: skip
    return found.stdout + found.stderr


def answer(*command: str, said: str | None = None) -> str:
    """Return what a program answers; that it fails or complains is a failure."""
    found = subprocess.run(
        command, capture_output=True, check=False, timeout=300, encoding="utf-8", input=said
    )
    assert (found.returncode, found.stderr) == (0, ""), command
    return found.stdout


def node(script: str, *arguments: str) -> Any:
    """Return what one of the scripts beside this file makes of a file."""
    need("node")
    if not (Path(os.environ.get(NODE_MODULES) or "/nowhere") / "citeproc").is_dir():
        pytest.skip(f"{NODE_MODULES} names no folder with the packages of {HERE.name}/package.json")
    return json.loads(answer("node", str(HERE / script), *arguments))
