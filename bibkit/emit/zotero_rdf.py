"""Entries → Zotero RDF, which loses nothing on its way into Zotero: links become attachments.

Written as Zotero's own translators write and read it (zotero/translators, `Zotero RDF.js`,
`RDF.js`): the citation key in Extra, arXiv's name and id as the repository and the archive id. What
Zotero has no field for is a line `tex.name: value` of Extra, as Better BibTeX writes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from html import escape
from urllib.parse import quote

from bibkit.emit.fields import doi_of, web_address
from bibkit.emit.further import further_fields, kept_lines
from bibkit.emit.kinds import INSTITUTIONAL, format_type, type_words, untold_type
from bibkit.emit.options import WriteOptions
from bibkit.emit.plain import (
    arxiv_mark,
    as_published,
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
    "vcard": "http://nwalsh.com/rdf/vCard#",
}
ZOTERO_FIELDS: Mapping[str, str] = {
    "language": "language",
    "shorttitle": "shortTitle",
    "volumes": "numberOfVolumes",
    "pagetotal": "numPages",
    "library": "libraryCatalog",
    "callnumber": "callNumber",
    "archive": "archive",
}
"""Field → Zotero's, of those that are written and read under Zotero's own name."""
_ELEMENTS = {
    "book": "bib:Book", "bookSection": "bib:BookSection",
    "thesis": "bib:Thesis", "report": "bib:Report", "manuscript": "bib:Manuscript",
    "patent": "bib:Patent", "webpage": "bib:Document", "blogPost": "bib:Document",
    "forumPost": "bib:Document", "computerProgram": "bib:Data", "journalArticle": "bib:Article",
    "magazineArticle": "bib:Article", "newspaperArticle": "bib:Article",
}  # fmt: skip
_CONTAINERS = {
    "journalArticle": "bib:Journal", "magazineArticle": "bib:Periodical",
    "newspaperArticle": "bib:Newspaper", "conferencePaper": "bib:Journal",
    "webpage": "z:Website", "blogPost": "z:Blog", "forumPost": "z:Forum",
}  # fmt: skip
_LINKED_URL = "3"
"""Zotero's `linkMode` of an attachment that is an address and no file."""

Line = tuple[int, str]
"""How deep it stands, and what it says."""


def write(entries: Sequence[Entry], *, options: WriteOptions = WriteOptions()) -> str:  # noqa: B008 - frozen
    """Return the entries as a Zotero RDF document."""
    lines = [line for entry in entries for line in _nodes(entry, options)]
    body = "".join(f"{'    ' * depth}{text}\n" for depth, text in lines)
    used = {prefix: uri for prefix, uri in NAMESPACES.items() if prefix != "vcard"}
    if "<vcard:" in body:
        used["vcard"] = NAMESPACES["vcard"]
    names = "".join(f'\n xmlns:{prefix}="{uri}"' for prefix, uri in used.items())
    return f"<rdf:RDF{names}>\n{body}</rdf:RDF>\n"


def _nodes(entry: Entry, options: WriteOptions) -> Iterator[Line]:
    key = quote(visible(entry.citation_key), safe="")
    links = list(labelled_links(entry))
    attachments = [f"#attachment_{number}_{key}" for number in range(1, len(links) + 1)]
    note = plain(entry.note)
    parts = [("link:link", place) for place in attachments]
    if note:
        parts.append(("dcterms:isReferencedBy", f"#note_{key}"))
    element = _ELEMENTS.get(_item_type(entry), "rdf:Description")
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
    shown, item_type = as_published(entry), _item_type(entry)
    left = further_fields(shown)
    yield 2, _element("z:itemType", item_type)
    if item_type == "preprint":
        yield from _organisation("arXiv", "")
        yield 2, _element("prism:number", arxiv_mark(entry))
    for role, people in (
        ("bib:authors", entry.authors),
        ("bib:editors", entry.editors),
        ("z:translators", entry.translators),
    ):
        yield from _people(role, people)
    if item_type != "preprint":
        yield from _place(shown, item_type, left)
    simple = {
        "dc:title": plain(entry.title),
        "dc:date": iso_date(entry.date) if entry.date else "",
        "dcterms:abstract": plain(entry.abstract) if options.abstract else "",
        "bib:pages": pages_of(entry) if shown.entry_type != "preprint" else "",
        "dc:subject": subject_of(entry),
    }
    yield from ((2, _element(name, value)) for name, value in simple.items() if value)
    yield from _further(shown, item_type, left)
    kept = {**left, **(untold_type(shown, "zotero", item_type))}
    yield 2, _element("dc:description", "\n".join(_extra(entry, kept)))
    if doi := doi_of(entry):
        yield 2, _element("dc:identifier", f"DOI {doi}")
    if address := web_address(entry.url):
        yield from _address(address)


def _item_type(entry: Entry) -> str:
    shown = as_published(entry)
    if shown.entry_type == "preprint" and not entry.eprint:
        return "document"
    return format_type(shown, "zotero")


def _people(role: str, people: Sequence[Author]) -> Iterator[Line]:
    named = [(surname(person), person) for person in people]
    if not any(family for family, _ in named):
        return
    yield 2, f"<{role}>"
    yield 3, "<rdf:Seq>"
    for family, person in named:
        given = visible(person.given) if person.family and not person.collective else ""
        parts = _element("foaf:surname", family)
        parts += _element("foaf:givenName", given) if given else ""
        if family:
            yield 4, f"<rdf:li><foaf:Person>{parts}</foaf:Person></rdf:li>"
    yield 3, "</rdf:Seq>"
    yield 2, f"</{role}>"


def _place(entry: Entry, item_type: str, left: MutableMapping[str, str]) -> Iterator[Line]:
    """Take what says where it was published."""
    yield from _container(entry, item_type, left)
    name = "institution" if entry.entry_type in INSTITUTIONAL else "publisher"
    yield from _organisation(plain(left.pop(name, "")), plain(left.pop("address", "")))
    left.pop("pages", None)
    if event := plain(left.pop("eventtitle", "")):
        title = _element("dc:title", event)
        yield 2, f"<bib:presentedAt><bib:Conference>{title}</bib:Conference></bib:presentedAt>"


def _container(entry: Entry, item_type: str, left: MutableMapping[str, str]) -> Iterator[Line]:
    """Take container, volume and number; those of what is in nothing stand with the item itself."""
    title = plain(left.pop("journal" if entry.entry_type == "article" else "booktitle", ""))
    values = {
        "dc:title": title,
        "prism:volume": plain(left.pop("volume", "")),
        "prism:number": plain(left.pop("number", "")),
    }
    lines = [_element(name, value) for name, value in values.items() if value]
    if title:
        kind = _CONTAINERS.get(item_type, "bib:Book")
        yield 2, "<dcterms:isPartOf>"
        yield 3, f"<{kind}>"
        yield from ((4, line) for line in lines)
        yield 3, f"</{kind}>"
        yield 2, "</dcterms:isPartOf>"
    else:
        yield from ((2, line) for line in lines)
    if series := plain(left.pop("series", "")):
        title = _element("dc:title", series)
        yield 2, f"<dcterms:isPartOf><bib:Series>{title}</bib:Series></dcterms:isPartOf>"


def _organisation(name: str, place: str) -> Iterator[Line]:
    """Write a publisher, and where it is."""
    if not name and not place:
        return
    locality = _element("vcard:locality", place)
    address = f"<vcard:adr><vcard:Address>{locality}</vcard:Address></vcard:adr>" if place else ""
    named = _element("foaf:name", name) if name else ""
    yield 2, "<dc:publisher>"
    yield 3, f"<foaf:Organization>{address}{named}</foaf:Organization>"
    yield 2, "</dc:publisher>"


def _further(entry: Entry, item_type: str, left: MutableMapping[str, str]) -> Iterator[Line]:
    """Take the other fields that Zotero has."""
    for keyword in entry.keywords:
        yield 2, _element("dc:subject", plain(keyword))
    left.pop("keywords", None)
    for prefix in ("isbn", "issn"):
        if value := plain(left.pop(prefix, "")):
            yield 2, _element("dc:identifier", f"{prefix.upper()} {value}")
    left.pop("type", None)
    values = {
        "prism:edition": left.pop("edition", ""),
        "dcterms:dateSubmitted": left.pop("urldate", "") if entry.accessed else "",
        "z:type": type_words(entry) if item_type == "thesis" else entry.type or "",
        "dc:rights": left.pop("rights", ""),
        "dcterms:alternative": left.pop("shortjournal", ""),
    }
    named = {f"z:{ZOTERO_FIELDS[n]}": left.pop(n) for n in [*left] if n in ZOTERO_FIELDS}
    for name, value in {**values, **named}.items():
        if plain(value):
            yield 2, _element(name, plain(value))


def _extra(entry: Entry, kept: Mapping[str, str]) -> Iterator[str]:
    yield f"Citation Key: {visible(entry.citation_key)}"
    if entry.eprint:
        subject = subject_of(entry)
        yield f"{arxiv_mark(entry)} [{subject}]" if subject else arxiv_mark(entry)
    yield from kept_lines(kept)


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
