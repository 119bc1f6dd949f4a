"""arXiv asked by phrases of the abstract: the last resort for papers under another title."""

from __future__ import annotations

import pytest

from bibkit.record import Record, Resolved, Unresolved
from bibkit.resolve import resolve
from bibkit.resolve.query import Query, query_of
from bibkit.sources import SOURCES, open_source
from bibkit.sources.arxiv_api import ArxivAbstracts
from tests.sources.conftest import Runs
from tests.sources.fake_services import (
    ATOM,
    FakePaper,
    FakeServices,
    Handler,
    answer,
    error_feed,
    status,
)

BEES = (
    "Honey bees tell each other the way by dancing. We film forty hives in complete darkness and "
    r"follow every dancer with an infrared camera. A dance of $n$ turns shortens the search by "
    r"$O(\log n)$ minutes, whatever the weather. Older foragers attend fewer dances and still "
    "find richer meadows than their younger sisters."
)
REVISED = (
    "Honey bees tell each other the way by dancing. We film sixty hives in a dark barn. A dance of "
    r"$n$ turns shortens the search by $O(\log n)$ minutes, whatever the weather. Older foragers "
    "attend fewer dances and still find richer meadows than their younger sisters."
)
PAPER = FakePaper(
    "2401.00007",
    "On Apian Communication",
    BEES,
    published="2024-01-02T10:00:00Z",
    hf_title=None,
)
RECORD = Record("page:1", "DanceNet: How a Hive Finds Its Meadows", abstract=BEES)


def test_a_renamed_paper_is_found_by_its_abstract(services: FakeServices, new_run: Runs) -> None:
    services.papers = (*services.papers, PAPER)
    [found] = ArxivAbstracts(new_run()).find([query_of(RECORD)])
    [paper] = found.papers
    assert (paper.arxiv_id, paper.source, found.error) == ("2401.00007", "arxiv", None)
    [request] = services.requests
    [search] = request.query["search_query"]
    assert search.count('abs:"') == 2
    assert "(" not in search


@pytest.mark.parametrize(
    "shown",
    [BEES.replace("$", "").replace("\\", ""), BEES[:230], REVISED],
    ids=["TeX", "cut", "v2"],
)
def test_it_is_found_by_the_abstract_as_pages_show_it(
    services: FakeServices, new_run: Runs, shown: str
) -> None:
    services.papers = (*services.papers, PAPER)
    [found] = ArxivAbstracts(new_run()).find([query_of(Record("p:1", "Bees", abstract=shown))])
    assert [paper.arxiv_id for paper in found.papers] == ["2401.00007"]


def test_it_is_asked_last_and_decides_by_the_rules(services: FakeServices, new_run: Runs) -> None:
    services.papers = (*services.papers, PAPER)
    web = new_run()
    stranger = Record("page:2", "A Paper That Nobody Has Written So Far")
    [found, nobody] = resolve([RECORD, stranger], [open_source(name, web) for name in SOURCES])
    assert isinstance(found, Resolved)
    assert found.match.paper.arxiv_id == "2401.00007"
    assert isinstance(nobody, Unresolved)
    assert nobody.reason == "not_found"
    hosts = ["arxiv" if request.is_arxiv else "hf" for request in services.requests]
    assert hosts == ["arxiv", "hf", "hf", "arxiv"]


def test_only_a_title_with_an_abstract_is_asked_about(
    services: FakeServices, new_run: Runs
) -> None:
    queries = [
        Query("A Title"),
        Query(),
        query_of(Record("p:1", "Known by Id", abstract=BEES, arxiv_id="2401.00007")),
        query_of(Record("p:2", "Says Nothing", abstract="We study a question.")),
    ]
    answers = ArxivAbstracts(new_run()).find(queries)
    assert not any(a.papers or a.error for a in answers)
    assert services.requests == []


def test_a_stranger_with_the_same_phrase_is_no_answer(
    services: FakeServices, new_run: Runs
) -> None:
    quoting = (
        BEES[:60] + "This is about ants. " * 40 + "Older foragers attend fewer dances and still "
    )
    services.papers = (FakePaper("2401.00008", "Ants", quoting + "find richer meadows than ants."),)
    [found] = ArxivAbstracts(new_run()).find([query_of(RECORD)])
    assert found.papers == ()


def test_a_dozen_go_together_and_answers_are_remembered(
    services: FakeServices, new_run: Runs
) -> None:
    words = "amber birch cedar dawn ember fjord grove heath islet juniper kelp larch".split()
    abstracts = {
        f"2401.{n:05}": f"We ask how {word} meadows number {n} feed {word} weevils through "
        f"{word} winters. Nobody measured whether {word} roots remember former {word} droughts."
        for n, word in enumerate(words * 2)
    }
    services.papers = tuple(
        FakePaper(identifier, f"Old {n}", abstract, hf_title=None)
        for n, (identifier, abstract) in enumerate(abstracts.items())
    )
    queries = [query_of(Record("p:1", f"New {a}", abstract=a)) for a in abstracts.values()]
    for requests in (2, 0):
        services.requests.clear()
        web = new_run()
        answers = ArxivAbstracts(web).find(queries)
        assert all(
            i in [p.arxiv_id for p in a.papers] for i, a in zip(abstracts, answers, strict=True)
        )
        assert web.http_requests == len(services.requests) <= requests


def test_a_failure_is_never_not_found(services: FakeServices, new_run: Runs) -> None:
    services.papers = (*services.papers, PAPER)

    def failing(handler: Handler) -> None:
        status(503)(handler) if "abs" in handler.path else answer(handler)

    services.always = failing
    web = new_run()
    [found] = resolve([RECORD], [open_source(name, web) for name in SOURCES])
    assert isinstance(found, Unresolved)
    assert found.reason == "network_error"
    services.always = None
    web = new_run()
    [found] = resolve([RECORD], [open_source(name, web) for name in SOURCES])
    assert isinstance(found, Resolved)
    assert web.http_requests == 1


def test_a_phrase_that_arxiv_cannot_read_sinks_no_other(
    services: FakeServices, new_run: Runs
) -> None:
    services.papers = (*services.papers, PAPER)

    def picky(handler: Handler) -> None:
        bad = "caterpillars" in handler.path
        handler.reply(error_feed("no"), ATOM, 400) if bad else answer(handler)

    services.always = picky
    other = "Here hungry caterpillars transform overgrown orchards into glittering ballrooms."
    found, refused = ArxivAbstracts(new_run()).find(
        [query_of(RECORD), query_of(Record("p:2", "Other", abstract=other))]
    )
    assert found.papers
    assert refused.error == "arXiv cannot read the query"
