from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from bibkit.errors import ListingError
from bibkit.listing import read_listing
from bibkit.listing.arxiv_atom import read, sniff
from bibkit.record import Link

_DATA = Path(__file__).resolve().parents[1] / "data" / "listing"
_FEED = (_DATA / "arxiv_atom.xml").read_text(encoding="utf-8")
_OAI = (_DATA / "arxiv_atom_oai.xml").read_text(encoding="utf-8")


def test_an_answer_is_read_whole() -> None:
    listing = read(_FEED, origin="a")
    first, second = listing.records
    assert listing.problems == ()
    assert (first.origin, first.arxiv_id, first.date) == ("a:9", "2202.12139", dt.date(2022, 2, 24))
    assert first.title.endswith("Comparative Study of Multiple Testing Techniques")
    assert [author.family for author in first.authors] == ["Ahuja", "Gotlieb", "Spieker"]
    assert first.doi == "10.1109/icstw55395.2022.00035"
    assert first.venue.endswith("Verification and Validation Workshops (ICSTW)")
    assert first.links == (Link("https://github.com/example/testing", "code"),)
    assert first.abstract.endswith("Several are tried & compared.")
    assert (second.arxiv_id, second.date) == ("astro-ph/0601001", dt.date(2006, 1, 2))


def test_records_of_oai_pmh_are_read_in_each_form() -> None:
    first, collective, second = read(_OAI, origin="a").records
    assert (first.arxiv_id, first.date) == ("1706.05371", dt.date(2017, 6, 16))
    assert [author.family for author in first.authors] == ["Anderson", "Cutter"]
    group = collective.authors[0]
    assert (group.family, group.collective) == ("Super-Kamiokande Collaboration", True)
    assert first.abstract == "Small sensors of light are tried in cold xenon, and they work."
    assert (second.arxiv_id, second.date) == ("0704.0001", dt.date(2007, 4, 2))
    assert second.authors[0].family == "Balázs"


def test_arxivs_error_is_no_paper() -> None:
    text = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><id>https://arxiv.org/api/x</id><entry>\n'
        "<id>https://arxiv.org/api/errors#incorrect_id_format_for_abc</id>\n<title>Error</title>"
        "<summary>incorrect id format for abc</summary></entry></feed>"
    )
    assert sniff(text)
    with pytest.raises(ListingError, match=r"x:3: listing-error.*incorrect id format for abc"):
        read_listing(text, origin="x")


def test_the_error_of_oai_pmh_is_reported() -> None:
    text = '<OAI-PMH><error code="noRecordsMatch"/></OAI-PMH>'
    assert [str(problem) for problem in read(text, origin="x").problems] == [
        "x:1: listing-error: the service answers with an error: noRecordsMatch"
    ]


def test_a_cut_answer_gives_what_is_whole() -> None:
    listing = read(_FEED[: _FEED.index("Very Hot")], origin="a")
    assert [record.arxiv_id for record in listing.records] == ["2202.12139"]
    assert [(p.origin, p.code) for p in listing.problems] == [("a:28", "listing-cut")]


@pytest.mark.shared
def test_every_recorded_answer_is_read_whole(shared: Path) -> None:
    samples = shared / "api-samples"
    for path in sorted([*samples.glob("arxiv-atom/q_*.xml"), *samples.glob("arxiv-oai/*.xml")]):
        text = path.read_text(encoding="utf-8")
        listing = read(text, origin="x")
        assert sniff(text)
        assert len(listing.records) == len(re.findall(r"<entry>|<record>", text))
        assert all(r.arxiv_id and r.title and r.authors and r.date for r in listing.records)
        assert listing.problems == ()
