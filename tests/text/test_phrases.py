"""Phrases of an abstract: plain, inside a clause, and the same however a page lost the TeX."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibkit.text.phrases import distinctive_phrases
from tests.growth import grows_linearly

ABSTRACT = (
    r"The colouring problem asks whether every \emph{planar} graph of girth $g \geq 5$ admits a "
    r"colouring whose classes induce forests of bounded diameter. We give a short proof for "
    r"$\alpha$-sparse graphs, and derive a linear algorithm that never recolours a vertex twice "
    r"in any of its rounds. On 25\% of all inputs, known heuristics fail."
)


def test_a_phrase_comes_from_inside_a_clause() -> None:
    for phrase in distinctive_phrases(ABSTRACT):
        assert phrase in ABSTRACT
        assert re.fullmatch(r"[a-z]+(?: [a-z]+){4,6}", phrase)


@pytest.mark.parametrize("lost", ["$", "\\", "${}", "\\$", "\\${}"])
def test_lost_tex_marks_change_nothing(lost: str) -> None:
    shown = ABSTRACT.translate({ord(mark): None for mark in lost})
    assert distinctive_phrases(shown) == distinctive_phrases(ABSTRACT)


def test_line_breaks_change_nothing() -> None:
    assert distinctive_phrases(ABSTRACT.replace(" ", "\n  ")) == distinctive_phrases(ABSTRACT)


def test_a_word_that_was_cut_is_in_no_phrase() -> None:
    text = "Here hungry caterpillars transform overgrown orchards into glittering butterf"
    [phrase] = distinctive_phrases(text)
    assert "butterf" not in phrase


@pytest.mark.parametrize(
    "text",
    [
        "",
        "word",
        "Extensive experiments show that the proposed method outperforms existing approaches on all.",
        "The code and data are publicly available at this https URL.",
        "视觉模型 在 很多 任务 上 都 有 很 好 的 表现",
        "$" * 5000,
        "\\alpha " * 1000,
    ],
)
def test_what_tells_nothing_gives_nothing(text: str) -> None:
    assert distinctive_phrases(text) == ()


@given(st.text(max_size=2000))
def test_phrases_are_plain_words_of_the_text(text: str) -> None:
    for phrase in distinctive_phrases(text):
        assert re.fullmatch(r"[a-z ]{9,200}", phrase)
        assert phrase in " ".join(text.split())


def test_a_huge_text_costs_no_more_than_a_long_one() -> None:
    grows_linearly(lambda size: distinctive_phrases("honey bees dance " * size), 2_000_000)


def test_the_better_clause_comes_first_and_once() -> None:
    clause = "so honey bees dance in the dark hive, "
    better = "while hungry caterpillars transform overgrown orchards, "
    found = distinctive_phrases(clause * 3 + better + "at last.", least=4)
    assert found == (
        "while hungry caterpillars transform overgrown",
        "so honey bees dance in the dark",
    )
