"""Memory grows with the records, and by little for each (tests/benchmarks/scale.py measures more)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.scale import write_page

ROOT = Path(__file__).resolve().parents[1]
BUILD = """
import sys
from bibkit.pipeline import build
result = build(sys.argv[1], [sys.argv[2]], offline=True, keep_unresolved=True)
status = open("/proc/self/status").read()
print(len(result.added), status.partition("VmHWM:")[2].split()[0])
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux tells a process's peak")
def test_a_record_takes_little_memory(tmp_path: Path) -> None:
    """Each has an abstract of 1,500 characters; its copies in OUT and the lock are most of it."""
    peaks = []
    for size in (300, 2_300):
        page = tmp_path / f"{size}.txt"
        write_page(page, size)
        run = subprocess.run(
            [sys.executable, "-c", BUILD, str(tmp_path / f"{size}.bib"), str(page)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        added, peak = map(int, run.stdout.split())
        assert added == size
        peaks.append(peak)
    assert (peaks[1] - peaks[0]) / 2_000 < 45
