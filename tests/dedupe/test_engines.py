"""Every engine finds the same clusters, for the same reasons, and leaves the same pairs open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bibkit.dedupe import Duplicates, find_duplicates
from bibkit.dedupe.blocking import candidate_pairs
from bibkit.dedupe.engines.in_duckdb import find_duplicates_in_duckdb
from bibkit.dedupe.features import Features, read_features
from bibkit.dedupe.pruning import are_strangers, shared_facts, title_start
from bibkit.dedupe.scoring import compare
from bibkit.record import Record
from tests.dedupe.made_records import made_records
from tests.dedupe.test_find_duplicates import POOL, RECORDS


def in_order(found: Duplicates) -> Duplicates:
    return Duplicates(
        found.groups,
        tuple(sorted(found.joined, key=lambda pair: pair[:2])),
        tuple(sorted(found.unsure, key=lambda pair: pair[:2])),
    )


@settings(max_examples=25)
@given(st.lists(st.sampled_from([*POOL, *made_records(60, seed=1)]), max_size=25))
def test_duckdb_finds_the_same_among_a_few(chosen: list[Record]) -> None:
    records = [replace(record, origin=f"a:{n}") for n, record in enumerate(chosen)]
    found = find_duplicates_in_duckdb(records, workers=0)
    assert found == in_order(find_duplicates(records))


def test_duckdb_finds_the_same_in_large_blocks_and_other_processes() -> None:
    """Of 150 editorials and 1,200 titles made of 40 words, most blocks are larger than 50."""
    many = [replace(RECORDS[n % 11], origin=f"b:{n}", year=2000 + n % 3) for n in range(150)]
    records = [*many, *made_records(1_200, seed=2)]
    expected = in_order(find_duplicates(records))
    assert len(expected.joined) > 100
    assert len(expected.unsure) > 100
    assert find_duplicates_in_duckdb(records, workers=2) == expected


def test_little_memory_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    records = made_records(500, seed=3)
    expected = in_order(find_duplicates(records))
    assert find_duplicates_in_duckdb(records, workers=0, memory="50MB") == expected
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("bibkit-dedupe")]


def test_half_characters_are_no_obstacle() -> None:
    strange = Record(
        "a\udcff:1", "Deep learning \ud800 of graphs", venue="J\udfff", doi="10.1/\ud800"
    )
    records = [strange, replace(strange, origin="a:2"), replace(strange, origin="a:3", doi=None)]
    assert find_duplicates_in_duckdb(records, workers=0) == in_order(find_duplicates(records))


def test_no_records_at_all() -> None:
    assert find_duplicates_in_duckdb([], workers=0) == Duplicates((), (), ())


@pytest.mark.shared
def test_the_same_on_real_references(shared: Path) -> None:
    from tests.benchmarks.dedupe import BENCH, read_task

    if not (BENCH / "cora1295").is_dir():
        pytest.skip("no benchmark sets beside the project")
    records = read_task("cora1295").records
    assert find_duplicates_in_duckdb(records, workers=2) == in_order(find_duplicates(records))
    features = [read_features(record) for record in records]
    assert pruned(features, candidate_pairs(features)) > 5_000


def test_no_pair_that_could_be_one_is_pruned() -> None:
    """Every pair of some records, not only those that blocking finds."""
    records = [*POOL, *made_records(400, seed=4)]
    torn = [
        replace(r, title=f"A. {r.authors[0].family} and B. {r.title}") for r in records if r.authors
    ]
    features = [read_features(r) for r in (*records, *torn)]
    assert pruned(features, combinations(range(len(features)), 2)) > 100_000


def pruned(features: list[Features], pairs: Iterable[tuple[int, int]]) -> int:
    facts = [shared_facts(feature) for feature in features]
    count = 0
    for i, j in pairs:
        a, b = features[i], features[j]
        starts = title_start(a), title_start(b)
        if facts[i].isdisjoint(facts[j]) and are_strangers(a.key, b.key, starts):
            count += 1
            assert compare(a, b).verdict == "different", (a, b)
    return count
