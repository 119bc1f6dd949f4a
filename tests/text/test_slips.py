import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibkit.text.slips import is_misspelling
from bibkit.text.titles import title_tokens


@pytest.mark.parametrize(
    ("left", "right", "slip"),
    [
        (
            "Scaling Langauge Model Pretraining to Billions",
            "Scaling Language Model Pretraining to Billions",
            True,
        ),
        (
            "On supervised learning of representations",
            "On unsupervised learning of representations",
            False,
        ),
        ("Symmetric functions on finite groups", "Asymmetric functions on finite groups", False),
        (
            "Intra-domain transfer of representations",
            "Inter-domain transfer of representations",
            False,
        ),
        ("Stable diffusion", "Stable difusion", False),  # too short to be sure
    ],
)
def test_misspelling(left: str, right: str, slip: bool) -> None:
    assert is_misspelling(left, right) is slip


STRANGE = frozenset(
    "langauge pretrainng sclaing moedls ystem rgaph hlearning retrieavl tmie bilattice coclosed "
    "qwon foovsense daaset scrling invarience".split()
)


@pytest.mark.parametrize(
    ("left", "right", "slip"),
    [
        ("Sclaing Langauge Models of Code", "Scaling Language Models of Code", True),
        ("Learning from rgaph structure", "Learning from Graph Structure", True),
        ("Reinforcemnt hLearning in games", "Reinforcement Learning in Games", False),  # one unknown
        ("A ystem for the lab", "A System for the Lab", False),  # too short
        ("A ystem for the whole lab and the library", "A System for the Whole Lab and the Library", True),
        ("Dense retrieavl fro questions", "Dense Retrieval for Questions", True),
        ("Bilattice logic properly displayed", "Lattice logic properly displayed", False),
        ("Manifolds with coclosed structure", "Manifolds with closed structure", False),
        ("On the quadratic Fock functor", "The quadratic Fock functor", False),
        ("Learning stable dynamics from data", "Learning unstable dynamics from data", False),
        ("The tmie of flight of many particles", "The time of flight of many particles", True),
        ("Scrling invarience: a bridge to geometry", "Scaling invariance: a bridge to geometry", True),
        ("FoovSense: A daaset of smells and tastes", "FoodSense: A dataset of smells and tastes", False),
        ("Training Qwon models at small scale", "Training Qwen models at small scale", True),
        ("Moedls of 13 cities and their buses", "Models of 12 cities and their buses", False),
    ],
)  # fmt: skip
def test_a_slip_makes_a_word_that_no_title_has(left: str, right: str, slip: bool) -> None:
    assert is_misspelling(left, right, strange=STRANGE) is slip


@given(st.text(), st.text())
def test_nothing_differs_by_slips_alone_where_every_word_is_known(left: str, right: str) -> None:
    if is_misspelling(left, right, strange=frozenset()):
        assert "".join(title_tokens(left)) == "".join(title_tokens(right)) or any(
            len(word) <= 4 for word in title_tokens(left)
        )
