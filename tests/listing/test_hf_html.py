from __future__ import annotations

import datetime as dt
import html
import json
import re
from pathlib import Path

import pytest

from bibkit.listing import read_listing
from bibkit.listing.hf_html import read, sniff
from bibkit.record import Link

_DATA = Path(__file__).resolve().parents[1] / "data" / "listing"
_PAGE = (_DATA / "hf_html.html").read_text(encoding="utf-8")
_CARDS = (_DATA / "hf_html_cards.html").read_text(encoding="utf-8")


def _props(value: object, target: str = "DailyPapers") -> str:
    return f'<p>\n<div data-target="{target}" data-props="{html.escape(json.dumps(value))}"></div>'


def test_a_page_of_search_results_is_read_from_its_data() -> None:
    listing = read(_PAGE, origin="p.html")
    assert [record.arxiv_id for record in listing.records] == ["2408.15836", "2603.08450"]
    first = listing.records[0]
    assert first.origin == "p.html:9"
    assert first.authors_count == 3
    assert first.comments == 4
    assert first.abstract.startswith("Search results are sorted into topics & subtopics")
    assert listing.problems == ()


def test_without_data_the_cards_are_read() -> None:
    cards = read(_PAGE.replace("data-props", "data-gone"), origin="p.html").records
    data = read(_PAGE, origin="p.html").records
    assert [(r.title, r.arxiv_id, r.abstract, r.origin) for r in cards] == [
        (r.title, r.arxiv_id, r.abstract, r.origin) for r in data
    ]


def test_other_cards_are_read() -> None:
    first, second = read(_CARDS, origin="p.html").records
    assert first.origin == "p.html:5"
    assert first.title == (
        "Knowledge Navigator: LLM-guided Browsing Framework for Exploratory Search "
        "in Scientific Literature"
    )
    assert (first.authors_count, first.date) == (3, dt.date(2024, 8, 28))
    assert first.links == (Link("https://github.com/example/navigator", "code"),)
    assert second.arxiv_id == "2603.08450"


def test_the_page_of_one_paper_is_read() -> None:
    page = _props(
        {"paper": {"id": "2508.02739", "title": "Kronos"}, "comments": []}, "PaperContent"
    )
    (record,) = read(page, origin="p.html").records
    assert (record.arxiv_id, record.title, record.origin) == ("2508.02739", "Kronos", "p.html:2")


def test_a_paper_that_stands_twice_is_one_record() -> None:
    paper = {"paper": {"id": "2508.02739", "title": "Kronos"}}
    assert len(read(_props({"dailyPapers": [paper, paper]}), origin="x").records) == 1


@pytest.mark.parametrize(
    ("end", "records", "line"),
    [
        ("A Dataset for Probing", 1, 6),
        ("&quot;numComments&quot;:4},", 1, 6),
        ("&quot;numComments&quot;:0}", 2, 6),
        ("Knowledge <span", 2, None),
    ],
)
def test_a_cut_page_gives_what_is_whole(end: str, records: int, line: int | None) -> None:
    listing = read(_PAGE[: _PAGE.index(end) + len(end)], origin="p.html")
    assert len(listing.records) == records
    origins = [(problem.origin, problem.code) for problem in listing.problems]
    assert origins == ([(f"p.html:{line}", "listing-cut")] if line else [])


def test_a_cut_card_is_reported() -> None:
    listing = read(_CARDS[: _CARDS.index("for Probing")], origin="p.html")
    assert [record.arxiv_id for record in listing.records] == ["2408.15836"]
    assert [str(p) for p in listing.problems] == [
        "p.html:10: listing-cut: the page breaks off here"
    ]


@pytest.mark.parametrize(
    "page",
    [
        _props({"dailyPapers": "none"}),
        _props([]),
        '<div data-target="DailyPapers" data-props="{&quot;dailyPapers&quot;:[{&quot;paper&quot;:">',
        '<div data-target="DailyPapers" data-props="">',
        "<!DOCTYPE html [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]><h3><a href='/papers/2402.12345'>&b;</a></h3>",
        "<html><h3><a href='/papers/2402.12345'>" + "<b>" * 100_000,
        "<html><h3><a href='/papers/2402.12345'>\0\x1b[31mA\x1b[0m</a></h3>",
        "<?xml version='1.0' encoding='latin-1'?><html><h3><a href='/papers/2402.12345'>é</a></h3></html>",
    ],
)
def test_a_hostile_page_harms_nothing(page: str) -> None:
    for record in read(page, origin="x").records:
        assert record.arxiv_id == "2402.12345"
        assert record.title.isprintable()
        assert len(record.title) < 50


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<html><a href='/papers/trending'>Trending</a></html>",
        "<html><a href='https://arxiv.org/abs/2402.12345'>A title</a></html>",
        "[A title](https://huggingface.co/papers/2402.12345)",
        'about data-target="DailyPapers" data-props="',
    ],
)
def test_other_texts_are_no_papers_page(text: str) -> None:
    assert not sniff(text)


@pytest.mark.shared
def test_a_page_with_real_data_gives_what_the_api_gives(shared: Path) -> None:
    for path in sorted((shared / "api-samples" / "hf-daily_papers").glob("*.json")):
        text = path.read_text(encoding="utf-8")
        page = f"<!doctype html>\n{_props({'dailyPapers': json.loads(text)})}"
        answer = read_listing(text, origin="x").records
        found = read_listing(page, origin="x").records
        assert [re.sub(r"origin='[^']*'", "", repr(record)) for record in found] == [
            re.sub(r"origin='[^']*'", "", repr(record)) for record in answer
        ]


def test_on_a_trending_page_each_card_counts_once_and_without_its_ai_summary() -> None:
    page = (_DATA / "hf_html_trending.html").read_text(encoding="utf-8")
    listing = read(page, origin="p.html")
    assert listing.problems == ()
    assert [
        (r.arxiv_id, bool(r.abstract), r.authors_count, str(r.date)) for r in listing.records
    ] == [
        ("2610.05608", True, None, "2026-10-04"),
        ("2412.20138", False, 4, "2024-12-28"),
        ("2309.06180", False, 9, "2023-09-12"),
    ]
    assert listing.records[0].links == (
        Link("https://github.com/kandinskylab/kandinsky-6", "code"),
    )


def test_the_data_of_a_trending_page_has_the_abstract_itself() -> None:
    paper = {
        "id": "2412.20138",
        "title": "TradingAgents: Multi-Agents LLM Financial Trading Framework",
        "summary": "Agents with different roles trade together.",
        "ai_summary": "A machine says this in one sentence.",
    }
    for name in ("dailyPapers", "trendingPapers", "papers"):
        data = _props({name: [{"paper": paper}, {"paper": paper}]}, "TrendingPapers")
        (record,) = read(f"<html>{data}", origin="x").records
        assert record.abstract == "Agents with different roles trade together."
    del paper["summary"]
    (record,) = read(_props({"dailyPapers": [{"paper": paper}]}), origin="x").records
    assert record.abstract == ""
