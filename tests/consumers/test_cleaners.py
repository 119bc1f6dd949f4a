"""bibclean and BibTool find nothing to say, or exactly what is written here."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bibkit.emit import write
from bibkit.record import Entry
from tests.consumers.programs import need, run

pytestmark = pytest.mark.consumers

LIMIT = re.compile(r"String length exceeds standard BibTeX limit for ``(\w+)'' entry")
"""bibclean remarks on what the BibTeX of 1988 could not hold (1,000 characters) even where today's
can; lists of authors are that long, and none is ever cut."""
UNDATED = "Unexpected value in ``year = \"n.d.\"''"
"""Styles fail without a year, so one is written that says that there is none."""


def said_by_bibclean(folder: Path, entries: list[Entry]) -> list[str]:
    need("bibclean")
    (folder / "refs.bib").write_text(write(entries), encoding="utf-8")
    said = run(folder, "sh", "-c", "bibclean refs.bib >cleaned.bib").splitlines()
    return [line for line in said if line.strip()]


def test_bibclean(tmp_path: Path, entries: list[Entry]) -> None:
    said = said_by_bibclean(tmp_path, entries)
    assert [line for line in said if not LIMIT.search(line) and UNDATED not in line] == []
    undated = [entry for entry in entries if not entry.date]
    assert len([line for line in said if UNDATED in line]) == len(undated)


def test_bibclean_remarks_on_no_field_but_a_long_one(tmp_path: Path, pages: list[Entry]) -> None:
    said = said_by_bibclean(tmp_path, pages)
    assert {found[1] for line in said if (found := LIMIT.search(line))} <= {"author"}
    long = re.findall(r"^  author = .{1000,}$", write(pages), re.MULTILINE)
    assert len(set(said)) == len(long)


@pytest.mark.parametrize("format", ["bibtex", "biblatex"])
def test_bibtool(tmp_path: Path, entries: list[Entry], format: str) -> None:  # noqa: A002
    need("bibtool")
    (tmp_path / "refs.bib").write_text(write(entries, format=format), encoding="utf-8")
    types = ["-r", "biblatex"] if format == "biblatex" else []  # its list has no @online of itself
    said = run(tmp_path, "bibtool", *types, "refs.bib", "-o", "sorted.bib")
    assert said.strip() == ""
    assert (tmp_path / "sorted.bib").read_text(encoding="utf-8").count("\n@") == len(entries)
