"""What no service may do to us: each hostile answer against each client, in bounded time and memory."""

from __future__ import annotations

import datetime as dt
import gzip
import time
import tracemalloc
import zlib
from collections.abc import Callable

import pytest

from bibkit.errors import SourceError
from bibkit.record import Record
from bibkit.resolve.query import Answer, Query, query_of
from bibkit.sources import open_source
from bibkit.sources.arxiv_oai import BOUNDS, ArxivOai
from bibkit.sources.http import Bounds, Web
from bibkit.sources.huggingface import HuggingFace
from bibkit.sources.page import fetch_page
from tests.sources.fake_services import (
    ATOM,
    FakeServices,
    Fault,
    Handler,
    cut_off,
    page,
    pieces,
    redirect,
    status,
    trickle,
)
from tests.sources.loopback import hang, hang_up

LAUGHS = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">{}]><feed>&j;</feed>'.format(
    "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True)
    )
)
BLOWUP = f'<!DOCTYPE l [<!ENTITY a "{"ha" * 50_000}">]><feed>{"&a;" * 50_000}</feed>'
READER = '<!DOCTYPE f [<!ENTITY x SYSTEM "file:///etc/hostname">]><feed>&x;</feed>'


def packed(body: bytes, encoding: str = "gzip") -> Fault:
    return lambda handler: handler.reply(body, ATOM, 200, {"Content-Encoding": encoding})


def endless(handler: Handler) -> None:
    """Send for ever, as fast as the client reads."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[")
    handler.close_connection = True
    while not handler.over.is_set():
        handler.wfile.write(b"[" * (1 << 20))


def long_headers(handler: Handler) -> None:
    """Send headers without end."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    handler.close_connection = True
    while not handler.over.is_set():
        handler.wfile.write(b"X-More: " + b"x" * 60_000 + b"\r\n")


def further(handler: Handler) -> None:
    """Redirect to an address that nobody has seen yet, for ever."""
    redirect(f"/further/{len(handler.services.requests)}")(handler)


GIB = 1 << 30
FAULTS: dict[str, Fault] = {
    "429": status(429),
    "503": status(503, "1"),
    "404": status(404),
    "hang": hang,
    "trickle": trickle,
    "hang up": hang_up,
    "cut off": cut_off,
    "a gibibyte": pieces(GIB),
    "a gibibyte announced": pieces(GIB, announced=True),
    "endless": endless,
    "endless headers": long_headers,
    "gzip bomb": packed(gzip.compress(bytes(GIB // 4), 9) * 4),
    "deflate bomb": packed(zlib.compress(bytes(GIB // 4), 9), "deflate"),
    "twofold bomb": packed(gzip.compress(gzip.compress(bytes(GIB // 4), 9) * 4), "gzip, gzip"),
    "no gzip": packed(b"no gzip"),
    "endless redirect": redirect("/again"),
    "redirect ever further": further,
    "redirect to a file": redirect("file:///etc/hostname"),
    "redirect to FTP": redirect("ftp://127.0.0.1/x"),
    "redirect to data": redirect("data:text/html,hello"),
    "redirect to no address": redirect("http://["),
    "billion laughs": page(LAUGHS, ATOM),
    "quadratic blow-up": page(BLOWUP, ATOM),
    "file entity": page(READER, ATOM),
    "HTML": page("<html><body>Welcome to the hotel</body></html>"),
    "deep XML": page("<a>" * 200_000, ATOM),
    "deep JSON": page("[" * 200_000, ATOM),
    "nothing": page("", ATOM),
}
WELL_FORMED_PAGES = {
    "HTML",
    "deep XML",
    "deep JSON",
    "billion laughs",
    "quadratic blow-up",
    "file entity",
}
"""Sound answers where any page may come; reading them is the listing's business."""

Ask = Callable[[Web, str], None]


def refused(answer: Answer) -> None:
    assert not answer.papers
    if answer.error:
        assert answer.error.isprintable()
        raise SourceError(answer.error)


def ask_source(name: str, query: Query) -> Ask:
    return lambda web, _: refused(open_source(name, web).find([query])[0])


def ask_oai(web: Web, _: str) -> None:
    ArxivOai(web).fetch(start=dt.date(2025, 1, 20), until=None, token=None)


def ask_links(web: Web, _: str) -> None:
    [links] = HuggingFace(web).code_links(["2304.02643"])
    refused(Answer(error=links.error))


def ask_page(web: Web, url: str) -> None:
    fetch_page(web, f"{url}/page")


BEES = "We film how honey bees dance in dark hives, and count every single turn of forty dancers."
CLIENTS: dict[str, Ask] = {
    "arxiv by title": ask_source("arxiv", Query("Segment Anything")),
    "arxiv by id": ask_source("arxiv", Query(arxiv_id="2304.02643")),
    "arxiv by abstract": ask_source("arxiv-abstracts", query_of(Record("p:1", "Bees", BEES))),
    "oai": ask_oai,
    "hf by title": ask_source("huggingface", Query("Segment Anything")),
    "hf links": ask_links,
    "page": ask_page,
}


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("name", FAULTS)
def test_a_hostile_answer_is_one_error_in_bounded_time_and_memory(
    services: FakeServices, name: str, client: str
) -> None:
    services.always = FAULTS[name]
    bounds = Bounds(
        connect=0.5, read=0.3, total=0.8, body=(BOUNDS if client == "oai" else Bounds()).body
    )
    started = time.monotonic()
    tracemalloc.start()
    try:
        with Web(bounds=bounds) as web:
            if client == "page" and name in WELL_FORMED_PAGES:
                CLIENTS[client](web, services.url)
            elif client == "hf links" and name == "404":
                CLIENTS[client](web, services.url)  # it has no such paper
            else:
                with pytest.raises(SourceError) as caught:
                    CLIENTS[client](web, services.url)
                assert "\n" not in str(caught.value)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert time.monotonic() - started < 20
    assert len(services.requests) <= 6
    assert peak < 3 * bounds.body
