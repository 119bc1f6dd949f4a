"""What each format holds of an entry of any type: `parse(write(entry)) == entry`."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import get_args

import fastjsonschema
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bibkit.convert import read_entries
from bibkit.emit import losses, not_held, write
from bibkit.emit.kinds import _KINDS
from bibkit.emit.plain import plain
from bibkit.record import Author, Entry, EntryType, Eprint, Link, PartialDate
from bibkit.text.latex import decode, encode
from tests.emit.test_zotero_rdf import graph

FORMATS = {
    "bibtex": "bibtex",
    "biblatex": "bibtex",
    "csl-json": "csl_json",
    "ris": "ris",
    "zotero-rdf": "zotero_rdf",
}
SCHEMA = Path(__file__).parents[1] / "data" / "emit" / "csl-data-subset.json"
every_format = pytest.mark.parametrize("format", FORMATS)
is_valid = fastjsonschema.compile(json.loads(SCHEMA.read_text("utf-8")))


def read_back(entry: Entry, format: str) -> Entry:  # noqa: A002
    text = write([entry], format=format)
    if format == "csl-json":
        is_valid(json.loads(text))
    found = read_entries(text.encode(), origin="x", format=FORMATS[format])
    assert [str(problem) for problem in found.problems] == []
    (read,) = found.entries
    return read


def full(entry_type: EntryType, subtype: str = "") -> Entry:
    """An entry that has all that an entry of its type can have."""
    preprint = entry_type == "preprint"
    contained = ("article", "inproceedings", "inbook", "incollection", "inreference")
    return Entry(
        "knuth1984", entry_type, "On {LaTeX} & “Web”: 50% of $n$ – naïve", (Author("Knuth", "Donald E."), Author("Oord", "Aäron", "van den")), PartialDate(1984, 5),
        Eprint("2401.00001", "cs.DL") if preprint else None, None if preprint else "10.1234/a_b(c)1", "https://example.org/x_y?a=b",
        container="J. of R&D" if entry_type in contained else None, volume=None if preprint else "12", number=None if preprint else "3a", pages=None if preprint else "11-21",
        abstract="A_b & c.", links=(Link("https://github.com/o_p/r", "code"),), note="Seen twice; see p. 3", subtype=subtype, type="Memo No. 5",
        editors=(Author("King", "M. L.", suffix="Jr."), Author("The Barnes and Noble Team", collective=True)), translators=(Author("Žižek", "Slavoj"),),
        publisher="Addison-Wesley & Sons", place="Reading, MA", institution="École normale", edition="Second", series="LNCS", chapter="4", event="ACL ’84",
        howpublished="By hand", isbn="978-3-16-148410-0", issn="1234-567X", pmid="123", language="en-GB", keywords=("deep learning", "Paris"), annotation="Read_it",
        accessed=PartialDate(2024, 2, 29), extra={"shorttitle": "On X", "file": ":a/b_c {d}.pdf:PDF", "lccn": "QA 76", "mrnumber": "a_1", "venue": "Ithaca", "pdf": "https://example.org/a_b.pdf"},
    )  # fmt: skip


def plain_of(entry: Entry) -> Entry:
    """The entry as a format without TeX holds it."""
    return replace(entry, title=plain(entry.title))


@every_format
@pytest.mark.parametrize("kind", _KINDS, ids=lambda kind: f"{kind.entry_type}-{kind.subtype}")
def test_every_type_with_all_its_fields(kind: object, format: str) -> None:  # noqa: A002
    entry = full(kind.entry_type, kind.subtype)  # type: ignore[attr-defined]
    wanted = entry if "bib" in format else plain_of(entry)
    assert read_back(entry, format) == wanted
    told = [problem.message for problem in not_held([entry], format)]
    formulas = "not written: the TeX of the formulas in its title, which are plain text now"
    assert told == ([formulas] if plain(entry.title) != entry.title and "bib" not in format else [])
    assert losses([entry], format) == []


def test_every_type_of_an_entry_is_in_the_table() -> None:
    assert {kind.entry_type for kind in _KINDS} == set(get_args(EntryType))


@pytest.mark.parametrize("kind", _KINDS, ids=lambda kind: f"{kind.entry_type}-{kind.subtype}")
def test_the_graph_is_one(kind: object) -> None:
    assert len(graph([full(kind.entry_type, kind.subtype)])) > 40  # type: ignore[attr-defined]


@every_format
@pytest.mark.parametrize("made_of", FORMATS)
def test_a_library_goes_through_any_format_and_back(made_of: str, format: str) -> None:  # noqa: A002
    library = [replace(full(k.entry_type, k.subtype), citation_key=f"k{n}") for n, k in enumerate(_KINDS)]  # fmt: skip
    first = write([plain_of(entry) for entry in library], format=made_of)
    there = read_entries(first.encode(), origin="x", format=FORMATS[made_of]).entries
    between = write(there, format=format)
    back = read_entries(between.encode(), origin="x", format=FORMATS[format]).entries
    assert back == there


letters = st.text(
    st.characters(exclude_categories=["Cc", "Cf", "Cs", "Co", "Cn", "Zs", "Zl", "Zp"]), min_size=1, max_size=8
)  # fmt: skip
sentences = st.lists(letters, min_size=1, max_size=4).map(" ".join)
words = st.from_regex(r"[A-ZÉŁÖŞ][a-zéłöşñ]{2,7}", fullmatch=True)
people = st.builds(
    Author,
    family=words,
    given=st.lists(words | st.sampled_from(["J.", "M.-L."]), min_size=1, max_size=2).map(" ".join),
    particle=st.sampled_from(["", "von", "van der", "de la"]),
    suffix=st.sampled_from(["", "Jr.", "III"]),
) | st.builds(lambda word: Author(f"The {word} Collaboration", collective=True), words)
dates = st.builds(PartialDate, st.integers(1450, 2100)) | st.builds(
    PartialDate, st.integers(1450, 2100), st.integers(1, 12)
)
PLAIN_TEXTS = ("publisher", "place", "edition", "series", "chapter", "event", "howpublished", "annotation", "type", "institution")  # fmt: skip


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    kind = draw(st.sampled_from(_KINDS))
    contained = kind.entry_type in ("article", "inproceedings", "inbook", "incollection", "inreference")  # fmt: skip
    preprint = kind.entry_type == "preprint"
    optional = st.none() | sentences
    return Entry(
        "key", kind.entry_type, draw(sentences), tuple(draw(st.lists(people, max_size=3))), draw(st.none() | dates),
        Eprint("2401.00001", "cs.DL") if preprint else None, container=draw(sentences) if contained else None, subtype=kind.subtype,
        volume=None if preprint else draw(optional), abstract=draw(st.just("") | sentences), note=draw(st.just("") | sentences),
        editors=tuple(draw(st.lists(people, max_size=2))), translators=tuple(draw(st.lists(people, max_size=2))),
        keywords=tuple(dict.fromkeys(draw(st.lists(words, max_size=3)))), accessed=draw(st.none() | dates),
        extra=draw(st.dictionaries(st.sampled_from(["lccn", "c1", "shorttitle", "rights", "abc-def"]), sentences, max_size=2)),
        **{name: draw(optional) for name in PLAIN_TEXTS},  # type: ignore[arg-type]
    )  # fmt: skip


def spelled_alike(entry: Entry, format: str) -> Entry:  # noqa: A002
    """The entry with texts that a format can spell: its own reading of them."""

    def readable(text: str) -> str:
        found = decode(encode(text)) if "bib" in format else plain(text)
        assume(found == (decode(encode(found)) if "bib" in format else plain(found)))
        return found

    names = ("title", "abstract", "note", "volume", "container", *PLAIN_TEXTS)
    texts = {name: readable(value) for name in names if (value := getattr(entry, name))}
    extra = {name: found for name, value in entry.extra.items() if (found := readable(value))}
    assume(all(texts.values()))
    return replace(entry, **texts, extra=extra)  # type: ignore[arg-type]


@every_format
@settings(max_examples=30)
@given(entry=entries())
def test_whatever_is_written_is_read_back(entry: Entry, format: str) -> None:  # noqa: A002
    wanted = spelled_alike(entry, format)
    assert read_back(wanted, format) == wanted


BEEBE = Path("/usr/share/texlive/texmf-dist/bibtex/bib/beebe")
"""Bibliographies of the TeX Users Group: every type, old TeX, fields of their own."""

ABOUT_TEX = ("Lamport:1986:LDP",)
"""Its table of contents explains `\\\\`, which in a .bib is the end of a line."""


@pytest.mark.consumers
@pytest.mark.parametrize("name", ["texgraph.bib", "epodd.bib"])
@every_format
def test_real_libraries_lose_nothing_unsaid(name: str, format: str) -> None:  # noqa: A002
    if not (BEEBE / name).is_file():
        pytest.skip("texlive-bibtex-extra is not installed")
    entries = read_entries((BEEBE / name).read_bytes(), origin=name).entries
    back = read_entries(
        write(entries, format=format).encode(), origin="x", format=FORMATS[format]
    ).entries
    problems = [*not_held(entries, format), *losses(entries, format)]
    told = {problem.origin for problem in problems}
    assert len(back) == len(entries) > 150
    unlike = [
        old.citation_key
        for old, new in zip(entries, back, strict=True)
        if write([old], format="csl-json") != write([new], format="csl-json")
    ]
    assert [key for key in unlike if key not in told and key not in ABOUT_TEX] == []
