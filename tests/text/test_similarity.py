import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibkit.text.similarity import (
    abstract_sketch,
    is_cut,
    is_renamed,
    is_shortened,
    sketch_similarity,
    title_likeness,
    title_score,
    title_veto,
)

# decoys one digit, one version, one part, one name, one kind away: never the same paper
VETOED = [
    (
        "Physics of Language Models: Part 3.3, Capacity",
        "Physics of Language Models: Part 3.2, Capacity",
    ),
    ("Qwen2 Technical Report", "Qwen2.5 Technical Report"),
    ("Segment Anything", "Segment Anything 2"),
    ("YOLOv3: An Improvement", "YOLOv4: An Improvement"),
    ("Unraveling Scaling Laws: Part I", "Unraveling Scaling Laws: Part II"),
    ("Part I: The group", "Part V: The group"),
    ("On forms, Part A", "On forms, Part B"),
    ("Pretraining with NVFP4", "Pretraining with MXFP4: a recipe"[:22].replace("MXFP4", "NVFP8")),
    ("Findings of the First Challenge", "Findings of the Second Challenge"),
    ("Findings of the BabyLM Challenge", "Findings of the Second BabyLM Challenge"),
    ("Two streams of data", "Three streams of data"),
    ("A 7B model of code", "A 13B model of code"),
    ("SemEval-2023 Task 4", "SemEval-2024 Task 4"),
    ("[2029] SmolVLA: Affordable models", "SmolVLA: Affordable models"),
    ("A theorem of Gauss", "A theorem of Gauss: Erratum"),
    ("PROP: Pre-training for retrieval", "B-PROP: Pre-training for retrieval"),
    ("1-bit Adam: Fast training", "1-bit LAMB: Fast training"),
    ("Part 33 of everything", "Part 3.3 of everything"),
    ("Proceedings of the Fifteenth Conference", "Proceedings of the Sixteenth Conference"),
]
NOT_VETOED = [
    ("Pre-training in 1,000 steps", "Pretraining in 1000 steps"),
    ("Scaling laws", "Scaling Laws"),
    ("Part 3 3 of everything", "Part 3.3 of everything"),  # how a page may print it
    ("Skill-it! A framework for models", "Skill-it: A framework for models"),
    ("SOLO: A Single Transformer for Vision", "A Single Transformer for Vision"),
]


@pytest.mark.parametrize(("left", "right"), VETOED)
def test_veto(left: str, right: str) -> None:
    assert title_veto(left, right)
    assert title_veto(right, left)


@pytest.mark.parametrize(("left", "right"), NOT_VETOED)
def test_no_veto(left: str, right: str) -> None:
    assert title_veto(left, right) is None
    assert title_veto(right, left) is None


@given(st.text())
def test_a_title_has_no_veto_against_itself(title: str) -> None:
    assert title_veto(title, title) is None


@given(st.text(), st.text())
def test_score_is_symmetric_and_bounded(left: str, right: str) -> None:
    assert 0.0 <= title_score(left, right) <= 1.0
    assert title_score(left, right) == pytest.approx(title_score(right, left), abs=0.02)


ABSTRACT = (
    "We present a method that keeps a shared bibliography in order while many people edit it by "
    "hand, and show on five years of one group's history that nothing anybody wrote was lost. "
    "Our tool costs $O(n)$ time, and code is available at https://github.com/o/r."
)


def test_sketch_survives_what_a_page_does_to_an_abstract() -> None:
    page = ABSTRACT.replace("$", "").replace(
        "https://github.com/o/r", "https://hf-proxy-1.example/o/r"
    )
    assert sketch_similarity(abstract_sketch(ABSTRACT), abstract_sketch(page)) == 1.0


def test_sketch_of_a_stranger_shares_nothing() -> None:
    stranger = " ".join(f"word{i}" for i in range(60))
    assert sketch_similarity(abstract_sketch(ABSTRACT), abstract_sketch(stranger)) == 0.0


def test_no_abstract_says_nothing() -> None:
    assert sketch_similarity(abstract_sketch(""), abstract_sketch(ABSTRACT)) is None
    assert abstract_sketch("Too short to identify.") == b""


@pytest.mark.parametrize(
    ("left", "right", "way"),
    [
        ("Segment Anything", "SEGMENT anything", "title: exact"),
        ("SONAR-SLT", "SONAR-SLT: Multilingual Sign Language Translation", "title: all but"),
        ("Look twice", "Look twice -- a second look at looking", "title: all but"),
        ("Are two looks enough?", "Are two looks enough? A study", "title: all but"),
        ("Physics of Language Mod", "Physics of Language Models: Part 1", "title: cut"),
        ("Segment Anything in Medical...", "Segment Anything in Medical Images", "title: cut"),
        ("Segment Anything", "Segment Anything in Medical Images", "title: 0."),
        ("Segment Anything: again", "Segment Anything: Once More", "title: 0."),
        ("Are two looks", "Are two looks? with applications", "title: 0."),
        ("Deep Le", "Deep Learning", "title: 0."),
    ],
)
def test_the_way_in_which_one_title_may_be_meant_for_another(
    left: str, right: str, way: str
) -> None:
    score, words = title_likeness(left, right)
    assert words.startswith(way)
    assert 0.0 <= score <= 1.0
    assert (score == 1.0) is (way == "title: exact")
    assert is_shortened(left, right) is ("all but" in way)
    assert is_cut(left, right) is ("cut" in way)


@pytest.mark.parametrize(
    ("left", "right", "renamed"),
    [
        (
            "TokenUnify: Scalable Autoregressive Visual Pre-training with Mixtures",
            "TokenUnify: Scaling Up Autoregressive Pretraining for Neurons",
            True,
        ),
        (  # two papers of one week
            "CriticBench: Benchmarking LLMs for Critique-Correct Reasoning",
            "CriticBench: Evaluating Large Language Models as Critic",
            False,
        ),
        (
            "Attention: Scalable Autoregressive Training",
            "Attention: Autoregressive Training",
            False,
        ),
        ("Scalable Autoregressive Training", "Autoregressive Training Scalable", False),
        (": Scalable Autoregressive Training", ": Autoregressive Training Scalable", False),
    ],
)
def test_renamed_under_the_same_name(left: str, right: str, renamed: bool) -> None:
    assert is_renamed(left, right) is renamed
