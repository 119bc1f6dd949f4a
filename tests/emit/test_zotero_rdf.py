"""Zotero RDF, read back by rdflib as the graph that Zotero's translator walks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import RDF, Graph, Literal, Namespace, URIRef
from rdflib.container import Seq
from rdflib.term import Node

from bibkit.bibfile import read_rdf
from bibkit.emit import write
from bibkit.record import Author, Entry, Eprint, Link, PartialDate
from tests.emit.test_writers import HOSTILE, hostile_entry

Z = Namespace("http://www.zotero.org/namespaces/export#")
DC = Namespace("http://purl.org/dc/elements/1.1/")
DCTERMS = Namespace("http://purl.org/dc/terms/")
BIB = Namespace("http://purl.org/net/biblio#")
FOAF = Namespace("http://xmlns.com/foaf/0.1/")
LINK = Namespace("http://purl.org/rss/1.0/modules/link/")
PRISM = Namespace("http://prismstandard.org/namespaces/1.2/basic/")

ACCEPTED = frozenset({"preprint", "journalArticle", "conferencePaper", "document"})
"""What we write of Zotero's item types (schema.json of zotero/zotero-schema has them all)."""


def graph(entries: list[Entry]) -> Graph:
    found = Graph()
    found.parse(data=write(entries, format="zotero-rdf"), format="xml", publicID="http://x.org/")
    return found


def item(key: str) -> URIRef:
    return URIRef(f"http://x.org/#item_{key}")


def text(found: Graph, node: Node | None, name: URIRef) -> str:
    value = found.value(node, name)
    assert isinstance(value, Literal)
    return str(value)


def people(found: Graph, key: str) -> list[tuple[str, str | None]]:
    seq = found.value(item(key), BIB.authors)
    assert seq is not None
    persons: list[Node] = Seq(found, seq).items()  # type: ignore[no-untyped-call]
    return [
        (text(found, p, FOAF.surname), str(g) if (g := found.value(p, FOAF.givenName)) else None)
        for p in persons
    ]


def addresses(found: Graph, node: Node | None) -> list[str]:
    identifiers = found.objects(node, DC.identifier)
    uris = [i for i in identifiers if (i, RDF.type, DCTERMS.URI) in found]
    return [str(found.value(uri, RDF.value)) for uri in uris]


PAPER = Entry(
    citation_key="oord2018representation",
    entry_type="preprint",
    title="$L^2$ & <b>“CPC”</b>",
    authors=(Author("Oord", "Aäron", "van den"), Author("King", "M. L.", suffix="Jr."), Author("Llama Team", collective=True)),
    date=PartialDate(2018, 7),
    eprint=Eprint("1807.03748", "cs.LG"),
    url="https://arxiv.org/abs/1807.03748",
    abstract="50% < 60%",
    links=(Link("https://github.com/o/r", "code"), Link("https://github.com/o/s", "code"), Link("https://o.github.io", "project"), Link("javascript:x", "demo")),
    note="Seen & <i>read</i>",
)  # fmt: skip


def test_a_preprint_is_one_with_key_tags_and_repository() -> None:
    found, node = graph([PAPER]), item("oord2018representation")
    assert text(found, node, Z.itemType) == "preprint"
    assert text(found, node, DC.title) == "L² & <b>“CPC”</b>"
    assert text(found, node, DC.date) == "2018-07"
    assert text(found, node, PRISM.number) == "arXiv:1807.03748"
    assert text(found, found.value(node, DC.publisher), FOAF.name) == "arXiv"
    assert text(found, node, DC.subject) == "cs.LG"
    assert text(found, node, DCTERMS.abstract) == "50% < 60%"
    extra = text(found, node, DC.description)
    assert extra.splitlines() == [
        "Citation Key: oord2018representation",
        "arXiv:1807.03748 [cs.LG]",
    ]
    assert addresses(found, node) == ["https://arxiv.org/abs/1807.03748"]
    assert Literal("DOI 10.48550/arXiv.1807.03748") in set(found.objects(node, DC.identifier))
    assert people(found, "oord2018representation") == [
        ("van den Oord", "Aäron"),
        ("King Jr.", "M. L."),
        ("Llama Team", None),
    ]


def test_links_are_attachments_that_lead_to_an_address() -> None:
    found = graph([PAPER])
    attachments = {
        text(found, node, DC.title) + " " + addresses(found, node)[0]
        for node in found.objects(item("oord2018representation"), LINK.link)
        if (node, RDF.type, Z.Attachment) in found and text(found, node, Z.linkMode) == "3"
    }
    assert attachments == {
        "Code https://github.com/o/r",
        "Code https://github.com/o/s",
        "Project page https://o.github.io",
    }


def test_a_note_is_a_child_note_whose_html_shows_the_text() -> None:
    found = graph([PAPER])
    memo = found.value(item("oord2018representation"), DCTERMS.isReferencedBy)
    assert (memo, RDF.type, BIB.Memo) in found
    assert text(found, memo, RDF.value) == "<p>Seen &amp; &lt;i&gt;read&lt;/i&gt;</p>"


def test_published_papers() -> None:
    article = Entry(
        "a:b+c", "article", "T", date=PartialDate(2020), eprint=Eprint("2001.00001"), doi="10.1145/x",
        container="J. of R&D", volume="7", number="2", pages="12--34",
    )  # fmt: skip
    talk = Entry("k", "inproceedings", "T", container="NeurIPS")
    unknown = Entry("u", "preprint", "T")
    found = graph([article, talk, unknown])
    (node,) = found.subjects(RDF.type, BIB.Article)
    assert text(found, node, Z.itemType) == "journalArticle"
    journal = found.value(node, DCTERMS.isPartOf)
    assert (journal, RDF.type, BIB.Journal) in found
    assert text(found, journal, DC.title) == "J. of R&D"
    assert (text(found, journal, PRISM.volume), text(found, journal, PRISM.number)) == ("7", "2")
    assert text(found, node, BIB.pages) == "12-34"
    assert text(found, node, DC.description) == "Citation Key: a:b+c\narXiv:2001.00001"
    assert text(found, item("k"), Z.itemType) == "conferencePaper"
    assert text(found, item("u"), Z.itemType) == "document"


def test_the_golden_papers_are_read_back(papers: list[Entry]) -> None:
    found = graph(papers)
    assert {str(kind) for kind in found.objects(None, Z.itemType)} <= {*ACCEPTED, "attachment"}
    for paper in papers:
        node = item(paper.citation_key)
        assert (paper.citation_key in text(found, node, DC.description)) is True
        names = people(found, paper.citation_key) if paper.authors else []
        assert [name for name, _ in names] == [
            f"{a.particle} {a.family}".strip() for a in paper.authors
        ]
        code = [x.url for x in paper.links if x.kind == "code"]
        linked = [addresses(found, place)[0] for place in found.objects(node, LINK.link)]
        assert linked == code


@pytest.mark.parametrize(
    "hostile", [*HOSTILE, "]]>", "</dc:title>", "<!--", "&lt;&evil;", "<?x?>", "\ufffe"]
)
def test_no_text_breaks_out(hostile: str) -> None:
    file = read_rdf(
        write([hostile_entry(hostile), PAPER], format="zotero-rdf").encode(), origin="x"
    )
    assert [entry.key for entry in file.entries] == ["key", "oord2018representation"]


@given(hostile=st.text(max_size=60))
def test_nothing_breaks_out_of_an_item(hostile: str) -> None:
    file = read_rdf(
        write([hostile_entry(hostile), PAPER], format="zotero-rdf").encode(), origin="x"
    )
    assert [entry.key for entry in file.entries] == ["key", "oord2018representation"]
