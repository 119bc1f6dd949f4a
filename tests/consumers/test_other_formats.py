"""RIS as rispy and RDF as rdflib read it: the stress file, title by title and name by name."""

from __future__ import annotations

import rispy
from rdflib import RDF, Graph, Literal, Namespace
from rdflib.container import Seq

from bibkit.emit import write
from bibkit.merge.citekey import assign_keys
from bibkit.record import Author, Entry, PartialDate
from bibkit.text.latex import plain_text
from bibkit.text.visible import visible
from tests.consumers.readings import name_of
from tests.consumers.stress import FORMULAS, NAMES, OPERATORS, TITLES, everything, parsed

DC = Namespace("http://purl.org/dc/elements/1.1/")
BIB = Namespace("http://purl.org/net/biblio#")
FOAF = Namespace("http://xmlns.com/foaf/0.1/")
ROWS = [(title, None) for title, _ in (*TITLES, *FORMULAS, *OPERATORS) if visible(title)]


def titles_and_names() -> list[Entry]:
    authors = [parsed(name) for name, _ in NAMES]
    drafts = [
        Entry("", "preprint", title, (authors[place % len(authors)], Author("Doe", "Jo")), PartialDate(2020))
        for place, (title, _) in enumerate(ROWS)
    ]  # fmt: skip
    return assign_keys(drafts, taken=())


def test_rispy() -> None:
    entries = titles_and_names()
    found = rispy.loads(write(entries, format="ris"))
    assert [item["title"] for item in found] == [plain_text(visible(e.title)) for e in entries]
    for entry, item in zip(entries, found, strict=True):
        author = entry.authors[0]
        parts = (f"{author.particle} {author.family}".strip(), author.given, author.suffix)
        divided = ("".join(part.split(",")) if author.collective else part for part in parts)
        assert item["authors"][0] == ", ".join(visible(part) for part in divided if part)
        assert item["authors"][1] == "Doe, Jo"
    assert len(rispy.loads(write(everything(), format="ris"))) == len(everything())


def test_rdflib() -> None:
    entries = titles_and_names()
    graph = Graph()
    graph.parse(data=write(entries, format="zotero-rdf"), format="xml", publicID="http://x.org/")
    titles = {str(title) for title in graph.objects(None, DC.title)}
    assert titles == {plain_text(visible(entry.title)) for entry in entries}
    names = set()
    for sequence in graph.objects(None, BIB.authors):
        assert (sequence, RDF.type, RDF.Seq) in graph
        for person in Seq(graph, sequence).items():  # type: ignore[no-untyped-call]
            family, given = (
                graph.value(person, p, default=Literal("")) for p in (FOAF.surname, FOAF.givenName)
            )
            names.add(name_of(str(family), str(given)))
    authors = {author for entry in entries for author in entry.authors}
    assert names == {
        name_of(*(visible(part) for part in (a.family, a.given, a.particle, a.suffix)))
        for a in authors
    }
    everyone = Graph().parse(
        data=write(everything(), format="zotero-rdf"), format="xml", publicID="http://x.org/"
    )
    assert (
        len(set(everyone.subjects(DC.title))) >= len(everything()) - 1
    )  # all but the untitled one
