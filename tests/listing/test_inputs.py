from __future__ import annotations

from pathlib import Path

import pytest

from bibkit.listing.inputs import collect


@pytest.mark.parametrize("name", ["page.md", "page.markdown", "PAGE.MARKDOWN", "page.txt", "page"])
def test_a_folder_gives_the_pages_in_it(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("A title\n", "utf-8")
    (tmp_path / "refs.bib").write_text("@misc{a}\n", "utf-8")
    assert [page.origin for page in collect([str(tmp_path)])] == [str(tmp_path / name)]
