"""What is kept between runs, and what must never be."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from bibkit.errors import SourceError
from bibkit.resolve.query import Query
from bibkit.sources.arxiv_api import ArxivApi
from bibkit.sources.http import Service, Web
from tests.sources.conftest import Runs
from tests.sources.fake_services import PAPERS, FakePaper, FakeServices, Fault, answer, page, status

ROOT = Path(__file__).resolve().parents[2]
TITLES = [Query(paper.title) for paper in PAPERS]


def cached(home: Path) -> list[Path]:
    return sorted(p for p in (home / "cache").iterdir() if p.suffix in {".sqlite", ".damaged"})


def rows(home: Path) -> dict[str, int]:
    """Count what is kept: HTTP answers and answered questions."""
    counts = {}
    for name, table in (("http", "responses"), ("answers", "answers")):
        with closing(sqlite3.connect(home / "cache" / f"{name}.sqlite")) as db:
            counts[name] = db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    return counts


def found(web: Web) -> list[bool]:
    return [bool(answer.papers) for answer in ArxivApi(web).find(TITLES)]


def test_a_second_run_asks_nothing(services: FakeServices, new_run: Runs) -> None:
    web = new_run()
    assert all(found(web))
    assert web.cache_hits == 0
    asked = len(services.requests)
    web = new_run()
    assert all(found(web))
    assert len(services.requests) == asked
    assert (web.http_requests, web.cache_hits) == (0, len(TITLES))


def test_one_more_paper_asks_for_that_paper_only(services: FakeServices, new_run: Runs) -> None:
    ArxivApi(new_run()).find(TITLES[:-2])
    asked = len(services.requests)
    assert all(found(new_run()))
    [request] = services.requests[asked:]
    [search] = request.query["search_query"]
    assert search.count("ti:") == 2


def test_the_order_of_questions_does_not_matter(services: FakeServices, new_run: Runs) -> None:
    forth = ArxivApi(new_run()).find(TITLES)
    asked = len(services.requests)
    back = ArxivApi(new_run()).find(TITLES[::-1])
    assert back == forth[::-1]
    assert len(services.requests) == asked


def test_a_paper_found_by_title_is_known_by_id(services: FakeServices, new_run: Runs) -> None:
    by_title = ArxivApi(new_run()).find([Query("Segment Anything")])
    by_id = ArxivApi(new_run()).find([Query(arxiv_id="2304.02643")])
    assert by_id[0].papers == by_title[0].papers[:1]
    assert len(services.requests) == 1


def test_no_such_paper_is_believed_for_a_day(
    services: FakeServices, new_run: Runs, own_home: Path
) -> None:
    nobody = [Query("A Paper That Nobody Wrote"), Query(arxiv_id="2401.99999")]
    known = [Query("Segment Anything")]
    ArxivApi(new_run()).find(nobody + known)
    new_run.close()
    with closing(sqlite3.connect(own_home / "cache" / "answers.sqlite")) as db, db:
        db.execute("UPDATE answers SET expires = expires - 86401")
    with closing(sqlite3.connect(own_home / "cache" / "http.sqlite")) as db, db:
        db.execute("DELETE FROM responses")
    services.requests.clear()
    ArxivApi(new_run()).find(nobody + known)
    assert [sorted(r.query) for r in services.requests] == [
        sorted({"id_list", "start", "max_results", "sortBy", "sortOrder"}),
        sorted({"search_query", "start", "max_results", "sortBy", "sortOrder"}),
    ]
    assert services.requests[1].query["search_query"] == ['ti:"A Paper That Nobody Wrote"']


YEAR = 365 * 86_400
WRITTEN = dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT00:00:00Z")
AGES = (
    FakePaper("2401.00001", "A Young Preprint on Something Long", published=WRITTEN),
    FakePaper("2401.00002", "A Young Publication on Something", published=WRITTEN, doi="10.1000/x"),
    FakePaper("2001.00003", "An Old Preprint on Something", published="2020-01-02T10:00:00Z"),
)


@pytest.mark.parametrize(
    ("seconds", "asked_again"),
    [(86_000, 0), (2 * 86_400, 1), (29 * 86_400, 1), (31 * 86_400, 2), (20 * YEAR, 2)],
)
def test_what_cannot_change_is_never_asked_for_again(
    services: FakeServices, new_run: Runs, own_home: Path, seconds: int, asked_again: int
) -> None:
    services.papers = AGES
    titles = [Query(paper.title) for paper in AGES] + [Query("Nobody Wrote This One")]
    ids = [Query(arxiv_id=paper.id) for paper in AGES] + [Query(arxiv_id="2401.99999")]
    ArxivApi(new_run()).find(titles + ids)
    new_run.close()
    with closing(sqlite3.connect(own_home / "cache" / "answers.sqlite")) as db, db:
        db.execute("UPDATE answers SET expires = expires - ?", (seconds,))
    (own_home / "cache" / "http.sqlite").unlink()
    services.requests.clear()
    answers = ArxivApi(new_run()).find(titles + ids)
    assert [bool(a.papers) for a in answers] == [True, True, True, False] * 2
    asked = " ".join(
        text
        for r in services.requests
        for name in ("id_list", "search_query")
        for text in r.query.get(name, [])
    )
    again = [
        [*(paper.id for paper in AGES), "2401.99999"],
        [*(paper.title for paper in AGES), "Nobody Wrote"],
    ]
    for young, published, old, nobody in again:
        assert (nobody in asked, young in asked) == (asked_again > 0, asked_again > 1)
        assert published not in asked
        assert old not in asked


@pytest.mark.parametrize(
    "fault", [status(429), page("Rate exceeded."), page("<html>Welcome</html>"), status(404)]
)
def test_nothing_unsound_is_kept(
    services: FakeServices, new_run: Runs, own_home: Path, fault: Fault
) -> None:
    services.always = fault
    answers = ArxivApi(new_run()).find(TITLES)
    assert all(a.error and not a.papers for a in answers)
    assert rows(own_home) == {"http": 0, "answers": 0}
    services.always = None
    assert all(found(new_run()))


def test_a_poisoned_answer_is_asked_for_again(
    services: FakeServices, new_run: Runs, own_home: Path
) -> None:
    assert all(found(new_run()))
    new_run.close()
    target = services.url + services.requests[0].target
    for file in cached(own_home):
        file.unlink()
    services.always = page("Rate exceeded.")
    new_run().get(Service("arxiv", services.url, 0), target, flaw=lambda _: None)
    assert rows_of_http(new_run, own_home) == 1
    services.always = None
    asked = len(services.requests)
    assert all(found(new_run()))
    assert len(services.requests) == asked + 1
    assert all(found(new_run()))
    assert len(services.requests) == asked + 1


def rows_of_http(new_run: Runs, home: Path) -> int:
    new_run.close()
    with closing(sqlite3.connect(home / "cache" / "http.sqlite")) as db:
        return int(db.execute("SELECT count(*) FROM responses").fetchone()[0])


@pytest.mark.parametrize("value", ["", "[1]", '{"status_code": "many"}', '"text"', "\x80\x04."])
def test_a_kept_answer_of_another_shape_is_as_good_as_none(
    services: FakeServices, new_run: Runs, own_home: Path, value: str
) -> None:
    assert all(found(new_run()))
    new_run.close()
    with closing(sqlite3.connect(own_home / "cache" / "http.sqlite")) as db, db:
        db.execute("UPDATE responses SET value = ?", (value,))
    with closing(sqlite3.connect(own_home / "cache" / "answers.sqlite")) as db, db:
        db.execute("UPDATE answers SET papers = ?", (value,))
    assert all(found(new_run()))


def test_answers_are_kept_as_text_not_as_code(
    services: FakeServices, new_run: Runs, own_home: Path
) -> None:
    assert all(found(new_run()))
    new_run.close()
    with closing(sqlite3.connect(own_home / "cache" / "http.sqlite")) as db:
        for (value,) in db.execute("SELECT value FROM responses"):
            assert value.startswith("{")
    with closing(sqlite3.connect(own_home / "cache" / "answers.sqlite")) as db:
        for (value,) in db.execute("SELECT papers FROM answers"):
            assert value.startswith(b"[")


def test_secrets_are_not_kept(
    services: FakeServices, new_run: Runs, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = own_home.parent / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password s3cret-word\n")
    monkeypatch.setenv("NETRC", str(netrc))
    services.always = lambda h: h.reply("fine", "text/plain", 200, {"Set-Cookie": "id=s3cret-c"})
    names = ("key", "token", "api_key", "apikey", "access_token", "x-api-key", "Zotero-API-Key")
    for name in names:
        url = f"{services.url}/?{name}=s3cret-{name}"
        new_run().get(Service("fake", services.url, 0), url, flaw=lambda _: None)
    assert services.requests[0].headers["Authorization"].startswith("Basic ")
    new_run.close()
    assert rows_of_http(new_run, own_home) == len(names)
    everything = b"".join(p.read_bytes() for p in (own_home / "cache").iterdir())
    assert b"127.0.0.1" in everything
    for secret in (b"s3cret", b"Basic "):
        assert secret not in everything


# Files that cannot be used


@pytest.mark.parametrize("name", ["http.sqlite", "answers.sqlite"])
@pytest.mark.parametrize("damage", [b"", b"not a database at all" * 500, b"SQLite format 3\x00?"])
def test_a_damaged_file_is_set_aside(
    services: FakeServices, new_run: Runs, own_home: Path, name: str, damage: bytes
) -> None:
    file = own_home / "cache" / name
    file.parent.mkdir(parents=True)
    file.write_bytes(damage)
    assert all(found(new_run()))
    web = new_run()
    assert all(found(web))
    assert web.http_requests == 0
    new_run.close()
    assert (file.with_name(f"{name}.damaged") in cached(own_home)) == bool(damage)


@pytest.mark.parametrize("name", ["http.sqlite", "answers.sqlite"])
def test_a_file_damaged_further_in_costs_no_run(
    services: FakeServices, new_run: Runs, own_home: Path, name: str
) -> None:
    assert all(found(new_run()))
    new_run.close()
    file = own_home / "cache" / name
    data = bytearray(file.read_bytes())
    data[4096:] = b"\xaa" * (len(data) - 4096)
    file.write_bytes(data)
    other = {"http.sqlite": "answers.sqlite", "answers.sqlite": "http.sqlite"}[name]
    (own_home / "cache" / other).unlink()
    assert all(found(new_run()))
    assert all(found(new_run()))
    assert all(found(new_run()))
    new_run.close()
    assert file.with_name(f"{name}.damaged") in cached(own_home)


def test_a_folder_that_cannot_be_written_costs_no_run(
    services: FakeServices, new_run: Runs, own_home: Path
) -> None:
    own_home.parent.mkdir(exist_ok=True)
    own_home.write_text("a file where the folder should be")
    web = new_run()
    assert all(found(web))
    asked = len(services.requests)
    assert all(found(web))
    assert len(services.requests) == asked


@pytest.mark.parametrize("name", ["http.sqlite", "answers.sqlite"])
def test_a_file_that_cannot_be_opened_costs_no_run(
    services: FakeServices, new_run: Runs, own_home: Path, name: str
) -> None:
    (own_home / "cache" / name).mkdir(parents=True)
    assert all(found(new_run()))


def test_an_older_memory_is_dropped(services: FakeServices, new_run: Runs, own_home: Path) -> None:
    file = own_home / "cache" / "answers.sqlite"
    file.parent.mkdir(parents=True)
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("CREATE TABLE answers (anything TEXT)")
    assert all(found(new_run()))
    assert all(found(new_run()))
    assert len(services.requests) == 1


def test_several_runs_at_once_disturb_nobody(
    services: FakeServices, new_run: Runs, own_home: Path
) -> None:
    code = (
        "from bibkit.resolve.query import Query; from bibkit.sources.http import Web;"
        "from bibkit.sources.arxiv_api import ArxivApi; import sys;"
        "titles = [Query(t) for t in sys.argv[1:]];"
        "assert all(a.papers for a in ArxivApi(Web()).find(titles))"
    )
    titles = [query.title for query in TITLES]
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", code, *titles[i:], *titles[:i]],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stderr=subprocess.PIPE,
        )
        for i in range(4)
    ]
    assert [(run.communicate()[1], run.returncode) for run in runs] == [(b"", 0)] * 4
    web = new_run()
    assert all(found(web))
    assert web.http_requests == 0


def test_a_failed_question_is_not_remembered(
    services: FakeServices, new_run: Runs, own_home: Path
) -> None:
    """A run that breaks down half-way keeps what it has; the next one asks for the rest only."""
    papers = [f"Paper Number {number} About Something" for number in range(30)]
    services.papers = tuple(FakePaper(f"2401.{n:05}", title) for n, title in enumerate(papers))
    queries = [Query(title) for title in papers]
    services.faults.extend([answer, *[status(503)] * 9])
    answers = ArxivApi(new_run()).find(queries)
    assert sum(bool(a.papers) for a in answers) == 12
    assert sum(bool(a.error) for a in answers) == 18
    services.faults.clear()
    services.requests.clear()
    answers = ArxivApi(new_run()).find(queries)
    assert all(a.papers and not a.error for a in answers)
    assert len(services.requests) == 2


def test_an_error_says_who_and_why(services: FakeServices, new_run: Runs) -> None:
    services.always = status(503)
    [failed] = ArxivApi(new_run()).find([Query("Segment Anything")])
    assert failed.error == f"{services.url[7:]} answers 503 (Service Unavailable)"
    with pytest.raises(SourceError):
        new_run().get(Service("x", services.url, 0), services.url, flaw=lambda _: None)
