"""JSON lines, Parquet and catalogues → rows, streamed: these may be larger than memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from bibkit.catalog.reading import Block, read_blocks
from bibkit.catalog.scanning import count_papers, is_database, scan
from bibkit.errors import ConfigError, ListingError
from bibkit.reconcile.table_rows import Reading, has_title, read_row
from bibkit.record import Problem

if TYPE_CHECKING:
    import pyarrow as pa

Kind = Literal["json-lines", "parquet", "catalogue"]
JSON_LINES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz", ".jsonl.zip")
PARQUET = (".parquet", ".pq")


@dataclass(frozen=True, slots=True)
class Line:
    """A row as it stands in its file."""

    origin: str
    """`file:line`; of a catalogue, `file:arXiv id`."""
    data: bytes | dict[str, Any] | Problem
    """A line of JSON, or values by the names of their columns; or why there is no row."""


def table_kind(path: Path) -> Kind | None:
    """Tell a table by its name, a catalogue by its content; None for what is none of them."""
    name = path.name.lower()
    if name.endswith(JSON_LINES):
        return "json-lines"
    if name.endswith(PARQUET):
        return "parquet"
    return "catalogue" if is_database(path) else None


def count_rows(path: Path) -> int:
    """Return how many rows a table has, without reading them."""
    kind = table_kind(path)
    if kind == "json-lines":
        return sum(block.lines.count(b"\n") + 1 for block in json_blocks(path))
    if kind == "parquet":
        return int(open_parquet(path).metadata.num_rows)
    return count_papers(path)


def read_table(path: Path) -> Iterator[Reading]:
    """Yield what each row of a table says."""
    return map(read_line, lines_of(path))


def read_line(line: Line) -> Reading:
    """Read a row; a line that is no JSON object is a problem."""
    if isinstance(line.data, Problem):
        return "", None, (line.data,)
    row = line.data if isinstance(line.data, dict) else _object(line.data)
    if row is None:
        message = "is no JSON object"
        return "", None, (Problem(line.origin, "json-line", message),)
    return read_row(row, origin=line.origin)


def lines_of(path: Path) -> Iterator[Line]:
    """Yield the rows of a table as they stand.

    Raises:
        ListingError: it cannot be read, or has no column for a title.
        CatalogError: it looks like a catalogue, and is none.

    """
    kind = table_kind(path)
    if kind == "json-lines":
        return _json_lines(path)
    return _parquet_rows(path) if kind == "parquet" else _papers(path)


def json_blocks(path: Path) -> Iterator[Block]:
    """Yield the lines of a file, packed or not, a megabyte at a time."""
    try:
        yield from read_blocks(path)
    except OSError as error:
        message = f"cannot be read: {error.strerror or error}"
        raise ListingError(message, origin=str(path), code="input") from error


def _json_lines(path: Path) -> Iterator[Line]:
    for block in json_blocks(path):
        yield from lines_in(block)


def lines_in(block: Block) -> Iterator[Line]:
    """Yield the rows of a block of lines; blank ones are none."""
    if block.problem:
        yield Line(block.problem.origin, block.problem)
    for number, line in enumerate(block.lines.split(b"\n"), block.first):
        if line and not line.isspace():
            yield Line(f"{block.origin}:{number}", line)


def _object(line: bytes) -> dict[str, Any] | None:
    import msgspec

    try:
        value = msgspec.json.decode(line.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError):
        value = None
    return value if isinstance(value, dict) else None


def _papers(path: Path) -> Iterator[Line]:
    for row in scan(path):
        yield Line(f"{path}:{row['id']}", dict(row))


def open_parquet(path: Path) -> pa.parquet.ParquetFile:
    """Open a Parquet file that has a column by which papers are known."""
    try:
        import pyarrow as pa
        import pyarrow.parquet
    except ImportError:
        message = "reading Parquet needs `pip install 'bibkit-papers[duckdb]'`"
        raise ConfigError(message, origin=str(path), code="engine") from None
    try:
        file = pa.parquet.ParquetFile(path)
    except (OSError, pa.ArrowException) as error:
        message = f"cannot be read: {getattr(error, 'strerror', None) or error}"
        raise ListingError(message, origin=str(path), code="input") from error
    names = file.schema_arrow.names
    if not has_title(names):
        message = f"has no column `title`, but {', '.join(names[:20])}"
        raise ListingError(message, origin=str(path), code="no-title")
    return file


def _parquet_rows(path: Path, *, size: int = 2_000) -> Iterator[Line]:
    import pyarrow as pa

    file = open_parquet(path)
    number = 0
    try:
        for batch in file.iter_batches(batch_size=size):
            for row in batch.to_pylist():
                number += 1
                yield Line(f"{path}:{number}", row)
    except (OSError, ValueError, pa.ArrowException) as error:
        message = f"cannot be read from row {number + 1} on: {error}"
        raise ListingError(message, origin=str(path), code="input") from error
