"""A clone → one that asks bibkit to merge its bibliographies: attributes and configuration.

Attributes are in the repository and for everyone; what a driver is, each clone has to be told.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bibkit.errors import ConfigError
from bibkit.sync import read_if_there, replace_file

DRIVER = "bibkit"
PATTERNS = ("*.bib", "*.bib.lock")
_ARGUMENTS = "--marker-size %L --ours %X --theirs %Y %O %A %B %P"
_FALLBACK = (
    "s=$?; case $s in 2|126|127) "
    "echo 'bibkit cannot be started (run bibkit git-setup again): merging as plain text' >&2; "
    "git merge-file --marker-size=%L %A %O %B; exit 1;; esac; exit $s"
)
"""126 and 127 are the shell's: there is no such program; 2 is another bibkit's, that knows no such
option. Without this git would keep our side alone, unmarked."""


@dataclass(frozen=True, slots=True)
class SetUp:
    """What was done, in words, one a line."""

    done: tuple[str, ...]
    left: tuple[str, ...]
    """What was left as it is, and why."""


def set_up(folder: Path) -> SetUp:
    """Tell the clone that `folder` is in to merge with bibkit; doing it twice changes nothing.

    Raises:
        ConfigError: there is no clone, or no git.

    """
    root = Path(_git(folder, "rev-parse", "--show-toplevel"))
    added, left = _with_attributes(root)
    done = [f".gitattributes: {line}" for line in added]
    wanted = {
        "name": "bibkit: entry by entry, field by field",
        "driver": f"{program().replace('%', '%%')} merge-driver {_ARGUMENTS}; {_FALLBACK}",
        "recursive": "binary",  # of several ancestors, none with conflict markers
    }
    for name, value in wanted.items():
        setting = f"merge.{DRIVER}.{name}"
        if _git(root, "config", "--local", "--default", "", "--get", setting) != value:
            _git(root, "config", "--local", setting, value)
            done.append(f"git config {setting}")
    return SetUp(tuple(done), tuple(left))


def program() -> str:
    """Return how the shell starts this very bibkit, whatever is on the PATH then."""
    script = Path(sys.executable).with_name("bibkit.exe" if os.name == "nt" else "bibkit")
    if script.is_file():
        return shlex.quote(script.as_posix())
    # -P: the working folder is the repository, and no code of it is to be run
    return f"{shlex.quote(Path(sys.executable).as_posix())} -P -m bibkit"


def _with_attributes(root: Path) -> tuple[list[str], list[str]]:
    """Add the lines that are missing; return them, and what stands in their way."""
    path = Path(os.path.realpath(root / ".gitattributes"))
    added, left = [], []
    for pattern in PATTERNS:
        said = _git(root, "check-attr", "merge", "--", pattern.replace("*", "refs"))
        value = said.rpartition(": ")[2]
        if value == "unspecified":
            added.append(f"{pattern} merge={DRIVER}")
        elif value != DRIVER:
            left.append(
                f"{pattern} has merge={value} already; bibkit merges it with merge={DRIVER}"
            )
    before = read_if_there(path)
    if added:
        replace_file(path, _with_lines(before or b"", added), expected=before, origin=str(path))
    return added, left


def _with_lines(data: bytes, lines: Sequence[str]) -> bytes:
    newline = b"\r\n" if b"\r\n" in data else b"\n"
    if data and not data.endswith(b"\n"):
        data += newline
    return data + b"".join(line.encode() + newline for line in lines)


def _git(folder: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - our own arguments
            ["git", *arguments],  # noqa: S607 - the git of the user's PATH
            cwd=folder, capture_output=True, text=True, encoding="utf-8", errors="replace",
            check=False,
        )  # fmt: skip
    except OSError as error:
        raise ConfigError(f"git cannot be run: {error.strerror}", code="git") from error
    if done.returncode:
        said = (done.stderr.strip() or f"exit code {done.returncode}").splitlines()[0]
        raise ConfigError(f"git {arguments[0]}: {said}", origin=str(folder), code="git")
    return done.stdout.removesuffix("\n")
