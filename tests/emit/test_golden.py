"""What the writers write, byte for byte; BIBKIT_UPDATE_GOLDEN=1 writes it anew, for review."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bibkit.emit import write
from bibkit.record import Entry

GOLDEN = Path(__file__).parents[1] / "golden"
FILES = {
    "bibtex": "emit.bib",
    "biblatex": "emit-biblatex.bib",
    "csl-json": "emit.json",
    "ris": "emit.ris",
    "zotero-rdf": "emit.rdf",
    "markdown": "emit.md",
    "html": "emit.html",
}


@pytest.mark.parametrize("format", FILES)
def test_golden(papers: list[Entry], format: str) -> None:  # noqa: A002
    text = write(papers, format=format)
    path = GOLDEN / FILES[format]
    if os.environ.get("BIBKIT_UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8", newline="\n")
    assert text == path.read_text(encoding="utf-8")
