"""The table of hard cases at the boundary Record → Resolution."""

import datetime as dt
from dataclasses import replace

import pytest

from bibkit.record import Author, Paper, Record, Resolved, Unresolved
from bibkit.resolve.decide import decide

ABSTRACT = " ".join(
    "We train one model on every page of a library and find that reading more books in another "
    "order changes what it remembers, how long it remembers it, and what it makes of a question "
    "that no book answers; the effect holds over four sizes and three languages.".split()
)
OTHER_ABSTRACT = " ".join(f"stranger{i} talks" for i in range(40))
TITLE = "Reading Order Matters for Language Model Pretraining"
DAY = dt.date(2025, 2, 21)
AUTHORS = tuple(Author(family=f, given="A.") for f in ("Gauss", "Noether", "Euler", "Hopper"))

PAPER = Paper("2502.15251", TITLE, "catalog", authors=AUTHORS, abstract=ABSTRACT, submitted=DAY)
RECORD = Record("page.txt:13", TITLE, ABSTRACT, authors_count=4, date=DAY)
BARE = Record("list.txt:1", TITLE)


def outcome(record: Record, *papers: Paper) -> str:
    resolution = decide(record, papers)
    if isinstance(resolution, Resolved):
        return resolution.match.paper.arxiv_id
    return resolution.reason


HARD = [
    ("everything agrees", RECORD, [PAPER], "2502.15251"),
    ("a bare exact title", BARE, [PAPER], "2502.15251"),
    ("nothing proposed", RECORD, [], "not_found"),
    ("retitled, equal abstract", replace(RECORD, title="Order of Books: a Study"), [PAPER], "2502.15251"),
    (
        "retitled, nothing else known",
        replace(BARE, title="Order of Books: a Study"),
        [PAPER],
        "not_found",
    ),
    (
        "one digit away, abstract copied",
        replace(RECORD, title="Qwen3 Reads Books"),
        [replace(PAPER, title="Qwen2 Reads Books")],
        "not_found",
    ),
    (
        "one part away, no evidence",
        replace(BARE, title="Reading Order Matters, Part II"),
        [replace(PAPER, title="Reading Order Matters, Part I")],
        "not_found",
    ),
    (
        "the subtitle dropped, nothing else known",
        replace(BARE, title="Reading Order Matters"),
        [replace(PAPER, title="Reading Order Matters: Language Models and Books")],
        "ambiguous",
    ),
    (
        "the subtitle dropped, the authors named",
        replace(BARE, title="Reading Order Matters", authors=AUTHORS[:2]),
        [replace(PAPER, title="Reading Order Matters: Language Models and Books")],
        "2502.15251",
    ),
    (
        "a subtitle more, the authors named",
        replace(BARE, title=f"{TITLE}: What We Saw", authors=AUTHORS[:2]),
        [PAPER],
        "ambiguous",
    ),
    (
        "cut in mid-word, the authors named",
        replace(BARE, title="Reading Order Matters for Langu", authors=AUTHORS[:2]),
        [PAPER],
        "2502.15251",
    ),
    (
        "cut in mid-word, nothing else known",
        replace(BARE, title="Reading Order Matters for Langu"),
        [PAPER],
        "ambiguous",
    ),
    (
        "renamed and its abstract rewritten, the same day",
        replace(RECORD, title="BookTuner: Pretraining Language Models on Reading Order"),
        [replace(PAPER, title="BookTuner: Reading Order in Pretraining", abstract=OTHER_ABSTRACT)],
        "2502.15251",
    ),
    (
        "renamed and its abstract rewritten, the day told by the arXiv id",
        replace(RECORD, title="BookTuner: Pretraining Language Models on Reading Order"),
        [
            replace(
                PAPER,
                title="BookTuner: Reading Order in Pretraining",
                abstract=OTHER_ABSTRACT,
                submitted=None,
                expected=DAY,
            )
        ],
        "2502.15251",
    ),
    (
        "a namesake of another week",
        replace(RECORD, title="BookTuner: Pretraining Language Models on Reading Order"),
        [
            replace(
                PAPER,
                title="BookTuner: Reading Order in Pretraining",
                abstract=OTHER_ABSTRACT,
                submitted=DAY + dt.timedelta(days=7),
            )
        ],
        "not_found",
    ),
    (
        "a namesake of the same day with other authors",
        replace(
            RECORD,
            title="BookTuner: Pretraining Language Models on Reading Order",
            authors_count=3,
        ),
        [replace(PAPER, title="BookTuner: Reading Order in Pretraining", abstract=OTHER_ABSTRACT)],
        "not_found",
    ),
    (
        "the id is given, and the name is the same",
        replace(BARE, title="BookTuner: Shelves and Their Models", arxiv_id="2502.15251"),
        [replace(PAPER, title="BookTuner: Reading Order in Pretraining")],
        "2502.15251",
    ),
    (
        "the id is given, the name is the same, the part is not",
        replace(BARE, title="BookTuner: Shelves, Part 2", arxiv_id="2502.15251"),
        [replace(PAPER, title="BookTuner: Reading Order, Part 1")],
        "conflict",
    ),
    (
        "title inside a longer title",
        replace(BARE, title="Reading Order Matters for Language Model Pretraining in Medicine"),
        [PAPER],
        "ambiguous",
    ),
    (
        "a namesake: all else differs",
        replace(RECORD, title="Deep Learning", abstract=OTHER_ABSTRACT, authors_count=30,
                date=dt.date(2017, 1, 1)),
        [replace(PAPER, title="Deep Learning")],
        "ambiguous",
    ),
    ("a short title alone", replace(BARE, title="Deep Learning"), [replace(PAPER, title="Deep Learning")], "ambiguous"),
    (
        "a companion paper: half the abstract, another title",
        replace(RECORD, title="Bees and Their Dances", abstract=f"{ABSTRACT[:170]} {OTHER_ABSTRACT[:170]}"),
        [PAPER],
        "not_found",
    ),
    (
        "a short coined name alone",
        replace(BARE, title="DINOv3"),
        [replace(PAPER, title="DINOv3")],
        "2502.15251",
    ),
    (
        "two papers of one title, told apart by the abstract",
        RECORD,
        [replace(PAPER, arxiv_id="1901.00001", abstract=OTHER_ABSTRACT, submitted=None), PAPER],
        "2502.15251",
    ),
    (
        "two papers of one title, nothing tells them apart",
        BARE,
        [replace(PAPER, arxiv_id="1901.00001"), PAPER],
        "ambiguous",
    ),
    ("two slips of the pen", replace(BARE, title="Reading Order Maters for Langauge Model Pretraining"), [PAPER], "2502.15251"),
    (
        "the page's count differs by one",
        replace(RECORD, authors_count=5),
        [PAPER],
        "2502.15251",
    ),
    (
        "rewritten abstract, exact long title",
        replace(RECORD, abstract=OTHER_ABSTRACT),
        [PAPER],
        "2502.15251",
    ),
    ("id and title agree", replace(BARE, arxiv_id="2502.15251"), [PAPER], "2502.15251"),
    ("id alone", replace(BARE, title="", arxiv_id="2502.15251"), [PAPER], "2502.15251"),
    ("id of another paper", replace(BARE, arxiv_id="2502.15251", title="Bees and Their Dances"), [PAPER], "conflict"),
    ("id one version away", replace(BARE, arxiv_id="2502.15251", title="Qwen3 Reads"), [replace(PAPER, title="Qwen2 Reads")], "conflict"),
    ("id unknown, title known", replace(BARE, arxiv_id="2501.99999"), [PAPER], "conflict"),
    ("id unknown", replace(BARE, title="", arxiv_id="2501.99999"), [], "not_found"),
    (
        "id of a retitled paper, abstract proves it",
        replace(RECORD, arxiv_id="2502.15251", title="Books"),
        [PAPER],
        "2502.15251",
    ),
    (
        "id, short form of the title",
        replace(BARE, arxiv_id="2502.15251", title="Reading Order Matters"),
        [PAPER],
        "2502.15251",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("record", "papers", "expected"), [c[1:] for c in HARD], ids=[c[0] for c in HARD]
)
def test_hard_cases(record: Record, papers: list[Paper], expected: str) -> None:
    assert outcome(record, *papers) == expected
    assert outcome(record, *reversed(papers)) == expected


def test_every_decision_is_explained() -> None:
    resolved = decide(RECORD, [PAPER, replace(PAPER, arxiv_id="1901.00001", title="Reading Order")])
    assert isinstance(resolved, Resolved)
    assert resolved.match.evidence == (
        "title: exact", "abstract: 1.00", "authors: 4 = 4", "date: same day",
    )  # fmt: skip
    assert resolved.runner_up is not None
    assert resolved.runner_up.paper.arxiv_id == "1901.00001"
    unresolved = decide(replace(BARE, title="Qwen3 Reads"), [replace(PAPER, title="Qwen2 Reads")])
    assert isinstance(unresolved, Unresolved)
    assert "numbers differ: 3 / 2" in unresolved.evidence


@pytest.mark.parametrize("days", [0, 1])
def test_listing_day_is_version_ones_day_or_the_day_before(days: int) -> None:
    resolved = decide(RECORD, [replace(PAPER, submitted=DAY + dt.timedelta(days=days))])
    assert isinstance(resolved, Resolved)
    assert "date: same day" in resolved.match.evidence


def test_a_slip_counts_where_the_word_is_in_no_title() -> None:
    slip = replace(BARE, title="Reading Odrer Matters for Language Model Pretraining")
    assert outcome(slip, PAPER) == "ambiguous"
    known = decide(slip, [PAPER], strange=frozenset())
    strange = decide(slip, [PAPER], strange=frozenset({"odrer"}))
    assert isinstance(known, Unresolved)
    assert isinstance(strange, Resolved)
    assert strange.match.evidence == ("title: misspelt",)
