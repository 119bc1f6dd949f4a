"""The session: polite, stubborn, bounded; and what it refuses."""

from __future__ import annotations

import subprocess
import sys
import time
import tracemalloc
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from bibkit.errors import ConfigError, SourceError
from bibkit.sources.http import Bounds, Service, Web, user_agent
from tests.sources.conftest import IMPATIENT, Runs
from tests.sources.fake_services import (
    FakeServices,
    Fault,
    cut_off,
    page,
    pieces,
    redirect,
    status,
    trickle,
    zip_bomb,
)
from tests.sources.loopback import closed_port, hang, hang_up

ROOT = Path(__file__).resolve().parents[2]
CERTIFICATE = ROOT / "tests" / "data" / "sources" / "loopback.pem"
OK = page("fine", "text/plain")


def get(web: Web, url: str) -> bytes:
    """Ask for a page of a service that says `fine`; anything else is flawed."""
    service = Service("fake", url, interval=3.0)
    return web.get(service, url, flaw=lambda b: None if b == b"fine" else "is not fine").content


@pytest.mark.parametrize(
    ("fault", "requests", "sentence"),
    [
        (status(429), 4, "answers 429 (Too Many Requests)"),
        (status(429, "3600"), 4, "answers 429 (Too Many Requests)"),
        (status(503, "soon"), 4, "answers 503 (Service Unavailable)"),
        (status(500), 4, "answers 500 (Internal Server Error)"),
        (status(403), 1, "answers 403 (Forbidden)"),
        (status(404), 1, "answers 404 (Not Found)"),
        (status(799), 1, "answers 799"),
        (page("Rate exceeded."), 4, "is not fine"),
        (hang, 2, "does not answer in time"),
        (trickle, 2, "does not answer in time"),
        (hang_up, 4, "breaks off its answers"),
        (cut_off, 4, "breaks off its answers"),
        (page(b"no gzip", "text/plain"), 4, "is not fine"),
        (redirect("file:///etc/passwd"), 1, "redirects to something that is no web address"),
        (redirect("ftp://127.0.0.1/x"), 1, "redirects to something that is no web address"),
        (redirect("http://["), 1, "leads to an address that cannot be read"),
        (redirect("/again"), 6, "redirects without end"),
        (pieces(1 << 30, announced=True), 1, "sends more than can be an answer"),
        (pieces(1 << 30), 1, "sends more than can be an answer"),
    ],
)
def test_every_fault_is_one_sentence_after_a_bounded_number_of_tries(
    services: FakeServices, new_run: Runs, fault: Fault, requests: int, sentence: str
) -> None:
    services.always = fault
    web = new_run()
    started = time.monotonic()
    with pytest.raises(SourceError) as caught:
        get(web, services.url)
    assert time.monotonic() - started < 3
    assert caught.value.message.endswith(sentence)
    assert caught.value.message.startswith("127.0.0.1:")
    assert web.http_requests == requests
    services.always = OK
    assert get(new_run(), services.url) == b"fine"


@pytest.mark.parametrize("fault", [pieces(1 << 30), zip_bomb(64 << 20)])
def test_a_giant_answer_is_refused_in_little_memory(
    services: FakeServices, new_run: Runs, fault: Fault
) -> None:
    services.always = fault
    web = new_run()
    tracemalloc.start()
    try:
        with pytest.raises(SourceError, match="more than can be an answer"):
            get(web, services.url)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 16 << 20


@pytest.mark.parametrize("fault", [status(503), hang_up, cut_off, hang, page("<html>")])
def test_a_passing_fault_is_overcome(services: FakeServices, new_run: Runs, fault: Fault) -> None:
    services.faults.append(fault)
    services.always = OK
    web = new_run()
    assert get(web, services.url) == b"fine"
    assert web.http_requests == 2


def test_a_harmless_redirect_is_followed(services: FakeServices, new_run: Runs) -> None:
    services.faults.extend([redirect("/elsewhere"), OK])
    assert get(new_run(), services.url) == b"fine"
    assert [r.path for r in services.requests] == ["/", "/elsewhere"]


def test_a_redirect_never_leaves_https(
    services: FakeServices, new_run: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(CERTIFICATE))
    with FakeServices(certificate=CERTIFICATE) as protected:
        protected.faults.extend([redirect(f"{services.url}/"), redirect("/there"), OK])
        with pytest.raises(SourceError, match="redirects to an unprotected address"):
            get(new_run(), protected.url)
        assert get(new_run(), protected.url) == b"fine"
    assert not services.requests


def test_an_unknown_certificate_is_refused(services: FakeServices, new_run: Runs) -> None:
    with (
        FakeServices(certificate=CERTIFICATE) as protected,
        pytest.raises(SourceError, match="cannot be reached safely: TLS fails"),
    ):
        get(new_run(), protected.url)


def test_a_service_that_cannot_be_reached_is_asked_no_more(
    new_run: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIBKIT_REQUEST_INTERVAL", "0")
    web = new_run()
    url = f"http://127.0.0.1:{closed_port()}"
    for _ in range(50):
        with pytest.raises(SourceError, match="cannot be reached"):
            get(web, url)
    assert web.http_requests == 2


def test_a_service_that_fails_twice_is_asked_no_more(services: FakeServices, new_run: Runs) -> None:
    services.always = status(503)
    web = new_run()
    for _ in range(3):
        with pytest.raises(SourceError):
            get(web, services.url)
    assert web.http_requests == 4 + 1
    with pytest.raises(SourceError, match=r"answers 503 .*; not asked again"):
        get(web, services.url)


def test_a_service_that_recovers_is_trusted_again(services: FakeServices, new_run: Runs) -> None:
    services.faults.extend([*[status(503)] * 4, OK, *[status(503)] * 3, OK])
    web = new_run()
    with pytest.raises(SourceError):
        get(web, f"{services.url}/1")
    assert get(web, f"{services.url}/2") == b"fine"
    assert get(web, f"{services.url}/3") == b"fine"


def test_what_is_kept_is_answered_even_by_a_service_that_is_down(
    services: FakeServices, new_run: Runs
) -> None:
    services.always = OK
    get(new_run(), f"{services.url}/kept")
    services.always = status(403)
    web = new_run()
    for name in "ab":
        with pytest.raises(SourceError):
            get(web, f"{services.url}/{name}")
    assert get(web, f"{services.url}/kept") == b"fine"
    assert (web.http_requests, web.cache_hits) == (2, 1)


# Politeness


def patient(slept: list[float]) -> Web:
    return Web(bounds=IMPATIENT, sleep=slept.append)


def test_requests_keep_their_distance_and_kept_answers_need_none(
    services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BIBKIT_REQUEST_INTERVAL")
    services.always = OK
    slept: list[float] = []
    with patient(slept) as web:
        for name in "abaab":
            get(web, f"{services.url}/{name}")
    assert slept == [pytest.approx(3.0, abs=0.5)]


LATER = format_datetime(datetime.now(UTC) + timedelta(hours=2), usegmt=True)


@pytest.mark.parametrize(
    ("retry_after", "least", "most"),
    [("7", 7, 7), ("3600", 60, 60), (LATER, 60, 60), ("0", 0, 0), (None, 2, 5), ("soon", 2, 5)],
    # not the values: a date in a test's name would differ from one worker to the other
    ids=["7 s", "an hour", "a date", "0 s", "silent", "a word"],
)
def test_a_server_says_how_long_to_wait(
    services: FakeServices,
    monkeypatch: pytest.MonkeyPatch,
    retry_after: str | None,
    least: float,
    most: float,
) -> None:
    monkeypatch.delenv("BIBKIT_REQUEST_INTERVAL")
    services.faults.append(status(429, retry_after))
    services.always = OK
    slept: list[float] = []
    with patient(slept) as web:
        get(web, services.url)
    waited = slept[0] if len(slept) == 2 else 0  # the last one is the usual distance
    assert least <= waited <= most


def test_the_wait_doubles(services: FakeServices, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BIBKIT_REQUEST_INTERVAL")
    services.always = status(503)
    slept: list[float] = []
    with patient(slept) as web, pytest.raises(SourceError):
        get(web, services.url)
    first, second, third = slept[0::2]
    assert 2 < first < 5 < third < 20
    assert first < 2 * second < 4 * third


def test_the_interval_of_the_environment_overrides_every_delay(
    services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIBKIT_REQUEST_INTERVAL", "0.01")
    services.faults.extend([status(429, "3600"), status(503)])
    services.always = OK
    slept: list[float] = []
    with patient(slept) as web:
        get(web, services.url)
    assert slept
    assert max(slept) <= 0.01


@pytest.mark.parametrize("value", ["soon", "-1", "nan", "inf"])
def test_an_interval_that_is_none_is_a_mistake_of_the_user(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("BIBKIT_REQUEST_INTERVAL", value)
    with pytest.raises(ConfigError, match="BIBKIT_REQUEST_INTERVAL: config: not a number"):
        Web()


def test_the_service_learns_whom_to_write_to(services: FakeServices) -> None:
    services.always = OK
    with Web(contact="lab@example.org") as web:
        get(web, services.url)
    [request] = services.requests
    assert request.headers["User-Agent"].startswith("bibkit/")
    assert "mailto:lab@example.org" in request.headers["User-Agent"]


@pytest.mark.parametrize("contact", ["a@b\r\nX-Evil: 1", "a b", "ä@example.org"])
def test_a_contact_that_would_break_the_header_is_refused(contact: str) -> None:
    with pytest.raises(ConfigError):
        user_agent(contact)


def test_bounds_leave_room_for_what_services_really_send() -> None:
    bounds = Bounds()
    assert bounds.body > 10 * 2_000_000
    assert bounds.connect < bounds.read < bounds.total


def test_importing_the_sources_loads_no_client() -> None:
    code = (
        "import sys, bibkit.sources;"
        "print({'requests', 'requests_cache', 'arxiv', 'lxml', 'msgspec', 'sqlite3', 'thefuzz'}"
        " & set(sys.modules))"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "set()"
