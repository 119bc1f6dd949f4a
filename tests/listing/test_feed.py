from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bibkit.errors import ListingError
from bibkit.listing import decode, read_listing
from bibkit.listing.feed import read, sniff
from bibkit.record import Link
from tests.growth import grows_linearly

_DATA = Path(__file__).resolve().parents[1] / "data" / "listing"
_RSS = (_DATA / "feed_arxiv.xml").read_text(encoding="utf-8")


def _feed(item: str, link: str = "https://example.org/") -> str:
    return (
        f'<rss xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><link>{link}</link>'
        f"<item>{item}</item></channel></rss>"
    )


def test_arxivs_feed_is_read_whole() -> None:
    listing = read(_RSS, origin="f")
    first, second = listing.records
    assert listing.problems == ()
    assert (first.origin, first.arxiv_id, first.date) == ("f:10", "2602.12129", None)
    assert first.abstract.startswith("Readers of Bangla have had no large graph")
    assert first.links == (Link("https://github.com/example/bangla-books", "code"),)
    assert [author.family for author in first.authors] == ["Ahmed", "Chowdhury", "Reza"]
    assert second.abstract == "What is clever compresses well, where $p < q$."
    assert [author.family for author in second.authors] == ["Hernández-Espinosa"]


def test_arxivs_old_feed_is_read() -> None:
    text = (_DATA / "feed_rdf.xml").read_text(encoding="utf-8")
    first, second = read(text, origin="f").records
    assert (first.title, first.arxiv_id) == ("Segment Anything", "2304.02643")
    assert first.abstract.startswith("Whatever one points at is cut out")
    assert [author.family for author in first.authors] == ["Kirillov", "Mintun"]
    assert (second.title, second.arxiv_id) == (
        *("Flow Matching for Generative Modeling", "2210.02747"),
    )


def test_a_json_feed_is_read() -> None:
    text = (_DATA / "feed_json.json").read_text(encoding="utf-8")
    listing = read(text, origin="f")
    first, second = listing.records
    assert (first.origin, first.arxiv_id) == ("f:8", "2506.14965")
    assert first.title.endswith("from A Cross-Domain Perspective")
    assert first.abstract.startswith("Learning by reward is tried in six fields")
    assert second.abstract == ""  # what a machine wrote
    assert [str(p) for p in listing.problems] == [
        "f:21: listing-stray: no arXiv id, DOI or link to a paper: “We have a new home”"
    ]


@pytest.mark.parametrize(
    ("item", "title", "arxiv_id", "doi"),
    [
        ("<title>A &amp;amp; B</title><link>https://huggingface.co/papers/2402.12345</link>", "A & B", "2402.12345", None),
        ("<title>A Title</title><link>https://tldr.takara.ai/p/2402.12345</link>", "A Title", "2402.12345", None),
        ("<title>[2402.12345] A Title</title>", "A Title", "2402.12345", None),
        ("<title><![CDATA[A <i>Title</i>]]></title><guid>arXiv:2402.12345v2</guid>", "A Title", "2402.12345", None),
        ("<title>&Eacute;tude</title><dc:identifier>doi:10.1038/S41586-020-2649-2</dc:identifier>", "Étude", None, "10.1038/s41586-020-2649-2"),
        ("<title>A Title</title><link>https://dl.acm.org/doi/abs/10.1145/3292500.3330701?af=R</link>", "A Title", None, "10.1145/3292500.3330701"),
        ("<title>A Title</title><link>https://openreview.net/forum?id=x</link>", "A Title", None, None),
        ("<title>Digest</title><description>&lt;p&gt;&lt;a href='https://arxiv.org/abs/2402.12345'&gt;A Real Title&lt;/a&gt;&lt;/p&gt;</description>", "A Real Title", "2402.12345", None),
    ],
)  # fmt: skip
def test_an_item_that_names_a_paper(
    item: str, title: str, arxiv_id: str | None, doi: str | None
) -> None:
    listing = read(_feed(item), origin="f")
    assert [(r.title, r.arxiv_id, r.doi) for r in listing.records] == [(title, arxiv_id, doi)]
    assert listing.problems == ()


@pytest.mark.parametrize(
    ("description", "abstract"),
    [
        ("Abstract: We measure it.", "We measure it."),
        ("A machine's words on a paper.", ""),
        ("Abstract: We measure…", ""),
    ],
)
def test_only_an_abstract_is_one(description: str, abstract: str) -> None:
    item = f"<title>A Title</title><link>https://arxiv.org/abs/2402.12345</link><description>{description}</description>"
    (record,) = read(_feed(item), origin="f").records
    assert record.abstract == abstract


def test_who_made_a_feed_is_no_author() -> None:
    item = (
        "<title>A</title><link>https://arxiv.org/abs/2402.12345</link><dc:creator>AK</dc:creator>"
    )
    (record,) = read(_feed(item), origin="f").records
    assert record.authors == ()


def test_arxivs_atom_feed_is_read() -> None:
    text = (
        '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><id>http://rss.arxiv.org/atom/cs.CR</id>\n'
        "<entry><id>oai:arXiv.org:2608.18187v1</id>\n<title>A Network Title</title>"
        "<summary>arXiv:2608.18187v1 Announce Type: new Abstract: Nets.</summary>"
        '<link href="https://arxiv.org/abs/2608.18187" rel="alternate"/>'
        "<dc:creator>Ada Lovelace, Alan Turing</dc:creator></entry></feed>"
    )
    assert sniff(text)
    (record,) = read(text, origin="f").records
    assert (record.origin, record.arxiv_id, record.abstract) == ("f:3", "2608.18187", "Nets.")
    assert record.authors_count == 2


def test_what_is_not_well_formed_is_read_as_far_as_it_goes() -> None:
    item = "<title>A & B</title><link>https://arxiv.org/abs/2402.12345</link>"
    listing = read(_feed(item), origin="f")
    assert [record.arxiv_id for record in listing.records] == ["2402.12345"]
    assert [problem.code for problem in listing.problems] == ["listing-xml"]


def test_an_old_encoding_that_is_declared_is_no_hindrance() -> None:
    item = "<title>Étude générale</title><link>https://arxiv.org/abs/2402.12345</link>"
    text = f"<?xml version='1.0' encoding='ISO-8859-1'?>{_feed(item)}"
    (record,) = read(decode(text.encode("latin-1"), origin="f"), origin="f").records
    assert record.title == "Étude générale"
    with pytest.raises(ListingError, match="no UTF-8 text"):
        decode(_feed(item).encode("latin-1"), origin="f")


def test_a_cut_feed_gives_what_is_whole() -> None:
    listing = read(_RSS[: _RSS.index("SuperARC")], origin="f")
    assert [record.arxiv_id for record in listing.records] == ["2602.12129"]
    assert [(p.origin, p.code) for p in listing.problems] == [("f:19", "listing-cut")]


_SWELLING = "".join(f"<!ENTITY e{i} '{f'&e{i - 1};' * 10}'>" for i in range(1, 10))
_BOMB = f"<!DOCTYPE r [<!ENTITY e0 'a'>{_SWELLING}]><rss><item><title>&e9;</title></item></rss>"


def test_an_xml_bomb_is_refused() -> None:
    with pytest.raises(ListingError, match="refused: it declares entities"):
        read_listing(_BOMB, origin="f")


def test_hostile_feeds_are_read_in_bounded_time() -> None:
    makers: list[Callable[[int], str]] = [
        lambda n: "<rss>" + "<item>" * n,
        lambda n: "<rss>" + "<item><title>A</title></item>" * n,
        lambda n: "<rss><item " + "a='' " * n + "></item></rss>",
        lambda n: "<rss>" + "".join(f"<item xmlns:n{i}='u'>" for i in range(n)),
        lambda n: _feed("<title>" + "(arXiv:" * n + "</title>"),
        lambda n: _feed("<title>A</title><description>" + "&lt;a " * n + "</description>"),
        lambda n: _feed("<title>A</title><description>" + "AI-generated " * n + "</description>"),
        lambda n: "<rss>" + "&eacute;" * n + "</rss>",
        lambda n: '{"version": "https://jsonfeed.org/version/1", "items": [' + "[" * n,
    ]
    for make in makers:
        grows_linearly(lambda n, make=make: read(make(n), origin="f"), 40_000)  # type: ignore[misc]


@pytest.mark.parametrize("text", ["<html><rss></rss></html>", "<svg></svg>", '{"items": []}', ""])
def test_other_texts_are_no_feed(text: str) -> None:
    assert not sniff(text)
