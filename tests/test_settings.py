"""bibkit.toml: what it says, from where, and a clear line for everything that makes no sense."""

from __future__ import annotations

from pathlib import Path

import pytest

from bibkit.errors import ConfigError
from bibkit.settings import Settings, read_settings

FULL = """\
[bibliography]
output = "refs.bib"
listings = ["listings/*.txt", "https://huggingface.co/papers/date/2025-10-24", "2402.12345"]
key_pattern = "{auth}{year}"
code_field = "code"
[sources]
contact = "lab@example.org"
[zotero]
library = "groups/12345"
collection = "Related work"
"""


def test_found_upwards_and_relative_to_its_folder(tmp_path: Path) -> None:
    (tmp_path / "bibkit.toml").write_text(FULL, "utf-8")
    deep = tmp_path / "paper" / "sections"
    deep.mkdir(parents=True)
    assert read_settings(deep) == Settings(
        path=tmp_path / "bibkit.toml",
        output=str(tmp_path / "refs.bib"),
        listings=(
            str(tmp_path / "listings/*.txt"),
            "https://huggingface.co/papers/date/2025-10-24",
            "2402.12345",
        ),
        key_pattern="{auth}{year}",
        code_field="code",
        contact="lab@example.org",
        zotero_library="groups/12345",
        zotero_collection="Related work",
    )


def test_no_file_is_no_setting(tmp_path: Path) -> None:
    assert read_settings(tmp_path) == Settings()


def test_a_byte_order_mark_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "bibkit.toml").write_bytes(b"\xef\xbb\xbf" + FULL.encode())
    assert read_settings(tmp_path).contact == "lab@example.org"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("[bibliography]\noutptu = 'x.bib'\n", 2, "did you mean 'output'?"),
        ("[bibliograhy]\noutput = 'x.bib'\n", 1, "did you mean 'bibliography'?"),
        ("[sources]\n\nmail = 'x'\n", 3, "there are contact"),
        ("[zotero]\napi_key = 'P9NiFoyLeZu2bZNvvuQPDWsd'\n", 2, "ZOTERO_API_KEY"),
    ],
)
def test_unknown_names(tmp_path: Path, text: str, line: int, said: str) -> None:
    path = tmp_path / "bibkit.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigError) as caught:
        read_settings(tmp_path)
    assert str(caught.value).startswith(f"{path}:{line}: unknown-setting: ")
    assert said in caught.value.message
    assert "P9NiFoyLeZu2bZNvvuQPDWsd" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "[bibliography",
        "bibliography = 3",
        "[bibliography]\noutput = 3",
        "[bibliography]\nlistings = 'x'",
    ],
)
def test_what_makes_no_sense(tmp_path: Path, text: str) -> None:
    (tmp_path / "bibkit.toml").write_text(text, "utf-8")
    with pytest.raises(ConfigError):
        read_settings(tmp_path)
