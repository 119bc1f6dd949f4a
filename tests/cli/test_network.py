"""Whole builds against arXiv and Hugging Face on the loopback interface, healthy and broken."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest

from tests.cli.conftest import Bibkit
from tests.sources.fake_services import FakeServices

Page = Callable[..., str]
TITLES = (
    "Segment Anything",
    "1-bit Adam: Communication Efficient Large-Scale Training with Adam's Convergence Speed",
    "TokenUnify: Scalable Autoregressive Visual Pre-training with Mixture Token Prediction",
)
ABSENT = "Bees and Their Dances in the Dark of the Hive"


def test_the_network_finds_what_no_catalogue_has(
    bibkit: Bibkit, page: Page, services: FakeServices
) -> None:
    run = bibkit(page("math/0309136", ABSENT))
    assert run.code == 0
    assert [r["status"] for r in run.report["records"]] == ["resolved", "not_found"]
    assert "@article{" in run.text
    assert "eprint = {math/0309136}" in run.text


def test_a_rerun_asks_nothing_twice(bibkit: Bibkit, page: Page, services: FakeServices) -> None:
    listing = page(*TITLES, ABSENT)
    first = bibkit(listing)
    assert first.summary["http_requests"] == len(services.requests) > 0
    services.requests.clear()
    again = bibkit(listing, out="again.bib")
    assert services.requests == []
    assert again.summary["http_requests"] == 0
    assert again.text == first.text


def test_code_lookup_asks_hugging_face_and_can_be_left_out(
    bibkit: Bibkit, page: Page, services: FakeServices
) -> None:
    without = bibkit(page("math/0309136", "2304.02643"), "--no-code-lookup", out="without.bib")
    asked = [r.path for r in services.requests if not r.is_arxiv]
    assert not any(path.endswith("/math%2F0309136") for path in asked)
    assert without.code == 0
    run = bibkit(page("2304.02643"))
    assert "code = {https://github.com/facebookresearch/segment-anything}" in run.text


def test_no_network_at_all(bibkit: Bibkit, page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIBKIT_REQUEST_INTERVAL", "0")
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))  # held and never listening, so that no other test gets it
        for name in ("BIBKIT_ARXIV_API", "BIBKIT_HF_API"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{deaf.getsockname()[1]}/api")
        run = bibkit(page(ABSENT, "2402.02370"))
    assert run.code == 4
    assert [r["status"] for r in run.report["records"]] == ["network_error", "resolved"]
    assert "network_error" in run.err
    assert "refs.bib: unfinished: to fill in what could not be asked for, move it away" in run.err
    assert "Traceback" not in run.err


def _faults() -> dict[str, Callable[..., None]]:
    from tests.sources import fake_services as fake

    return {
        "429": fake.status(429),
        "503": fake.status(503),
        "html": fake.page("<html><body>Log in to this hotel's network</body></html>"),
        "rate exceeded": fake.page("Rate exceeded."),
        "malformed": fake.page("<feed><entry>"),
    }


@pytest.mark.parametrize("fault", ["429", "503", "html", "rate exceeded", "malformed"])
def test_a_fault_is_a_network_error_and_the_rerun_completes(
    fault: str, bibkit: Bibkit, page: Page, services: FakeServices
) -> None:
    listing = page("math/0309136", "2402.02370")
    services.always = _faults()[fault]
    broken = bibkit(listing)
    assert broken.code == 4, broken.err
    assert [r["status"] for r in broken.report["records"]] == ["network_error", "resolved"]
    assert "Traceback" not in broken.err
    services.always = None
    healed = bibkit(listing)
    assert healed.code == 0, healed.err
    assert [r["status"] for r in healed.report["records"]] == ["resolved", "resolved"]
    assert healed.text.startswith(broken.text)


def test_moving_out_away_fills_in_what_was_not_asked_and_keeps_the_keys(
    bibkit: Bibkit, page: Page, services: FakeServices
) -> None:
    from tests.sources import fake_services as fake

    listing = page("2304.02643")
    services.always = fake.status(503)
    poor = bibkit(listing)
    assert poor.code == 0
    assert "code = " not in poor.text
    services.always = None
    poor.bib.rename(poor.bib.with_name("old.bib"))
    rich = bibkit(listing)
    assert "code = {https://github.com/facebookresearch/segment-anything}" in rich.text
    assert rich.text.splitlines()[0] == (poor.bib.with_name("old.bib")).read_text().splitlines()[0]


def test_a_papers_page_is_built_from_its_address(bibkit: Bibkit, services: FakeServices) -> None:
    services.listed["week=2024-W21"] = ("2304.02643", "2402.02370")
    address = "https://huggingface.co/papers/week/2024-W21"
    run = bibkit(address)
    assert run.code == 0, run.err
    assert [r["arxiv_id"] for r in run.report["records"]] == ["2304.02643", "2402.02370"]
    assert run.report["records"][1]["origin"] == f"{address}:3"
    single = bibkit("https://huggingface.co/papers/2304.02643", out="single.bib")
    assert single.summary["resolved"] == 1


@pytest.mark.parametrize("fault", ["429", "503", "html", "malformed"])
def test_a_papers_page_that_cannot_be_had_leaves_nothing(
    fault: str, bibkit: Bibkit, services: FakeServices
) -> None:
    services.always = _faults()[fault]
    run = bibkit("https://huggingface.co/papers/date/2024-05-24")
    assert run.code == 1
    assert "network_error" in run.err
    assert not run.bib.exists()


def test_a_day_without_papers_is_an_error_of_one_line(
    bibkit: Bibkit, services: FakeServices
) -> None:
    address = "https://huggingface.co/papers/date/2024-05-26"
    run = bibkit(address)
    assert (run.code, run.err.strip()) == (
        1,
        f"{address}: listing-empty: Hugging Face lists no paper there",
    )
    offline = bibkit(address, "--offline")
    assert (offline.code, offline.err.strip()) == (
        1,
        f"{address}: offline: an address needs the network",
    )


def test_a_renamed_paper_is_found_by_its_abstract(
    bibkit: Bibkit, page: Page, services: FakeServices
) -> None:
    from tests.sources.test_arxiv_abstracts import BEES, PAPER, RECORD

    services.papers = (*services.papers, PAPER)
    shown = BEES.replace("$", "").replace("\\", "")
    listing = page(
        "Mar 14", "", RECORD.title, "", shown, "", "·", "2 authors", "", ABSENT, "", BEES[::-1]
    )
    run = bibkit(listing, "--from", "hf_daily", "--page-date", "2025-03-14")
    [found] = [r for r in run.report["records"] if r["title"] == RECORD.title]
    assert (found["arxiv_id"], found["source"]) == ("2401.00007", "arxiv")
    assert "abstract: 1.00" in found["evidence"]
