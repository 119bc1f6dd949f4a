"""A catalogue as large as arXiv: the shared lines and changed copies of them, up to 2.9 million.

    python -m tests.benchmarks.full_size [LINES [FOLDER]]

Every line gets an abstract of about 1,200 characters (sentences of the shared abstracts, mixed
anew), so that the file has the size of arXiv's own snapshot, 5 GB, and every paper a fingerprint;
copies have other ids, and two words of the title changed. FOLDER keeps the files for another run.
Prints seconds (wall and CPU) and memory of `bibkit catalog import`, also as a ratio to reading the
same file line by line as JSON, the size of the catalogue, and look-ups of noisy titles.
Targets on two cores: ≤ 5 minutes, ≤ 1 GB of memory, ≤ 1.5 GB on disk; look-ups: median ≤ 6 ms,
99 % ≤ 100 ms, exact ≤ .2 ms.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from bibkit.catalog import open_catalog
from tests.benchmarks.resolve import NOISE, SHARED, Known, measure, noisy

ROOT = Path(__file__).resolve().parents[2]
FULL_SIZE = 2_900_000


def shared_lines() -> Iterator[dict[str, Any]]:
    for file in sorted((SHARED / "arxiv").glob("*.gz")):
        with gzip.open(file, "rt", encoding="utf-8") as opened:
            yield from map(json.loads, opened)


def sentences(most: int = 200_000) -> list[str]:
    found: list[str] = []
    for paper in shared_lines():
        if paper["abstract"]:
            found += [s for s in paper["abstract"].split(". ") if 40 < len(s) < 400]
        if len(found) >= most:
            break
    return found


def write_snapshot(path: Path, lines: int) -> list[Known]:
    """Write the snapshot; return a sample of what is in it."""
    rng = random.Random(17)
    pool, papers = sentences(), list(shared_lines())
    words = [word for paper in papers[::50] for word in paper["title"].split()]
    sample = []
    with path.open("wb") as out:
        for number in range(lines):
            paper = dict(papers[number % len(papers)])
            if number >= len(papers):
                paper["id"] = _new_id(number - len(papers))
                paper["title"] = _changed(paper["title"], words, rng)
            paper["abstract"] = ". ".join(rng.choices(pool, k=8))
            out.write(msgspec.json.encode(paper) + b"\n")
            if rng.random() < 0.005:
                sample.append(Known(paper["id"], paper["title"], ""))
    rng.shuffle(sample)
    return sample


def _new_id(number: int, *, months: int = 140, above: int = 45_000) -> str:
    """Return an id that no real paper has: no month had so many."""
    month = number % months
    return f"{15 + month // 12:02}{month % 12 + 1:02}.{above + number // months:05}"


def _changed(title: str, words: list[str], rng: random.Random) -> str:
    own = title.split()
    for place in rng.choices(range(len(own)), k=2):
        own[place] = rng.choice(words)
    return " ".join(own)


def main() -> None:
    if not SHARED.is_dir():
        sys.exit("the shared real data is not beside the project")
    if sys.argv[1:2] == ["--write"]:  # in a process of its own: its memory counts as its child's
        folder = Path(sys.argv[3])
        sample = write_snapshot(folder / "snapshot.json", int(sys.argv[2]))
        (folder / "known.json").write_bytes(msgspec.json.encode(sample))
        return
    lines = int(sys.argv[1]) if len(sys.argv) > 1 else FULL_SIZE
    with tempfile.TemporaryDirectory() as name:
        folder = Path(sys.argv[2] if len(sys.argv) > 2 else name)
        snapshot, known = folder / "snapshot.json", folder / "known.json"
        if not known.exists():
            write = [sys.executable, "-m", "tests.benchmarks.full_size", "--write"]
            subprocess.run([*write, str(lines), str(folder)], cwd=ROOT, check=True)
        print(f"{lines:,} lines, {snapshot.stat().st_size / 1e9:.2f} GB")
        report(
            snapshot,
            folder / "catalog.sqlite",
            msgspec.json.decode(known.read_bytes(), type=list[Known]),
        )


def report(snapshot: Path, catalog: Path, known: list[Known]) -> None:
    started = time.perf_counter()
    with snapshot.open("rb") as opened:
        for line in opened:
            json.loads(line)
    bare = time.perf_counter() - started
    catalog.unlink(missing_ok=True)
    command = [sys.executable, "-m", "bibkit", "catalog", "import", "--catalog", str(catalog)]
    started = time.perf_counter()
    process = subprocess.Popen([*command, "-q", str(snapshot)], cwd=ROOT)
    _, status, used = os.wait4(process.pid, 0)
    taken = time.perf_counter() - started
    if status:
        sys.exit("the import failed")
    print(
        f"import: {taken:.0f} s wall, {used.ru_utime + used.ru_stime:.0f} s CPU "
        f"({taken / bare:.2f} x reading it as JSON, {bare:.0f} s); larger process "
        f"{used.ru_maxrss / 1024:.0f} MB; catalogue {catalog.stat().st_size / 1e6:,.0f} MB"
    )
    with open_catalog(catalog) as opened:
        exact = 0.0
        for name, noise in NOISE.items():
            score = measure(opened, noisy(known, noise, 500))
            exact = exact or sorted(score.seconds)[len(score.seconds) // 2]
            print(score.row(name, exact))


if __name__ == "__main__":
    main()
