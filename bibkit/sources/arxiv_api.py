"""arXiv's API as a metadata source, through the `arxiv` package on our own session."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from bibkit.errors import SourceError
from bibkit.record import Paper
from bibkit.resolve.query import Answer, Query
from bibkit.sources.arxiv_feed import feed_flaw, is_error_feed, paper_of
from bibkit.sources.arxiv_query import (
    Term,
    abstract_batches,
    abstract_term_of,
    batches,
    search_query,
    term_of,
)
from bibkit.sources.candidates import plausible
from bibkit.sources.http import Service, Web, service_from_environment
from bibkit.sources.memo import Answered, Lifetime, answer_all, lifetime_of, question_of
from bibkit.text.identifiers import arxiv_id
from bibkit.text.similarity import abstract_sketch, sketch_similarity
from bibkit.text.titles import title_key

if TYPE_CHECKING:
    import arxiv
    from requests import Response

_PAGE = 500
"""Papers to a page; a search for a dozen titles rarely brings fifty."""
_MOST_SPLITS = 16
"""How often in all a refused search is halved to find the query that arXiv cannot read."""


class ArxivApi:
    """Answers by id and by title; by DOI where a query has nothing else."""

    name = "arxiv"

    def __init__(self, web: Web) -> None:
        self._search = _Search(web)

    def find(self, queries: Sequence[Query]) -> list[Answer]:
        """Answer each query, in order; a failed request is an answer with an error."""
        search = self._search
        return answer_all(search.web, search.service, queries, self._ask, _lifetime)

    def _ask(self, queries: Sequence[Query]) -> Iterator[Sequence[Answered]]:
        yield [(query, Answer()) for query in queries if term_of(query) is None]
        yield from self._search.answers(batches(queries))


class ArxivAbstracts:
    """Answers by phrases of the abstract, which a paper keeps when its title changes.

    The last resort, so it is asked about titles only that led nowhere, and about no ids.
    """

    name = "arxiv"

    def __init__(self, web: Web) -> None:
        self._search = _Search(web)

    def find(self, queries: Sequence[Query]) -> list[Answer]:
        """Answer each query that has an abstract and no id; the others with nothing."""
        search = self._search
        return answer_all(
            search.web,
            search.service,
            queries,
            self._ask,
            _abstract_lifetime,
            question=_abstract_question,
        )

    def _ask(self, queries: Sequence[Query]) -> Iterator[Sequence[Answered]]:
        return self._search.answers(abstract_batches(queries))


class _Search:
    """arXiv's search, several terms to a request, each with the papers that may be meant."""

    def __init__(self, web: Web) -> None:
        self.web = web
        self.service = service_from_environment(
            "arxiv",
            variable="BIBKIT_ARXIV_API",
            default="https://export.arxiv.org/api/query",
            interval=3.0,  # info.arxiv.org/help/api/tou.html
        )

    def answers(self, searches: Iterable[Sequence[Term]]) -> Iterator[Sequence[Answered]]:
        """Yield what each search brings; a paper that was found is also the answer for its id."""
        pending = deque(searches)
        splits = 0
        while pending:
            terms = pending.popleft()
            try:
                papers = self._papers(terms)
            except _RefusedQuery:
                if len(terms) > 1 and splits < _MOST_SPLITS:
                    splits += 1
                    middle = len(terms) // 2
                    pending.extendleft((terms[middle:], terms[:middle]))
                else:
                    yield [(term.query, _refused(term)) for term in terms]
            except SourceError as error:
                yield [(term.query, Answer(error=error.message)) for term in terms]
            else:
                fitting = [(term.query, _fitting(term, papers)) for term in terms]
                found = dict.fromkeys(paper for _, those in fitting for paper in those)
                yield [
                    *((Query(arxiv_id=paper.arxiv_id), Answer((paper,))) for paper in found),
                    *((query, Answer(those)) for query, those in fitting),
                ]

    def _papers(self, terms: Sequence[Term]) -> list[Paper]:
        import arxiv

        by_id = terms[0].kind == "id"
        search = arxiv.Search(
            query="" if by_id else search_query(terms),
            id_list=[term.text for term in terms] if by_id else [],
            max_results=_PAGE,
        )
        found = map(paper_of, _client(self.web, self.service).results(search))
        return list({paper.arxiv_id: paper for paper in found if paper}.values())


class _RefusedQuery(Exception):  # noqa: N818 - an answer, not an error
    """arXiv cannot read a query (status 400 and a feed that says so)."""


class _Pages:
    """What `arxiv.Client` needs of a session: one `get`, here with our cache, pace and checks."""

    def __init__(self, web: Web, service: Service) -> None:
        self._web, self._service = web, service

    def get(self, url: str, headers: object) -> Response:  # noqa: ARG002 - the User-Agent is ours
        response = self._web.get(self._service, url, flaw=feed_flaw, also=(400,))
        if response.status_code == 400:
            if is_error_feed(response.content):
                raise _RefusedQuery
            raise SourceError(f"{self._service.host} answers 400", origin=self._service.name)
        return response


def _client(web: Web, service: Service) -> arxiv.Client:
    """Return the package's client with our session in place of its own.

    Its own has no time-out, retries at once, and pays the delay for kept answers too.
    """
    import arxiv

    client: Any = arxiv.Client(page_size=_PAGE, delay_seconds=0, num_retries=0)
    joint = "&" if "?" in service.base else "?"
    client.query_url_format = service.base.replace("{", "{{").replace("}", "}}") + joint + "{}"
    client._session = _Pages(web, service)
    return client


def _fitting(term: Term, papers: Sequence[Paper]) -> tuple[Paper, ...]:
    """Return the papers of a search that may be the one that the term asks for."""
    if term.kind == "id":
        return tuple(p for p in papers if p.arxiv_id == term.text)
    if term.kind == "doi":
        return tuple(p for p in papers if p.doi == term.query.doi)
    if term.kind == "abstract":
        return _same_abstract(term.query, papers)
    return plausible(term.query.title, papers)


def _same_abstract(
    query: Query, papers: Sequence[Paper], *, least: float = 0.2, most: int = 5
) -> tuple[Paper, ...]:
    """Return the papers whose abstract may be the one asked for, the likest first.

    `least` is half of what deciding asks for; abstracts of strangers share nothing.
    """
    alike = {paper: _likeness(query, paper) for paper in papers}
    fitting = [paper for paper, share in alike.items() if share >= least]
    return tuple(sorted(fitting, key=lambda p: (-alike[p], p.arxiv_id))[:most])


def _likeness(query: Query, paper: Paper) -> float:
    return sketch_similarity(query.abstract_sketch, abstract_sketch(paper.abstract)) or 0.0


def _abstract_question(query: Query) -> str:
    """Return what is remembered of a question for an abstract; "" where none is asked."""
    term = None if arxiv_id(query.arxiv_id or "") else abstract_term_of(query)
    return term.text if term else ""


def _refused(term: Term) -> Answer:
    """Return what a refusal means: a malformed id is nobody's; else nothing is known."""
    nobody = term.kind in ("id", "doi")
    return Answer() if nobody else Answer(error="arXiv cannot read the query")


def _lifetime(query: Query, papers: Sequence[Paper]) -> Lifetime:
    """Return how long an answer holds: short unless found by id, by DOI or with the very title."""
    if question_of(query).startswith("title:"):
        papers = [p for p in papers if title_key(p.title) == title_key(query.title)]
    return lifetime_of(papers[0]) if papers else Lifetime.OPEN


def _abstract_lifetime(query: Query, papers: Sequence[Paper]) -> Lifetime:
    """Return how long an answer holds: short unless nearly the whole abstract was found."""
    same = [p for p in papers if query.arxiv_id or _likeness(query, p) >= 0.75]
    return lifetime_of(same[0]) if same else Lifetime.OPEN
