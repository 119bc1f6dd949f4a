"""The merge driver on a file of 5,000 entries that two people changed, as git runs it.

    python tests/benchmarks/merge_driver.py

Prints the processor time of the whole process, the best of some runs. Target: 2 s.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

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
SIZE = 5_000


def side(seed: int, *, apart: bool) -> str:
    """Return the file with 200 changed fields, 20 deleted entries and 50 new ones."""
    rnd = random.Random(seed)
    entries = [ENTRY.format(number) for number in range(SIZE)]
    touched = range(seed % 2, SIZE, 2) if apart else range(SIZE)
    chosen = rnd.sample(touched, 220)
    for number in chosen[20:]:
        entries[number] = entries[number].replace("{2024}", f"{{20{rnd.randrange(10, 99)}}}")
    for number in sorted(chosen[:20], reverse=True):
        del entries[number]
    new = range(SIZE * (seed + 2), SIZE * (seed + 2) + 50)
    return "".join([*entries, *(ENTRY.format(n).replace("of Things", f"of {seed}") for n in new)])


def lock(year: int) -> str:
    """Return a lock of as many entries, in which a few have another year."""
    entries = {
        f"key{number}": {
            "title": f"A Study of Things, Part {number}",
            "arxiv": f"24{number % 12 + 1:02}.{number:05}",
            "entry_type": "misc",
            "fields": {
                **{f"field{i}": "a value of some length, as a title has it" for i in range(9)},
                "year": str(year if number % 40 == 0 else 2024),
                "abstract": "We study things, which have been studied before. " * 10,
            },
            "sources": {f"field{i}": "arxiv" for i in range(9)},
        }
        for number in range(SIZE)
    }
    return json.dumps({"format": 1, "entries": entries, "decisions": []}, indent=2)


def run(base: str, mine: str, theirs: str, name: str = "refs.bib") -> tuple[float, int]:
    """Merge in a process of its own; return its processor time and how many conflicts it told."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, name) for name in ("base", "mine", "theirs")]
        for path, text in zip(paths, (base, mine, theirs), strict=True):
            path.write_text(text, "utf-8")
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, "-m", "bibkit", "merge-driver", *map(str, paths), name]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, done.stderr.count(": conflict: ")


def main() -> None:
    base = "".join(ENTRY.format(number) for number in range(SIZE))
    print(f"{len(base) / 1e6:.1f} MB, {SIZE:,} entries")
    for name, apart in (("no entry changed by both", True), ("some changed by both", False)):
        mine, theirs = side(0, apart=apart), side(1, apart=apart)
        runs = [run(base, mine, theirs) for _ in range(5)]
        print(f"{name:26} {min(seconds for seconds, _ in runs):5.2f} s, {runs[0][1]} conflicts")
    locks = [lock(year) for year in (2024, 2025, 2026)]
    runs = [run(locks[0], locks[1], locks[2], "refs.bib.lock") for _ in range(3)]
    print(
        f"{'its lock':26} {min(seconds for seconds, _ in runs):5.2f} s, {len(locks[0]) / 1e6:.1f} MB"
    )


if __name__ == "__main__":
    main()
