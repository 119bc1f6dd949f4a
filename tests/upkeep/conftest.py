from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sources.fake_publications import FakePublications
from tests.sources.fake_services import FakeServices
from tests.upkeep.lab import PAPERS, Lab

TOML = """\
[bibliography]
output = "refs.bib"
listings = ["pages/*"]
"""


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    """A folder with a bibkit.toml and three papers on a page, not yet synced."""
    folder = tmp_path / "lab"
    (folder / "pages").mkdir(parents=True)
    (folder / "bibkit.toml").write_text(TOML)
    monkeypatch.chdir(folder)
    with FakeServices(papers=PAPERS) as services, FakePublications(versions=()) as publications:
        for name, value in {**services.environment, **publications.environment}.items():
            monkeypatch.setenv(name, value)
        lab = Lab(folder, services, publications)
        lab.page(*(paper.title for paper in PAPERS), name="first.txt")
        yield lab
