"""What pandoc, citation-js, Better BibTeX's parser and citeproc-js read is what was meant."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from bibkit.emit import write
from bibkit.merge.citekey import assign_keys
from bibkit.record import Author, Entry, PartialDate
from bibkit.text.latex import plain_text
from bibkit.text.visible import visible
from tests.consumers import readings as by
from tests.consumers.stress import (
    CAPITALS,
    FORMULAS,
    NAMES,
    OPERATORS,
    TITLES,
    everything,
    parsed,
    titled,
)

pytestmark = pytest.mark.consumers

Reader = Callable[[Path, str], by.Reading]
READERS: list[tuple[Reader, str]] = [
    (by.read_by_pandoc, "bibtex"),
    (by.read_by_pandoc, "biblatex"),
    (by.read_by_pandoc, "csl-json"),
    (by.read_by_citation_js, "bibtex"),
    (by.read_by_citation_js, "biblatex"),
    (by.read_by_citation_js, "csl-json"),
    (by.read_by_better_bibtex, "bibtex"),
    (by.read_by_better_bibtex, "biblatex"),
    (by.read_by_citeproc, "csl-json"),
]
every_reader = pytest.mark.parametrize(("reader", "format"), READERS)


def reading(folder: Path, reader: Reader, format: str, entries: Sequence[Entry]) -> by.Reading:  # noqa: A002
    path = folder / ("refs.json" if format == "csl-json" else "refs.bib")
    path.write_text(write(entries, format=format), encoding="utf-8")
    return reader(path, format)


def folded(title: str, reader: Reader, format: str) -> str:  # noqa: A002
    """Leave out what a reader changes by rules of its own: pandoc's sentence case, quotes."""
    if reader is by.read_by_pandoc and format != "csl-json":
        title = title.casefold()
    return title if reader is by.read_by_better_bibtex else by.typed(title)


@every_reader
def test_the_pages(tmp_path: Path, pages: list[Entry], reader: Reader, format: str) -> None:  # noqa: A002
    found = reading(tmp_path, reader, format, pages)
    assert list(found) == [page.citation_key for page in pages]
    assert by.all_nfc(text for title, names in found.values() for text in (title, *names))
    for page in pages:
        title, names = found[page.citation_key]
        formula = "$" in page.title
        meant = plain_text(page.title) if formula else page.title
        fold = by.without_markup if formula else str
        assert fold(folded(title, reader, format)) == fold(folded(meant, reader, format))
        assert names == tuple(by.meant_by(author) for author in page.authors)


@every_reader
def test_titles(tmp_path: Path, reader: Reader, format: str) -> None:  # noqa: A002
    rows = [(e, read) for e, read in titled(TITLES) if e.title or format != "csl-json"]
    found = reading(tmp_path, reader, format, [entry for entry, _ in rows])
    wrong = {}
    for entry, read in rows:
        title, _ = found[entry.citation_key]
        meant = visible(entry.title) if format == "csl-json" else read
        if folded(title, reader, format) != folded(meant, reader, format):
            wrong[meant] = title
    assert wrong == {}


@every_reader
def test_everything_is_read(tmp_path: Path, reader: Reader, format: str) -> None:  # noqa: A002
    entries = [entry for entry in everything() if entry.title]  # citeproc-js prints none without
    found = reading(tmp_path, reader, format, entries)
    assert list(found) == [entry.citation_key for entry in entries]
    for entry in entries:
        names = len(found[entry.citation_key][1])
        assert names == (len(entry.authors) or int(reader is by.read_by_citeproc))


@every_reader
def test_formulas(tmp_path: Path, reader: Reader, format: str) -> None:  # noqa: A002
    known = reader is not by.read_by_citation_js or format == "csl-json"
    rows = [*titled(FORMULAS), *(titled(OPERATORS) if known else [])]
    keyed = assign_keys([entry for entry, _ in rows], taken=())
    found = reading(tmp_path, reader, format, keyed)
    for entry in keyed:
        meant = by.without_markup(plain_text(entry.title)).casefold()
        assert by.without_markup(found[entry.citation_key][0]).casefold() == meant


@every_reader
def test_names(tmp_path: Path, reader: Reader, format: str) -> None:  # noqa: A002
    authors = [parsed(name) for name, _ in NAMES]
    drafts = [Entry("", "preprint", f"T{n}", (a, Author("Doe", "Jo")), PartialDate(2020)) for n, a in enumerate(authors)]  # fmt: skip
    keyed = assign_keys(drafts, taken=())
    found = reading(tmp_path, reader, format, keyed)
    wrong = {}
    for entry, (_, read) in zip(keyed, NAMES, strict=True):
        meant = by.meant_by(entry.authors[0])
        if read is not None and format != "csl-json":
            meant = read
        if reader is by.read_by_citeproc:
            meant = meant.replace("山田, 太郎", "山田太郎")  # as Japanese names are printed
        name, other = found[entry.citation_key][1]
        if (by.typed(name), other) != (by.typed(visible(meant)), "Doe, Jo"):
            wrong[meant] = name
    assert wrong == {}


@pytest.mark.parametrize("format", ["bibtex", "biblatex"])
def test_capitals_survive_sentence_case(tmp_path: Path, format: str) -> None:  # noqa: A002
    rows = titled(CAPITALS)
    found = reading(tmp_path, by.read_by_pandoc, format, [entry for entry, _ in rows])
    assert [found[entry.citation_key][0] for entry, _ in rows] == [read for _, read in rows]
