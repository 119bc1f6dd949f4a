from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from bibkit.listing import arxiv_html, arxiv_text
from bibkit.record import Link
from tests.growth import grows_linearly

_DATA = Path(__file__).resolve().parents[1] / "data" / "listing"
_LIST = (_DATA / "arxiv_html.html").read_text(encoding="utf-8")
_SEARCH = (_DATA / "arxiv_html_search.html").read_text(encoding="utf-8")
_ABS = (_DATA / "arxiv_html_abs.html").read_text(encoding="utf-8")
_TEXT = (_DATA / "arxiv_text.txt").read_text(encoding="utf-8")


def test_a_list_is_read_whole() -> None:
    listing = arxiv_html.read(_LIST, origin="p")
    first, second, third = listing.records
    assert listing.problems == ()
    assert (first.origin, first.arxiv_id, first.date) == ("p:23", "2602.12129", None)
    assert first.title.endswith("Multi-Entity Book Graph Dataset")
    assert [author.family for author in first.authors] == ["Ahmed", "Chowdhury"]
    assert first.abstract.endswith("so we make one.")
    assert first.links == (Link("https://github.com/example/bangla-books", "code"),)
    assert (second.arxiv_id, second.venue) == ("2602.12181", "AISTATS 2026")
    assert second.abstract.startswith("About players whose utilities")
    assert (third.arxiv_id, third.abstract) == ("2503.16743", "")


def test_search_results_are_read_whole() -> None:
    listing = arxiv_html.read(_SEARCH, origin="p")
    first, second = listing.records
    assert listing.problems == ()
    assert (first.origin, first.title) == ("p:18", "Desperately Seeking Superstrings")
    assert (first.arxiv_id, first.doi) == ("physics/9403001", "10.1063/1.2814991")
    assert first.date == dt.date(1986, 4, 25)
    assert first.abstract == (
        "What strings promise, and what they do not keep, is weighed at some length."
    )
    assert first.venue == "Phys.Today 86N5 (1986) 7-9"
    assert (second.date, second.abstract) == (dt.date(2026, 5, 13), "Caches are cut.")


def test_the_page_of_one_paper_is_that_paper() -> None:
    listing = arxiv_html.read(_ABS, origin="p")
    (record,) = listing.records
    assert listing.problems == ()
    assert (record.title, record.arxiv_id) == ("Segment Anything", "2304.02643")
    assert (record.origin, record.date) == ("p:15", dt.date(2023, 4, 5))
    assert [author.family for author in record.authors] == ["Kirillov", "Mintun"]
    assert record.abstract.endswith("a billion masks.")


def test_an_older_page_of_one_paper_has_its_id_at_the_end() -> None:
    old = _ABS.replace("<strong>arXiv:2304.02643</strong> (cs)", "")
    (record,) = arxiv_html.read(old, origin="p").records
    assert (record.title, record.arxiv_id) == ("Segment Anything", "2304.02643")


def test_a_list_as_text_is_read_whole() -> None:
    listing = arxiv_text.read(_TEXT, origin="p")
    first, second, third = listing.records
    assert listing.problems == ()
    assert (first.origin, first.arxiv_id, first.authors_count) == ("p:12", "2602.12129", 3)
    assert second.abstract.startswith("About players whose utilities are convex")
    assert (third.arxiv_id, third.venue) == ("astro-ph/0601001", "Acta Astron. 56:1-50,2006")


@pytest.mark.parametrize(
    "text",
    [
        # the browser's own copy of one paper
        "Computer Science > Computer Vision\n[Submitted on 5 Apr 2023]\nTitle:Segment Anything\n"
        "Authors:Alexander Kirillov, Eric Mintun\nView PDF\nAbstract:Whatever one points at is cut out.\n"
        "Comments:\tA page\nSubjects:\tComputer Vision (cs.CV)\nCite as:\tarXiv:2304.02643 [cs.CV]\n"
        " \t(or arXiv:2304.02643v1 [cs.CV] for this version)\n",
        # a search result
        "1.  arXiv:2304.02643  [pdf, other]  cs.CV cs.AI\ndoi 10.48550/arXiv.2304.02643\nSegment Anything\n"
        "Authors: Alexander Kirillov, Eric Mintun\nAbstract: Whatever one… ▽ More\n"
        "Whatever one points at is cut out. △ Less\nSubmitted 5 April, 2023; originally announced April 2023.\n",
        # an old list, its heads broken by a renderer
        "[1]\narXiv:2304.02643\n[pdf, html, other]\nTitle:\nSegment Anything\nAuthors: Alexander Kirillov,"
        " Eric Mintun\nSubjects: Computer Vision (cs.CV)\n",
        # Markdown
        "[[1]](#item1) [arXiv:2304.02643](https://arxiv.org/abs/2304.02643) [[pdf](https://arxiv.org/pdf/2304.02643), other]\n"
        ":   Title: Segment Anything\n\n    [Alexander Kirillov](x), [Eric Mintun](y)\n\n    Subjects: Computer Vision (cs.CV)\n",
    ],
)  # fmt: skip
def test_other_renderings(text: str) -> None:
    (record,) = arxiv_text.read(text, origin="p").records
    assert (record.title, record.arxiv_id) == ("Segment Anything", "2304.02643")
    assert [author.family for author in record.authors] == ["Kirillov", "Mintun"]
    assert record.abstract in ("", "Whatever one points at is cut out.")


def test_a_wrapped_title_ends_at_the_authors() -> None:
    text = _TEXT.replace(" Multi-Entity", "\n  Multi-Entity").replace("Rahin", "Authors: Rahin")
    first = arxiv_text.read(text, origin="p").records[0]
    assert first.title.endswith("A Large-Scale Multi-Entity Book Graph Dataset")
    assert first.authors_count == 3


@pytest.mark.parametrize(
    ("page", "end", "ids"),
    [
        (_LIST, "Algorithms for", ["2602.12129"]),
        (_LIST, "(cs.GT)</span>", ["2602.12129", "2602.12181"]),
        (_SEARCH, "Head-Aware", ["physics/9403001"]),
        (_ABS, "Segment Anything</h1>", []),
    ],
)
def test_a_cut_page_gives_what_is_whole(page: str, end: str, ids: list[str]) -> None:
    listing = arxiv_html.read(page[: page.rindex(end)], origin="p")
    assert [record.arxiv_id for record in listing.records] == ids
    assert [problem.code for problem in listing.problems] == ["listing-cut"]


def test_a_line_that_fits_no_record_is_reported() -> None:
    text = _TEXT.replace("Total of 559", "Something else\nTotal of 559")
    last = arxiv_text.read(text[text.index("[1]") :], origin="p").problems
    assert [str(problem) for problem in last] == [
        "p:17: listing-stray: fits no record: “Something else”"
    ]


def test_hostile_pages_are_read_in_bounded_time() -> None:
    for head, piece, tail in (
        ("[1] arXiv:2304.02643 [pdf]\nTitle: ", "a", ""),
        ("", "[1] arXiv:2304.02643 [pdf]\n", ""),
        ("[1] arXiv:2304.02643 [pdf, ", "[", ""),
        ("", "[a](", "arXiv:"),
        ("", "arXiv:2304.02643 (", ""),
    ):

        def run(size: int, head: str = head, piece: str = piece, tail: str = tail) -> None:
            text = head + piece * (size // len(piece)) + tail
            arxiv_text.sniff(text)
            arxiv_text.read(text, origin="p")
            arxiv_html.read(f"<html><div class='list-title'>{text}", origin="p")

        grows_linearly(run, 1_000_000)


@pytest.mark.parametrize(
    "text",
    [
        "See arXiv:2304.02643 for more.\n",
        "arXiv:2304.02643\n",
        "<html><a href='https://arxiv.org/abs/2304.02643'>A title</a></html>",
        "",
    ],
)
def test_other_texts_are_no_page_of_arxiv(text: str) -> None:
    assert not arxiv_text.sniff(text)
    assert not arxiv_html.sniff(text)
