"""Snapshot files → catalogue. Importing again changes nothing; a newer state of a paper replaces.

The work is committed in batches, each complete in itself: an import that is killed leaves a
catalogue that answers for what it holds, and running it again adds the rest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from bibkit.catalog.reading import Block, check_file, read_blocks
from bibkit.catalog.schema import clear_errors, migrate, open_for_reading, open_for_writing
from bibkit.errors import CatalogError
from bibkit.paths import data_dir
from bibkit.record import Problem

if TYPE_CHECKING:
    from bibkit.catalog.parsing import Parsed
    from bibkit.catalog.rows import PaperRow

Progress = Callable[[int, int | None], None]
"""Called with the bytes read so far, and of how many, as far as that is known."""
_MOST_PROBLEMS = 100


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, in papers; `skipped` counts lines that hold none."""

    added: int
    updated: int
    unchanged: int
    skipped: int
    problems: tuple[Problem, ...]
    """The first hundred."""


@dataclass
class Tally:
    """What has been counted so far."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    problems: list[Problem] = field(default_factory=list)
    whole: dict[Path, int] = field(default_factory=dict)
    """Files without any problem, and the papers in each."""

    def count(self, papers: int, added: int, updated: int) -> None:
        """Count a batch that is safe."""
        self.added += added
        self.updated += updated
        self.unchanged += papers - added - updated

    def note(self, problem: Problem) -> None:
        """Keep a problem, up to a number that a person may still read."""
        if len(self.problems) < _MOST_PROBLEMS:
            self.problems.append(problem)


def default_path() -> Path:
    """Return where the user's own catalogue is, or will be."""
    return data_dir() / "catalog.sqlite"


def import_snapshot(
    files: Sequence[Path],
    catalog: Path,
    *,
    progress: Progress | None = None,
    batch: int = 30_000,
) -> ImportReport:
    """Add arXiv metadata lines (.jsonl, .json, .gz, .zip) to a catalogue, made where absent.

    Args:
        files: read in this order; bad lines are reported and skipped.
        catalog: the catalogue's file.
        progress: called with bytes read, and bytes in all (None where a file is a pipe).
        batch: papers in one commit; more of them take less time and more memory.

    Raises:
        CatalogError: a file is missing or unreadable, none holds any paper, or the catalogue is
            no catalogue or cannot be written.

    """
    for file in files:
        check_file(file)
    tally = Tally()
    digests = {file: _digest(file) for file in files if file.is_file()}
    known = _imported_files(catalog)
    fresh = [file for file in files if digests.get(file) not in known]
    tally.unchanged = sum(known[digests[file]] for file in files if file not in fresh)
    with closing(read_batches(fresh, tally, progress, batch)) as batches:
        first = next(batches, None)
        if first:
            _write_batches(catalog, chain([first], batches), tally, digests)
        elif not tally.unchanged:
            raise CatalogError("holds no line of arXiv metadata", origin=", ".join(map(str, fresh)))
    return ImportReport(
        tally.added, tally.updated, tally.unchanged, tally.skipped, tuple(tally.problems)
    )


def _write_batches(
    catalog: Path,
    batches: Iterable[tuple[list[PaperRow], list[str]]],
    tally: Tally,
    digests: dict[Path, str],
) -> None:
    from bibkit.catalog.writing import add_papers, finish

    if catalog == default_path():
        catalog.parent.mkdir(parents=True, exist_ok=True)
    with clear_errors(catalog), closing(open_for_writing(catalog)) as connection:
        for rows, words in batches:
            add_papers(connection, rows, words, tally)
        finish(connection, {digests[f]: papers for f, papers in tally.whole.items()})


def _imported_files(catalog: Path) -> dict[str, int]:
    """Return the digests of the files that are in the catalogue to the last line, and how many."""
    if not catalog.exists() or not catalog.stat().st_size:
        return {}
    migrate(catalog)
    with clear_errors(catalog), closing(open_for_reading(catalog)) as connection:
        return dict(
            connection.execute(
                "SELECT substr(name, 6), value FROM fact WHERE name >= 'file:' AND name < 'file;'"
            )
        )


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, hashlib.blake2b).hexdigest()[:32]


def read_batches(
    files: Sequence[Path], tally: Tally, progress: Progress | None, batch: int
) -> Generator[tuple[list[PaperRow], list[str]]]:
    """Yield what the files say, and the words of the titles, a batch at a time."""
    from bibkit.catalog.parsing import default_workers, parse_blocks

    sizes = [file.stat().st_size for file in files]
    total = sum(sizes) if all(file.is_file() for file in files) else None
    rows: list[PaperRow] = []
    words: list[str] = []
    for place, file in enumerate(files):
        found, whole = 0, file.is_file()
        blocks = parse_blocks(read_blocks(file), workers=default_workers(sizes[place]))
        for block, parsed in blocks:
            found += len(parsed.rows)
            rows += parsed.rows
            words += parsed.words
            whole = whole and not parsed.bad and not block.problem
            _note_bad_lines(block, parsed, tally)
            if progress:
                progress(sum(sizes[:place]) + block.done, total)
            if len(rows) >= batch:
                yield rows, words
                rows, words = [], []
        if not found:
            tally.note(Problem(str(file), "catalog-file", "holds no line of arXiv metadata"))
        elif whole:
            tally.whole[file] = found
    if rows:
        yield rows, words


def _note_bad_lines(block: Block, parsed: Parsed, tally: Tally) -> None:
    tally.skipped += len(parsed.bad)
    for line, reason in parsed.bad:
        tally.note(Problem(f"{block.origin}:{line}", "catalog-line", reason))
    if block.problem:
        tally.skipped += block.problem.code == "catalog-line"
        tally.problems.append(block.problem)
