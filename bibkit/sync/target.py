"""OUT and its lock as they are before a build: read once, checked before any other work."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bibkit.bibfile import (
    BibFile,
    CslFile,
    TextFile,
    append,
    append_html_items,
    append_items,
    append_list_items,
    append_nodes,
    append_references,
    identify,
    read_bib,
    read_csl,
    read_html,
    read_markdown,
    read_rdf,
    read_ris,
)
from bibkit.bibfile.bib_file import appending_error
from bibkit.errors import OutputError
from bibkit.record import Problem
from bibkit.sync.atomic import read_if_there, temporary_path
from bibkit.sync.lock import Lock, read_lock
from bibkit.sync.papers import Papers

Existing = BibFile | CslFile | TextFile
READERS: dict[str, Callable[..., Existing]] = {
    "bibtex": read_bib,
    "biblatex": read_bib,
    "csl-json": read_csl,
    "ris": read_ris,
    "zotero-rdf": read_rdf,
    "markdown": read_markdown,
    "html": read_html,
}
"""The formats of which an existing OUT can be added to."""
APPENDERS: dict[str, Callable[[Any, str], bytes]] = {
    "bibtex": append,
    "biblatex": append,
    "csl-json": append_items,
    "ris": append_references,
    "zotero-rdf": append_nodes,
    "markdown": append_list_items,
    "html": append_html_items,
}
"""Format → what returns the file's bytes with more entries, given as its writer writes them."""


@dataclass(frozen=True, slots=True)
class Target:
    """What stands at OUT, and what bibkit remembers of it."""

    out: Path
    """As the user named it; the origin of every message."""
    path: Path
    """The file behind any link: what is read, locked and replaced."""
    format: str
    data: bytes | None
    """None when there is no file."""
    file: Existing | None
    lock: Lock
    lock_data: bytes | None
    papers: Papers
    """The papers in OUT."""
    remembered: Papers
    """The papers in the lock, also those that are no longer in OUT."""

    @property
    def lock_path(self) -> Path:
        """Beside the file itself, so that every link to it shares one memory."""
        return lock_path(self.path)

    @property
    def lock_origin(self) -> str:
        """The lock's name in messages."""
        return str(self.lock_path) if self.out.is_symlink() else f"{self.out}.lock"

    @property
    def keys(self) -> frozenset[str]:
        """Every citation key that is taken: in OUT, or given once and never to be given again."""
        return (self.file.keys if self.file else frozenset()) | frozenset(self.lock.entries)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the existing file; none of it stops a build."""
        return self.file.problems if self.file else ()


def lock_path(path: Path) -> Path:
    """Return where the lock of OUT lies."""
    return path.with_name(path.name + ".lock")


def read_target(
    out: Path,
    *,
    format: str = "bibtex",  # noqa: A002 - the users' word
    may_be_open: bool = False,
) -> Target:
    """Read OUT and its lock; raise when OUT could not be written in the end.

    Nothing can follow an entry that is never closed; `may_be_open` is for who knows what to do.
    """
    try:
        path = Path(os.path.realpath(out))
        check_place(path, str(out))
        check_place(lock_path(path), str(lock_path(path)))
        _status(temporary_path(lock_path(path)))  # its name may be too long
        data, lock_data = read_if_there(path), read_if_there(lock_path(path))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise OutputError(f"cannot be read: {reason or error}", origin=str(out)) from error
    file = None if data is None else READERS[format](data, origin=str(out))
    if isinstance(file, BibFile) and file.open_end and not may_be_open:
        raise appending_error(file.open_end)
    target = Target(out, path, format, data, file, Lock(), lock_data, Papers.of(()), Papers.of(()))
    lock = Lock() if lock_data is None else read_lock(lock_data, origin=target.lock_origin)
    entries = file.entries if file else ()
    return replace(
        target,
        lock=lock,
        papers=Papers.of((entry.key, identify(entry.fields)) for entry in entries),
        remembered=Papers.of((key, entry.identity) for key, entry in lock.entries.items()),
    )


def read_place(out: Path) -> bytes | None:
    """Return the bytes at OUT, None when there is no file; raise where none could be written."""
    try:
        path = Path(os.path.realpath(out))
        check_place(path, str(out))
        return read_if_there(path)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise OutputError(f"cannot be read: {reason or error}", origin=str(out)) from error


def check_place(path: Path, origin: str) -> None:
    """Raise unless `path` is a file that can be replaced, or can be made."""
    folder = _status(path.parent)
    if folder is None:
        raise OutputError(f"the folder {path.parent} does not exist", origin=origin)
    if not stat.S_ISDIR(folder.st_mode):
        raise OutputError(f"{path.parent} is not a folder", origin=origin)
    status = _status(path)
    if status and stat.S_ISDIR(status.st_mode):
        raise OutputError("is a folder, not a file", origin=origin)
    if status and not stat.S_ISREG(status.st_mode):
        raise OutputError("is not a regular file; use - for standard output", origin=origin)
    if status and not _writable(path, status, os.W_OK):
        raise OutputError("is read-only", origin=origin)
    if not _writable(path.parent, folder, os.W_OK | os.X_OK):
        raise OutputError(f"the folder {path.parent} is read-only", origin=origin)


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _writable(path: Path, status: os.stat_result, access: int) -> bool:
    """Respect a mode without any write bit also for root, whom the system would let through."""
    return bool(status.st_mode & 0o222) and os.access(path, access)
