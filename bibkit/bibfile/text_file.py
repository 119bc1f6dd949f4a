"""A bibliography of any text format as it was read, and the same bytes with whole lines put in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bibkit.bibfile.blocks import FileEntry
from bibkit.bibfile.encoding import Encoding
from bibkit.errors import OutputError
from bibkit.record import Problem


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file of RIS, Zotero RDF, Markdown or HTML."""

    origin: str
    data: bytes
    text: str
    """Without byte order mark."""
    encoding: Encoding
    newline: str
    """The line ending that most lines have."""
    place: int
    """Where in `text` entries are added."""
    entries: tuple[FileEntry, ...]
    """In the order of the file."""
    keys: frozenset[str]
    problems: tuple[Problem, ...]


def inserted(
    file: TextFile, addition: str, ascii_spelling: Callable[[str], str] | None = None
) -> bytes:
    """Return the file's bytes with lines at its place, in its own encoding and line ending.

    A file in an unknown 8-bit code takes ASCII only: `ascii_spelling` says how the format spells
    the rest, and where it cannot, the addition is refused.
    """
    if file.encoding.ascii_only and not addition.isascii():
        if ascii_spelling is None:
            bad = next(c for c in addition if not c.isascii())
            message = f"neither UTF-8 nor UTF-16, so {bad!r} cannot be added: convert it to UTF-8"
            raise OutputError(message, origin=file.origin, code="encoding")
        addition = ascii_spelling(addition)
    head = file.encoding.bom + file.encoding.encode(file.text[: file.place])
    tail = file.data[len(head) :]
    return head + file.encoding.encode(addition.replace("\n", file.newline)) + tail


def character_references(text: str) -> str:
    """Spell what is not ASCII as XML and HTML do.

    >>> character_references("Łukasz")
    '&#321;ukasz'
    """
    return text.encode("ascii", "xmlcharrefreplace").decode()


def undivided(part: str) -> str:
    """Return a part of a name in braces where it would divide a BibTeX list of names.

    >>> undivided("Barnes and Noble"), undivided("King, Jr."), undivided("Oord")
    ('{Barnes and Noble}', '{King, Jr.}', 'Oord')
    """
    return f"{{{part}}}" if "," in part or " and " in part.lower() else part


def repeated_keys(entries: Sequence[FileEntry], origin: str) -> Iterator[Problem]:
    """Yield a problem for each citation key that an entry before has already."""
    first: dict[str, int] = {}
    for entry in entries:
        before = first.setdefault(entry.key, entry.line)
        if entry.key and before != entry.line:
            message = f"{entry.key!r} is also the citation key of line {before}"
            yield Problem(f"{origin}:{entry.line}", "duplicate-key", message)
