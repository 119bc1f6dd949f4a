from __future__ import annotations

import random
from pathlib import Path

import pytest

from bibkit.listing.citation import parse_citation
from bibkit.listing.references import read, sniff
from bibkit.text.names import full_name
from bibkit.text.titles import title_key
from tests.growth import grows_linearly
from tests.tools.citation_styles import STYLES, Paper, section

_DATA = Path(__file__).resolve().parents[1] / "data" / "listing"


def test_the_sample_is_read() -> None:
    listing = read((_DATA / "references.txt").read_text(encoding="utf-8"), origin="x")
    found = [(r.origin, r.title, r.arxiv_id, r.doi, r.year) for r in listing.records]
    assert found == [
        ("x:4", "Attention is all you need", None, None, 2017),
        (
            "x:6",
            "BERT: Pre-training of deep bidirectional transformers for language understanding",
            "1810.04805",
            None,
            2019,
        ),
        ("x:10", "Deep learning", None, None, 2015),
        ("x:11", "Adam: A method for stochastic optimization", "1412.6980", None, 2014),
        ("x:13", "GPT-4 technical report", "2303.08774", None, 2023),
        (
            "x:14",
            "Deep residual learning for image recognition",
            None,
            "10.1109/cvpr.2016.90",
            2016,
        ),
        (
            "x:19",
            "A density-based algorithm for discovering clusters in large spatial databases with noise",
            None,
            None,
            1996,
        ),
    ]
    assert [str(problem) for problem in listing.problems] == [
        "x:18: listing-stray: no title can be told in it: “[7] G. Aad et al., Phys. Lett. B 716, 1 (2012).”"
    ]
    vaswani, _, lecun, *_ = listing.records
    assert full_name(vaswani.authors[-1]) == "I. Polosukhin"
    assert vaswani.authors_count == 8
    assert (vaswani.venue, vaswani.pages) == (
        "Advances in Neural Information Processing Systems",
        "5998--6008",
    )
    assert (lecun.venue, lecun.volume, lecun.number, lecun.pages) == (
        "Nature",
        "521",
        "7553",
        "436--444",
    )


def test_a_section_without_labels_and_blank_lines_is_cut() -> None:
    text = (_DATA / "references_apa.txt").read_text(encoding="utf-8")
    assert sniff(text)
    listing = read(text, origin="x")
    assert [(r.title.split()[0], r.year, len(r.authors)) for r in listing.records] == [
        ("BERT:", 2019, 4),
        ("Deep", 2016, 4),
        ("Deep", 2015, 3),
        ("Representation", 2018, 3),
    ]
    assert listing.records[2].doi == "10.1038/nature14539"
    assert listing.records[3].arxiv_id == "1807.03748"
    assert full_name(listing.records[3].authors[0]) == "A. van den Oord"


ONE_BY_ONE = [
    # reference, title, families, year
    ("12. Smith J, Doe AB, et al. A title of a paper. J Exp Med. 2019;12(3):1-10.", "A title of a paper", ["Smith", "Doe"], 2019),
    ("Vaswani, A., Shazeer, N.: Attention is all you need. In: NIPS, pp. 5998–6008 (2017)", "Attention is all you need", ["Vaswani", "Shazeer"], 2017),
    ("Ashish Vaswani and Noam Shazeer. 2017. Attention is all you need. In NeurIPS.", "Attention is all you need", ["Vaswani", "Shazeer"], 2017),
    ("Vaswani, Ashish, and Noam Shazeer. “Attention Is All You Need.” NIPS 30 (2017): 1–11.", "Attention Is All You Need", ["Vaswani", "Shazeer"], 2017),
    ("Vaswani, A. et al. Attention is all you need. Adv. Neural Inf. Process. Syst. 30, 5998–6008 (2017).", "Attention is all you need", ["Vaswani"], 2017),
    ("A. Vaswani, N. Shazeer, Attention is all you need, Neural Networks 12 (2017) 1–10.", "Attention is all you need", ["Vaswani", "Shazeer"], 2017),
    ("Vaswani A, Shazeer N (2017) Attention is all you need. Nature 12:1–10", "Attention is all you need", ["Vaswani", "Shazeer"], 2017),
    ("Ribeiro, M. T., Singh, S., & Guestrin, C. (2016). “Why should I trust you?”: Explaining the predictions of any classifier. In KDD.", "“Why should I trust you?”: Explaining the predictions of any classifier", ["Ribeiro", "Singh", "Guestrin"], 2016),
    ("[VSP+17] Ashish Vaswani, Noam Shazeer, and Niki Parmar. Attention is all you need. 2017.", "Attention is all you need", ["Vaswani", "Shazeer", "Parmar"], 2017),
    ("• Li, F. (2020). Is this a title? A question of form. Journal of Forms, 3(1), 1–2.", "Is this a title? A question of form", ["Li"], 2020),
    ("M. T. Hutton, “Data vs. models in St. Louis,” IEEE Trans. Med., vol. 1, no. 2, pp. 3–4, 2001.", "Data vs. models in St. Louis", ["Hutton"], 2001),
    ("D. Silver and Aja Huang. Mastering the game of Go. Nature, 529:484–489, 2016.", "Mastering the game of Go", ["Silver", "Huang"], 2016),
    ("———. Another work by the same. Oxford University Press, 1999.", "Another work by the same", [], 1999),
    ("Brown, T. B., Mann, B., ... & Amodei, D. (2020). Language models are few-shot learners. NeurIPS, 33, 1877–1901.", "Language models are few-shot learners", ["Brown", "Mann", "Amodei"], 2020),
    ("Hoffmann, J., Borgeaud, S., . . . Sifre, L. (2022). Training compute-optimal models. arXiv preprint arXiv:2203.15556.", "Training compute-optimal models", ["Hoffmann", "Borgeaud", "Sifre"], 2022),
    ("Jared Kaplan and Dario Amodei. Scaling laws for neural language models, 2020. URL https://arxiv.org/abs/2001.08361.", "Scaling laws for neural language models", ["Kaplan", "Amodei"], 2020),
]  # fmt: skip


@pytest.mark.parametrize(("text", "title", "families", "year"), ONE_BY_ONE)
def test_a_reference_is_read(text: str, title: str, families: list[str], year: int) -> None:
    said = parse_citation(text)
    assert (said.title, [a.family for a in said.authors], said.year) == (title, families, year)


def test_an_omission_leaves_the_list_incomplete_and_an_arxiv_id_is_no_page() -> None:
    said = parse_citation(
        "Hoffmann, J., … Sifre, L. (2022). Training large models. arXiv preprint arXiv:2203.15556."
    )
    assert not said.all_authors
    assert (said.volume, said.number, said.pages) == ("", "", "")


@pytest.mark.parametrize(
    "text",
    [
        "[7] G. Aad et al., Phys. Lett. B 716, 1 (2012).",
        "A. Einstein, Ann. Phys. 17, 891 (1905).",
        "12–14",
        "https://example.org",
        "ibid., p. 12",
    ],
)
def test_a_reference_without_a_title_gets_none(text: str) -> None:
    assert parse_citation(text).title == ""


PAPERS = [
    Paper("Attention Is All You Need", [("Vaswani", "Ashish"), ("Shazeer", "Noam"), ("Parmar", "Niki")], 2017, arxiv_id="1706.03762"),
    Paper("BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding", [("Devlin", "Jacob"), ("Chang", "Ming-Wei"), ("Lee", "Kenton"), ("Toutanova", "Kristina")], 2018, volume=7, pages=(4171, 4186), arxiv_id="1810.04805"),
    Paper("Deep Residual Learning for Image Recognition", [("He", "Kaiming"), ("Zhang", "Xiangyu"), ("Ren", "Shaoqing"), ("Sun", "Jian")], 2015, volume=3, pages=(770, 778), arxiv_id="1512.03385"),
    Paper("Adam: A Method for Stochastic Optimization", [("Kingma", "Diederik P."), ("Ba", "Jimmy")], 2014, volume=2, pages=(1, 15), arxiv_id="1412.6980"),
    Paper("Representation Learning with Contrastive Predictive Coding", [("van den Oord", "Aäron"), ("Li", "Yazhe"), ("Vinyals", "Oriol")], 2018, volume=9, pages=(21, 33), arxiv_id="1807.03748"),
    Paper("Auto-Encoding Variational Bayes", [("Kingma", "Diederik P."), ("Welling", "Max")], 2013, volume=11, pages=(5, 9), arxiv_id="1312.6114"),
    Paper("Do ImageNet Classifiers Generalize to ImageNet?", [("Recht", "Benjamin"), ("Roelofs", "Rebecca"), ("Schmidt", "Ludwig"), ("Shankar", "Vaishaal")], 2019, volume=5, pages=(5389, 5400), arxiv_id="1902.10811"),
    Paper("Scaling Laws for Neural Language Models", [("Kaplan", "Jared"), ("McCandlish", "Sam"), ("Henighan", "Tom")], 2020, volume=4, pages=(101, 130), arxiv_id="2001.08361"),
]  # fmt: skip


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    ("label", "width"), [("", 0), ("", 80), ("[{}] ", 80), ("{}. ", 48), ("[{}] ", 0)]
)
def test_known_papers_come_back_from_every_style(style: str, label: str, width: int) -> None:
    text = section(
        [STYLES[style](p) for p in PAPERS], label=label, width=width, chance=random.Random(1)
    )
    assert sniff(text)
    listing = read(text, origin="x")
    assert [title_key(r.title) for r in listing.records] == [title_key(p.title) for p in PAPERS]
    assert [r.year for r in listing.records] == [p.year for p in PAPERS]
    firsts = [full_name(r.authors[0]).rpartition(" ")[2] for r in listing.records]
    assert firsts == [p.authors[0][0].rpartition(" ")[2] for p in PAPERS]
    assert listing.problems == ()


@pytest.mark.parametrize(
    ("text", "is_section"),
    [
        ("Attention Is All You Need\nDeep learning\n2402.12345", False),
        ("Attention Is All You Need, 2017\nBERT: Pre-training, 2018", False),
        ("1. Segment Anything\n2. Deep Learning", False),
        ("A. Vaswani, N. Shazeer. Attention is all you need. In NeurIPS, 2017.", True),
        ("Prose that mentions (Smith, 2019) and goes on. It has no references.", False),
    ],
)
def test_a_reference_section_is_told_from_other_texts(text: str, is_section: bool) -> None:
    assert sniff(text) == is_section


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "A. ",
            "A. B, ",
            "Aa Bb, ",
            "Smith J, ",
            "a ",
            "[1] ",
            "1. ",
            "“",
            '"',
            "'",
            "(",
            "2019 ",
        ),
        *(
            "A. Smith, ",
            "and ",
            "Smith, J., ",
            "In ",
            ", ",
            ". A",
            "A-",
            "van ",
            "de ",
            "Jr. ",
            "1–2 ",
        ),
        *(
            "[1]\n",
            "A. Smith. B. 2019.\n",
            "x-\n",
            "1\n",
            " \n",
            "A. Smith,\n",
            "https://",
            "10.1/ ",
        ),
    ],
)
@pytest.mark.parametrize("size", [3_000, 60_000])
def test_hostile_sections_take_linear_time(piece: str, size: int) -> None:
    def run(size: int) -> None:
        text = piece * (size // len(piece))
        sniff(text)
        read(text, origin="x")

    grows_linearly(run, size)
