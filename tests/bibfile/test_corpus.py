"""Every kind of nasty .bib file that labs have: read whole, and never harmed by an addition."""

from __future__ import annotations

import subprocess
from pathlib import Path
from shutil import which

import pytest

from bibkit.bibfile import append, read_bib
from bibkit.bibfile.bib_file import BibFile
from bibkit.errors import OutputError

DATA = Path(__file__).resolve().parents[1] / "data" / "bibfile"
NEW = (
    "@misc{new2024thing,\n  title = {A New Thing},\n  author = {Doe, Jane},\n  year = {2024},\n}\n"
)

READ: dict[str, tuple[list[str], list[str]]] = {
    # file: (citation keys in order, codes of the problems)
    "acl_anthology": (["devlin-etal-2019-bert"], []),
    "ads": (["2016PhRvL.116f1102A"], []),
    "al_folio": (["yuan2024asvd"], []),
    "aligned_tabs": (["tab1", "align2"], []),
    "at_in_value": (["decorated1", "vaswani2017attention"], []),
    "at_signs": (["at1"], []),
    "backslashes": (["b1", "b2", "b3", "b4", "b5"], ["broken-entry", "broken-entry"]),
    "bare_comment": (["vaswani2017attention", "comm1"], []),
    "bibdesk": (["Key:2010/x"], []),
    "biblatex": (["mit", "coll", "part", "both", "web"], []),
    "blank_lines": ([], []),
    "bom_inside": (["vaswani2017attention", "joined2"], []),
    "comma_first": (["first1", "first2"], []),
    "commented_out": (["hidden3", "vaswani2017attention"], []),
    "concatenation": (["cat1"], []),
    "control_chars": (["ctrl1", "ctrl2"], []),
    "cp1252": (["dash1"], []),
    "cr_only": (["vaswani2017attention", "devlin2019bert"], []),
    "crlf": (["vaswani2017attention", "devlin2019bert"], []),
    "crossref": (["child", "parent"], []),
    "crossref_loop": (["a", "b", "c", "d", "e"], []),
    "dblp": (["DBLP:journals/corr/abs-2005-14165"], []),
    "deep_braces": (["deep1"], []),
    "duplicate_field": (["vaswani2017attention"], ["duplicate-field", "duplicate-field"]),
    "duplicate_key": (
        ["vaswani2017attention", "Vaswani2017Attention", "vaswani2017attention"],
        ["duplicate-key", "duplicate-key"],
    ),
    "empty": ([], []),
    "empty_key": (["", ""], ["broken-entry", "broken-entry"]),
    "empty_values": (["void1", "vaswani2017attention"], ["broken-entry"]),
    "extra_brace": (["vaswani2017attention", "devlin2019bert"], []),
    "front_matter": (["PhysRev.47.777"], []),
    "front_matter_crlf": (["fm1"], []),
    "gbk": (["zhang2019"], []),
    "google_scholar": (["he2016deep"], []),
    "html_and_urls": (["html1"], []),
    "html_page": (["pre1"], []),
    "jabref": (["vaswani2017attention"], []),
    "latin1": (["mueller2020ueber"], []),
    "lisp_closing": (["lisp1", "lisp2"], []),
    "macro_order": (["late1", "late2"], []),
    "macros": (["radford2021"], []),
    "mendeley": (["Devlin2018"], []),
    "merge_conflict": (["both1", "ours2", "theirs3"], ["broken-entry", "duplicate-field"]),
    "missing_brace_entry": (["broken2", "vaswani2017attention"], ["broken-entry"]),
    "missing_brace_value": (["broken1", "vaswani2017attention"], ["broken-entry"]),
    "missing_commas": (["key1", "key2"], ["broken-entry", "broken-entry"]),
    "missing_quote": (["broken3", "vaswani2017attention"], ["broken-entry"]),
    "mixed_newlines": (["vaswani2017attention", "devlin2019bert"], []),
    "nested_entry": (["outer1", "vaswani2017attention"], []),
    "no_final_newline": (["vaswani2017attention", "devlin2019bert"], []),
    "no_keys": (["", ""], ["broken-entry", "broken-entry"]),
    "numbers": (["2020"], []),
    "odd_blanks": (["nbsp1", "sep2"], []),
    "odd_equals": (["eq1", "vaswani2017attention"], ["broken-entry"]),
    "odd_starts": (["spaced1", "newline2", "dash3", "same4", "indented5"], []),
    "one_line": (["l1", "l2", "l3"], []),
    "only_comments": ([], []),
    "paren_entries": (["paren1", "paren2"], []),
    "percent_inside": (["withcomments"], []),
    "plain": (["vaswani2017attention", "devlin2019bert"], []),
    "preamble_tex": (["vaswani2017attention"], []),
    "prose": (["vaswani2017attention"], []),
    "quotes": (["quote1"], []),
    "semicolons": (["semi1;", "vaswani2017attention"], ["broken-entry"]),
    "smart_quotes": (["smart1", "vaswani2017attention"], ["broken-entry"]),
    "stray_commas": (["comma1", "comma2"], []),
    "tex_traps": (["tex1"], []),
    "unbraced": (["unbraced1"], ["broken-entry"]),
    "undefined_macros": (["a1"], []),
    "unicode_keys": (["мюллер2020", "key with blanks", "it's(1)+x:y/z"], []),
    "upper_case": (["BREIMAN2001"], []),
    "utf16_be_crlf": (["mueller2020ueber"], []),
    "utf16_be_no_bom": (["mueller2020ueber"], []),
    "utf16_le": (["mueller2020ueber"], []),
    "utf16_no_bom": (["mueller2020ueber"], []),
    "utf32": (["mueller2020ueber"], []),
    "utf32_be": (["mueller2020ueber"], []),
    "utf8_bom": (["vaswani2017attention", "devlin2019bert"], []),
    "utf8_with_bad_byte": (["mueller2020ueber", "vaswani2017attention"], ["encoding"]),
    "zotero": (["vaswani_attention_2017"], []),
}
OPEN = {
    # file: (citation keys, the line of the block that is never closed)
    "open_comment": (["vaswani2017attention"], 1),
    "open_entry": (["vaswani2017attention", "open2"], 9),
    "open_paren": (["vaswani2017attention", "open4"], 9),
    "open_preamble": (["vaswani2017attention"], 8),
    "open_quote": (["vaswani2017attention", "open3"], 9),
    "open_string": (["vaswani2017attention"], 8),
    "open_value": (["vaswani2017attention", "open1"], 9),
}
REFUSED = {"utf16_cut"}


def read(name: str) -> BibFile:
    return read_bib((DATA / f"{name}.bib").read_bytes(), origin=f"{name}.bib")


def test_every_file_of_the_corpus_is_in_a_table() -> None:
    assert {path.stem for path in DATA.glob("*.bib")} == {*READ, *OPEN, *REFUSED}


@pytest.mark.parametrize("name", READ)
def test_entries_and_problems(name: str) -> None:
    bib = read(name)
    keys, problems = READ[name]
    assert [entry.key for entry in bib.entries] == keys
    assert [problem.code for problem in bib.problems] == problems
    assert all(problem.origin.startswith(f"{name}.bib:") for problem in bib.problems)
    assert {key for key in keys if key} <= bib.keys
    assert bib.open_end is None


@pytest.mark.parametrize("name", [*READ, *OPEN])
def test_blocks_cover_every_byte(name: str) -> None:
    bib = read(name)
    joined = "".join(bib.text[block.start : block.end] for block in bib.blocks)
    assert bib.encoding.bom + bib.encoding.encode(joined) == bib.data


@pytest.mark.parametrize("name", READ)
def test_addition_keeps_every_byte_and_is_read_back(name: str) -> None:
    bib = read(name)
    data = append(bib, NEW)
    assert data.startswith(bib.data)
    after = read_bib(data, origin=f"{name}.bib")
    assert after.entries[:-1] == bib.entries
    assert after.entries[-1].fields == {
        "title": "A New Thing", "author": "Doe, Jane", "year": "2024",
    }  # fmt: skip
    assert after.encoding == bib.encoding
    added = after.text[len(bib.text) :]
    if bib.text.strip():
        assert added.replace(bib.newline, "\n").rstrip("\n").endswith(NEW.rstrip("\n"))
        assert added.endswith(bib.newline)
        assert added.count("\n") + added.count("\r") == added.count(bib.newline) * len(bib.newline)


@pytest.mark.parametrize("name", READ)
def test_addition_stands_after_one_blank_line(name: str) -> None:
    bib = read(name)
    text = read_bib(append(bib, NEW), origin="x").text.replace("\r\n", "\n").replace("\r", "\n")
    before = text[: text.index("@misc{new2024thing")]
    assert not before.strip() or before == before.rstrip("\n") + "\n\n"


@pytest.mark.parametrize("name", OPEN)
def test_nothing_is_added_after_an_open_end(name: str) -> None:
    bib = read(name)
    keys, line = OPEN[name]
    assert [entry.key for entry in bib.entries] == keys
    with pytest.raises(OutputError) as caught:
        append(bib, NEW)
    assert str(caught.value).startswith(f"{name}.bib:{line}: broken-entry: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_is_no_text_is_refused(name: str) -> None:
    with pytest.raises(OutputError, match=rf"^{name}\.bib: encoding: "):
        read(name)


def test_values_that_others_lose() -> None:
    fields = {entry.key: entry.fields for name in READ for entry in read(name).entries}
    assert fields["b1"] == {"title": "Ends in a Backslash\\\\", "year": "2020"}
    assert fields["b2"] == {"title": "a\\\\", "year": "2024"}
    assert fields["b3"] == {"title": "Set \\{ of", "year": "2021"}
    assert fields["b4"] == {"title": "Set \\} of", "year": "2022"}
    assert fields["broken1"] == {"title": "Never Closed", "year": "2003"}
    assert fields["broken3"] == {"title": "Never Closed", "year": "2003"}
    assert fields["key2"]["doi"] == "10.1000/xyz"
    assert fields["withcomments"] == {"title": "The New Title", "year": "2011"}
    assert fields["radford2021"]["journal"] == "CoRR abs/2103.00020"
    assert fields["a1"]["journal"] == "unknown of things"
    assert fields["paren1"]["note"] == "closing ) inside quotes"
    assert fields["mueller2020ueber"]["author"] == "Müller, Jörg"
    assert fields["PhysRev.47.777"]["selected"] == "true"
    assert fields["cat1"] == {
        "journal": "arXiv preprint arXiv:1706.03762 v5", "month": "10~jan", "year": "2017",
    }  # fmt: skip
    assert fields["late1"]["journal"] == "Defined Later"
    assert fields["late2"]["journal"] == "Defined Again"
    assert fields["decorated1"] == {
        "abstract": "A decorator looks so: @misc{decoy, x} and ends.", "year": "2020",
    }  # fmt: skip
    assert fields["outer1"]["bibtex"] == "@article{inner1, title = {Inner} }"
    assert fields["both1"] == {"title": "Merged by Two", "year": "2020"}
    assert fields["deep1"]["note"] == 'x {y {z {"quoted"}}}'
    assert fields["semi1;"] == {"title": "Ends in a Semicolon", "year": "2020"}
    assert fields["nbsp1"] == {"title": "Non-breaking Blanks", "year": "2020"}
    assert fields["2020"]["pages"] == "10--12"
    assert fields["align2"]["publisher"] == "Press"


def test_keys_in_comments_and_values_are_taken() -> None:
    assert "inner1" in read("nested_entry").keys
    assert {"hidden1", "hidden2", "hidden3"} <= read("commented_out").keys


def test_the_first_of_a_repeated_field_counts() -> None:
    assert read("duplicate_field").entries[0].fields["year"] == "2017"


@pytest.mark.consumers
@pytest.mark.skipif(which("bibtex") is None, reason="BibTeX is not installed")
@pytest.mark.parametrize("name", READ)
def test_bibtex_finds_what_was_added(name: str, tmp_path: Path) -> None:
    bib = read(name)
    if bib.encoding.name.startswith(("utf-16", "utf-32")) or bib.newline == "\r":
        pytest.skip("BibTeX reads neither UTF-16 nor lines that end in CR")
    (tmp_path / "refs.bib").write_bytes(append(bib, NEW))
    (tmp_path / "main.aux").write_text(
        "\\relax\n\\citation{new2024thing}\n\\bibstyle{plain}\n\\bibdata{refs}\n"
    )
    subprocess.run(["bibtex", "main"], cwd=tmp_path, capture_output=True, check=False)
    found = (tmp_path / "main.bbl").read_text(errors="replace")
    assert "\\bibitem{new2024thing}" in found
    assert "A new thing" in found


def test_what_stands_in_parentheses_is_found_at_the_start_of_a_line() -> None:
    assert [block.kind for block in read("preamble_tex").blocks][:4] == [
        "preamble", "text", "preamble", "text",
    ]  # fmt: skip
    damaged = read_bib(b"see @article (for help)\n@Article(o'k{,\n title = 1\n)\n", origin="x")
    assert [entry.line for entry in damaged.entries] == [2]
    assert [problem.code for problem in damaged.problems] == ["broken-entry"]
