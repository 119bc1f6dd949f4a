from __future__ import annotations

import pytest
from bibtexparser.entrypoint import parse_string
from bibtexparser.middlewares import RemoveEnclosingMiddleware, ResolveStringReferencesMiddleware
from bibtexparser.model import Entry as ReadEntry
from hypothesis import example, given
from hypothesis import strategies as st

from bibkit.emit import WriteOptions, write
from bibkit.record import Author, Entry, EntryType, Eprint, Link, PartialDate
from bibkit.text.latex import decode
from bibkit.text.names import parse_name

MACROS = "".join(f"@string{{{m} = {{{m}}}}}\n" for m in ("jan", "feb", "jun", "oct", "jul", "aug"))


def read(text: str) -> list[ReadEntry]:
    stack = [ResolveStringReferencesMiddleware(), RemoveEnclosingMiddleware()]
    library = parse_string(MACROS + text, parse_stack=stack)
    assert not library.failed_blocks
    return library.entries


def fields(entry: Entry, format: str = "bibtex", **options: str) -> dict[str, str]:  # noqa: A002
    (found,) = read(write([entry], format=format, options=WriteOptions(**options)))  # type: ignore[arg-type]
    return {"ENTRYTYPE": found.entry_type, **{field.key: field.value for field in found.fields}}


PAPER = Entry(
    citation_key="k",
    entry_type="preprint",
    title="The LLM",
    authors=(Author("Kaiser", "Łukasz"), Author("Oord", "Aäron", "van den")),
    date=PartialDate(2017, 6, 12),
    eprint=Eprint("1706.03762", "cs.CL"),
    url="https://arxiv.org/abs/1706.03762",
    links=(Link("https://a.org/project", "project"), Link("https://github.com/o_p/r", "code")),
)


def test_a_preprint() -> None:
    assert fields(PAPER) == {
        "ENTRYTYPE": "misc",
        "title": "The {LLM}",
        "author": r"Kaiser, {\L}ukasz and van den Oord, A{\"a}ron",
        "year": "2017",
        "month": "jun",
        "eprint": "1706.03762",
        "eprinttype": "arxiv",
        "archiveprefix": "arXiv",
        "primaryclass": "cs.CL",
        "doi": "10.48550/arXiv.1706.03762",
        "url": "https://arxiv.org/abs/1706.03762",
        "code": "https://github.com/o_p/r",
    }


def test_the_month_is_a_macro() -> None:
    assert "\n  month = jun,\n" in write([PAPER])


def test_a_preprint_for_biblatex() -> None:
    assert fields(PAPER, "biblatex") == {
        "ENTRYTYPE": "online",
        "title": "The {LLM}",
        "author": "Kaiser, Łukasz and van den Oord, Aäron",
        "date": "2017-06-12",
        "eprint": "1706.03762",
        "eprinttype": "arxiv",
        "eprintclass": "cs.CL",
        "doi": "10.48550/arXiv.1706.03762",
        "url": "https://arxiv.org/abs/1706.03762",
        "code": "https://github.com/o_p/r",
    }


def published(kind: EntryType, **changes: object) -> Entry:
    given = {
        "container": "J. of R&D", "volume": "7", "number": "2", "pages": "12-34", "doi": "10.1145/x_y",
        "authors": PAPER.authors, "date": PAPER.date, "eprint": PAPER.eprint,
    }  # fmt: skip
    return Entry("k", kind, "T", **{**given, **changes})  # type: ignore[arg-type]


def test_an_article_keeps_its_eprint() -> None:
    found = fields(published("article"))
    assert found["ENTRYTYPE"] == "article"
    assert (found["journal"], found["volume"], found["number"]) == (r"J. of R\&D", "7", "2")
    assert (found["pages"], found["doi"], found["eprint"]) == (
        "12--34",
        "10.1145/x_y",
        "1706.03762",
    )
    assert fields(published("article"), "biblatex")["journaltitle"] == r"J. of R\&D"


def test_proceedings_have_no_number_that_styles_warn_of() -> None:
    found = fields(published("inproceedings"))
    assert (found["ENTRYTYPE"], found["booktitle"]) == ("inproceedings", r"J. of R\&D")
    assert "number" not in found
    assert fields(published("article", volume=None)).keys().isdisjoint({"volume", "number"})


@pytest.mark.parametrize("changes", [{"container": None}, {"container": "\u200b"}, {"authors": ()}])
@pytest.mark.parametrize("kind", ["article", "inproceedings"])
def test_an_article_of_nobody_or_nowhere_is_misc(
    kind: EntryType, changes: dict[str, object]
) -> None:
    assert fields(published(kind, **changes))["ENTRYTYPE"] == "misc"
    assert fields(published(kind, **changes), "biblatex")["ENTRYTYPE"] == "online"


def test_styles_that_print_no_eprint() -> None:
    text = "arXiv preprint arXiv:1706.03762"
    article = fields(PAPER, arxiv_style="article")
    assert (article["ENTRYTYPE"], article["journal"]) == ("article", text)
    misc = fields(PAPER, arxiv_style="howpublished")
    assert (misc["ENTRYTYPE"], misc["howpublished"]) == ("misc", text)
    assert fields(published("article"), arxiv_style="howpublished")["journal"] == r"J. of R\&D"


def test_what_is_not_known_is_said_as_styles_need_it() -> None:
    bare = Entry("k", "preprint", "A Title of Many Words")
    assert fields(bare) == {"ENTRYTYPE": "misc", "title": "A Title of Many Words", "key": "A Title of", "year": "n.d."}  # fmt: skip
    assert fields(bare, "biblatex") == {"ENTRYTYPE": "misc", "title": "A Title of Many Words", "sortkey": "A Title of"}  # fmt: skip


ADDRESSES = [
    ("https://github.com/o_p/r~x?a=b&c=d", "https://github.com/o_p/r~x?a=b&c=d"),
    ("https://a.org/x%20y#part", "https://a.org/x%20y#part"),
    ("https://a.org/100%", "https://a.org/100%25"),
    ("https://a.org/$x", "https://a.org/%24x"),
    ("https://a.org/{x}\\y z^é", "https://a.org/%7Bx%7D%5Cy%20z%5E%C3%A9"),
    (" https://a.org/x\n", "https://a.org/x"),
    ("javascript:alert(1)", None),
    ("ftp://a.org/x", None),
    ("https://", None),
    ("", None),
]


@pytest.mark.parametrize(("url", "written"), ADDRESSES)
def test_addresses(url: str, written: str | None) -> None:
    entry = Entry("k", "preprint", "T", url=url, links=(Link(url, "code"),))
    for flavour in ("bibtex", "biblatex"):
        found = fields(entry, flavour)
        assert (found.get("url"), found.get("code")) == (written, written)


@pytest.mark.parametrize(
    "doi", ["10.1/a b", "10.1000/a}b", "10.1000/a%b", "10.1000/a\\b", "10.1000/a$b", "nonsense"]
)
def test_a_broken_doi_is_left_out(doi: str) -> None:
    assert "doi" not in fields(Entry("k", "preprint", "T", doi=doi))


plain = st.text(st.sampled_from("abcXYZ 019.,:;!?()&%_#^éöüłøč"), min_size=1, max_size=30).filter(
    lambda s: s.strip() != ""
)


@given(title=plain, abstract=plain)
@example(title="^X.0", abstract="a^X.0")  # once read as ^(X.0)
def test_parsers_read_back_what_was_written(title: str, abstract: str) -> None:
    entry = Entry("k", "preprint", title, (Author("Müller", "Ann"),), abstract=abstract)
    for flavour in ("bibtex", "biblatex"):
        found = fields(entry, flavour)
        assert decode(found["title"]) == " ".join(title.split())
        assert decode(found["abstract"]) == " ".join(abstract.split())
        assert parse_name(found["author"]) == Author("Müller", "Ann")


def test_the_golden_papers_are_read_back(papers: list[Entry]) -> None:
    from bibtexparser.middlewares.names import split_multiple_persons_names

    for flavour in ("bibtex", "biblatex"):
        for paper, found in zip(papers, read(write(papers, format=flavour)), strict=True):
            assert found.key == paper.citation_key
            names = found.fields_dict.get("author")
            listed = split_multiple_persons_names(names.value) if names else []
            assert tuple(map(parse_name, listed)) == paper.authors
