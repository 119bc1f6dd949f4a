"""Resolving: who is found, who is missed, who is wrong, and how long a look-up takes.

    python tests/benchmarks/resolve.py [CASES]

Every 40th record of the shared data is left out of the catalogue, so that its title is a real
paper's which must not be taken for another's. Prints, for CASES titles (1,000) of every kind:

- truth: the titles of the three pages with what the pages say, against the shared records;
- noise: bare titles with slips, other punctuation and case, TeX, without subtitle, cut at 60
  characters; `first` is how often the best proposal is the right one (recall@1);
- left out: the same with titles that the catalogue lacks;
- decoys: real titles with another digit, version or part, inside a longer title, by other authors.

Look-up times are CPU milliseconds (so that a busy machine shows what an idle one does), and each
median also as a ratio to an exact look-up of the same run. Titles that several papers bear are
right when the title is right. Targets: first ≥ .99 (cut: ≥ .95), precision ≥ .999, no decoy
resolved; median ≤ 3 ms, 99 % ≤ 50 ms, exact ≤ .1 ms.
"""

from __future__ import annotations

import csv
import gzip
import json
import random
import re
import statistics
import string
import sys
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from bibkit.catalog import Catalog, import_snapshot, open_catalog
from bibkit.listing import decode, read_listing
from bibkit.record import Author, Record, Resolution, Resolved
from bibkit.resolve import Query, resolve
from bibkit.text.names import parse_authors
from bibkit.text.titles import main_titles, title_key

SHARED = Path(__file__).resolve().parents[3] / "shared"
LEFT_OUT = 40
Noise = Callable[[str, random.Random], str]
_PART = re.compile(r"\b(Part|Vol\.|Chapter) (\d+|[IV]+)\b")


@dataclass(frozen=True, slots=True)
class Known:
    """A record of the shared data."""

    arxiv_id: str
    title: str
    authors: str


@dataclass
class Score:
    """What became of the titles of one kind."""

    outcomes: Counter[str] = field(default_factory=Counter)
    first: int = 0
    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def cases(self) -> int:
        return sum(self.outcomes.values())

    def row(self, name: str, exact: float) -> str:
        right, wrong = self.outcomes["right"], self.outcomes["wrong"]
        precision = f"{right / (right + wrong):.4f}" if right + wrong else "–"
        taken = sorted(self.seconds) or [0.0]
        median = statistics.median(taken)
        return (
            f"{name:12} {self.cases:6} {self.first / max(self.cases, 1):7.4f} {right:6} {wrong:5} "
            f"{self.outcomes['unsure']:6} {self.outcomes['missed']:6} {precision:>9} "
            f"{1000 * median:7.2f} {1000 * taken[int(0.99 * len(taken))]:7.1f} "
            f"{median / exact if exact else 0:6.1f}x"
        )


def slips(title: str, rng: random.Random, *, count: int = 2) -> str:
    letters = list(title)
    for _ in range(count):
        place = rng.choice([i for i, c in enumerate(letters) if c.isalpha()] or [0])
        kind = rng.randrange(4)
        if kind == 0:
            letters[place] = rng.choice(string.ascii_lowercase)
        elif kind == 1 and len(letters) > 1:
            del letters[place]
        elif kind == 2 and place + 1 < len(letters):
            letters[place : place + 2] = reversed(letters[place : place + 2])
        else:
            letters.insert(place, rng.choice(string.ascii_lowercase))
    return "".join(letters)


def other_punctuation(title: str, rng: random.Random) -> str:
    return re.sub(r"(?<!\d)[-:,]|[-:,](?!\d)", lambda _: rng.choice([" ", "", " - ", ", "]), title)


def other_case(title: str, rng: random.Random) -> str:
    return rng.choice([str.upper, str.lower, str.title])(title)


def as_tex(title: str, rng: random.Random) -> str:
    words = title.split()
    for place in set(rng.choices(range(len(words)), k=2)):
        dress = rng.choice(["{%s}", r"\textbf{%s}", r"\emph{%s}", "{{%s}}"])
        words[place] = dress % words[place]
    return re.sub(r"(?<!\\)([&%])", r"\\\1", " ".join(words))


def without_subtitle(title: str, rng: random.Random) -> str:
    return next((main for main in main_titles(title) if len(main) >= 20), "")


def cut(title: str, rng: random.Random) -> str:
    return title[:60] if len(title) > 66 else ""


NOISE: dict[str, Noise] = {
    "exact": lambda title, _: title,
    "two slips": slips,
    "punctuation": other_punctuation,
    "case": other_case,
    "TeX": as_tex,
    "no subtitle": without_subtitle,
    "cut at 60": cut,
}


def other_digit(known: Known, rng: random.Random) -> Record | None:
    places = [i for i, c in enumerate(known.title) if c.isdigit()]
    if not places:
        return None
    place = rng.choice(places)
    digit = rng.choice([d for d in string.digits if d != known.title[place]])
    return _record(known, known.title[:place] + digit + known.title[place + 1 :])


def other_version(known: Known, rng: random.Random) -> Record | None:
    head, colon, rest = known.title.partition(":")
    name = head.split(" ")[0]
    if not colon or not name[-1:].isalpha():
        return None
    return _record(
        known, f"{name}{rng.choice(['-2', ' 2', 'v2', ' II'])}{head[len(name) :]}:{rest}"
    )


def other_part(known: Known, rng: random.Random) -> Record | None:
    found = _PART.search(known.title)
    if not found:
        return _record(known, f"{known.title}, Part {rng.choice(['2', 'II', 'B'])}")
    other = rng.choice([p for p in ("1", "2", "3", "I", "II", "III") if p != found[2]])
    return _record(known, f"{known.title[: found.start(2)]}{other}{known.title[found.end(2) :]}")


def longer_title(known: Known, rng: random.Random) -> Record | None:
    more = rng.choice(["in Medical Images", "for Robotics", "with Applications", "at Scale"])
    return _record(known, f"{known.title} {more}")


def other_authors(known: Known, rng: random.Random) -> Record | None:
    strangers = [Author("Nakamura-Ostrow", "Q."), Author("Vandeputte-Oyelaran", "Z.")]
    return replace(_record(known, known.title), authors=tuple(strangers[: rng.randint(1, 2)]))


DECOYS = (other_digit, other_version, other_part, longer_title, other_authors)


def _record(known: Known, title: str) -> Record:
    """Return what a page would say of a paper like a known one: its authors' names, too."""
    return Record("decoy", title, authors=parse_authors(known.authors))


def split(folder: Path) -> tuple[Path, list[Known], list[Known]]:
    """Write the snapshot without what is left out; return it, a sample of it, and what is left."""
    rng = random.Random(11)
    kept: list[Known] = []
    left: list[Known] = []
    path = folder / "kept.jsonl"
    with path.open("w", encoding="utf-8") as out:
        for line in _lines():
            paper = json.loads(line)
            known = Known(paper["id"], paper["title"], paper["authors"] or "")
            if zlib.crc32(known.arxiv_id.encode()) % LEFT_OUT == 0:
                left.append(known)
                continue
            out.write(line)
            if rng.random() < 0.1:
                kept.append(known)
    rng.shuffle(kept)
    rng.shuffle(left)
    return path, kept, left


def _lines() -> Iterator[str]:
    for file in sorted((SHARED / "arxiv").glob("*.gz")):
        with gzip.open(file, "rt", encoding="utf-8") as opened:
            yield from opened


def noisy(known: Sequence[Known], noise: Noise, cases: int) -> Iterator[tuple[Known, str]]:
    rng = random.Random(12)
    made = ((k, noise(k.title, rng)) for k in known if len(title_key(k.title)) >= 12)
    return islice(((k, title) for k, title in made if len(title_key(title)) >= 8), cases)


def measure(catalog: Catalog, cases: Iterator[tuple[Known, str]]) -> Score:
    score = Score()
    for known, title in cases:
        started = time.process_time()
        catalog.find([Query(title)])
        score.seconds.append(time.process_time() - started)
        resolution = resolve([Record("noise", title)], [catalog])[0]
        best = resolution.match if isinstance(resolution, Resolved) else resolution.best
        fits = best is not None and (
            best.paper.arxiv_id == known.arxiv_id
            or title_key(best.paper.title) in (title_key(known.title), title_key(title))
            or _is_headed(best.paper.title, title)
        )
        score.first += fits
        outcome = _outcome(resolution, right=fits)
        score.outcomes[outcome] += 1
        if outcome == "wrong" and best:
            score.wrong.append(f"{title} → {best.paper.arxiv_id} {best.paper.title}")
    return score


def _is_headed(title: str, main: str) -> bool:
    """A main title that several papers share is met by any of them."""
    return title_key(main) in map(title_key, main_titles(title))


def _outcome(resolution: Resolution, *, right: bool) -> str:
    if isinstance(resolution, Resolved):
        return "right" if right else "wrong"
    return "unsure" if resolution.reason == "ambiguous" else "missed"


def measure_decoys(catalog: Catalog, known: Sequence[Known], cases: int) -> Iterator[str]:
    rng = random.Random(13)
    titles = {title_key(k.title) for k in known}
    for make in DECOYS:
        found: Counter[str] = Counter()
        taken = []
        for each in known:
            decoy = make(each, rng) if each.authors else None
            if decoy is None or (make is not other_authors and title_key(decoy.title) in titles):
                continue
            resolution = resolve([decoy], [catalog])[0]
            if isinstance(resolution, Resolved):
                other = title_key(resolution.match.paper.title) == title_key(decoy.title)
                namesake = other and make is not other_authors
                found["exists" if namesake else "wrong"] += 1
                if not namesake:
                    taken.append(f"  {decoy.title} → {resolution.match.paper.title}")
            else:
                found[resolution.reason] += 1
            if found.total() >= cases // len(DECOYS):
                break
        yield f"{make.__name__:14} {dict(found)}"
        yield from taken[:5]


def measure_truth(path: Path) -> str:
    with (SHARED / "truth" / "listing_truth.tsv").open(encoding="utf-8") as lines:
        truth = {r["listing_title"]: r["arxiv_id"] for r in csv.DictReader(lines, delimiter="\t")}
    pages = sorted((SHARED / "listings").glob("*.txt"))
    listings = [read_listing(decode(p.read_bytes(), origin=p.name), origin=p.name) for p in pages]
    records = {r.title: r for listing in listings for r in listing.records}
    with open_catalog(path) as catalog:
        found = resolve(list(records.values()), [catalog])
        held = {t for t, i in truth.items() if catalog.find([Query(arxiv_id=i)])[0].papers}
    ids = {r.record.title: r.match.paper.arxiv_id for r in found if isinstance(r, Resolved)}
    correct = sum(truth[title] == identifier for title, identifier in ids.items())
    missed = sorted(held - set(ids))
    return (
        f"truth table: {len(truth)} titles, {len(held)} in the catalogue: {correct} correct, "
        f"{len(ids) - correct} wrong, {len(missed)} missed {missed}"
    )


def main() -> None:
    if not SHARED.is_dir():
        sys.exit("the shared real data is not beside the project")
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        import_snapshot(sorted((SHARED / "arxiv").glob("*.gz")), folder / "whole.sqlite")
        print(measure_truth(folder / "whole.sqlite"))
        snapshot, kept, left = split(folder)
        import_snapshot([snapshot], folder / "kept.sqlite")
        with open_catalog(folder / "kept.sqlite") as catalog:
            report(catalog, kept, left, cases)


def report(catalog: Catalog, kept: Sequence[Known], left: Sequence[Known], cases: int) -> None:
    print(f"{catalog.info().papers:,} papers; {len(left):,} left out")
    print(
        "kind          cases   first  right wrong unsure missed precision  median    99 %   / exact"
    )
    exact = 0.0
    for name, noise in NOISE.items():
        score = measure(catalog, noisy(kept, noise, cases))
        exact = exact or statistics.median(score.seconds)
        print(score.row(name, exact))
        print("".join(f"  wrong: {line}\n" for line in score.wrong[:5]), end="")
    print("left out of the catalogue:")
    for name, noise in NOISE.items():
        score = measure(catalog, noisy(left, noise, cases))
        print(score.row(name, exact))
        print("".join(f"  wrong: {line}\n" for line in score.wrong[:5]), end="")
    print("decoys:")
    for line in measure_decoys(catalog, kept, cases):
        print(line)


if __name__ == "__main__":
    main()
