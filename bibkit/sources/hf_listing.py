"""A Hugging Face papers page named by its address → what the API lists for it, as one JSON list.

The site builds these pages in the browser: what a plain request brings is the newest list, whatever
was searched for, and only its beginning. So the API is asked instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

import msgspec

from bibkit.errors import ListingError, SourceError
from bibkit.sources.http import Service, Web, service_from_environment

_HOSTS = frozenset({"huggingface.co", "www.huggingface.co", "hf.co"})
_DAY = r"\d{4}-\d{2}-\d{2}"
_PATH = re.compile(
    rf"/papers(?:/date/(?P<date>{_DAY})|/week/(?P<week>\d{{4}}-W\d{{2}})"
    r"|/month/(?P<month>\d{4}-\d{2})|/(?P<trending>trending))?/?",
    re.ASCII,
)
_PAGE_SIZE = 100
"""The most that the API sends at once."""
_MOST_PAGES = 100
"""Far above a month's; a service that never comes to an end is stopped here."""


@dataclass(frozen=True, slots=True)
class Question:
    """What the API is asked in place of a page."""

    path: str
    parameters: tuple[tuple[str, str], ...] = ()
    is_paged: bool = False
    """Whether there is a last page; the newest and the trending papers go on for ever."""


class _Paper(msgspec.Struct):
    id: str | None = None


class _Item(msgspec.Struct):
    """A paper in a list; all that is needed of it here is whether it came before."""

    paper: _Paper | None = None


def api_question(url: str) -> Question | None:
    """Return what to ask the API for a papers page; None for every other address.

    >>> api_question("https://huggingface.co/papers/week/2025-W43").parameters
    (('week', '2025-W43'),)
    >>> api_question("https://huggingface.co/papers?q=world+models")
    Question(path='papers/search', parameters=(('q', 'world models'),), is_paged=False)
    >>> api_question("https://huggingface.co/papers/submit"), api_question("https://example.org")
    (None, None)
    """
    parts = urlsplit(url)
    found = _PATH.fullmatch(parts.path)
    if not found or parts.hostname not in _HOSTS:
        return None
    if found["trending"]:
        return Question("daily_papers", (("sort", "trending"),))
    asked = {name: value for name, value in found.groupdict().items() if value}
    asked = asked or _older_form(parts.query)
    if "q" in asked:
        return Question("papers/search", (("q", asked["q"]),))
    return Question("daily_papers", tuple(asked.items()), is_paged=bool(asked))


def _older_form(query: str) -> dict[str, str]:
    """Read `?q=…` of a search, or `?date=…`, as a day's page was called before it had a path."""
    asked = {name: values[0] for name, values in parse_qs(query).items()}
    if asked.get("q", "").strip():
        return {"q": asked["q"]}
    date = asked.get("date", "")
    return {"date": date} if re.fullmatch(_DAY, date, re.ASCII) else {}


def fetch_listing(web: Web, question: Question, *, origin: str) -> bytes:
    """Return everything that the API lists, one paper a line; lists change, so nothing is kept.

    Raises:
        SourceError: it cannot be had.
        ListingError: there is no paper in it.

    """
    service = service_from_environment(
        "huggingface",
        variable="BIBKIT_HF_API",
        default="https://huggingface.co/api",
        interval=0.6,
    )
    papers = list(_papers(web, service, question))
    if not papers:
        message = "Hugging Face lists no paper there"
        raise ListingError(message, origin=origin, code="listing-empty")
    return b"[\n" + b",\n".join(papers) + b"\n]\n"


def _papers(web: Web, service: Service, question: Question) -> Iterator[bytes]:
    """Yield each paper once; papers that are added meanwhile move others to the next page."""
    seen: set[str] = set()
    for page in range(_MOST_PAGES if question.is_paged else 1):
        paging = (("limit", str(_PAGE_SIZE)), ("p", str(page))) if question.is_paged else ()
        query = urlencode([*question.parameters, *paging])
        url = f"{service.base}/{question.path}" + (f"?{query}" if query else "")
        body = web.get(service, url, flaw=_flaw, keep=False).content
        known = len(seen)
        for name, text in _items(body):
            if name not in seen:
                seen.add(name)
                yield text
        if len(seen) == known:
            return
    if question.is_paged:
        raise SourceError(f"{service.host} lists papers without end", origin=service.name)


def _items(body: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield what each item is known by, and its text on one line."""
    for raw in msgspec.json.decode(body, type=list[msgspec.Raw]):
        paper = msgspec.json.decode(raw, type=_Item).paper
        text = msgspec.json.format(bytes(raw), indent=-1)
        yield (paper.id if paper else None) or text.decode(), text


def _flaw(body: bytes) -> str | None:
    try:
        msgspec.json.decode(body, type=list[_Item])
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return "sends something that is no list of papers"
    return None
