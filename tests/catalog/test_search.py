from __future__ import annotations

import datetime as dt
import json
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bibkit.catalog import Catalog, import_snapshot, open_catalog, open_starter
from bibkit.catalog.fuzzy import nearest_titles, nearness, one_edit_away, strange_words
from bibkit.catalog.schema import open_for_reading
from bibkit.resolve.query import MetadataSource, Query
from bibkit.text.titles import title_key
from tests.catalog.conftest import Imported, Line
from tests.growth import grows_linearly

REAL = [
    ("1706.03762", "Attention Is All You Need"),
    ("2304.02643", "Segment Anything"),
    ("2408.00714", "SAM 2: Segment Anything in Images and Videos"),
    ("2304.12306", "Segment Anything in Medical Images"),
    ("2407.10671", "Qwen2 Technical Report"),
    ("2412.15115", "Qwen2.5 Technical Report"),
    ("2309.16609", "Qwen Technical Report"),
    ("2309.14316", "Physics of Language Models: Part 3.1, Knowledge Storage and Extraction"),
    ("2309.14402", "Physics of Language Models: Part 3.2, Knowledge Manipulation"),
    ("1810.04805", "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding"),
    ("1908.08962", "Well-Read Students Learn Better: On the Importance of Pre-training Compact Models"),
    ("2010.08127", "The Deep Bootstrap Framework"),
    ("1404.7828", "Deep Learning in Neural Networks: An Overview"),
    ("1807.07987", "Deep Learning"),
    ("1707.02348", "Deep Learning!"),
    ("2004.00001", "量子计算与视觉"),
]  # fmt: skip


@pytest.fixture
def catalog(line: Line, imported: Imported) -> Path:
    return imported(line(identifier, title) for identifier, title in REAL)


def found(
    catalog: Path, title: str = "", arxiv_id: str | None = None, doi: str | None = None
) -> list[str]:
    with open_catalog(catalog) as opened:
        source: MetadataSource = opened
        (answer,) = source.find([Query(title, arxiv_id, doi)])
    assert answer.error is None
    return [paper.arxiv_id for paper in answer.papers]


@pytest.mark.parametrize(
    ("title", "identifiers"),
    [
        ("attention is all you NEED!", ["1706.03762"]),
        ("{BERT}: Pre-training of deep bidirectional transformers for language understanding",
         ["1810.04805"]),
        ("Deep learning", ["1707.02348", "1807.07987"]),
        ("量子计算与视觉", ["2004.00001"]),
    ],
)  # fmt: skip
def test_an_equal_title_gives_all_its_papers_and_no_others(
    catalog: Path, title: str, identifiers: list[str]
) -> None:
    assert sorted(found(catalog, title=title)) == identifiers


@pytest.mark.parametrize(
    ("title", "identifier"),
    [
        ("Atention is al you need", "1706.03762"),
        ("BERT: Pretraining of Deep Bidirectonal Transformers", "1810.04805"),
        ("Well-Read Students Learn Better", "1908.08962"),
        ("Physics of Language Models: Part 3.2, Knowledge Manipulatoin", "2309.14402"),
        ("Segment Anything in Medicl Imags", "2304.12306"),
        ("A note on: Deep Learning in Neural Networks", "1404.7828"),
    ],
)
def test_a_title_near_to_one_finds_it_first(catalog: Path, title: str, identifier: str) -> None:
    assert found(catalog, title=title)[0] == identifier


@pytest.mark.parametrize(
    "decoy",
    [
        "Qwen3 Technical Report",
        "Physics of Language Models: Part 3.3, Knowledge Storage and Extraction",
        "SAM 3: Segment Anything in Images and Videos",
        "Segment Anything 2",
    ],
)
def test_a_decoy_brings_its_original_as_a_mere_candidate(catalog: Path, decoy: str) -> None:
    with open_catalog(catalog) as opened:
        (answer,) = opened.find([Query(title=decoy)])
        assert answer.papers
        assert all(title_key(p.title) != title_key(decoy) for p in answer.papers)
        assert all(c.score < 1 and c.evidence != ("title: exact",) for c in opened.search(decoy))


def test_an_id_comes_first_and_its_title_is_looked_for_too(catalog: Path) -> None:
    assert found(catalog, arxiv_id="2304.02643v4") == ["2304.02643"]
    assert found(catalog, arxiv_id="2304.02643", title="Segment anything") == ["2304.02643"]
    assert found(catalog, arxiv_id="2304.02643", title="Attention is all you need") == [
        "2304.02643",
        "1706.03762",
    ]
    assert found(catalog, arxiv_id="2304.02643", title="Attention is all you neeed")[:2] == [
        "2304.02643",
        "1706.03762",
    ]
    assert found(catalog, arxiv_id="2099.00001") == found(catalog, arxiv_id="no id") == []
    assert found(catalog, doi="10.1000/unknown") == []


@pytest.mark.parametrize("title", ["", "?!", "\x00", "\\", '" OR "', "NEAR(", "of the", "日本語"])
def test_titles_of_no_use_find_nothing_and_break_nothing(catalog: Path, title: str) -> None:
    found(catalog, title=title)


def test_hostile_titles_take_bounded_time(catalog: Path) -> None:
    grows_linearly(lambda size: found(catalog, title="qwen " * size), 200_000)
    grows_linearly(lambda size: found(catalog, title=" ".join(map(str, range(size)))), 100_000)
    grows_linearly(lambda size: found(catalog, title="a" * size), 1_000_000)


def test_search_tells_scores_and_keeps_to_its_limit(catalog: Path) -> None:
    with open_catalog(catalog) as opened:
        candidates = opened.search("Qwen2 technical report", limit=2)
        assert [(c.paper.arxiv_id, c.evidence[0]) for c in candidates[:1]] == [
            ("2407.10671", "title: exact")
        ]
        assert len(candidates) == 2
        assert candidates[0].score == 1 > candidates[1].score
        assert opened.search("") == []


def test_info(catalog: Path) -> None:
    with open_catalog(catalog) as opened:
        info = opened.info()
    assert info.papers == len(REAL)
    assert info.newest_id == "2412.15115"
    assert info.newest_day is None
    assert info.size == catalog.stat().st_size
    assert not info.unfinished
    assert re.fullmatch(
        r"16 papers, newest 2412\.15115, 0\.\d MB, format \d+, imported \d{4}-\d\d-\d\d", str(info)
    )


def test_only_the_nearest_title_of_a_paper_counts(tmp_path: Path, line: Line) -> None:
    source, path = tmp_path / "source.jsonl", tmp_path / "catalog.sqlite"
    source.write_text(
        line("2402.12345", "Compact models by distillation") + "\n"
        + line("2402.12345", "Small networks learn from large ones", update_date="2025-01-01")
    )  # fmt: skip
    import_snapshot([source], path)
    connection = open_for_reading(path)
    (near,) = nearest_titles(connection, "Compact models by destillation", limit=8)
    connection.close()
    assert near.title == "Compact models by distillation"
    with open_catalog(path) as opened:
        (candidate,) = opened.search("compact models by distillation")
    assert (candidate.score, candidate.paper.title) == (1, "Compact models by distillation")


def test_nearness_knows_a_cut_title_and_a_missing_subtitle() -> None:
    whole = "faithfulness serum mitigating the faithfulness gap in textual explanations"
    assert nearness("faithfulness serum", whole) > 90
    assert nearness(whole, "faithfulness serum") > 90
    assert nearness("faithfulness", "faith") < 60
    assert nearness(whole, whole) == 100


@pytest.fixture(scope="module")
def starter() -> Iterator[Catalog]:
    with open_starter() as opened:
        yield opened


@given(st.lists(st.text(max_size=80), max_size=12))
@settings(max_examples=40)
def test_every_title_is_found_by_itself_and_in_capitals(texts: list[str]) -> None:
    titles = [t for t in texts if title_key(t) and "\\" not in t]
    records = [{"id": f"2402.{n:05d}", "title": t} for n, t in enumerate([*titles, "One more"])]
    with tempfile.TemporaryDirectory() as folder:
        source, path = Path(folder) / "source.jsonl", Path(folder) / "catalog.sqlite"
        source.write_text("\n".join(map(json.dumps, records)))
        report = import_snapshot([source], path)
        assert report.added == len(records), report.problems
        with open_catalog(path) as opened:
            for number, title in enumerate(titles):
                for spelling in (title, title.upper()):
                    (answer,) = opened.find([Query(title=spelling)])
                    assert f"2402.{number:05d}" in [p.arxiv_id for p in answer.papers]


def test_a_thousand_starter_titles_are_found_by_themselves_and_in_capitals(
    starter: Catalog,
) -> None:
    sample = [
        c.paper for word in ("model", "learning", "3d") for c in starter.search(word, limit=100)
    ]
    titles = {p.arxiv_id: p.title for p in sample if "\\" not in p.title}
    assert len(titles) > 200
    for spell in (str, str.upper):
        answers = starter.find([Query(title=spell(title)) for title in titles.values()])
        for identifier, answer in zip(titles, answers, strict=True):
            assert identifier in [p.arxiv_id for p in answer.papers]


def test_a_title_is_found_without_its_subtitle_and_with_one_more(catalog: Path) -> None:
    assert found(catalog, "BERT")[0] == "1810.04805"
    assert found(catalog, "SAM 2")[0] == "2408.00714"
    assert found(catalog, "Qwen2 Technical Report: Addendum")[0] == "2407.10671"
    with open_catalog(catalog) as opened:
        first, *_ = opened.search("Well-Read Students Learn Better")
        assert (first.paper.arxiv_id, first.score) == ("1908.08962", 0.9)


def test_titles_that_consist_of_slips_are_mended(catalog: Path) -> None:
    assert found(catalog, "Atention Is Al Yuo Nead") == ["1706.03762"]
    assert found(catalog, "Boostrap Framewrok") == ["2010.08127"]


def test_few_titles_call_no_word_strange(catalog: Path) -> None:
    with open_catalog(catalog) as opened:
        (answer,) = opened.find([Query("Atention is all you need")])
    assert answer.strange_words is None


def test_rare_words_are_strange(catalog: Path) -> None:
    connection = open_for_reading(catalog)
    strange = strange_words(connection, "Atention is 42 physics deep", at_most=0)
    connection.close()
    assert strange == {"atention"}


def test_one_edit_away() -> None:
    near = one_edit_away("teh")
    assert near == []  # too short
    near = one_edit_away("rgaph")
    assert {"graph", "raph", "rgraph", "rgapha"} <= set(near)
    assert "rgaph" not in near
    assert len(near) == len(set(near)) < 60 * 6


def test_the_day_is_expected_from_the_neighbours(line: Line, imported: Imported) -> None:
    from_neighbours = imported(
        [
            line("2405.10010", "One paper", versions=[day(20)]),
            line("2405.10020", "Another paper", versions=None),
            line("2405.10030", "A third paper", versions=[day(21)]),
            line("2405.10040", "A fourth paper", versions=None),
        ]
    )
    with open_catalog(from_neighbours) as opened:
        answers = opened.find([Query(arxiv_id=f"2405.100{n}0") for n in (1, 2, 4)])
    papers = [answer.papers[0] for answer in answers]
    assert [paper.expected for paper in papers] == [None, dt.date(2024, 5, 20), None]
    assert [paper.submitted for paper in papers] == [dt.date(2024, 5, 20), None, None]


def day(number: int) -> dict[str, str]:
    return {"version": "v1", "created": f"Mon, {number} May 2024 00:00:00 GMT"}
