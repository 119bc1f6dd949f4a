"""RIS, read back by rispy and by our own listing reader."""

from __future__ import annotations

from typing import Any

import pytest
import rispy
from hypothesis import given
from hypothesis import strategies as st

from bibkit.emit import WriteOptions, write
from bibkit.listing import read_listing
from bibkit.record import Author, Entry, Eprint, Link, PartialDate
from bibkit.text.names import full_name
from tests.emit.test_writers import HOSTILE, hostile_entry


def read(entries: list[Entry], **options: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = rispy.loads(
        write(entries, format="ris", options=WriteOptions(**options))
    )
    return found


PAPER = Entry(
    citation_key="oord2018representation",
    entry_type="preprint",
    title="$L^2$ & “CPC”",
    authors=(Author("Oord", "Aäron", "van den"), Author("King", "M. L.", suffix="Jr."), Author("Llama Team", collective=True)),
    date=PartialDate(2018, 7, 10),
    eprint=Eprint("1807.03748", "cs.LG"),
    url="https://arxiv.org/abs/1807.03748",
    abstract="50% of it",
    links=(Link("https://github.com/o/r", "code"), Link("https://o.github.io", "project"), Link("javascript:x", "demo")),
    note="Seen: twice",
)  # fmt: skip


def test_a_preprint() -> None:
    assert read([PAPER]) == [
        {
            "type_of_reference": "UNPB",
            "id": "oord2018representation",
            "title": "L² & “CPC”",
            "authors": ["van den Oord, Aäron", "King, M. L., Jr.", "Llama Team"],
            "year": "2018",
            "date": "2018/07/10",
            "name_of_database": "arXiv",
            "accession_number": "arXiv:1807.03748",
            "doi": "10.48550/arXiv.1807.03748",
            "urls": ["https://arxiv.org/abs/1807.03748"],
            "file_attachments2": "https://github.com/o/r",
            "keywords": ["cs.LG"],
            "notes": [
                "Code URL: https://github.com/o/r",
                "Project page: https://o.github.io",
                "Seen: twice",
            ],
            "abstract": "50% of it",
        }
    ]


def test_published_papers() -> None:
    article = Entry(
        "k", "article", "T", date=PartialDate(2020, 5), eprint=Eprint("2001.00001"), doi="10.1145/x",
        container="J. of R&D", volume="7", number="2", pages="12--34",
    )  # fmt: skip
    (found,) = read([article])
    assert (found["type_of_reference"], found["secondary_title"]) == ("JOUR", "J. of R&D")
    assert (found["volume"], found["number"]) == ("7", "2")
    assert (found["start_page"], found["end_page"]) == ("12", "34")
    assert (found["date"], found["doi"]) == ("2020/05/", "10.1145/x")
    assert found["accession_number"] == "arXiv:2001.00001"
    (talk,) = read([Entry("k", "inproceedings", "T", container="NeurIPS", pages="e17")])
    assert (talk["type_of_reference"], talk["start_page"]) == ("CPAPER", "e17")
    assert "end_page" not in talk
    (nowhere,) = read(
        [Entry("k", "article", "T", date=PartialDate(2020), eprint=Eprint("2001.00001"))]
    )
    assert (nowhere["type_of_reference"], nowhere["year"]) == ("UNPB", "2020")
    assert "date" not in nowhere


@pytest.mark.parametrize(
    "text", [*HOSTILE, "x\nER  - \nTY  - JOUR\nTI  - evil", "\x85ER  - ", "a\u2028TY  - JOUR"]
)
def test_no_text_breaks_out(text: str) -> None:
    found = read([hostile_entry(text), PAPER])
    assert [item["id"] for item in found] == ["key", "oord2018representation"]
    listing = read_listing(write([hostile_entry(text), PAPER], format="ris"), origin="x.ris")
    assert len(listing.records) == 2


@given(text=st.text(max_size=60))
def test_nothing_breaks_out_of_a_reference(text: str) -> None:
    assert [item["id"] for item in read([hostile_entry(text), PAPER])] == [
        "key",
        PAPER.citation_key,
    ]


@pytest.mark.parametrize("name", ["Meta AI, Inc.", "A; B"])
def test_a_name_stays_one_name(name: str) -> None:
    (found,) = read([Entry("k", "preprint", "T", (Author(name, collective=True),))])
    assert found["authors"] == [name.replace(",", "").replace(";", "")]


def test_our_own_reader_reads_the_golden_papers_back(papers: list[Entry]) -> None:
    listing = read_listing(write(papers, format="ris"), origin="refs.ris")
    assert not listing.problems
    assert [r.arxiv_id for r in listing.records] == [
        p.eprint.id if p.eprint else None for p in papers
    ]
    assert [r.year for r in listing.records] == [p.date.year if p.date else None for p in papers]
    for paper, record in zip(papers, listing.records, strict=True):
        assert [full_name(a) for a in record.authors] == [full_name(a) for a in paper.authors]
        assert {x.url for x in paper.links} <= {x.url for x in record.links}
