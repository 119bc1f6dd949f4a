from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bibkit.catalog import import_snapshot, open_catalog
from bibkit.catalog.linking import LinkReport, import_links
from bibkit.cli import main
from bibkit.errors import CatalogError
from bibkit.record import Link
from bibkit.resolve import Query

ROWS = [
    {"paper_arxiv_id": "2402.02370", "repo_url": "https://github.com/thuml/AutoTimes", "is_official": True},
    {"paper_arxiv_id": "2402.02370", "repo_url": "https://github.com/fan/copy", "is_official": False, "mentioned_in_paper": False},
    {"paper_arxiv_id": "2402.02370v2", "repo_url": "https://github.com/thuml/AutoTimes.git", "mentioned_in_paper": True},
    {"paper_arxiv_id": "2101.00001", "repo_url": "https://github.com/a/b", "is_official": True},
    {"paper_arxiv_id": None, "repo_url": "https://github.com/a/b", "is_official": True},
    {"paper_arxiv_id": "2402.02370", "repo_url": "javascript:alert(1)", "is_official": True},
    {"paper_arxiv_id": "2402.02370", "repo_url": "https://github.com/x/Awesome-Papers", "is_official": True},
    "no row",
]  # fmt: skip


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    line = {
        "id": "2402.02370",
        "title": "AutoTimes: Autoregressive Time Series Forecasters",
        "authors": "Yong Liu",
    }
    snapshot = tmp_path / "snapshot.jsonl"
    snapshot.write_text(json.dumps(line) + "\n")
    import_snapshot([snapshot], tmp_path / "catalog.sqlite")
    return tmp_path / "catalog.sqlite"


@pytest.mark.parametrize("packed", [False, True])
def test_own_repositories_are_added_once(packed: bool, catalog: Path, tmp_path: Path) -> None:
    file = tmp_path / "links.json"
    data = json.dumps(ROWS).encode()
    file.write_bytes(gzip.compress(data) if packed else data)
    assert import_links(file, catalog) == LinkReport(added=1, unchanged=0, absent=1, left_out=5)
    assert import_links(file, catalog) == LinkReport(added=0, unchanged=1, absent=1, left_out=5)
    with open_catalog(catalog) as opened:
        (answer,) = opened.find([Query(arxiv_id="2402.02370")])
    assert answer.papers[0].links == (Link("https://github.com/thuml/AutoTimes", "code"),)


@pytest.mark.parametrize("data", [b"", b"{}", b"[", b"\x1f\x8bno gzip", b"[" * 100_000])
def test_what_is_no_file_of_links_changes_nothing(
    data: bytes, catalog: Path, tmp_path: Path
) -> None:
    file, before = tmp_path / "links.json", catalog.read_bytes()
    file.write_bytes(data)
    with pytest.raises(CatalogError) as caught:
        import_links(file, catalog)
    assert str(caught.value).startswith(f"{file}: catalog: is no JSON")
    assert catalog.read_bytes() == before


def test_a_catalogue_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    file = tmp_path / "links.json"
    file.write_text("[]")
    with pytest.raises(CatalogError, match="no such catalogue"):
        import_links(file, tmp_path / "none.sqlite")
    assert not (tmp_path / "none.sqlite").exists()


def test_the_command_says_what_it_did(catalog: Path, tmp_path: Path) -> None:
    file = tmp_path / "links.json"
    file.write_text(json.dumps(ROWS))
    run = CliRunner().invoke(
        main, ["catalog", "import-links", str(file), "--catalog", str(catalog)]
    )
    assert run.exit_code == 0
    assert (
        "papers that got a code link: 1, had it: 0, not in the catalogue: 1; rows left out: 5"
        in run.stderr
    )


def test_what_is_official_comes_before_what_is_mentioned(catalog: Path, tmp_path: Path) -> None:
    file = tmp_path / "links.json"
    rows = [
        {"paper_arxiv_id": "2402.02370", "repo_url": "https://github.com/lab/tool", "is_official": False, "mentioned_in_paper": True},
        {"paper_arxiv_id": None, "paper_url_abs": "http://arxiv.org/abs/2402.02370v1", "repo_url": "https://github.com/lab/own", "is_official": True},
    ]  # fmt: skip
    file.write_text(json.dumps(rows))
    assert import_links(file, catalog).added == 1
    with open_catalog(catalog) as opened:
        (answer,) = opened.find([Query(arxiv_id="2402.02370")])
    assert [link.url for link in answer.papers[0].links] == [
        "https://github.com/lab/own", "https://github.com/lab/tool",
    ]  # fmt: skip
