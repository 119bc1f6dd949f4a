"""Fixtures for all tests: the shared real data, and a home of its own for every test."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("bibkit", deadline=None)  # a busy machine is no failure
settings.register_profile("ci", deadline=None, derandomize=True)  # one commit, one verdict
settings.load_profile("ci" if os.environ.get("CI") else "bibkit")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The large real data beside the project; tests that need it skip where it is absent."""
    folder = ROOT.parent / "shared"
    if not (folder / "listings").is_dir():
        pytest.skip("the shared real data is not beside the project")
    return folder


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep every test away from the user's catalogue and cache."""
    home = tmp_path_factory.mktemp("home") / "bibkit"
    monkeypatch.setenv("BIBKIT_HOME", str(home))
    services = (
        "ARXIV_API",
        "ARXIV_OAI",
        "HF_API",
        "DBLP",
        "CROSSREF",
        "ZOTERO_API",
        "ZOTERO_LOCAL",
    )
    for name in ("CATALOG", *services, "PRIVATE_HOSTS"):
        monkeypatch.delenv(f"BIBKIT_{name}", raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    return home
