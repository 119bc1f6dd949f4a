"""Records → groups: chains, order, editorials, hostile sets."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bibkit import dedupe
from bibkit.dedupe import find_duplicates
from bibkit.dedupe.blocking import candidate_pairs
from bibkit.dedupe.clustering import group
from bibkit.dedupe.features import read_features
from bibkit.dedupe.match import Match
from bibkit.record import Author, Record
from tests.dedupe.test_hard_cases import record
from tests.growth import grows_linearly

CAREY = "Of XML and databases: where is the beef"


def groups(records: list[Record]) -> set[frozenset[str]]:
    return {frozenset(records[i].origin for i in g) for g in find_duplicates(records).groups}


def test_clusters_of_records_say_why() -> None:
    text = f"{CAREY} | M. Carey | 2000"
    left, right = record(text), replace(record(text), origin="b:9")
    (cluster,) = dedupe([left, right])
    assert cluster.members == (left, right)
    assert cluster.evidence == ("b:9 = a:1: title: exact, authors: 1 of 1 / 1, year 2000",)


def test_a_chain_is_not_merged_but_left_for_review() -> None:
    conference = replace(record(f"{CAREY} | M. Carey | 1997 | Proc. SIGMOD | | 11-22"), origin="a")
    nowhere = replace(record(f"{CAREY} | M. Carey"), origin="b")
    journal = replace(record(f"{CAREY} | M. Carey | 2001 | VLDB Journal | 9 | 45-77"), origin="c")
    found = find_duplicates([conference, nowhere, journal])
    assert len(found.groups) == 2
    assert len(found.unsure) == 1
    assert 1 in found.unsure[0][:2]


def test_a_third_editorial_shows_that_two_are_not_one() -> None:
    text = "Editorial | R. Snodgrass | 2001 | ACM Trans. Database Syst."
    one = record(text)
    assert len(find_duplicates([one, replace(one, origin="b")]).groups) == 1
    three = find_duplicates([one, replace(one, origin="b"), replace(one, origin="c")])
    assert len(three.groups) == 3
    assert len(three.unsure) == 3


def test_ids_of_one_kind_never_meet_in_a_group() -> None:
    left = replace(record(f"{CAREY} | M. Carey | 2000", arxiv="2001.00001"), origin="a")
    bare = replace(record(f"{CAREY} | M. Carey | 2000"), origin="b")
    right = replace(record(f"{CAREY} | M. Carey | 2000", arxiv="2001.00002"), origin="c")
    assert len(find_duplicates([left, bare, right]).groups) == 2


def test_groups_grow_by_the_strongest_pair() -> None:
    verdicts = {(0, 1): "same", (1, 2): "same", (0, 2): "different"}

    def compare(x: int, y: int) -> Match:
        same = verdicts[min(x, y), max(x, y)] == "same"
        return Match("same" if same else "different", 0.9)

    pairs = [(0, 1, Match("same", 0.8)), (1, 2, Match("same", 0.9))]
    found = group(range(3), pairs, compare, [None] * 3)
    assert found.groups == ((0,), (1, 2))
    assert [p[:2] for p in found.refused] == [(0, 1)]


@pytest.mark.parametrize(("doubtful", "count"), [(False, 2), (True, 1)])
def test_want_of_likeness_is_less_than_a_difference(doubtful: bool, count: int) -> None:
    """Two torn references of one paper are like the whole one and strangers to each other."""
    alike = {(0, 1), (0, 2), (1, 2), (0, 3)}

    def compare(x: int, y: int) -> Match:
        same = (min(x, y), max(x, y)) in alike
        return Match("same", 0.9) if same else Match("different", 0.5, doubtful=doubtful)

    pairs = [(x, y, Match("same", 0.9 - 0.1 * (y == 3))) for x, y in alike]
    assert len(group(range(4), pairs, compare, [None] * 4).groups) == count


def test_a_year_that_two_records_have_is_no_slip() -> None:
    early = record(f"{CAREY} | M. Carey | 1999")
    late = replace(record(f"{CAREY} | M. Carey | 2000 | VLDB J. | 9 | 45-77"), origin="b")
    assert len(groups([early, late])) == 1
    twice = [early, replace(early, origin="c"), late, replace(late, origin="d")]
    assert groups(twice) == {frozenset({"a:1", "c"}), frozenset({"b", "d"})}


def test_an_editorial_that_stands_twice_is_still_lonely() -> None:
    """Copies of one piece, known by volume and page, are one partner and not two."""
    one = record("Editorial | R. Snodgrass | 2001 | ACM Trans. Database Syst. | 26 | 1-2")
    bare = record("Editorial | R. Snodgrass | 2001 | ACM Trans. Database Syst.")
    copies = [one, replace(one, origin="b"), replace(bare, origin="c")]
    assert len(groups(copies)) == 1


POOL = [
    record(text)
    for text in (
        f"{CAREY} | M. Carey | 2000 | SIGMOD Conference",
        f"{CAREY} | Michael J. Carey | 2000 | Proc. ACM SIGMOD",
        f"{CAREY} | M. Carey",
        f"{CAREY} | M. Carey | 2003 | VLDB J. | 12 | 1-20",
        f"{CAREY}: the long version | M. Carey",
        "Editorial | R. Snodgrass | 2001 | TODS",
        "Editorial | R. Snodgrass | 2001 | TODS",
        "Editorial | R. Snodgrass | 2001 | TODS",
        "Seeking the truth about ad hoc join costs | L. Haas, M. Carey | 1997",
        "Sing the truth about ad hoc join costs | L. Haas, M. Carey | 1997",
        "Seeking the truth about hash joins | L. Haas, M. Carey | 1997",
        "",
    )
]
RECORDS = [replace(r, origin=f"a:{n}") for n, r in enumerate(POOL)]


@given(st.permutations(RECORDS))
def test_groups_do_not_depend_on_input_order(shuffled: list[Record]) -> None:
    assert groups(shuffled) == groups(RECORDS)


@settings(deadline=None, max_examples=15)
@given(st.randoms(use_true_random=False))
def test_groups_do_not_depend_on_input_order_where_blocks_are_large(rng: random.Random) -> None:
    many = [replace(RECORDS[n % 11], origin=f"a:{n}", year=2000 + n % 3) for n in range(150)]
    shuffled = many.copy()
    rng.shuffle(shuffled)
    assert groups(shuffled) == groups(many)


NAMES = (
    "Abel Berg Cohn Diaz Evans Fuchs Gomez Hansen Ito Jones Klein Lopez Meyer Nagy Olsen".split()
)
HOSTILE = {
    "editorials": lambda n: Record(f"a:{n}", "Editorial", year=1950 + n % 70),
    "editorials with editors": lambda n: Record(
        f"a:{n}", "Editorial", authors=(Author(NAMES[n % 15], "A"),), year=1950 + n % 70),
    "empty titles": lambda n: Record(f"a:{n}", volume=str(n % 5), pages=str(n % 5), year=2000),
    "one letter": lambda n: Record(f"a:{n}", "abcdefghij"[n % 10]),
    "CJK": lambda n: Record(  # no two alike: polynomials in k over a prime
        f"a:{n}", "".join(chr(0x6C34 + (n * k + n // 4999 * k * k) % 4999) for k in range(1, 13))),
    "one CJK title": lambda n: Record(f"a:{n}", "视觉语言模型", year=1950 + n % 70),
    "one title right to left": lambda n: Record(f"a:{n}", "שלום עולם", year=1950 + n % 70),
    "right to left": lambda n: Record(
        f"a:{n}", " ".join(chr(0x5D0 + (n // 27**k) % 27) * 3 for k in range(5))),
    "marks": lambda n: Record(
        f"a:{n}", "( " * 500 + "[" * 500 + str(n), venue=". " * 500, pages="1-" * 500),
    "one long word": lambda n: Record(f"a:{n}", "x" * 20_000 + str(n)),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_sets_take_bounded_time_and_nothing_is_merged(kind: str) -> None:
    count = 200 if kind in ("marks", "one long word") else 3000

    def run(size: int) -> None:
        found = find_duplicates([HOSTILE[kind](n) for n in range(size)])
        assert len(found.groups) == size

    grows_linearly(run, count)


def test_ten_thousand_authors() -> None:
    title = "Observation of a new particle in the search for the Higgs boson"

    def run(count: int) -> None:
        authors = tuple(Author(f"{NAMES[n % 15]}{n}", "A") for n in range(count))
        records = [Record(f"a:{n}", title + " II" * (n % 2), authors=authors) for n in range(20)]
        assert len(find_duplicates(records).groups) == 2

    grows_linearly(run, 10_000)


def test_large_blocks_cost_no_square() -> None:
    many = [read_features(Record(f"a:{n}", "Editorial")) for n in range(5000)]
    assert sum(1 for _ in candidate_pairs(many)) <= 6 * 5000


def test_titles_of_absurd_length_are_not_one_for_their_beginning() -> None:
    long = "a very long title word " * 1000
    assert (
        len(find_duplicates([Record("a:1", long + "first"), Record("a:2", long + "last")]).groups)
        == 2
    )
