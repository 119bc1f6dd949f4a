"""An existing Zotero RDF file: its items, and nodes before its last tag."""

from __future__ import annotations

import pytest

from bibkit.bibfile import append_nodes, identify, read_rdf
from bibkit.emit import write
from bibkit.errors import OutputError
from bibkit.record import Entry, Eprint

NEW = write(
    [Entry("new2024", "preprint", "Über", eprint=Eprint("2401.00001"))], format="zotero-rdf"
)
BODY = NEW.partition(">\n")[2].removesuffix("</rdf:RDF>\n")
ROOT = NEW.partition(">\n")[0] + ">"

ZOTERO = """<rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:z="http://www.zotero.org/namespaces/export#"
 xmlns:dcterms="http://purl.org/dc/terms/"
 xmlns:bib="http://purl.org/net/biblio#"
 xmlns:foaf="http://xmlns.com/foaf/0.1/"
 xmlns:link="http://purl.org/rss/1.0/modules/link/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:prism="http://prismstandard.org/namespaces/1.2/basic/">
    <rdf:Description rdf:about="http://arxiv.org/abs/1706.03762">
        <z:itemType>preprint</z:itemType>
        <bib:authors>
            <rdf:Seq>
                <rdf:li><foaf:Person><foaf:surname>Vaswani</foaf:surname><foaf:givenName>Ashish</foaf:givenName></foaf:Person></rdf:li>
            </rdf:Seq>
        </bib:authors>
        <link:link rdf:resource="#item_2"/>
        <dc:title>Attention Is All You Need</dc:title>
        <dc:description>arXiv:1706.03762 [cs]
Citation Key: attention</dc:description>
        <prism:number>arXiv:1706.03762</prism:number>
    </rdf:Description>
    <z:Attachment rdf:about="#item_2">
        <z:itemType>attachment</z:itemType>
        <dc:title>PDF</dc:title>
    </z:Attachment>
    <bib:Article rdf:about="#item_3">
        <z:itemType>journalArticle</z:itemType>
        <dcterms:isPartOf rdf:resource="urn:issn:0028-0836"/>
        <dc:title>Deep learning</dc:title>
    </bib:Article>
    <bib:Journal rdf:about="urn:issn:0028-0836">
        <dc:title>Nature</dc:title>
        <dc:identifier>DOI 10.1038/nature14539</dc:identifier>
    </bib:Journal>
    <z:Collection rdf:about="#collection_1">
        <dc:title>Mine</dc:title>
        <dcterms:hasPart rdf:resource="#item_3"/>
    </z:Collection>
</rdf:RDF>
"""


def test_what_zotero_exports_is_read() -> None:
    file = read_rdf(ZOTERO.encode(), origin="refs.rdf")
    first, second = file.entries
    assert (first.key, first.entry_type, first.line) == ("attention", "preprint", 10)
    identity = identify(first.fields)
    assert (identity.arxiv_id, identity.title) == ("1706.03762", "attentionisallyouneed")
    assert identity.authors == "vaswaniashish"
    assert identify(second.fields).doi == "10.1038/nature14539"
    assert second.fields["journal"] == "Nature"
    assert file.keys == {"attention", "2", "3"}
    assert not file.problems


def test_nodes_are_added_before_the_last_tag() -> None:
    after = append_nodes(read_rdf(ZOTERO.encode(), origin="refs.rdf"), NEW).decode()
    assert after == ZOTERO.replace("</rdf:RDF>\n", BODY + "</rdf:RDF>\n")


@pytest.mark.parametrize("tail", ["", "\n<!-- </rdf:RDF> -->\n", "<?x </rdf:RDF>?>"])
@pytest.mark.parametrize("inside", ["", "\n", "<!-- </rdf:RDF> -->", "\n\t"])
def test_the_last_tag_is_found_wherever_it_stands(inside: str, tail: str) -> None:
    old = f"{ROOT}{inside}</rdf:RDF>{tail}"
    file = read_rdf(old.encode(), origin="x")
    after = append_nodes(file, NEW).decode()
    assert [entry.key for entry in read_rdf(after.encode(), origin="x").entries] == ["new2024"]
    at = after.index(BODY)
    assert old.startswith(after[: at - 1])
    assert old.endswith(after[at + len(BODY) :])


def test_prefixes_that_mean_something_else_are_declared_anew() -> None:
    old = ZOTERO.replace("xmlns:z=", "xmlns:zo=").replace("<z:", "<zo:").replace("</z:", "</zo:")
    after = append_nodes(read_rdf(old.encode(), origin="x"), NEW)
    assert [entry.key for entry in read_rdf(after, origin="x").entries] == [
        "attention",
        "",
        "new2024",
    ]
    assert after.count(b'xmlns:z="') == 1


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16"])
def test_byte_order_marks_and_line_endings_stay(codec: str) -> None:
    after = append_nodes(read_rdf(ZOTERO.replace("\n", "\r\n").encode(codec), origin="x"), NEW)
    expected = ZOTERO.replace("</rdf:RDF>\n", BODY + "</rdf:RDF>\n").replace("\n", "\r\n")
    assert after == expected.encode(codec)


def test_only_ascii_is_added_to_an_8_bit_file() -> None:
    old = b'<?xml version="1.0" encoding="iso-8859-1"?>\n' + ZOTERO.replace("Mine", "\xe9").encode(
        "latin-1"
    )
    after = append_nodes(read_rdf(old, origin="x"), NEW)
    assert b"&#220;ber" in after
    assert read_rdf(after, origin="x").entries[-1].fields["title"] == "Über"


def test_an_empty_file_becomes_a_whole_one() -> None:
    assert append_nodes(read_rdf(b"", origin="x"), NEW) == NEW.encode()
    empty = write([], format="zotero-rdf")
    assert append_nodes(read_rdf(empty.encode(), origin="x"), NEW) == NEW.encode()
    assert append_nodes(read_rdf(NEW.encode(), origin="x"), empty) == NEW.encode()


REFUSED = [
    "<rdf:RDF>", "no xml", ZOTERO.replace("</rdf:RDF>", ""), f"{ROOT[:-1]}/>", "<html></html>",
    '<!DOCTYPE x [<!ENTITY a "b">]>' + ZOTERO, ZOTERO + "<more/>", "[]",
]  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_what_cannot_be_added_to_safely_is_refused(text: str) -> None:
    with pytest.raises(OutputError) as caught:
        append_nodes(read_rdf(text.encode(), origin="refs.rdf"), NEW)
    assert caught.value.origin.startswith("refs.rdf")
