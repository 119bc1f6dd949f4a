"""Which entries are preprints: arXiv's placeholder in every spelling, and what users wrote."""

from __future__ import annotations

import pytest

from bibkit.bibfile import read_bib
from bibkit.update.preprints import is_placeholder, preprints

PLACEHOLDERS = [
    "arXiv",
    "ArXiv",
    "CoRR",
    "{CoRR}",
    "arXiv preprint arXiv:1706.03762",
    "arXiv preprint arXiv:1706.03762v5",
    "arXiv e-prints",
    "arXiv:1706.03762 [cs]",
    "arXiv:1706.03762 [cs.CL]",
    "arXiv preprint",
    "arXiv.org",
    "{arXiv} preprint {arXiv}:hep-th/9901001",
    "abs/1706.03762",
    "arXiv--1706",
    "arXiv-1706",
    r"\url{https://arxiv.org/abs/1706.03762}",
    "Available at arXiv:1706.03762",
    "CoRR abs/1706.03762",
    "1706.03762",
    "10.48550/arXiv.1706.03762",
]
WORDS_OF_THE_USER = [
    "",
    "   ",
    "Nature",
    "NeurIPS 2017",
    "ICML (arXiv:1706.03762)",
    "Preprint",
    "12",
    "Technical Report 1706",
    "arXiv Overlay Journal of Things",
    "5998--6008",
    "arXiv " * 100,
]


@pytest.mark.parametrize("value", PLACEHOLDERS)
def test_placeholders(value: str) -> None:
    assert is_placeholder(value)


@pytest.mark.parametrize("value", WORDS_OF_THE_USER)
def test_words_of_the_user(value: str) -> None:
    assert not is_placeholder(value)


ENTRIES = [
    ("misc", "eprint = {1706.03762}, archiveprefix = {arXiv}", True),
    ("misc", "eprint = {1706.03762}", True),
    ("online", "eprint = {1706.03762}, eprinttype = {arxiv}, date = {2017-06-12}", True),
    ("article", "journal = {arXiv preprint arXiv:1706.03762}", True),
    ("article", "journal = {CoRR}, volume = {abs/1706.03762}", True),
    ("article", "journal = {arXiv}", True),
    ("article", "eprint = {1706.03762}", True),
    ("misc", "url = {https://arxiv.org/abs/1706.03762}", True),
    ("misc", "doi = {10.48550/arXiv.1706.03762}, publisher = {arXiv}", True),
    ("misc", "doi = {10.48550/ARXIV.1706.03762}", True),
    ("misc", "howpublished = {arXiv:1706.03762}", True),
    ("unpublished", "note = {arXiv:1706.03762}", True),
    ("techreport", "institution = {arXiv}, number = {arXiv:1706.03762}", True),
    ("article", "eprint = {1706.03762}, journal = {Nature}", False),
    ("article", "eprint = {1706.03762}, journaltitle = {Nature}", False),
    ("misc", "eprint = {1706.03762}, booktitle = {ICML}", False),
    ("inproceedings", "eprint = {1706.03762}, booktitle = {ICML}", False),
    ("inproceedings", "eprint = {1706.03762}", False),
    ("phdthesis", "eprint = {1706.03762}, school = {ETH}", False),
    ("book", "eprint = {1706.03762}", False),
    ("misc", "eprint = {1706.03762}, crossref = {volume}", False),
    ("misc", "howpublished = {Blog post}, url = {https://example.org}", False),
    ("article", "journal = {Nature}, note = {extended version of arXiv:1706.03762}", False),
    ("misc", "eprint = {1706.03762}, title = {}", False),
    ("misc", "eprint = {oai:1234}, eprinttype = {hdl}", False),
]


@pytest.mark.parametrize(("kind", "fields", "expected"), ENTRIES)
def test_entries(kind: str, fields: str, expected: bool) -> None:
    title = "" if "title = {}" in fields else ", title = {A Title}"
    bib = read_bib(f"@{kind}{{k, {fields}{title}}}\n".encode(), origin="refs.bib")
    assert bool(preprints(bib)) is expected


def test_a_macro_may_be_the_placeholder() -> None:
    data = b"@string{ax = {arXiv preprint}}\n@article{k, title = {T}, journal = ax}\n"
    assert len(preprints(read_bib(data, origin="refs.bib"))) == 1


def test_broken_and_commented_entries_are_left_alone() -> None:
    data = b"% @misc{a, title = {T}, eprint = {1706.03762}}\n@misc{b, title = {T}, eprint = {1706.03762}\n"
    assert preprints(read_bib(data, origin="refs.bib")) == []


def test_what_is_looked_up() -> None:
    data = rb"""@misc{k,
  title = {{\'E}tude of {BERT}}, subtitle = {A Study},
  author = {G{\"o}del, Kurt and {Smith and Sons} and van der Maaten, L. and others},
  year = {2023}, eprint = {1706.03762v5}, doi = {10.1000/X.1}
}"""
    [found] = preprints(read_bib(data, origin="refs.bib"))
    record = found.record
    assert record.title == "Étude of BERT: A Study"
    assert [a.family for a in record.authors] == ["Gödel", "Smith and Sons", "Maaten"]
    assert record.authors_count is None, "the list is not whole"
    assert (record.arxiv_id, record.doi, record.year) == ("1706.03762", "10.1000/x.1", 2017)
    assert record.origin == "refs.bib:1"
