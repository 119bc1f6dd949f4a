"""Hugging Face as a metadata source: the title its page shows, and the code repository.

It knows papers under the title they had when they were announced, so it also finds the five of a
hundred that were renamed since.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import quote, urlencode

import msgspec

from bibkit.errors import SourceError
from bibkit.record import Link, Paper
from bibkit.resolve.query import Answer, Query
from bibkit.sources.candidates import authors, plain, plausible
from bibkit.sources.http import Web, service_from_environment
from bibkit.sources.memo import Answered, Lifetime, answer_all, lifetime_of
from bibkit.text.identifiers import arxiv_id
from bibkit.text.links import classify_link, extract_links
from bibkit.text.similarity import title_score
from bibkit.text.titles import title_key

T = TypeVar("T")
_LONGEST_QUESTION = 200
"""Characters; longer ones are refused."""


class _Author(msgspec.Struct):
    name: str | None = None


class _Page(msgspec.Struct, rename="camel"):
    """A paper as the API shows it; all else that it says is skipped."""

    id: str = ""
    title: str | None = None
    summary: str | None = None
    published_at: str | None = None
    authors: list[_Author] | None = None
    github_repo: str | None = None
    project_page: str | None = None


class _Hit(_Page):
    """A search result: the paper is inside, the title that the listing shows beside it."""

    paper: _Page | None = None


@dataclass(frozen=True, slots=True)
class LinkAnswer:
    """What is known of a paper's code and project pages."""

    links: tuple[Link, ...] = ()
    error: str | None = None
    """Why it could not be asked (one sentence)."""


class HuggingFace:
    """Answers by id and by title, one request each: it has no batches."""

    name = "huggingface"

    def __init__(self, web: Web) -> None:
        self._web = web
        self._service = service_from_environment(
            self.name,
            variable="BIBKIT_HF_API",
            default="https://huggingface.co/api",
            interval=0.6,  # 500 requests in five minutes: huggingface.co/docs/hub/rate-limits
        )

    def find(self, queries: Sequence[Query]) -> list[Answer]:
        """Answer each query, in order; a failed request is an answer with an error."""
        return answer_all(self._web, self._service, queries, self._ask, _lifetime)

    def code_links(self, arxiv_ids: Sequence[str]) -> list[LinkAnswer]:
        """Return the links that each paper's page declares or mentions, in order.

        A paper that Hugging Face does not have, has no links; that is no error.
        """
        answers = self.find([Query(arxiv_id=identifier) for identifier in arxiv_ids])
        return [
            LinkAnswer(answer.papers[0].links if answer.papers else (), answer.error)
            for answer in answers
        ]

    def _ask(self, queries: Sequence[Query]) -> Iterator[Sequence[Answered]]:
        for query in queries:
            try:
                answer = Answer(self._papers(query))
            except SourceError as error:
                answer = Answer(error=error.message)
            yield [(query, answer)]

    def _papers(self, query: Query) -> tuple[Paper, ...]:
        if identifier := arxiv_id(query.arxiv_id or ""):
            return self._by_id(identifier)
        if question := _question(query.title):
            return self._by_title(question, query.title)
        return ()

    def _by_id(self, identifier: str) -> tuple[Paper, ...]:
        response = self._web.get(
            self._service,
            f"{self._service.base}/papers/{quote(identifier, safe='')}",
            flaw=_page_flaw,
            also=(404,),
        )
        if response.status_code == 404:
            return ()
        hit = msgspec.json.decode(response.content, type=_Hit)
        paper = _paper(hit.paper or hit)
        return (paper,) if paper and paper.arxiv_id == identifier else ()

    def _by_title(self, question: str, title: str) -> tuple[Paper, ...]:
        response = self._web.get(
            self._service,
            f"{self._service.base}/papers/search?{urlencode({'q': question})}",
            flaw=_hits_flaw,
        )
        hits = msgspec.json.decode(response.content, type=list[_Hit])
        found = (_paper(_titled(hit, title)) for hit in hits)
        return plausible(title, [paper for paper in found if paper])


def _question(title: str) -> str:
    """Return a title as it can be asked: on one line, and not too long."""
    text = plain(title)
    return text if len(text) <= _LONGEST_QUESTION else text[:_LONGEST_QUESTION].rpartition(" ")[0]


def _page_flaw(body: bytes) -> str | None:
    hit = _decoded(body, _Hit)
    return None if hit and _paper(hit.paper or hit) else "sends something that is no paper"


def _hits_flaw(body: bytes) -> str | None:
    return None if _decoded(body, list[_Hit]) is not None else "sends something that is no list"


def _decoded(body: bytes, shape: type[T]) -> T | None:
    """Return JSON of that shape; None for anything else, however deep (msgspec bounds it)."""
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return None


def _titled(hit: _Hit, title: str) -> _Page:
    """Return the paper of a search result under that of its two titles that was asked for."""
    if hit.paper is None:
        return hit
    own, shown = hit.paper.title or "", hit.title or ""
    if title_score(title, shown) > title_score(title, own):
        return msgspec.structs.replace(hit.paper, title=shown)
    return hit.paper


def _paper(page: _Page) -> Paper | None:
    identifier = arxiv_id(page.id)
    if identifier is None:
        return None
    abstract = plain(page.summary or "")
    return Paper(
        arxiv_id=identifier,
        title=plain(page.title or ""),
        source="huggingface",
        authors=authors(author.name or "" for author in page.authors or ()),
        abstract=abstract,
        submitted=_day(page.published_at or ""),
        links=_links(page, abstract),
    )


def _links(page: _Page, abstract: str) -> tuple[Link, ...]:
    """Return what the page declares, then what the abstract mentions; each address once."""
    declared = (
        classify_link(page.github_repo or ""),
        classify_link(page.project_page or "", own_page=True),
    )
    distinct: dict[str, Link] = {}
    for link in (*filter(None, declared), *extract_links(abstract)):
        distinct.setdefault(link.url, link)
    return tuple(distinct.values())


def _day(text: str) -> dt.date | None:
    try:
        return dt.datetime.fromisoformat(text).date()
    except ValueError:
        return None


def _lifetime(query: Query, papers: Sequence[Paper]) -> Lifetime:
    """Return how long an answer will hold; where no repository is declared, one may come."""
    if arxiv_id(query.arxiv_id or ""):
        has_code = any(link.kind == "code" for paper in papers for link in paper.links)
        return Lifetime.CURRENT if has_code else Lifetime.OPEN
    same = [paper for paper in papers if title_key(paper.title) == title_key(query.title)]
    return lifetime_of(same[0]) if same else Lifetime.OPEN
