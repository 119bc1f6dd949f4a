from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from bibkit.listing import read_listing
from bibkit.listing.hf_markdown import read, sniff
from bibkit.record import Author, Link, Problem, Record
from tests.growth import grows_linearly

_DATA = Path(__file__).resolve().parents[1] / "data" / "listing"
PAGE = (_DATA / "hf_markdown.md").read_text(encoding="utf-8")
TRENDING = (_DATA / "hf_markdown_trending.md").read_text(encoding="utf-8")
PAPER = (_DATA / "hf_markdown_paper.md").read_text(encoding="utf-8")


def test_a_page_is_read() -> None:
    listing = read(PAGE, origin="p.md")
    assert listing.problems == ()
    assert listing.records[0] == Record(
        origin="p.md:25",
        title="OCC-RAG: Optimal Cognitive Core for Faithful Question Answering",
        abstract="A small model is trained to answer from what it was given only, and to say so when "
        "that does not suffice. Its answers name their sources [1].",
        date=dt.date(2026, 5, 29),
        year_inferred=True,
        organisation="OCC",
        comments=6,
        arxiv_id="2606.00683",
    )
    second = listing.records[1]
    assert second.title.endswith("Measuring How Scholars Engage with Past Research")
    assert (second.authors_count, second.date) == (3, dt.date(2025, 2, 27))
    assert second.links == (Link("https://github.com/example/noisy_path", "code"),)
    assert "\\" not in second.abstract


@pytest.mark.parametrize("sample", ["hf_markdown_html2text.md", "hf_markdown_pandoc.md"])
def test_other_programs_write_the_same_page(sample: str) -> None:
    listing = read((_DATA / sample).read_text(encoding="utf-8"), origin="p.md")
    expected = read(PAGE, origin="p.md").records
    assert listing.problems == ()
    assert [
        (r.arxiv_id, r.date, r.authors_count, r.organisation, r.comments) for r in expected
    ] == [
        (r.arxiv_id, r.date, r.authors_count, r.organisation, r.comments) for r in listing.records
    ]
    assert listing.records[0].title.endswith("with_underscores *and* stars")
    assert listing.records[0].links == (Link("https://github.com/occ-ai/occ_rag", "code"),)
    assert listing.records[0].abstract.endswith("Code: https://github.com/occ-ai/occ_rag.")
    assert "measured on [0,1) <scores> and keeps_up" in listing.records[0].abstract


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("https://huggingface.co/", "/"),
        ("https://huggingface.co/", "https://hf-proxy.example.org/"),
        ("https://huggingface.co/", "https://example.org/https://huggingface.co/"),
        ("/papers/2606.00683)", "/papers/2606.00683?utm_source=x)"),
        ("\n", "\r\n"),
        ("### [", "**["),
    ],
)
def test_links_may_lead_through_other_hosts_and_forms(old: str, new: str) -> None:
    listing = read(PAGE.replace(old, new), origin="p.md")
    assert listing.records == read(PAGE, origin="p.md").records
    assert listing.problems == ()


def test_on_a_trending_page_each_paper_stands_once_and_without_its_ai_summary() -> None:
    listing = read(TRENDING, origin="p.md")
    assert listing.problems == ()
    assert [r.arxiv_id for r in listing.records] == ["2610.05608", "2412.20138", "2309.06180"]
    assert [bool(r.abstract) for r in listing.records] == [True, False, False]
    first, _, last = listing.records
    assert (first.organisation, first.date) == ("Kandinsky Lab", dt.date(2026, 10, 4))
    assert first.links == (Link("https://github.com/kandinskylab/kandinsky-6", "code"),)
    assert last.title.endswith("Large Language Model Serving with PagedAttention")
    assert (last.authors_count, last.comments) == (9, None)


def test_a_page_without_the_links_of_its_titles_is_read_by_its_headings() -> None:
    text = (_DATA / "hf_markdown_unlinked.md").read_text(encoding="utf-8")
    listing = read(text, origin="p.md")
    assert [(r.origin, r.title, r.abstract) for r in listing.records] == [
        ("p.md:13", "Agent Lightning: Train ANY AI Agents with Reinforcement Learning", ""),
        (
            "p.md:25",
            "SmolDocling: An ultra-compact vision-language model for end-to-end multi-modal document"
            " conversion",
            "",
        ),
    ]
    assert listing.records[1].links[0].url == "https://github.com/docling-project/docling"
    assert listing.problems == ()


def test_a_page_with_the_addresses_below_its_links_is_read() -> None:
    text = (_DATA / "hf_markdown_addresses.md").read_text(encoding="utf-8")
    listing = read(text, origin="p.md")
    assert listing.problems == ()
    assert [(r.arxiv_id, str(r.date), r.authors_count, r.comments) for r in listing.records] == [
        ("2410.05434", "2024-10-07", 2, None),
        ("2409.02326", "2024-09-03", 3, 2),
        ("2510.21057", "2025-10-23", None, 1),
    ]
    assert listing.records[0].links == (Link("https://leap-llm.github.io", "project"),)
    assert listing.records[2].title == "Soft Instruction De-escalation Defense"
    assert listing.records[2].organisation == "Google"
    assert all(r.abstract for r in listing.records)


def test_a_paper_cut_in_its_abstract_says_so_and_takes_no_link_from_the_cut() -> None:
    end = "https://github.com/QwenLM/Qwen-Im"
    listing = read(PAPER[: PAPER.index(end) + len(end)], origin="p.md")
    assert [(r.arxiv_id, r.links) for r in listing.records] == [("2512.15603", ())]
    assert [p.code for p in listing.problems] == ["listing-cut"]


@pytest.mark.parametrize(
    "part",
    [
        "### [A](/papers/2402.12345)\n",
        "### [A](/papers/2402.12345)\n\nText that is long enough for an abstract, or nearly so.\n\n·\n",
        "arxiv:2402.12345\n",
        "https://huggingface.co/papers/2402.12345\n",
        "Submitted by\n",
        "Published on\n",
        "[",
        "### ",
        "**[A](/papers/2402.12345)** ",
    ],
)
def test_the_time_grows_with_the_text_and_no_faster(part: str) -> None:
    head = "## by AK and the research community\n\n"

    def run(size: int) -> None:
        text = head + part * (size // len(part))
        sniff(text)
        read(text, origin="x")

    grows_linearly(run, 200_000)


def test_the_page_of_one_paper_is_read() -> None:
    (record,) = read(PAPER, origin="p.md").records
    assert record == Record(
        origin="p.md:17",
        title="Qwen-Image-Layered: Towards Inherent Editability via Layer Decomposition",
        abstract="Pictures are hard to change in one place only. Here a diffusion model takes a "
        "picture apart into RGBA layers, each of which is changed by itself. Code: "
        "https://github.com/QwenLM/Qwen-Image-Layered{https://github.com/QwenLM/Qwen-Image-Layered}",
        authors=(
            Author("Yin", "Shengming"),
            Author("Zhang", "Zekai"),
            Author("Ni", "Lionel M."),
        ),
        authors_count=3,
        date=dt.date(2025, 12, 17),
        year_inferred=True,
        links=(Link("https://github.com/QwenLM/Qwen-Image-Layered", "code"),),
        arxiv_id="2512.15603",
    )


def test_underlined_headings_are_headings() -> None:
    text = PAPER.replace("# Qwen-Image", "Qwen-Image").replace(
        "Decomposition\n", "Decomposition\n===\n"
    )
    text = text.replace("## Abstract", "Abstract\n--------")
    assert read(text, origin="p.md").records == read(PAPER, origin="p.md").records


def test_names_may_be_links_with_pictures() -> None:
    text = PAPER.replace(
        "Zekai Zhang\n,",
        "![Image 4](https://x.org/a.svg) [Zekai Zhang](https://huggingface.co/zz) ,",
    )
    assert text != PAPER
    assert (
        read(text, origin="p.md").records[0].authors
        == read(PAPER, origin="p.md").records[0].authors
    )


def test_a_paper_without_a_summary_by_a_machine_has_its_abstract() -> None:
    text = PAPER.replace("A picture is taken apart into layers.\n\nAI-generated summary\n\n", "")
    (record,) = read(text, origin="p.md").records
    assert record.abstract.startswith("Pictures are hard")


def test_two_pages_one_behind_the_other_have_a_year_each() -> None:
    older = PAGE.replace("2603.08450", "2503.08450").replace("2606.00683", "2506.00683")
    older = older.replace("Feb 27, 2025", "Feb 27, 2024")
    dates = [r.date for r in read(PAGE + older, origin="p.md").records]
    assert dates == [
        *(dt.date(2026, 5, 29), dt.date(2025, 2, 27), dt.date(2026, 3, 9)),
        *(dt.date(2025, 5, 29), dt.date(2025, 3, 9)),
    ]


def test_the_page_date_decides_the_year() -> None:
    records = read(PAGE, origin="p.md", page_date=dt.date(2027, 6, 1)).records
    assert [str(r.date) for r in records] == ["2027-05-29", "2025-02-27", "2027-03-09"]


def test_what_fits_no_card_is_a_problem() -> None:
    advertisement = "Buy one of our machines today, and get a second one for half of its price."
    text = PAGE.replace("·\n\nFeb 27", f"·\n\n{advertisement}\n\nFeb 27")
    listing = read(text, origin="p.md")
    assert len(listing.records) == 3
    assert advertisement not in listing.records[1].abstract
    assert listing.problems == (
        Problem(
            "p.md:49",
            "listing-stray",
            "fits no record: “Buy one of our machines today, and get a second one for hal…”",
        ),
    )


def test_a_page_cut_in_an_abstract_says_so_and_takes_no_link_from_the_cut() -> None:
    end = "at https://github.com/example/noi"
    listing = read(PAGE[: PAGE.index(end) + len(end)], origin="p.md")
    assert [r.arxiv_id for r in listing.records] == ["2606.00683", "2502.20581"]
    assert listing.records[1].links == ()
    assert [p.code for p in listing.problems] == ["listing-cut"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# Papers\n\n- [A title](https://arxiv.org/abs/2402.12345)\n",
        "### [A title](https://huggingface.co/blog/2402.12345)\n",
        "A note on [a paper](https://huggingface.co/papers/2402.12345).\n",
        "<html><h3><a href='/papers/2402.12345'>A</a></h3>\n\n# [B](/papers/2402.12345)",
        "### [A title](/papers/2402.12345)\n\n"
        "- [B](https://arxiv.org/abs/2402.12346)\n- [C](https://arxiv.org/abs/2402.12347)\n",
        '{"a": "### [A](/papers/2402.12345)"}',
        "arxiv:2402.12345\n",
        "Cite as:\n\narXiv:2402.12345\n\n## Submission history\n\nFrom: somebody\n",
        "[arXiv:2402.12345](https://arxiv.org/abs/2402.12345)\n\n# A title\n\nPublished on Oct 5, 2023\n",
        "### A heading\n\nText\n\n### Another\n\nText\n",
    ],
)
def test_other_texts_are_no_papers_page(text: str) -> None:
    assert not sniff(text)


@pytest.mark.parametrize("target", ["javascript:alert(1)", "/papers/2402.123456", "/papers/x", ""])
def test_a_heading_that_leads_elsewhere_is_no_paper(target: str) -> None:
    assert read(f"### [A title]({target})\n", origin="x").records == ()


def test_hostile_text_is_made_harmless() -> None:
    text = PAGE.replace("OCC-RAG", "\x1b]0;x\x07\u202eOCC-RAG<b onclick='x'>").replace(
        "[GitHub", "["
    )
    first = read(text, origin="x").records[0]
    assert first.title.startswith("OCC-RAG: Optimal")


@pytest.mark.shared
def test_the_real_excerpt_is_read(shared: Path) -> None:
    path = shared / "api-samples" / "hf-listing" / "firecrawl-search-listing.excerpt.md"
    listing = read_listing(path.read_text(encoding="utf-8"), origin="x")
    assert listing.problems == ()
    assert [(r.arxiv_id, str(r.date), r.authors_count, r.comments) for r in listing.records] == [
        ("2408.15836", "2024-08-28", 3, 4),
        ("2603.08450", "2026-03-09", 3, None),
    ]
    assert listing.records[0].title == (
        "Knowledge Navigator: LLM-guided Browsing Framework for Exploratory Search in Scientific "
        "Literature"
    )


def test_a_day_without_abstracts_is_read() -> None:
    text = (_DATA / "hf_markdown_day.md").read_text(encoding="utf-8")
    listing = read(text, origin="p.md")
    assert listing.problems == ()
    assert listing.records == (
        Record(
            origin="p.md:15",
            title="V-ReasonBench: Toward Unified Reasoning Benchmark Suite for Video Generation Models",
            authors_count=11,
            organisation="Example Lab",
            comments=4,
            links=(Link("https://github.com/yangluo7/V-ReasonBench", "code"),),
            arxiv_id="2511.16668",
        ),
        Record(
            origin="p.md:38",
            title="First Frame Is the Place to Go for Video Content Customization",
            authors_count=3,
            comments=1,
            arxiv_id="2511.15700",
        ),
    )
