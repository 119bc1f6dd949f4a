"""Entries → Zotero RDF, which loses nothing on its way into Zotero: links become attachments.

Written as Zotero's own translators write and read it (zotero/translators, `Zotero RDF.js`,
`RDF.js`): the citation key in Extra, arXiv's name and id as the repository and the archive id.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from urllib.parse import quote

from bibkit.emit.fields import doi_of, web_address
from bibkit.emit.options import WriteOptions
from bibkit.emit.plain import (
    arxiv_mark,
    is_published,
    iso_date,
    labelled_links,
    pages_of,
    plain,
    subject_of,
    surname,
)
from bibkit.record import Author, Entry
from bibkit.text.visible import visible

NAMESPACES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "z": "http://www.zotero.org/namespaces/export#",
    "dcterms": "http://purl.org/dc/terms/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "bib": "http://purl.org/net/biblio#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "link": "http://purl.org/rss/1.0/modules/link/",
    "prism": "http://prismstandard.org/namespaces/1.2/basic/",
}
_TYPES = {"article": "journalArticle", "inproceedings": "conferencePaper"}
_LINKED_URL = "3"
"""Zotero's `linkMode` of an attachment that is an address and no file."""

Line = tuple[int, str]
"""How deep it stands, and what it says."""


def write(entries: Sequence[Entry], *, options: WriteOptions = WriteOptions()) -> str:  # noqa: B008 - frozen
    """Return the entries as a Zotero RDF document."""
    names = "".join(f'\n xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
    lines = [line for entry in entries for line in _nodes(entry, options)]
    body = "".join(f"{'    ' * depth}{text}\n" for depth, text in lines)
    return f"<rdf:RDF{names}>\n{body}</rdf:RDF>\n"


def _nodes(entry: Entry, options: WriteOptions) -> Iterator[Line]:
    key = quote(visible(entry.citation_key), safe="")
    links = list(labelled_links(entry))
    attachments = [f"#attachment_{number}_{key}" for number in range(1, len(links) + 1)]
    note = plain(entry.note)
    parts = [("link:link", place) for place in attachments]
    if note:
        parts.append(("dcterms:isReferencedBy", f"#note_{key}"))
    element = "bib:Article" if _item_type(entry) == "journalArticle" else "rdf:Description"
    yield 1, f'<{element} rdf:about="#item_{key}">'
    yield from _item(entry, options)
    for name, place in parts:
        yield 2, f'<{name} rdf:resource="{place}"/>'
    yield 1, f"</{element}>"
    for place, (label, address) in zip(attachments, links, strict=True):
        yield from _attachment(place, label.removesuffix(" URL"), address)
    if note:
        yield 1, f'<bib:Memo rdf:about="#note_{key}">'
        yield 2, _element("rdf:value", f"<p>{escape(note)}</p>")  # Zotero's notes are HTML
        yield 1, "</bib:Memo>"


def _item(entry: Entry, options: WriteOptions) -> Iterator[Line]:
    yield 2, _element("z:itemType", _item_type(entry))
    if _item_type(entry) == "preprint":
        yield 2, "<dc:publisher>"
        yield 3, "<foaf:Organization><foaf:name>arXiv</foaf:name></foaf:Organization>"
        yield 2, "</dc:publisher>"
        yield 2, _element("prism:number", arxiv_mark(entry))
    yield from _authors(entry.authors)
    if is_published(entry):
        yield from _container(entry)
    simple = {
        "dc:title": plain(entry.title),
        "dc:date": iso_date(entry.date) if entry.date else "",
        "dcterms:abstract": plain(entry.abstract) if options.abstract else "",
        "bib:pages": pages_of(entry) if is_published(entry) else "",
        "dc:subject": subject_of(entry),
        "dc:description": "\n".join(_extra(entry)),
    }
    yield from ((2, _element(name, value)) for name, value in simple.items() if value)
    if doi := doi_of(entry):
        yield 2, _element("dc:identifier", f"DOI {doi}")
    if address := web_address(entry.url):
        yield from _address(address)


def _item_type(entry: Entry) -> str:
    if is_published(entry):
        return _TYPES[entry.entry_type]
    return "preprint" if entry.eprint else "document"


def _authors(authors: Sequence[Author]) -> Iterator[Line]:
    named = [(surname(author), author) for author in authors]
    if not any(family for family, _ in named):
        return
    yield 2, "<bib:authors>"
    yield 3, "<rdf:Seq>"
    for family, author in named:
        given = visible(author.given) if author.family and not author.collective else ""
        parts = _element("foaf:surname", family)
        parts += _element("foaf:givenName", given) if given else ""
        if family:
            yield 4, f"<rdf:li><foaf:Person>{parts}</foaf:Person></rdf:li>"
    yield 3, "</rdf:Seq>"
    yield 2, "</bib:authors>"


def _container(entry: Entry) -> Iterator[Line]:
    values = {
        "dc:title": plain(entry.container),
        "prism:volume": plain(entry.volume),
        "prism:number": plain(entry.number),
    }
    yield 2, "<dcterms:isPartOf>"
    yield 3, "<bib:Journal>"
    yield from ((4, _element(name, value)) for name, value in values.items() if value)
    yield 3, "</bib:Journal>"
    yield 2, "</dcterms:isPartOf>"


def _extra(entry: Entry) -> Iterator[str]:
    yield f"Citation Key: {visible(entry.citation_key)}"
    if entry.eprint:
        subject = subject_of(entry)
        yield f"{arxiv_mark(entry)} [{subject}]" if subject else arxiv_mark(entry)


def _attachment(place: str, title: str, address: str) -> Iterator[Line]:
    yield 1, f'<z:Attachment rdf:about="{place}">'
    yield 2, _element("z:itemType", "attachment")
    yield 2, _element("dc:title", title)
    yield from _address(address)
    yield 2, _element("z:linkMode", _LINKED_URL)
    yield 2, _element("link:type", "text/html")
    yield 1, "</z:Attachment>"


def _address(address: str) -> Iterator[Line]:
    value = _element("rdf:value", address)
    yield 2, f"<dc:identifier><dcterms:URI>{value}</dcterms:URI></dc:identifier>"


def _element(name: str, value: str) -> str:
    return f"<{name}>{escape(value, quote=False)}</{name}>"
