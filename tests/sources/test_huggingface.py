"""Hugging Face: renamed papers, code links, and answers that are none."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from bibkit.record import Author, Link
from bibkit.resolve.query import Query
from bibkit.sources.huggingface import HuggingFace
from tests.sources.conftest import Runs
from tests.sources.fake_services import (
    HF_PATH,
    JSON,
    PAPERS,
    FakeServices,
    Fault,
    cut_off,
    hf_paper,
    page,
    pieces,
    redirect,
    status,
)
from tests.sources.loopback import closed_port, hang, hang_up

OLD_TITLE = PAPERS[6].hf_title or ""
DEEP = '{"id": "2304.02643", "x": ' + "[" * 100_000 + "]" * 100_000 + "}"


def test_a_renamed_paper_is_found_by_its_old_title(services: FakeServices, new_run: Runs) -> None:
    [found] = HuggingFace(new_run()).find([Query(OLD_TITLE)])
    assert [(p.arxiv_id, p.title) for p in found.papers] == [("2405.16847", OLD_TITLE)]


def test_a_paper_has_all_that_the_page_says(services: FakeServices, new_run: Runs) -> None:
    [found] = HuggingFace(new_run()).find([Query(arxiv_id="2402.02370")])
    [paper] = found.papers
    assert paper.source == "huggingface"
    assert paper.title == (
        "AutoTimes: Autoregressive Time Series Forecasters via Large Language Models"
    )
    assert paper.authors[0] == Author("Liu", "Yong")
    assert paper.submitted == dt.date(2024, 2, 4)
    assert paper.links == (Link("https://github.com/thuml/AutoTimes", "code"),)
    assert paper.categories == ()


def test_code_links_are_asked_for_once(services: FakeServices, new_run: Runs) -> None:
    ids = ["2304.02643", "2401.00001", "1706.03762", "2304.02643"]
    for run in range(2):
        web = new_run()
        code, absent, none, again = HuggingFace(web).code_links(ids)
        assert code.links == (
            Link("https://github.com/facebookresearch/segment-anything", "code"),
            Link("https://segment-anything.com", "project"),
        )
        assert again == code
        assert (absent.links, absent.error, none.links) == ((), None, ())
        assert web.http_requests == (0 if run else 3)


def test_a_search_keeps_what_may_be_meant(services: FakeServices, new_run: Runs) -> None:
    answers = HuggingFace(new_run()).find(
        [
            Query("Qwen2 Technical Report"),
            Query("Something Else Entirely"),
            Query(),
            Query(doi="10.1/x"),
        ]
    )
    assert [[p.arxiv_id for p in a.papers] for a in answers] == [
        ["2407.10671", "2412.15115"],
        [],
        [],
        [],
    ]
    assert len(services.requests) == 2


def test_the_better_of_two_titles_counts(services: FakeServices, new_run: Runs) -> None:
    own = hf_paper(PAPERS[6]) | {"title": PAPERS[6].title}
    services.always = page(json.dumps([{"paper": own, "title": OLD_TITLE}]), JSON)
    by_old, by_new = HuggingFace(new_run()).find([Query(OLD_TITLE), Query(PAPERS[6].title)])
    assert by_old.papers[0].title == OLD_TITLE
    assert by_new.papers[0].title == PAPERS[6].title


def test_a_long_title_is_asked_for_in_part(services: FakeServices, new_run: Runs) -> None:
    title = "Word " * 100 + "\n\x1b[31mEnd"
    HuggingFace(new_run()).find([Query(title)])
    [question] = services.requests[0].query["q"]
    assert question == ("Word " * 40).strip()


def test_hostile_text_is_tamed(services: FakeServices, new_run: Runs) -> None:
    hostile = {
        "id": "2304.02643",
        "title": "Segment\n \x1b]0;owned\x07Anything\u202e",
        "authors": [{"name": "Ada\x00 Example"}, {"name": ":"}, {"name": None}, {}],
        "publishedAt": "yesterday",
        "githubRepo": "javascript:alert(1)",
        "projectPage": "file:///etc/passwd",
        "summary": None,
    }
    services.always = page(json.dumps(hostile), JSON)
    [found] = HuggingFace(new_run()).find([Query(arxiv_id="2304.02643")])
    [paper] = found.papers
    assert paper.title == "Segment ]0;ownedAnything"
    assert paper.authors == (Author("Example", "Ada"),)
    assert (paper.submitted, paper.links, paper.abstract) == (None, (), "")


FAULTS: dict[str, Fault] = {
    "429": status(429),
    "503 with Retry-After": status(503, "3"),
    "401": status(401),
    "time-out": hang,
    "hung up": hang_up,
    "cut off": cut_off,
    "endless redirect": redirect("/again"),
    "redirect to FTP": redirect("ftp://127.0.0.1/"),
    "giant": pieces(1 << 30),
    "HTML": page("<!DOCTYPE html><html>Sign in</html>"),
    "empty body": page("", JSON),
    "cut JSON": page('[{"paper": {"id": "2304.0', JSON),
    "a string": page('"2304.02643"', JSON),
    "numbers": page("[1, 2]", JSON),
    "an error": page('{"error": "try later"}', JSON),
    "number for an id": page('{"id": 2304.02643, "title": "Segment Anything"}', JSON),
    "list for a title": page('{"id": "2304.02643", "title": ["Segment Anything"]}', JSON),
    "deep in an object": page(DEEP, JSON),
    "deep": page("[" * 100_000, JSON),
    "no UTF-8": page(b'{"id": "2304.02643", "title": "\xff\xfe"}', JSON),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_is_an_error_and_the_rerun_completes(
    services: FakeServices, new_run: Runs, fault: Fault
) -> None:
    services.always = fault
    source = HuggingFace(new_run())
    by_title, by_id = source.find([Query("Segment Anything"), Query(arxiv_id="2304.02643")])
    [links] = source.code_links(["2304.02643"])
    for failed in (by_title, by_id, links):
        assert failed.error
        assert failed.error.isprintable()
    services.always = None
    for requests in (2, 0):
        web = new_run()
        source = HuggingFace(web)
        by_title, by_id = source.find([Query("Segment Anything"), Query(arxiv_id="2304.02643")])
        assert by_title.papers
        assert by_id.papers
        assert source.code_links(["2304.02643"])[0].links
        assert web.http_requests == requests


def test_nobody_at_the_address(new_run: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIBKIT_REQUEST_INTERVAL", "0")
    monkeypatch.setenv("BIBKIT_HF_API", f"http://127.0.0.1:{closed_port()}/api/")
    web = new_run()
    answers = HuggingFace(web).code_links([f"2401.{n:05}" for n in range(200)])
    assert all(a.error and "cannot be reached" in a.error for a in answers)
    assert web.http_requests == 2


def test_a_page_for_another_paper_is_no_answer(services: FakeServices, new_run: Runs) -> None:
    services.always = page(json.dumps(hf_paper(PAPERS[0])), JSON)
    [found] = HuggingFace(new_run()).find([Query(arxiv_id="2304.02643")])
    assert not found.papers


@pytest.mark.shared
@pytest.mark.parametrize("day", ["2024-05-27", "2025-02-24", "2025-11-21", "2026-08-21"])
def test_recorded_answers_are_read_right(
    services: FakeServices, new_run: Runs, shared: Path, day: str
) -> None:
    body = (shared / "api-samples" / "hf-daily_papers" / f"{day}.json").read_bytes()
    hits = json.loads(body)
    services.always = page(body, JSON)
    answers = HuggingFace(new_run()).find([Query(hit["title"]) for hit in hits])
    for hit, found in zip(hits, answers, strict=True):
        best = found.papers[0]
        assert best.arxiv_id == hit["paper"]["id"]
        assert len(best.authors) == len(hit["paper"]["authors"])
        assert best.submitted
        assert hit["paper"]["publishedAt"].startswith(best.submitted.isoformat())
        declared = hit["paper"].get("githubRepo")
        assert declared is None or best.links[0].kind == "code"
    assert all(r.path == f"{HF_PATH}/papers/search" for r in services.requests)
