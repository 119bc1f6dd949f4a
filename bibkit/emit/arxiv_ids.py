"""Entries → their arXiv ids, one a line: a listing that `bibkit build` reads again."""

from __future__ import annotations

from collections.abc import Sequence

from bibkit.emit.fields import verbatim
from bibkit.emit.options import WriteOptions
from bibkit.record import Entry


def write(entries: Sequence[Entry], *, options: WriteOptions = WriteOptions()) -> str:  # noqa: ARG001, B008 - nothing to choose; frozen
    """Return the ids; entries without one are left out, and `not_held` names them."""
    return "".join(f"{verbatim(entry.eprint.id)}\n" for entry in entries if entry.eprint)
