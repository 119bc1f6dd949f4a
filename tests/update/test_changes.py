"""An entry and its publication → the file: what gives way, what stays, what is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bibkit.bibfile import edit, is_biblatex, read_bib
from bibkit.record import Author, PublishedVersion
from bibkit.update.changes import change
from bibkit.update.preprints import preprints

AUTHORS = (Author("Vaswani", "Ashish"), Author("Shazeer", "Noam"))
MEETING = PublishedVersion(
    "Attention Is All You Need", "dblp", "inproceedings", "NeurIPS & Friends", AUTHORS, 2018,
    pages="5998-6008", doi="10.1000/n.1",
)  # fmt: skip
JOURNAL = replace(
    MEETING, entry_type="article", container="Journal of Attention", volume="3", number="2"
)


def updated(text: str, version: PublishedVersion = MEETING) -> tuple[str, tuple[str, ...]]:
    """Return the file with its one preprint published, and what was kept."""
    bib = read_bib(text.encode(), origin="refs.bib")
    [found] = preprints(bib)
    done = change(bib, found, version, modern=is_biblatex(bib))
    return edit(bib, done.edits).decode(), done.kept


def entry(kind: str, *fields: str) -> str:
    lines = "".join(f"  {field},\n" for field in ("title = {Attention}", *fields))
    return f"@{kind}{{k,\n{lines}}}\n"


EPRINT = ("eprint = {1706.03762}", "archiveprefix = {arXiv}")
PAGES, DOI = "pages = {5998--6008}", "doi = {10.1000/n.1}"
BOOK = r"booktitle = {NeurIPS \& Friends}"
TABLE = [
    (
        "arXiv's own export",
        entry("misc", "year = {2023}", *EPRINT, "primaryClass = {cs.CL}"),
        entry("inproceedings", "year = {2018}", *EPRINT, "primaryClass = {cs.CL}", BOOK, PAGES, DOI),
    ),
    (
        "Google Scholar",
        entry("article", "journal = {arXiv preprint arXiv:1706.03762}", "year = {2017}"),
        entry(
            "inproceedings", "year = {2018}", BOOK, PAGES, DOI, "eprint = {1706.03762}",
            "eprinttype = {arxiv}", "archiveprefix = {arXiv}",
        ),
    ),
    (
        "DBLP",
        entry("article", "journal = {CoRR}", "volume = {abs/1706.03762}", "year = {2017}", *EPRINT),
        entry("inproceedings", "year = {2018}", *EPRINT, BOOK, PAGES, DOI),
    ),
    (
        "DataCite",
        entry("misc", "doi = {10.48550/ARXIV.1706.03762}", "publisher = {arXiv}", "year = {2017}", *EPRINT),
        entry("inproceedings", "doi = {10.1000/n.1}", "year = {2018}", *EPRINT, BOOK, PAGES),
    ),
    (
        "ADS",
        entry("article", "journal = {arXiv e-prints}", "year = 2017", "month = jun", "eid = {arXiv:1706.03762}", "pages = {arXiv:1706.03762}", *EPRINT),
        entry("inproceedings", "year = 2018", PAGES, *EPRINT, BOOK, DOI),
    ),
    (
        "a user's own fields",
        entry("misc", "note = {Read this!}", "code = {https://github.com/a/b_c}", "keywords = {x}", "url = {https://arxiv.org/abs/1706.03762}", "year = {2017}", *EPRINT),
        entry("inproceedings", "note = {Read this!}", "code = {https://github.com/a/b_c}", "keywords = {x}", "url = {https://arxiv.org/abs/1706.03762}", "year = {2018}", *EPRINT, BOOK, PAGES, DOI),
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after"), [case[1:] for case in TABLE], ids=[case[0] for case in TABLE]
)
def test_what_becomes_of_an_entry(before: str, after: str) -> None:
    assert updated(before) == (after, ())


def test_a_journal_takes_the_place_of_the_placeholder() -> None:
    text, _ = updated(
        entry("article", "journal = {arXiv preprint arXiv:1706.03762}", *EPRINT), JOURNAL
    )
    assert "  journal = {Journal of Attention},\n" in text
    assert "volume = {3}" in text
    assert "number = {2}" in text
    assert text.startswith("@article{k,")


def test_a_publication_without_authors_or_year() -> None:
    text, kept = updated(
        entry("misc", "year = {2017}", *EPRINT), replace(JOURNAL, authors=(), year=None)
    )
    assert text.startswith("@article{k,")
    assert "journal = {Journal of Attention}" in text
    assert "year = {2017}" in text
    assert kept == ()


def test_biblatex_keeps_its_own_names() -> None:
    text, _ = updated(
        entry("online", "date = {2017-06-12}", "eprint = {1706.03762}", "eprinttype = {arxiv}"),
        JOURNAL,
    )
    assert text.startswith("@article{k,")
    assert "date = {2018}" in text
    assert "journaltitle = {Journal of Attention}" in text
    assert "archiveprefix" not in text


def test_what_the_user_wrote_stays_and_is_told() -> None:
    text, kept = updated(
        entry("misc", "pages = {1--11}", "volume = {30}", "year = {2012}", *EPRINT),
        replace(JOURNAL, number=None),
    )
    assert "pages = {1--11}" in text
    assert "volume = {30}" in text
    assert "year = {2012}" in text, "no version on arXiv is of that year"
    assert kept == (
        "volume stays '30'; published: '3'",
        "pages stays '1--11'; published: '5998--6008'",
        "year stays '2012'; published: '2018'",
    )


def test_what_is_the_same_already_is_not_touched() -> None:
    before = entry(
        "misc", r"pages = {5998-6008}", "doi = {https://doi.org/10.1000/N.1}", "year = 2018", *EPRINT
    )  # fmt: skip
    text, kept = updated(before)
    assert "pages = {5998-6008}" in text
    assert "doi = {https://doi.org/10.1000/N.1}" in text
    assert kept == ()


def test_the_month_of_the_preprint_goes_and_another_stays() -> None:
    same_year = replace(MEETING, year=2017)
    text, _ = updated(entry("misc", "year = 2017", "month = jun", *EPRINT), same_year)
    assert "month" not in text
    text, _ = updated(entry("misc", "year = 2017", "month = dec", *EPRINT), same_year)
    assert "month = dec" in text


def test_macros_stay_macros() -> None:
    strings = '@string{nips = "NeurIPS {\\&} Friends"}\n@string{ax = {arXiv preprint}}\n'
    text, _ = updated(strings + entry("article", "journal = ax", "year = 2017", *EPRINT))
    assert text.startswith(strings)
    assert "  booktitle = nips,\n" in text
    assert "= ax" not in text


def test_a_macro_that_is_defined_later_is_not_used() -> None:
    text, _ = updated(entry("misc", *EPRINT) + '@string{nips = "NeurIPS {\\&} Friends"}\n')
    assert BOOK in text


def test_hostile_answers_are_inert() -> None:
    hostile = replace(
        MEETING, container=r"A}, note = {\input{/etc/passwd}} \write18{x} % $ #", pages="1}{2"
    )
    text, _ = updated(entry("misc", "year = 2017", *EPRINT), hostile)
    [read] = read_bib(text.encode(), origin="").entries
    assert "note" not in read.fields
    assert r"\write18" not in text
    assert r"\input{" not in text.replace(r"{\textbackslash}input", "")


def test_a_file_in_another_code_gets_ascii() -> None:
    before = entry("misc", "author = {M\u00fcller}", "year = 2017", *EPRINT).encode("latin-1")
    bib = read_bib(before, origin="refs.bib")
    [found] = preprints(bib)
    version = replace(MEETING, container="Revista Española")
    after = edit(bib, change(bib, found, version, modern=False).edits)
    assert b"M\xfcller" in after
    assert rb"Revista Espa{\~n}ola" in after
