"""One id in every spelling and field in which it stands in .bib, RIS, MEDLINE and CSL-JSON."""

from __future__ import annotations

import json
from itertools import combinations

import pytest

from bibkit.dedupe.features import Features, read_features
from bibkit.dedupe.scoring import compare
from bibkit.listing import read_listing

TITLE = "A Formal Perspective on the View Selection Problem"
OTHER = "Bees of the Northern Countries and Their Honey"


def bib(fields: str, kind: str = "article", key: str = "k", title: str = TITLE) -> str:
    return f"@{kind}{{{key}, title = {{{title}}}, author = {{Chirkova, Rada}}, {fields}}}"


def ris(line: str, kind: str = "JOUR", title: str = TITLE) -> str:
    return f"TY  - {kind}\nTI  - {title}\nAU  - Chirkova, Rada\n{line}\nER  - \n"


def csl(kind: str = "article-journal", title: str = TITLE, **fields: str) -> str:
    author = [{"family": "Chirkova", "given": "Rada"}]
    return json.dumps([{"type": kind, "title": title, "author": author, **fields}])


def medline(line: str) -> str:
    return f"PMID- 12345678\nTI  - {TITLE}.\nFAU - Chirkova, Rada\n{line}\n"


def features(text: str) -> Features:
    (record,) = read_listing(text, origin="x").records
    return read_features(record)


ONE: dict[str, tuple[list[str], list[str]]] = {
    "arXiv": (
        [
            bib("eprint = {2106.09685}"),
            bib("eprint = {arXiv:2106.09685v2}, archiveprefix = {arXiv}"),
            bib("url = {https://arxiv.org/pdf/2106.09685v1.pdf}"),
            bib("doi = {10.48550/arXiv.2106.09685}"),
            bib("journal = {arXiv preprint arXiv:2106.09685}"),
            bib("journal = {CoRR}, volume = {abs/2106.09685}"),
            bib("note = {arXiv: 2106.09685 [cs.CL]}"),
            bib(r"howpublished = {\url{https://arxiv.org/abs/2106.09685}}", kind="misc"),
            bib("number = {arXiv:2106.09685}", kind="techreport"),
            ris("UR  - http://arxiv.org/abs/2106.09685"),
            csl(note="arXiv:2106.09685 [cs]"),
            csl(number="arXiv:2106.09685"),
        ],
        [bib("eprint = {2106.09686}"), csl(URL="https://arxiv.org/abs/2106.09686v3")],
    ),
    "old arXiv": (
        [
            bib("eprint = {hep-th/9901001}"),
            bib("eprint = {9901001}, archiveprefix = {arXiv}, primaryclass = {hep-th}"),
            bib("journal = {arXiv:hep-th/9901001}"),
        ],
        [bib("eprint = {9901001}, archiveprefix = {arXiv}, primaryclass = {hep-ph}")],
    ),
    "DOI": (
        [
            bib("doi = {10.1145/12.34}"),
            bib("doi = {http://dx.doi.org/10.1145/12.34}"),
            bib("url = {https://doi.org/10.1145/12.34}"),
            bib("url = {https://dl.acm.org/doi/abs/10.1145/12.34}"),
            ris("DO  - 10.1145/12.34"),
            ris("M3  - doi:10.1145/12.34"),
            medline("LID - 10.1145/12.34 [doi]"),
            csl(DOI="10.1145/12.34"),
        ],
        [bib("doi = {10.1145/12.35}"), csl(DOI="https://doi.org/10.1145/12.345")],
    ),
    "DOI with angle brackets": (
        [
            bib(r"doi = {10.1002/(SICI)1097-4571(199806)49:8<693::AID-ASI4>3.0.CO;2-O}"),
            bib(
                r"doi = {10.1002/(SICI)1097-4571(199806)49:8\textless{}693::AID-ASI4\textgreater{}3.0.CO;2-O}"
            ),
            csl(DOI="10.1002/(sici)1097-4571(199806)49:8<693::aid-asi4>3.0.co;2-o"),
        ],
        [bib(r"doi = {10.1002/(SICI)1097-4571(199806)49:8<709::AID-ASI5>3.0.CO;2-K}")],
    ),
    "OpenReview": (
        [
            bib("url = {https://openreview.net/forum?id=nZeVKeeFYf9}"),
            bib("url = {https://openreview.net/pdf?id=nZeVKeeFYf9}"),
            ris("UR  - https://openreview.net/forum?noteId=1&id=nZeVKeeFYf9"),
            csl(URL="https://openreview.net/forum?id=nZeVKeeFYf9"),
        ],
        [bib("url = {https://openreview.net/forum?id=NZeVKeeFYf9}")],
    ),
    "ACL Anthology": (
        [
            bib("url = {https://aclanthology.org/P18-1001/}"),
            bib("url = {https://www.aclweb.org/anthology/P18-1001.pdf}"),
            bib("url = {http://www.aclweb.org/anthology/P/P18/P18-1001.pdf}"),
            bib("url = {https://aclweb.org/anthology/papers/P/P18/P18-1001/}"),
            bib("doi = {10.18653/v1/P18-1001}"),
            ris("DO  - 10.18653/v1/P18-1001"),
            csl(URL="https://aclanthology.org/P18-1001"),
        ],
        [bib("url = {https://aclanthology.org/P18-1002}"), csl(DOI="10.18653/v1/P18-1003")],
    ),
    "DBLP": (
        [
            bib("year = 2001", key="DBLP:conf/vldb/ChirkovaHS01"),
            bib("biburl = {https://dblp.org/rec/conf/vldb/ChirkovaHS01.bib}"),
            bib("url = {https://dblp.uni-trier.de/rec/bibtex/conf/vldb/ChirkovaHS01}"),
            bib("url = {https://dblp.org/rec/html/conf/vldb/ChirkovaHS01}"),
        ],
        [bib("year = 2001", key="DBLP:conf/vldb/ChirkovaHS01a")],
    ),
    "PubMed": (
        [
            bib("pmid = {12345678}"),
            bib("note = {PMID: 12345678}"),
            bib("eprint = {12345678}, eprinttype = {pubmed}"),
            bib("url = {https://www.ncbi.nlm.nih.gov/pubmed/12345678}"),
            bib("url = {https://europepmc.org/article/MED/12345678}"),
            ris("UR  - https://pubmed.ncbi.nlm.nih.gov/12345678/"),
            ris("N1  - PMID: 12345678"),
            medline("SO  - Nature"),
            csl(PMID="12345678"),
            csl(note="PMID: 12345678"),
        ],
        [bib("pmid = {12345679}"), csl(PMID="1234567")],
    ),
    "PubMed Central": (
        [
            bib("pmcid = {PMC1234567}"),
            bib("pmcid = {1234567}"),
            bib("url = {https://www.ncbi.nlm.nih.gov/pmc/articles/PMC1234567/}"),
            ris("C2  - PMC1234567"),
            csl(PMCID="PMC1234567"),
        ],
        [bib("pmcid = {PMC1234568}")],
    ),
    "ISBN": (
        [
            bib("isbn = {0-201-13438-1}", kind="book"),
            bib("isbn = {9780201134384}", kind="book"),
            bib("isbn = {978-0-201-13438-4, 0-201-13446-2}", kind="book"),
            ris("SN  - 0201134381", kind="BOOK"),
            csl("book", ISBN="978-0-201-13438-4"),
        ],
        [bib("isbn = {0-201-13437-3}", kind="book")],
    ),
}  # fmt: skip
"""For each kind: one id in its spellings, and others."""


@pytest.mark.parametrize("kind", ONE)
def test_one_id_is_found_in_every_spelling(kind: str) -> None:
    """The evidence names it before all else, though the title was changed."""
    first, *texts = ONE[kind][0]
    for text in texts:
        renamed = features(text.replace("Formal Perspective", "New Look"))
        match = compare(features(first), renamed)
        assert match.verdict == "same", text
        assert match.evidence[0].split()[0] in NAMES, text


NAMES = {"arXiv", "DOI", "openreview", "acl", "dblp", "pmid", "pmcid", "isbn"}


@pytest.mark.parametrize("kind", ONE)
def test_two_ids_of_one_kind_are_two_papers(kind: str) -> None:
    texts, others = ONE[kind]
    for one in texts:
        for other in others:
            assert compare(features(one), features(other)).verdict != "same", (one, other)


@pytest.mark.parametrize("kind", ONE)
def test_one_id_under_titles_worlds_apart_is_a_conflict(kind: str) -> None:
    texts, _ = ONE[kind]
    match = compare(features(texts[0]), features(texts[-1].replace(TITLE, OTHER)))
    assert (match.verdict, match.evidence[0].split()[0]) == ("unsure", "conflict:")


def test_ids_of_two_kinds_are_no_difference() -> None:
    kinds = ("arXiv", "DOI", "OpenReview", "ACL Anthology", "DBLP", "PubMed", "PubMed Central")
    for one, other in combinations([ONE[kind][0][0] for kind in kinds], 2):
        assert compare(features(one), features(other)).verdict == "same", (one, other)


@pytest.mark.parametrize("kind", ["CHAP", "CPAPER", "CONF", "JOUR"])
def test_the_isbn_of_a_chapter_is_that_of_its_book(kind: str) -> None:
    """Two chapters of one book are two papers, and RIS writes the book's ISBN to each."""
    isbn = "SN  - 978-0-201-13438-4"
    one, other = features(ris(isbn, kind)), features(ris(isbn, kind, title=OTHER))
    assert compare(one, other).verdict == "different"
    for chapter in (
        bib("isbn = {0201134381}", kind="incollection"),
        csl("chapter", ISBN="0201134381"),
    ):
        assert features(chapter).identifiers == ()
