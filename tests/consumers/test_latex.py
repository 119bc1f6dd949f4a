"""What BibTeX and LaTeX say of what the writers write: nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bibkit.emit import ArxivStyle, WriteOptions, losses, write
from bibkit.record import Entry
from bibkit.text.visible import visible
from tests.consumers.programs import need, run
from tests.consumers.stress import TITLES, titled

pytestmark = pytest.mark.consumers

STYLES = (
    "plain", "alpha", "apalike", "plainnat", "unsrtnat", "acl_natbib", "ieeetr", "IEEEtran",
    "ACM-Reference-Format", "splncs04",
)  # fmt: skip
NATBIB = frozenset({"plainnat", "unsrtnat", "acl_natbib", "ACM-Reference-Format", "apalike"})
CLASSES = {"splncs04": "llncs"}
"""A style whose macros its own class defines: `article` would print a DOI's `_` as TeX."""
SAID_BY_BIBTEX = re.compile(
    r"warning|error|illegal|repeated|expecting|skipping|couldn.t|missing|too big", re.I
)
NOT_KNOWN = re.compile(
    r"empty (?:publisher|address|author) in|no number and no volume in|warnings\)"
)
"""What ACM's style misses of papers of which nobody told bibkit more."""
SAID_BY_LATEX = re.compile(
    r"^! .*|.*(?:LaTeX|Package \w+|pdfTeX) [Ww]arning.*|Missing character.*|Undefined control.*",
    re.M,
)
HARMLESS = re.compile(
    r"Label\(s\) may have changed|Font shape|There were undefined|Citation\(s\) may|Biber reported"
)
SETTINGS: list[tuple[str, ArxivStyle]] = [
    *((style, "misc") for style in STYLES),
    ("plain", "article"), ("plain", "howpublished"), ("IEEEtran", "article"), ("ieeetr", "howpublished"),
]  # fmt: skip


def document(entries: Sequence[Entry], style: str, packages: str, bibliography: str) -> str:
    cited = "\n".join(f"Work~\\cite{{{entry.citation_key}}}." for entry in entries)
    return (
        f"\\documentclass{{{CLASSES.get(style, 'article')}}}\\usepackage[T1]{{fontenc}}"
        f"\\usepackage[utf8]{{inputenc}}\\usepackage{{lmodern}}{packages}\\usepackage{{hyperref}}"
        f"\\begin{{document}}\n{cited}\n{bibliography}\n\\end{{document}}\n"
    )


def compiled(folder: Path, program: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the lines of BibTeX or biber, and what LaTeX complains of."""
    latex = ("pdflatex", "-interaction=nonstopmode", "main")
    run(folder, *latex)
    said = run(folder, *program, "main").splitlines()
    for _ in range(2):
        run(folder, *latex)
    assert (folder / "main.pdf").stat().st_size > 10_000
    log = (folder / "main.log").read_text(encoding="utf-8", errors="replace")
    return said, [line for line in SAID_BY_LATEX.findall(log) if not HARMLESS.search(line)]


@pytest.mark.parametrize(("style", "arxiv_style"), SETTINGS)
def test_bibtex(tmp_path: Path, entries: list[Entry], style: str, arxiv_style: ArxivStyle) -> None:
    need("pdflatex", "bibtex", "kpsewhich")
    if not run(tmp_path, "kpsewhich", f"{style}.bst").strip():
        pytest.skip(f"the style {style} is not installed (TeX Live's Debian packages lack ACL's)")
    authored = [e for e in entries if e.authors or arxiv_style != "article"]
    text = write(authored, options=WriteOptions(arxiv_style=arxiv_style))
    (tmp_path / "refs.bib").write_text(text, encoding="utf-8")
    natbib = "\\usepackage[numbers]{natbib}" if style in NATBIB else ""
    amsmath = (
        "" if style in CLASSES else "\\usepackage{amsmath}"
    )  # the class has a \\vec of its own
    packages = f"\\usepackage{{url}}{amsmath}{natbib}"
    ending = f"\\bibliographystyle{{{style}}}\\bibliography{{refs}}"
    (tmp_path / "main.tex").write_text(document(authored, style, packages, ending), "utf-8")
    said, noticed = compiled(tmp_path, ["bibtex"])
    complaints = [line for line in said if SAID_BY_BIBTEX.search(line)]
    if style == "ACM-Reference-Format":
        complaints = [line for line in complaints if not NOT_KNOWN.search(line)]
    assert (complaints, noticed) == ([], [])


def test_every_style_is_content_with_preprints(tmp_path: Path, pages: list[Entry]) -> None:
    """ACM's too: what it misses above is missing of published papers alone."""
    need("pdflatex", "bibtex", "kpsewhich")
    for style in STYLES:
        if not run(tmp_path, "kpsewhich", f"{style}.bst").strip():
            continue
        aux = f"\\citation{{*}}\n\\bibstyle{{{style}}}\n\\bibdata{{refs}}\n"
        (tmp_path / "main.aux").write_text(aux)
        (tmp_path / "refs.bib").write_text(write(pages), encoding="utf-8")
        said = run(tmp_path, "bibtex", "main").splitlines()
        assert [line for line in said if SAID_BY_BIBTEX.search(line)] == []


@pytest.mark.parametrize("style", ["plain", "IEEEtran"])
def test_ascii(tmp_path: Path, entries: list[Entry], style: str) -> None:
    need("pdflatex", "bibtex")
    text = write(entries, options=WriteOptions(ascii=True))
    (tmp_path / "refs.bib").write_text(text, encoding="ascii")
    ending = f"\\bibliographystyle{{{style}}}\\bibliography{{refs}}"
    packages = "\\usepackage{url,amsmath}"
    (tmp_path / "main.tex").write_text(document(entries, style, packages, ending), "ascii")
    said, noticed = compiled(tmp_path, ["bibtex"])
    assert ([line for line in said if SAID_BY_BIBTEX.search(line)], noticed) == ([], [])


@pytest.mark.parametrize("format", ["bibtex", "biblatex"])
def test_every_character_that_is_not_kept_is_named(format: str) -> None:  # noqa: A002
    """Kept is also what Unicode calls equivalent, and a hyphen that was a finer one."""
    unnamed = {}
    for entry, read in titled(TITLES):
        title = visible(entry.title)
        told = "".join(problem.message for problem in losses([replace(entry, authors=())], format))
        missing = {c for c in title if not c.isascii() and c not in read and c not in told}
        missing -= {c for c in missing if c in "‐‑−" or unicodedata.normalize("NFKC", c) in read}
        if missing:
            unnamed[title] = missing
    assert unnamed == {}
