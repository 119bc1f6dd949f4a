from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from bibkit.listing.hf_numbered import read, sniff
from bibkit.record import Link, Record
from tests.growth import grows_linearly

_DATA = Path(__file__).resolve().parents[1] / "data" / "listing"
BEHIND = (_DATA / "hf_numbered.txt").read_text(encoding="utf-8")
BEFORE = (_DATA / "hf_numbered_before.txt").read_text(encoding="utf-8")
TRENDING = (_DATA / "hf_numbered_trending.txt").read_text(encoding="utf-8")


def test_numbers_behind_links_are_read_through_the_table() -> None:
    listing = read(BEHIND, origin="p.txt")
    assert listing.problems == ()
    assert listing.records[0] == Record(
        origin="p.txt:24",
        title="MURMUR: An Efficient Inference System for Long-Form ASR",
        abstract="Long recordings are transcribed quickly and well by keeping [0, 1) of what was "
        r"heard_here \(x\). The code is at https://github.com/uw-syfi/Murmur.",
        authors_count=3,
        date=dt.date(2026, 5, 30),
        year_inferred=True,
        links=(Link("https://github.com/uw-syfi/Murmur", "code"),),
        arxiv_id="2605.31415",
    )
    second, third = listing.records[1:]
    assert (second.authors_count, second.date, second.comments) == (671, dt.date(2024, 3, 8), 6)
    assert (third.organisation, third.comments, third.arxiv_id) == ("Microsoft", 3, "2601.18184")


def test_without_its_table_a_page_gives_titles_without_ids() -> None:
    listing = read(BEHIND[: BEHIND.index("[1]: ")], origin="p.txt")
    assert [(r.title, r.arxiv_id) for r in listing.records] == [
        (r.title, None) for r in read(BEHIND, origin="p.txt").records
    ]
    assert listing.records[2].organisation == "Microsoft"


@pytest.mark.parametrize("row", [r"\1. \2", r"[\1] \2", r"   \1.  \2"])
def test_the_table_has_several_forms(row: str) -> None:
    import re

    text = re.sub(r"^\[(\d+)\]: (.*)$", row, BEHIND, flags=re.MULTILINE)
    assert text != BEHIND
    assert read(text, origin="p.txt") == read(BEHIND, origin="p.txt")


def test_numbers_before_links_are_read_through_the_table() -> None:
    listing = read(BEFORE, origin="p.txt")
    assert listing.problems == ()
    assert [(r.arxiv_id, str(r.date), r.authors_count, r.comments) for r in listing.records] == [
        ("2606.00683", "2026-05-29", None, 6),
        ("2502.20581", "2025-02-27", 3, None),
        ("2603.08450", "2026-03-09", 3, None),
    ]
    first, second, _ = listing.records
    assert (first.organisation, first.origin) == ("OCC", "p.txt:27")
    assert first.links == (Link("https://github.com/occ-ai/occ_rag", "code"),)
    assert second.title == (
        "The Noisy Path from Source to Citation: Measuring How Scholars Engage with Past Research"
    )
    assert second.abstract.startswith("How faithfully does a paper")
    assert second.abstract.endswith("little is left of it.")


def test_a_trending_page_gives_each_paper_once_without_its_ai_summary() -> None:
    listing = read(TRENDING, origin="p.txt")
    assert listing.problems == ()
    assert [(r.arxiv_id, bool(r.abstract)) for r in listing.records] == [
        ("2610.05608", True),
        ("2412.20138", False),
        ("2309.06180", False),
    ]
    assert listing.records[2].links == (Link("https://github.com/vllm-project/vllm", "code"),)


def test_text_between_the_cards_is_a_problem() -> None:
    text = BEFORE.replace("   ·Feb 27, 2025\n", "   ·Feb 27, 2025\n\n   Buy one of our machines.\n")
    listing = read(text, origin="p.txt")
    assert len(listing.records) == 3
    assert ["Buy one of our" in p.message for p in listing.problems] == [True]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "References\n\n[1] A. Author. A title. 2024. https://arxiv.org/abs/2402.12345\n",
        "1. https://huggingface.co/papers/2402.12345\n2. https://huggingface.co/papers/2402.12346\n",
        "A title [1]\n\n1. https://huggingface.co/models\n",
        "[A title](https://huggingface.co/papers/2402.12345)\n",
    ],
)
def test_other_texts_are_no_numbered_page(text: str) -> None:
    assert not sniff(text)


@pytest.mark.parametrize(
    "part", ["[1]", "[1]a\n", "[1][", "·", "[1]·", "1. /papers/2402.12345\n", "[a] "]
)
def test_the_time_grows_with_the_text_and_no_faster(part: str) -> None:
    end = "\n[1]A title\n\n1. https://huggingface.co/papers/2402.12345\n"

    def run(size: int) -> None:
        text = part * (size // len(part)) + end
        sniff(text)
        read(text, origin="x")

    grows_linearly(run, 200_000)


def test_a_title_may_end_in_a_line_that_elsewhere_is_navigation() -> None:
    text = BEFORE.replace("English-to-Swedish\nTranslation\n", "English-to-Swedish\nModels\n")
    assert text != BEFORE
    assert read(text, origin="p.txt").records[2].title.endswith("in English-to-Swedish Models")
