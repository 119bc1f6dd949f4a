"""arXiv's API and Hugging Face's on the loopback interface: their protocol, and their faults.

    with FakeServices() as services:
        os.environ |= services.environment      # the clients now ask here, without delays
        services.faults.append(status(503))     # the next request fails, the one after it works

Papers carry real ids, titles, names and dates; abstracts are in our own words. No order of
answers, as in real life. `services.requests` records what was asked.
"""

from __future__ import annotations

import functools
import gzip
import json
import re
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

from tests.sources import loopback
from tests.sources.fake_oai import OAI_PATH, XML, FakeOai

ARXIV_PATH = "/api/query"
HF_PATH = "/hf/api"
ATOM = "application/atom+xml; charset=utf-8"
JSON = "application/json; charset=utf-8"
_ID = re.compile(r"(?:[a-z-]+(?:\.[A-Z]{2})?/\d{7}|\d{4}\.\d{4,5})(?:v\d+)?")
_CLAUSE = re.compile(r'(ti|abs|doi):"([^"\\()]*)"')


@dataclass(frozen=True)
class FakePaper:
    id: str
    title: str
    """The latest one, as arXiv has it."""
    abstract: str = "We study a question and report what we found."
    authors: tuple[str, ...] = ("Ada Example",)
    published: str = "2024-05-24T17:34:15Z"
    categories: tuple[str, ...] = ("cs.LG",)
    comment: str = ""
    journal_ref: str = ""
    doi: str = ""
    hf_title: str | None = ""
    """The title Hugging Face shows; empty for the same one, None when it has no page."""
    github: str = ""
    project: str = ""
    version: int = 1


PAPERS = (
    FakePaper(
        "1706.03762",
        "Attention Is All You Need",
        "A network for translation made of attention alone, without recurrence.",
        (
            "Ashish Vaswani",
            "Noam Shazeer",
            "Niki Parmar",
            "Jakob Uszkoreit",
            "Llion Jones",
            "Aidan N. Gomez",
            "Lukasz Kaiser",
            "Illia Polosukhin",
        ),
        "2017-06-12T17:57:34Z",
        ("cs.CL", "cs.LG"),
        "15 pages, 5 figures",
    ),
    FakePaper(
        "2102.02888",
        "1-bit Adam: Communication Efficient Large-Scale Training with Adam's Convergence Speed",
        published="2021-02-04T21:02:19Z",
    ),
    FakePaper(
        "2104.06069",
        "1-bit LAMB: Communication Efficient Large-Scale Large-Batch Training with LAMB's"
        " Convergence Speed",
        published="2021-04-13T10:07:49Z",
    ),
    FakePaper(
        "2304.02643",
        "Segment Anything",
        "A task, a model and a dataset for cutting things out of pictures.",
        published="2023-04-05T17:59:46Z",
        categories=("cs.CV", "cs.AI", "68T45", "I.4.6"),
        comment="Project web-page: https://segment-anything.com",
        github="https://github.com/facebookresearch/segment-anything.git",
        project="https://segment-anything.com",
    ),
    FakePaper("2304.12306", "Segment Anything in Medical Images", categories=("eess.IV", "cs.CV")),
    FakePaper(
        "2402.02370",
        "AutoTimes: Autoregressive Time Series Forecasters\n  via Large Language Models",
        "Language models forecast series of numbers. Code: https://github.com/thuml/AutoTimes.",
        ("Yong Liu", "Guo Qin", "Xiangdong Huang", "Jianmin Wang", "Mingsheng Long"),
        "2024-02-04T06:59:21Z",
        github="https://github.com/thuml/AutoTimes",
    ),
    FakePaper(
        "2405.16847",
        "TokenUnify: Scaling Up Autoregressive Pretraining for Neuron Segmentation",
        hf_title="TokenUnify: Scalable Autoregressive Visual Pre-training with Mixture Token"
        " Prediction",
        published="2024-05-27T05:45:51Z",
    ),
    FakePaper("2407.10671", "Qwen2 Technical Report", published="2024-07-15T12:35:42Z"),
    FakePaper("2412.15115", "Qwen2.5 Technical Report", published="2024-12-19T17:56:09Z"),
    FakePaper(
        "2503.20314",
        "Wan: Open and Advanced Large-Scale Video Generative Models",
        authors=("WanTeam", ":", "Ang Wang", "Baole Ai", "et al."),
        published="2025-03-26T08:25:43Z",
        github="https://github.com/Wan-Video/Wan2.1",
    ),
    FakePaper(
        "2505.18458",
        r"A Survey of LLM $\times$ DATA",
        published="2025-05-24T01:57:12Z",
        github="https://github.com/weAIDB/awesome-data-llm",
    ),
    FakePaper(
        "math/0309136",
        "On the Geometry of Some Surfaces",
        published="2003-09-08T12:00:00Z",
        categories=("math.AG",),
        journal_ref="J. Geom. 12 (2004) 34-56",
        doi="10.1000/Geom.2004.12",
        hf_title=None,
    ),
)


@dataclass(frozen=True)
class Request:
    target: str
    """Path and query as they came."""
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]

    @property
    def is_arxiv(self) -> bool:
        return self.path == ARXIV_PATH


class Handler(loopback.Handler):
    """Answers one request; a fault, if there is one, answers in its place."""

    services: FakeServices

    def respond(self) -> None:
        url = urlsplit(self.path)
        request = Request(self.path, url.path, parse_qs(url.query), dict(self.headers))
        (self.services.record(request) or answer)(self)


Fault = Callable[[Handler], None]


@dataclass
class FakeServices(loopback.Loopback):
    papers: tuple[FakePaper, ...] = PAPERS
    oai: FakeOai = field(default_factory=FakeOai)
    faults: deque[Fault] = field(default_factory=deque)
    """Each is the answer to one request, in order."""
    always: Fault | None = None
    """The answer to every request that `faults` leaves."""
    page_cap: int = 2000
    """Papers to a page, whatever the client asks for."""
    listed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """What Hugging Face lists: a query without its paging (`date=2024-05-24`) → ids in order."""
    requests: list[Request] = field(default_factory=list)

    _lock: threading.Lock = field(default_factory=threading.Lock)

    def handler(self) -> type[Handler]:
        return type("Handler", (Handler,), {"services": self})

    @property
    def environment(self) -> dict[str, str]:
        """What makes the clients ask here, at once and without a proxy."""
        return {
            "BIBKIT_ARXIV_API": self.url + ARXIV_PATH,
            "BIBKIT_ARXIV_OAI": self.url + OAI_PATH,
            "BIBKIT_HF_API": self.url + HF_PATH,
            "BIBKIT_REQUEST_INTERVAL": "0",
            "NO_PROXY": "127.0.0.1",
        }

    @property
    def arxiv_requests(self) -> list[Request]:
        return [r for r in self.requests if r.is_arxiv]

    def record(self, request: Request) -> Fault | None:
        with self._lock:
            self.requests.append(request)
            return self.faults.popleft() if self.faults else self.always


# What the services answer


def answer(handler: Handler) -> None:
    url = urlsplit(handler.path)
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    services = handler.services
    if url.path == ARXIV_PATH:
        status, body = arxiv_answer(services, query)
        handler.reply(body, ATOM, status)
    elif url.path == OAI_PATH:
        handler.reply(services.oai.answer(query), XML)
    elif url.path == f"{HF_PATH}/daily_papers":
        handler.reply(json.dumps(hf_daily(services, query)), JSON)
    elif url.path == f"{HF_PATH}/papers/search":
        handler.reply(json.dumps(hf_search(services.papers, query.get("q", ""))), JSON)
    elif url.path.startswith(f"{HF_PATH}/papers/"):
        found = [p for p in services.papers if p.id == url.path.rpartition("/")[2] and on_hf(p)]
        handler.reply(
            json.dumps(hf_paper(found[0]) if found else {"error": "Paper not found"}),
            JSON,
            200 if found else 404,
        )
    else:
        handler.reply("no such page", "text/plain", 404)


def arxiv_answer(services: FakeServices, query: dict[str, str]) -> tuple[int, str]:
    ids = [i for i in query.get("id_list", "").split(",") if i]
    search = query.get("search_query", "")
    for identifier in ids:
        if not _ID.fullmatch(identifier):
            return 400, error_feed(f"incorrect id format for {identifier}")
    clauses = [_CLAUSE.fullmatch(part) for part in search.split(" OR ")] if search else []
    if not (ids or clauses) or not all(clauses):
        return 400, error_feed(f"Invalid query string: '{search}'")
    found = [
        paper
        for paper in reversed(services.papers)
        if (not ids or paper.id in {i.rpartition("v")[0] or i for i in ids} | set(ids))
        and (not clauses or any(matches(paper, c[1], c[2]) for c in clauses if c))
    ]
    start = int(query.get("start", 0))
    size = min(int(query.get("max_results", 10)), services.page_cap)
    return 200, feed(found[start : start + size], total=len(found), start=start)


def matches(paper: FakePaper, prefix: str, phrase: str) -> bool:
    if prefix == "doi":
        return paper.doi.lower() == phrase.lower()
    text = paper.abstract if prefix == "abs" else paper.title
    return f" {words(phrase)} " in f" {words(text)} "


@functools.lru_cache(maxsize=10_000)
def words(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.lower()))


def feed(papers: Iterable[FakePaper], *, total: int, start: int = 0) -> str:
    entries = "".join(entry(paper) for paper in papers)
    return (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        '<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/"'
        ' xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom">\n'
        "  <id>https://arxiv.org/api/fake</id>\n  <title>arXiv Query: fake</title>\n"
        "  <updated>2026-04-12T22:09:36Z</updated>\n"
        "  <opensearch:itemsPerPage>100</opensearch:itemsPerPage>\n"
        f"  <opensearch:totalResults>{total}</opensearch:totalResults>\n"
        f"  <opensearch:startIndex>{start}</opensearch:startIndex>\n{entries}</feed>\n"
    )


def entry(paper: FakePaper) -> str:
    def element(name: str, text: str) -> str:
        return f"    <{name}>{escape(text)}</{name}>\n" if text else ""

    names = "".join(f"<author><name>{escape(name)}</name></author>\n" for name in paper.authors)
    categories = "".join(
        f'    <category term="{c}" scheme="http://arxiv.org/schemas/atom"/>\n'
        for c in paper.categories
    )
    return (
        f"  <entry>\n    <id>http://arxiv.org/abs/{paper.id}v{paper.version}</id>\n"
        + element("title", paper.title)
        + element("updated", paper.published)
        + f'    <link href="https://arxiv.org/pdf/{paper.id}v1" rel="related" title="pdf"/>\n'
        + element("summary", paper.abstract)
        + categories
        + element("published", paper.published)
        + element("arxiv:comment", paper.comment)
        + f'    <arxiv:primary_category term="{paper.categories[0]}"/>\n'
        + element("arxiv:journal_ref", paper.journal_ref)
        + names
        + element("arxiv:doi", paper.doi)
        + "  </entry>\n"
    )


def error_feed(summary: str) -> str:
    return feed([], total=1).replace(
        "</feed>",
        "  <entry>\n    <id>https://arxiv.org/api/errors#fake</id>\n    <title>Error</title>\n"
        "    <updated>2026-04-12T22:59:06Z</updated>\n"
        f"    <summary>{escape(summary)}</summary>\n"
        "    <author><name>arXiv api core</name></author>\n  </entry>\n</feed>",
    )


def on_hf(paper: FakePaper) -> bool:
    return paper.hf_title is not None


def hf_search(papers: Iterable[FakePaper], question: str) -> list[dict[str, Any]]:
    """Everything that shares a word, as a search by meaning would: the order says little."""
    asked = set(words(question).split())
    return [
        {"paper": page, "title": page["title"], "numComments": 0}
        for page in map(hf_paper, filter(on_hf, papers))
        if asked & set(words(page["title"]).split())
    ]


def hf_daily(services: FakeServices, query: dict[str, str]) -> list[dict[str, Any]]:
    """One page of a list; a page may hold fewer than asked for, and behind the last is nothing."""
    size = min(int(query.pop("limit", 50)), 100, services.page_cap)
    start = int(query.pop("p", 0)) * size
    ids = services.listed.get("&".join(f"{name}={value}" for name, value in query.items()), ())
    pages = {paper.id: hf_paper(paper) for paper in services.papers}
    return [
        {"paper": pages[i], "title": pages[i]["title"], "numComments": 0}
        for i in ids[start : start + size]
    ]


def hf_paper(paper: FakePaper) -> dict[str, Any]:
    optional = {"githubRepo": paper.github, "projectPage": paper.project}
    return {
        "id": paper.id,
        "authors": [{"_id": "0", "name": name, "hidden": False} for name in paper.authors],
        "publishedAt": paper.published.replace("Z", ".000Z"),
        "title": paper.hf_title or paper.title,
        "summary": paper.abstract,
        "upvotes": 1,
    } | {name: value for name, value in optional.items() if value}


# Faults


def status(code: int, retry_after: str | None = None) -> Fault:
    headers = {"Retry-After": retry_after} if retry_after else {}
    return lambda handler: handler.reply("<html>busy</html>", "text/html", code, headers)


def page(body: bytes | str, kind: str = "text/html", code: int = 200) -> Fault:
    """Any body with any type: HTML with status 200, "Rate exceeded.", malformed XML …"""
    return lambda handler: handler.reply(body, kind, code)


def redirect(target: str) -> Fault:
    return lambda handler: handler.reply("", "text/html", 302, {"Location": target})


def trickle(handler: Handler) -> None:
    """Send an endless answer, one byte at a time."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
    handler.close_connection = True
    while not handler.over.wait(0.02):
        handler.wfile.write(b" ")


def cut_off(handler: Handler) -> None:
    """Announce more than is sent."""
    handler.wfile.write(
        b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n<?xml version='1.0'?><feed"
    )
    handler.close_connection = True


def pieces(total: int, *, announced: bool = False) -> Fault:
    """Send that many bytes, a mebibyte at a time."""

    def fault(handler: Handler) -> None:
        length = f"Content-Length: {total}\r\n" if announced else ""
        handler.wfile.write(f"HTTP/1.1 200 OK\r\n{length}\r\n".encode())
        handler.close_connection = True
        for _ in range(total >> 20):
            handler.wfile.write(b" " * (1 << 20))

    return fault


def zip_bomb(unpacked: int) -> Fault:
    """Send a small body that unpacks to a large one."""
    packed = gzip.compress(b" " * unpacked, 1)
    return lambda handler: handler.reply(packed, ATOM, 200, {"Content-Encoding": "gzip"})
