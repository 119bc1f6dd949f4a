"""git's protocol for merge drivers: three files in, the result into the second, an exit code.

What bibkit cannot merge for certain, git merges as the text that it is, and says that it has: exit
code 1 then, even without a conflict, for textual merges can make one paper twice of two.
"""

from __future__ import annotations

import gc
import logging
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bibkit.errors import BibkitError, OutputError
from bibkit.git.bib_merge import merge_bib
from bibkit.git.conflicts import Markers
from bibkit.git.lock_merge import merge_locks
from bibkit.record import Problem

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Merge:
    """What has been done."""

    clean: bool
    problems: tuple[Problem, ...]


def merge_files(base: Path, mine: Path, theirs: Path, *, name: str, markers: Markers) -> Merge:
    """Merge three files and put the result into `mine`.

    Args:
        base: the common ancestor; empty where there is none.
        mine: what is checked out, and where the result goes.
        theirs: what is merged into it.
        name: the path of the file in the repository; it tells a lock from a bibliography.
        markers: how conflicts are marked.

    """
    data = [_read(path) for path in (base, mine, theirs)]
    merge = merge_locks if _is_lock(name, data) else merge_bib
    try:
        with _no_collecting():
            merged = merge(data[0], data[1], data[2], origin=name, markers=markers)
    except BibkitError as error:
        return _as_text(base, mine, theirs, error, name, markers)
    except Exception as error:
        _log.exception("%s: a fault of bibkit; please report it", name)
        fault = OutputError(f"a fault of bibkit ({type(error).__name__})", origin=name)
        return _as_text(base, mine, theirs, fault, name, markers)
    if merged.data != data[1]:
        _write(mine, merged.data)
    return Merge(not merged.conflicts, (*merged.notes, *merged.conflicts))


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Look for no cyclic garbage: there is none in a merge, and the search takes a tenth of it."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _is_lock(name: str, data: Sequence[bytes]) -> bool:
    """Tell a lock by its name, or by what it looks like where git gave another name."""
    if name.endswith((".lock", ".bib")):
        return name.endswith(".lock")
    return all(version.lstrip()[:1] in (b"{", b"") for version in data)


def _as_text(
    base: Path, mine: Path, theirs: Path, error: BibkitError, name: str, markers: Markers
) -> Merge:
    """Leave the merge to git."""
    why = Problem(error.origin or name, error.code, error.message)
    labels = [word for label in (markers.ours, "base", markers.theirs) for word in ("-L", label)]
    command = ["git", "merge-file", f"--marker-size={markers.size}", *labels, "--"]
    try:
        done = subprocess.run(  # noqa: S603 - git itself has called us with these files
            [*command, str(mine), str(base), str(theirs)], capture_output=True, check=False
        )
    except OSError as failed:
        raise OutputError(f"git merge-file: {failed.strerror}", origin=name) from error
    if 0 <= done.returncode < 128:
        message = "merged by git as plain text: look through it, then `git add` it"
    else:
        message = "not merged at all: take one of the two versions, or merge them by hand"
    return Merge(False, (why, Problem(name, "merged-as-text", message)))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        message = f"cannot be read: {error.strerror or error}"
        raise OutputError(message, origin=str(path), code="input") from error


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)  # git's own temporary file
    except OSError as error:
        message = f"cannot be written: {error.strerror or error}"
        raise OutputError(message, origin=str(path)) from error
