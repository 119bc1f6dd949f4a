"""The pace of requests, which all runs on one machine share."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from itertools import pairwise
from pathlib import Path

import pytest

from bibkit.sources.pace import Pace
from tests.sources.fake_services import FakeServices, Handler, page

ROOT = Path(__file__).resolve().parents[2]
ASK = (
    "import sys; from bibkit.sources.http import Service, Web;"
    "web = Web(); service = Service('fake', sys.argv[1], 1.0);"
    "[web.get(service, f'{sys.argv[1]}/{sys.argv[2]}/{n}', flaw=lambda b: None)"
    " for n in range(int(sys.argv[3]))]; web.close()"
)


def ask(url: str, name: str, requests: int, *, wrapper: str = "") -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", wrapper + ASK, url, name, str(requests)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
    )


def arrivals(services: FakeServices) -> list[float]:
    """Have the server note when each request comes."""
    times: list[float] = []

    def noting(handler: Handler) -> None:
        times.append(time.monotonic())
        page("fine", "text/plain")(handler)

    services.always = noting
    return times


def test_three_runs_keep_to_one_pace(
    services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIBKIT_REQUEST_INTERVAL", "0.3")
    times = arrivals(services)
    runs = [ask(services.url, name, 4) for name in "abc"]
    assert [(run.communicate()[1], run.returncode) for run in runs] == [(b"", 0)] * 3
    gaps = [later - earlier for earlier, later in pairwise(sorted(times))]
    assert len(gaps) == 11
    # a request is on its way for a few milliseconds, more on a busy machine
    assert min(gaps) > 0.3 - 0.1
    assert sum(gaps) > 11 * 0.3 - 0.1


def test_a_run_that_was_killed_holds_nobody_up(
    services: FakeServices, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIBKIT_REQUEST_INTERVAL", "30")
    times = arrivals(services)
    killed = ask(services.url, "killed", 2)  # it sends one, and holds the lock for 30 seconds
    while not times:
        time.sleep(0.01)
    time.sleep(0.3)
    killed.kill()
    killed.communicate()
    monkeypatch.setenv("BIBKIT_REQUEST_INTERVAL", "0.2")
    started = time.monotonic()
    run = ask(services.url, "next", 1)
    assert (run.communicate()[1], run.returncode) == (b"", 0)
    assert time.monotonic() - started < 10


def test_a_run_that_holds_the_lock_for_good_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    holding, over = threading.Event(), threading.Event()

    def hold() -> None:
        def sleep(_: float) -> None:
            holding.set()
            over.wait(30)

        pace = Pace(tmp_path, sleep=sleep)
        pace.wait("host", 60)
        pace.wait("host", 60)

    other = threading.Thread(target=hold)
    other.start()
    holding.wait(10)
    slept: list[float] = []
    started = time.monotonic()
    Pace(tmp_path, sleep=slept.append, patience=0.2).wait("host", 60)
    taken = time.monotonic() - started
    over.set()
    other.join()
    assert 0.2 <= taken < 5
    assert slept == [pytest.approx(60, abs=10)]


@pytest.mark.parametrize(
    "said", ["", "soon", "nan", "inf", "-inf", "\x00" * 100, "-5", "é", "1e99"]
)
def test_a_time_that_is_none_costs_one_wait_at_most(tmp_path: Path, said: str) -> None:
    slept: list[float] = []
    Pace(tmp_path, sleep=slept.append).wait("host", 3)
    [file] = tmp_path.glob("*.pace")
    file.write_text(said)
    Pace(tmp_path, sleep=slept.append).wait("host", 3)
    assert sum(slept) <= 3
    Pace(tmp_path, sleep=slept.append).wait("host", 3)
    assert slept[-1] == pytest.approx(3, abs=0.5)


def test_a_clock_that_jumps_is_not_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    Pace(tmp_path, sleep=slept.append).wait("host", 3)
    monkeypatch.setattr(time, "time", lambda: 0.0)
    Pace(tmp_path, sleep=slept.append).wait("host", 3)
    assert slept == [pytest.approx(3, abs=0.5)]


def test_a_machine_that_was_started_anew_waits_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    Pace(tmp_path, sleep=slept.append).wait("host", 3)
    [file] = tmp_path.glob("*.pace")
    file.write_text(repr(time.monotonic() + 1e6))  # counted from a start long before
    Pace(tmp_path, sleep=slept.append).wait("host", 3)
    assert slept == [3.0]
    assert float(file.read_text()) <= time.monotonic()


def test_without_a_folder_each_run_keeps_its_own_pace(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("a file where the folder should be")
    slept: list[float] = []
    pace = Pace(file / "pace", sleep=slept.append)
    for _ in range(2):
        pace.wait("host", 3)
    assert slept == [pytest.approx(3, abs=0.5)]


def test_hosts_do_not_wait_for_each_other_and_no_interval_needs_no_file(tmp_path: Path) -> None:
    slept: list[float] = []
    pace = Pace(tmp_path / "pace", sleep=slept.append)
    pace.wait("host", 0)
    assert not (tmp_path / "pace").exists()
    pace.wait("host", 3)
    pace.wait("other", 3)
    assert slept == []
