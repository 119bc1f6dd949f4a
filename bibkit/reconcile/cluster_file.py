"""Clusters → a file of one row for each record: JSON lines, or Parquet by its suffix."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import msgspec

from bibkit.errors import ConfigError, OutputError
from bibkit.sync import clear_leftover
from bibkit.sync.atomic import temporary_path

if TYPE_CHECKING:
    import pyarrow as pa

    from bibkit.reconcile import Found

SUFFIXES = (".jsonl", ".ndjson", ".parquet")


def rows_of(found: Found) -> Iterator[Mapping[str, Any]]:
    """Yield every paper that was compared in memory, as the engines yield them."""
    papers = found.shelf.papers
    clusters = {node: cluster for cluster in found.outcome.clusters for node in cluster}
    number: dict[int, int] = {}
    said: dict[str, dict[int, list[str]]] = {"because": {}, "unsure": {}}
    for kind, pairs in (("because", found.outcome.joined), ("unsure", found.outcome.unsure)):
        for (i, j), match in sorted(pairs.items()):
            why = f"{papers[i].label} ({papers[i].origin}): {'; '.join(match.evidence)}"
            said[kind].setdefault(j, []).append(why)
    for place, paper in enumerate(papers):
        first = clusters.get(place, (place,))[0]
        yield {
            "id": paper.label,
            "origin": paper.origin,
            "cluster": number.setdefault(first, len(number) + 1),
            **{kind: said[kind].get(place, []) for kind in said},
        }


def json_lines(rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """Yield a line of JSON for each row."""
    encoder = msgspec.json.Encoder()
    for row in rows:
        yield encoder.encode(_sound(row)) + b"\n"


def _sound(row: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: _unicode(value) for name, value in row.items()}


def _unicode(value: Any) -> Any:
    if isinstance(value, list):
        return [_unicode(one) for one in value]
    if isinstance(value, str) and not value.isascii():
        return value.encode("utf-8", "backslashreplace").decode()
    return value


def write_json_lines(rows: Iterable[Mapping[str, Any]], path: Path) -> None:
    """Write rows; the file is whole or, after an interruption, as it was."""
    with _arriving(path) as file:
        file.writelines(json_lines(rows))


def write_parquet(batches: Iterable[pa.RecordBatch], path: Path) -> None:
    """Write the batches of an engine; the file is whole or as it was."""
    import pyarrow.parquet

    from bibkit.dedupe.engines.batches import TOLD

    with _arriving(path) as file, pyarrow.parquet.ParquetWriter(file, TOLD) as writer:
        for batch in batches:
            writer.write_batch(batch)


def write_rows_as_parquet(rows: Iterable[Mapping[str, Any]], path: Path) -> None:
    """Write the rows of what was found in memory."""
    try:
        import pyarrow as pa

        from bibkit.dedupe.engines.batches import TOLD
    except ImportError:
        message = "writing Parquet needs `pip install 'bibkit-papers[duckdb]'`"
        raise ConfigError(message, origin=str(path), code="engine") from None
    whole = [dict(_sound(row)) for row in rows]
    write_parquet([pa.RecordBatch.from_pylist(whole, schema=TOLD)], path)


@contextmanager
def _arriving(path: Path) -> Iterator[IO[bytes]]:
    temporary = temporary_path(path)
    try:
        clear_leftover(path)
        with temporary.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        message = f"cannot be written: {error.strerror or error}"
        raise OutputError(message, origin=str(path)) from error
    finally:
        clear_leftover(path)
