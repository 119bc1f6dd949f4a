"""What OUT and its lock were before the last write ↔ one file in bibkit's own folder.

Not beside OUT: nothing that git would see. Only the last state is kept, and it comes back only
while OUT and lock are what that write made of them.
"""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import os
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bibkit import paths
from bibkit.errors import OutputError
from bibkit.sync.atomic import read_if_there, replace_file
from bibkit.sync.exclusive import locked
from bibkit.sync.target import Target, check_place, lock_path

_log = logging.getLogger(__name__)
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class _File:
    """OUT or its lock: what it was, and the digest of what the last write made of it."""

    before: bytes | None
    after: str


def keep_state(target: Target, data: bytes, lock_data: bytes | None) -> None:
    """Keep what OUT and its lock are before they are written; a full disk must not stop a sync."""
    state = {
        "format": _FORMAT,
        "path": str(target.path),
        "out": _packed(target.data, data),
        "lock": _packed(target.lock_data, lock_data),
    }
    path = _state_path(target.path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(state).encode("utf-8", "backslashreplace")
        replace_file(path, text, expected=read_if_there(path), origin=str(path))
    except (OSError, OutputError) as error:
        _log.warning("what was there cannot be kept for `bibkit undo`: %s", error)


def put_back(out: Path) -> tuple[str, ...]:
    """Put OUT and its lock back to what they were before the last write; return what changed.

    First the lock, then OUT: killed in between, papers that the lock has forgotten are in OUT, and
    none looks deleted.

    Raises:
        OutputError: nothing is kept, or somebody has changed OUT or its lock since.

    """
    path = Path(os.path.realpath(out))
    with locked(path):
        kept = _read_state(path, origin=str(out))
        files = ((lock_path(path), f"{out}.lock", kept[1]), (path, str(out), kept[0]))
        now = [read_if_there(place) for place, _, _ in files]
        for (_, origin, file), data in zip(files, now, strict=True):
            if data != file.before and _digest(data) != file.after:
                message = "changed since bibkit wrote it; nothing was undone (git can)"
                raise OutputError(message, origin=origin, code="changed")
        changed = []
        for (place, origin, file), data in zip(files, now, strict=True):
            if data != file.before:
                _replace_or_remove(place, file.before, data, origin)
                changed.append(origin)
        _state_path(path).unlink()
    return tuple(reversed(changed))


def _replace_or_remove(place: Path, before: bytes | None, now: bytes | None, origin: str) -> None:
    check_place(place, origin)
    if before is None:
        place.unlink()
    else:
        replace_file(place, before, expected=now, origin=origin)


def _read_state(path: Path, *, origin: str) -> tuple[_File, _File]:
    try:
        state = json.loads(_state_path(path).read_bytes())
        if state["format"] != _FORMAT or state["path"] != str(path):
            raise ValueError("of another kind")
        return _unpacked(state["out"]), _unpacked(state["lock"])
    except FileNotFoundError:
        message = "bibkit has not written it on this machine, or that is undone already"
        raise OutputError(message, origin=origin, code="nothing-to-undo") from None
    except (OSError, ValueError, KeyError, TypeError, zlib.error) as error:
        message = f"what was kept cannot be read ({error}); nothing was undone"
        raise OutputError(message, origin=origin, code="undo") from error


def _packed(before: bytes | None, after: bytes | None) -> dict[str, str | None]:
    packed = None if before is None else base64.b64encode(zlib.compress(before, 1)).decode()
    return {"before": packed, "after": _digest(after)}


def _unpacked(file: dict[str, Any]) -> _File:
    before = file["before"]
    data = None if before is None else zlib.decompress(base64.b64decode(before))
    return _File(data, str(file["after"]))


def _digest(data: bytes | None) -> str:
    return "" if data is None else hashlib.sha256(data).hexdigest()


def _state_path(path: Path) -> Path:
    name = hashlib.sha256(os.fsencode(path)).hexdigest()[:32]
    return paths.data_dir() / "undo" / f"{name}.json"
