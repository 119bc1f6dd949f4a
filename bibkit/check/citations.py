r"""What a document cites against what the bibliography has: undefined keys, unused entries.

Files that are read with a literal `\input` or `\include` are read too. Where one cannot be found,
no entry is called unused, for it may be cited there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bibkit.check.library import Item, Library, keys_of, listed
from bibkit.check.tex import TexFile, read_tex
from bibkit.errors import BibkitError
from bibkit.record import Problem

_MOST_BYTES = 50_000_000
_MOST_FILES = 10_000
_TEX = (".tex", ".ltx", ".latex", ".Rnw", ".lagda")
_PULLED_IN = ("crossref", "xdata", "xref", "related", "entryset")
"""Fields that bring other entries into the bibliography."""
_NEVER_CITED = re.compile(r"xdata|set|control|ieeetranbstctl|.*-control|bibnote")


class TexError(BibkitError):
    """A LaTeX file that cannot be read."""

    code = "tex"


@dataclass(frozen=True, slots=True)
class Document:
    """The LaTeX files of one check."""

    files: tuple[tuple[str, TexFile], ...]
    """Each with its name as messages show it."""
    unread: tuple[Problem, ...]
    """Files that are included and were not found."""


def read_document(paths: Sequence[Path]) -> Document:
    """Read LaTeX files, those below folders, and what they include.

    Raises:
        TexError: a file that was named cannot be read.

    """
    waiting = [(path, path.parent, None) for path in _named(paths)]
    queue: list[tuple[Path, Path, Problem | None]] = list(waiting)
    files: dict[Path, tuple[str, TexFile]] = {}
    unread: list[Problem] = []
    while queue and len(files) < _MOST_FILES:
        path, root, included = queue.pop(0)
        place = path.resolve()
        if place in files:
            continue
        try:
            tex = read_tex(_text(path))
        except OSError as error:
            if included is None:
                message = f"cannot be read: {error.strerror or error}"
                raise TexError(message, origin=str(path)) from error
            unread.append(included)
            continue
        files[place] = (str(path), tex)
        queue += _included(tex, path, root)
    return Document(tuple(files.values()), tuple(unread))


def _named(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(p for p in path.rglob("*") if p.suffix in _TEX and p.is_file())
        else:
            yield path


def _text(path: Path) -> str:
    if path.exists() and not path.is_file():
        raise OSError("is not a file")
    with path.open("rb") as file:
        data = file.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise OSError("is larger than any LaTeX file")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _included(tex: TexFile, path: Path, root: Path) -> Iterator[tuple[Path, Path, Problem]]:
    """Yield the files that a file reads: below the first file's folder, or beside itself."""
    for name in tex.included:
        written = name.key.strip('"')
        tries = [folder / each for folder in (root, path.parent) for each in _with_suffix(written)]
        found = next((each for each in tries if _is_file(each)), tries[0])
        message = f"{written!r} is not found, so what is cited in it is not seen"
        yield found, root, Problem(f"{path}:{name.line}", "tex-input", message)


def _with_suffix(name: str) -> list[str]:
    return [name] if Path(name).suffix in _TEX else [f"{name}.tex", name]


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # too long, a NUL inside
        return False


def citation_problems(library: Library, document: Document) -> Iterator[Problem]:
    """Yield a problem for each key that is cited and not there, and each entry never cited."""
    known = {key for item in library.items for key in keys_of(item.entry)}
    known |= {key for _, tex in document.files for key in tex.defined}
    cited: set[str] = set()
    for name, tex in document.files:
        told: set[str] = set()
        for citation in tex.citations:
            cited.add(citation.key)
            if citation.key in known or citation.key in told or citation.key == "*":
                continue
            told.add(citation.key)
            message = f"{citation.key!r} is cited and not in the bibliography"
            if near := library.by_key.get(citation.key.lower()):
                message += f", which has {near.entry.key!r}: case counts for biber"
            yield Problem(f"{name}:{citation.line}", "undefined-key", message)
    if "*" not in cited:
        unused = list(_unused(library, cited))
        yield from document.unread if unused else ()
        yield from unused if not document.unread else ()


def _unused(library: Library, cited: set[str]) -> Iterator[Problem]:
    used = {key.lower() for key in cited}
    pulled = [
        key.lower()
        for item in library.items
        for field in _PULLED_IN
        for key in listed(item.entry.fields.get(field, ""))
    ]
    used.update(pulled)
    for item in library.items:
        if item.entry.key and not _is_used(item, used):
            yield item.problem("unused-key", "is not cited")


def _is_used(item: Item, used: set[str]) -> bool:
    if _NEVER_CITED.fullmatch(item.entry.entry_type):
        return True
    return any(key.lower() in used for key in keys_of(item.entry))
