"""Whatever stands in a file: tidying twice is tidying once, nothing is lost, nothing else moves."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bibkit.bibfile import BibFile, read_bib
from bibkit.errors import OutputError
from bibkit.fmt import Formatted, choose, format_bib
from tests.bibfile.grammar import EXAMPLES, bytes_of_files

DATA = Path(__file__).resolve().parents[1] / "data" / "bibfile"
SELECTIONS = {
    "default": choose(["default"]),
    "all": choose(["all", "title-braces"]),
    "biblatex": choose(["default", "biblatex"]),
    "bibtex": choose(["all", "bibtex"]),
    "sort": choose(["sort"]),
}
LAYOUT = choose(
    ["lower-case", "field-order", "indent", "align", "trailing-comma", "sort", "braces"]
)


VALUES = {
    "author": ["Jane van Doe and J. Roe Jr.", "{AT&T} and Doe, J.", "OpenAI and others", "A and B and", "{\\'E}lie x"],
    "title": ["{{A Whole Title}}", "BERT & {GPT}-4: 50% of $x_1$", "a_b my_file C#", "{{{A} {B}}}", "$5 and more", "{X} {Y}"],
    "pages": ["1-2", "1–2, 5 - 9", "A-3", "xi-xx", "12"],
    "month": ["January", "6", "sept.", "{jan}", "2--3", ""],
    "year": ["2020", "in press", " 1999 "],
    "date": ["2020-06-12", "2020", "2020-13", "2020/2021", ""],
    "day": ["7", "07", "x"],
    "doi": ["https://doi.org/10.1000/x", "doi:10.48550/arXiv.2402.12345", "10.1/x", "\\url{doi:10.1000/x}"],
    "eprint": ["arXiv:2402.12345v2 [cs.LG]", "2402.12345", "9901001", "https://arxiv.org/abs/hep-th/9901001", "x"],
    "archiveprefix": ["arXiv", "jstor"], "eprinttype": ["arxiv", "jstor"], "primaryclass": ["cs.LG", "hep-th"],
    "journal": ["CoRR", "J & K"], "journaltitle": ["CoRR"], "volume": ["abs/2402.12345", "3"], "note": ["", "1 & 2"],
    "type": ["phdthesis", "PhD thesis", "techreport", "Memo"], "school": ["S"], "institution": ["I"], "key": ["K"],
    "url": ["https://arxiv.org/abs/2402.12345", "x"], "howpublished": ["\\url{http://a.org/b_c}"], "crossref": ["k1", "k2"],
}  # fmt: skip
KINDS = "misc article phdthesis thesis techreport report online inbook book IEEEtranBSTCTL".split()


@st.composite
def telling_files(draw: st.DrawFn) -> str:
    """Draw a file of entries that the rules are about."""
    entries = []
    for number in range(draw(st.integers(1, 4))):
        fields = []
        for name in draw(st.lists(st.sampled_from(sorted(VALUES)), max_size=9)):
            value = draw(st.sampled_from(VALUES[name]))
            written = draw(
                st.sampled_from([f"{{{value}}}", f'"{value}"', f'"{value}" # mac', "jan"])
            )
            fields.append(f"  {draw(st.sampled_from([name, name.upper()]))} = {written}")
        key = draw(st.sampled_from([f"k{number}", "k1", "K1"]))
        entries.append(",\n".join([f"@{draw(st.sampled_from(KINDS))}{{{key}", *fields]) + "\n}\n")
    strings = draw(st.sampled_from(["", '@string{mac = "M"}\n', '@string{jan = "Janvier"}\n']))
    return draw(st.sampled_from(["", strings])).join(["", *entries])


def read(data: bytes) -> BibFile | None:
    try:
        return read_bib(data, origin="refs.bib")
    except OutputError:
        return None


def formatted(bib: BibFile, rules: tuple[str, ...]) -> Formatted | None:
    try:
        return format_bib(bib, rules)
    except OutputError as error:
        assert error.code in ("unsafe-edit", "encoding")  # noqa: PT017 - a refusal changes nothing
        return None


def letters(text: str) -> str:
    return "".join(sorted(re.sub(r"[\W_]", "", text.lower())))


def untouchable(bib: BibFile) -> list[str]:
    """Return what no rule may touch: macros, comments, text between, broken entries."""
    return [
        bib.text[block.start : block.end].strip()
        for block in bib.blocks
        if block.kind in ("string", "preamble", "comment", "broken") or block.complaint
    ]


def values(bib: BibFile) -> list[tuple[str, str, list[tuple[str, str]]]]:
    return sorted((e.key, e.entry_type, sorted(e.fields.items())) for e in bib.entries)


def check(data: bytes) -> None:
    bib = read(data)
    if bib is None:
        return
    for name, rules in SELECTIONS.items():
        result = formatted(bib, rules)
        if result is None:
            continue
        after = read_bib(result.data, origin="refs.bib")
        assert len(after.entries) == len(bib.entries), name
        assert sorted(untouchable(after)) == sorted(untouchable(bib)), name
        again = formatted(after, rules)
        assert again is not None, name
        assert again.data == result.data, name
        assert format_bib(bib, rules, whether_only=True).changed == result.changed, name
    laid_out = formatted(bib, LAYOUT)
    if laid_out is not None:
        assert values(read_bib(laid_out.data, origin="refs.bib")) == values(bib)
    plain = formatted(bib, SELECTIONS["default"])
    if plain is not None:
        after = read_bib(plain.data, origin="refs.bib")
        for old, new in zip(bib.entries, after.entries, strict=True):
            assert (old.key, old.entry_type) == (new.key, new.entry_type)
            for field, value in old.fields.items():
                if field not in ("month", "doi"):
                    assert letters(new.fields.get(field, "")) == letters(value)


@pytest.mark.parametrize("path", sorted(DATA.glob("*.bib")), ids=lambda path: path.stem)
def test_the_corpus(path: Path) -> None:
    check(path.read_bytes())


@given(telling_files())
@settings(max_examples=max(EXAMPLES // 6, 1), deadline=None)
def test_generated_files_of_what_the_rules_are_about(text: str) -> None:
    check(text.encode())


@given(bytes_of_files())
@settings(max_examples=max(EXAMPLES // 6, 1), deadline=None)
def test_generated_files(content: bytes) -> None:
    assume(b"@" in content)
    check(content)


@pytest.mark.parametrize("path", sorted(DATA.glob("*.bib")), ids=lambda path: path.stem)
def test_without_rules_nothing_changes(path: Path) -> None:
    bib = read(path.read_bytes())
    if bib is not None:
        assert format_bib(bib, ()).data is bib.data
