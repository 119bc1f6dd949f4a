"""Reading and patching a .bib, beside bibtexparser 2 and pybtex in the same run.

    python tests/benchmarks/bibfile.py

Prints MB/s of processor time on a made file of 5,000 entries, how 1 MB of hostile input compares with
2 MB, and the seconds of a whole process that changes one field. Targets: parse ≥ 8 MB/s, one field ≤ 1.5 s.
"""

from __future__ import annotations

import contextlib
import difflib
import io
import logging
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pybtex.errors
from bibtexparser.splitter import Splitter
from pybtex.database.input.bibtex import LowLevelParser

from bibkit.bibfile import read_bib
from bibkit.bibfile.splitting import split

ROOT = Path(__file__).resolve().parents[2]
ENTRY = """@article{{key{0},
  title     = {{A {{Study}} of Things, Part {0}: {{B}}ibliographies and Their {{Discontents}}}},
  author    = {{Doe, Jane and M{{\\"u}}ller, J{{\\"o}}rg and van der Berg, Anna}},
  journal   = {{Journal of {{Applied}} Things}},
  year      = {{2024}},
  month     = jan,
  volume    = {{12}},
  pages     = {{{0}--{0}9}},
  doi       = {{10.1000/things.{0}}},
  url       = {{https://example.org/things/{0}}},
  abstract  = {{We study things, which have been studied before, and find that they are still the
               things that they were. Our code is at https://github.com/example/things.}}
}}

"""
PATCH = """
import sys
from pathlib import Path
from bibkit.bibfile import SetField, edit, read_bib
path = Path(sys.argv[1])
path.write_bytes(edit(read_bib(path.read_bytes(), origin=str(path)), [SetField("key2500", "year", "2025")]))
"""


def rate(size: int, run: Callable[[], object], *, runs: int = 3) -> float:
    """Return megabytes per second of processor time, the best of some runs."""
    taken = []
    for _ in range(runs):
        started = time.process_time()
        run()
        taken.append(time.process_time() - started)
    return size / min(taken) / 1e6


def pybtex_reads(text: str) -> None:
    with contextlib.redirect_stderr(io.StringIO()), pybtex.errors.capture():
        list(LowLevelParser(text, handle_error=print))


def one_field(data: bytes) -> tuple[float, list[str]]:
    """Change one field in a process of its own; return its seconds and the lines that changed."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "refs.bib")
        path.write_bytes(data)
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", PATCH, str(path)], cwd=ROOT, check=True)
        taken = time.perf_counter() - started
        lines = data.decode().splitlines(), path.read_text(encoding="utf-8").splitlines()
    changed = difflib.unified_diff(*lines, n=0, lineterm="")
    return taken, [line for line in changed if line[0] in "+-" and line[:3] not in ("+++", "---")]


def main() -> None:
    logging.disable(logging.CRITICAL)
    text = "".join(ENTRY.format(i) for i in range(5000))
    data = text.encode()
    print(f"{len(data) / 1e6:.1f} MB, 5,000 entries")
    for name, run in (
        ("bibkit: read_bib", lambda: read_bib(data, origin="refs.bib")),
        ("bibkit: blocks alone", lambda: split(text)),
        ("bibtexparser 2: split", lambda: Splitter(text).split()),
        ("pybtex: low-level parser", lambda: pybtex_reads(text)),
    ):
        print(f"{name:28} {rate(len(data), run):6.1f} MB/s")
    for unit in (
        "{",
        "}",
        "@",
        '"',
        "@a{",
        "@a{b,\n",
        "x={",
        '@a{b,x="\n',
        "\\{",
        "%@a{\n",
        "a=a,",
    ):
        once, twice = (
            ("@misc{a,\n" + unit * (size // len(unit))).encode() for size in (10**6, 2 * 10**6)
        )
        speeds = [rate(len(d), lambda d=d: read_bib(d, origin="x"), runs=1) for d in (once, twice)]  # type: ignore[misc]
        print(f"hostile {unit!r:20} {speeds[0]:6.1f} MB/s at 1 MB, {speeds[1]:6.1f} at 2 MB")
    taken, changed = one_field(data)
    print(f"one field, whole process     {taken:6.2f} s")
    print("\n".join(changed))


if __name__ == "__main__":
    main()
