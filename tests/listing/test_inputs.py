from __future__ import annotations

from pathlib import Path

import pytest

from bibkit.listing.inputs import collect


@pytest.mark.parametrize("name", ["page.md", "page.markdown", "PAGE.MARKDOWN", "page.txt", "page"])
def test_a_folder_gives_the_pages_in_it(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("A title\n", "utf-8")
    (tmp_path / "refs.bib").write_text("@misc{a}\n", "utf-8")
    assert [page.origin for page in collect([str(tmp_path)])] == [str(tmp_path / name)]


def test_a_folder_gives_exported_references_but_not_its_bib(tmp_path: Path) -> None:
    names = ["a.ris", "b.nbib", "c.enw", "d.ciw", "e.csv", "f.tsv", "g.txt", "refs.bib", "x.pdf"]
    for name in names:
        (tmp_path / name).write_text("text")
    found = [Path(page.origin).name for page in collect([str(tmp_path)])]
    assert found == names[:7]


def test_a_bib_file_is_read_when_named(tmp_path: Path) -> None:
    path = tmp_path / "refs.bib"
    path.write_text("@misc{k}")
    assert [page.data for page in collect([str(path)])] == [b"@misc{k}"]
