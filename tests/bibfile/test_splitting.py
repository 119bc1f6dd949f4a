"""Whatever a file holds, its blocks cover it, and both readers agree where both are sure."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bibtexparser.entrypoint import parse_string
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bibkit.bibfile import append, read_bib
from bibkit.bibfile.splitting import split
from bibkit.bibfile.witness import blocks_by_place
from bibkit.errors import OutputError
from tests.growth import grows_linearly

DATA = Path(__file__).resolve().parents[1] / "data" / "bibfile"
BLOCK_START = re.compile(r"^[ \t]*@", re.MULTILINE)
NEW = "@misc{new2024thing,\n  title = {A New Thing},\n}\n"

pieces = st.sampled_from(
    [
        "@misc{k1,", "@Article (k2 ,", "@ book {", "@comment{", "@string{m = ", "@preamble{", "@",
        "\n@misc{k3,\n", "%@misc{k4,", "title = ", "{A {B} C}", '"Q {"} q"', "{", "}", '"', "(", ")",
        ",", "=", "#", "%", "\\", "\\{", "\\}", "\\\\", "\\,", " ", "\t", "\n", "\r\n", "\r", "2024",
        "jan", "é", "视", "\u2028", "\x85", "year=2020}", "---\n", "key with blanks", "a@b.org",
    ]
)  # fmt: skip

values = st.sampled_from(
    ["{A {B} C}", '"Q {"} q"', "2024", "jan", '{a} # b # "c"', "{x\\\\}", "a\\\\", '{M{\\"u}ller}', "{a, b}",
     "{50\\% of}", "{a\n  b}", "{}", '""', "{a = b}", "true", "{{Whole}}", "{\n@handle}"]
)  # fmt: skip
fields = st.builds(
    lambda name, value, end: f"  {name} = {value}{end}",
    st.sampled_from(["title", "Title", "year", "note", "x-y", "% title"]),
    values,
    st.sampled_from([",\n", ",\n", ",\n", "\n", ",", ", % why\n"]),
)
entries = st.builds(
    lambda start, inside, end: start + "".join(inside) + end,
    st.sampled_from(
        [
            "@misc{a,\n",
            "@Article{b,",
            "@misc(c,\n",
            "@misc{d\n",
            "% @misc{e,",
            "@misc{,",
            "@misc{% f\ng,",
        ]
    ),
    st.lists(fields, max_size=4),
    st.sampled_from(["}\n", "}\n\n", "}", ")\n", "\n", "}}\n"]),
)


@st.composite
def damaged_files(draw: st.DrawFn) -> str:
    """Whole entries, with a few characters lost or put in."""
    text = "".join(draw(st.lists(entries, max_size=5)))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(st.sampled_from(["", *'{}",=@#%\\\n'])) + text[at + 1 :]
    return text


nasty_text = damaged_files() | st.lists(pieces, max_size=40).map("".join) | st.text(max_size=60)


@given(nasty_text)
@example("@comment{\n@comment{\n@misc{a,")
@example("@misc{a, title = {x}\n\ry")
@settings(max_examples=200, deadline=None)
def test_blocks_cover_any_text(text: str) -> None:
    blocks = split(text)
    assert [block.start for block in blocks] == [0, *(block.end for block in blocks)][: len(blocks)]
    assert not blocks or blocks[-1].end == len(text)
    assert all(block.start < block.end for block in blocks)


@given(nasty_text)
@settings(max_examples=200, deadline=None)
def test_bibtexparser_reads_the_same_where_it_reads_bibtex(text: str) -> None:
    assert_judged_right(text)


@pytest.mark.parametrize("path", sorted(DATA.glob("*.bib")), ids=lambda path: path.stem)
def test_bibtexparser_reads_the_corpus_the_same(path: Path) -> None:
    assert_judged_right(path.read_text(encoding="latin-1"))


def assert_judged_right(text: str) -> None:
    ours = {block.start: block for block in split(text)}
    for start, judged in blocks_by_place(text).items():
        inside_another = start not in ours
        runs_over_a_block = len(BLOCK_START.findall(text, start, judged.end)) > 1
        assert inside_another or runs_over_a_block or ours[start] == judged


@given(nasty_text, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "latin-1"]))
@settings(max_examples=200, deadline=None)
def test_addition_keeps_every_byte_of_any_file(text: str, codec: str) -> None:
    data = text.encode(codec, "replace")
    try:
        bib = read_bib(data, origin="refs.bib")
        after = read_bib(append(bib, NEW), origin="refs.bib")
    except OutputError:
        return  # said in one line, and nothing was made
    assert after.data.startswith(data)
    assert after.entries[:-1] == bib.entries
    assert after.entries[-1].key == "new2024thing"
    assert after.entries[-1].fields == {"title": "A New Thing"}


@pytest.mark.parametrize("path", sorted(DATA.glob("*.bib")), ids=lambda path: path.stem)
def test_no_entry_is_lost_that_bibtexparser_finds(path: Path) -> None:
    data = path.read_bytes()
    try:
        bib = read_bib(data, origin=path.name)
    except OutputError:
        return
    theirs = parse_string(bib.text.replace("\r", "\n")).entries_dict
    assert set(theirs) <= {entry.key for entry in bib.entries} | bib.keys
    for key, entry in theirs.items():
        ours = [e.fields for e in bib.entries if e.key == key]
        names = {field.key.lower() for field in entry.fields if field.key.isalnum()}
        assert not ours or any(names <= set(fields) for fields in ours)


def test_the_judge_judges_clean_entries() -> None:
    text = (DATA / "plain.bib").read_text()
    assert sorted(blocks_by_place(text)) == [0, text.index("@inproceedings")]


@pytest.mark.parametrize(
    "unit",
    [
        "@{",
        "@a{",
        "@a{\n",
        "@misc(a,",
        "%@a{\n",
        "@comment{\n",
        'x="{\n',
        "x={\n",
        "\\{",
        "{",
        "@",
        '"',
        "x={},",
        "x={{",
        "x={{{}}",
        "{} ",
        "@a{b,x={\n",
        '@a{b,x="{\n',
        "%",
        "a=a",
        ",",
    ],
)
def test_time_grows_with_the_size_and_not_with_its_square(unit: str) -> None:
    def run(count: int) -> None:
        read_bib(b"@misc{a,\n" + unit.encode() * count, origin="refs.bib")

    run(1000)  # imports
    grows_linearly(run, 32_000)
