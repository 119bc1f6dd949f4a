"""What the consumers are given: the papers of real pages, and the stress file."""

from __future__ import annotations

import pytest

from bibkit import build
from bibkit.merge.citekey import assign_keys
from bibkit.record import Entry
from tests.conftest import ROOT
from tests.consumers.stress import everything


@pytest.fixture(scope="session")
def pages() -> list[Entry]:
    """The papers of the three shared pages; where those are absent, of the project's own."""
    shared = sorted((ROOT.parent / "shared" / "listings").glob("*.txt"))
    own = [ROOT / "examples" / name for name in ("daily-papers.txt", "reading-list.txt")]
    return list(build("-", [str(page) for page in shared or own], offline=True).added)


@pytest.fixture(scope="session")
def entries(pages: list[Entry]) -> list[Entry]:
    """All of them, the stress file behind the pages."""
    taken = [entry.citation_key for entry in pages]
    return [*pages, *assign_keys(everything(), taken=taken)]
