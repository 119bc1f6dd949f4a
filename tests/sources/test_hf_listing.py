"""A papers page of Hugging Face named by its address, asked of the API."""

from __future__ import annotations

import json

import pytest

from bibkit.errors import ListingError, SourceError
from bibkit.listing import read_listing
from bibkit.sources.hf_listing import Question, api_question
from bibkit.sources.page import fetch_page
from tests.sources.conftest import Runs
from tests.sources.fake_services import (
    FakeServices,
    Fault,
    cut_off,
    page,
    pieces,
    redirect,
    status,
    trickle,
)
from tests.sources.loopback import hang, hang_up

DAY = "https://huggingface.co/papers/date/2024-05-24"


@pytest.mark.parametrize(
    ("url", "question"),
    [
        (DAY, Question("daily_papers", (("date", "2024-05-24"),), is_paged=True)),
        (f"{DAY}/", Question("daily_papers", (("date", "2024-05-24"),), is_paged=True)),
        (
            "http://www.huggingface.co/papers?date=2023-10-05",
            Question("daily_papers", (("date", "2023-10-05"),), is_paged=True),
        ),
        (
            "https://hf.co/papers/week/2025-W43#top",
            Question("daily_papers", (("week", "2025-W43"),), is_paged=True),
        ),
        (
            "https://huggingface.co/papers/month/2025-10",
            Question("daily_papers", (("month", "2025-10"),), is_paged=True),
        ),
        (
            "https://huggingface.co/papers/trending",
            Question("daily_papers", (("sort", "trending"),)),
        ),
        ("https://huggingface.co/papers", Question("daily_papers")),
        ("https://huggingface.co/papers?date=today", Question("daily_papers")),
        (
            "https://huggingface.co/papers?q=Long-context%20ASR",
            Question("papers/search", (("q", "Long-context ASR"),)),
        ),
    ],
)
def test_papers_pages_are_asked_of_the_api(url: str, question: Question) -> None:
    assert api_question(url) == question


@pytest.mark.parametrize(
    "url",
    [
        "https://huggingface.co/papers/submit",
        "https://huggingface.co/papers/date/2024-5-24",
        "https://huggingface.co/papers/date/2024-05-24/more",
        "https://huggingface.co/blog/papers",
        "https://huggingface.co.example.org/papers",
        "https://example.org/papers/trending",
        "https://huggingface.co/papers/week/٢٠٢٥-W43",
    ],
)
def test_other_addresses_are_pages(url: str) -> None:
    assert api_question(url) is None


def _ids(web_answer: bytes) -> list[str | None]:
    return [r.arxiv_id for r in read_listing(web_answer.decode(), origin="x").records]


def test_a_day_is_read_to_its_last_page(services: FakeServices, new_run: Runs) -> None:
    services.page_cap = 2
    services.listed["date=2024-05-24"] = ("2402.02370", "2304.02643", "2405.16847")
    answer = fetch_page(new_run(), DAY)
    assert _ids(answer) == ["2402.02370", "2304.02643", "2405.16847"]
    assert [request.query["p"] for request in services.requests] == [["0"], ["1"], ["2"]]
    origins = [r.origin for r in read_listing(answer.decode(), origin="x").records]
    assert origins == ["x:2", "x:3", "x:4"]


def test_a_paper_that_moved_to_the_next_page_meanwhile_is_listed_once(
    services: FakeServices, new_run: Runs
) -> None:
    services.page_cap = 2
    services.listed["month=2024-05"] = ("2402.02370", "2304.02643", "2304.02643", "2405.16847")
    answer = fetch_page(new_run(), "https://huggingface.co/papers/month/2024-05")
    assert _ids(answer) == ["2402.02370", "2304.02643", "2405.16847"]


def test_a_service_that_knows_no_pages_is_asked_twice(
    services: FakeServices, new_run: Runs
) -> None:
    services.always = page('[{"paper": {"id": "2402.02370"}}]', "application/json")
    assert _ids(fetch_page(new_run(), DAY)) == ["2402.02370"]
    assert len(services.requests) == 2


@pytest.mark.parametrize("address", ["papers/trending", "papers", "papers?q=segment"])
def test_a_list_without_end_is_asked_once(
    services: FakeServices, new_run: Runs, address: str
) -> None:
    services.listed = {"sort=trending": ("2304.02643",), "": ("2304.02643",)}
    assert "2304.02643" in _ids(fetch_page(new_run(), f"https://huggingface.co/{address}"))
    assert len(services.requests) == 1


def test_endless_pages_are_left(services: FakeServices, new_run: Runs) -> None:
    def endless(handler: object) -> None:
        item = {"paper": {"id": f"2402.{len(services.requests):05d}"}}
        page(json.dumps([item]), "application/json")(handler)  # type: ignore[arg-type]

    services.always = endless
    with pytest.raises(SourceError, match="without end"):
        fetch_page(new_run(), DAY)
    assert len(services.requests) == 100


def test_a_day_without_papers_is_said_to_be_one(services: FakeServices, new_run: Runs) -> None:
    with pytest.raises(ListingError) as caught:
        fetch_page(new_run(), DAY)
    assert str(caught.value) == f"{DAY}: listing-empty: Hugging Face lists no paper there"


@pytest.mark.parametrize(
    "fault",
    [
        *(status(429), status(503, "0"), status(400), status(404), hang, trickle, hang_up),
        *(cut_off, pieces(1 << 30, announced=True), page("<html><body>Log in</body></html>")),
        *(page('[{"paper": {"id": "2402.02'), page('{"error": "no"}'), page("[1]"), page("")),
        *(page("[" * 100_000), redirect("file:///etc/passwd"), redirect("ftp://127.0.0.1/x")),
        page(b'[{"paper": {"id": "\xff"}}]'),
    ],
)
@pytest.mark.parametrize("healthy_pages", [0, 1])
def test_any_fault_on_any_page_is_an_error_and_nothing_is_made_of_it(
    services: FakeServices, new_run: Runs, fault: Fault, healthy_pages: int
) -> None:
    whole = page('[{"paper": {"id": "2402.02370"}}]', "application/json")
    services.faults.extend([whole] * healthy_pages)
    services.always = fault
    with pytest.raises(SourceError) as caught:
        fetch_page(new_run(), DAY)
    assert "\n" not in str(caught.value)


def test_a_fault_that_passes_does_no_harm(services: FakeServices, new_run: Runs) -> None:
    services.listed["date=2024-05-24"] = ("2402.02370",)
    services.faults.extend([status(503), status(429, "0")])
    assert _ids(fetch_page(new_run(), DAY)) == ["2402.02370"]


def test_every_item_goes_on_a_line_of_its_own(services: FakeServices, new_run: Runs) -> None:
    body = '[\n {"paper": {"id": null,\n "title": "A\\nB"}},\n {}\n]'
    services.always = page(body, "application/json")
    lines = fetch_page(new_run(), DAY).decode().splitlines()
    assert len(lines) == 4
    assert [json.loads(line.rstrip(",")) for line in lines[1:3]] == json.loads(body)
