"""More records than memory holds → their clusters, row by row, by one of the engines."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from bibkit.errors import EngineError
from bibkit.reconcile.reading import read_files
from bibkit.reconcile.table_rows import read_row
from bibkit.reconcile.tables import (
    Line,
    count_rows,
    json_blocks,
    lines_in,
    lines_of,
    open_parquet,
    read_line,
    table_kind,
)
from bibkit.record import Problem

if TYPE_CHECKING:
    import pyarrow as pa

    from bibkit.dedupe.engines.batches import Item

MOST_IN_MEMORY = 100_000
"""Records that are compared in memory unless another engine is named: some 700 MB."""


class Clustered(Protocol):
    """What an engine found, as long as it is open."""

    def problems(self) -> Iterator[str]:
        """Yield what is wrong with rows."""

    def rows(self) -> Iterator[pa.RecordBatch]:
        """Yield every record with its cluster and reasons."""

    def write(self, address: str) -> None:
        """Write the rows where only the engine can."""

    def counts(self) -> tuple[int, int, int]:
        """Return how many records, clusters and unsure pairs there are."""


def rows_in_tables(paths: Iterable[Path]) -> int:
    """Return how many rows the tables among some files have."""
    return sum(count_rows(path) for path in paths if table_kind(path))


def has_duckdb() -> bool:
    """Tell whether the extra with DuckDB is installed."""
    from importlib.util import find_spec

    return all(find_spec(name) for name in ("duckdb", "pyarrow"))


@contextmanager
def find_with_duckdb(paths: Sequence[Path]) -> Iterator[Clustered]:
    """Find the duplicates within and across files of any size on this machine."""
    try:
        from bibkit.dedupe.engines.in_duckdb import matched
    except ImportError:
        message = "needs `pip install 'bibkit-papers[duckdb]'`"
        raise EngineError(message, origin="--engine duckdb") from None
    with matched(arrow_rows(paths), read_arrow_rows) as found:
        yield found


def arrow_rows(paths: Sequence[Path], *, start: int = 0) -> Iterator[pa.RecordBatch]:
    """Yield the rows of tables as they stand, and the papers of other files, with their numbers."""
    import pyarrow as pa

    once = {os.path.realpath(path): path for path in reversed(paths)}
    for path in reversed(once.values()):
        for columns in _columns(path):
            size = len(columns["origin"])
            numbers = pa.array(range(start, start + size), pa.int64())
            yield pa.record_batch({"number": numbers, **columns})
            start += size


def read_arrow_rows(rows: pa.RecordBatch) -> Iterator[Item]:
    """Read what `arrow_rows` yields; the column's name tells what stands in it."""
    names = rows.schema.names
    for number, origin, value in zip(*(c.to_pylist() for c in rows.columns), strict=True):
        if "problem" in names:
            yield number, "", None, [Problem(origin, *value)]
        elif "paper" in names:
            label, record = pickle.loads(value)  # noqa: S301 - from the process that asks
            yield number, label, record, ()
        elif "json" in names:
            if value and not value.isspace():
                yield number, *read_line(Line(origin, value))
        else:
            yield number, *read_row(value, origin=origin)


def _columns(path: Path) -> Iterator[Mapping[str, Sequence[object] | pa.Array]]:
    kind = table_kind(path)
    if kind is None:
        yield from _papers_of(path)
        return
    if kind == "json-lines":
        yield from _json_columns(path)
    elif kind == "parquet":
        yield from _parquet_columns(path)
    else:
        lines = lines_of(path)
        while some := list(islice(lines, 2_000)):
            yield {"origin": [one.origin for one in some], "row": [one.data for one in some]}


def _json_columns(path: Path) -> Iterator[Mapping[str, Sequence[object]]]:
    for block in json_blocks(path):
        lines = list(lines_in(block))
        bad = [one.data for one in lines if isinstance(one.data, Problem)]
        if bad:
            yield {"origin": [one.origin for one in bad], "problem": [_parts(one) for one in bad]}
        good = [one for one in lines if not isinstance(one.data, Problem)]
        if good:
            yield {"origin": [one.origin for one in good], "json": [one.data for one in good]}


def _parts(problem: Problem) -> tuple[str, str]:
    return problem.code, problem.message


def _parquet_columns(path: Path) -> Iterator[Mapping[str, Sequence[object] | pa.Array]]:
    """Yield rows without making Python objects of them: the workers do that."""
    import pyarrow as pa

    number = 1
    for batch in open_parquet(path).iter_batches(batch_size=2_000):
        origins = [f"{path}:{line}" for line in range(number, number + batch.num_rows)]
        number += batch.num_rows
        yield {"origin": origins, "row": pa.array(batch.to_struct_array())}


def _papers_of(path: Path) -> Iterator[Mapping[str, Sequence[object]]]:
    shelf = read_files([path])
    for problem in shelf.problems:
        yield {"origin": [problem.origin], "problem": [_parts(problem)]}
    papers = iter(shelf.papers)
    while some := list(islice(papers, 2_000)):
        yield {
            "origin": [paper.origin for paper in some],
            "paper": [pickle.dumps((paper.label, paper.record)) for paper in some],
        }
