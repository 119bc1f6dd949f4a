"""A bibliography that has no past → OUT, which must not be there yet or may be replaced."""

from __future__ import annotations

import os
from pathlib import Path

from bibkit.errors import OutputError
from bibkit.sync.atomic import replace_file
from bibkit.sync.exclusive import locked
from bibkit.sync.target import read_place


def write_fresh(out: Path, text: str, *, replacing: bool = False) -> None:
    """Write a whole file at OUT, or raise; one that stands there goes only when told so."""
    with locked(out):
        old = read_place(out)
        if old is not None and not replacing:
            message = "is there already, and nothing was written; --force replaces it"
            raise OutputError(message, origin=str(out), code="exists")
        data = text.encode()
        if data != old:
            path = Path(os.path.realpath(out))
            replace_file(path, data, expected=old, origin=str(out))
