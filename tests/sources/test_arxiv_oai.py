"""arXiv's OAI-PMH: pages as snapshot lines, what ends a list, and answers that are none."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bibkit.errors import ConfigError, SourceError
from bibkit.record import MetadataPage
from bibkit.sources.arxiv_oai import ArxivOai, oai_flaw
from bibkit.sources.http import Web
from tests.sources.conftest import Runs
from tests.sources.fake_oai import XML, OaiRecord
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

DAY = dt.date(2025, 1, 20)
WAN = OaiRecord(
    "2503.20314",
    "2025-04-19",
    "Wan: Open and Advanced\n  Large-Scale Video Generative Models",
    "Team Wan, Ang Wang, Baole Ai",
    ("Wed, 26 Mar 2025 08:25:43 GMT", "Fri, 18 Apr 2025 09:00:00 GMT"),
    comments="60 pages & 33 figures, https://github.com/Wan-Video/Wan2.1",
    doi="10.1000/wan",
)


def fetch(
    web: Web, *, start: dt.date = DAY, until: dt.date | None = None, token: str | None = None
) -> MetadataPage | None:
    return ArxivOai(web).fetch(start=start, until=until, token=token)


def lines(found: MetadataPage | None) -> list[dict[str, Any]]:
    assert found is not None
    return [json.loads(line) for line in found.lines.splitlines()]


def test_a_record_becomes_the_line_that_the_snapshot_has(
    services: FakeServices, new_run: Runs
) -> None:
    services.oai.records = [WAN]
    found = fetch(new_run())
    assert found is not None
    assert (found.day, found.changed, found.token, found.withdrawn) == (
        services.oai.today, dt.date(2025, 4, 19), None, (),
    )  # fmt: skip
    [line] = lines(found)
    assert line == {
        "id": "2503.20314",
        "title": WAN.title,
        "authors": WAN.authors,
        "categories": WAN.categories,
        "comments": WAN.comments,
        "journal-ref": None,
        "doi": "10.1000/wan",
        "abstract": WAN.abstract,
        "versions": [
            {"version": "v1", "created": WAN.versions[0]},
            {"version": "v2", "created": WAN.versions[1]},
        ],
        "update_date": "2025-04-19",
    }


def test_pages_follow_by_token_and_nothing_is_kept(services: FakeServices, new_run: Runs) -> None:
    services.oai.records = [OaiRecord(f"2501.0000{n}", "2025-01-21") for n in range(1, 6)]
    for _ in range(2):
        web, token, ids = new_run(), None, []
        while True:
            found = fetch(web, token=token, until=dt.date(2025, 1, 31))
            ids += [line["id"] for line in lines(found)]
            if found is None or found.token is None:
                break
            token = found.token
        assert ids == [r.id for r in services.oai.records]
        assert (web.http_requests, web.cache_hits) == (3, 0)
    first = services.requests[0].query
    assert first == {
        "verb": ["ListRecords"], "metadataPrefix": ["arXivRaw"],
        "from": ["2025-01-20"], "until": ["2025-01-31"],
    }  # fmt: skip
    assert set(services.requests[1].query) == {"verb", "resumptionToken"}


def test_deleted_records_are_ids(services: FakeServices, new_run: Runs) -> None:
    services.oai.records = [WAN, OaiRecord("hep-th/9901001", "2025-04-20", deleted=True)]
    found = fetch(new_run())
    assert found is not None
    assert found.withdrawn == ("hep-th/9901001",)
    assert [line["id"] for line in lines(found)] == [WAN.id]


def test_nothing_new_is_an_empty_page(services: FakeServices, new_run: Runs) -> None:
    assert fetch(new_run()) == MetadataPage(services.oai.today)


def test_a_token_that_is_not_accepted_is_none(services: FakeServices, new_run: Runs) -> None:
    assert fetch(new_run(), token="skip=2&session=yesterday") is None


def test_days_before_the_first_are_not_asked_for(services: FakeServices, new_run: Runs) -> None:
    services.oai.records = [WAN]
    assert lines(fetch(new_run(), start=dt.date(1991, 8, 1)))
    assert services.requests[0].query["from"] == ["2005-09-16"]


def test_an_error_is_named_and_asked_for_once(services: FakeServices, new_run: Runs) -> None:
    with pytest.raises(SourceError, match="OAI-PMH error: badArgument"):
        fetch(new_run(), start=services.oai.today + dt.timedelta(days=5))
    services.faults.append(page(services.oai.error("surprise"), XML))
    with pytest.raises(SourceError, match="OAI-PMH error: one that it should not"):
        fetch(new_run())
    assert len(services.requests) == 2


def test_retry_after_is_waited_for(services: FakeServices, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BIBKIT_REQUEST_INTERVAL")
    services.oai.records = [WAN]
    services.faults += [status(503, "7"), status(503, "20")]
    slept: list[float] = []
    with Web(sleep=slept.append) as web:
        assert lines(fetch(web))
    assert [seconds for seconds in slept if seconds > 3] == [7, 20]


def test_a_control_character_in_an_abstract_spoils_no_page(
    services: FakeServices, new_run: Runs
) -> None:
    services.oai.records = [OaiRecord("2501.00001", "2025-01-21", abstract="of \x0c and \x02on")]
    [line] = lines(fetch(new_run()))
    assert line["abstract"] == "of  and on"


def test_a_record_without_metadata_still_has_its_id(services: FakeServices, new_run: Runs) -> None:
    bare = "<record><header><identifier>oai:arXiv.org:2501.00001</identifier></header></record>"
    body = services.oai.envelope(f"<ListRecords>{bare}<record/></ListRecords>")
    services.faults.append(page(body, XML))
    assert lines(fetch(new_run())) == [{"id": "2501.00001"}, {"id": ""}]


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]><x>&i;</x>"
)
READER = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
WHOLE = '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">{}</OAI-PMH>'
DATED = WHOLE.format("<responseDate>2025-03-10T12:00:00Z</responseDate>{}")
LONG_TOKEN = f"<ListRecords><record/><resumptionToken>{'x' * 5000}</resumptionToken></ListRecords>"
FAULTS: dict[str, tuple[Fault, str]] = {
    "html": (page("<html><body>Sorry</body></html>"), "no OAI-PMH answer"),
    "unclosed html": (page("<html><body>Sorry<br>"), "no OAI-PMH answer"),
    "nothing": (page("", XML), "no OAI-PMH answer"),
    "another xml": (page("<feed/>", XML), "no OAI-PMH answer"),
    "truncated": (page(DATED.format("<ListRecords><record>")[:-30], XML), "no OAI-PMH answer"),
    "UTF-16": (page(DATED.format("").encode("utf-16"), XML), "no OAI-PMH answer"),
    "no date": (page(WHOLE.format("<ListRecords/>"), XML), "without a date"),
    "no record": (page(DATED.format("<ListRecords/>"), XML), "empty page"),
    "long token": (page(DATED.format(LONG_TOKEN), XML), "too long to send back"),
    "bomb": (page(BOMB, XML), "document type"),
    "file reader": (page(READER, XML), "document type"),
    "a million elements": (page(DATED.format("<a/>" * 400_000 * 4)[:2_000_000], XML), "no OAI"),
    "a gigabyte": (pieces(1 << 30), "more than can be an answer"),
    "a gigabyte announced": (pieces(1 << 30, announced=True), "more than can be an answer"),
    "zip bomb": (zip_bomb(64 << 20), "more than can be an answer"),
    "cut off": (cut_off, "breaks off"),
    "hang up": (hang_up, "breaks off|cannot be reached"),
    "hang": (hang, "in time"),
    "trickle": (trickle, "in time"),
    "busy": (status(503), "503"),
    "too many": (status(429), "429"),
    "forbidden": (status(403), "403"),
    "redirect to a file": (redirect("file:///etc/passwd"), "no web address"),
    "redirect to itself": (redirect("/oai?verb=ListRecords"), "redirects without end"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_faults_are_one_clear_error_in_bounded_time(
    services: FakeServices, new_run: Runs, name: str
) -> None:
    services.always, sentence = FAULTS[name]
    started = time.monotonic()
    with pytest.raises(SourceError, match=sentence) as caught:
        fetch(new_run())
    assert "\n" not in str(caught.value)
    assert time.monotonic() - started < 10
    assert len(services.requests) <= 6


@pytest.mark.parametrize("name", ["html", "truncated", "cut off", "busy", "bomb"])
def test_after_a_passing_fault_the_page_comes(
    services: FakeServices, new_run: Runs, name: str
) -> None:
    services.oai.records = [WAN]
    services.faults.append(FAULTS[name][0])
    assert lines(fetch(new_run()))


def test_more_elements_than_a_page_has_are_not_made_into_a_tree() -> None:
    assert oai_flaw(DATED.format("<a/>" * 2_000_000).encode()) == "sends more than can be an answer"


def test_nobody_there(new_run: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIBKIT_ARXIV_OAI", f"http://127.0.0.1:{closed_port()}/oai")
    monkeypatch.setenv("BIBKIT_REQUEST_INTERVAL", "0")
    with pytest.raises(SourceError, match="cannot be reached"):
        fetch(new_run())
    monkeypatch.setenv("BIBKIT_ARXIV_OAI", "file:///etc")
    with pytest.raises(ConfigError):
        fetch(new_run())


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("arxiv-oai/arxiv-physics-hep-th", lambda p: len(p.lines.splitlines()) == 3),
        ("oai-generic/ListRecords", lambda p: p.withdrawn and p.token == "ListRecords2.xml"),
        ("oai-generic/ListRecords4", lambda p: p.withdrawn == ("",) and not p.token),
        ("oai-generic/noRecordsMatch", lambda p: p == MetadataPage(dt.date(2002, 2, 8))),
        ("oai-generic/badResumptionToken", lambda p: p is None),
    ],
)
def test_recorded_answers(
    shared: Path,
    services: FakeServices,
    new_run: Runs,
    name: str,
    found: Callable[[MetadataPage | None], bool],
) -> None:
    services.faults.append(page((shared / "api-samples" / f"{name}.xml").read_bytes(), XML))
    assert found(fetch(new_run()))
