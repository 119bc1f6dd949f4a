from __future__ import annotations

from pathlib import Path

import pytest

from bibkit.listing import read_listing
from bibkit.listing.web_page import sniff

PAGE = Path(__file__).resolve().parents[1] / "data" / "listing" / "web_page.html"


def test_the_papers_that_a_page_links_to() -> None:
    listing = read_listing(PAGE.read_text("utf-8"), origin="page.html")
    assert [(r.title, r.arxiv_id, r.doi) for r in listing.records] == [
        ("Attention Is All You Need", "1706.03762", None),
        ("LoRA: Low-Rank Adaptation of Large Language Models", "2106.09685", None),
        ("", "2205.14135", None),
        ("Deep learning", None, "10.1038/nature14539"),
    ]
    assert listing.records[0].origin == "page.html:9"
    assert listing.problems == ()


@pytest.mark.parametrize(
    "text",
    [
        "<!doctype html><html><body><p>Not found</p></body></html>",
        "<html><a href='javascript:alert(1)'>Attention Is All You Need</a></html>",
        "<svg><a href='https://example.org/'>A picture of a paper</a></svg>",
        "Attention Is All You Need\nhttps://arxiv.org/abs/1706.03762",
        "",
    ],
)
def test_a_page_without_links_to_papers_is_none(text: str) -> None:
    assert not sniff(text)
