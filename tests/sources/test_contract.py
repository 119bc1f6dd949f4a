"""What every metadata source must do, ours and those of other packages."""

from __future__ import annotations

from importlib.metadata import EntryPoint, EntryPoints

import pytest

from bibkit import sources
from bibkit.errors import ConfigError
from bibkit.record import Record
from bibkit.resolve.query import Query, query_of
from bibkit.sources import SOURCES, open_source
from tests.sources.conftest import Runs
from tests.sources.fake_services import PAPERS, FakeServices, status

PAPER = next(paper for paper in PAPERS if paper.title == "Segment Anything")
SEGMENT = query_of(Record("page:1", PAPER.title, abstract=PAPER.abstract))
QUERIES = [
    SEGMENT,
    Query(arxiv_id="1706.03762"),
    Query("Nobody Has Written This Paper So Far"),
    Query(),
    Query("\ud800 broken \x00 text"),
    Query("word " * 2000),
    SEGMENT,
]
ANOTHER = query_of(
    Record(
        "page:2",
        "Another Question",
        abstract="We let hungry caterpillars transform orchards into meadows.",
    )
)
VARIABLES = {
    "arxiv": "BIBKIT_ARXIV_API",
    "huggingface": "BIBKIT_HF_API",
    "arxiv-abstracts": "BIBKIT_ARXIV_API",
}


@pytest.mark.parametrize("name", SOURCES)
def test_answers_come_in_order_and_failures_are_values(
    services: FakeServices, new_run: Runs, name: str
) -> None:
    source = open_source(name, new_run())
    assert source.name == name.removesuffix("-abstracts")  # one service, one name in reports
    found = [True, name != "arxiv-abstracts", False, False, False, False, True]
    assert source.find([]) == []
    answers = source.find(QUERIES)
    assert [bool(a.papers) for a in answers] == found
    assert not any(a.error for a in answers)
    assert {p.source for a in answers for p in a.papers} == {source.name}
    services.always = status(503)
    answers = source.find([ANOTHER, *QUERIES])
    assert answers[0].error
    assert [bool(a.papers) for a in answers[1:]] == found


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "localhost", "http://", "http://[", "javascript:1"]
)
def test_an_address_that_is_none_is_a_mistake_of_the_user(
    new_run: Runs, monkeypatch: pytest.MonkeyPatch, name: str, url: str
) -> None:
    monkeypatch.setenv(VARIABLES[name], url)
    with pytest.raises(ConfigError, match=VARIABLES[name]):
        open_source(name, new_run())


def test_another_package_may_declare_a_source(
    new_run: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    declared = EntryPoint("other", f"{__name__}:other_source", "bibkit.sources")
    monkeypatch.setattr("importlib.metadata.entry_points", lambda **_: EntryPoints([declared]))
    monkeypatch.setattr(EntryPoint, "load", lambda _: sources.SOURCES["arxiv"])
    assert open_source("other", new_run()).name == "arxiv"


def test_an_unknown_source_is_a_mistake_of_the_user(new_run: Runs) -> None:
    with pytest.raises(ConfigError, match="no metadata source 'nowhere'"):
        open_source("nowhere", new_run())
