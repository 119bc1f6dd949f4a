"""The Zotero on this computer: its local API, and the connector's import."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bibkit.bibfile import read_rdf
from tests.zotero.conftest import Zotero
from tests.zotero.fake_zotero import FakeZotero, hang_up
from tests.zotero.test_push import BIB


@pytest.fixture
def desktop(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeZotero]:
    with FakeZotero(local=True) as running:
        for name, value in running.environment.items():
            monkeypatch.setenv(name, value)
        yield running
        assert running.complaints == []


@pytest.fixture
def refs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("ZOTERO_API_KEY")
    path = folder / "refs.bib"
    path.write_text(BIB, "utf-8")
    return path


def test_reading_needs_no_key(desktop: FakeZotero, refs: Path, zotero: Zotero) -> None:
    desktop.put(itemType="book", title="A Book of Theirs", date="1999")
    run = zotero("pull", "refs.bib", "--local")
    assert run.code == 0
    assert "A Book of Theirs" in refs.read_text("utf-8")
    assert desktop.dialogs == 0


@pytest.mark.parametrize(("answer", "dialogs"), [("always", 1), ("once", 2)])
def test_writing_asks_the_user(
    desktop: FakeZotero, refs: Path, zotero: Zotero, answer: str, dialogs: int
) -> None:
    desktop.allows = answer
    assert zotero("push", "refs.bib", "--local").code == 0
    assert len(desktop.references()) == 4
    assert desktop.dialogs == dialogs
    before = len(desktop.writes)
    assert zotero("push", "refs.bib", "--local").code == 0
    assert (len(desktop.writes), desktop.dialogs) == (before, dialogs), (
        "nothing to write, or to ask"
    )


def test_the_user_says_no(desktop: FakeZotero, refs: Path, zotero: Zotero) -> None:
    desktop.allows = "never"
    run = zotero("push", "refs.bib", "--local")
    assert run.code == 1
    assert "was told not to let bibkit write" in run.err
    assert desktop.library.items == {}


def test_a_local_api_that_is_switched_off(desktop: FakeZotero, refs: Path, zotero: Zotero) -> None:
    desktop.enabled = False
    run = zotero("pull", "refs.bib", "--local", "-q")
    assert run.code == 1
    line = run.err.splitlines()[-1]
    assert line.startswith("zotero: zotero-local: the local API is switched off")
    assert "Settings → Advanced" in line


def test_another_zotero_was_started_meanwhile(
    desktop: FakeZotero, refs: Path, zotero: Zotero
) -> None:
    def restarted(_: object) -> None:
        desktop.server_id = "another"

    desktop.before_write.append(restarted)
    assert zotero("push", "refs.bib", "--local").code == 0
    assert len(desktop.references()) == 4


def test_no_zotero_at_all(refs: Path, zotero: Zotero, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIBKIT_ZOTERO_LOCAL", "http://127.0.0.1:9")
    monkeypatch.setenv("BIBKIT_REQUEST_INTERVAL", "0")
    for arguments in (["pull", "--local"], ["push", "--local"], ["push", "--connector"]):
        run = zotero(*arguments, "refs.bib")
        assert run.code == 4
        assert "network_error: 127.0.0.1:9 cannot be reached" in run.err


def test_the_connector_imports_what_is_new(desktop: FakeZotero, refs: Path, zotero: Zotero) -> None:
    desktop.put(itemType="conferencePaper", title="ResNet", DOI="10.1109/cvpr.2016.90")
    run = zotero("push", "refs.bib", "--connector")
    assert run.code == 0
    (sent,) = desktop.imported
    keys = {entry.key for entry in read_rdf(sent, origin="").entries}
    assert keys == {"vaswani2017attention", "lamport", "knuth"}
    assert b"https://github.com/tensorflow/tensor2tensor" in sent
    assert "3 added, 0 changed, 1 unchanged" in run.err


def test_a_second_import_is_none(desktop: FakeZotero, refs: Path, zotero: Zotero) -> None:
    desktop.enabled = False  # so that only the lock knows
    run = zotero("push", "refs.bib", "--connector")
    assert "unchecked: not looked through for duplicates" in run.err
    assert len(desktop.imported) == 1
    refs.write_text(BIB.replace("{lamport,", "{lamport1972,"), "utf-8")
    run = zotero("push", "refs.bib", "--connector")
    assert len(desktop.imported) == 1, "not under another key either"
    assert "0 added" in run.err
    new = "\n@misc{new, title = {A New One}, author = {Body, Any}, year = 2020}\n"
    refs.write_text(BIB + new, "utf-8")
    zotero("push", "refs.bib", "--connector", "--dry-run")
    assert len(desktop.imported) == 1
    zotero("push", "refs.bib", "--connector")
    assert {entry.key for entry in read_rdf(desktop.imported[1], origin="").entries} == {"new"}


def test_an_import_whose_answer_is_lost(desktop: FakeZotero, refs: Path, zotero: Zotero) -> None:
    desktop.enabled = False
    desktop.may_write = False
    assert "cannot be edited" in zotero("push", "refs.bib", "--connector").err
    assert not (refs.parent / "refs.bib.lock").exists()
    desktop.may_write = True
    desktop.faults.extend([hang_up] * 9)
    assert zotero("push", "refs.bib", "--connector").code == 4
    desktop.faults.clear()
    assert zotero("push", "refs.bib", "--connector").code == 0
    assert len(desktop.imported) == 1
