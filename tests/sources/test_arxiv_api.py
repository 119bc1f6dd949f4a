"""arXiv's API: its protocol spoken right, its faults survived."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bibkit.record import Author, Link
from bibkit.resolve.query import Query
from bibkit.sources.arxiv_api import ArxivApi
from bibkit.sources.arxiv_feed import feed_flaw
from bibkit.sources.huggingface import HuggingFace
from tests.sources.conftest import Runs
from tests.sources.fake_services import (
    ATOM,
    PAPERS,
    FakePaper,
    FakeServices,
    Fault,
    Handler,
    answer,
    cut_off,
    entry,
    error_feed,
    feed,
    page,
    pieces,
    redirect,
    status,
)
from tests.sources.loopback import closed_port, hang, hang_up

BOMB = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
    + feed([], total=0).partition("?>")[2].replace("Query: fake", "&c;")
)
FILE_ENTITY = (
    '<?xml version="1.0"?><!DOCTYPE f [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    + feed([], total=0).partition("?>")[2]
)
SEGMENT = [Query("Segment Anything")]
WHOLE = feed(PAPERS[:1], total=1)


def test_a_paper_has_all_that_arxiv_says(services: FakeServices, new_run: Runs) -> None:
    [by_title, by_id] = ArxivApi(new_run()).find(
        [Query("Forecasting time series autoregressively"), Query(arxiv_id="math/0309136")]
    )
    assert not by_title.papers  # a phrase of other words finds nothing
    [paper] = by_id.papers
    assert (paper.arxiv_id, paper.source) == ("math/0309136", "arxiv")
    assert paper.title == "On the Geometry of Some Surfaces"
    assert paper.submitted == dt.date(2003, 9, 8)
    assert (paper.doi, paper.journal_ref) == ("10.1000/geom.2004.12", "J. Geom. 12 (2004) 34-56")
    [found] = ArxivApi(new_run()).find([Query(arxiv_id="2304.02643")])
    [paper] = found.papers
    assert paper.categories == ("cs.CV", "cs.AI")
    assert paper.note == "Project web-page: https://segment-anything.com"
    assert paper.links == (Link("https://segment-anything.com", "project"),)
    assert paper.abstract.startswith("A task, a model")
    assert (paper.doi, paper.journal_ref) == (None, None)


def test_titles_lose_line_breaks_and_author_lists_oddities(
    services: FakeServices, new_run: Runs
) -> None:
    times, wan = ArxivApi(new_run()).find(
        [
            Query("AutoTimes: Autoregressive Time Series Forecasters via Large Language Models"),
            Query("Wan: Open and Advanced Large-Scale Video Generative Models"),
        ]
    )
    assert "\n" not in times.papers[0].title
    assert times.papers[0].links == (Link("https://github.com/thuml/AutoTimes", "code"),)
    assert wan.papers[0].authors[1:] == (Author("Wang", "Ang"), Author("Ai", "Baole"))


def test_each_query_gets_its_own_candidates_best_first(
    services: FakeServices, new_run: Runs
) -> None:
    answers = ArxivApi(new_run()).find(
        [
            Query("Qwen2 Technical Report"),
            Query("segment anything"),
            Query("Nobody Wrote This"),
            Query(
                "1-Bit Adam: Communication Efficient Large-Scale Training with Adam's Convergence Speed"
            ),
            Query(),
        ]
    )
    assert [[p.arxiv_id for p in a.papers] for a in answers] == [
        ["2407.10671"],
        ["2304.02643", "2304.12306"],
        [],
        ["2102.02888"],
        [],
    ]
    assert not any(a.error for a in answers)


def test_a_doi_finds_its_paper(services: FakeServices, new_run: Runs) -> None:
    found, nobody = ArxivApi(new_run()).find(
        [Query(doi="10.1000/geom.2004.12"), Query(doi="10.1000/other")]
    )
    assert [p.arxiv_id for p in found.papers] == ["math/0309136"]
    assert (nobody.papers, nobody.error) == ((), None)


def test_unknown_ids_are_no_error(services: FakeServices, new_run: Runs) -> None:
    unknown, known = ArxivApi(new_run()).find(
        [Query(arxiv_id="2401.00001"), Query(arxiv_id="1706.03762")]
    )
    assert (unknown.papers, unknown.error) == ((), None)
    assert known.papers[0].title == "Attention Is All You Need"
    assert len(services.requests) == 1


def test_one_id_that_arxiv_cannot_read_does_not_sink_the_others(
    services: FakeServices, new_run: Runs
) -> None:
    def picky(handler: Handler) -> None:
        bad = "2401.00042" in handler.path
        handler.reply(error_feed("incorrect id"), ATOM, 400) if bad else answer(handler)

    services.papers = tuple(FakePaper(f"2401.{n:05}", f"Paper {n}") for n in range(100))
    services.always = picky
    answers = ArxivApi(new_run()).find([Query(arxiv_id=p.id) for p in services.papers])
    assert [bool(a.papers) for a in answers] == [n != 42 for n in range(100)]
    assert not any(a.error for a in answers)
    assert len(services.requests) < 20


def test_a_service_that_refuses_every_query_is_asked_a_bounded_number_of_times(
    services: FakeServices, new_run: Runs
) -> None:
    services.always = page(error_feed("no"), ATOM, 400)
    answers = ArxivApi(new_run()).find([Query(f"The Paper {n}") for n in range(100)])
    assert {a.error for a in answers} == {"arXiv cannot read the query"}
    assert len(services.requests) < 50


def test_pages_are_read_to_the_end(services: FakeServices, new_run: Runs) -> None:
    services.page_cap = 3
    answers = ArxivApi(new_run()).find([Query(arxiv_id=p.id) for p in PAPERS])
    assert all(a.papers for a in answers)
    assert len(services.requests) == 4


def test_an_empty_page_in_the_middle_is_asked_for_again(
    services: FakeServices, new_run: Runs
) -> None:
    services.page_cap = 6
    services.faults.extend([answer, page(feed([], total=12, start=6), ATOM)])
    answers = ArxivApi(new_run()).find([Query(arxiv_id=p.id) for p in PAPERS])
    assert all(a.papers for a in answers)
    assert len(services.requests) == 3


FAULTS: dict[str, Fault] = {
    "429": status(429),
    "429 with Retry-After": status(429, "120"),
    "503": status(503),
    "404": status(404),
    "time-out": hang,
    "hung up": hang_up,
    "cut off": cut_off,
    "endless redirect": redirect("/elsewhere/again"),
    "redirect to a file": redirect("file:///etc/passwd"),
    "giant": pieces(1 << 30),
    "HTML": page("<html><body>Welcome to the hotel</body></html>"),
    "HTML that says 400": page("<html>Bad request</html>", "text/html", 400),
    "Rate exceeded": page("Rate exceeded.", "text/plain"),
    "empty body": page("", ATOM),
    "cut feed": page(WHOLE[:-40], ATOM),
    "malformed feed": page(WHOLE.replace("<entry>", "<entry><b>"), ATOM),
    "error feed": page(error_feed("maintenance"), ATOM),
    "empty page": page(feed([], total=3), ATOM),
    "bomb": page(BOMB, ATOM),
    "bomb in UTF-16": page(BOMB.replace('<?xml version="1.0"?>', "").encode("utf-16"), ATOM),
    "file entity": page(FILE_ENTITY, ATOM),
    "no date": page(WHOLE.replace("2017-06-12", "soon"), ATOM),
    "no number": page(WHOLE.replace("totalResults>1<", "totalResults>many<"), ATOM),
    "zeros": page(b"\x00" * 100, ATOM),
    "another feed": page("<feed/>", ATOM),
    "deep": page("<a>" * 100_000, ATOM),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_is_an_error_and_the_rerun_completes(
    services: FakeServices, new_run: Runs, fault: Fault
) -> None:
    services.always = fault
    queries = [*SEGMENT, Query(arxiv_id="1706.03762")]
    answers = ArxivApi(new_run()).find(queries)
    assert all(a.error and not a.papers for a in answers)
    assert all("\n" not in str(a.error) and str(a.error).isprintable() for a in answers)
    services.always = None
    web = new_run()
    assert all(a.papers and not a.error for a in ArxivApi(web).find(queries))
    assert web.http_requests == 2
    web = new_run()
    assert all(a.papers for a in ArxivApi(web).find(queries))
    assert web.http_requests == 0


def test_nobody_at_the_address(new_run: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIBKIT_REQUEST_INTERVAL", "0")
    monkeypatch.setenv("BIBKIT_ARXIV_API", f"http://127.0.0.1:{closed_port()}/api/query")
    web = new_run()
    answers = ArxivApi(web).find([Query(f"The Paper {n}") for n in range(216)])
    assert all(a.error and "cannot be reached" in a.error for a in answers)
    assert web.http_requests == 2


def test_a_mirror_may_have_a_query_and_braces_of_its_own(
    services: FakeServices, new_run: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIBKIT_ARXIV_API", f"{services.url}/api/query?mirror={{1}}")
    [found] = ArxivApi(new_run()).find(SEGMENT)
    assert found.papers
    assert services.requests[0].query["mirror"] == ["{1}"]


def test_216_titles_take_one_request_for_ten_of_them(services: FakeServices, new_run: Runs) -> None:
    services.papers = tuple(
        FakePaper(f"2401.{n:05}", f"Method-{n}: Learning Something With {n % 9} Tricks")
        for n in range(216)
    )
    queries = [Query(p.title) for p in services.papers]
    answers = ArxivApi(new_run()).find(queries)
    assert [a.papers[0].arxiv_id for a in answers] == [p.id for p in services.papers]
    assert len(services.requests) <= 21


@pytest.mark.shared
def test_the_truth_is_among_the_candidates(
    services: FakeServices, new_run: Runs, shared: Path
) -> None:
    table = (shared / "truth" / "listing_truth.tsv").read_text(encoding="utf-8").splitlines()[1:]
    rows = [line.split("\t") for line in table]
    services.papers = tuple(
        FakePaper(identifier, latest or title, hf_title=title)
        for title, identifier, latest, _ in rows
    )
    queries = [Query(row[0]) for row in rows]
    web = new_run()
    answers = ArxivApi(web).find(queries)
    assert len(services.arxiv_requests) <= 21
    missing = [
        n for n, row in enumerate(rows) if row[1] not in [p.arxiv_id for p in answers[n].papers]
    ]
    assert all(rows[n][2] for n in missing)  # only those that arXiv has under another title
    rest = HuggingFace(web).find([queries[n] for n in missing])
    assert [a.papers[0].arxiv_id for a in rest] == [rows[n][1] for n in missing]


# Real answers


def samples(shared: Path) -> list[Path]:
    return sorted((shared / "api-samples" / "arxiv-atom").glob("*.xml"))


@pytest.mark.shared
def test_recorded_answers_are_sound(shared: Path) -> None:
    flaws = {file.name: feed_flaw(file.read_bytes()) for file in samples(shared)}
    assert len(flaws) > 15
    assert {name for name, flaw in flaws.items() if flaw} == {"id_abc_s0_m100_b79c8dcf6bc3.xml"}


@pytest.mark.shared
def test_a_recorded_answer_is_read_right(
    services: FakeServices, new_run: Runs, shared: Path
) -> None:
    [file] = [f for f in samples(shared) if f.name.startswith("q_testing_s0_m100")]
    body = file.read_bytes().replace(b">214881<", b">100<")
    services.always = page(body, ATOM)
    namespaces = {"a": "http://www.w3.org/2005/Atom", "x": "http://arxiv.org/schemas/atom"}
    entries = ElementTree.fromstring(body).findall("a:entry", namespaces)
    assert len(entries) == 100
    ids = [re.sub(r".*/abs/|v\d+$", "", e.findtext("a:id", "", namespaces)) for e in entries]
    answers = ArxivApi(new_run()).find([Query(arxiv_id=i) for i in ids])
    for e, i, found in zip(entries, ids, answers, strict=True):
        [paper] = found.papers
        assert paper.arxiv_id == i
        title = " ".join(e.findtext("a:title", "", namespaces).split())
        assert paper.title == "".join(filter(str.isprintable, title))
        assert paper.submitted
        assert e.findtext("a:published", "", namespaces).startswith(paper.submitted.isoformat())
        assert len(paper.authors) == len(e.findall("a:author", namespaces))
        primary = e.find("x:primary_category", namespaces)
        assert primary is not None
        assert paper.categories[0] == primary.get("term")
        assert (paper.doi is None) == (e.find("x:doi", namespaces) is None)
        assert bool(paper.journal_ref) == (e.find("x:journal_ref", namespaces) is not None)


def test_the_fake_has_the_shape_of_the_real_one() -> None:
    assert feed_flaw(feed(PAPERS, total=len(PAPERS)).encode()) is None
    assert feed_flaw(error_feed("no").encode()) == "answers with an error"
    assert "<arxiv:comment>" in entry(PAPERS[0])
