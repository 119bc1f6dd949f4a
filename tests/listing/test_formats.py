"""What every listing format keeps, and how a listing finds its format."""

from __future__ import annotations

import contextlib
import datetime as dt
import sys
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bibkit.errors import ListingError
from bibkit.listing import FORMATS, Listing, decode, read_listing
from bibkit.record import Record

_DATA = Path(__file__).resolve().parents[1] / "data" / "listing"


def _owner(sample: Path) -> str:
    """A sample is named after its format: the longest name that its own begins with."""
    return max((name for name in FORMATS if sample.stem.startswith(name)), key=len)


_LINE_BY_LINE = frozenset({"plain", "ris", "bibtex", "awesome", "references", "accepted"})
"""Formats in which nothing closes a title, or whose unclosed last record is still read."""

SAMPLES = [(_owner(p), p) for p in sorted(_DATA.iterdir()) if p.suffix != ".tsv"]


def _text(sample: Path) -> str:
    return decode(sample.read_bytes(), origin=sample.name)


def test_every_format_has_a_sample() -> None:
    assert {name for name, _ in SAMPLES} == set(FORMATS)


@pytest.mark.parametrize(("name", "sample"), SAMPLES)
def test_a_sample_is_recognised_by_its_format_only(name: str, sample: Path) -> None:
    text = _text(sample)
    claims = [other for other, reader in FORMATS.items() if reader.sniff(text)]
    assert claims[0] == name
    assert set(claims) <= {name, "web_page", "plain"}


@pytest.mark.parametrize(("name", "sample"), SAMPLES)
def test_every_record_names_its_line(name: str, sample: Path) -> None:
    text = _text(sample)
    lines = text.splitlines()
    listing = FORMATS[name].read(text, origin="listing")
    assert listing.records
    for record in listing.records:
        origin, _, line = record.origin.rpartition(":")
        assert origin == "listing"
        name_there = record.title.split(" ")[0] or record.arxiv_id or record.doi or ""
        assert name_there.rpartition("/")[2].lower() in lines[int(line) - 1].lower()
    for problem in listing.problems:
        assert 1 <= int(problem.origin.removeprefix("listing:")) <= len(lines)


@pytest.mark.parametrize(("name", "sample"), SAMPLES)
def test_the_content_chooses_the_format(name: str, sample: Path) -> None:
    text = _text(sample)
    assert read_listing(text, origin="x") == FORMATS[name].read(text, origin="x")
    dashed = name.replace("_", "-")
    assert read_listing(text, origin="x", format=dashed) == FORMATS[name].read(text, origin="x")


@pytest.mark.parametrize(("name", "sample"), SAMPLES)
@settings(deadline=None)  # the first page in HTML loads its parser
@given(st.data())
def test_a_cut_anywhere_keeps_the_records_before_it(
    name: str, sample: Path, data: st.DataObject
) -> None:
    text = _text(sample)
    whole = [_name(record) for record in FORMATS[name].read(text, origin="x").records]
    cut = text[: data.draw(st.integers(0, len(text)))]
    found = [_name(record) for record in FORMATS[name].read(cut, origin="x").records]
    if name == "hf_numbered":  # the ids stand at the end of the page
        whole, found = [(r[0], None, None) for r in whole], [(r[0], None, None) for r in found]
    if name in _LINE_BY_LINE:  # the last line may be half a title
        found = found[:-1]
    assert found == whole[: len(found)]


def _name(record: Record) -> tuple[str, str | None, str | None]:
    return record.title, record.arxiv_id, record.doi


_PIECES = st.sampled_from(
    [
        *("\n", "\n\n", "\r", "·", "  • 3 authors\n·\nJun 9 2\n", "A title", "x" * 500, "Oct 24"),
        *('{"paper":', "[", "]", '{"id":"2402.12345","upvotes":1}', '"title":', ",", "2402.12345"),
        *('data-target="DailyPapers" data-props="', "&quot;", '"', "AK and the research community"),
        *(
            '<a href="/papers/2402.12345"><h3>',
            "<html>",
            "\0",
            "\x1b]0;",
            "\u2028",
            "\ud800",
            "# c",
        ),
        *(
            "### [A title](/papers/2402.12345)",
            "### [A title][1]",
            "[1]A title",
            "1. /papers/2402.12345",
        ),
        *(
            "## by AK and the research community",
            "[",
            "][2]",
            "arxiv:2402.12345\n# A\nB",
            "**",
            "\\",
        ),
        *(
            "@article{k,\n",
            "title = {",
            "A {Title},\n",
            "}\n",
            "TY  - JOUR\n",
            "TI  - T\n",
            "%0 X\n",
        ),
        *("ER  - \n", "PMID- 1\n", '"type":"article",', '[{"title":"T","DOI":1,', "}]"),
        *("https://", "- ", "[1] ", "arXiv: ", "doi:10.1/", "](", "(", ")"),
    ]
)


@pytest.mark.parametrize("name", [None, *FORMATS])
@settings(deadline=None)
@given(text=st.lists(_PIECES, max_size=20).map("".join) | st.text(max_size=200))
def test_any_text_is_read_or_refused(name: str | None, text: str) -> None:
    with contextlib.suppress(ListingError):
        listing = read_listing(text, origin="x", format=name)
        assert listing.records
        for record in listing.records:
            assert (record.title + record.abstract).isprintable()
            assert record.title or record.arxiv_id or record.doi


@pytest.mark.parametrize("text", ["", " \n\t\r\n", "\ufeff\n"])
def test_a_blank_listing_is_refused(text: str) -> None:
    with pytest.raises(ListingError, match=r"^x: listing-empty: the listing is empty$"):
        read_listing(text, origin="x")


@pytest.mark.parametrize(
    "text",
    [
        "<!doctype html><html><body><p>Not found</p></body></html>",
        '{"error": "Paper not found"}',
        "[]",
        '[{"id": "x", "type": "article", "author": []}]',
        '[{"paper": ',
        "### [A Title](https://huggingface.co/papers/trending)\n\n·\n",
        "@article{key,\n  year = 2017,\n}",
        "TY  - JOUR\nPY  - 2017\nER  - ",
        "PMID- 123\nDP  - 2017",
        "<html><body><h3><a href='/papers/trending'>Trending</a></h3>",
        "12\n13\n---\n",
        "# only a comment\n",
        "new\n\nGet trending papers in your email inbox!\n\nSubscribe\n",
    ],
)
def test_what_holds_no_paper_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(ListingError) as caught:
        read_listing(text, origin="x")
    assert caught.value.code in ("listing-empty", "listing-format")
    assert "\n" not in str(caught.value)


def test_an_unknown_format_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ListingError, match=r"no listing format “rss”.*hf_api.*plain") as caught:
        read_listing("A title", origin="x", format="rss")
    assert caught.value.code == "listing-format"


def sniff(text: str) -> bool:
    """This module serves as a format of another package."""
    return text.startswith("OTHER ")


def read(text: str, *, origin: str, page_date: dt.date | None = None) -> Listing:
    return Listing((Record(f"{origin}:1", text.removeprefix("OTHER ")),))


@pytest.fixture
def declared(monkeypatch: pytest.MonkeyPatch) -> list[EntryPoint]:
    """Entry points as if packages that declare them were installed."""
    points: list[EntryPoint] = []
    monkeypatch.setattr(
        "importlib.metadata.entry_points", lambda group: EntryPoints(points).select(group=group)
    )
    monkeypatch.setitem(sys.modules, "other_package", sys.modules[__name__])
    return points


def test_another_package_adds_a_format(declared: list[EntryPoint]) -> None:
    declared.append(EntryPoint("other", "other_package", "bibkit.listings"))
    assert read_listing("OTHER One", origin="x").records == (Record("x:1", "One"),)
    assert read_listing("Two", origin="x", format="other").records == (Record("x:1", "Two"),)
    assert read_listing("Three", origin="x").records == (Record("x:1", "Three"),)


def test_a_broken_package_hinders_only_its_own_format(
    declared: list[EntryPoint], caplog: pytest.LogCaptureFixture
) -> None:
    declared.append(EntryPoint("broken", "no_such_package", "bibkit.listings"))
    assert read_listing("A title", origin="x").records == (Record("x:1", "A title"),)
    assert "no_such_package" in caplog.text
    with pytest.raises(ListingError, match=r"broken.*no_such_package"):
        read_listing("A title", origin="x", format="broken")
