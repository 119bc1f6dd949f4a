"""Large listings: how time and memory grow with the number of records, whole processes.

    python tests/benchmarks/scale.py [RECORDS …]        (default: 1000 10000)

Makes a catalogue and Daily Papers pages whose records have abstracts of 1,500 characters, and builds
each page twice, offline: first to a new OUT, then to the same one. Beside each stands the baseline of
the same run: a bare interpreter that reads the page and keeps its records as pieces of text.
Targets (two cores, 10,000 records): ≤ 25 s, ≤ 40 KB more memory for each record, and no more for
each of 10,000 than for each of 1,000.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SYLLABLES = "bo cra dun fel gri hov jut kel mip nar osk pel qui ros tam ul vey wix yar zen".split()
BARE = "import sys, sqlite3; kept = open(sys.argv[1], encoding='utf-8').read().split('\\n\\n'); print(len(kept))"


def words(source: random.Random) -> Iterator[str]:
    while True:
        yield "".join(source.choices(SYLLABLES, k=source.randint(1, 3)))


def papers(count: int) -> Iterator[tuple[str, str, str]]:
    """Yield ids, titles and abstracts of papers that nobody wrote; the same ones every time."""
    stream = words(random.Random(7))
    for number in range(count):
        title = " ".join(next(stream) for _ in range(9)).capitalize()
        abstract = " ".join(next(stream) for _ in range(260))[:1499] + "."
        yield f"{2001 + number // 90_000:04}.{number % 90_000:05}", title, abstract


def snapshot_line(identifier: str, title: str, abstract: str) -> str:
    line = {
        "id": identifier, "title": title, "authors": "Ada Example, Bo Beispiel",
        "categories": "cs.CL", "abstract": abstract,
        "versions": [{"version": "v1", "created": "Mon, 13 Jan 2020 10:00:00 GMT"}],
    }  # fmt: skip
    return json.dumps(line)


def write_page(path: Path, count: int) -> None:
    with path.open("w", encoding="utf-8") as page:
        page.write("Daily Papers\n\nbyAK and the research community\n\nJan 13\n\n")
        for _, title, abstract in papers(count):
            page.write(f"{title}\n\n{abstract}\n\n·\n\n2 authors\n\n")


def measured(command: list[str], environment: dict[str, str]) -> tuple[float, int]:
    """Return the seconds and the peak memory in KB of a command."""
    started = time.perf_counter()
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as child:
        errors = child.stderr.read() if child.stderr else b""
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit(errors.decode())
    return time.perf_counter() - started, usage.ru_maxrss


def main(sizes: list[int]) -> None:
    bibkit = [sys.executable, "-m", "bibkit"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = {**os.environ, "BIBKIT_HOME": name, "PYTHONPATH": str(ROOT)}
        lines = folder / "papers.jsonl"
        with lines.open("w", encoding="utf-8") as snapshot:
            for paper in papers(max(sizes)):
                snapshot.write(snapshot_line(*paper) + "\n")
        measured([*bibkit, "catalog", "import", str(lines), "-q"], environment)
        smallest: dict[str, tuple[int, int]] = {}
        for size in sizes:
            page = folder / f"page-{size}.txt"
            write_page(page, size)
            build = [*bibkit, "build", str(folder / f"{size}.bib"), str(page), "--from", "hf_daily",
                     "--page-date", "2020-01-13", "--offline", "-q", "--strict"]  # fmt: skip
            for what, command in (
                ("bare interpreter", [sys.executable, "-c", BARE, str(page)]),
                ("build", build),
                ("build, nothing new", build),
            ):
                taken, peak = measured(command, environment)
                less, before = smallest.setdefault(what, (size, peak))
                growth = (
                    f"{(peak - before) / (size - less):5.1f} KB a record" if size > less else ""
                )
                print(f"{size:7} records  {what:20} {taken:7.2f} s {peak / 1024:7.0f} MB  {growth}")


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [1_000, 10_000])
