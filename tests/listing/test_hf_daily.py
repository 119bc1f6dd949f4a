from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibkit.listing import Listing, read_listing
from bibkit.listing.hf_daily import read, sniff
from bibkit.record import Link, Record

_DATA = Path(__file__).resolve().parents[1] / "data" / "listing"
_PAGE = (_DATA / "hf_daily.txt").read_text(encoding="utf-8")
_BARE_PAGE = (_DATA / "hf_daily_no_footers.txt").read_text(encoding="utf-8")
_FOOTER = re.compile(r"\n\n[^\n]*\n·\n[^\n]*")


def _read(text: str, *, page_date: dt.date | None = None) -> Listing:
    return read(text, origin="page.txt", page_date=page_date)


def _facts(record: Record) -> tuple[object, ...]:
    date = record.date.isoformat() if record.date else None
    return (
        record.title.split(":")[0],
        record.authors_count,
        record.organisation,
        date,
        record.year_inferred,
        record.comments,
    )


def test_a_page_with_every_irregularity_is_read() -> None:
    listing = _read(_PAGE)
    assert [_facts(record) for record in listing.records] == [
        ("1.5-Pints Technical Report", 2, None, "2024-08-06", False, None),
        ("Wan", None, None, None, False, None),
        ("mBLIP", 4, None, "2023-07-13", False, None),
        ("Pretraining Large Language Models with NVFP4", None, "NVIDIA", "2025-09-29", True, 2),
        ("The Art of Scaling Reinforcement Learning Compute for LLMs", None, "AI at Meta", "2025-10-15", True, 2),
        ("Bone", 1, None, "2024-09-19", False, None),
        ("When to Pre-Train Graph Neural Networks? From Data Generation Perspective!", 8, None, "2023-03-29", False, None),
        (r"A Survey of LLM $\times$ DATA", 17, None, "2025-05-23", True, None),
        ("DεpS", 7, None, "2024-07-08", False, None),
        ("Sophia", 5, None, "2023-05-23", False, 1),
        ("LOGO -- Long cOntext aliGnment via efficient preference Optimization", 5, None, "2024-10-24", False, 3),
        ("Effective Long-Context Scaling of Foundation Models", None, None, None, False, None),
    ]  # fmt: skip
    assert listing.problems == ()


def test_origins_are_the_lines_of_the_titles() -> None:
    lines = _PAGE.split("\n")
    for record in _read(_PAGE).records:
        assert lines[int(record.origin.removeprefix("page.txt:")) - 1] == record.title


def test_links_come_from_the_abstracts() -> None:
    links = {record.title.split(":")[0]: record.links for record in _read(_PAGE).records}
    assert links["Wan"] == (Link("https://github.com/Wan-Video/Wan2.1", "code"),)
    assert links["mBLIP"] == (
        Link("https://github.com/gregor-ge/mBLIP", "code"),
        Link("https://huggingface.co/Gregor/mblip-mt0-xl", "model"),
    )
    assert links["DεpS"] == (
        Link("https://github.com/example/delayed-shrinking", "code", "shrink/late"),
        Link("https://huggingface.co/datasets/example/shrunk", "dataset"),
    )
    assert links["Sophia"] == (Link("https://sophia.github.io/", "project"),)
    assert [link.kind for link in links[r"A Survey of LLM $\times$ DATA"]] == ["other"]


_RENDERINGS: dict[str, Callable[[str], str]] = {
    "CRLF": lambda page: page.replace("\n", "\r\n"),
    "CR": lambda page: page.replace("\n", "\r"),
    "a final line break": lambda page: page + "\n",
    "a byte order mark": lambda page: "\ufeff" + page,
    "no blank lines": lambda page: re.sub(r"\n+", "\n", page),
    "more blank lines": lambda page: page.replace("\n\n", "\n\n\n \n"),
    "every line apart": lambda page: re.sub(r"\n+", "\n\n", page),
    "trailing blanks": lambda page: page.replace("\n", "  \t\n"),
    "no-break blanks": lambda page: page.replace(" ", "\u00a0"),
    "zero-width characters": lambda page: page.replace("a", "a\u200b"),
    "form feeds": lambda page: page.replace("\n\n", "\n\f\n"),
    "terminal colours": lambda page: re.sub(r"(?m)^(?=\w)", "\x1b[1m", page),
    "upvotes before titles": lambda page: re.sub(r"(?<=\n\n)(?=[^\n]{20,120}\n\n)", "14\n\n", page),
    "no heading": lambda page: page.partition("research community\n\n")[2],
    "furniture of the site": lambda page: f"Hugging Face\n\nModels\n\nDatasets\n\n{page}\n\nPrevious\n1\n2\nNext\n\nTOS\n\nPrivacy",
}  # fmt: skip


@pytest.mark.parametrize("rendering", _RENDERINGS)
@pytest.mark.parametrize("page", [_PAGE, _BARE_PAGE], ids=["with footers", "without"])
def test_other_renderings_give_the_same(page: str, rendering: str) -> None:
    rendered = _RENDERINGS[rendering](page)
    assert sniff(rendered)
    listing = _read(rendered)
    assert [replace(record, origin="") for record in listing.records] == [
        replace(record, origin="") for record in _read(page).records
    ]
    assert listing.problems == ()


def test_a_page_without_footers_alternates() -> None:
    bare = _FOOTER.sub("", _PAGE.replace("Withdrawn by the authors.", "Graphs. " * 20))
    listing = _read(bare)
    assert [record.title for record in listing.records] == [r.title for r in _read(_PAGE).records]
    assert {record.authors_count for record in listing.records} == {None}
    assert listing.problems == ()


@pytest.mark.parametrize("missing", range(10))
def test_single_footers_may_be_missing(missing: int) -> None:
    footer = _FOOTER.findall(_PAGE)[missing]
    page = _PAGE.replace("Withdrawn by the authors.", "Graphs. " * 20).replace(footer, "", 1)
    listing = _read(page)
    assert [record.title for record in listing.records] == [r.title for r in _read(_PAGE).records]
    assert listing.problems == ()


def test_lines_broken_to_a_width_are_joined() -> None:
    def broken(line: str) -> str:
        return re.sub(r"(.{1,72})(?: |$)", r"\1\n", line).rstrip("\n") if len(line) > 72 else line

    wrapped = "\n".join(map(broken, _PAGE.split("\n")))
    assert [record.title for record in _read(wrapped).records] == [
        record.title for record in _read(_PAGE).records
    ]
    assert [record.abstract for record in _read(wrapped).records] == [
        record.abstract for record in _read(_PAGE).records
    ]


def _whole(title: str, n: int = 1) -> str:
    return f"{title}\n\n{'This abstract is about something. ' * 12}{n}\n\n  • 3 authors\n·\nMay 1, 2024"


_ABSTRACT = "An abstract without a footer says what was done. " * 8


@pytest.mark.parametrize(
    ("stray", "titles", "line", "code"),
    [
        # between two whole records
        (["A stray line"], "AB", 9, "listing-stray"),
        ([_ABSTRACT], "AB", 9, "listing-stray"),
        (["One stray line", "another", "a third"], "AB", 9, "listing-stray"),
        (["  • 4 authors\n·\nMay 2, 2024"], "AB", 9, "listing-stray"),
        (["Menu", "Search"], "AB", 9, "listing-stray"),
        # a record whose parts are missing
        (["A title without abstract\n\n  • 4 authors\n·\nMay 2, 2024"], "AB", 9, "listing-stray"),
        (["Title C", _ABSTRACT, "A stray line"], "ACB", 13, "listing-stray"),
        (["A stray line", "Title C", _ABSTRACT], "ACB", 9, "listing-stray"),
    ],
)
def test_what_fits_no_record_is_reported(
    stray: list[str], titles: str, line: int, code: str
) -> None:
    page = "\n\n".join([_whole("Title A"), *stray, _whole("Title B")])
    listing = _read(page)
    assert [record.title for record in listing.records] == [f"Title {t}" for t in titles]
    assert [(p.origin, p.code) for p in listing.problems] == [(f"page.txt:{line}", code)]


def test_records_are_never_merged_over_a_gap() -> None:
    for gone in range(3):
        parts = [["Title A", _ABSTRACT], ["Title B", _ABSTRACT + "B"], ["Title C", _ABSTRACT + "C"]]
        whole = dict(parts)
        del parts[1][: gone or None]
        for record in _read("\n\n".join(itertools.chain.from_iterable(parts)) + "\n").records:
            assert whole[record.title].strip() == record.abstract


def _text(start: str, length: int) -> str:
    return f"{start} {'words ' * length}"[: length - 1] + "."


@pytest.mark.parametrize("lengths", [(50, 60, 150), (60, 45, 150), (120, 60, 400), (60, 120, 1500)])
def test_a_title_without_abstract_takes_no_title_as_one(lengths: tuple[int, int, int]) -> None:
    lost, title, abstract = lengths
    parts = [_text("Lost", lost), _text("Kept", title), _text("Abstract", abstract)]
    listing = _read("\n\n".join(parts) + "\n")
    assert [record.title for record in listing.records] == [parts[1]]
    assert [problem.origin for problem in listing.problems] == ["page.txt:1"]


def test_a_footer_confirms_a_short_abstract() -> None:
    page = "Stray\n\n" + _whole(_text("A withdrawn paper with a long title", 80))
    withdrawn = re.sub(r"(?m)^This abstract.*$", "Withdrawn.", page)
    assert [record.abstract for record in _read(withdrawn).records] == ["Withdrawn."]


def test_order_decides_even_where_titles_are_longer_than_abstracts() -> None:
    parts = [_text(f"Part {n}", 60 if n % 2 else 120) for n in range(20)]
    listing = _read("\n\n".join(parts) + "\n")
    assert [record.title for record in listing.records] == parts[::2]


def test_prose_before_the_first_record_is_no_record() -> None:
    prose = [_text("Some prose", 700), _text("More prose", 800)]
    listing = _read("\n\n".join([*prose, _text("Title", 60), _text("Abstract", 900)]) + "\n")
    assert [record.title[:5] for record in listing.records] == ["Title"]
    assert [problem.origin for problem in listing.problems] == ["page.txt:1"]


def test_short_abstracts_without_blank_lines_are_no_broken_lines() -> None:
    page = re.sub(r"(?m)^([^\n]{180})[^\n]*$", r"\1", _PAGE.partition("\n\n1.5")[2])
    packed = _read(re.sub(r"\n+", "\n", page) + "\n")
    assert len(packed.records) == 12
    assert packed.problems == ()


def test_a_cookie_notice_is_no_record() -> None:
    notice = "Cookie preferences\n\nWe use cookies to improve your experience on our site.\n"
    page = f"{_text('Title', 60)}\n\n{_text('Abstract', 1500)}\n\n{notice}"
    listing = _read(page)
    assert len(listing.records) == 1
    assert [problem.origin for problem in listing.problems] == ["page.txt:5"]


def test_navigation_is_no_record() -> None:
    page = (
        _whole("Title A")
        + "\n\nSubscribe to updates\n\nNo spam, we promise\n\nContact\n\nImprint\n"
    )
    listing = _read(page)
    assert [record.title for record in listing.records] == ["Title A"]
    (problem,) = listing.problems
    assert str(problem) == (
        "page.txt:9: listing-cut: the page ends without a whole record: “Subscribe to updates”"
    )


@pytest.mark.parametrize(
    ("end", "records", "line"),
    [
        ("Effective Long-Con", 11, 97),
        ("Effective Long-Context Scaling of Foundation Models\n\nLong inputs are", 11, 97),
        ("from an ordinary mix of texts", 12, 99),
        ("  • 5 authors\n·\nOct 24, 20", 11, 95),
        ("  • 5 authors\n·\nOct", 11, 95),
        ("(https://anonymous.4open.science/r/LOGO-77AB/ ).\n\n  • 5 authors\n·", 11, 93),
        ("(https://anonymous.4open.science/r/LOGO-77AB/ ).\n\n  • 5 auth", 11, 93),
    ],
)
def test_a_cut_page_gives_what_is_whole_and_one_problem(end: str, records: int, line: int) -> None:
    page = _PAGE[: _PAGE.index(end) + len(end)]
    listing = _read(page)
    assert len(listing.records) == records
    assert [(p.origin, p.code) for p in listing.problems] == [(f"page.txt:{line}", "listing-cut")]


def test_a_link_at_the_cut_is_left_out() -> None:
    page = _PAGE[: _PAGE.index("Wan2.1.") + len("Wan2")]
    wan = _read(page).records[-1]
    assert wan.title.startswith("Wan")
    assert wan.links == ()


def test_a_page_that_stops_after_a_sentence_is_whole() -> None:
    for page in (_PAGE, _PAGE + "\n", _BARE_PAGE.removesuffix("\n")):
        assert _read(page).problems == ()


@given(st.integers(0, len(_PAGE)))
def test_a_cut_changes_nothing_before_it(place: int) -> None:
    whole = _read(_PAGE, page_date=dt.date(2025, 10, 24)).records
    found = _read(_PAGE[:place], page_date=dt.date(2025, 10, 24)).records
    assert found[:-1] == whole[: max(0, len(found) - 1)]
    if found:
        assert found[-1].title == whole[len(found) - 1].title
        assert whole[len(found) - 1].abstract.startswith(found[-1].abstract)
        assert set(found[-1].links) <= set(whole[len(found) - 1].links)


def test_the_page_date_can_be_given() -> None:
    dates = [record.date for record in _read(_PAGE, page_date=dt.date(2026, 12, 1)).records]
    assert dates[3] == dt.date(2026, 9, 29)
    assert dates[0] == dt.date(2024, 8, 6)


def test_without_any_year_on_the_page_no_date_is_guessed() -> None:
    page = re.sub(r", 20\d\d", "", _PAGE)
    listing = _read(page)
    assert {record.date for record in listing.records} == {None}
    assert not any(record.year_inferred for record in listing.records)
    assert [str(problem) for problem in listing.problems] == [
        "page.txt:17: listing-year: 10 dates without a year, and no other tells it: give the page date"
    ]
    assert _read(page, page_date=dt.date(2024, 10, 24)).records[3].date == dt.date(2024, 9, 29)


def test_a_yearless_date_behind_the_page_is_reported() -> None:
    listing = _read(_PAGE.replace("Sep 29 2", "Dec 29 2"))
    assert listing.records[3].date is None
    assert listing.records[3].comments == 2
    assert [str(problem) for problem in listing.problems] == [
        "page.txt:37: listing-date: no such day before the page was saved (2025-10-24): date left out"
    ]


def test_a_leap_day_moves_the_page_to_a_leap_year() -> None:
    dates = [record.date for record in _read(_PAGE.replace("Sep 29 2", "Feb 29 2")).records]
    assert dates[3] == dt.date(2028, 2, 29)
    assert dates[4] == dt.date(2028, 10, 15)


def test_pages_one_behind_the_other_keep_their_own_years() -> None:
    later = _PAGE.replace("2024", "2026")
    listing = _read(f"{_PAGE}\n\n{later}")
    assert len(listing.records) == 24
    assert listing.records[3].date == dt.date(2025, 9, 29)
    assert listing.records[15].date == dt.date(2027, 9, 29)
    assert listing.problems == ()


def test_many_records_take_linear_time() -> None:
    pages = [re.sub(r"(?m)^([^\n]{20,150})$", rf"\1 {n}", _PAGE) for n in range(100)]
    assert len(_read("\n\n".join(pages)).records) == 1200


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Attention Is All You Need\nSegment Anything\n",
        "A title\n\nA short remark on it\n\nAnother title\n\nAnother remark\n",
        "<!doctype html><html>byAK and the research community</html>",
        '[{"paper": {"title": "·"}}]',
        "First chapter.\n\n"
        + "prose " * 400
        + "\n\n"
        + "More prose. " * 90
        + "\n\n"
        + "end " * 300,
    ],
)
def test_other_texts_are_no_page(text: str) -> None:
    assert not sniff(text)


# the real pages


def _real_pages(shared: Path) -> list[tuple[str, str]]:
    return [
        (path.name, path.read_bytes().decode())
        for path in sorted((shared / "listings").glob("*.txt"))
    ]


def _simply_parsed(text: str) -> Iterator[tuple[str, str, list[str]]]:
    """Read a page as its paragraphs stand, without any of the reader's means."""
    heading = re.compile(r"AK and the research community\n\n\w{3} \d+\n\n")
    paragraphs = heading.split(text)[1].split("\n\n")
    place = 0
    while place < len(paragraphs):
        title, abstract, *rest = paragraphs[place : place + 3]
        footer = rest[0].split("\n") if rest and "\n·\n" in rest[0] else []
        yield title, abstract, footer
        place += 3 if footer else 2


_YEARS = {"000": 2025, "001": None, "002": 2026}


@pytest.mark.shared
def test_every_field_of_every_real_record_is_right(shared: Path) -> None:
    total: list[Record] = []
    for name, text in _real_pages(shared):
        listing = read_listing(text, origin=name)
        assert listing.problems == ()
        expected = list(_simply_parsed(text))
        assert len(listing.records) == len(expected)
        assert sum(r.date is not None for r in listing.records) == text.count("\n·\n")
        for record, (title, abstract, footer) in zip(listing.records, expected, strict=True):
            assert (record.title, record.abstract) == (title, abstract)
            assert text.split("\n")[int(record.origin.rpartition(":")[2]) - 1] == title
            who, date = (footer[0], footer[2]) if footer else ("", "")
            authors = re.fullmatch("  • ([0-9]+) authors", who)
            assert record.authors_count == (int(authors[1]) if authors else None)
            assert record.organisation == (None if authors or not who else who.split(" ", 1)[1])
            assert _as_printed(record, _YEARS[name[:3]]) == date
            assert record.year_inferred == (bool(date) and ", " not in date)
        total += listing.records
    assert len(total) == 254
    assert len({record.title for record in total}) == 216


def _as_printed(record: Record, page_year: int | None) -> str:
    """Write a record's date and comments as its page does."""
    if not record.date:
        return ""
    year = "" if record.date.year == page_year else f", {record.date.year}"
    comments = "" if record.comments is None else f" {record.comments}"
    return f"{record.date:%b} {record.date.day}{year}{comments}"


@pytest.mark.shared
def test_two_real_pages_agree_on_the_dates_of_their_common_papers(shared: Path) -> None:
    pages = [read_listing(text, origin=name).records for name, text in _real_pages(shared)]
    dates: dict[str, set[dt.date]] = {}
    for record in itertools.chain.from_iterable(pages):
        if record.date:
            dates.setdefault(record.title, set()).add(record.date)
    assert all(len(days) == 1 for days in dates.values())


@pytest.mark.shared
def test_the_titles_are_those_of_the_truth(shared: Path) -> None:
    rows = (shared / "truth" / "listing_truth.tsv").read_text(encoding="utf-8").splitlines()[1:]
    records = _real_records(shared)
    assert {record.title for record in records} == {row.split("\t")[0] for row in rows}


def _real_records(shared: Path) -> list[Record]:
    pages = _real_pages(shared)
    return [record for name, text in pages for record in read_listing(text, origin=name).records]


@pytest.mark.shared
def test_the_code_link_of_every_real_record_is_right(shared: Path) -> None:
    """The table was made by eye; `-` stands for an abstract with other links only."""
    rows = (_DATA / "code_links.tsv").read_text(encoding="utf-8").splitlines()[1:]
    expected = dict(row.split("\t") for row in rows)
    records = _real_records(shared)
    assert expected.keys() <= {record.title for record in records}
    wrong = [r.origin for r in records if _code(r) != expected.get(r.title, "-")]
    assert wrong == []


def _code(record: Record) -> str:
    return next((link.url for link in record.links if link.kind == "code"), "-")


@pytest.mark.shared
def test_a_real_page_cut_anywhere_gives_the_records_before(shared: Path) -> None:
    for name, text in _real_pages(shared):
        whole = [record.title for record in read_listing(text, origin=name).records]
        for place in range(1, len(text), len(text) // 40):
            found = [record.title for record in read(text[:place], origin=name).records]
            assert found == whole[: len(found)]
            assert len(found) >= _titles_before(whole, text, place) - 1


def _titles_before(titles: Iterable[str], text: str, place: int) -> int:
    return sum(f"\n{title}\n" in text[:place] for title in titles)


def test_on_a_trending_page_each_paper_stands_once_and_without_its_ai_summary() -> None:
    text = (_DATA / "hf_daily_trending.txt").read_text(encoding="utf-8")
    listing = read(text, origin="p.txt")
    assert listing.problems == ()
    assert [
        (r.title[:13], bool(r.abstract), r.authors_count, str(r.date)) for r in listing.records
    ] == [
        ("Kandinsky 6.0", True, None, "2026-10-04"),
        ("TradingAgents", False, 4, "2024-12-28"),
        ("Efficient Mem", False, 9, "2023-09-12"),
    ]
    assert listing.records[0].organisation == "Kandinsky Lab"
    assert listing.records[0].links == (
        Link("https://github.com/kandinskylab/kandinsky-6", "code"),
    )


def test_without_its_heading_a_trending_page_is_told_by_its_cards() -> None:
    text = (_DATA / "hf_daily_trending.txt").read_text(encoding="utf-8")
    headless = read(text[text.index("Submitted by") :], origin="p.txt")
    assert [r.title for r in headless.records] == [r.title for r in read(text, origin="p").records]
    assert [bool(r.abstract) for r in headless.records] == [True, False, False]


def test_a_daily_page_that_links_to_the_trending_one_keeps_short_abstracts() -> None:
    text = (
        "Daily Papers\n\nbyAK and the research community\n\nTrending Papers\n\nOct 2\n\n"
        + "\n\n".join(
            f"A title of paper {n}\n\nAn abstract that is as short as it is to the point, number {n}."
            for n in range(3)
        )
    )
    assert all(r.abstract for r in read(text, origin="p.txt").records)
