"""What every writer must do; a new format is checked by its line in `WRITERS`."""

from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibkit.emit import WRITERS, WriteOptions, format_of, not_held, write, writer
from bibkit.errors import ConfigError, OutputError
from bibkit.listing import read_listing
from bibkit.record import Author, Entry, Eprint, Link, PartialDate

every_writer = pytest.mark.parametrize("format", WRITERS)
every_bibliography = pytest.mark.parametrize("format", [f for f in WRITERS if f != "arxiv-ids"])

HOSTILE = [
    "}}@misc{evil, title = {x}}", "\\write18{rm -rf /}", "\\input{/etc/passwd}", "lone { brace", "lone } brace",
    "\\{", "\\verb|x|", "% comment", "#1 & _ ^ ~ $", "$\\input{x}$", "$x_{1}$ unbalanced $ here", "a\nb\r\n@misc{x,",
    "nul\x00 esc\x1b[31m \u202ertl\u202c \u200bzero", "lone \ud800 surrogate", "🚀", "视觉", "<script>x</script>", '"', "\\",
]  # fmt: skip


def hostile_entry(text: str) -> Entry:
    return Entry(
        citation_key="key",
        entry_type="article",
        title=text,
        authors=(Author(text, text, suffix=text), Author(text, collective=True)),
        date=PartialDate(2024, 2, 29),
        eprint=Eprint(text, text),
        doi=text,
        url=f"https://example.org/{text}",
        container=text,
        volume=text,
        number=text,
        pages=text,
        abstract=text,
        links=(Link(f"https://example.org/{text}", "code"), Link("javascript:alert(1)", "project")),
        note=text,
    )


BIBTEX = ("bibtex", "biblatex")


@every_writer
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_inert(format: str, text: str) -> None:  # noqa: A002
    written = write([hostile_entry(text)], format=format)
    written.encode("utf-8")
    assert written.replace("\n", "").isprintable()
    assert "javascript:" not in written
    assert "<script" not in written or format in (*BIBTEX, "csl-json", "ris")
    if format in BIBTEX:
        assert re.findall(r"^\s*@(\w+)\{", written, re.MULTILINE) == ["article"]
        assert all(
            re.match(r"  [a-z]+ = .*,$|@article\{key,$|\}$", line) for line in written.splitlines()
        )
        assert written.count("{") == written.count("}")
        assert not re.search(r"\\(?:write|input|verb|misc)", written)


@every_writer
@given(text=st.text(max_size=60))
def test_no_text_raises(format: str, text: str) -> None:  # noqa: A002
    write([hostile_entry(text)], format=format).encode("utf-8")


@every_writer
def test_nothing_is_mentioned_that_is_not_known(format: str) -> None:  # noqa: A002
    bare = write([Entry("key", "preprint", "A Title")], format=format)
    for word in ("None", "eprint", "doi", "url", "abstract", "note", "code", "arXiv"):
        assert not re.search(rf"\b{word}\b", bare)


@every_bibliography
def test_no_entries_make_an_empty_bibliography(format: str) -> None:  # noqa: A002
    empty = write([], format=format)
    assert len(empty) < len(write([Entry("key", "preprint", "T")], format=format))
    assert empty in ("", "[]\n") or format in ("zotero-rdf", "html")


def key_mark(format: str, key: str) -> str:  # noqa: A002
    """Return how the citation key of an entry stands in a file."""
    return {
        "csl-json": f'"id": "{key}"',
        "ris": f"ID  - {key}\n",
        "zotero-rdf": f"Citation Key: {key}",
        "markdown": f'id="{key}"',
        "html": f'id="{key}"',
    }.get(format, f"{{{key},")


@every_bibliography
def test_entries_keep_their_order_and_end_with_a_newline(papers: list[Entry], format: str) -> None:  # noqa: A002
    written = write(papers, format=format)
    places = [written.index(key_mark(format, paper.citation_key)) for paper in papers]
    assert places == sorted(places)
    assert written.endswith("\n")
    assert not written.endswith("\n\n")


@every_bibliography
def test_the_code_link_is_in_every_format(papers: list[Entry], format: str) -> None:  # noqa: A002
    assert "https://github.com/google-research/bert" in write(papers, format=format)


@pytest.mark.parametrize("format", [*BIBTEX, "csl-json"])
def test_the_code_field_has_the_name_asked_for(papers: list[Entry], format: str) -> None:  # noqa: A002
    written = write(papers, format=format, options=WriteOptions(code_field="software_url"))
    assert written.count("software_url") == 2
    assert "https://github.com/google-research/bert" in written


@pytest.mark.parametrize(
    "format", [f for f in WRITERS if f not in ("markdown", "html", "arxiv-ids")]
)
def test_abstracts_can_be_left_out(papers: list[Entry], format: str) -> None:  # noqa: A002
    assert "Promptable" in write(papers, format=format)
    assert "Promptable" not in write(papers, format=format, options=WriteOptions(abstract=False))


@every_bibliography
def test_a_publisher_doi_beats_arxivs(papers: list[Entry], format: str) -> None:  # noqa: A002
    written = write([replace(papers[0], doi="10.1145/1_2")], format=format)
    assert "10.1145/1_2" in written
    assert "10.48550" not in written


@pytest.mark.parametrize("format", ["bibtex", "biblatex"])
def test_a_key_that_breaks_the_file_is_refused(format: str) -> None:  # noqa: A002
    with pytest.raises(OutputError):
        write([Entry("bad key}", "preprint", "T")], format=format)


@pytest.mark.parametrize(
    "name", ["", "a b", "co,de", "x}", "é", "title", "URL", "eprint", "1st", "a=b"]
)
def test_senseless_field_names_are_refused(name: str) -> None:
    with pytest.raises(ConfigError):
        WriteOptions(code_field=name)


def test_an_unknown_style_is_refused() -> None:
    with pytest.raises(ConfigError):
        WriteOptions(arxiv_style="book")  # type: ignore[arg-type]


FORMATS = [
    ("refs.bib", None, "bibtex"),
    ("refs.BIB", None, "bibtex"),
    ("a.b/refs.json", None, "csl-json"),
    ("-", None, "bibtex"),
    ("refs.bib", "biblatex", "biblatex"),
    ("refs.txt", "csl-json", "csl-json"),
    ("refs.ris", None, "ris"),
    ("refs.rdf", None, "zotero-rdf"),
    ("refs.md", None, "markdown"),
    ("refs.html", None, "html"),
]


@pytest.mark.parametrize(("out", "asked", "found"), FORMATS)
def test_format(out: str, asked: str | None, found: str) -> None:
    assert format_of(out, asked) == found


@pytest.mark.parametrize(
    ("out", "asked"), [("refs.txt", None), ("refs", None), ("refs.bib", "word")]
)
def test_unknown_formats_are_refused(out: str, asked: str | None) -> None:
    with pytest.raises(ConfigError):
        format_of(out, asked)


class _Point:
    """An entry point as another package declares it."""

    def __init__(self, name: str, found: object) -> None:
        self.name = name
        self._found = found

    def load(self) -> object:
        if isinstance(self._found, Exception):
            raise self._found
        return self._found


def test_other_packages_can_declare_writers(monkeypatch: pytest.MonkeyPatch) -> None:
    def write_keys(entries: Sequence[Entry], *, options: WriteOptions) -> str:
        return " ".join([*(entry.citation_key for entry in entries), options.code_field])

    points = {
        "bibkit.writers": [
            _Point("keys", SimpleNamespace(write=write_keys)),
            _Point("broken", ImportError("no such module")),
        ]
    }
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: points[group])
    assert write([Entry("k", "preprint", "T")], format="keys") == "k code"
    with pytest.raises(ConfigError, match="broken"):
        writer("broken")


def test_arxiv_ids_are_a_listing(papers: list[Entry]) -> None:
    text = write(papers, format="arxiv-ids")
    known = [paper.eprint.id for paper in papers if paper.eprint]
    listing = read_listing(text, origin="ids.txt")
    assert [record.arxiv_id for record in listing.records] == known
    assert [str(problem) for problem in not_held(papers, "arxiv-ids")] == [
        f"{papers[-1].citation_key}: not-held: not written: it has no arXiv id"
    ]
