"""DBLP and Crossref: their shapes in every variant, what is no publication, and every fault."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bibkit.errors import SourceError
from bibkit.record import Author, PublishedVersion
from bibkit.sources import Web
from bibkit.sources.crossref import Crossref
from bibkit.sources.dblp import Dblp
from tests.sources.conftest import IMPATIENT, Runs
from tests.sources.fake_publications import (
    VERSIONS,
    FakePublications,
    Fault,
    Version,
    body,
    html,
    status,
    truncated,
)
from tests.sources.loopback import closed_port, hang

TITLE = "Attention Is All You Need"
DEEP = b'{"result": {"hits": {"hit": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}}"
NEUTRONS = "Perturbative renormalization of neutron-antineutron operators"


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakePublications]:
    with FakePublications() as running:
        for name, value in running.environment.items():
            monkeypatch.setenv(name, value)
        yield running


def dblp(web: Web, title: str = TITLE) -> tuple[PublishedVersion, ...]:
    return Dblp(web).by_title(title, ())


def crossref(web: Web, title: str = NEUTRONS) -> tuple[PublishedVersion, ...]:
    return Crossref(web).by_title(title, ())


def test_dblp_tells_the_meeting_and_not_the_preprint(
    services: FakePublications, new_run: Runs
) -> None:
    [version] = dblp(new_run())
    assert version == PublishedVersion(
        "Attention is All you Need",
        "dblp",
        "inproceedings",
        "Advances in Neural Information Processing Systems",
        version.authors,
        2017,
        pages="5998-6008",
    )
    assert len(version.authors) == 8


def test_the_numbers_behind_namesakes_are_no_part_of_a_name(
    services: FakePublications, new_run: Runs
) -> None:
    [version] = dblp(new_run(), "Deep Residual Learning for Image Recognition")
    assert [author.family for author in version.authors] == ["He", "Zhang", "Ren", "Sun"]
    assert version.doi == "10.1109/cvpr.2016.90"


def test_nothing_found_has_no_hit(services: FakePublications, new_run: Runs) -> None:
    assert dblp(new_run(), "Nobody Has Written This Paper So Far") == ()


def test_a_title_without_a_word_is_not_asked(services: FakePublications, new_run: Runs) -> None:
    assert dblp(new_run(), "??? \ud800 !!!") == ()
    assert services.requests == []


def test_a_short_title_is_asked_with_its_first_author(
    services: FakePublications, new_run: Runs
) -> None:
    Dblp(new_run()).by_title("Deep Learning", [Author("LeCun", "Yann")])
    assert services.requests[0].query["q"] == ["Deep Learning LeCun"]


@pytest.mark.parametrize(
    ("venue", "container", "workshop"),
    [
        ("ECCV (12)", "ECCV", False),
        ("ICLR (Poster)", "International Conference on Learning Representations", False),
        ("ICLR (Workshop)", "ICLR (Workshop)", True),
        ("CVPR Workshops", "CVPR Workshops", True),
        ("BlackboxNLP@ACL", "BlackboxNLP@ACL", True),
        ("J. Mach. Learn. Res.", "Journal of Machine Learning Research", False),
        (["SIGMOD", "Conference"], "SIGMOD Conference", False),
        ("Inf. &amp; Comput.", "Inf. & Comput.", False),
    ],
)
def test_names_of_meetings(
    services: FakePublications,
    new_run: Runs,
    venue: str | list[str],
    container: str,
    workshop: bool,
) -> None:
    services.versions = (replace(VERSIONS[1], venue=venue),)
    [version] = dblp(new_run())
    assert (version.container, version.workshop) == (container, workshop)


@pytest.mark.parametrize("kind", ["preprint", "book", "chapter", "editorship"])
def test_what_is_no_publication_of_a_paper(
    services: FakePublications, new_run: Runs, kind: str
) -> None:
    services.versions = (replace(VERSIONS[1], kind=kind, crossref=True, full_venue=("A Book",)),)
    web = new_run()
    assert (dblp(web), crossref(web, TITLE)) == ((), ())


@pytest.mark.parametrize("people", [(), ("Ada Lovelace",), ("Ada Lovelace", "Emmy Noether")])
def test_one_author_is_an_object_and_several_a_list(
    services: FakePublications, new_run: Runs, people: tuple[str, ...]
) -> None:
    services.versions = (replace(VERSIONS[1], authors=people),)
    [version] = dblp(new_run())
    assert [a.family for a in version.authors] == [name.split()[-1] for name in people]


def test_an_older_dblp_writes_names_as_strings(services: FakePublications, new_run: Runs) -> None:
    info = {
        "authors": {"author": ["Ashish Vaswani", {"text": "Noam Shazeer"}]},
        "title": TITLE, "venue": "NIPS", "year": "next", "type": "Conference and Workshop Papers",
    }  # fmt: skip
    answer = {"result": {"hits": {"hit": {"info": info}}}}
    services.dblp_always = body(json.dumps(answer).encode())
    [version] = dblp(new_run())
    assert [a.family for a in version.authors] == ["Vaswani", "Shazeer"]
    assert version.year is None


def test_crossref_has_the_whole_name_and_the_article_number(
    services: FakePublications, new_run: Runs
) -> None:
    version = crossref(new_run())[-1]
    assert version.container == "Physical Review D"
    assert (version.entry_type, version.year, version.pages) == ("article", 2016, "016005")
    assert (version.volume, version.number) == ("93", "1")
    assert version.authors[1] == Author("Wagman", "Michael")


def test_crossref_is_asked_politely_where_there_is_a_contact(
    services: FakePublications,
) -> None:
    with Web(contact="lab@example.org", bounds=IMPATIENT) as web:
        Crossref(web).by_title(NEUTRONS, [Author("Buchoff")])
        Crossref(web).by_doi("10.1109/CVPR.2016.90")
    search, one = services.requests
    assert search.query["mailto"] == one.query["mailto"] == ["lab@example.org"]
    assert search.query["query.bibliographic"] == [f"{NEUTRONS} Buchoff"]
    assert "mailto:lab@example.org" in search.headers["User-Agent"]


def test_a_doi_that_crossref_does_not_have(services: FakePublications, new_run: Runs) -> None:
    crossref = Crossref(new_run())
    found = crossref.by_doi("10.1109/cvpr.2016.90")
    assert found
    assert found.container.startswith("2016 IEEE Conference")
    assert crossref.by_doi("10.5281/zenodo.1") is None


def test_the_base_may_be_a_host_alone(
    services: FakePublications, new_run: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIBKIT_DBLP", f"{services.url}/")
    monkeypatch.setenv("BIBKIT_CROSSREF", f"{services.url}/crossref/works")
    web = new_run()
    assert dblp(web)
    assert crossref(web)


NOTICE = [{"DOI": "10.1/x", "type": "erratum", "label": "Erratum"}]
CHAPTER: dict[str, Any] = {
    "kind": "chapter",
    "full_venue": ("Lecture Notes in Computer Science", "Computer Vision – ECCV 2020"),
}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"extra": {"title": ["The <i>A</i> &amp; B"], "subtitle": ["of C"]}}, "The A & B: of C"),
        ({"extra": {"title": ["Of C"], "subtitle": ["of C"]}}, "Of C"),
        ({"extra": {"title": ["Mean &lt;i&gt;p&lt;/i&gt; < 5"]}}, "Mean p < 5"),
        ({"extra": {"title": None}}, ""),
        ({"extra": {"update-to": NOTICE}}, None),
        ({"full_venue": ()}, None),
    ],
)
def test_crossrefs_titles(
    services: FakePublications, new_run: Runs, changed: dict[str, Any], expected: str | None
) -> None:
    services.versions = (replace(VERSIONS[4], **changed),)
    web = new_run()
    found = Crossref(web).by_doi(VERSIONS[4].doi)
    assert (found.title if found else None) == expected


def test_a_chapter_of_proceedings_is_a_paper(services: FakePublications, new_run: Runs) -> None:
    services.versions = (replace(VERSIONS[4], **CHAPTER),)
    [version] = crossref(new_run())
    assert version.entry_type == "inproceedings"
    assert version.container == "Computer Vision – ECCV 2020"


@pytest.mark.parametrize("parts", [[[None]], [[]], [], [[99999]]])
def test_a_date_without_a_year(services: FakePublications, new_run: Runs, parts: Any) -> None:
    services.versions = (replace(VERSIONS[4], extra={"issued": {"date-parts": parts}}),)
    [version] = crossref(new_run())
    assert version.year is None


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"pages": "L1-L9"}, "L1-L9"),
        ({"pages": "n/a-n/a"}, "016005"),
        ({"pages": "1-1", "volume": ""}, "016005"),
        ({"pages": "1-1"}, "1-1"),
        ({"pages": "n/a-n/a", "extra": {}}, None),
    ],
)
def test_pages_that_are_none_yet(
    services: FakePublications, new_run: Runs, changed: dict[str, Any], expected: str | None
) -> None:
    services.versions = (replace(VERSIONS[4], **changed),)
    [version] = crossref(new_run())
    assert version.pages == expected


def test_collectives_and_names_in_one_part(services: FakePublications, new_run: Runs) -> None:
    people = [
        {"name": "The ATLAS Collaboration"},
        {"family": "Aristotle"},
        {"family": "van der Maaten", "given": "L."},
        {"family": "King", "given": "M.", "suffix": "Jr."},
        {"affiliation": []},
    ]
    services.versions = (replace(VERSIONS[4], extra={"author": people}),)
    [version] = crossref(new_run())
    assert version.authors == (
        Author("The ATLAS Collaboration", collective=True),
        Author("Aristotle"),
        Author("Maaten", "L.", "van der"),
        Author("King", "M.", suffix="Jr."),
    )


def test_a_publisher_names_the_preprint(services: FakePublications, new_run: Runs) -> None:
    named = {"has-preprint": [{"id-type": "doi", "id": "10.48550/arXiv.1506.00647"}]}
    services.versions = (replace(VERSIONS[4], relation=named),)
    [version] = crossref(new_run())
    assert version.preprint == "1506.00647"


def test_a_preprint_names_the_publication(services: FakePublications, new_run: Runs) -> None:
    named = {"is-preprint-of": {"id-type": "doi", "id": VERSIONS[4].doi.upper()}}
    preprint = Version(
        NEUTRONS, VERSIONS[4].authors, "", 2015, "preprint", doi="10.48550/arxiv.1506.00647",
        relation=named, dblp=False, crossref=True,
    )  # fmt: skip
    services.versions = (preprint, VERSIONS[4])
    [version] = crossref(new_run())
    assert version.preprint == "1506.00647"


FAULTS: dict[str, Fault] = {
    "429": status(429),
    "503": status(503, Retry_After="0"),
    "500": status(500),
    "403": status(403),
    "404": status(404),
    "html": html,
    "truncated": truncated,
    "time-out": hang,
    "list": body(b"[]"),
    "null": body(b"null"),
    "empty": body(b""),
    "an error with 200": body(b'{"status": "failed", "message": [{"type": "x"}]}'),
    "deep": body(DEEP),
    "not UTF-8": body(b'{"result": {"hits": {"hit": [{"info": {"title": "\xff"}}]}}}'),
    "large": body(b" " * (3 << 20)),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("ask", [dblp, crossref])
def test_a_fault_is_an_error_and_never_an_empty_answer(
    services: FakePublications,
    new_run: Runs,
    fault: str,
    ask: Callable[[Web], tuple[PublishedVersion, ...]],
) -> None:
    services.dblp_always = services.crossref_always = FAULTS[fault]
    with pytest.raises(SourceError) as raised:
        ask(new_run())
    assert raised.value.code == "network_error"
    services.dblp_always = services.crossref_always = None
    assert ask(new_run()), "a fault must not be kept"


@pytest.mark.parametrize("fault", ["429", "503", "html", "truncated"])
def test_one_fault_is_outlived(services: FakePublications, new_run: Runs, fault: str) -> None:
    services.dblp_faults.append(FAULTS[fault])
    services.crossref_faults.append(FAULTS[fault])
    web = new_run()
    assert dblp(web)
    assert crossref(web)


def test_nobody_listens(monkeypatch: pytest.MonkeyPatch, new_run: Runs) -> None:
    monkeypatch.setenv("BIBKIT_REQUEST_INTERVAL", "0")
    for name in ("BIBKIT_DBLP", "BIBKIT_CROSSREF"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port()}")
    for ask in (dblp, crossref):
        with pytest.raises(SourceError, match="cannot be reached"):
            ask(new_run())


def test_an_answer_is_kept(services: FakePublications, new_run: Runs) -> None:
    first = dblp(new_run())
    services.requests.clear()
    assert dblp(new_run()) == first
    assert services.requests == []


def test_control_characters_do_not_come_through(services: FakePublications, new_run: Runs) -> None:
    services.versions = (
        replace(VERSIONS[1], title=f"{TITLE}\x1b[2J", venue="NIPS\x07", pages="1\n-\n2"),
    )
    [version] = dblp(new_run())
    texts = (version.title, version.container, version.pages or "")
    assert all(text.isprintable() for text in texts)


@pytest.mark.parametrize(
    "name", ["2018.3804742", "tasc.2017.2776938", "PhysRevB.33.3547.2", "sample_crossref_record"]
)
def test_recorded_answers_of_crossref(
    services: FakePublications, new_run: Runs, shared: Path, name: str
) -> None:
    data = (shared / "api-samples" / "crossref" / f"{name}.json").read_bytes()
    services.crossref_always = body(data)
    message = json.loads(data)["message"]
    version = Crossref(new_run()).by_doi(message["DOI"])
    assert version
    assert version.container == message["container-title"][-1].replace("&amp;", "&")
    assert version.volume == message["volume"]
    assert [a.family for a in version.authors][:1] == [message["author"][0]["family"]]
