"""Files on disk → tidier ones: all are read and formatted before the first is written."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bibkit.bibfile import read_bib
from bibkit.errors import OutputError
from bibkit.fmt.formatting import Formatted, format_bib
from bibkit.sync import check_place, locked, refuse_changed, replace_file


@dataclass(frozen=True, slots=True)
class FormattedFile:
    """A file and what became of it."""

    path: Path
    """As it was named."""
    result: Formatted


def format_files(
    paths: Sequence[Path], rules: Sequence[str], *, write: bool = True, whether_only: bool = False
) -> list[FormattedFile]:
    """Apply rules to files, each once; a file in which nothing changes is not touched.

    Args:
        paths: the files.
        rules: their names, from `choose`.
        write: False leaves all files as they are.
        whether_only: without `write`: one change in each file is enough.

    Raises:
        OutputError: a file is missing, no text, or cannot be written. Then none is written, unless
            it happens to the disk in between.

    """
    real = {Path(os.path.realpath(path)): path for path in reversed(paths)}
    with ExitStack() as held:
        for path in sorted(real) if write else ():  # in one order, so that no two runs wait in turn
            held.enter_context(locked(path))
        found = [
            FormattedFile(real[path], _formatted(path, real[path], rules, whether_only))
            for path in _once(real)
        ]
        changed = [(Path(os.path.realpath(one.path)), one) for one in found if one.result.changed]
        for path, one in changed if write else ():
            check_place(path, str(one.path))
            refuse_changed(path, one.result.bib.data, str(one.path))
        for path, one in changed if write else ():
            before, origin = one.result.bib.data, str(one.path)
            replace_file(path, one.result.data, expected=before, origin=origin)
    return found


def format_stream(data: bytes, rules: Sequence[str]) -> FormattedFile:
    """Apply rules to what stands at no path: standard input."""
    return FormattedFile(Path("-"), format_bib(read_bib(data, origin="-"), rules))


def _once(real: dict[Path, Path]) -> Iterator[Path]:
    """Yield the files in the order in which they were named."""
    yield from reversed(real)


def _formatted(path: Path, name: Path, rules: Sequence[str], whether_only: bool) -> Formatted:
    try:
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        message = f"cannot be read: {reason or error}"
        raise OutputError(message, origin=str(name), code="input") from error
    if data.lstrip()[:1] in (b"[", b"{") and b"@" not in data[:1000]:
        raise OutputError("is no .bib file", origin=str(name), code="input")
    return format_bib(read_bib(data, origin=str(name)), rules, whether_only=whether_only)
