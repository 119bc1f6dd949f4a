from __future__ import annotations

from pathlib import Path

import pytest

from bibkit.listing.plain import read, sniff
from bibkit.record import Link, Problem

_DATA = Path(__file__).resolve().parents[1] / "data" / "listing"

LINES: list[tuple[str, str, str | None, str | None]] = [
    # line, title, arXiv id, DOI
    ("Attention Is All You Need", "Attention Is All You Need", None, None),
    ("  3D Gaussian Splatting \t", "3D Gaussian Splatting", None, None),
    ("[Re] Graph Attention", "[Re] Graph Attention", None, None),
    ("1.58-bit FLUX", "1.58-bit FLUX", None, None),
    ("C#: a language", "C#: a language", None, None),
    ("A Faster FPTAS for #Knapsack", "A Faster FPTAS for #Knapsack", None, None),
    ("Segment Anything # read first", "Segment Anything", None, None),
    ("- Segment Anything", "Segment Anything", None, None),
    ("* Segment Anything", "Segment Anything", None, None),
    ("12. Segment Anything", "Segment Anything", None, None),
    ("[12] Segment Anything", "Segment Anything", None, None),
    ("2402.12345", "", "2402.12345", None),
    ("2402.12345v3 #mine", "", "2402.12345", None),
    ("1906.02940", "", "1906.02940", None),
    ("hep-th/9901001", "", "hep-th/9901001", None),
    ("math.GT/0309136v2", "", "math/0309136", None),
    ("arXiv:2402.12345v2 [cs.CL]", "", "2402.12345", None),
    ("arXiv: 2402.12345", "", "2402.12345", None),
    ("ARXIV:2402.12345.", "", "2402.12345", None),
    ("https://arxiv.org/abs/2402.12345v1", "", "2402.12345", None),
    ("http://arxiv.org/pdf/2402.12345.pdf", "", "2402.12345", None),
    ("<https://arxiv.org/abs/2402.12345>,", "", "2402.12345", None),
    ("https://huggingface.co/papers/2402.12345", "", "2402.12345", None),
    ("https://hf-proxy-2.example.dev/papers/2402.12345", "", "2402.12345", None),
    ("10.48550/arXiv.2402.12345", "", "2402.12345", None),
    ("https://doi.org/10.48550/arXiv.2402.12345", "", "2402.12345", None),
    ("10.1145/3292500.3330701", "", None, "10.1145/3292500.3330701"),
    ("doi: 10.1145/3292500.3330701", "", None, "10.1145/3292500.3330701"),
    ("https://doi.org/10.1016/S0140-6736(97)11096-0", "", None, "10.1016/s0140-6736(97)11096-0"),
    ("2304.02643\tSegment Anything", "Segment Anything", "2304.02643", None),
    ("2304.02643  Segment Anything", "Segment Anything", "2304.02643", None),
    ("2304.02643 | Segment Anything", "Segment Anything", "2304.02643", None),
    ("Segment Anything\t2304.02643", "Segment Anything", "2304.02643", None),
    ("Segment Anything (arXiv:2304.02643)", "Segment Anything", "2304.02643", None),
    ('"Segment Anything", arXiv 2304.02643', "Segment Anything", "2304.02643", None),
    ("Segment Anything - https://arxiv.org/abs/2304.02643", "Segment Anything", "2304.02643", None),
    ("- [Segment Anything](https://arxiv.org/abs/2304.02643)", "Segment Anything", "2304.02643", None),
    ("Comment on arXiv:0710.4316", "Comment on arXiv:0710.4316", None, None),
    ("10.1145/1.2 Segment Anything", "Segment Anything", None, "10.1145/1.2"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "title", "arxiv_id", "doi"), LINES)
def test_a_line_is_a_paper(line: str, title: str, arxiv_id: str | None, doi: str | None) -> None:
    listing = read(f"# a list\n\n{line}\n", origin="list.txt")
    assert [(r.origin, r.title, r.arxiv_id, r.doi) for r in listing.records] == [
        ("list.txt:3", title, arxiv_id, doi)
    ]
    assert listing.problems == ()


def test_ids_without_a_title_are_papers_of_their_own() -> None:
    records = read("2401.00001, 2401.00002 2401.00001", origin="x").records
    assert [record.arxiv_id for record in records] == ["2401.00001", "2401.00002"]


def test_a_title_keeps_its_code_link() -> None:
    (record,) = read("FiTv2 https://github.com/whlzy/FiT.git", origin="x").records
    assert record.title == "FiTv2"
    assert record.links == (Link("https://github.com/whlzy/FiT", "code"),)


@pytest.mark.parametrize("line", ["https://example.org/paper", "1234", "-----", "word " * 100])
def test_what_is_no_paper_is_reported(line: str) -> None:
    listing = read(f"A title\n{line}", origin="x")
    assert len(listing.records) == 1
    (problem,) = listing.problems
    assert problem.origin == "x:2"
    assert problem.code == "listing-stray"
    assert len(str(problem)) < 130


def test_the_sample_list_is_read() -> None:
    listing = read((_DATA / "plain.txt").read_text(encoding="utf-8"), origin="plain.txt")
    assert len(listing.records) == 18
    assert listing.problems == (
        Problem(
            "plain.txt:20",
            "listing-stray",
            "neither a title nor an arXiv id or DOI: “https://example.org/paper”",
        ),
    )


@pytest.mark.parametrize(
    ("text", "is_list"),
    [
        ("A title", True),
        ("2402.12345", True),
        ("\ufeff# mine\r\n\r\n2402.12345\r\n", True),
        ("[Re] A Reproduction\n{GPT} in Braces", True),
        ("# only comments", False),
        ("@article{key,\n title = {A Title}\n}", False),
        ("TY  - JOUR\nTI  - A Title", False),
        ("### [A Title](https://example.org)\ntext", False),
        ("From: a@example.org\nSubject: digest\n\nA title", False),
        ("<p>A title</p>", False),
        ('{"title": "A title"}', False),
        ("1\n2\n3\nA title", False),
        ("prose " * 200 + "\n" + "prose " * 200 + "\nA title", False),
    ],
)
def test_a_list_is_told_from_other_texts(text: str, is_list: bool) -> None:
    assert sniff(text) == is_list


def test_addresses_on_the_lines_below_their_titles() -> None:
    text = (
        "Attention Is All You Need\nhttps://arxiv.org/abs/1706.03762\n\n"
        "Deep learning\n10.1038/nature14539\n\nSegment Anything\narXiv:2304.02643\n"
    )
    listing = read(text, origin="x")
    assert [(r.origin, r.title, r.arxiv_id, r.doi) for r in listing.records] == [
        ("x:1", "Attention Is All You Need", "1706.03762", None),
        ("x:4", "Deep learning", None, "10.1038/nature14539"),
        ("x:7", "Segment Anything", "2304.02643", None),
    ]
    mixed = read("Attention Is All You Need\n1706.03762\n2106.09685", origin="x")
    assert [(r.title, r.arxiv_id) for r in mixed.records] == [
        ("Attention Is All You Need", None),
        ("", "1706.03762"),
        ("", "2106.09685"),
    ]


def test_quotes_around_a_title_are_none_of_it() -> None:
    assert [r.title for r in read('“Deep learning”\n"Segment Anything"', origin="x").records] == [
        "Deep learning",
        "Segment Anything",
    ]
