"""What is read of a bibliography, what is told of the rest, and that formats lead back to themselves."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibkit.convert import Converted, read_entries
from bibkit.emit import not_held, write
from bibkit.errors import BibkitError, ListingError
from bibkit.record import Author, Entry, Eprint, Link, PartialDate
from tests.emit.test_writers import HOSTILE, hostile_entry

GOLDEN = Path(__file__).parents[1] / "golden"
READABLE = {"biblatex": "x.bib", "csl-json": "x.json", "ris": "x.ris", "zotero-rdf": "x.rdf"}


def read(text: str) -> Converted:
    return read_entries(text.encode(), origin="x")


PAPER = Entry(
    "oord2018", "preprint", "Representation Learning", (Author("Oord", "Aäron", "van den"), Author("King", "M. L.", suffix="Jr."), Author("The ATLAS Collaboration", collective=True)),
    PartialDate(2018, 7, 10), Eprint("1807.03748", "cs.LG"), url="https://arxiv.org/abs/1807.03748", abstract="50% of it.",
    links=(Link("https://github.com/o_p/r", "code"), Link("https://o.github.io", "project"), Link("https://huggingface.co/o/m", "model")),
    note="Seen twice",
)  # fmt: skip
ARTICLE = Entry(
    "kim2022", "article", "TRC & more", (Author("Kim", "Dohyeong"),), PartialDate(2022), doi="10.1109/LRA.2022.3141829",
    container="IEEE Letters", volume="7", number="2", pages="2621-2628", url="https://example.org/x_y",
)  # fmt: skip
TALK = Entry(
    "k",
    "inproceedings",
    "T",
    (Author("Li"),),
    PartialDate(2020, 5),
    container="NeurIPS",
    pages="e17",
)


@pytest.mark.parametrize("format", ["csl-json", "ris", "zotero-rdf"])
def test_what_was_written_is_read_back_whole(format: str) -> None:  # noqa: A002
    found = read(write([PAPER, ARTICLE, TALK], format=format))
    assert found.problems == ()
    assert write(found.entries, format="csl-json") == write(
        [PAPER, ARTICLE, TALK], format="csl-json"
    )
    assert found.entries[0] == PAPER


def test_bibtex_is_read_back_but_for_what_it_has_no_place_for() -> None:
    found = read(write([PAPER, ARTICLE, TALK], format="biblatex"))
    assert found.problems == ()
    assert found.entries[0].links == PAPER.links[:1]
    assert found.entries[0].authors == PAPER.authors
    assert [str(p) for p in not_held([PAPER], "biblatex")] == [
        "oord2018: not-held: not written: the link https://o.github.io; the link https://huggingface.co/o/m"
    ]


@pytest.mark.parametrize("format", READABLE)
def test_every_format_leads_back_to_itself(papers: list[Entry], format: str) -> None:  # noqa: A002
    text = write(papers, format=format)
    found = read(text)
    assert [p.code for p in found.problems] == []
    assert write(found.entries, format=format) == text


@pytest.fixture(scope="module")
def papers() -> list[Entry]:
    return list(read_entries((GOLDEN / "emit.json").read_bytes(), origin="emit.json").entries)


BIB = r"""@string{acl = "Proc. ACL"}
@book{knuth, title = {The {\TeX}book}, author = {Knuth, Donald E.}, publisher = {Addison-Wesley}, year = 1984}
@inproceedings{a, title={Ti \& Tle}, author={M{\"u}ller, J{\"o}rg and others}, year=2020, month = jul, crossref={p}, pages={1--2}}
@article{b, title={{BERT}}, author={{The ATLAS Collaboration} and A and B and C}, journal=acl, url={https://arxiv.org/abs/1810.04805}, year={in press}}
@proceedings{p, title={The Procs}, year=2020, editor={X, Y}}
@misc{é k, title={Broken
"""


def test_a_bib_is_read_with_macros_and_crossref_and_its_losses_are_told() -> None:
    found = read(BIB)
    knuth, a, b, procs, broken = found.entries
    assert knuth == Entry(
        "knuth", "book", "The TeXbook", (Author("Knuth", "Donald E."),), PartialDate(1984), publisher="Addison-Wesley",
    )  # fmt: skip
    assert (a.editors, b.extra) == ((Author("X", "Y"),), {"year": "in press"})
    assert (procs.entry_type, procs.editors) == ("proceedings", a.editors)
    assert (a.entry_type, a.container, a.date) == (
        "inproceedings",
        "The Procs",
        PartialDate(2020, 7),
    )
    assert (a.title, a.authors) == ("Ti & Tle", (Author("Müller", "Jörg"),))
    assert (b.container, b.eprint, b.date) == ("Proc. ACL", Eprint("1810.04805"), None)
    assert b.authors[0] == Author("The ATLAS Collaboration", collective=True)
    assert len(b.authors) == 4
    assert (broken.citation_key, broken.title) == ("ek", "Broken")
    assert [str(problem) for problem in found.problems] == [
        "x:6: broken-entry: @misc 'é k': a value that is never closed",
        "x:3: not-carried: a: not carried over: that there are more names",
        "é k: key-changed: cannot be a citation key; written as 'ek'",
    ]


def test_keys_stay_and_are_made_where_there_is_none() -> None:
    text = '[{"id": "a b", "title": "T"}, {"id": "x", "title": "U"}, {"id": "X", "title": "V"}, {"title": "W", "type": "book", "ISBN": "1"}]'
    found = read_entries(text.encode(), origin="x", format="csl-json")
    assert [entry.citation_key for entry in found.entries] == ["ab", "x", "Xa", "anonndw"]
    assert [p.code for p in found.problems] == ["not-carried"] * 3 + ["key-changed"] * 2


def test_other_listings_give_what_their_records_say() -> None:
    found = read("https://arxiv.org/abs/1706.03762\n")
    assert [entry.eprint for entry in found.entries] == [Eprint("1706.03762")]
    wrapped = '{"references": [{"id": "k", "type": "book", "title": "A Title", "issued": {"date-parts": [[2020]]}}]}'
    told = read(wrapped)
    assert [entry.title for entry in told.entries] == ["A Title"]
    assert told.problems[0].code == "broken-json"


def test_a_chapter_does_not_take_the_doi_of_its_book() -> None:
    found = read(
        "@inproceedings{a, title={A}, crossref=P}\n@proceedings{p, title={B}, doi={10.1234/p}}"
    )
    assert [(entry.container, entry.doi) for entry in found.entries] == [
        ("B", None),
        (None, "10.1234/p"),
    ]


def test_what_is_in_no_entry_is_told_too() -> None:
    found = read("% mine\n@preamble{{x}}\n@comment{y}\n@misc{k, title={T}}\n")
    assert [str(p) for p in found.problems] == [
        "x: not-carried: not carried over: 2 × comment, 1 × preamble"
    ]


def test_other_programs_exports_lose_nothing_unsaid() -> None:
    ris = "TY  - JOUR\nTI  - T\nT2  - J\nUR  - https://a.org\nUR  - https://b.org\nL1  - https://a.org/x.pdf\nSN  - 1\nER  - \n"
    assert read(ris).entries[0].url == "https://a.org"
    assert read(ris).problems == ()
    assert read(ris).entries[0].extra == {
        "otherurls": "https://b.org", "pdf": "https://a.org/x.pdf",
    }  # fmt: skip
    assert read(ris).entries[0].isbn == "1"
    csl = '[{"id": "k", "type": "report", "genre": "memo", "title": "T", "custom": {"x": 1, "y": "2"}, "publisher": "P"}]'
    assert [p.message for p in read(csl).problems] == ["k: not carried over: custom x"]
    (report,) = read(csl).entries
    assert (report.entry_type, report.type, report.institution, report.extra) == (
        "techreport", "memo", "P", {"y": "2"},
    )  # fmt: skip
    rdf = write([ARTICLE], format="zotero-rdf").replace(
        "<dc:date>", "<z:scale>1:5</z:scale><dc:identifier>ISSN 1234-5678</dc:identifier><dc:date>"
    )
    assert read(rdf).problems == ()
    assert (read(rdf).entries[0].issn, read(rdf).entries[0].extra) == (
        "1234-5678",
        {"scale": "1:5"},
    )
    nested = rdf.replace("1:5", "<dc:x>1:5</dc:x>")
    assert [p.message for p in read(nested).problems] == [
        "kim2022: not carried over: Zotero’s scale"
    ]


def test_a_bib_of_any_encoding_is_read() -> None:
    found = read_entries("@misc{k, title={Jörg}}".encode("latin-1"), origin="x")
    assert [entry.title for entry in found.entries] == ["Jörg"]
    assert [p.code for p in read("").problems] == ["listing-empty"]


@pytest.mark.parametrize("format", ["markdown", "html"])
def test_lists_for_people_are_not_guessed_at(format: str) -> None:  # noqa: A002
    with pytest.raises(ListingError, match="convert what it was made from"):
        read(write([PAPER], format=format))


@pytest.mark.parametrize("format", READABLE)
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_entries_stay_one_entry(format: str, text: str) -> None:  # noqa: A002
    found = read(write([hostile_entry(text), PAPER], format=format))
    assert [entry.citation_key for entry in found.entries] == ["key", "oord2018"]
    for target in READABLE:
        write(found.entries, format=target).encode()


@given(
    text=st.text(max_size=80), format=st.sampled_from(["bibtex", "csl_json", "ris", "zotero_rdf"])
)
def test_whatever_is_read_nothing_breaks(text: str, format: str) -> None:  # noqa: A002
    starts = {
        "bibtex": "@misc{k, title = {T}, note = {",
        "csl_json": '[{"id": "k", "issued": ',
        "ris": "TY  - JOUR\nTI  - ",
        "zotero_rdf": "<rdf:RDF",
    }
    with contextlib.suppress(BibkitError):
        read_entries((starts[format] + text).encode("utf-8", "replace"), origin="x", format=format)


VALUES = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda x: (
        st.lists(x, max_size=3)
        | st.dictionaries(
            st.sampled_from(["family", "given", "literal", "date-parts", "code"]), x, max_size=3
        )
    ),
)


@given(
    item=st.dictionaries(
        st.sampled_from(
            ["id", "title", "author", "issued", "page", "note", "custom", "DOI", "URL"]
        ),
        VALUES,
    )
)
def test_whatever_an_item_holds_nothing_breaks(item: dict[str, object]) -> None:
    found = read_entries(json.dumps([item]).encode(), origin="x", format="csl_json")
    assert len(found.entries) == 1
    write(found.entries, format="bibtex")


DATES = [
    ("@misc{k, title={T}, year={{\\noopsort{1986c}}1986}}", PartialDate(1986), {"sortyear": "1986c"}),
    ("@misc{k, title={T}, date={2019-05/2020}}", PartialDate(2019, 5), {"date": "2019-05/2020"}),
    ("@misc{k, title={T}, year=2019, date={late}}", PartialDate(2019), {"datetext": "late"}),
    ("@misc{k, title={T}, year=2019, month={summer}}", PartialDate(2019), {"month": "summer"}),
    ("TY  - JOUR\nTI  - T\nPY  - 2020/5//Spring\nER  - \n", PartialDate(2020, 5), {"datetext": "Spring"}),
    ("TY  - JOUR\nTI  - T\nPY  - 2010///\nY1  - 2010/05/01\nER  - \n", PartialDate(2010, 5, 1), {}),
    ('[{"id": "k", "type": "book", "title": "T", "issued": {"date-parts": [[2019], [2020, 2]]}}]', PartialDate(2019), {"date": "2019/2020-02"}),
    ('[{"id": "k", "type": "book", "title": "T", "issued": {"raw": "in press"}}]', None, {"year": "in press"}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "date", "extra"), DATES)
def test_dates_that_are_more_than_a_date(
    text: str, date: PartialDate | None, extra: dict[str, str]
) -> None:
    found = read(text)
    (entry,) = found.entries
    assert (found.problems, entry.date, entry.extra) == ((), date, extra)
    for format in READABLE:  # noqa: A001
        (back,) = read(write([entry], format=format)).entries
        assert (back.date, back.extra) == (date, extra)


def test_names_with_the_same_letters_and_names_with_and_stay_apart() -> None:
    people = (Author("Li", "Wei"), Author("Li", "Wei"), Author("Barnes and Noble", collective=True))
    entry = Entry(
        "k", "book", "T", people, editors=(Author("King, Prince & Co.", collective=True),)
    )
    for format in ("bibtex", "csl-json", "zotero-rdf"):  # noqa: A001
        (back,) = read(write([entry], format=format)).entries
        assert (back.authors, back.editors) == (entry.authors, entry.editors)
    assert [str(problem) for problem in not_held([entry], "ris")] == [
        "k: not-held: not written: the comma of the name 'King, Prince & Co.'"
    ]


def test_two_addresses_in_one_field() -> None:
    (entry,) = read("@misc{k, title={T}, url={http://a.org/x_y; http://b.org}}").entries
    assert (entry.url, entry.extra) == ("http://a.org/x_y", {"otherurls": "http://b.org"})


@pytest.mark.parametrize("url", ["javascript:alert(1)", "mailto:x@y.org", "data:text/html,x"])
def test_an_address_that_can_do_anything_is_told(url: str) -> None:
    found = read(f"@misc{{k, title={{T}}, url={{{url}}}}}")
    assert [p.message for p in found.problems] == ["k: not carried over: url"]
    assert url not in write(found.entries, format="bibtex")


def test_fields_that_name_their_own_code_are_text() -> None:
    custom = {
        "execute": "\\\\write18{rm}",
        "pdf": "https://x.org/}a{",
        "file": "a}b",
        "x y": "z",
        "title": "T2",
    }
    text = json.dumps([{"id": "k", "type": "book", "title": "T", "custom": custom}]).replace(
        "\\\\\\\\", "\\\\"
    )
    found = read(text)
    assert [p.message for p in found.problems] == ["k: not carried over: custom title, custom x y"]
    bib = write(found.entries, format="bibtex")
    assert "\\write" not in bib.replace("{\\textbackslash}write", "")
    assert bib.count("{") == bib.count("}")
    assert [entry.citation_key for entry in read(bib).entries] == ["k"]
