"""A fake Zotero, a folder with a .bib, and a search for the key in everything a test leaves."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from bibkit.cli import main
from tests.zotero.fake_zotero import KEY, FakeZotero


@dataclass(frozen=True)
class Run:
    code: int
    err: str

    @property
    def codes(self) -> list[str]:
        """The codes of the problem lines."""
        return [line.split(": ")[1] for line in self.err.splitlines() if line.count(": ") > 1]


Zotero = Callable[..., Run]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeZotero]:
    with FakeZotero() as running:
        for name, value in running.environment.items():
            monkeypatch.setenv(name, value)
        yield running
        assert running.complaints == []


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("ZOTERO_API_KEY", KEY)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    return folder


@pytest.fixture
def zotero(folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Iterator[Zotero]:
    """Run `bibkit zotero …`; whatever came of it holds no key."""
    caplog.set_level(logging.DEBUG)
    said: list[str] = []

    def run(*arguments: str) -> Run:
        result = CliRunner().invoke(main, ["zotero", *arguments, "-v"])
        said.append(result.output + result.stderr)
        assert result.exception is None or isinstance(result.exception, SystemExit), (
            result.exception
        )
        return Run(result.exit_code, result.stderr)

    yield run
    assert not any(KEY in text for text in said)
    assert KEY not in caplog.text
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert KEY.encode() not in path.read_bytes(), path
