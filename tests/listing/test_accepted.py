from __future__ import annotations

import json
from pathlib import Path

import pytest

from bibkit.listing.accepted import read, sniff
from bibkit.listing.listing import Listing
from tests.growth import grows_linearly

_DATA = Path(__file__).resolve().parents[1] / "data" / "listing"
_TITLES = [
    "Attention Is All You Need",
    "Deep Residual Learning for Image Recognition",
    "Auto-Encoding Variational Bayes",
]


def _sample(name: str) -> Listing:
    return read((_DATA / name).read_text(encoding="utf-8"), origin="x")


def test_titles_over_lines_of_authors_are_read() -> None:
    listing = _sample("accepted.txt")
    assert [r.title for r in listing.records] == [
        *_TITLES,
        "Scaling Laws for Neural Language Models",
    ]
    assert [len(r.authors) for r in listing.records] == [3, 4, 2, 4]
    assert [r.origin for r in listing.records] == ["x:3", "x:6", "x:9", "x:12"]
    assert [r.authors[0].family for r in listing.records] == ["Vaswani", "He", "Kingma", "Kaplan"]


def test_a_saved_page_is_read_without_its_menus() -> None:
    listing = _sample("accepted.html")
    assert [r.title for r in listing.records] == _TITLES
    assert [r.origin for r in listing.records] == ["x:6", "x:7", "x:9"]
    assert listing.problems == ()


def test_a_table_is_read() -> None:
    listing = _sample("accepted.csv")
    first, second = listing.records
    assert (first.title, first.arxiv_id, first.year, len(first.authors)) == (
        "Attention Is All You Need",
        "1706.03762",
        2017,
        2,
    )
    assert (second.title, len(second.authors)) == ("Scaling Laws, for Neural Language Models", 2)
    assert [str(p) for p in listing.problems] == [
        "x:5: listing-stray: a row without a title: “Nobody At All 2020”"
    ]


def test_rows_of_one_paper_with_one_author_each_are_one() -> None:
    text = "Conference\tTitle\tAuthor\nX\tDeep Things\tAnn Bee\nX\tDeep Things\tCy Dee\n"
    (record,) = read(text, origin="x").records
    assert [a.family for a in record.authors] == ["Bee", "Dee"]


def test_a_dump_is_read() -> None:
    text = json.dumps(
        [{"title": "Deep Things", "authors": ["Ann Bee", "Cy Dee"], "arxiv": "2401.00001"}]
    )
    assert sniff(text)
    (record,) = read(text, origin="x").records
    assert (record.arxiv_id, len(record.authors)) == ("2401.00001", 2)


@pytest.mark.parametrize(
    ("text", "is_list"),
    [
        ((_DATA / "accepted.txt").read_text(encoding="utf-8"), True),
        ((_DATA / "accepted.html").read_text(encoding="utf-8"), True),
        ((_DATA / "accepted.csv").read_text(encoding="utf-8"), True),
        ("Attention Is All You Need\nDeep Learning\nSegment Anything\n" * 3, False),
        ("2402.12345\n2402.12346\n", False),
        ("<html><body><p>Not found</p></body></html>", False),
        ('[{"title": "x"}]', False),
    ],
)
def test_an_accepted_list_is_told_from_other_texts(text: str, is_list: bool) -> None:
    assert sniff(text) == is_list


@pytest.mark.parametrize(
    "piece",
    [
        "<",
        "<b>",
        "<!--",
        "<script>",
        "Aa Bb, ",
        "A ",
        "(",
        "a·",
        "Title One\nAnn Bee, Cy Dee\n",
        '"',
        "x,\n",
    ],
)
@pytest.mark.parametrize("head", ["", "<p>", "title,authors\n"])
def test_hostile_lists_take_linear_time(head: str, piece: str) -> None:
    def run(size: int) -> None:
        text = head + piece * (size // len(piece))
        sniff(text)
        read(text, origin="x")

    grows_linearly(run, 100_000)
