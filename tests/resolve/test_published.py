"""The table of hard cases at the boundary preprint → publication."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bibkit.record import Author, PublishedVersion, Record
from bibkit.resolve.published import (
    NotPublished,
    PublishedAs,
    UnsurePublication,
    decide_published,
)

TITLE = "Reading Order Matters for Language Model Pretraining"
AUTHORS = tuple(Author(family=f, given="A.") for f in ("Gauss", "Noether", "Euler", "Hopper"))
OTHERS = (Author("Turing", "A."), Author("Lovelace", "A."))
RECORD = Record(
    "refs.bib:3", TITLE, authors=AUTHORS, authors_count=4, arxiv_id="2402.12345", year=2024
)
MEETING = PublishedVersion(
    TITLE, "dblp", "inproceedings", "ICML", AUTHORS, 2024, pages="1-9", doi="10.1/icml"
)
JOURNAL = PublishedVersion(
    TITLE, "crossref", "article", "Machine Learning", AUTHORS, 2025, "7", doi="10.1/ml"
)
WORKSHOP = replace(MEETING, container="ICML Workshops", doi="10.1/w", workshop=True)
LINKED = replace(JOURNAL, preprint="2402.12345")


def outcome(record: Record, *versions: PublishedVersion) -> str:
    decision = decide_published(record, versions)
    if isinstance(decision, PublishedAs):
        return decision.version.container
    return "no" if isinstance(decision, NotPublished) else "unsure"


def titled(title: str, version: PublishedVersion = MEETING) -> PublishedVersion:
    return replace(version, title=title)


HARD = [
    ("everything agrees", RECORD, [MEETING], "ICML"),
    ("nothing is known", RECORD, [], "no"),
    ("case and punctuation", RECORD, [titled(TITLE.upper() + "!")], "ICML"),
    ("a slip of the pen", RECORD, [titled(TITLE.replace("Pretraining", "Pretrainnig"))], "ICML"),
    ("other authors altogether", RECORD, [replace(MEETING, authors=OTHERS)], "no"),
    (
        "one author of two in common",
        RECORD,
        [replace(MEETING, authors=(*AUTHORS[:1], *OTHERS, Author("Babbage")))],
        "unsure",
    ),
    ("authors not known to the service", RECORD, [replace(MEETING, authors=())], "unsure"),
    (
        "authors not known to the entry",
        replace(RECORD, authors=(), authors_count=None),
        [MEETING],
        "unsure",
    ),
    ("a year before the preprint", RECORD, [replace(MEETING, year=2023)], "ICML"),
    ("ten years before the preprint", RECORD, [replace(MEETING, year=2014)], "unsure"),
    ("ten years after the preprint", RECORD, [replace(MEETING, year=2034)], "unsure"),
    ("no year", RECORD, [replace(MEETING, year=None)], "unsure"),
    ("another title", RECORD, [titled("Bees and Their Dances in the Dark")], "no"),
    ("a subtitle more", RECORD, [titled(f"{TITLE}: A Study")], "unsure"),
    ("companion paper", RECORD, [titled(TITLE.replace("Matters", "Hardly Matters"))], "unsure"),
    ("an erratum", RECORD, [titled(f"Erratum: {TITLE}")], "no"),
    ("a correction", RECORD, [titled(f"Correction to: {TITLE}")], "no"),
    ("a reply", RECORD, [titled(f"Reply to: {TITLE}")], "no"),
    ("a comment", RECORD, [titled(f"Comment on “{TITLE}”")], "no"),
    ("retracted", RECORD, [titled(f"RETRACTED: {TITLE}")], "no"),
    ("supplement", RECORD, [titled(f"Supplementary material for {TITLE}")], "no"),
    ("the next part", replace(RECORD, title=f"{TITLE} I"), [titled(f"{TITLE} II")], "no"),
    ("the other part", replace(RECORD, title=f"{TITLE}, Part 1"), [titled(f"{TITLE}, Part 2")], "no"),
    ("a version more", replace(RECORD, title="Qwen2 Technical Report"), [titled("Qwen2.5 Technical Report")], "no"),
    ("meeting before journal", RECORD, [JOURNAL, MEETING], "ICML"),
    ("journal in the same year", RECORD, [replace(JOURNAL, year=2024), MEETING], "Machine Learning"),
    ("two meetings in one year", RECORD, [MEETING, replace(MEETING, container="KDD", doi="10.1/k", pages="5")], "unsure"),
    ("workshop and meeting", RECORD, [WORKSHOP, MEETING], "ICML"),
    ("workshop and later journal", RECORD, [WORKSHOP, JOURNAL], "Machine Learning"),
    ("workshop alone", RECORD, [WORKSHOP], "unsure"),
    ("the publisher names the preprint", RECORD, [MEETING, LINKED], "Machine Learning"),
    ("and has no authors or year", RECORD, [replace(LINKED, authors=(), year=None)], "Machine Learning"),
    ("and another title", RECORD, [titled("Bees in the Dark", replace(LINKED, authors=OTHERS))], "unsure"),
    ("and it was renamed", RECORD, [titled("Books in Order", LINKED)], "Machine Learning"),
    ("and it is an erratum", RECORD, [titled(f"Erratum: {TITLE}", LINKED)], "unsure"),
    ("the publisher names another preprint", RECORD, [replace(MEETING, preprint="2402.99999")], "unsure"),
    ("the entry has that DOI", replace(RECORD, doi="10.1/ml"), [JOURNAL], "Machine Learning"),
    ("the entry has another DOI", replace(RECORD, doi="10.1/other"), [MEETING], "unsure"),
    ("a link and another DOI", replace(RECORD, doi="10.1/other"), [LINKED], "unsure"),
    ("two accounts of one publication", RECORD, [MEETING, replace(MEETING, source="crossref")], "ICML"),
    ("an account without DOI", RECORD, [MEETING, replace(MEETING, doi=None)], "ICML"),
    ("no arXiv id", replace(RECORD, arxiv_id=None), [MEETING], "ICML"),
    ("a short title of ordinary words", replace(RECORD, title="Deep Learning"), [titled("Deep Learning")], "ICML"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("record", "versions", "expected"), [case[1:] for case in HARD], ids=[case[0] for case in HARD]
)
def test_hard_cases(record: Record, versions: list[PublishedVersion], expected: str) -> None:
    assert outcome(record, *versions) == expected
    assert outcome(record, *reversed(versions)) == expected


def test_accounts_complete_each_other() -> None:
    thin = replace(MEETING, pages=None, volume=None)
    other = replace(MEETING, doi="10.1/icml", volume="235", source="crossref")
    decision = decide_published(RECORD, [thin, other])
    assert isinstance(decision, PublishedAs)
    assert (decision.version.pages, decision.version.volume) == ("1-9", "235")
    assert decision.others == ()


def test_what_was_not_taken_is_told() -> None:
    decision = decide_published(RECORD, [JOURNAL, MEETING, WORKSHOP])
    assert isinstance(decision, PublishedAs)
    assert {v.container for v in decision.others} == {"Machine Learning", "ICML Workshops"}
    assert "title: exact" in decision.evidence


def test_both_candidates_are_told() -> None:
    rival = replace(MEETING, container="KDD", doi="10.1/k", pages="5")
    decision = decide_published(RECORD, [MEETING, rival, replace(WORKSHOP, year=2030)])
    assert isinstance(decision, UnsurePublication)
    assert {v.container for v in decision.candidates} == {"ICML", "KDD"}
    assert decision.reason == "two publications of the same year"
