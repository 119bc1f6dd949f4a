"""A catalogue → all its papers, one after the other, in little memory."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

from bibkit.catalog.numbering import arxiv_id
from bibkit.catalog.rows import PaperRow, is_sound
from bibkit.catalog.schema import DAMAGED, clear_errors, open_for_reading
from bibkit.errors import CatalogError

_MAGIC = b"SQLite format 3\0"


def is_database(path: Path) -> bool:
    """Tell whether a file is one that SQLite made; a catalogue is."""
    if not path.is_file():
        return False  # what a pipe gives, it gives once
    try:
        with path.open("rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except OSError:
        return False


def count_papers(path: Path) -> int:
    """Return how many papers a catalogue holds."""
    with clear_errors(path), closing(open_for_reading(path)) as connection:
        return int(connection.execute("SELECT count(*) FROM paper").fetchone()[0])


def scan(path: Path) -> Iterator[Mapping[str, str | None]]:
    """Yield the facts of each paper by name, in the order of the arXiv ids.

    Raises:
        CatalogError: it is missing, no catalogue, damaged, or of another format version.

    """
    with clear_errors(path), closing(open_for_reading(path)) as connection:
        for values in connection.execute("SELECT * FROM paper ORDER BY number"):
            row = PaperRow._make(values)
            if not is_sound(row):
                raise CatalogError(DAMAGED, origin=str(path))
            identifier = arxiv_id(row.number)
            day = dt.date.fromordinal(row.submitted).isoformat() if row.submitted else None
            yield {
                "id": identifier,
                "arxiv": identifier,
                "title": row.title,
                "authors": row.authors,
                "date": day,
                "doi": row.doi,
            }
