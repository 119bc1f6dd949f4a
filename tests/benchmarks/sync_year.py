"""A year of a lab: 52 weeks of pages, five people who edit, papers that change, faults, kills.

    python tests/benchmarks/sync_year.py [SEED] [WEEKS]

Services are on the loopback interface. After every week: no edit is lost, no key was changed by
bibkit, no paper stands twice, only the lines that the plan names have changed, and a second run
changes no byte. Takes some minutes; prints what happened.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.sources import fake_publications as publications  # noqa: E402
from tests.sources import fake_services as services  # noqa: E402
from tests.sources.loopback import hang_up  # noqa: E402
from tests.upkeep.lab import Lab  # noqa: E402
from tests.upkeep.people import People, by_paper, check_lines, read  # noqa: E402

PEOPLE, PAGE = 5, 5
SYLLABLES = "bo cra dun fel gri hov jut kel mip nar".split()
TOML = '[bibliography]\noutput = "refs.bib"\nlistings = ["pages/*"]\n'


def title(number: int) -> str:
    """Return a title of words that no real one has."""
    words = (f"{number * factor % 9973:04}" for factor in (1, 7, 13, 31))
    return " ".join("".join(SYLLABLES[int(d)] for d in word) for word in words).title()


def paper(number: int) -> services.FakePaper:
    month = 1 + number // 40 % 12
    return services.FakePaper(
        f"24{month:02}.{number + 1:05}",
        title(number + 1),
        f"We looked at matter {number} and found what we report.",
        (f"Ada Writer{number}", f"Jörg Müller{number % 7}", f"Bo Third{number % 11}"),
        f"2024-{month:02}-05T10:00:00Z",
        ("cs.LG",),
        github=f"https://github.com/lab{number}/code" if number % 3 == 0 else "",
    )


@dataclass
class Year:
    """The lab and the world, week by week."""

    lab: Lab
    chance: random.Random
    people: list[People]
    listed: set[str] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)

    def week(self) -> None:
        self.lab.next_week()
        if self.lab.services.papers:
            self.world_changes()
        self.new_page()
        self.edits(self.chance.randrange(PEOPLE * 3))
        if self.chance.random() < 0.4:
            self.killed()
            self.edits(self.chance.randrange(3))
        if self.chance.random() < 0.3:
            self.with_faults()
            self.lab.next_week()
        self.healthy()

    def new_page(self) -> None:
        known = self.lab.services.papers
        count = len(known)
        new = [paper(count + n) for n in range(self.chance.randrange(1, PAGE + 1))]
        self.lab.services.papers = (*known, *new)
        again = self.chance.sample(known, min(len(known), 2))
        titles = [p.title for p in (*new, *again)]
        if self.chance.random() < 0.3:
            titles.append("A Paper That Nobody Knows At All")
        self.lab.page(*titles)
        self.listed |= {p.id for p in new}
        self.counts["papers"] += len(new)

    def world_changes(self) -> None:
        for _ in range(self.chance.randrange(5)):
            one = self.chance.choice(self.lab.services.papers)
            what = self.chance.choice(
                ["title", "code", "comment", "authors", "published", "journal"]
            )
            self.counts[f"world: {what}"] += 1
            number = self.lab.weeks
            if what == "title":
                self.lab.world(one.id, title=f"{one.title} Take {number}")
            elif what == "code":
                self.lab.world(one.id, github=f"https://github.com/moved{number}/code")
            elif what == "comment":
                self.lab.world(one.id, comment="This paper has been withdrawn by the authors")
            elif what == "authors":
                self.lab.world(one.id, authors=(*one.authors, f"Late Comer{number}"))
            elif what == "journal":
                self.lab.world(one.id, journal_ref=f"Journal of Made-up Things {number} (2024) 1-9")
            else:
                version = publications.Version(
                    f"{one.title}.",
                    one.authors,
                    "NeurIPS",
                    2024,
                    pages="1-9",
                    key=f"conf/nips/{number}",
                )
                self.lab.publications.versions = (*self.lab.publications.versions, version)

    def edits(self, count: int) -> None:
        if not self.lab.bib.exists():
            return
        for _ in range(count):
            one = self.chance.choice(self.people)
            data = one.work(self.lab.bib.read_bytes())
            for other in self.people:  # who touches what another did takes it over
                if other is not one:
                    take_over(one, other)
            self.lab.bib.write_bytes(data)
        if self.chance.random() < 0.1:
            data = self.lab.bib.read_bytes()
            lf = data.replace(b"\r\n", b"\n")
            self.lab.bib.write_bytes(lf if lf != data else data.replace(b"\n", b"\r\n"))
            self.counts["line endings changed"] += 1
        self.check()

    def killed(self) -> None:
        process = subprocess.Popen(
            [sys.executable, "-m", "bibkit", "sync"],
            cwd=self.lab.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stderr=subprocess.DEVNULL,
        )
        time.sleep(self.chance.uniform(0.3, 4.0))
        process.send_signal(signal.SIGKILL)
        self.counts["killed" if process.wait() < 0 else "not killed in time"] += 1
        self.check()

    def with_faults(self) -> None:
        before = self.lab.bib.read_bytes() if self.lab.bib.exists() else b""
        faults = [services.status(503), hang_up, services.page("<html>"), services.cut_off]
        share = self.chance.uniform(0.1, 1.0)

        def fault(handler: services.Handler) -> None:
            (self.chance.choice(faults) if self.chance.random() < share else services.answer)(
                handler
            )

        self.lab.services.always = fault
        self.lab.publications.dblp_always = publications.status(500)
        run = self.lab.sync()
        assert run.exit_code in (0, 4), run.stderr
        self.counts[f"with faults, exit {run.exit_code}"] += 1
        self.lab.services.always = self.lab.publications.dblp_always = None
        assert not before or keys_of(before).items() <= keys_of(self.lab.bib.read_bytes()).items()
        self.check()

    def healthy(self) -> None:
        before = self.lab.bib.read_bytes() if self.lab.bib.exists() else b""
        run = self.lab.sync("--json")
        assert run.exit_code == 0, run.stderr
        plan = json.loads(run.stdout)
        after = self.lab.state
        self.check()
        assert keys_of(before).items() <= keys_of(after[0]).items()
        deleted = set().union(*(one.deleted for one in self.people))
        assert self.listed - deleted <= keys_of(after[0]).keys()
        changed = {c["key"]: {f["name"] for f in c["fields"]} for c in plan["changed"]}
        if before:
            check_lines(before, after[0], changed)
        for name in ("added", "changed", "conflicts", "renamed", "refused"):
            self.counts[f"sync: {name}"] += len(plan[name])
        for change in plan["changed"]:
            self.counts.update(f"sync: {kind}" for kind in change["kinds"])
        again = self.lab.sync("--json")
        plan = json.loads(again.stdout)
        assert (again.exit_code, plan["added"], plan["changed"]) == (0, [], []), again.stdout
        assert self.lab.state == after

    def check(self) -> None:
        if self.lab.bib.exists():
            for one in self.people:
                one.check(self.lab.bib.read_bytes())


def take_over(one: People, other: People) -> None:
    """Forget what `other` did where `one` has done something to the same thing since."""
    for identifier in one.deleted:
        other.edits.pop(identifier, None)
        other.keys.pop(identifier, None)
    for identifier in one.keys:
        other.keys.pop(identifier, None)
    for identifier, fields in one.edits.items():
        for name in fields:
            other.edits.get(identifier, {}).pop(name, None)


def keys_of(data: bytes) -> dict[str, str]:
    return {identifier: entry.key for identifier, entry in by_paper(read(data)).items()}


@contextmanager
def a_lab(folder: Path) -> Iterator[Lab]:
    (folder / "lab" / "pages").mkdir(parents=True)
    (folder / "lab" / "bibkit.toml").write_text(TOML)
    os.chdir(folder / "lab")
    with (
        services.FakeServices(papers=()) as papers,
        publications.FakePublications(versions=()) as published,
    ):
        os.environ |= {**papers.environment, **published.environment}
        os.environ["BIBKIT_HOME"] = str(folder / "home")
        yield Lab(folder / "lab", papers, published)


def main(seed: int = 1, weeks: int = 52) -> None:
    with tempfile.TemporaryDirectory() as name, a_lab(Path(name)) as lab:
        chance = random.Random(seed)
        shared = People(chance)  # one count, so that no two write the same words
        people = [
            replace(shared, edits={}, keys={}, deleted=set(), texts=[], done=Counter())
            for _ in range(PEOPLE)
        ]
        for number, one in enumerate(people):
            one.count = 100_000 * (number + 1)
        year = Year(lab, chance, people)
        started = time.monotonic()
        for _ in range(weeks):
            year.week()
            print(f"week {len(lab.pages)}: {len(keys_of(lab.bib.read_bytes()))} papers", flush=True)
        edits = sum((one.done for one in people), Counter[str]())
        print(f"edits: {edits.total()}: {dict(edits)}")
        print("\n".join(f"{what}: {count}" for what, count in sorted(year.counts.items())))
        print(f"{time.monotonic() - started:.0f} s; nothing lost, every second run empty")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
