"""Files that Spark reads → rows with a number, in the order of the files and of their lines.

Spark cuts files into blocks and reads them in any order; how many rows each block has tells,
without moving a row, which number its first one has.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from bibkit.errors import EngineError, ListingError
from bibkit.reconcile.large import arrow_rows, read_arrow_rows
from bibkit.reconcile.table_rows import has_title
from bibkit.reconcile.tables import JSON_LINES, PARQUET

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

    from bibkit.dedupe.engines.in_spark import Found


@contextmanager
def find_with_spark(names: Sequence[str], settings: Mapping[str, str]) -> Iterator[Found]:
    """Find the duplicates within and across files, which may be addresses that Spark reads.

    Raises:
        EngineError: PySpark, Java or the cluster is not there, or a stage failed.
        ListingError: a file cannot be read, or has no column for a title.

    """
    try:
        from bibkit.dedupe.engines.in_spark import matched, session
    except ImportError:
        message = "needs `pip install 'bibkit-papers[spark]'`"
        raise EngineError(message, origin="--engine spark") from None
    with (
        session(settings) as spark,
        matched(spark, _frames(spark, names), read_arrow_rows) as found,
    ):
        yield found


def _frames(spark: SparkSession, names: Sequence[str]) -> list[DataFrame]:
    frames: list[DataFrame] = []
    start = 0
    for name in dict.fromkeys(names):
        bare = name.rstrip("/").lower()
        if bare.endswith((*JSON_LINES, *PARQUET)):
            frame, start = _read(spark, name, start, json=bare.endswith(JSON_LINES))
            frames.append(frame)
        else:
            found, start = _from_here(spark, Path(name), start)
            frames += found
    return frames


def _from_here(spark: SparkSession, path: Path, start: int) -> tuple[list[DataFrame], int]:
    """Send what only bibkit reads: bibliographies, catalogues."""
    import pyarrow as pa

    kinds: defaultdict[tuple[str, ...], list[pa.RecordBatch]] = defaultdict(list)
    count = 0
    for batch in arrow_rows([path], start=start):
        kinds[tuple(batch.schema.names)].append(batch)
        count += batch.num_rows
    tables = [pa.Table.from_batches(some) for some in kinds.values()]
    return [spark.createDataFrame(table) for table in tables], start + count


def _read(spark: SparkSession, name: str, start: int, *, json: bool) -> tuple[DataFrame, int]:
    """Return the rows of a file or folder, numbered from `start`, and the number after the last."""
    from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's users know

    # Java does not follow when Python changes its folder
    address = str(Path(name).absolute()) if Path(name).exists() else name
    if json:
        source = spark.read.text(address, lineSep="\n")
        value = F.col("value").cast("binary").alias("json")
    else:
        source = spark.read.parquet(address)
        if not has_title(source.columns):
            message = f"has no column `title`, but {', '.join(source.columns[:20])}"
            raise ListingError(message, origin=name, code="no-title")
        value = _whole_row(source)
    rows = source.select(
        value,
        F.col("_metadata.file_path").alias("file"),
        F.col("_metadata.file_block_start").alias("block"),
        F.monotonically_increasing_id().alias("at"),
    )
    counted = rows.groupBy("file", "block").agg(F.count("at"), F.min("at")).collect()
    places = []
    line = 1
    last = ""
    for file, block, count, first in sorted(map(tuple, counted)):
        line, last = (line, last) if file == last else (1, file)
        origin = name if Path(name).is_file() else unquote(file.removeprefix("file://"))
        places.append((file, block, first, start, line, origin))
        start, line = start + count, line + count
    schema = "file string, block bigint, first bigint, start bigint, line bigint, origin string"
    placed = rows.join(F.broadcast(spark.createDataFrame(places, schema)), ["file", "block"])
    behind = F.col("at") - F.col("first")
    return placed.select(
        (F.col("start") + behind).alias("number"),
        F.concat_ws(":", "origin", (F.col("line") + behind).cast("string")).alias("origin"),
        "json" if json else "row",
    ), start


def _whole_row(source: DataFrame) -> Column:
    from pyspark.sql import functions as F  # noqa: N812

    names = ["`" + name.replace("`", "``") + "`" for name in source.columns]
    return F.struct(*names).alias("row")
