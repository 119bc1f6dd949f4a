"""Duplicates among any number of records with DuckDB: what is relational in SQL, the rest here.

Everything lies in a temporary database with bounded memory; Python sees a batch at a time, in
processes of its own. The rules are those of `find_duplicates` (`engines.batches`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow as pa

from bibkit.dedupe.blocking import LARGEST, WINDOW
from bibkit.dedupe.engines import batches
from bibkit.dedupe.engines.components import connected, parts_of
from bibkit.dedupe.engines.pickled import as_batches, read_pickled
from bibkit.dedupe.engines.workers import Function, Workers
from bibkit.dedupe.match import Duplicates, Match, Pair
from bibkit.errors import EngineError
from bibkit.record import Record

_TABLES = """
CREATE TABLE record (
    number BIGINT, label VARCHAR, origin VARCHAR, title_key VARCHAR, start VARCHAR, sorts BLOB,
    facts UBIGINT[], feature BLOB);
CREATE TABLE title (number BIGINT, words VARCHAR[]);
CREATE TABLE problem (number BIGINT, said VARCHAR);
CREATE TABLE key (hash UBIGINT, neighbours BOOLEAN, number BIGINT);
CREATE TABLE near (lesser BIGINT, greater BIGINT);
CREATE TABLE matched (lesser BIGINT, greater BIGINT, same BOOLEAN, decision BLOB);
CREATE TABLE component (part BIGINT, first BIGINT, number BIGINT);
CREATE TABLE settled (kind VARCHAR, lesser BIGINT, greater BIGINT, decision BLOB);
"""
_RECORDS = """
INSERT INTO record
    SELECT number, label, origin, title_key, start, sorts,
        list_transform(facts, lambda x: hash(x)), feature
    FROM batch WHERE feature IS NOT NULL;
INSERT INTO title SELECT number, words FROM batch WHERE feature IS NOT NULL;
INSERT INTO problem SELECT number, unnest(problems) FROM batch;
INSERT INTO key SELECT hash(unnest(keys)), false, number FROM batch;
INSERT INTO key SELECT hash(unnest(window_keys)), true, number FROM batch;
"""
_FREQUENCY = """
SELECT word, count(*) FROM (SELECT unnest(words) AS word FROM title) GROUP BY word
HAVING count(*) > 1
"""
_PAIRS = f"""
CREATE TABLE block AS
    SELECT hash, count(*) > {LARGEST} AS large FROM key GROUP BY hash
    HAVING count(*) BETWEEN 2 AND {LARGEST} OR (bool_or(neighbours) AND count(*) > {LARGEST});
CREATE TABLE pair AS
WITH member AS (SELECT hash, number FROM key SEMI JOIN (FROM block WHERE NOT large) USING (hash)),
crowd AS (
    SELECT number, list(number) OVER (
        PARTITION BY hash ORDER BY sorts, number ROWS BETWEEN 1 FOLLOWING AND {WINDOW} FOLLOWING
    ) AS others
    FROM key SEMI JOIN (FROM block WHERE large) USING (hash) JOIN record USING (number)),
next AS (SELECT number, unnest(others) AS other FROM crowd)
SELECT DISTINCT * FROM (
    SELECT x.number AS lesser, y.number AS greater
    FROM member x JOIN member y ON x.hash = y.hash AND x.number < y.number
    UNION ALL SELECT least(number, other), greatest(number, other) FROM next);
DROP TABLE key; DROP TABLE block;
"""  # noqa: S608 - two numbers of this program
_TITLES = """
SELECT lesser, greater, x.title_key AS lesser_title, y.title_key AS greater_title,
    x.start AS lesser_start, y.start AS greater_start, NOT list_has_any(x.facts, y.facts) AS apart
FROM pair JOIN record x ON x.number = lesser JOIN record y ON y.number = greater
"""
_FEATURES = """
SELECT lesser, greater, x.feature AS lesser_feature, y.feature AS greater_feature
FROM (FROM near ORDER BY lesser, greater)
JOIN record x ON x.number = lesser JOIN record y ON y.number = greater
"""
_COMPONENTS = """
SELECT first, records, pairs FROM (
    SELECT first, list({'number': number, 'origin': origin, 'feature': feature}) AS records
    FROM component JOIN record USING (number) WHERE part = $part GROUP BY first)
JOIN (
    SELECT first, list({'lesser': lesser, 'greater': greater, 'decision': decision}) AS pairs
    FROM component JOIN matched ON lesser = number WHERE part = $part GROUP BY first)
USING (first)
"""
_CLUSTERS = """
CREATE TABLE cluster AS
SELECT number, dense_rank() OVER (ORDER BY coalesce(lesser, number)) AS cluster
FROM record LEFT JOIN settled ON kind = 'member' AND greater = number;
"""
_TOLD = """
WITH said AS (
    SELECT kind, greater AS number,
        list({'label': label, 'origin': origin, 'decision': decision} ORDER BY lesser) AS said
    FROM settled JOIN record ON number = lesser WHERE kind <> 'member' GROUP BY ALL)
SELECT label, origin, cluster, j.said AS joined, u.said AS unsure
FROM record JOIN cluster USING (number)
LEFT JOIN said j ON j.kind = 'joined' AND j.number = record.number
LEFT JOIN said u ON u.kind = 'unsure' AND u.number = record.number
ORDER BY record.number
"""


def find_duplicates_in_duckdb(records: Iterable[Record], **options: Any) -> Duplicates:
    """Return what `find_duplicates` returns, pairs sorted; `options` are those of `matched`."""
    with matched(as_batches(records), read_pickled, **options) as found:
        return found.duplicates()


@contextmanager
def matched(
    rows: Iterable[pa.RecordBatch],
    read: batches.Reader,
    *,
    memory: str = "2GB",
    workers: int | None = None,
) -> Iterator[Found]:
    """Find the duplicates among rows, and give them as long as the `with` block lasts.

    Args:
        rows: with a column `number` that orders the records, and what `read` understands.
        read: makes records of rows, in other processes.
        memory: what DuckDB may use; beyond that it goes to a temporary folder (`TMPDIR`).
        workers: processes besides this one; as many as there are processors, up to eight.

    Raises:
        EngineError: no memory, no space left on the disk, a worker was killed.

    """
    with (
        TemporaryDirectory(prefix="bibkit-dedupe-", ignore_cleanup_errors=True) as folder,
        Workers(workers) as pool,
        _database(Path(folder), memory, pool.count) as connection,
    ):
        run = _Run(connection, pool)
        run.describe(rows, read)
        run.pair()
        run.decide()
        run.settle()
        yield Found(run)


@contextmanager
def _database(folder: Path, memory: str, threads: int) -> Iterator[duckdb.DuckDBPyConnection]:
    threads = max(1, threads)
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory,
        "temp_directory": str(folder / "spilled"),
        "threads": str(threads),
    }
    connection = duckdb.connect(config=settings)
    try:
        connection.execute(_TABLES)
        yield connection
    except duckdb.Error as error:
        said = next(iter(str(error).splitlines()), "")
        raise EngineError(said, origin="--engine duckdb") from error
    finally:
        connection.close()


class _Run:
    """The stages, each of which reads some tables and fills others."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, pool: Workers) -> None:
        self.connection = connection
        self.pool = pool

    def describe(self, rows: Iterable[pa.RecordBatch], read: batches.Reader) -> None:
        """Store what is compared of each record, and its keys."""
        self._store(_RECORDS, self.pool.map(partial(batches.describe, read=read), rows))
        frequency = dict(self.connection.execute(_FREQUENCY).fetchall())
        keys = partial(batches.key_by_words, frequency=frequency)
        insert = "INSERT INTO key SELECT hash(unnest(keys)), false, number FROM batch"
        self._store(insert, self.pool.map(keys, self._read("FROM title", size=20_000)))
        self.connection.execute("DROP TABLE title")

    def pair(self) -> None:
        """Store the pairs that are worth comparing."""
        self.connection.execute(_PAIRS)
        self._through(batches.prune, _TITLES, "INSERT INTO near FROM batch", size=20_000)
        self.connection.execute("DROP TABLE pair")

    def decide(self) -> None:
        """Store the pairs that are the same or unsure."""
        self._through(batches.score, _FEATURES, "INSERT INTO matched FROM batch", size=5_000)
        self.connection.execute("DROP TABLE near")

    def settle(self) -> None:
        """Store the groups, and the pairs that made them or that a person should look at."""
        last = self.connection.execute("SELECT max(number) FROM record").fetchone()
        pairs = (
            pair
            for some in self._read("SELECT lesser, greater FROM matched", size=50_000)
            for pair in zip(*(column.to_pylist() for column in some.columns), strict=True)
        )
        first = connected(pairs, size=1 + (last[0] or 0) if last else 0)
        self._store("INSERT INTO component FROM batch", parts_of(first))
        parts = self.connection.execute("SELECT DISTINCT part FROM component ORDER BY part")
        some = (
            batch
            for (part,) in parts.fetchall()
            for batch in self._read(_COMPONENTS, size=1_000_000, part=part)
        )
        settled = self.pool.map(batches.settle_components, some)
        self._store("INSERT INTO settled FROM batch", settled)
        self.connection.execute(_CLUSTERS)

    def _through(self, function: Function, query: str, insert: str, *, size: int) -> None:
        self._store(insert, self.pool.map(function, self._read(query, size=size)))

    def _read(self, query: str, *, size: int, **values: object) -> Iterator[pa.RecordBatch]:
        with self.connection.cursor() as reading:  # of its own: another one writes meanwhile
            yield from reading.sql(query, params=values).to_arrow_reader(size)

    def _store(self, insert: str, found: Iterable[pa.RecordBatch]) -> None:
        with self.connection.cursor() as writing:
            writing.begin()
            for some in found:
                writing.register("batch", some)
                writing.execute(insert)
                writing.unregister("batch")
            writing.commit()


class Found:
    """What was found, as long as its database is there."""

    def __init__(self, run: _Run) -> None:
        self._run = run

    def problems(self) -> Iterator[str]:
        """Yield what is wrong with rows, in their order."""
        for some in self._run._read("SELECT said FROM problem ORDER BY number", size=10_000):
            yield from some.column(0).to_pylist()

    def rows(self) -> Iterator[pa.RecordBatch]:
        """Yield every record with its cluster, in input order (`batches.TOLD`)."""
        return self._run.pool.map(batches.tell, self._run._read(_TOLD, size=10_000))

    def write(self, address: str) -> None:
        """Refuse what is no local file."""
        raise EngineError("only --engine spark writes to an address", origin=address)

    def counts(self) -> tuple[int, int, int]:
        """Return how many records, clusters and unsure pairs there are."""
        counted = self._run.connection.execute(
            "SELECT count(*), count(DISTINCT cluster),"
            " (SELECT count(*) FROM settled WHERE kind = 'unsure') FROM cluster"
        ).fetchone()
        return counted or (0, 0, 0)

    def duplicates(self) -> Duplicates:
        """Return it all at once; what `find_duplicates` calls an index is a number here."""
        groups: dict[int, list[int]] = {}
        query = "SELECT cluster, number FROM cluster ORDER BY number"
        for cluster, number in self._run.connection.execute(query).fetchall():
            groups.setdefault(cluster, []).append(number)
        return Duplicates(
            tuple(tuple(groups[cluster]) for cluster in sorted(groups)),
            tuple(self._pairs("joined")),
            tuple(self._pairs("unsure")),
        )

    def _pairs(self, kind: str) -> Sequence[Pair]:
        query = (
            "SELECT lesser, greater, decision FROM settled WHERE kind = ? ORDER BY lesser, greater"
        )
        found = self._run.connection.execute(query, [kind]).fetchall()
        return [(i, j, batches.unpack(bytes(data), Match)) for i, j, data in found]
