"""A sync of a large bibliography as a whole process: 5,000 entries, a page of 50 new papers.

    python tests/benchmarks/sync.py CATALOG

CATALOG has all shared records (`bibkit catalog import ../shared/arxiv/*.gz`). Prints CPU seconds
and peak memory. Targets (two cores): ≤ 3 s, ≤ 300 MB.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
ENTRIES, NEW = 5_000, 50
TOML = '[bibliography]\noutput = "refs.bib"\nlistings = ["pages/*"]\n'


def ids(count: int) -> list[str]:
    """Return ids of recent papers."""
    path = sorted((SHARED / "arxiv").glob("*.gz"))[-1]
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line)["id"] for line in islice(lines, count)]


def measured(name: str, command: list[str], folder: Path) -> None:
    """Run a command and print what it took."""
    environment = {**os.environ, "BIBKIT_HOME": f"{folder}/home", "PYTHONPATH": str(ROOT)}
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.PIPE)
    assert process.stderr
    said = process.stderr.read().decode().splitlines()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = usage.ru_utime + usage.ru_stime
    print(
        f"{name:34} {seconds:6.2f} s CPU {time.perf_counter() - started:6.2f} s "
        f"{usage.ru_maxrss // 1024:5} MB  {said[-1] if said else ''} (exit {process.returncode})"
    )


def main(catalog: str) -> None:
    if not SHARED.is_dir():
        sys.exit("the shared real data is not beside the project")
    found = ids(ENTRIES + NEW)
    sync = [sys.executable, "-m", "bibkit", "sync", "-q", "--offline", "--catalog", catalog]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "bibkit.toml").write_text(TOML)
        (folder / "pages").mkdir()
        old = folder / "pages" / "old.txt"
        old.write_text("\n".join(found[:ENTRIES]) + "\n")
        measured("first sync", sync, folder)
        old.unlink()
        (folder / "pages" / "new.txt").write_text("\n".join(found[ENTRIES:]) + "\n")
        measured("dry run with 50 new papers", [*sync, "--dry-run"], folder)
        measured("sync with 50 new papers", sync, folder)
        measured("second sync", sync, folder)
        old.write_text("\n".join(found[:ENTRIES]) + "\n")
        measured("with all 5,000 still listed", sync, folder)
        print(f"{(folder / 'refs.bib').stat().st_size / 1e6:.1f} MB, ", end="")
        print(f"lock {(folder / 'refs.bib.lock').stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main(*sys.argv[1:])
