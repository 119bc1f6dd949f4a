from __future__ import annotations

from pathlib import Path

import pytest

from bibkit.check import find_problems, read_library
from bibkit.check.citations import TexError
from bibkit.check.tex import read_tex
from tests.growth import grows_linearly

CITES = {
    r"\cite{a}": ["a"],
    r"\cite{a,b , c}": ["a", "b", "c"],
    "\\cite{a,\n  b,% \\cite{no}\n  c}": ["a", "b", "c"],
    r"\citep[see][p.~3]{a} \citet*{b} \Citet{c}": ["a", "b", "c"],
    r"\parencite[{p.~[5]}]{a}\autocite*{b}\textcite{c}\footfullcite{d}": ["a", "b", "c", "d"],
    r"\cites(see)()[1]{a}[2]{b}{c}": ["a", "b", "c"],
    r"\parencites{a}{b} {no}{no}": ["a", "b", "no", "no"],
    r"\nocite{*}": ["*"],
    r"\cite<see>[p.]{a} \footcite<2->{b}": ["a", "b"],
    r"\citeauthor{a} \citeyearpar{b} \citealp{c} \citetalias{d} \bstctlcite{e}": ["a", "b", "c", "d", "e"],
    r"\cite [p. 2] {a}": ["a"],
    "\\cite\n{a}": ["a"],
    r"\volcite{2}[p. 3]{a} \pvolcite[x]{1}{b}": ["a", "b"],
    r"% \cite{no}": [],
    r"50\% \cite{a}": ["a"],
    r"line\\\cite{a}": ["a"],
    r"line\\% \cite{no}": [],
    r"\verb|\cite{no}| \cite{a}": ["a"],
    "\\begin{verbatim}\n\\cite{no}\n\\end{verbatim}\\cite{a}": ["a"],
    r"\begin{comment}\cite{no}\end{comment}": [],
    r"\end{document} \cite{no}": [],
    r"\newcommand{\mycite}[1]{\cite{#1}}": [],
    r"\renewcommand\citet{x} \citestyle{nature} \setcitestyle{square} \newcites{sec}{Other}": [],
    r"\DeclareCiteCommand{\cite}{}{}{}{} \AtEveryCitekey{x} \ifciteseen{y}{n} \citeindextrue": [],
    r"\citefield{a}{title} \defcitealias{b}{Paper I}": ["a", "b"],
    r"\cite{} \cite \cite{\key}": [],
    r"\cite{never closed": [],
}  # fmt: skip


@pytest.mark.parametrize("text", CITES)
def test_what_cites(text: str) -> None:
    assert [citation.key for citation in read_tex(text).citations] == CITES[text]


def test_lines_of_citations() -> None:
    tex = read_tex("one\n% two\n\\cite{a,\n  b}\n\\begin{verbatim}\n\n\\end{verbatim}\n\\cite{c}")
    assert [(c.key, c.line) for c in tex.citations] == [("a", 3), ("b", 4), ("c", 8)]


@pytest.mark.parametrize(
    "piece",
    ["\\cite{", "\\cite[", "\\verb|", "\\begin{comment}", "\\cite{a}[", "{", "\\cite(\n", "%"],
)
def test_hostile_text_takes_linear_time(piece: str) -> None:
    grows_linearly(lambda size: read_tex(piece * (size // len(piece))), 300_000)


BIB = """@misc{used, title = {T}, crossref = {parent}}
@misc{Unused, title = {U}}
@misc{parent, title = {P}, ids = {alias}}
"""


def check(folder: Path, tex: dict[str, str], *named: str) -> list[str]:
    (folder / "refs.bib").write_text(BIB)
    for name, text in tex.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    library = read_library([folder / "refs.bib"])
    found = find_problems(library, [folder / name for name in named])
    return [str(problem).replace(f"{folder}/", "") for problem in found]


def test_undefined_and_unused_keys(tmp_path: Path) -> None:
    tex = {"main.tex": "\\cite{used}\n\\cite{nobody, unused, alias}\n\\cite{nobody}"}
    assert check(tmp_path, tex, "main.tex") == [
        "main.tex:2: undefined-key: 'nobody' is cited and not in the bibliography",
        "main.tex:2: undefined-key: 'unused' is cited and not in the bibliography, "
        "which has 'Unused': case counts for biber",
    ]
    tex = {"main.tex": "\\cite{used}"}
    assert check(tmp_path, tex, "main.tex") == [
        "refs.bib:2: unused-key: @misc 'Unused': is not cited"
    ]
    assert check(tmp_path, {"main.tex": "\\nocite{*}"}, "main.tex") == []


def test_included_files_are_read(tmp_path: Path) -> None:
    tex = {
        "main.tex": "\\include{parts/one}\\input parts",
        "parts/one.tex": "\\input{two.tex}\\cite{used}\\input{parts/one}",
        "parts/two.tex": "\\cite{Unused}",
    }
    assert check(tmp_path, tex, "main.tex") == []
    assert check(tmp_path, tex, "parts") == []


@pytest.mark.parametrize(
    "command",
    [
        "\\input{parts/one}", "\\input{./parts/one.tex}", "\\input parts/one\n", "\\include{parts/one}",
        "\\subfile{parts/one}", "\\import{parts/}{one}", "\\subimport{parts}{one.tex}",
    ],
)  # fmt: skip
def test_every_way_to_include(command: str, tmp_path: Path) -> None:
    tex = {"main.tex": command, "parts/one.tex": "\\cite{used, Unused}"}
    assert check(tmp_path, tex, "main.tex") == []


def test_what_includes_no_text(tmp_path: Path) -> None:
    tex = read_tex(
        "\\includegraphics[width=1cm]{fig}\\includeonly{a}\\inputencoding{utf8}\\input{\\jobname}"
    )
    assert tex.included == ()


def test_where_an_included_file_is_missing_nothing_is_called_unused(tmp_path: Path) -> None:
    tex = {"main.tex": "\\cite{used}\n\\input{glyphs}"}
    assert check(tmp_path, tex, "main.tex") == [
        "main.tex:2: tex-input: 'glyphs' is not found, so what is cited in it is not seen"
    ]
    tex = {"main.tex": "\\cite{used,Unused}\n\\input{glyphs}\\input{\\jobname-x}"}
    assert check(tmp_path, tex, "main.tex") == []


def test_a_bibliography_inside_the_document_defines_keys(tmp_path: Path) -> None:
    tex = {"main.tex": "\\cite{used,Unused,own,own2}\\bibitem{own} X \\bibitem[A, 2]{own2}"}
    assert check(tmp_path, tex, "main.tex") == []


def test_latin_1_and_files_that_are_not_there(tmp_path: Path) -> None:
    (tmp_path / "old.tex").write_bytes("Müller \\cite{used,Unused}".encode("latin-1"))
    assert check(tmp_path, {}, "old.tex") == []
    with pytest.raises(TexError, match="cannot be read"):
        check(tmp_path, {}, "none.tex")
