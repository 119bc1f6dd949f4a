from __future__ import annotations

from pathlib import Path

import pytest

from bibkit.listing.scholar import read, sniff

_DATA = Path(__file__).resolve().parents[1] / "data" / "listing"
_PAGE = (_DATA / "scholar.html").read_text(encoding="utf-8")
_TEXT = (_DATA / "scholar_text.txt").read_text(encoding="utf-8")


def test_an_alert_is_read_whole() -> None:
    listing = read(_PAGE, origin="s")
    first, second, third, fourth = listing.records
    assert listing.problems == ()
    assert first.title == "Using Sequence-to-Sequence Learning for Repairing C Vulnerabilities"
    assert (first.origin, first.arxiv_id, first.year, first.venue) == (
        "s:3",
        "1912.02015",
        2019,
        "",
    )
    assert [author.family for author in first.authors] == ["Chen", "Kommrusch", "Monperrus"]
    assert (second.arxiv_id, second.doi, second.venue) == (None, None, "")
    assert third.doi == "10.1007/978-3-030-36808-1_42"
    assert third.authors == ()  # the list is cut
    assert third.venue == "International Conference on Neural Information Processing"
    assert (fourth.title, fourth.year) == (
        "Behavior Assessment Battery for Adults who Stutter",
        2025,
    )


def test_a_snippet_is_no_abstract() -> None:
    assert {record.abstract for record in read(_PAGE, origin="s").records} == {""}


def test_an_alert_in_plain_text_is_read() -> None:
    first, second = read(_TEXT, origin="s").records
    assert first.title == "Using Sequence-to-Sequence Learning for Repairing C Vulnerabilities"
    assert (first.origin, first.arxiv_id, first.year) == ("s:3", "1912.02015", 2019)
    assert (second.title, second.year, second.arxiv_id) == (
        *("Establishing Benchmarks For Learning Program Representations", 2019, None),
    )


def test_a_line_of_authors_without_a_title_is_reported() -> None:
    listing = read("Google Scholar\n\nZ Chen, S Kommrusch - Venue, 2019\n", origin="s")
    assert listing.records == ()
    assert [str(p) for p in listing.problems] == [
        "s:3: listing-stray: authors and year without a title"
    ]


def test_a_cut_page_gives_what_is_whole() -> None:
    cut = read(_PAGE[: _PAGE.index("for Mapping Language")], origin="s")
    assert [record.arxiv_id for record in cut.records] == ["1912.02015"]
    assert [problem.code for problem in cut.problems] == ["listing-cut"]


@pytest.mark.parametrize(
    ("address", "arxiv_id", "doi"),
    [
        ("https://scholar.google.com/scholar_url?url=https://dl.acm.org/doi/pdf/10.1145/3292500.3330701&hl=en", None, "10.1145/3292500.3330701"),
        ("http://scholar.google.ru/scholar_url?url=https://arxiv.org/abs/2402.12345v2", "2402.12345", None),
        ("https://evil.example/scholar_url?url=x", None, None),
        ("https://www.example.org/doi/10.1145/3292500.3330701", None, None),
        ("http://[", None, None),
    ],
)  # fmt: skip
def test_an_address_gives_its_identifier(
    address: str, arxiv_id: str | None, doi: str | None
) -> None:
    page = f'<html><h3><a class="gse_alrt_title" href="{address}">A Title</a></h3><div>A B - V, 2020</div></html>'
    (record,) = read(page, origin="s").records
    assert (record.arxiv_id, record.doi) == (arxiv_id, doi)


@pytest.mark.parametrize("kind", [' class="m_-12gse_alrt_title"', ""])
def test_an_alert_that_was_forwarded_is_one(kind: str) -> None:
    page = _PAGE.replace(' class="gse_alrt_title"', kind)
    assert sniff(page)
    found = read(page, origin="s").records
    assert [r.title for r in found] == [r.title for r in read(_PAGE, origin="s").records][
        : len(found)
    ]
    assert len(found) == (4 if kind else 3)  # the last one leads to no page of its own


def test_other_pages_are_no_alert() -> None:
    assert not sniff("<html><h3><a href='https://scholar.google.com/'>Scholar</a></h3></html>")
    assert not sniff("I use Google Scholar a lot.\nBut there is no paper here.")
