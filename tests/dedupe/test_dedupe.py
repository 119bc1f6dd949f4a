import datetime as dt
import random

from hypothesis import given
from hypothesis import strategies as st

from bibkit.dedupe import dedupe
from bibkit.dedupe.clustering import group
from bibkit.dedupe.match import Match
from bibkit.record import Candidate, Paper, Record, Resolution, Resolved, Unresolved
from tests.growth import grows_linearly

ABSTRACT = (
    "We show that a model reads the books of a library in an order that matters for what it knows."
)
OTHER = (
    "Bees dance in the dark of their hive, and what the dance says depends on where the sun stands."
)


def resolved(origin: str, arxiv_id: str, title: str = "A Title of Some Length") -> Resolved:
    return Resolved(Record(origin, title), Candidate(Paper(arxiv_id, title, "catalog"), 1.0))


def unresolved(
    origin: str, title: str, abstract: str = "", date: dt.date | None = None
) -> Unresolved:
    return Unresolved(Record(origin, title, abstract, date=date), "not_found")


def groups(*resolutions: Resolution) -> list[list[str]]:
    return [[m.record.origin for m in c.members] for c in dedupe(resolutions)]


def test_one_arxiv_id_is_one_cluster_whatever_the_titles() -> None:
    assert groups(
        resolved("a:1", "2502.15251", "Old Title"), resolved("b:1", "2502.15251", "New Title")
    ) == [["a:1", "b:1"]]


def test_two_arxiv_ids_are_never_one_paper() -> None:
    assert groups(resolved("a:1", "2502.15251"), resolved("b:1", "2502.15252")) == [
        ["a:1"],
        ["b:1"],
    ]


def test_unresolved_records_of_one_title_are_one_paper() -> None:
    assert groups(
        unresolved("a:1", "Reading in Order", ABSTRACT),
        unresolved("b:1", "Reading in order", ABSTRACT),
    ) == [["a:1", "b:1"]]


def test_same_title_other_abstract_stays_apart() -> None:
    assert groups(
        unresolved("a:1", "Deep Learning", ABSTRACT), unresolved("b:1", "Deep Learning", OTHER)
    ) == [["a:1"], ["b:1"]]


def test_same_title_years_apart_stays_apart() -> None:
    assert len(groups(
        unresolved("a:1", "Deep Learning", date=dt.date(2015, 1, 1)),
        unresolved("b:1", "Deep Learning", date=dt.date(2024, 1, 1)),
    )) == 2  # fmt: skip


def test_a_part_away_stays_apart_though_the_abstract_is_copied() -> None:
    assert (
        len(
            groups(
                unresolved("a:1", "On Books, Part 3.2", ABSTRACT),
                unresolved("b:1", "On Books, Part 3.3", ABSTRACT),
            )
        )
        == 2
    )


def test_a_namesake_does_not_join_a_known_paper() -> None:
    assert (
        len(
            groups(
                resolved("a:1", "2502.15251", "Deep Learning"), unresolved("b:1", "Deep Learning")
            )
        )
        == 2
    )


def test_evidence_names_both_places() -> None:
    (cluster,) = dedupe([resolved("a:1", "2502.15251"), resolved("b:7", "2502.15251")])
    assert cluster.evidence == ("b:7 = a:1: arXiv 2502.15251",)


def test_a_thousand_records_of_one_title_cost_no_square() -> None:
    many = [unresolved(f"a:{i}", "Editorial", ABSTRACT) for i in range(5000)]
    assert len(groups(*many)) == 1


@given(st.permutations(range(8)))
def test_clusters_do_not_depend_on_input_order(order: list[int]) -> None:
    records: list[Resolution] = [
        resolved("a:1", "2502.00001"),
        resolved("a:2", "2502.00002"),
        unresolved("a:3", "Reading in Order", ABSTRACT),
        unresolved("a:4", "Reading in Order", ABSTRACT),
        unresolved("a:5", "Reading in Order", OTHER),
        resolved("a:6", "2502.00001"),
        unresolved("a:7", "Bees"),
        unresolved("a:8", "bees"),
    ]
    expected = {frozenset(g) for g in groups(*records)}
    assert {frozenset(g) for g in groups(*(records[i] for i in order))} == expected


@given(st.integers(1, 30), st.randoms())
def test_no_group_holds_two_identities(count: int, rng: random.Random) -> None:
    identities = [rng.choice([None, "x", "y"]) for _ in range(count)]
    pairs = [(a, b) for a in range(count) for b in range(a + 1, count) if rng.random() < 0.2]
    same = [(a, b, Match("same", 1.0)) for a, b in pairs]
    found = group(range(count), same, lambda *_: Match("same", 1.0), identities).groups
    assert sorted(i for g in found for i in g) == list(range(count))
    assert all(len({identities[i] for i in g} - {None}) <= 1 for g in found)


def test_many_papers_that_stand_twice_take_no_time() -> None:
    """Twice as many take twice as long, not four times: no cluster looks at all the others."""

    def run(count: int) -> None:
        records = [
            Record(f"{page}:{n}", f"Paper {n} on a topic of its own")
            for page in "ab"
            for n in range(count)
        ]
        clusters = dedupe([Unresolved(record, "not_found") for record in records])
        assert len(clusters) == count
        assert all(len(cluster.evidence) == 1 for cluster in clusters)

    grows_linearly(run, 3200)
