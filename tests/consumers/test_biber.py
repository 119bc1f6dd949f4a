"""What biber and LaTeX say of what the writers write: nothing. A file of its own: the slowest."""

from __future__ import annotations

from pathlib import Path

import pytest

from bibkit.emit import write
from bibkit.record import Entry
from tests.consumers.programs import need
from tests.consumers.test_latex import compiled, document

pytestmark = pytest.mark.consumers


@pytest.mark.parametrize("format", ["bibtex", "biblatex"])
def test_biblatex(tmp_path: Path, entries: list[Entry], format: str) -> None:  # noqa: A002
    need("pdflatex", "biber")
    dated = [entry for entry in entries if entry.date]  # the data model wants a year of everyone
    (tmp_path / "refs.bib").write_text(write(dated, format=format), encoding="utf-8")
    packages = "\\usepackage[backend=biber,style=numeric,maxbibnames=99]{biblatex}\\addbibresource{refs.bib}"
    text = document(dated, "", packages, "\\printbibliography")
    (tmp_path / "main.tex").write_text(text, encoding="utf-8")
    # The data model knows no `code` and, beside `eprinttype`, no `archiveprefix`: only a validation
    # mentions them, so the flavour made for biber is validated without the first.
    validate = ["--validate-datamodel"] if format == "biblatex" else []
    said, noticed = compiled(tmp_path, ["biber", *validate])
    warnings = [line for line in said if line.startswith(("WARN", "ERROR"))]
    assert [line for line in warnings if "Field 'code'" not in line] == []
    assert noticed == []
