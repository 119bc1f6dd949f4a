"""Duplicates among 10,000 to 1,000,000 records with an engine: seconds, memory, growth; run by hand.

    python tests/benchmarks/dedupe_engines.py                        # DuckDB, 10k, 100k and 1M
    python tests/benchmarks/dedupe_engines.py --engine spark 10000 100000

Half of the records are copies with slips, initials, cut titles. They are real titles where the shared
data is beside the project, else made ones. `bibkit dedupe` runs as a user runs it, on a Parquet file;
its memory is the sum over all its processes, looked at five times a second.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from bibkit.record import Author, Record  # noqa: E402
from bibkit.text.names import full_name, parse_authors  # noqa: E402
from tests.benchmarks.dedupe import SHARED, _arxiv_lines, perturbed  # noqa: E402

SCHEMA = pa.schema({
    "id": pa.string(), "title": pa.string(), "authors": pa.list_(pa.string()), "year": pa.int64()
})  # fmt: skip
SYLLABLES = "ba ce di fo gu ha je ki lo mu na pe qui ro su ta ve wi xo zu".split()


@dataclass
class Run:
    """What one run took."""

    wall: float
    cpu: float
    memory: int
    """Most at one time, of all processes, MB."""


def originals() -> Iterator[Record]:
    if (SHARED / "arxiv").is_dir():
        for line in _arxiv_lines():
            paper = json.loads(line)
            yield Record(
                "", " ".join(paper["title"].split()), "", parse_authors(paper.get("authors") or ""),
                year=int((paper.get("update_date") or "2014")[:4]),
            )  # fmt: skip
    rng = random.Random(7)
    words = ["".join(rng.choices(SYLLABLES, k=rng.randint(2, 4))) for _ in range(60_000)]
    weights = [1 / (rank + 3) for rank in range(len(words))]  # as words of a language are used
    while True:
        title = " ".join(rng.choices(words, weights, k=rng.randint(4, 14))).capitalize()
        names = [Author(rng.choice(words).capitalize(), rng.choice("ABCDEFG")) for _ in range(4)]
        yield Record("", title, "", tuple(names), year=rng.randint(1995, 2025))


def write_records(path: Path, count: int) -> None:
    """Write `count` records: `a7` is an original, `b7` its copy."""
    rng = random.Random(count)
    source = originals()
    with pa.parquet.ParquetWriter(path, SCHEMA) as writer:
        for first in range(0, count, 20_000):
            rows = []
            for number in range(first, min(first + 20_000, count), 2):
                record = next(source)
                for name, one in (("a", record), ("b", perturbed(record, rng, ""))):
                    authors = [full_name(author) for author in one.authors]
                    row = (f"{name}{number}", one.title, authors, one.year)
                    rows.append(dict(zip(SCHEMA.names, row, strict=True)))
            writer.write_table(pa.Table.from_pylist(rows, SCHEMA))


def run(source: Path, out: Path, engine: str) -> Run:
    command: list[str | Path] = ["dedupe", source, "--engine", engine, "--clusters", out]
    started = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "bibkit", *command], cwd=ROOT)
    most = [0]
    watcher = threading.Thread(target=watch, args=(process.pid, most), daemon=True)
    watcher.start()
    _, status, used = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"bibkit ended with {status}")
    return Run(time.perf_counter() - started, used.ru_utime + used.ru_stime, most[0] >> 20)


def watch(root: int, most: list[int]) -> None:
    """Keep the greatest sum of resident memory of a process and all that it started."""
    while Path(f"/proc/{root}").exists():
        most[0] = max(most[0], sum(map(resident, family(root))))
        time.sleep(0.2)


def family(root: int) -> list[int]:
    children: defaultdict[int, list[int]] = defaultdict(list)
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        children[parent].append(int(stat.parent.name))
    found = [root]
    for pid in found:
        found += children[pid]
    return found


def resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def judge(out: Path) -> tuple[int, int]:
    """Count the copies that were found, and the pairs that are no copies."""
    groups: defaultdict[int, list[str]] = defaultdict(list)
    for row in pa.parquet.read_table(out, columns=["id", "cluster"]).to_pylist():
        groups[row["cluster"]].append(row["id"][1:])
    right = sum(len(group) - len(set(group)) for group in groups.values())
    pairs = sum(len(group) * (len(group) - 1) // 2 for group in groups.values())
    return right, pairs - right


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("counts", type=int, nargs="*")
    parser.add_argument("--engine", default="duckdb")
    args = parser.parse_args()
    before: Run | None = None
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder) / "records.parquet", Path(folder) / "clusters.parquet"
        for count in args.counts or [10_000, 100_000, 1_000_000]:
            write_records(source, count)
            done = run(source, out, args.engine)
            right, wrong = judge(out)
            grown = (
                f"   {done.wall / before.wall:5.1f} x wall {done.cpu / before.cpu:5.1f} x CPU"
                if before
                else ""
            )
            print(
                f"{count:>9,} records {done.wall:7.1f} s {done.cpu:7.1f} s CPU {done.memory:6} MB   "
                f"found {right / (count // 2):.4f} of the copies, {wrong} other pairs{grown}",
                flush=True,
            )
            before = done


if __name__ == "__main__":
    main()
