"""Long builds that are cut off: nothing is half-written, and nothing is asked for twice."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.sources.fake_services import FakePaper, FakeServices, Handler, answer

ROOT = Path(__file__).resolve().parents[2]
SYLLABLES = "bo cra dun fel gri hov jut kel mip nar".split()
TITLES = [
    " ".join(
        "".join(SYLLABLES[int(digit)] for digit in f"{n * factor % 9973:04}")
        for factor in (1, 7, 13, 31)  # words that no real title has
    )
    for n in range(1, 1001)
]
PAPERS = tuple(FakePaper(f"2401.{n:05}", title, hf_title=None) for n, title in enumerate(TITLES))


@dataclass
class Interrupter:
    """Answers as the services do, and sends a signal to the program at its n-th request."""

    at: int
    with_signal: int
    before_answer: bool
    pid: int = 0
    """Set when the program runs, long before its first request."""
    asked: int = field(default=0)

    def __call__(self, handler: Handler) -> None:
        self.asked += 1
        now = self.asked == self.at
        if now and self.before_answer:
            os.kill(self.pid, self.with_signal)
            handler.over.wait(0.5)
        answer(handler)
        if now and not self.before_answer:
            os.kill(self.pid, self.with_signal)


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeServices]:
    with FakeServices(papers=PAPERS) as running:
        for name, value in running.environment.items():
            monkeypatch.setenv(name, value)
        yield running


Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """Start `bibkit build refs.bib LISTING…` in a folder of its own."""

    def started(*listings: str, out: str = "refs.bib") -> subprocess.Popen[bytes]:
        work = tmp_path / "work"
        work.mkdir(exist_ok=True)
        options = ("--no-code-lookup", "--from", "plain", "--report", "report.json")
        return subprocess.Popen(
            [sys.executable, "-m", "bibkit", "build", out, *listings, *options],
            cwd=work,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    return started


def listing(tmp_path: Path, titles: list[str], name: str = "list.txt") -> str:
    path = tmp_path / name
    path.write_text("\n".join(titles) + "\n", "utf-8")
    return str(path)


def test_a_thousand_titles_take_110_requests_although_interrupted(
    services: FakeServices, start: Start, tmp_path: Path
) -> None:
    path = listing(tmp_path, TITLES)
    interrupted(services, start, path, Interrupter(40, signal.SIGKILL, before_answer=True))
    for requests in (len(services.requests), 110):
        run = start(path, out=f"refs-{requests}.bib")
        _, errors = run.communicate()
        assert run.returncode == 0, errors
        found = json.loads((tmp_path / "work" / "report.json").read_text("utf-8"))
        assert found["summary"]["resolved"] == 1000
        assert len(services.requests) <= 110
    assert found["summary"]["http_requests"] == 0
    assert_nothing_repeated(services, TITLES, in_flight=services.requests[39].target)


@pytest.mark.parametrize("with_signal", [signal.SIGINT, signal.SIGKILL])
@pytest.mark.parametrize(("at", "before_answer"), [(1, True), (5, True), (5, False), (10, False)])
def test_after_an_interruption_no_request_is_repeated(
    services: FakeServices,
    start: Start,
    tmp_path: Path,
    with_signal: int,
    at: int,
    before_answer: bool,
) -> None:
    path = listing(tmp_path, TITLES[:120])
    code, errors = interrupted(services, start, path, Interrupter(at, with_signal, before_answer))
    if with_signal == signal.SIGINT:
        assert errors.strip() == "interrupted: nothing is half-written; run again to finish"
    assert code == (130 if with_signal == signal.SIGINT else -with_signal)
    assert list((tmp_path / "work").iterdir()) == []  # no refs.bib, no lock, no report, no rest
    run = start(path)
    _, rest = run.communicate()
    assert run.returncode == 0, rest
    assert len(services.requests) <= 11
    assert_nothing_repeated(services, TITLES[:120], in_flight=services.requests[at - 1].target)


def interrupted(
    services: FakeServices, start: Start, path: str, interrupter: Interrupter
) -> tuple[int, str]:
    services.always = interrupter
    run = start(path)
    interrupter.pid = run.pid
    _, errors = run.communicate()
    services.always = None
    return run.returncode, errors.decode()


def assert_nothing_repeated(services: FakeServices, titles: list[str], *, in_flight: str) -> None:
    """No address is asked twice but the one whose answer never came; nor any title elsewhere."""
    counts = Counter(request.target for request in services.requests)
    assert {target for target, count in counts.items() if count > 1} <= {in_flight}
    asked = Counter(title for target in counts for title in titles if quoted(title) in target)
    assert asked == dict.fromkeys(titles, 1)


def quoted(title: str) -> str:
    return f"%22{title.replace(' ', '+')}%22"


def test_requests_are_shared_by_all_listings(
    services: FakeServices, start: Start, tmp_path: Path
) -> None:
    """Seven listings of 30 titles, ten of them common to all: 150 titles in 13 requests."""
    paths = [
        listing(tmp_path, TITLES[:10] + TITLES[10 + 20 * n : 30 + 20 * n], f"list-{n}.txt")
        for n in range(7)
    ]
    run = start(*paths)
    _, errors = run.communicate()
    assert run.returncode == 0, errors
    assert len(services.requests) == 13
    found = json.loads((tmp_path / "work" / "report.json").read_text("utf-8"))
    assert (found["summary"]["records"], found["summary"]["papers"]) == (210, 150)


def test_a_terminal_shows_how_far_it_is_and_what_is_left(
    services: FakeServices, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIBKIT_REQUEST_INTERVAL", "0.15")
    path = listing(tmp_path, TITLES[:240])
    terminal, end = pty.openpty()
    run = subprocess.Popen(
        [sys.executable, "-m", "bibkit", "build", "-", path, "--no-code-lookup", "--from", "plain"],
        env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "100"},
        stderr=end,
        stdout=subprocess.DEVNULL,
    )
    os.close(end)
    shown = b""
    try:
        while piece := os.read(terminal, 65_536):
            shown += piece
    except OSError:  # how Linux says that the other end is closed
        pass
    os.close(terminal)
    assert run.wait() == 0
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode())
    lines = [line for line in re.split(r"[\r\n]", text) if "asking arxiv" in line]
    told = [found for line in lines if (found := re.search(r"(\d+)/240\b.* \d:\d\d:\d\d", line))]
    done = [int(found[1]) for found in told]
    assert done == sorted(done)
    assert len(set(done)) >= 5, lines
