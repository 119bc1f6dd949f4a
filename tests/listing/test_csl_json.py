from __future__ import annotations

import json
from pathlib import Path

import pytest

from bibkit.listing.csl_json import read, sniff
from bibkit.record import Author

_DATA = Path(__file__).resolve().parents[1] / "data" / "listing"


def test_csl_json_is_read() -> None:
    listing = read((_DATA / "csl_json.json").read_text(encoding="utf-8"), origin="x")
    vaswani, lecun, adam = listing.records
    assert (vaswani.origin, vaswani.title) == ("x:5", "Attention Is All You Need")
    assert vaswani.authors == (
        Author("Vaswani", "Ashish"),
        Author("Oord", "Aäron", "van den"),
        Author("Google Brain Team", collective=True),
    )
    assert (vaswani.arxiv_id, vaswani.year) == ("1706.03762", 2017)
    assert (vaswani.volume, vaswani.pages) == ("30", "5998--6008")
    assert (lecun.doi, lecun.year, lecun.number) == ("10.1038/nature14539", 2015, "7553")
    assert lecun.identifiers == ("pmid:26017442",)
    assert (adam.arxiv_id, adam.year) == ("1412.6980", 2014)
    assert [str(problem) for problem in listing.problems] == [
        "x:22: listing-stray: an item with neither title nor arXiv id nor DOI"
    ]


def test_better_bibtex_json_is_read() -> None:
    listing = read((_DATA / "csl_json_zotero.json").read_text(encoding="utf-8"), origin="x")
    (record,) = listing.records
    assert (record.arxiv_id, record.year) == ("1412.6980", 2017)
    assert record.authors == (Author("Kingma", "Diederik P."),)
    assert listing.problems == ()


ITEMS: list[tuple[dict[str, object], object]] = [
    ({"issued": {"date-parts": [[2017]]}}, 2017),
    ({"issued": {"date-parts": [["2017", "6"]]}}, 2017),
    ({"issued": {"date-parts": []}}, None),
    ({"issued": {"raw": "12 June 2017"}}, 2017),
    ({"issued": "2017-06"}, 2017),
    ({"issued": 2017}, 2017),
    ({"issued": {"date-parts": [[10**30]]}}, None),
    ({"issued": []}, None),
]


@pytest.mark.parametrize(("fields", "year"), ITEMS)
def test_a_date_is_read_in_any_form(fields: dict[str, object], year: object) -> None:
    item = {"type": "article-journal", "title": "T", **fields}
    (record,) = read(json.dumps([item]), origin="x").records
    assert record.year == year


@pytest.mark.parametrize("value", [None, 1, 1.5, True, [], {}, "", "x", [[]], [{}], {"a": 1}])
@pytest.mark.parametrize("name", ["author", "issued", "DOI", "container-title", "page", "note"])
def test_a_field_of_another_type_hurts_nothing(name: str, value: object) -> None:
    item = {"type": "book", "title": "A Title", name: value}
    (record,) = read(json.dumps(item), origin="x").records
    assert record.title == "A Title"


def test_answers_that_wrap_the_items_are_read() -> None:
    item = {"type": "journal-article", "title": ["Deep learning"], "DOI": "10.1038/nature14539"}
    for text in (
        json.dumps({"message": {**item, "container-title": ["Nature"]}}),
        json.dumps([item]),
    ):
        assert sniff(text)
        assert [record.doi for record in read(text, origin="x").records] == ["10.1038/nature14539"]


def test_a_cut_file_keeps_its_whole_items() -> None:
    text = '[{"type": "book", "title": "One"}, {"type": "book", "tit'
    listing = read(text, origin="x")
    assert [record.title for record in listing.records] == ["One"]
    assert [problem.code for problem in listing.problems] == ["listing-cut"]


@pytest.mark.parametrize("text", ['{"name": "x", "type": "module"}', "[]", "<type>", "[1, 2]"])
def test_other_json_is_not_claimed(text: str) -> None:
    assert not sniff(text)
