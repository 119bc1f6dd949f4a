from __future__ import annotations

from pathlib import Path

import pytest

from bibkit.listing.bibtex import read, sniff
from bibkit.record import Link
from bibkit.text.names import full_name
from tests.growth import grows_linearly

_DATA = Path(__file__).resolve().parents[1] / "data"


def _sample() -> str:
    return (_DATA / "listing" / "bibtex.bib").read_text(encoding="utf-8")


def test_every_entry_of_the_sample_is_read() -> None:
    listing = read(_sample(), origin="refs.bib")
    found = [(r.origin, r.title, r.arxiv_id, r.doi, r.year) for r in listing.records]
    assert found == [
        ("refs.bib:6", "Attention Is All You Need", "1706.03762", None, 2017),
        ("refs.bib:15", "Deep learning", None, "10.1038/nature14539", 2015),
        (
            "refs.bib:21",
            "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding",
            "1810.04805",
            None,
            2018,
        ),
        ("refs.bib:34", "Training Compute-Optimal Large Language Models", "2203.15556", None, None),
        ("refs.bib:41", "Auto-Encoding Variational Bayes", "1312.6114", None, 2013),
        ("refs.bib:48", "Deep Residual Learning for Image Recognition", None, None, 2016),
        (
            "refs.bib:55",
            "2016 IEEE Conference on Computer Vision and Pattern Recognition",
            None,
            None,
            2016,
        ),
    ]
    assert [str(problem) for problem in listing.problems] == [
        "refs.bib:40: broken-entry: @article 'kingma2013': never closed",
        "refs.bib:59: listing-stray: @book 'empty' has neither title nor arXiv id nor DOI",
    ]


def test_everything_an_entry_says_is_kept() -> None:
    vaswani, lecun, bert, hoffmann, _, he, _ = read(_sample(), origin="x").records
    assert [full_name(a) for a in vaswani.authors][:2] == ["Ashish Vaswani", "Noam Shazeer"]
    assert len(vaswani.authors) == 3
    assert vaswani.authors_count is None  # `and others`
    assert vaswani.venue == "Advances in Neural Information Processing Systems 30"
    assert vaswani.links == (Link("https://arxiv.org/abs/1706.03762", "paper"),)
    assert (lecun.volume, lecun.number, lecun.pages) == ("521", "7553", "436-444")
    assert lecun.authors_count == 3
    assert bert.identifiers == ("dblp:journals/corr/abs-1810-04805",)
    assert full_name(bert.authors[1]) == "Ming-Wei Chang"
    assert [a.collective for a in hoffmann.authors] == [False, True, False]
    assert he.venue == "2016 IEEE Conference on Computer Vision and Pattern Recognition"


FIELDS: list[tuple[str, str | None, str | None]] = [
    # fields, arXiv id, DOI
    ("eprint = {1706.03762}", "1706.03762", None),
    ("eprint = {arXiv:1706.03762v2}", "1706.03762", None),
    ("eprint = {hep-th/9901001}", "hep-th/9901001", None),
    ("arxivId = {1706.03762}", "1706.03762", None),
    ("journal = {arXiv preprint arXiv:1706.03762}", "1706.03762", None),
    ("journal = {arXiv e-prints}, pages = {arXiv--1706}", None, None),
    ("journal = {CoRR}, volume = {abs/1706.03762}", "1706.03762", None),
    ("journal = {ArXiv}, volume = {abs/1706.03762}", "1706.03762", None),
    ("note = {Available at arXiv:1706.03762}", "1706.03762", None),
    (r"howpublished = {\url{http://arxiv.org/pdf/1706.03762v1.pdf}}", "1706.03762", None),
    ("doi = {10.48550/arXiv.1706.03762}", "1706.03762", None),
    ("doi = {https://doi.org/10.48550/ARXIV.1706.03762}", "1706.03762", None),
    ("doi = {10.1007/978-3-319-10602-1\\_48}", None, "10.1007/978-3-319-10602-1_48"),
    ("url = {https://doi.org/10.1000/A.B(1)}", None, "10.1000/a.b(1)"),
    ("eprint = {12345}, eprinttype = {pubmed}", None, None),
    ("year = {2017}, pages = {1706.03762}", None, None),
]


@pytest.mark.parametrize(("fields", "arxiv_id", "doi"), FIELDS)
def test_ids_are_found_wherever_they_stand(
    fields: str, arxiv_id: str | None, doi: str | None
) -> None:
    (record,) = read(f"@misc{{k, title = {{T}}, {fields}}}", origin="x").records
    assert (record.arxiv_id, record.doi) == (arxiv_id, doi)


TITLES = [
    (r"{Poincar\'{e} {GPT}-4 --- 50\% off}", "Poincaré GPT-4 — 50% off"),
    (r'"The {\"U}ber <i>E. coli</i> &amp; $\alpha$"', "The Über E. coli & α"),
    ("{A {Very {Deep}} Title}", "A Very Deep Title"),
    ('"A" # { Joined} # " Title"', "A Joined Title"),
    ("nips # {, again}", "NeurIPS, again"),
    ("2020", "2020"),
]


@pytest.mark.parametrize(("value", "title"), TITLES)
def test_a_title_is_read_as_tex(value: str, title: str) -> None:
    text = f"@string(nips = {{NeurIPS}})\n@misc{{k,\n  title = {value},\n  year = 2020\n}}"
    (record,) = read(text, origin="x").records
    assert record.title == title
    assert record.origin == "x:3"


BROKEN = [
    # file, titles of the broken entry, then always the good one
    ("@misc{a, title = {One}, year = {2000}\n\n", ["One"]),
    ("@misc{a,\n  title = {One,\n  year = {2000}\n}\n\n", ["One"]),
    ('@misc{a,\n  title = "One,\n  year = {2000}\n}\n\n', ["One"]),
    ("@misc{a,\n  title = {One that\n  goes on,\n  year = {2000}\n}\n\n", []),
    ("@misc{a\n  title = {One}\n  year = {2000}\n}\n\n", ["One"]),
    ("@misc{a, title = {One}, title = {Two}}\n", ["One"]),
    ("@misc{, title = {One}}\n", ["One"]),
    ("@misc{title = {One}}\n", ["One"]),
    ("@misc{two words, title = {One}}\n", ["One"]),
    ("@misc(a, title = {One (1)})\n", ["One (1)"]),
    ("@misc{a, % a remark\n  title = {One}, % another\n}\n", ["One"]),
    ("@misc{a, title = {One}, note = {\n@misc{b, title = {Two}}\n}}\n", ["One"]),
    ("@comment{@misc{a, title = {One}}}\n", []),
    ("%@misc{a, title = {One}}\n", []),
    ("mail@example.org\n---\nlayout: x\n---\n@misc{a, title={One}}\r\r\n", ["One"]),
]


@pytest.mark.parametrize(("text", "titles"), BROKEN)
def test_a_broken_entry_costs_no_other(text: str, titles: list[str]) -> None:
    listing = read(text + "@misc{z, title = {The Good One}}\n", origin="x")
    good = [record.title for record in listing.records]
    assert good[-1] == "The Good One"
    assert good[:-1] == titles


def test_every_file_of_the_corpus_gives_its_first_good_entry() -> None:
    paths = sorted((_DATA / "bibfile").glob("*.bib"))
    texts = {path.name: path.read_bytes().decode("utf-8", "replace") for path in paths}
    with_attention = {n: t for n, t in texts.items() if "title = {Attention Is All You Need}" in t}
    assert len(with_attention) > 20
    for name, text in with_attention.items():
        titles = [record.title for record in read(text, origin=name).records]
        assert "Attention Is All You Need" in titles, name


@pytest.mark.parametrize(
    ("text", "is_bib"),
    [
        ("@misc{k, title = {T}}", True),
        ("\ufeff% x\r@article{k,\r title = {T}}", True),
        ("@string{a = {b}}\n@misc(k, title = {T})", True),
        ("@user wrote {this,", False),
        ("A title @ home\nAnother", False),
        ("see @misc{k, inside a line", False),
    ],
)
def test_a_bib_file_is_told_from_other_texts(text: str, is_bib: bool) -> None:
    assert sniff(text) == is_bib


@pytest.mark.parametrize(
    "piece",
    [
        "@misc{a, title = {",
        "@misc{\n",
        "@comment{\n",
        '@misc{a, title = "x\n',
        "{",
        "@",
        "a = # ",
        "@misc{a,\n" + "x = {y}\n" * 5 + "\n",
        "@misc{a, title = {x} and and ",
        "%@misc{",
    ],
)
def test_hostile_files_take_linear_time(piece: str) -> None:
    def run(size: int) -> None:
        text = piece * (size // len(piece))
        sniff(text)
        read(text, origin="x")

    grows_linearly(run, 400_000)


def test_the_isbn_of_a_book_is_not_its_chapters_and_its_pages_are_a_number() -> None:
    fields = "title = {On Type}, isbn = {0-201-13438-1}, pages = {ix + 560}"
    text = f"@book{{a, {fields}}}\n@inproceedings{{b, {fields}}}\n@book{{c, title={{X}}, isbn = {{????}}}}"
    book, part, unknown = read(text, origin="x").records
    assert (book.identifiers, book.pages) == (("isbn:0-201-13438-1",), "")
    assert (part.identifiers, unknown.identifiers) == ((), ())
    assert part.pages != ""
