"""BibTeX itself prints the same of a file before and after: by every rule that is not meant to show."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from bibkit.bibfile import read_bib
from bibkit.fmt import choose, format_bib

pytestmark = [
    pytest.mark.consumers,
    pytest.mark.skipif(not shutil.which("bibtex"), reason="BibTeX is not installed"),
]
DATA = Path(__file__).resolve().parents[1] / "data" / "bibfile"
SAMPLE = r"""@string{cacm = "Communications of the {ACM}"}
@preamble{"\newcommand{\noopsort}[1]{}"}
% comments are nothing to BibTeX
@Article{Knuth:84, Author="Donald E. Knuth and Ludwig van Beethoven and {Barnes and Noble}",
   Title = "Literate {P}rogramming",  journal = cacm # ", Series~{A}",
   volume = 27, NUMBER = {2}, pages = {97-111, 120}, year = 1984, month = {May}, note = {} }
@inproceedings(lamport, crossref = {conf}, author = {Leslie Lamport and Jean de La Fontaine du Bois and others},
  title = {On {$\TeX$} \& {\'E}tudes}, pages = "1--10", doi = {https://doi.org/10.1145/1234.5678})
@phdthesis{diaz, title = {{A Whole Title}}, author = {Mar{\'\i}a D{\'\i}az and Charles Louis Xavier Joseph
    de la Vall{\'e}e Poussin and King, Jr., Martin Luther}, school = {ETH}, year = {{\noopsort{b}}1999}, month = jan # "~1",}
@misc{nobody, key = {Nobody}, title = {No Author}, howpublished = {\url{http://a.org/b_c%20d}}, year = 2001, url = ""}
@book{multi, editor = {Donald~E. Knuth and {\"U}ber {\'A}. Gro{\ss} and {\relax Ch}ristopher Doe}, title = {Volume One},
  publisher = {Addison{-}Wesley}, year = 1999, series = {S}, volume = 4, edition = {Second}}
@proceedings{conf, title = {Proc.\ of the 10th Conf.}, booktitle = {Proc.\ of the 10th Conf.}, editor = {Ann Editor}, year = 1990}
"""
UNSEEN = choose(["all"], ["capitals", "arxiv", "title-braces"])


def printed(folder: Path, data: bytes, style: str) -> list[str]:
    """Return the bibliography that BibTeX makes of all entries, its blanks aside."""
    (folder / "refs.bib").write_bytes(data)
    aux = f"\\citation{{*}}\n\\bibstyle{{{style}}}\n\\bibdata{{refs}}\n"
    (folder / "paper.aux").write_text(aux)
    done = subprocess.run(["bibtex", "-terse", "paper"], cwd=folder, capture_output=True)
    assert done.returncode in (0, 1), done.stdout
    return sorted(" ".join((folder / "paper.bbl").read_text("latin-1").split()).split(r"\bibitem"))


@pytest.mark.parametrize("style", ["plain", "alpha", "ieeetr"])
@pytest.mark.parametrize("rules", [choose(["default"]), UNSEEN], ids=["default", "all"])
def test_the_bibliography_is_the_same(tmp_path: Path, style: str, rules: tuple[str, ...]) -> None:
    result = format_bib(read_bib(SAMPLE.encode(), origin="refs.bib"), rules)
    assert result.changed
    assert not result.problems
    before = printed(tmp_path, SAMPLE.encode(), style)
    assert len(before) > 6
    assert printed(tmp_path, result.data, style) == before


def real_files() -> list[Path]:
    """Return files of TeX Live, where it is."""
    names = ["xampl.bib", "IEEEexample.bib", "texnique.bib", "type.bib", "nostarch.bib"]
    if not shutil.which("kpsewhich"):
        return []
    found = subprocess.run(["kpsewhich", *names], capture_output=True, text=True).stdout.split()
    return [Path(name) for name in found]


@pytest.mark.parametrize("path", real_files(), ids=lambda path: path.stem)
def test_the_bibliographies_of_real_files_are_the_same(tmp_path: Path, path: Path) -> None:
    data = path.read_bytes()
    for rules in (choose(["default"]), UNSEEN):
        result = format_bib(read_bib(data, origin=path.name), rules)
        assert printed(tmp_path, result.data, "plain") == printed(tmp_path, data, "plain")
