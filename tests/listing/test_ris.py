from __future__ import annotations

from pathlib import Path

import pytest

from bibkit.listing.listing import Listing
from bibkit.listing.ris import read, sniff
from bibkit.record import Author
from tests.growth import grows_linearly

_DATA = Path(__file__).resolve().parents[1] / "data" / "listing"


def _sample(name: str) -> Listing:
    return read((_DATA / name).read_text(encoding="utf-8"), origin="x")


def test_ris_is_read() -> None:
    listing = _sample("ris.ris")
    vaswani, lecun, bishop = listing.records
    assert (vaswani.origin, vaswani.title) == ("x:7", "Attention Is All You Need")
    assert vaswani.authors == (Author("Vaswani", "Ashish"), Author("Shazeer", "Noam"))
    assert (vaswani.arxiv_id, vaswani.year, vaswani.authors_count) == ("1706.03762", 2017, 2)
    assert vaswani.venue == "Advances in Neural Information Processing Systems"
    assert (vaswani.volume, vaswani.pages) == ("30", "5998--6008")
    assert (lecun.title, lecun.doi, lecun.number) == (
        "Deep learning",
        "10.1038/nature14539",
        "7553",
    )
    assert lecun.abstract.endswith("layers - and what came of them.")
    assert (bishop.title, bishop.venue) == ("Pattern Recognition and Machine Learning", "")
    assert bishop.identifiers == ("isbn:978-0-387-31073-2",)
    assert [str(problem) for problem in listing.problems] == [
        "x:41: listing-stray: a reference with neither title nor arXiv id nor DOI"
    ]


def test_medline_is_read() -> None:
    first, second = _sample("ris_pubmed.nbib").records
    assert (first.title, first.doi, first.year) == ("Deep learning", "10.1038/nature14539", 2015)
    assert first.authors == (Author("LeCun", "Yann"), Author("Bengio", "Yoshua"))
    assert first.identifiers == ("pmid:26017442",)
    assert second.title == "Highly accurate protein structure prediction with AlphaFold"
    assert second.identifiers == ("pmid:34265844", "pmcid:PMC8371605")
    assert second.authors[1].collective


def test_endnote_is_read() -> None:
    first, second = _sample("ris_endnote.enw").records
    assert (first.doi, first.venue, first.pages) == ("10.1109/cvpr.2016.90", "CVPR", "770-778")
    assert second.authors == (Author("Kingma", "D. P."), Author("Ba", "J."))
    assert (second.arxiv_id, second.year) == ("1412.6980", 2014)


def test_web_of_science_is_read() -> None:
    (record,) = _sample("ris_wos.ciw").records
    assert (record.origin, record.title) == ("x:8", "Deep learning")
    assert record.authors == (Author("LeCun", "Yann"), Author("Bengio", "Yoshua"))
    assert (record.doi, record.pages) == ("10.1038/nature14539", "436--444")
    assert record.identifiers == ("pmid:26017442",)


BROKEN = [
    ("TY  - JOUR\nTI  - One\nTY  - JOUR\nTI  - Two", ["One", "Two"], 0),  # no ER
    ("TI  - One\nER  - \nTY  - JOUR\nTI  - Two\nER  -", ["One", "Two"], 0),  # no TY
    ("TY - JOUR\r\nTI - One\r\nER -\r\n", ["One"], 0),  # one blank for two
    ("TY  -\nTI  - One\nER  -", ["One"], 0),
    ("  TY  - JOUR\n  TI  - One\n  ER  - ", ["One"], 0),
    ("TY  - JOUR\nER  - \nstray\nTY  - JOUR\nTI  - One\nER  -", ["One"], 2),
    ("%0 Thesis\n%T One\n%0 Thesis\n%T Two", ["One", "Two"], 0),
    ("TY  - JOUR\nTI  - {GPT}: Poincar\\'e\nER  -", ["GPT: Poincaré"], 0),
]


@pytest.mark.parametrize(("text", "titles", "problems"), BROKEN)
def test_a_broken_file_keeps_its_references(text: str, titles: list[str], problems: int) -> None:
    listing = read(text, origin="x")
    assert [record.title for record in listing.records] == titles
    assert len(listing.problems) == problems


@pytest.mark.parametrize("text", ["TYPE  - JOUR", "A TY  - x", "%01 x", "PMID 123", "PT Journals"])
def test_other_texts_are_no_references(text: str) -> None:
    assert not sniff(text)


@pytest.mark.parametrize(
    "piece", ["TY  - JOUR\n", "TY  - JOUR\nAU  - a\n", "x\n", "%0 ", "PMID- 1\n  x\n", "TI  - T\n"]
)
def test_hostile_files_take_linear_time(piece: str) -> None:
    def run(size: int) -> None:
        text = "TY  - JOUR\n" + piece * (size // len(piece))
        sniff(text)
        read(text, origin="x")

    grows_linearly(run, 400_000)
