"""Links against a web site on the loopback interface, healthy, moved, dead, hostile and broken."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bibkit.sources.http import Bounds, Web
from bibkit.sources.links import LinkChecker, LinkState
from tests.sources import fake_web as fake
from tests.sources.fake_web import Answer, FakeWeb, redirect, status
from tests.sources.loopback import closed_port, hang, hang_up

IMPATIENT = Bounds(connect=0.5, read=0.3, total=0.6)
CERTIFICATE = Path(__file__).resolve().parents[1] / "data" / "sources" / "loopback.pem"
NAMES = {"code.test", "old.test", "new.test", "www.code.test", "doi.org"}


def resolve(host: str, port: int) -> list[str]:
    """Know the loopback interface by several names, and two of other networks."""
    known = {name: ["127.0.0.1"] for name in ("127.0.0.1", *NAMES)}
    known |= {"inside.example.org": ["10.0.0.7"], "both.example.org": ["93.184.216.34", "::1"]}
    if host == "later.example.org":
        raise socket.gaierror(socket.EAI_AGAIN, "try again")
    if host not in known:
        raise socket.gaierror(socket.EAI_NONAME, "not known")
    return known[host]


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeWeb]:
    with FakeWeb() as site:
        allow(monkeypatch, site)
        yield site


def allow(monkeypatch: pytest.MonkeyPatch, site: FakeWeb) -> None:
    hosts = " ".join(f"{name}:{site.port}" for name in {"127.0.0.1", *NAMES})
    monkeypatch.setenv("BIBKIT_PRIVATE_HOSTS", hosts)
    monkeypatch.setenv("BIBKIT_REQUEST_INTERVAL", "0")
    monkeypatch.setenv("NO_PROXY", "*")


def check(*urls: str) -> list[LinkState]:
    with Web(bounds=IMPATIENT) as web:
        states = LinkChecker(web, resolve=resolve).check(urls)
    assert list(states) == list(dict.fromkeys(urls))
    return [states[url] for url in urls]


def kind(url: str) -> str:
    return check(url)[0].kind


@pytest.mark.parametrize("code", [200, 204, 206])
def test_what_answers_is_alive_and_asked_once_with_head(site: FakeWeb, code: int) -> None:
    assert kind(site.on("/a", status(code))) == "alive"
    assert [asked.method for asked in site.asked] == ["HEAD"]


@pytest.mark.parametrize("code", [404, 410])
def test_gone_is_dead(site: FakeWeb, code: int) -> None:
    state = check(site.on("/a", status(code)))[0]
    assert (state.kind, str(code) in state.sentence) == ("dead", True)
    assert [asked.method for asked in site.asked] == ["HEAD", "GET"]


@pytest.mark.parametrize("code", [400, 403, 404, 405, 406, 501])
def test_a_server_that_knows_no_head_is_asked_with_get(site: FakeWeb, code: int) -> None:
    url = site.on("/a", status(code), "HEAD")
    site.on("/a", status(200), "GET")
    assert kind(url) == "alive"


@pytest.mark.parametrize("code", [401, 402, 403, 406, 418, 451, 999])
def test_a_wary_server_leaves_it_unclear(site: FakeWeb, code: int) -> None:
    state = check(site.on("/a", status(code)))[0]
    assert (state.kind, state.sentence.startswith(f"answers {code}")) == ("unclear", True)


@pytest.mark.parametrize("code", [429, 500, 502, 503, 504])
def test_a_busy_server_is_asked_once_more_and_never_dead(site: FakeWeb, code: int) -> None:
    assert kind(site.on("/a", status(code, Retry_After="9999999"))) == "unreachable"
    assert len(site.asked) == 2
    assert kind(site.on("/b", fake.in_turn(status(code), status(200)))) == "alive"


@pytest.mark.parametrize("fault", [hang, fake.trickle, hang_up, fake.nonsense])
def test_a_broken_server_is_unreachable_in_bounded_time(site: FakeWeb, fault: Answer) -> None:
    start = time.monotonic()
    assert kind(site.on("/a", fault)) == "unreachable"
    assert time.monotonic() - start < 4


def test_an_endless_body_is_not_read(site: FakeWeb) -> None:
    url = site.on("/a", status(405), "HEAD")
    site.on("/a", fake.endless_body, "GET")
    assert kind(url) == "alive"


@pytest.mark.parametrize("code", [301, 308])
def test_moved_for_good(site: FakeWeb, code: int) -> None:
    new = site.on("/new/name", status(200))
    state = check(site.on("/old/name", redirect(code, "/new/name")))[0]
    assert (state.kind, state.target) == ("moved", new)


@pytest.mark.parametrize("code", [302, 303, 307])
def test_a_temporary_redirect_is_no_move(site: FakeWeb, code: int) -> None:
    site.on("/new", status(200))
    assert kind(site.on("/old", redirect(code, "/new"))) == "alive"


def test_only_the_permanent_hops_at_the_start_count(site: FakeWeb) -> None:
    site.on("/a", redirect(301, "/b"))
    site.on("/b", redirect(302, "/c"))
    site.on("/c", redirect(301, "/d"))
    site.on("/d", status(200))
    state = check(site.url + "/a")[0]
    assert (state.kind, state.target) == ("moved", site.url + "/b")


def test_spelling_is_no_move(site: FakeWeb) -> None:
    at = f"code.test:{site.port}"
    site.on("/A/b/", status(200))
    site.on("/A/b", redirect(301, f"http://www.{at}/A/b/"))
    site.on("/A/b.git", redirect(301, f"http://{at}/A/b"))
    site.on("/a/b", redirect(301, "/A/b"))
    states = check(*(f"http://{at}{path}" for path in ("/A/b", "/A/b.git", "/a/b", "/A/b#readme")))
    assert [state.kind for state in states] == ["alive"] * 4


def test_hosts_that_are_made_to_redirect_have_not_moved(site: FakeWeb) -> None:
    site.on("/10.1000/x", redirect(301, "/paper"))
    site.on("/paper", status(200))
    assert kind(f"http://doi.org:{site.port}/10.1000/x") == "alive"


def test_moved_to_nothing_is_dead_and_a_log_in_is_unclear(site: FakeWeb) -> None:
    assert kind(site.on("/old", redirect(301, "/gone"))) == "dead"
    site.on("/users/sign_in", status(200))
    assert kind(site.on("/secret", redirect(302, "/users/sign_in"))) == "unclear"


@pytest.mark.parametrize(
    "target",
    [
        "file:///etc/passwd",
        "javascript:alert(1)",
        "ftp://example.org/x",
        "http://[",
        "http://user:secret@new.test/",
        "http://169.254.169.254/latest/meta-data",
        "http://127.0.0.1:1/",
        "http://[::1]:8080/",
        "http://localhost:8080/",
        "http://2130706433:8080/",
        "http://0x7f.1:8080/",
        "http://inside.example.org/",
        "http://both.example.org/",
        "http://x\r\nHost: y/",
        "//127.0.0.2/",
    ],
)
def test_no_redirect_leads_inside_or_off_the_web(site: FakeWeb, target: str) -> None:
    url = site.on("/a", redirect(302, target.replace("\r\n", "%0d%0a")))
    state = check(url)[0]
    assert state.kind == "unclear", state
    assert [asked.path for asked in site.asked] == ["/a"]
    assert "secret" not in state.sentence


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/x", "http://localhost/x", "https://10.0.0.1/", "http://192.168.1.1/a",
        "http://inside.example.org/x", "http://both.example.org/", "http://router/", "http://a.local/",
        "http://[::ffff:127.0.0.1]/", "http://[fe80::1]/", "http://0/", "http://100.64.0.1/",
        "http://user:secret@127.0.0.1/", "http://new.test:25/", "ftp://new.test/", "http://[", "http://a.b:x/",
    ],
)  # fmt: skip
def test_what_is_never_asked(site: FakeWeb, url: str) -> None:
    with Web(bounds=IMPATIENT) as web:
        state = LinkChecker(web, resolve=resolve).check([url])[url]
        assert state.kind == "unclear", state
    assert site.asked == []


def test_an_endless_redirect_ends(site: FakeWeb) -> None:
    assert kind(site.on("/a", redirect(301, "/a"))) == "unclear"
    assert len(site.asked) < 10


def test_no_secret_is_sent(site: FakeWeb, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    site.on("/b", status(200))
    assert kind(site.on("/a", status(302, Location="/b", Set_Cookie="a=b"))) == "alive"
    for asked in site.asked:
        assert not {"Authorization", "Cookie"} & set(asked.headers)
        assert asked.headers["User-Agent"].startswith("bibkit/")


def test_an_unknown_host_is_dead_only_when_others_answer(site: FakeWeb) -> None:
    gone = "https://gone.example.org/project"
    assert check(gone)[0].kind == "unreachable"
    assert check(gone, site.on("/a", status(200)))[0].kind == "unreachable"  # no name proved
    alive = f"http://code.test:{site.port}/a"
    states = check(gone, alive)
    assert [state.kind for state in states] == ["dead", "alive"]
    assert states[0].sentence == "host not found"
    assert check("https://later.example.org/", alive)[0].kind == "unreachable"


def test_an_unknown_host_is_looked_up_once_for_all_its_links() -> None:
    looked_up = []

    def nobody(host: str, port: int) -> list[str]:
        looked_up.append(host)
        return resolve(host, port)

    with Web(bounds=IMPATIENT) as web:
        urls = [f"https://gone.example.org/{n}" for n in range(50)]
        states = LinkChecker(web, resolve=nobody).check(urls)
    assert {state.sentence for state in states.values()} == {"host not found"}
    assert looked_up == ["gone.example.org"]


def test_nobody_listens(site: FakeWeb, monkeypatch: pytest.MonkeyPatch) -> None:
    port = closed_port()
    monkeypatch.setenv("BIBKIT_PRIVATE_HOSTS", f"127.0.0.1:{port}")
    assert kind(f"http://127.0.0.1:{port}/") == "unreachable"


def test_a_network_that_is_down_is_given_up_soon(site: FakeWeb) -> None:
    with Web(bounds=IMPATIENT) as web:
        names = [f"http://later.example.org:{8000 + n}/" for n in range(200)]
        states = LinkChecker(web, resolve=resolve).check(names)
        assert {state.kind for state in states.values()} == {"unreachable"}
        assert web.http_requests < 15


def test_a_host_that_fails_twice_is_left_alone(site: FakeWeb) -> None:
    urls = [site.on(f"/{n}", status(503)) for n in range(10)]
    assert {state.kind for state in check(*urls)} == {"unreachable"}
    assert len(site.asked) == 4


def test_what_a_server_said_is_kept_for_a_day_and_failures_are_not(site: FakeWeb) -> None:
    site.on("/new", status(200))
    said = [
        site.on("/alive", status(200)),
        site.on("/dead", status(404)),
        site.on("/moved", redirect(301, "/new")),
        site.on("/wary", status(403)),
    ]
    before = check(*said)
    site.asked.clear()
    assert check(*said) == before
    assert site.asked == []
    failed = site.on("/busy", fake.in_turn(status(503), status(503), status(200)))
    assert kind(failed) == "unreachable"
    assert kind(failed) == "alive"


def test_tls_is_checked_against_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    with FakeWeb(certificate=CERTIFICATE) as site:
        allow(monkeypatch, site)
        url = site.on("/a", status(200))
        assert check(url)[0].sentence == "cannot be asked safely: TLS fails"
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(CERTIFICATE))
        assert kind(url) == "alive"
        assert kind(f"https://code.test:{site.port}/a") == "unclear"


def test_a_proxy_is_used_and_not_led_inside(site: FakeWeb, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_PROXY")
    monkeypatch.setenv("http_proxy", site.url)
    site.on("http://somewhere.example.org/page", status(200))
    assert kind("http://somewhere.example.org/page") == "alive"
    assert kind("http://169.254.169.254/latest") == "unclear"
    assert kind("http://router/") == "unclear"
    assert [asked.path for asked in site.asked] == ["http://somewhere.example.org/page"]


def test_hosts_take_turns_and_each_has_its_pace(
    site: FakeWeb, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BIBKIT_REQUEST_INTERVAL")
    site.on("/1", status(200))
    site.on("/2", status(200))
    waits: list[float] = []
    urls = [f"http://{name}:{site.port}/{n}" for name in ("old.test", "new.test") for n in (1, 2)]
    with Web(bounds=IMPATIENT, sleep=waits.append) as web:
        LinkChecker(web, resolve=resolve).check(urls)
    assert [asked.path for asked in site.asked] == ["/1", "/1", "/2", "/2"]
    assert len(waits) == 2
    assert all(0.5 < wait <= 1.0 for wait in waits)
