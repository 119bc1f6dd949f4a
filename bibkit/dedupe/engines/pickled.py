"""Records that are in memory already ↔ rows, so that engines can be asked from Python."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator
from itertools import islice

import pyarrow as pa

from bibkit.dedupe.engines.batches import Item
from bibkit.record import Record


def as_batches(records: Iterable[Record], *, size: int = 2_000) -> Iterator[pa.RecordBatch]:
    """Yield records as rows."""
    numbered = enumerate(records)
    while some := list(islice(numbered, size)):
        yield pa.record_batch({
            "number": [number for number, _ in some],
            "record": [pickle.dumps(record) for _, record in some],
        })  # fmt: skip


def read_pickled(rows: pa.RecordBatch) -> Iterator[Item]:
    """Read such rows."""
    for number, record in zip(*(column.to_pylist() for column in rows.columns), strict=True):
        yield number, "", pickle.loads(record), ()  # noqa: S301 - from the process that asks
