from __future__ import annotations

from pathlib import Path

import pytest

from bibkit.listing.awesome import read, sniff
from bibkit.record import Link
from bibkit.text.names import full_name
from tests.growth import grows_linearly

_DATA = Path(__file__).resolve().parents[1] / "data" / "listing"


def test_the_papers_of_the_sample_are_read_and_nothing_else() -> None:
    listing = read((_DATA / "awesome.md").read_text(encoding="utf-8"), origin="x")
    code = [[link.url for link in r.links if link.kind == "code"] for r in listing.records]
    found = [
        (r.title, r.arxiv_id, r.year, links) for r, links in zip(listing.records, code, strict=True)
    ]
    github = "https://github.com/"
    assert found == [
        ("Segment Anything", "2304.02643", 2023, [github + "facebookresearch/segment-anything"]),
        ("Attention Is All You Need", "1706.03762", None, [github + "tensorflow/tensor2tensor"]),
        (
            "QLoRA: Efficient Finetuning of Quantized LLMs",
            "2305.14314",
            2023,
            [github + "artidoro/qlora"],
        ),
        (
            "End-to-End Object Detection with Transformers",
            "2005.12872",
            2020,
            [github + "facebookresearch/detr"],
        ),
        (
            "NeRF: Representing Scenes as Neural Radiance Fields for View Synthesis",
            None,
            2020,
            [github + "bmild/nerf"],
        ),
        ("Deep Residual Learning for Image Recognition", None, 2016, []),
        ("Training Compute-Optimal Large Language Models", "2203.15556", 2022, []),
        ("", "2302.13971", None, []),
        ("Denoising Diffusion Probabilistic Models", "2006.11239", None, []),
        ("Denoising Diffusion Implicit Models", "2010.02502", None, []),
        ("Visual Instruction Tuning", "2304.08485", 2023, [github + "haotian-liu/LLaVA"]),
        (
            "3D Gaussian Splatting for Real-Time Radiance Field Rendering",
            "2308.04079",
            None,
            [github + "graphdeco-inria/gaussian-splatting"],
        ),
        ("Denoising Diffusion Implicit Models", "2010.02502", None, []),
        ("Auto-Encoding Variational Bayes", "1312.6114", 2014, []),
        ("BERT: Pre-training of Deep Bidirectional Transformers", "1810.04805", None, []),
    ]
    assert [str(problem) for problem in listing.problems] == [
        "x:26: listing-stray: links to no paper: “vLLM - a fast and easy-to-use library for LLM inference.”",
        "x:27: listing-stray: links to no paper: “A Visual Guide to Attention (blog)”",
        "x:34: listing-stray: links to no paper: “**Introducing a New Model** | Blog | 2025-04-14 | - |”",
    ]


def test_authors_and_venues_are_read() -> None:
    listing = read((_DATA / "awesome.md").read_text(encoding="utf-8"), origin="x")
    named = {r.title: r for r in listing.records}
    he = named["Deep Residual Learning for Image Recognition"]
    assert full_name(he.authors[0]) == "Kaiming He"
    assert (he.authors_count, he.venue, he.origin) == (4, "CVPR", "x:19")
    qlora = named["QLoRA: Efficient Finetuning of Quantized LLMs"]
    assert (len(qlora.authors), qlora.venue) == (4, "NeurIPS")


ITEMS = [
    ("- [[ICLR 2024] Deep Things Are Good](https://arxiv.org/abs/2401.00001)", "Deep Things Are Good"),
    ("- `ICLR 2024` Deep Things Are Good [paper](https://arxiv.org/abs/2401.00001)", "ICLR 2024 Deep Things Are Good"),
    ("- **[DT]** DT: Deep Things [[paper](https://arxiv.org/abs/2401.00001)]", "DT: Deep Things"),
    ("- (2024) Deep Things [paper][1]\n\n[1]: https://arxiv.org/abs/2401.00001", "Deep Things"),
    ("- Deep Things, A. B. Author and C. Dee [[pdf](https://arxiv.org/abs/2401.00001)]", "Deep Things"),
    ("- Deep Things. Ann Author. [[pdf](https://arxiv.org/abs/2401.00001)]", "Deep Things"),
    ("- 🔥 [Deep Things](https://arxiv.org/abs/2401.00001) :star:", "Deep Things"),
    ("- Deep Things\n  - [paper](https://arxiv.org/abs/2401.00001)\n  - [code](https://github.com/a/b)", "Deep Things"),
    ("- [x] [Deep \\[Re\\] Things](https://arxiv.org/abs/2401.00001 \"title\")", "Deep [Re] Things"),
    ("Title | Paper\n:--|:--\nDeep Things Are Good | [link](https://arxiv.org/abs/2401.00001)", "Deep Things Are Good"),
    ("|Year|Name|Paper|\n|--|--|--|\n|2024|DT|[Deep Things Are Good](https://arxiv.org/abs/2401.00001)|", "Deep Things Are Good"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "title"), ITEMS)
def test_a_title_is_found_in_any_shape(text: str, title: str) -> None:
    (record,) = read(text, origin="x").records
    assert (record.title, record.arxiv_id) == (title, "2401.00001")


@pytest.mark.parametrize(
    "text",
    [
        "- [Contents](#contents)",
        "- [tool](https://github.com/a/b) - a tool",
        "- [A long name of a course](https://www.youtube.com/watch?v=1)",
        "The code of [our paper](https://arxiv.org/abs/2401.00001) is here.",
        "- [News] An updated version is on [arXiv](https://arxiv.org/abs/2401.00001).",
        "```\n- [Deep Things](https://arxiv.org/abs/2401.00001)\n```",
        "<!-- - [Deep Things](https://arxiv.org/abs/2401.00001) -->",
        "[English](./README.md) | [中文](./README_zh.md)",
        "- [Deep Things](javascript:alert(1))",
    ],
)
def test_what_is_no_paper_is_not_made_one(text: str) -> None:
    assert read(text, origin="x").records == ()


def test_a_badge_of_stars_names_the_code() -> None:
    text = (
        "- [Deep Things](https://arxiv.org/abs/2401.00001) "
        "![](https://img.shields.io/github/stars/owner/name.svg?style=social)"
    )
    (record,) = read(text, origin="x").records
    assert record.links[-1] == Link("https://github.com/owner/name", "code")


def test_other_papers_beside_the_title_are_left_out() -> None:
    text = "- **Deep Things** [[paper](https://arxiv.org/abs/2401.00001)] [[v0](https://arxiv.org/abs/2301.00001)]"
    (record,) = read(text, origin="x").records
    assert record.arxiv_id == "2401.00001"
    assert [link.url for link in record.links] == ["https://arxiv.org/abs/2401.00001"]


@pytest.mark.parametrize(
    ("text", "is_list"),
    [
        ((_DATA / "awesome.md").read_text(encoding="utf-8"), True),
        ("- [Segment Anything](https://arxiv.org/abs/2304.02643)\n" * 5, False),
        ("# tools\n\n## more\n- [a](https://github.com/a/b)\n" * 5, False),
        ("### [A](https://huggingface.co/papers/2402.12345)\n\n# x\n" * 5, False),
        ("# A title\nAnother title\n", False),
    ],
)
def test_an_awesome_list_is_told_from_other_texts(text: str, is_list: bool) -> None:
    assert sniff(text) == is_list


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "[",
            "[a](",
            "[a]",
            "\\[a\\]",
            "(",
            "**",
            "* ",
            "_",
            "|",
            "|-",
            "<a href='x'>",
            "<!--",
            "`",
        ),
        *(
            "- [a](http://x)\n",
            "1",
            "paper ",
            "- [[paper](",
            "“",
            "[x]: y\n",
            "![a](",
            "(2020) ",
            "[",
        ),
        *(
            "\n# ",
            "- **",
            "- *A B, ",
            "https://",
            "| a | b |\n|--|--|\n",
            "ICML 2020 ",
            ", A. ",
            ". A",
        ),
    ],
)
@pytest.mark.parametrize("lines", [False, True])
def test_hostile_lists_take_linear_time(piece: str, lines: bool) -> None:
    def run(size: int) -> None:
        one = piece * (4_000 // len(piece)) + "\n" if lines else piece
        text = one * (size // len(one))
        sniff(text)
        read(text, origin="x")

    grows_linearly(run, 80_000 if lines else 19_000)
