"""What is to become of the files → writes in an order in which none can do harm alone.

First what cites (a key that stays is good before and after), then what survivors gain, then what
goes. Killed in between, every file is the old or the new one, no value and no key is lost, and
the next run does the rest.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bibkit.bibfile import RemoveEntry, edit
from bibkit.errors import OutputError
from bibkit.reconcile.merging import Merging
from bibkit.reconcile.reading import Shelf, SourceFile
from bibkit.reconcile.tex_keys import rewrite_keys
from bibkit.sync import (
    Lock,
    check_place,
    clear_leftover,
    dump_lock,
    lock_path,
    read_if_there,
    refuse_changed,
    replace_file,
)


@dataclass(frozen=True, slots=True)
class Write:
    """New bytes for one file."""

    path: Path
    origin: str
    before: bytes | None
    after: bytes


@dataclass(frozen=True, slots=True)
class TexSource:
    """A LaTeX file as it was read."""

    path: Path
    origin: str
    data: bytes

    @property
    def text(self) -> str:
        """Its text; bytes that are no UTF-8 come back as they are."""
        return self.data.decode("utf-8", "surrogateescape")


def read_tex_sources(paths: Iterable[Path]) -> tuple[TexSource, ...]:
    """Read LaTeX files, each once."""
    found: dict[Path, TexSource] = {}
    for path in paths:
        try:
            real = path.resolve()
            found.setdefault(real, TexSource(real, str(path), real.read_bytes()))
        except OSError as error:
            message = f"cannot be read: {error.strerror or error}"
            raise OutputError(message, origin=str(path), code="input") from error
    return tuple(found.values())


def plan_writes(
    shelf: Shelf,
    merging: Merging,
    *,
    tex: Sequence[TexSource] = (),
) -> list[Write]:
    """Return the writes that merge, in their order; what does not change is not among them."""
    writes: list[Write] = []
    for source in tex:
        after = rewrite_keys(source.text, merging.key_map).encode("utf-8", "surrogateescape")
        writes.append(Write(source.path, source.origin, source.data, after))
    before = {number: _data(file) for number, file in enumerate(shelf.files) if file.bib}
    if len(merging.data) > 1:
        for number, edits in merging.edits.items():
            bib = shelf.files[number].bib
            gains = [one for one in edits if not isinstance(one, RemoveEntry)]
            if bib and gains:
                first = edit(bib, gains)
                writes.append(_write(shelf.files[number], before[number], first))
                before[number] = first
    for number, data in merging.data.items():
        writes.append(_write(shelf.files[number], before[number], data))
    return [write for write in writes if write.before != write.after]


def lock_writes(shelf: Shelf, locks: Mapping[int, Lock]) -> Iterator[Write]:
    """Yield the writes of the locks of some files."""
    for number, lock in locks.items():
        file = shelf.files[number]
        after = dump_lock(lock)
        if after != file.lock_data:
            yield Write(lock_path(file.path), f"{file.origin}.lock", file.lock_data, after)


def _data(file: SourceFile) -> bytes:
    return file.bib.data if file.bib else b""


def _write(file: SourceFile, before: bytes, after: bytes) -> Write:
    return Write(file.path, file.origin, before, after)


def key_map_write(keys: Mapping[str, str], path: Path | None) -> Iterator[Write]:
    """Yield the key map; keys of earlier runs lead to where they lead now."""
    if path is None:
        return
    before = read_if_there(path)
    try:
        known = json.loads(before) if before else {}
    except ValueError:
        known = None
    if not isinstance(known, dict) or not all(isinstance(new, str) for new in known.values()):
        raise OutputError("is no key map", origin=str(path), code="key-map")
    whole = {old: keys.get(new, new) for old, new in known.items()} | dict(keys)
    text = json.dumps(dict(sorted(whole.items())), indent=2, ensure_ascii=False) + "\n"
    if keys or before is None:
        after = text.encode("utf-8", "backslashreplace")
        if after != before:
            yield Write(path.resolve(), str(path), before, after)


def carry_out(writes: Sequence[Write]) -> None:
    """Write, one file after the other; nothing at all when one has changed, or cannot be written.

    The caller holds the process locks of the bibliographies.
    """
    first: dict[Path, Write] = {}
    for write in writes:
        first.setdefault(write.path, write)
    for path, write in first.items():
        check_place(path, write.origin)
        clear_leftover(path)
        refuse_changed(path, write.before, write.origin)
    for write in writes:
        replace_file(write.path, write.after, expected=write.before, origin=write.origin)


def unified_diff(writes: Sequence[Write]) -> Iterator[str]:
    """Yield the lines of a diff of everything that would be written."""
    first: dict[Path, Write] = {}
    last: dict[Path, Write] = {}
    for write in writes:
        first.setdefault(write.path, write)
        last[write.path] = write
    for path, write in first.items():
        old, new = _lines(write.before or b""), _lines(last[path].after)
        before = "/dev/null" if write.before is None else write.origin
        yield from difflib.unified_diff(old, new, before, write.origin, lineterm="")


def _lines(data: bytes) -> list[str]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return [line.expandtabs() for line in text.replace("\r\n", "\n").split("\n")]
