from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from bibkit.listing.arxiv_email import read, sniff
from bibkit.record import Link

_DATA = Path(__file__).resolve().parents[1] / "data" / "listing"
_MAIL = (_DATA / "arxiv_email.txt").read_text(encoding="utf-8")


def test_an_announcement_is_read_whole() -> None:
    listing = read(_MAIL, origin="m")
    new, cross, replaced = listing.records
    assert listing.problems == ()
    assert new.title == (
        "Towards Personalized Bangla Book Recommendation: A Large-Scale Multi-Entity Book Graph "
        "Dataset"
    )
    assert (new.origin, new.arxiv_id, new.date) == ("m:18", "2602.12129", dt.date(2026, 2, 12))
    assert [author.family for author in new.authors[-2:]] == ["Adnan", "Sadeq"]
    assert new.authors_count == 6
    assert new.abstract.endswith("those that use the text win.")
    assert new.links == (Link("https://github.com/example/bangla-books", "code"),)
    assert cross.arxiv_id == "2602.12181"
    assert cross.abstract.startswith("Players whose utilities are convex in what they do still")
    assert [author.family for author in replaced.authors][2:] == ["Abrahão", "Zenil"]


def test_a_replacement_has_neither_abstract_nor_the_day_of_its_first_version() -> None:
    replaced = read(_MAIL, origin="m").records[2]
    assert (replaced.arxiv_id, replaced.abstract, replaced.date) == ("2503.16743", "", None)


def test_old_ids_and_monthly_lists_without_abstracts() -> None:
    text = (
        "\\\\\nPaper (*cross-listing*): cond-mat/9701067\nFrom: C. Tracy <x@example.com>\n"
        "Date: Fri, 10 Jan 1997 08:26:03 GMT   (29kb)\n\nTitle: On Exact Solutions to the\n"
        "  Cylindrical Equation\nAuthors: C. A. Tracy and H. Widom\n"
        "Journal-ref: Physica A 244 (1997) 402-413\nDOI: 10.1016/S0378-4371(97)00229-X\n\\\\\n"
        + "-" * 78
        + "\n\\\\\nPaper: astro-ph/0001002\nTitle: Pulsars\nAuthors: G.J. Qiao\n\\\\\n"
    )
    assert sniff(text)
    listing = read(text, origin="m")
    first, second = listing.records
    assert (first.arxiv_id, first.date) == ("cond-mat/9701067", dt.date(1997, 1, 10))
    assert first.title == "On Exact Solutions to the Cylindrical Equation"
    assert first.doi == "10.1016/s0378-4371(97)00229-x"
    assert first.venue == "Physica A 244 (1997) 402-413"
    assert (second.arxiv_id, second.title) == ("astro-ph/0001002", "Pulsars")
    assert listing.problems == ()


def test_a_forwarded_announcement_may_be_quoted() -> None:
    quoted = "".join(f"> {line}\n" if line else ">\n" for line in _MAIL.split("\n"))
    assert sniff(quoted)
    assert read(quoted, origin="m") == read(_MAIL, origin="m")


@pytest.mark.parametrize(
    ("end", "records", "line"),
    [("SuperARC: A", 2, 47), ("equilibria. We\nshow", 2, 32), ("Categories: cs.GT", 1, 32)],
)
def test_a_cut_is_reported(end: str, records: int, line: int) -> None:
    listing = read(_MAIL[: _MAIL.index(end) + len(end)], origin="m")
    assert len(listing.records) == records
    assert [(p.origin, p.code) for p in listing.problems] == [(f"m:{line}", "listing-cut")]


def test_what_looks_like_a_record_and_is_none_is_reported() -> None:
    listing = read("\\\\\narXiv:99.1\n\nTitle: A Title\n\\\\\n", origin="m")
    assert listing.records == ()
    assert [p.origin for p in listing.problems] == ["m:2", "m:4"]


@pytest.mark.shared
def test_every_abstract_file_of_arxiv_is_read(shared: Path) -> None:
    files = sorted((shared / "api-samples" / "arxiv-abs-files").glob("*.abs"))
    for path in files:
        text = path.read_text(encoding="latin-1")
        (record,) = read(text, origin="x").records
        assert sniff(text)
        assert record.arxiv_id is not None
        assert record.arxiv_id.rpartition("/")[2] == path.stem
        assert all((record.title, record.authors, record.date, record.abstract))
    assert len(files) > 50
