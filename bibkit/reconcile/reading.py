"""Files of any kind → papers to compare, each with the place where it stands.

The entries of a .bib are read twice: `bibfile` says what can be patched, and what they say, macros
and crossrefs resolved, goes through the same reader as every other listing.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bibkit.bibfile import BibFile, Block, FileEntry, fixed_places, inherit, read_bib
from bibkit.errors import ListingError, OutputError
from bibkit.listing import bibtex, decode, read_listing
from bibkit.reconcile.tables import read_table, table_kind
from bibkit.record import Problem, Record
from bibkit.sync import Lock, lock_path, read_if_there, read_lock

_PLAIN_KEY = re.compile(r"[\w:/.+-]+")
_KIND = re.compile(r"(?!comment$|string$|preamble$)[a-z]+")
_PLAIN_NAME = re.compile(r"[A-Za-z_][\w-]*")
_NAMES_THE_PARENT = frozenset("isbn issn mrnumber bibcode pmid pmcid pmc".split())
"""What a child inherits, but identifies the book that it is in."""
_BRACE = re.compile(r"[{}]")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file as it was read."""

    origin: str
    """As the user named it."""
    path: Path
    """The file behind any link."""
    bib: BibFile | None = None
    """None when it is no .bib: it can be compared, but not changed."""
    inherited: tuple[FileEntry, ...] = ()
    """The entries of `bib` with what they have from their parents."""
    entry_blocks: tuple[Block, ...] = ()
    """The blocks that the entries of `bib` were read from."""
    macros: tuple[Block, ...] = ()
    """The `@string`s of `bib`."""
    broken: frozenset[int] = frozenset()
    """Entries that must not be touched."""
    lock: Lock = field(default_factory=Lock)
    lock_data: bytes | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """An entry or item that is compared."""

    file: int
    place: int
    """Which entry of its file it is."""
    label: str
    """Its citation key; the second of several with one key is `key (2)`; else its line."""
    record: Record

    @property
    def origin(self) -> str:
        """The file and line."""
        return self.record.origin


@dataclass(frozen=True, slots=True)
class Shelf:
    """All files of one run, and all that is in them."""

    files: tuple[SourceFile, ...]
    papers: tuple[Paper, ...]
    problems: tuple[Problem, ...] = ()


def read_files(paths: Sequence[Path], latest: Mapping[Path, bytes] | None = None) -> Shelf:
    """Read .bib, CSL-JSON, RIS, CSV, tables and every other listing, each file once.

    `latest` is what some files will hold, by the path behind any link.

    Raises:
        ListingError: a file is missing, or no format recognises it.
        OutputError: a .bib is no text, or a lock is damaged.

    """
    files: list[SourceFile] = []
    papers: list[Paper] = []
    problems: list[Problem] = []
    once = {os.path.realpath(path): path for path in reversed(paths)}
    for real, path in reversed(once.items()):
        if table_kind(path):
            table = list(read_table(path))
            rows = [(label, record) for label, record, _ in table if record]
            papers += [
                Paper(len(files), n, label, record) for n, (label, record) in enumerate(rows)
            ]
            problems += [problem for _, _, its in table for problem in its]
            files.append(SourceFile(str(path), Path(real)))
            continue
        known = (latest or {}).get(Path(real))
        data = _data(path) if known is None else known
        if path.suffix.lower() in (".bib", ".bibtex"):
            file = _bib_file(path, Path(real), data)
            papers += _papers_of(file, len(files))
            problems += (
                [p for p in file.bib.problems if p.code == "broken-entry"] if file.bib else []
            )
        else:
            file = SourceFile(str(path), Path(real))
            listing = read_listing(decode(data, origin=str(path)), origin=str(path))
            papers += _numbered(listing.records, len(files))
            problems += listing.problems
        files.append(file)
    return Shelf(tuple(files), tuple(papers), tuple(problems))


def _data(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise ListingError(f"cannot be read: {reason}", origin=str(path), code="input") from error


def _bib_file(path: Path, real: Path, data: bytes) -> SourceFile:
    origin = str(path)
    if data.lstrip()[:1] in (b"[", b"{") and b"@" not in data[:1000]:
        raise OutputError("is no .bib file", origin=origin, code="input")
    bib = read_bib(data, origin=origin)
    blocks = bib.entry_blocks
    complaints = {index for index, block in enumerate(blocks) if block.complaint}
    repeated = {
        index
        for index, block in enumerate(blocks)
        if len({name.lower() for name, _ in block.fields}) < len(block.fields) or not block.key
    }
    lock_data = read_if_there(lock_path(real))
    lock = Lock() if lock_data is None else read_lock(lock_data, origin=f"{origin}.lock")
    broken = frozenset(complaints | repeated | fixed_places(bib))
    macros = tuple(block for block in bib.blocks if block.kind == "string")
    inherited = inherit(bib.entries)
    return SourceFile(origin, real, bib, inherited, blocks, macros, broken, lock, lock_data)


def _papers_of(file: SourceFile, number: int) -> Iterator[Paper]:
    """Yield the entries that have a title or an id, all read as one listing, one a line."""
    bib = file.bib
    if bib is None or not bib.entries:
        return
    pairs = zip(file.inherited, bib.entries, strict=True)
    text = "\n".join(_on_one_line(entry, own.fields) for entry, own in pairs)
    seen: Counter[str] = Counter()
    labels = []
    for entry in bib.entries:
        seen[entry.key] += 1
        labels.append(entry.key if seen[entry.key] == 1 else f"{entry.key} ({seen[entry.key]})")
    for record in bibtex.read(text, origin="").records:
        place = int(record.origin.rpartition(":")[2]) - 1
        entry = bib.entries[place]
        origin = f"{file.origin}:{entry.line}"
        label = labels[place] or f"line {entry.line}"
        yield Paper(number, place, label, replace(record, origin=origin))


def _on_one_line(entry: FileEntry, own: Mapping[str, str]) -> str:
    key = entry.key if _PLAIN_KEY.fullmatch(entry.key) else "x"
    fields = [
        f"{name} = {{{' '.join(value.split())}}}"
        for name, value in entry.fields.items()
        if (name in own or name not in _NAMES_THE_PARENT)
        and name != "crossref"
        and _PLAIN_NAME.fullmatch(name)
        and _balanced(value)
    ]
    kind = entry.entry_type if _KIND.fullmatch(entry.entry_type) else "misc"
    return f"@{kind}{{{key}, {', '.join(fields)}}}"


def _balanced(value: str) -> bool:
    depth = 0
    for found in _BRACE.finditer(value):
        depth += 1 if found[0] == "{" else -1
        if depth < 0:
            return False
    return depth == 0


def _numbered(records: Sequence[Record], number: int) -> Iterator[Paper]:
    for place, record in enumerate(records):
        line = record.origin.rpartition(":")[2]
        yield Paper(number, place, f"line {line}", record)
