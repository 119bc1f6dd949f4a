"""The key is in one header, and nowhere else: not in files, logs, tracebacks or reprs."""

from __future__ import annotations

import pickle
import subprocess
import sys
import traceback
from pathlib import Path

import pytest

from bibkit.errors import BibkitError, ConfigError
from bibkit.sources import Web
from bibkit.sources.zotero_api import open_library
from bibkit.sources.zotero_key import zotero_key
from bibkit.sources.zotero_wire import Secret
from tests.conftest import ROOT
from tests.zotero.conftest import Zotero
from tests.zotero.fake_zotero import KEY, FakeZotero, hang_up, status
from tests.zotero.test_push import BIB


def all_that_frames_hold(error: BaseException) -> str:
    """Return a traceback as the most talkative tools print it: with all variables."""
    told: list[str] = []
    seen: list[BaseException | None] = [error, error.__cause__, error.__context__]
    for one in filter(None, seen):
        told.append(f"{one!r} {one.args}")
        for frame, _ in traceback.walk_tb(one.__traceback__):
            if "/tests/" not in frame.f_code.co_filename:  # a test's own server knows the key
                told.append(f"{frame.f_code.co_qualname}: {frame.f_locals!r}")
    return "\n".join(told)


def test_a_secret_shows_itself_to_nobody() -> None:
    secret = Secret(KEY, origin="here")
    assert KEY not in f"{secret!r} {secret} {[secret]}"
    assert secret.scrub(f"Invalid key {KEY}") == "Invalid key ***"
    with pytest.raises(TypeError):
        pickle.dumps(secret)


@pytest.mark.parametrize("bad", [f"{KEY}\r\nX: y", f" {KEY} {KEY}", "schlüssel", ""])
def test_what_is_no_key_is_refused_unseen(bad: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Secret(bad, origin="ZOTERO_API_KEY")
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("place", ["connect", "busy", "nonsense", "redirect", "denied"])
def test_no_error_carries_the_key(
    server: FakeZotero, folder: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    faults = {
        "connect": hang_up,
        "busy": status(503, f"key {KEY} is busy".encode()),
        "nonsense": status(200, f"<p>{KEY}</p>".encode()),
        "redirect": status(302, b"", Location=f"{server.url}/elsewhere"),
        "denied": status(403, f"Invalid key {KEY}".encode()),
    }
    with Web() as web:
        library = open_library(web, "user", zotero_key(), writing=True)
        server.faults.extend([faults[place]] * 9)
        with pytest.raises(BibkitError) as caught:
            library.read()
        library.wire.close()
    assert KEY not in str(caught.value)
    frames = all_that_frames_hold(caught.value)
    assert "ZoteroLibrary.read" in frames
    assert KEY not in frames
    assert not any(asked.path == "/elsewhere" for asked in server.asked)


def test_a_bug_below_shows_no_key(
    server: FakeZotero, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(f"a library that tells all: {KEY}")

    monkeypatch.setattr("bibkit.sources.wire.BoundedAdapter.send", broken)
    with Web() as web, pytest.raises(BibkitError) as caught:
        open_library(web, "user", zotero_key(), writing=True)
    assert KEY not in all_that_frames_hold(caught.value)
    assert "cannot be asked (RuntimeError)" in str(caught.value)


def test_a_crash_leaves_no_key_behind(
    server: FakeZotero, folder: Path, tmp_path: Path, zotero: Zotero
) -> None:
    """A whole process that fails on a bug of our own, in the middle of a push."""
    (folder / "refs.bib").write_text(BIB, "utf-8")
    script = (
        "import logging, sys, bibkit.zotero.push as push\n"
        "from bibkit.cli import main\n"
        "logging.basicConfig(level=logging.DEBUG)\n"
        "def bug(*a, **k): raise ZeroDivisionError\n"
        "push.written_item = bug\n"
        "main(['zotero', 'push', 'refs.bib', '-v'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", script],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**__import__("os").environ, "PYTHONPATH": str(ROOT)},
    )
    assert "ZeroDivisionError" in done.stderr
    assert "POST" in done.stderr
    assert KEY not in done.stdout + done.stderr
    assert zotero("push", "refs.bib").code == 0, "and the work is finished"
    assert len(server.references()) == 4


def test_the_key_goes_to_no_one_unprotected(
    folder: Path, zotero: Zotero, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "refs.bib").write_text(BIB, "utf-8")
    monkeypatch.setenv("BIBKIT_ZOTERO_API", "http://zotero.example.org")
    run = zotero("push", "refs.bib")
    assert run.code == 1
    assert "the key is only sent over https" in run.err


def test_without_a_key_it_is_told_what_to_do(
    server: FakeZotero, folder: Path, zotero: Zotero, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "refs.bib").write_text(BIB, "utf-8")
    monkeypatch.delenv("ZOTERO_API_KEY")
    monkeypatch.setitem(sys.modules, "keyring", None)
    run = zotero("push", "refs.bib")
    assert run.code == 1
    assert "zotero-key: no key: set ZOTERO_API_KEY" in run.err
    assert server.asked == []


def test_the_keyring_is_asked_where_the_environment_is_silent(
    server: FakeZotero, folder: Path, zotero: Zotero, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring = pytest.importorskip("keyring")
    backend = pytest.importorskip("keyring.backend")

    class InMemory(backend.KeyringBackend):  # type: ignore[misc, name-defined]
        priority = 1

        def get_password(self, service: str, username: str) -> str | None:
            return KEY if (service, username) == ("bibkit", "zotero") else None

        def set_password(self, service: str, username: str, password: str) -> None:
            raise NotImplementedError

        def delete_password(self, service: str, username: str) -> None:
            raise NotImplementedError

    (folder / "refs.bib").write_text(BIB, "utf-8")
    monkeypatch.delenv("ZOTERO_API_KEY")
    before = keyring.get_keyring()
    keyring.set_keyring(InMemory())
    try:
        assert zotero("push", "refs.bib").code == 0
    finally:
        keyring.set_keyring(before)
