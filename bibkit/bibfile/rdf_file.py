"""An existing Zotero RDF file → its items, and the same bytes with items before the last tag.

A file that is not well-formed, or that declares a document type, is refused: what it says depends
on who reads it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bibkit.bibfile.blocks import FileEntry
from bibkit.bibfile.encoding import decode, newline_of, readable, with_lf
from bibkit.bibfile.text_file import (
    TextFile,
    character_references,
    inserted,
    repeated_keys,
    undivided,
)
from bibkit.errors import OutputError

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_ABOUT = f"{{{_RDF}}}about"
_RESOURCE = f"{{{_RDF}}}resource"
_PARTS = frozenset({"attachment", "note", "annotation"})
"""Zotero's item types that belong to an item."""
_KEY_LINE = re.compile(r"^citation key:[ \t]*(\S+)[ \t]*$\n?", re.IGNORECASE | re.MULTILINE)
_READ = frozenset(
    "itemType publisher number authors isPartOf title date abstract pages subject description "
    "identifier link isReferencedBy citationKey volume editors translators edition dateSubmitted "
    "presentedAt rights alternative type language shortTitle numberOfVolumes numPages "
    "libraryCatalog callNumber archive".split()
)
_READ_OF_CONTAINER = frozenset(
    {"title", "volume", "number", "identifier", "isPartOf", "alternative"}
)
_OF_ZOTERO = {
    "language": "language",
    "shorttitle": "shortTitle",
    "volumes": "numberOfVolumes",
    "pagetotal": "numPages",
    "library": "libraryCatalog",
    "callnumber": "callNumber",
    "archive": "archive",
    "type": "type",
    "edition": "edition",
    "rights": "rights",
    "urldate": "dateSubmitted",
}
"""Field → the child that has it."""
_TAG = re.compile(r"<[^<>]{0,500}>")
_DECLARED = re.compile(r"\sxmlns:(\w+)=\"([^\"]*)\"")
_TOP = re.compile(r"^    <[\w:]+", re.MULTILINE)
"""Where a node begins in what our writer writes: text in it holds no `<`."""


def read_rdf(data: bytes, *, origin: str) -> TextFile:
    """Read a Zotero RDF file; an empty one is an empty bibliography."""
    text, encoding = decode(data, origin=origin)
    plain = readable(text)
    root = _root(plain, origin) if text.strip() else None
    entries = tuple(_entries(root)) if root is not None else ()
    places = (str(node.get(_ABOUT)) for node in (() if root is None else root))
    taken = {place.removeprefix("#item_") for place in places if place.startswith("#item_")}
    return TextFile(
        origin=origin,
        data=data,
        text=text,
        encoding=encoding,
        newline=newline_of(text),
        place=len(text) if root is None else _end(plain, origin),
        entries=entries,
        keys=frozenset(taken | {entry.key for entry in entries if entry.key}),
        problems=tuple(repeated_keys(entries, origin)),
    )


def append_nodes(file: TextFile, text: str) -> bytes:
    """Return the file's bytes with the nodes of a whole document, as our writer makes it."""
    if not file.text.strip():
        return inserted(file, text, character_references)
    head, _, rest = text.partition(">\n")
    body = rest[: rest.rindex("</rdf:RDF>")]
    if not body:
        return file.data
    missing = _missing(file, head)
    if missing:
        body = _TOP.sub(lambda found: found[0] + missing, body)
    lead = "" if file.text[: file.place].endswith(("\n", "\r")) else "\n"
    return inserted(file, lead + body, character_references)


def _missing(file: TextFile, head: str) -> str:
    """Return the declarations of prefixes that mean nothing, or something else, in the file."""
    root = _root(readable(file.text), file.origin)
    wanted = _DECLARED.findall(head)
    return "".join(f' xmlns:{p}="{uri}"' for p, uri in wanted if root.nsmap.get(p) != uri)


def _root(text: str, origin: str) -> Any:
    from lxml import etree  # here: only an RDF needs it

    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise OutputError("declares a document type; nothing is added", origin=origin, code="rdf")
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(with_lf(text).encode(), parser)
    except etree.XMLSyntaxError as error:
        place = f"{origin}:{error.lineno or 1}"
        raise OutputError(f"broken XML: {error.msg}", origin=place, code="broken-xml") from None
    if root.tag != f"{{{_RDF}}}RDF":
        message = "no RDF file, so nothing is added to it"
        raise OutputError(message, origin=origin, code="not-rdf")
    return root


def _end(text: str, origin: str) -> int:
    """Return the place of the root's end tag; of its line, where it stands there alone."""
    from xml.parsers import expat  # here: only an RDF needs it

    data = text.encode()
    parser = expat.ParserCreate("utf-8")
    ends: list[int] = []
    parser.EndElementHandler = lambda _: ends.append(parser.CurrentByteIndex)
    parser.Parse(data, True)
    if data[ends[-1] : ends[-1] + 2] != b"</":
        message = "its root element has no end tag before which something could be added"
        raise OutputError(message, origin=origin, code="rdf")
    place = len(data[: ends[-1]].decode())
    line = max(text.rfind("\n", 0, place), text.rfind("\r", 0, place)) + 1
    return place if text[line:place].strip() else line


def _entries(root: Any) -> Iterator[FileEntry]:
    nodes = {node.get(_ABOUT): node for node in root if node.get(_ABOUT)}
    for node in root:
        kind = next(_texts([node], "itemType"), "")
        if not kind or kind in _PARTS:
            continue
        fields = {**_fields(node, nodes), **_further(node, nodes)}
        extra = "\n".join(_texts([node], "description"))
        key = _KEY_LINE.search(extra)
        own_key = next(_texts([node], "citationKey"), "")
        yield FileEntry(
            own_key or (key[1] if key else ""),
            kind.lower(),
            {name: value for name, value in fields.items() if value},
            int(node.sourceline or 0),
        )


def _fields(node: Any, nodes: Mapping[str, Any]) -> dict[str, str]:
    """Return the fields that tell which paper it is, and what is read with them."""
    containers = [part for part in _containers(node, nodes) if _local(part) != "Series"]
    organisations = [child for child in node if _local(child) == "publisher"]
    return {
        "title": next(_texts([node], "title"), ""),
        "author": " and ".join(_people(node, "authors")),
        "date": next(_texts([node], "date"), ""),
        "doi": next(_named([node, *containers], "DOI"), ""),
        "url": " ".join(dict.fromkeys(_addresses(node))),
        "journal": next(_texts(containers, "title"), ""),
        "number": next(_texts([node], "number"), ""),
        "volume": next(_texts([node, *containers], "volume"), ""),
        "issue": next(_texts(containers, "number"), ""),
        "pages": next(_texts([node], "pages"), ""),
        "abstract": next(_texts([node], "abstract"), ""),
        "keywords": "; ".join(_texts([node], "subject")),
        "note": _KEY_LINE.sub("", "\n".join(_texts([node], "description"))),
        "annotation": "\n".join(_memos(node, nodes)),
        "attachments": "\n".join(_attachments(node, nodes)),
        "publisher": next(_publishers(organisations), ""),
        "unread": ", ".join(dict.fromkeys(_unread(node, containers))),
    }


def _further(node: Any, nodes: Mapping[str, Any]) -> dict[str, str]:
    """Return the fields that only an export of a whole library has."""
    containers = list(_containers(node, nodes))
    series = [
        part
        for whole in (node, *containers)
        for part in _containers(whole, nodes)
        if _local(part) == "Series"
    ]
    others = [part for part in containers if _local(part) != "Series"]
    own = {field: next(_texts([node], name), "") for field, name in _OF_ZOTERO.items()}
    return {
        "editor": " and ".join(_people(node, "editors")),
        "translator": " and ".join(_people(node, "translators")),
        "series": next(_texts(series, "title"), ""),
        "address": next(("".join(p.itertext()).strip() for p in node.iter("{*}locality")), ""),
        "isbn": next(_named([node, *others], "ISBN"), ""),
        "issn": next(_named([node, *others], "ISSN"), ""),
        "eventtitle": " ".join(next(_texts([node], "presentedAt"), "").split()),
        "shortjournal": next(_texts([node, *others], "alternative"), ""),
        **{_local(child).lower(): (child.text or "").strip() for child in _unknown(node)},
        **own,
    }


def _unknown(node: Any) -> Iterator[Any]:
    """Yield the children with a text that are no field of ours; they keep Zotero's name."""
    for child in node:
        if _local(child) and _local(child) not in _READ and len(child) == 0 and child.text:
            yield child


def _local(node: Any) -> str:
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def _texts(nodes: Iterable[Any], name: str) -> Iterator[str]:
    """Yield the texts of the children of a name."""
    for node in nodes:
        for child in node:
            if _local(child) == name:
                yield "".join(child.itertext()).strip()


def _containers(node: Any, nodes: Mapping[str, Any]) -> Iterator[Any]:
    for part in node:
        if _local(part) == "isPartOf":
            yield from part
            if (other := nodes.get(part.get(_RESOURCE))) is not None:
                yield other


def _unread(node: Any, containers: Iterable[Any]) -> Iterator[str]:
    """Yield the names of what an item says and its fields do not."""
    for part in (node, *containers):
        known = _READ if part is node else _READ_OF_CONTAINER
        for child in part:
            if (name := _local(child)) and name not in known and (part is not node or len(child)):
                yield name
        for identifier in _texts([part], "identifier"):
            scheme = identifier.partition(" ")[0]
            if scheme.upper() not in ("DOI", "ISBN", "ISSN") and "://" not in identifier:
                yield scheme


def _referenced(node: Any, name: str, nodes: Mapping[str, Any]) -> Iterator[Any]:
    """Yield the nodes that the children of a name lead to."""
    for child in node:
        other = nodes.get(child.get(_RESOURCE)) if _local(child) == name else None
        if other is not None:
            yield other


def _memos(node: Any, nodes: Mapping[str, Any]) -> Iterator[str]:
    """Yield the child notes without their HTML."""
    for memo in _referenced(node, "isReferencedBy", nodes):
        for value in _texts([memo], "value"):
            yield " ".join(html.unescape(_TAG.sub(" ", value)).split())


def _attachments(node: Any, nodes: Mapping[str, Any]) -> Iterator[str]:
    """Yield title and address of the attachments that have one."""
    for attachment in _referenced(node, "link", nodes):
        title = next(_texts([attachment], "title"), "")
        for child in attachment.iter("{*}URI"):
            yield f"{' '.join(title.split())} {''.join(child.itertext()).strip()}"


def _people(node: Any, role: str) -> Iterator[str]:
    for creators in node:
        if _local(creators) != role:
            continue
        for person in creators.iter("{*}Person"):
            parts = [next(_texts([person], name), "") for name in ("surname", "givenName")]
            yield ", ".join(undivided(part) for part in parts if part)


def _publishers(organisations: Iterable[Any]) -> Iterator[str]:
    """Yield the names of publishers; older files have the name alone."""
    for organisation in organisations:
        names = ["".join(name.itertext()) for name in organisation.iter("{*}name")]
        yield " ".join((names[0] if names else organisation.text or "").split())


def _named(nodes: Iterable[Any], scheme: str) -> Iterator[str]:
    """Yield the identifiers of a kind: `DOI 10.1234/x`."""
    for identifier in _texts(nodes, "identifier"):
        word, _, value = identifier.partition(" ")
        if word.upper() == scheme:
            yield value.strip()


def _addresses(node: Any) -> Iterator[str]:
    if str(node.get(_ABOUT)).startswith("http"):
        yield node.get(_ABOUT)
    for child in node:
        if _local(child) == "identifier":
            yield from ("".join(uri.itertext()).strip() for uri in child.iter("{*}URI"))
