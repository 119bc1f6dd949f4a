"""DBLP's search and Crossref's REST API on the loopback interface: their shapes, and their faults.

Titles, names, years, venues and DOIs are real ones, or plainly made up; the shapes are those of
recorded answers. No order of answers to rely on. `services.requests` records what was asked.
"""

from __future__ import annotations

import json
import re
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.sources import loopback

JSON = "application/json; charset=utf-8"
DBLP_PATH = "/search/publ/api"


@dataclass(frozen=True)
class Version:
    title: str
    authors: tuple[str, ...]
    """As DBLP writes them, with numbers behind the names of namesakes."""
    venue: str | list[str]
    year: int
    kind: str = "conference"
    """`conference`, `journal`, `preprint`, `book`, `chapter`, `editorship`."""
    volume: str = ""
    number: str = ""
    pages: str = ""
    doi: str = ""
    key: str = "conf/x/Y"
    full_venue: tuple[str, ...] = ()
    """As Crossref has it."""
    relation: dict[str, Any] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)
    """Further members of Crossref's record."""
    dblp: bool = True
    crossref: bool = False


ATTENTION = (
    "Ashish Vaswani", "Noam Shazeer", "Niki Parmar", "Jakob Uszkoreit", "Llion Jones",
    "Aidan N. Gomez", "Lukasz Kaiser", "Illia Polosukhin",
)  # fmt: skip
RESNET = ("Kaiming He", "Xiangyu Zhang 0005", "Shaoqing Ren", "Jian Sun 0001")
VERSIONS = (
    Version(
        "Attention Is All You Need.", ATTENTION, "CoRR", 2017, "preprint", "abs/1706.03762",
        key="journals/corr/VaswaniSPUJGKP17",
    ),
    Version(
        "Attention is All you Need.", ATTENTION, "NIPS", 2017, pages="5998-6008",
        key="conf/nips/VaswaniSPUJGKP17",
    ),
    Version(
        "Deep Residual Learning for Image Recognition.", RESNET, "CoRR", 2015, "preprint",
        "abs/1512.03385", key="journals/corr/HeZRS15",
    ),
    Version(
        "Deep Residual Learning for Image Recognition.", RESNET, "CVPR", 2016, pages="770-778",
        doi="10.1109/CVPR.2016.90", key="conf/cvpr/HeZRS16", crossref=True,
        full_venue=("2016 IEEE Conference on Computer Vision and Pattern Recognition (CVPR)",),
    ),
    Version(
        "Perturbative renormalization of neutron-antineutron operators",
        ("Michael I. Buchoff", "Michael Wagman"), "", 2016, "journal", "93", "1",
        doi="10.1103/physrevd.93.016005", full_venue=("Physical Review D",),
        extra={"article-number": "016005"}, dblp=False, crossref=True,
    ),
)  # fmt: skip
_DBLP_TYPES = {
    "conference": "Conference and Workshop Papers",
    "journal": "Journal Articles",
    "preprint": "Informal and Other Publications",
    "book": "Books and Theses",
    "chapter": "Parts in Books or Collections",
    "editorship": "Editorship",
}
_CROSSREF_TYPES = {
    "conference": "proceedings-article",
    "journal": "journal-article",
    "preprint": "posted-content",
    "book": "book",
    "chapter": "book-chapter",
    "editorship": "proceedings",
}


@dataclass(frozen=True)
class Request:
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]

    @property
    def is_dblp(self) -> bool:
        return self.path.endswith(DBLP_PATH)


class Handler(loopback.Handler):
    services: FakePublications

    def respond(self) -> None:
        url = urlsplit(self.path)
        request = Request(url.path, parse_qs(url.query), dict(self.headers))
        (self.services.record(request) or _answer)(self)


Fault = Callable[[Handler], None]


@dataclass
class FakePublications(loopback.Loopback):
    versions: tuple[Version, ...] = VERSIONS
    dblp_faults: deque[Fault] = field(default_factory=deque)
    """Each is the answer to one request, in order."""
    crossref_faults: deque[Fault] = field(default_factory=deque)
    dblp_always: Fault | None = None
    """The answer to every request that its faults leave."""
    crossref_always: Fault | None = None
    requests: list[Request] = field(default_factory=list)

    _lock: threading.Lock = field(default_factory=threading.Lock)

    def handler(self) -> type[Handler]:
        return type("Handler", (Handler,), {"services": self})

    @property
    def environment(self) -> dict[str, str]:
        return {
            "BIBKIT_DBLP": self.url + "/dblp" + DBLP_PATH,
            "BIBKIT_CROSSREF": self.url + "/crossref",
            "BIBKIT_REQUEST_INTERVAL": "0",
            "NO_PROXY": "127.0.0.1",
        }

    def record(self, request: Request) -> Fault | None:
        with self._lock:
            self.requests.append(request)
            faults = self.dblp_faults if request.is_dblp else self.crossref_faults
            always = self.dblp_always if request.is_dblp else self.crossref_always
            return faults.popleft() if faults else always


def _answer(handler: Handler) -> None:
    versions = handler.services.versions
    url = urlsplit(handler.path)
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    if url.path.endswith(DBLP_PATH):
        handler.reply(_dblp(versions, query["q"], int(query["h"])), JSON)
    elif url.path.endswith("/crossref/works"):
        handler.reply(_search(versions, query["query.bibliographic"], int(query["rows"])), JSON)
    else:
        _by_doi(handler, versions, unquote(url.path.partition("/works/")[2]))


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))


def _dblp(versions: tuple[Version, ...], asked: str, most: int) -> bytes:
    """All words, each as the beginning of one; without `hit` when there is nothing."""
    hits = []
    for place, version in enumerate(v for v in versions if v.dblp):
        known = _words(f"{version.title} {' '.join(version.authors)}")
        if all(any(one.startswith(word) for one in known) for word in _words(asked)):
            hits.append({"@score": "5", "@id": str(place), "info": _info(version)})
    listed: dict[str, Any] = {
        "@total": str(len(hits)), "@computed": str(len(hits)), "@sent": str(len(hits[:most])),
        "@first": "0",
    }  # fmt: skip
    if hits:
        listed["hit"] = hits[:most]
    result = {
        "query": asked,
        "status": {"@code": "200", "text": "OK"},
        "time": {"@unit": "msecs", "text": "13.37"},
        "hits": listed,
    }
    return json.dumps({"result": result}).encode()


def _info(version: Version) -> dict[str, Any]:
    people: list[dict[str, str]] = [
        {"@pid": f"00/{place}", "text": escape(name)} for place, name in enumerate(version.authors)
    ]
    info = {
        "authors": {"author": people[0] if len(people) == 1 else people} if people else None,
        "title": escape(version.title),
        "venue": version.venue,
        "volume": version.volume,
        "number": version.number,
        "pages": version.pages,
        "year": str(version.year),
        "type": _DBLP_TYPES[version.kind],
        "access": "open",
        "key": version.key,
        "doi": version.doi,
        "ee": f"https://doi.org/{version.doi}" if version.doi else "",
        "url": f"https://dblp.org/rec/{version.key}",
    }
    return {name: value for name, value in info.items() if value}


def _search(versions: tuple[Version, ...], asked: str, most: int) -> bytes:
    """Whatever shares a word with the question, the likeliest last: no order to rely on."""
    wanted = _words(asked)
    near = [v for v in versions if v.crossref and wanted & _words(v.title)]
    near.sort(key=lambda v: len(wanted & _words(v.title)))
    items = [_work(version) for version in near[-most:]]
    message = {
        "facets": {}, "total-results": 123456, "items": items, "items-per-page": most,
        "query": {"start-index": 0, "search-terms": None},
    }  # fmt: skip
    return json.dumps(
        {
            "status": "ok", "message-type": "work-list", "message-version": "1.0.0",
            "message": message,
        }
    ).encode()  # fmt: skip


def _by_doi(handler: Handler, versions: tuple[Version, ...], asked: str) -> None:
    for version in versions:
        if version.crossref and version.doi.lower() == asked.lower():
            body = {"status": "ok", "message-type": "work", "message": _work(version)}
            handler.reply(json.dumps(body), JSON)
            return
    handler.reply(b"Resource not found.", "text/plain", 404)


def _work(version: Version) -> dict[str, Any]:
    people = []
    for name in version.authors:
        given, _, family = re.sub(r" \d{4}$", "", name).rpartition(" ")
        people.append({"given": given, "family": family, "sequence": "additional"})
    work = {
        "DOI": version.doi,
        "type": _CROSSREF_TYPES[version.kind],
        "title": [version.title.removesuffix(".")],
        "author": people,
        "container-title": list(version.full_venue),
        "volume": version.volume,
        "issue": version.number,
        "page": version.pages,
        "issued": {"date-parts": [[version.year, 6]]},
        "relation": version.relation,
        "publisher": "A Publisher",
        "score": 42.0,
        "reference-count": 7,
        "URL": f"http://dx.doi.org/{version.doi}",
        **version.extra,
    }
    return {name: value for name, value in work.items() if value}


def status(code: int, **headers: str) -> Fault:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler: handler.reply(b"busy", "text/plain", code, named)


def html(handler: Handler) -> None:
    handler.reply(b"<!DOCTYPE html><title>Maintenance</title>", "text/html")


def body(data: bytes) -> Fault:
    return lambda handler: handler.reply(data, JSON)


def truncated(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", JSON)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    handler.wfile.write(b'{"result": {"hits": {"@total": "1", "hit": [')
    handler.close_connection = True
