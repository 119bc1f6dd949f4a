"""`bibkit fmt --check` of 10,000 entries, beside reading them alone, in the same run.

    python -m tests.benchmarks.fmt

Prints seconds of processor time, and the ratio to plain reading: a tidy file, one in which every entry
would change, every rule at once; and the whole process. Target: `fmt --check` ≤ 3 s.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bibkit.bibfile import read_bib
from bibkit.fmt import choose, format_bib
from tests.benchmarks.bibfile import ENTRY, ROOT

ENTRIES = 10_000


def seconds(run: Callable[[], object], *, runs: int = 3) -> float:
    """Return seconds of processor time, the best of some runs."""
    taken = []
    for _ in range(runs):
        started = time.process_time()
        run()
        taken.append(time.process_time() - started)
    return min(taken)


def whole_process(data: bytes) -> float:
    """Return the processor time of `bibkit fmt --check` on a file, started afresh."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "refs.bib")
        path.write_bytes(data)
        before = os.times()
        command = [sys.executable, "-m", "bibkit", "fmt", "--check", "-q", str(path)]
        subprocess.run(command, cwd=ROOT, check=False)
        after = os.times()
    return sum(after[2:4]) - sum(before[2:4])


def main() -> None:
    tidy = "".join(ENTRY.format(i) for i in range(ENTRIES)).encode()
    untidy = (
        tidy.replace(b"--", b"-").replace(b"jan,", b"{January},").replace(b"of Things", b"& Things")
    )
    read = seconds(lambda: read_bib(tidy, origin="refs.bib"))
    print(f"{len(tidy) / 1e6:.1f} MB, {ENTRIES:,} entries; read alone: {read:.2f} s")
    cases = (
        ("tidy, default rules", tidy, ["default"]),
        ("untidy, default rules", untidy, ["default"]),
        ("untidy, all rules", untidy, ["all"]),
    )
    for name, data, rules in cases:
        bib = read_bib(data, origin="refs.bib")
        taken = read + seconds(lambda: format_bib(bib, choose(rules)), runs=2)  # noqa: B023
        print(f"{name:28} {taken:6.2f} s, {taken / read:4.1f} × reading")
    for name, data in (("tidy", tidy), ("untidy", untidy)):
        print(f"{f'whole process, {name}':28} {whole_process(data):6.2f} s")


if __name__ == "__main__":
    main()
