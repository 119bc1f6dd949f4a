from collections.abc import Sequence
from dataclasses import dataclass, field

from bibkit.record import Author, Paper, Record, Resolved, Unresolved
from bibkit.resolve import Answer, InSteps, Query, complete, resolve
from bibkit.text.titles import title_key

TITLE = "Reading Order Matters for Language Model Pretraining"
THIN = Paper("2502.15251", TITLE, "catalog")
AUTHOR = Author("Gauss", "C. F.")


@dataclass
class Shelf:
    """A metadata source by shape: a few papers in memory, or a failure."""

    name: str
    papers: Sequence[Paper] = ()
    error: str | None = None
    asked: list[Query] = field(default_factory=list)

    def find(self, queries: Sequence[Query]) -> list[Answer]:
        self.asked += queries
        return [
            Answer(
                tuple(
                    p
                    for p in self.papers
                    if p.arxiv_id == q.arxiv_id or title_key(p.title) == title_key(q.title)
                ),
                self.error,
            )
            for q in queries
        ]


def test_a_later_source_is_asked_only_about_what_is_open() -> None:
    first, second = Shelf("catalog", [THIN]), Shelf("arxiv")
    resolve(
        [Record("p:1", TITLE), Record("p:2", "Unknown Things in Known Places")], [first, second]
    )
    assert [q.title for q in second.asked] == ["Unknown Things in Known Places"]


def test_one_question_for_a_title_that_stands_on_three_pages() -> None:
    shelf = Shelf("catalog", [THIN])
    found = resolve([Record(f"p{i}:1", TITLE) for i in range(3)], [shelf])
    assert len(shelf.asked) == 1
    assert [r.record.origin for r in found] == ["p0:1", "p1:1", "p2:1"]
    assert all(isinstance(r, Resolved) for r in found)


def test_a_failed_source_is_never_not_found() -> None:
    found = resolve([Record("p:1", TITLE)], [Shelf("catalog"), Shelf("arxiv", error="timed out")])
    assert isinstance(found[0], Unresolved)
    assert found[0].reason == "network_error"
    assert "arxiv: timed out" in found[0].evidence


def test_a_failed_source_does_not_undo_what_another_one_knows() -> None:
    found = resolve(
        [Record("p:1", TITLE)], [Shelf("arxiv", error="503"), Shelf("huggingface", [THIN])]
    )
    assert isinstance(found[0], Resolved)


def test_all_accounts_of_the_paper_are_kept() -> None:
    full = Paper("2502.15251", TITLE, "starter", authors=(AUTHOR,))
    stranger = Paper("1901.00001", "Something Else", "starter")
    found = resolve([Record("p:1", TITLE)], [Shelf("catalog", [THIN, full, stranger])])
    assert isinstance(found[0], Resolved)
    assert found[0].accounts == (THIN, full)


def test_complete_asks_by_id_for_what_is_missing() -> None:
    resolved = resolve([Record("p:1", TITLE)], [Shelf("catalog", [THIN])])
    full = Paper("2502.15251", "A New Title", "arxiv", authors=(AUTHOR,))
    arxiv = Shelf("arxiv", [full])
    completed, problems = complete(resolved, [arxiv])
    assert arxiv.asked == [Query(arxiv_id="2502.15251")]
    assert isinstance(completed[0], Resolved)
    assert completed[0].accounts == (THIN, full)
    assert not problems


def test_nothing_is_asked_about_what_is_settled() -> None:
    resolved = resolve([Record("p:1", TITLE)], [Shelf("catalog", [THIN])])
    arxiv = Shelf("arxiv", error="no connection")
    _, problems = complete(resolved, [arxiv], settled={"2502.15251"})
    assert arxiv.asked == []
    assert not problems


def test_complete_reports_a_failure_once() -> None:
    records = [Record("p:1", TITLE)]
    resolved = resolve(records, [Shelf("catalog", [THIN])])
    completed, problems = complete(resolved, [Shelf("arxiv", error="no connection")])
    assert isinstance(completed[0], Resolved)
    assert [str(p) for p in problems] == [
        "arxiv: incomplete: papers whose details could not be asked for: 1; no connection"
    ]


def test_no_source_at_all_is_not_found() -> None:
    found = resolve([Record("p:1", TITLE)], [])
    assert isinstance(found[0], Unresolved)
    assert found[0].reason == "not_found"


def test_a_source_asked_in_steps_answers_the_same_and_tells_how_far_it_is() -> None:
    records = [Record(f"p:{n}", f"{TITLE}, Volume {n}") for n in range(25)]
    papers = [Paper(f"2502.{n:05}", f"{TITLE}, Volume {n}", "catalog") for n in range(25)]
    told: list[tuple[str, int, int]] = []
    steps = InSteps(Shelf("catalog", papers), lambda *words: told.append(words), size=10)
    assert resolve(records, [steps]) == resolve(records, [Shelf("catalog", papers)])
    assert told == [("asking catalog", done, 25) for done in (10, 20, 25)]
