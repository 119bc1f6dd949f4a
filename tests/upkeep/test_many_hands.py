"""Years in small: people edit, the world changes, syncs come in between; nobody loses anything."""

from __future__ import annotations

import datetime as dt
import random
import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from bibkit.merge import merge
from bibkit.merge.citekey import DEFAULT_PATTERN
from bibkit.merge.published import as_published
from bibkit.record import (
    Author,
    Candidate,
    Cluster,
    Entry,
    Link,
    Paper,
    PublishedVersion,
    Record,
    Resolved,
)
from bibkit.sync import read_target, replace_both
from bibkit.upkeep import planned
from bibkit.upkeep.planning import Known, PlanOptions
from bibkit.upkeep.tracked import tracked_entries
from tests.upkeep.people import People, by_paper, check_diff, read

NAMES = ("Segment Anything", "Attention Is All You Need", "Masked Autoencoders", "Deep Learning",
         "Momentum Contrast", "Neural Radiance Fields", "Chain of Thought", "Toolformer")  # fmt: skip
PAPERS = tuple(
    Paper(
        f"23{number + 1:02}.0{number}123",
        f"{name} for the {'BERT' if number % 2 else 'Rest'} of Us",
        "arxiv",
        (Author(f"Family{number}", "Ada"), Author("Müller", "Jörg")),
        abstract=f"We looked at things, {number}.",
        submitted=dt.date(2023, number + 1, 3),
        categories=("cs.LG",),
    )
    for number, name in enumerate(NAMES)
)
INDEX = st.integers(0, len(PAPERS) - 1)


class ManyHands(RuleBasedStateMachine):
    """One file, one lock, papers that change, and people."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.out = Path(self.folder.name) / "refs.bib"
        self.world = {paper.arxiv_id: paper for paper in PAPERS}
        self.published: dict[str, PublishedVersion] = {}
        self.listed: set[str] = set()
        self.silent: set[str] = set()
        self.number = 0

    def teardown(self) -> None:
        self.folder.cleanup()

    @initialize(seed=st.integers(0, 10_000))
    def begin(self, seed: int) -> None:
        self.people = People(random.Random(seed))

    @rule(index=INDEX)
    def a_page_lists(self, index: int) -> None:
        self.listed.add(PAPERS[index].arxiv_id)

    @rule(
        index=INDEX, what=st.sampled_from(["title", "code", "note", "authors", "journal", "dblp"])
    )
    def the_world_changes(self, index: int, what: str) -> None:
        identifier = PAPERS[index].arxiv_id
        paper = self.world[identifier]
        self.number += 1
        if what == "title":
            paper = replace(paper, title=f"{PAPERS[index].title}, Version {self.number}")
        elif what == "code":
            link = Link(f"https://github.com/o/r{self.number}", "code")
            paper = replace(paper, links=(link,))
        elif what == "note":
            paper = replace(paper, note="This paper has been withdrawn by the authors")
        elif what == "authors":
            paper = replace(paper, authors=(*paper.authors, Author(f"Late{self.number}", "B. C.")))
        elif what == "journal":
            paper = replace(paper, journal_ref=f"Journal of Us {self.number} (2024) 1-9")
        else:
            self.published[identifier] = PublishedVersion(
                paper.title, "dblp", "inproceedings", f"Conference {self.number % 3}", year=2024
            )
        self.world[identifier] = paper

    @rule(index=INDEX)
    def a_source_falls_silent(self, index: int) -> None:
        self.silent ^= {PAPERS[index].arxiv_id}

    @precondition(lambda self: self.out.exists())
    @rule(times=st.integers(1, 4))
    def somebody_edits(self, times: int) -> None:
        for _ in range(times):
            data = self.people.work(self.out.read_bytes())
            self.people.check(data)
            self.out.write_bytes(data)

    @precondition(lambda self: self.out.exists())
    @rule()
    def somebody_changes_the_line_endings(self) -> None:
        data = self.out.read_bytes()
        lf = data.replace(b"\r\n", b"\n")
        self.out.write_bytes(lf if lf != data else data.replace(b"\n", b"\r\n"))

    @precondition(lambda self: self.listed)
    @rule()
    def sync(self) -> None:
        before = self.out.read_bytes() if self.out.exists() else b""
        self.run()
        after, lock = self.out.read_bytes(), self.out.with_name("refs.bib.lock").read_bytes()
        self.people.check(after)
        old, new = by_paper(read(before)), by_paper(read(after))
        assert {i: e.key for i, e in old.items()}.items() <= {
            i: e.key for i, e in new.items()
        }.items()
        assert self.listed - self.people.deleted <= new.keys()
        self.run()
        assert self.out.read_bytes() == after
        assert self.out.with_name("refs.bib.lock").read_bytes() == lock

    def run(self) -> None:
        target = read_target(self.out, may_be_open=True)
        before = target.data
        plan, outcome = planned(target, tracked_entries(target), self.known(), OPTIONS)
        assert not plan.refused
        replace_both(target, outcome)
        if before is not None:
            check_diff(before, self.out.read_bytes(), plan)

    def known(self) -> Known:
        clusters, papers = [], {}
        for number, (identifier, paper) in enumerate(self.world.items()):
            found = Resolved(Record("page.txt:1", paper.title), Candidate(paper, 1.0))
            cluster = Cluster(number, (found,))
            if identifier in self.listed:
                clusters.append(cluster)
            if identifier not in self.silent:
                papers[identifier] = self.entry(cluster, identifier)
        return Known(tuple(clusters), papers)

    def entry(self, cluster: Cluster, identifier: str) -> Entry:
        entry = merge(cluster)
        assert entry
        version = self.published.get(identifier)
        return as_published(entry, version) if version else entry


OPTIONS = PlanOptions(key_pattern=DEFAULT_PATTERN)
TestManyHands = ManyHands.TestCase
TestManyHands.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None, phases=[Phase.reuse, Phase.generate]
)
