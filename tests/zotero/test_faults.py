"""Every answer that Zotero may give to a write, and every way to lose one."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from bibkit.bibfile import read_bib
from bibkit.sources import Web, zotero_wire
from bibkit.sources.zotero_api import open_library
from bibkit.sources.zotero_key import zotero_key
from tests.zotero.conftest import Zotero
from tests.zotero.fake_zotero import (
    FakeZotero,
    Fault,
    Handler,
    done_but_lost,
    hang,
    hang_up,
    nth_write,
    status,
    written,
)
from tests.zotero.test_push import BIB

ODD: list[Any] = [
    None, 5, -1, "", [], {}, True, ["a"], {"a": 1}, 3.5, "\x1b[2J", "}{", 10**30, [[]], [None],
]  # fmt: skip


def entries(number: int) -> str:
    return "\n".join(
        f"@misc{{key{i},\n  title = {{A paper about subject number {i}}},\n  year = {{2024}},\n"
        f"  eprint = {{2401.{i:05d}}},\n  eprinttype = {{arxiv}},\n}}\n"
        for i in range(1, number + 1)
    )


@pytest.fixture
def refs(folder: Path) -> Path:
    path = folder / "refs.bib"
    path.write_text(BIB, "utf-8")
    return path


def assert_whole(server: FakeZotero, zotero: Zotero, number: int = 4) -> None:
    """A further run finishes the work, and after it nothing is missing, and nothing double."""
    assert zotero("push", "refs.bib").code == 0
    titles = [item["title"] for item in server.references()]
    assert len(titles) == len(set(titles)) == number
    writes = len(server.writes)
    assert f"0 added, 0 changed, {number} unchanged" in zotero("push", "refs.bib").err
    assert len(server.writes) == writes


@pytest.mark.parametrize(
    "fault",
    [
        status(429, Retry_After="1"),
        status(429),
        status(500),
        status(502),
        status(503, Retry_After="Wed, 21 Oct 2015 07:28:00 GMT"),
        status(409, b"The target library is locked"),
        hang_up,
        done_but_lost,
        status(412, b"Library has been modified since specified version"),
        status(428, b"If-Unmodified-Since-Version not provided"),
    ],
)
def test_a_passing_fault_costs_nothing(
    server: FakeZotero, refs: Path, zotero: Zotero, fault: Fault
) -> None:
    nth_write(server, 1, fault)
    assert zotero("push", "refs.bib").code == 0
    assert_whole(server, zotero)


@pytest.mark.parametrize("fault", [status(503), status(429), status(500), hang_up, status(409)])
def test_a_lasting_fault_is_a_failed_network(
    server: FakeZotero, refs: Path, zotero: Zotero, fault: Fault
) -> None:
    server.faults.extend([fault] * 20)
    run = zotero("push", "refs.bib")
    assert run.code == 4 or (run.code == 1 and "network_error" in run.err)
    server.faults.clear()
    assert_whole(server, zotero)


def test_a_fault_in_the_middle_keeps_what_was_done(
    server: FakeZotero, folder: Path, zotero: Zotero
) -> None:
    (folder / "refs.bib").write_text(entries(120))

    def lasting(handler: Any) -> None:
        server.faults.extend([status(503)] * 10)
        status(503)(handler)

    nth_write(server, 2, lasting)
    run = zotero("push", "refs.bib")
    assert run.code == 4
    assert "network_error" in run.codes
    assert "50 added" in run.err
    server.faults.clear()
    assert_whole(server, zotero, 120)


def test_no_answer_in_time(
    server: FakeZotero, refs: Path, zotero: Zotero, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zotero_wire.ZoteroWire.__init__, "__kwdefaults__", {"patience": 0.3})
    nth_write(server, 1, hang)
    assert zotero("push", "refs.bib").code == 0
    first, second = server.writes[:2]
    assert first.body == second.body
    token = "Zotero-Write-Token"
    assert first.headers[token] == second.headers[token], "so that it cannot be done twice"
    assert_whole(server, zotero)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (status(403, b"Invalid key"), "access denied (Invalid key)"),
        (status(404, b"Not found"), "there is no library users/475425"),
    ],
)
def test_what_is_not_allowed_is_told_in_one_line(
    server: FakeZotero, refs: Path, zotero: Zotero, fault: Fault, told: str
) -> None:
    nth_write(server, 1, fault)
    run = zotero("push", "refs.bib", "-q")
    assert run.code == 1
    assert told in run.err.splitlines()[-1]
    assert_whole(server, zotero)


def test_a_key_that_may_only_read(server: FakeZotero, refs: Path, zotero: Zotero) -> None:
    server.may_write = False
    run = zotero("push", "refs.bib")
    assert run.code == 1
    assert "zotero-access: the key may not write to users/475425" in run.err
    assert zotero("pull", "refs.bib").code == 0


def test_a_key_that_nobody_knows(
    server: FakeZotero, refs: Path, zotero: Zotero, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZOTERO_API_KEY", "nobodysKey23")
    run = zotero("push", "refs.bib")
    assert run.code == 1
    assert "zotero-key: Zotero does not know this key" in run.err
    assert "nobodysKey23" not in run.err


def test_a_library_that_is_none(server: FakeZotero, refs: Path, zotero: Zotero) -> None:
    run = zotero("push", "refs.bib", "--library", "groups/99")
    assert run.code == 1
    assert "there is no library groups/99" in run.err
    assert "is no library" in zotero("push", "refs.bib", "--library", "../keys").err


def test_one_bad_item_does_not_cost_the_others(
    server: FakeZotero, refs: Path, zotero: Zotero
) -> None:
    bad = (400, "'x' is not a valid field for type 'book'")
    server.refuse = lambda one: bad if one.get("itemType") == "book" else None
    run = zotero("push", "refs.bib")
    assert run.code == 3
    assert "refused: knuth: Zotero does not take it: 400 'x' is not a valid field" in run.err
    assert len(server.references()) == 3
    server.refuse = lambda _: None
    assert_whole(server, zotero)


@pytest.mark.parametrize("code", [400, 413])
def test_a_write_refused_whole_is_halved(
    server: FakeZotero, folder: Path, zotero: Zotero, code: int
) -> None:
    (folder / "refs.bib").write_text(entries(8))

    def too_much(handler: Any) -> None:
        asked = server.asked[-1]
        server.faults.appendleft(too_much)
        if asked.method == "POST" and b"number 3}" in asked.body.replace(b'"', b"}"):
            status(code, b"no")(handler)
        else:
            with server.guard:
                server.answer(handler, asked)

    server.faults.append(too_much)
    run = zotero("push", "refs.bib")
    assert run.code == 3
    assert f"refused: key3: Zotero does not take it: {code} no" in run.err
    assert len(server.references()) == 7
    server.faults.clear()
    assert_whole(server, zotero, 8)


def test_an_item_that_somebody_changed_is_merged_again(
    server: FakeZotero, refs: Path, zotero: Zotero
) -> None:
    zotero("push", "refs.bib")
    text = refs.read_text("utf-8")
    refs.write_text(text.replace("{1984}", "{1986}").replace("1972", "1973"), "utf-8")
    answers = iter([(412, "stale")])
    server.refuse = lambda one: next(answers, None) if one["itemType"] == "book" else None
    assert zotero("push", "refs.bib").code == 0
    assert {i["date"] for i in server.references()} >= {"1986", "1973"}
    assert_whole(server, zotero)


def test_others_who_never_stop(server: FakeZotero, refs: Path, zotero: Zotero) -> None:
    server.before_write.extend([lambda _: server.put(itemType="book", title="B")] * 30)
    run = zotero("push", "refs.bib")
    assert run.code == 4
    assert "others write to the library all the time" in run.err
    assert len(server.writes) < 10


def test_writing_while_others_write_goes_on(
    server: FakeZotero, folder: Path, zotero: Zotero
) -> None:
    (folder / "refs.bib").write_text(entries(160))
    theirs = iter(range(100))

    def somebody(_: Any) -> None:
        server.put(itemType="book", title=f"Theirs {next(theirs)}", extra="mine")

    server.before_write.extend([lambda _: None, somebody] * 5)
    assert zotero("push", "refs.bib").code == 0
    titles = [item["title"] for item in server.references()]
    assert len([t for t in titles if t.startswith("A paper")]) == 160
    assert len([t for t in titles if t.startswith("Theirs")]) >= 1
    assert len(set(titles)) == len(titles)


def test_backoff_is_kept_to(
    server: FakeZotero, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BIBKIT_REQUEST_INTERVAL")
    waits: list[float] = []
    server.backoff = 7
    with Web(sleep=waits.append) as web:
        library = open_library(web, "user", zotero_key(), writing=True)
        library.read()
        library.wire.close()
    assert waits.count(7.0) == 2, "before each request but the first"


def test_a_thousand_items_in_twenty_five_writes(
    server: FakeZotero, folder: Path, zotero: Zotero
) -> None:
    (folder / "refs.bib").write_text(entries(1000))
    assert zotero("push", "refs.bib", "-q", "--collection", "Lab/Related work").code == 0
    assert len(server.references()) == 1000
    assert len(server.writes) <= 25
    assert len(written(server.writes)) == 1002
    writes = len(server.writes)
    zotero("push", "refs.bib", "-q", "--collection", "Lab/Related work")
    assert len(server.writes) == writes


def garbled(value: Any, chance: random.Random) -> Any:
    """Return JSON in which some values are of another kind, and some are missing."""
    if chance.random() < 0.03:
        return chance.choice(ODD)
    if isinstance(value, dict):
        return {n: garbled(v, chance) for n, v in value.items() if chance.random() > 0.01}
    return [garbled(v, chance) for v in value] if isinstance(value, list) else value


@pytest.mark.parametrize("seed", range(5))
def test_nonsense_in_answers_is_told_or_passed_over(
    server: FakeZotero,
    refs: Path,
    zotero: Zotero,
    monkeypatch: pytest.MonkeyPatch,
    seed: int,
) -> None:
    chance, reply = random.Random(seed), Handler.reply

    def garbling(handler: Handler, code: int, body: Any = b"", **headers: str) -> None:
        kept = isinstance(body, bytes) or handler.path.startswith("/keys")
        reply(handler, code, body if kept else garbled(body, chance), **headers)

    zotero("push", "refs.bib", "-q")
    monkeypatch.setattr(Handler, "reply", garbling)
    for command in ("push", "pull", "push"):
        run = zotero(command, "refs.bib", "-q")
        assert run.code in (0, 1, 3, 4)
        assert "\x1b" not in run.err
    assert read_bib(refs.read_bytes(), origin="").problems == ()
    server.complaints.clear()  # a garbled key or version goes back as it came


def test_a_page_that_moves_while_it_is_read(
    server: FakeZotero, folder: Path, zotero: Zotero
) -> None:
    """The newest comes first: what is changed meanwhile pushes another item onto the next page."""
    server.page = 10
    (folder / "refs.bib").write_text(entries(35))
    zotero("push", "refs.bib", "-q")
    items = server.references()

    def meanwhile(handler: Any) -> None:
        with server.guard:
            server.library.items.pop(items[34]["key"])
            server.library.version += 1
            server.answer(handler, server.asked[-1])

    server.asked.clear()
    passed: list[Fault] = [lambda h: server.answer(h, server.asked[-1])] * 2
    server.faults.extend([*passed, meanwhile])
    zotero("pull", "other.bib", "-q")
    assert (folder / "other.bib").read_text().count("@misc") == 34
