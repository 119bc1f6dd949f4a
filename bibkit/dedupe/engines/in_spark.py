"""Duplicates among more records than one machine holds, on the user's own Spark.

The same stages as `in_duckdb`, and the same functions on the same batches, as Arrow UDFs (no pandas
is needed for them); so bibkit must be installed where Spark's Python runs. Only numbers come to the
driver: pairs that are not different, and eight bytes a record for the connected components.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import accumulate
from typing import Any

import pyarrow as pa
from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's users know
from pyspark.sql.functions import arrow_udf

from bibkit.dedupe.blocking import LARGEST, WINDOW
from bibkit.dedupe.engines import batches
from bibkit.dedupe.engines.components import connected, parts_of
from bibkit.dedupe.engines.pickled import as_batches, read_pickled
from bibkit.dedupe.engines.workers import Function
from bibkit.dedupe.match import Duplicates, Match, Pair
from bibkit.errors import EngineError
from bibkit.record import Record

_TYPES = {
    pa.int64(): "bigint", pa.string(): "string", pa.binary(): "binary", pa.bool_(): "boolean",
    pa.list_(pa.string()): "array<string>",
}  # fmt: skip
_PARTITION = 33
"""Bits below the number of the partition in `monotonically_increasing_id`."""
_COUNTED = """
WITH word AS (SELECT number, explode(words) AS word FROM {record}),
shared AS (SELECT word, count(*) AS titles FROM word GROUP BY word HAVING count(*) > 1),
counted AS (
    SELECT number, collect_list(struct(word, titles)) AS counted
    FROM word JOIN shared USING (word) GROUP BY number)
SELECT number, counted.word AS words, counted.titles AS counts FROM counted
"""
_KEYS = """
SELECT xxhash64(key) AS hash, neighbours, number FROM (
    SELECT explode(keys) AS key, false AS neighbours, number FROM {record}
    UNION ALL SELECT explode(window_keys), true, number FROM {record}
    UNION ALL SELECT explode(keys), false, number FROM {by_words})
"""
_PAIRS = f"""
WITH block AS (
    SELECT hash, count(*) > {LARGEST} AS large FROM {{key}} GROUP BY hash
    HAVING count(*) BETWEEN 2 AND {LARGEST} OR (bool_or(neighbours) AND count(*) > {LARGEST})),
member AS (
    SELECT hash, number FROM {{key}}
    LEFT SEMI JOIN (SELECT hash FROM block WHERE NOT large) USING (hash)),
crowd AS (
    SELECT number, collect_list(number) OVER (
        PARTITION BY hash ORDER BY sorts, number ROWS BETWEEN 1 FOLLOWING AND {WINDOW} FOLLOWING
    ) AS others
    FROM {{key}} LEFT SEMI JOIN (SELECT hash FROM block WHERE large) USING (hash)
    JOIN {{record}} USING (number)),
next AS (SELECT number, explode(others) AS other FROM crowd)
SELECT DISTINCT * FROM (
    SELECT x.number AS lesser, y.number AS greater
    FROM member x JOIN member y ON x.hash = y.hash AND x.number < y.number
    UNION ALL SELECT least(number, other), greatest(number, other) FROM next)
"""  # noqa: S608 - two numbers of this program
_TITLES = """
SELECT lesser, greater, x.title_key AS lesser_title, y.title_key AS greater_title,
    x.start AS lesser_start, y.start AS greater_start, NOT arrays_overlap(x.facts, y.facts) AS apart
FROM {pair} JOIN {record} x ON x.number = lesser JOIN {record} y ON y.number = greater
"""
_FEATURES = """
SELECT lesser, greater, x.feature AS lesser_feature, y.feature AS greater_feature
FROM {near} JOIN {record} x ON x.number = lesser JOIN {record} y ON y.number = greater
"""
_COMPONENTS = """
WITH whole AS (
    SELECT first, collect_list(struct(number, origin, feature)) AS records
    FROM {component} JOIN {record} USING (number) GROUP BY first),
within AS (
    SELECT first, collect_list(struct(lesser, greater, decision)) AS pairs
    FROM {component} JOIN {matched} ON lesser = number GROUP BY first)
SELECT first, records, pairs FROM whole JOIN within USING (first)
"""
_FIRSTS = """
SELECT number, coalesce(lesser, number) AS first FROM {record}
LEFT JOIN {settled} ON kind = 'member' AND greater = number
"""
_TOLD = """
WITH said AS (
    SELECT kind, greater AS number,
        sort_array(collect_list(struct(lesser, label, origin, decision))) AS said
    FROM {settled} JOIN {record} ON number = lesser WHERE kind <> 'member' GROUP BY kind, greater)
SELECT r.number, r.label, r.origin, rank.number + 1 AS cluster, j.said AS joined, u.said AS unsure
FROM {record} r JOIN {first} f ON f.number = r.number JOIN {rank} rank ON rank.first = f.first
LEFT JOIN said j ON j.kind = 'joined' AND j.number = r.number
LEFT JOIN said u ON u.kind = 'unsure' AND u.number = r.number
"""


@contextmanager
def session(settings: Mapping[str, str]) -> Iterator[SparkSession]:
    """Start Spark, or use the running one; the master comes from the settings or spark-defaults.

    Raises:
        EngineError: Java or the cluster is not there, or a stage failed.

    """
    builder = SparkSession.builder.appName("bibkit dedupe")
    builder = builder.config("spark.ui.showConsoleProgress", "false")
    for name, value in settings.items():
        builder = builder.config(name, value)
    running = SparkSession.getActiveSession()
    spark = None
    try:
        spark = builder.getOrCreate()
        if spark.sparkContext.master.startswith("local") and "PYSPARK_PYTHON" not in os.environ:
            spark.sparkContext.pythonExec = sys.executable
        yield spark
    except (PySparkException, Py4JError) as error:
        said = next(iter(str(error).splitlines()), type(error).__name__)
        raise EngineError(said, origin="--engine spark") from error
    finally:
        if spark and not running:
            spark.stop()


def find_duplicates_in_spark(records: Iterable[Record], spark: SparkSession) -> Duplicates:
    """Return what `find_duplicates` returns, pairs sorted; the records go out from the driver."""
    rows = list(as_batches(records))
    frames = [spark.createDataFrame(pa.Table.from_batches(rows))] if rows else []
    with matched(spark, frames, read_pickled) as found:
        return found.duplicates()


@contextmanager
def matched(
    spark: SparkSession, rows: Sequence[DataFrame], read: batches.Reader
) -> Iterator[Found]:
    """Find the duplicates among rows; see `in_duckdb.matched`.

    Args:
        spark: a session.
        rows: with a column `number` that orders the records of all, and what `read` understands.
        read: makes records of rows, where Spark's Python runs.
    """
    yield _Run(spark).find(rows, read)


class _Run:
    """The stages, each carried out before the next is planned: plans of plans take minutes."""

    def __init__(self, spark: SparkSession) -> None:
        self.spark = spark

    def find(self, rows: Sequence[DataFrame], read: batches.Reader) -> Found:
        """Carry out all stages."""
        describe = partial(batches.describe, read=read)
        frames = [_through(describe, frame, batches.DESCRIBED) for frame in rows]
        frames = frames or [self.frame(batches.DESCRIBED.empty_table())]
        described = self.keep(_union(frames))
        record = described.where("feature IS NOT NULL")
        counted = self.sql(_COUNTED, record=record)
        by_words = self.keep(_through(batches.key_by_counted_words, counted, batches.KEYED))
        key = self.keep(self.sql(_KEYS, record=record, by_words=by_words))
        pair = self.keep(self.sql(_PAIRS, key=key, record=record))
        titles = self.sql(_TITLES, pair=pair, record=record)
        near = self.keep(_through(batches.prune, titles, batches.PAIRS))
        features = self.sql(_FEATURES, near=near, record=record)
        decided = self.keep(_through(batches.score, features, batches.MATCHED))
        component = self._components(record, decided)
        parts = self.sql(_COMPONENTS, component=component, record=record, matched=decided)
        settled = self.keep(_through(batches.settle_components, parts, batches.SETTLED))
        first = self.keep(self.sql(_FIRSTS, record=record, settled=settled))
        rank = self.keep(self.numbered(first.select("first").distinct().orderBy("first")))
        told = self.keep(self.sql(_TOLD, record=record, first=first, rank=rank, settled=settled))
        return Found(described, settled, first, told)

    def _components(self, record: DataFrame, decided: DataFrame) -> DataFrame:
        """Return which records pairs connect."""
        last = record.agg(F.max("number")).collect()[0][0]
        pairs = decided.select("lesser", "greater").toArrow()
        columns = (column.to_pylist() for column in pairs.columns)
        first = connected(zip(*columns, strict=True), size=1 + (last or 0))
        found = list(parts_of(first))
        schema = pa.schema({"part": pa.int64(), "first": pa.int64(), "number": pa.int64()})
        return self.keep(self.frame(pa.Table.from_batches(found, schema)))

    def numbered(self, rows: DataFrame) -> DataFrame:
        """Add `number`: 0, 1, 2 … in the order that rows have."""
        rows = self.keep(rows.withColumn("at", F.monotonically_increasing_id()))
        partition = F.shiftright("at", _PARTITION)
        counts = rows.groupBy(partition.alias("partition")).count().orderBy("partition").collect()
        starts = accumulate((row["count"] for row in counts), initial=0)
        offsets = {row["partition"]: start for row, start in zip(counts, starts, strict=False)}
        if not offsets:
            return rows.withColumn("number", F.lit(0).cast("bigint"))
        table = F.create_map(*(F.lit(part) for pair in offsets.items() for part in pair))
        within = F.col("at") - F.shiftleft(partition, _PARTITION)
        return rows.withColumn("number", (within + table[partition]).cast("bigint"))

    def sql(self, query: str, **frames: DataFrame) -> DataFrame:
        return self.spark.sql(query, **frames)

    def frame(self, table: pa.Table) -> DataFrame:
        return self.spark.createDataFrame(table)

    def keep(self, frame: DataFrame) -> DataFrame:
        """Store what a stage makes; `spark.checkpoint.dir` says where, if executors come and go."""
        lasting = self.spark.sparkContext.getCheckpointDir() is not None
        return frame.checkpoint() if lasting else frame.localCheckpoint()


def _union(frames: Sequence[DataFrame]) -> DataFrame:
    whole, *others = frames
    for frame in others:
        whole = whole.unionByName(frame)
    return whole


def _through(function: Function, rows: DataFrame, schema: pa.Schema) -> DataFrame:
    """Send rows through a function of batches; what it returns may have more rows, or fewer."""
    fields = ", ".join(f"{field.name}: {_TYPES[field.type]}" for field in schema)
    call = _whole_batch(function)
    udf: Callable[..., Column] = arrow_udf(call, f"array<struct<{fields}>>")
    return rows.select(F.inline(udf(F.struct(*rows.columns))))


def _whole_batch(function: Function) -> Callable[[pa.Array], pa.Array]:
    """Return an Arrow UDF: the first row of a batch gets all that comes out, others nothing."""

    def call(rows: pa.Array) -> pa.Array:
        found = function(pa.RecordBatch.from_struct_array(rows))
        ends = pa.array([0] + [found.num_rows] * len(rows), pa.int32())
        return pa.ListArray.from_arrays(ends, found.to_struct_array())

    call.__annotations__ = {"rows": pa.Array, "return": pa.Array}  # Spark looks at them
    return call


class Found:
    """What was found, as long as its session is there."""

    def __init__(
        self, described: DataFrame, settled: DataFrame, first: DataFrame, told: DataFrame
    ) -> None:
        self._described = described
        self._settled = settled
        self._first = first
        self._told = told

    def problems(self) -> Iterator[str]:
        """Yield what is wrong with rows, in their order."""
        found = self._described.select("number", F.posexplode("problems").alias("place", "said"))
        for row in found.orderBy("number", "place").toLocalIterator():
            yield row["said"]

    def frame(self) -> DataFrame:
        """Return every record with its cluster, in input order (`batches.TOLD`)."""
        told = self._told.repartitionByRange("number").sortWithinPartitions("number")
        return _through(batches.tell, told, batches.TOLD)

    def rows(self, *, size: int = 10_000) -> Iterator[pa.RecordBatch]:
        """Yield the same in batches, here."""
        some: list[dict[str, Any]] = []
        for row in self.frame().toLocalIterator(prefetchPartitions=True):
            some.append(row.asDict())
            if len(some) == size:
                yield pa.RecordBatch.from_pylist(some, schema=batches.TOLD)
                some = []
        yield pa.RecordBatch.from_pylist(some, schema=batches.TOLD)

    def write(self, address: str) -> None:
        """Write the same as Spark writes: a folder of parts, at an address that it knows."""
        self.frame().write.format("parquet" if address.endswith(".parquet") else "json").save(
            address
        )

    def counts(self) -> tuple[int, int, int]:
        """Return how many records, clusters and unsure pairs there are."""
        counted = self._first.agg(F.count("number"), F.countDistinct("first")).collect()[0]
        return counted[0], counted[1], self._settled.where("kind = 'unsure'").count()

    def duplicates(self) -> Duplicates:
        """Return it all at once; what `find_duplicates` calls an index is a number here."""
        groups: dict[int, list[int]] = {}
        for row in self._first.orderBy("number").collect():
            groups.setdefault(row["first"], []).append(row["number"])
        return Duplicates(
            tuple(tuple(groups[first]) for first in sorted(groups)),
            tuple(self._pairs("joined")),
            tuple(self._pairs("unsure")),
        )

    def _pairs(self, kind: str) -> Iterator[Pair]:
        found = self._settled.where(F.col("kind") == kind).orderBy("lesser", "greater").collect()
        for row in found:
            decision = batches.unpack(bytes(row["decision"]), Match)
            yield row["lesser"], row["greater"], decision
