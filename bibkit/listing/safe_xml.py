"""XML from anywhere → its elements, as far as it goes, or why it is refused.

No entity is ever expanded but XML's own and HTML's characters; a file that declares some is
refused. Hand-made feeds are often not well-formed, and downloads are cut: what is whole is read.
"""

from __future__ import annotations

import html.entities
import re
from typing import Any

from bibkit.listing.html_lines import is_hostile
from bibkit.listing.lines import line_finder
from bibkit.record import Problem

_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31};)")
_OWN = frozenset({"amp;", "lt;", "gt;", "quot;", "apos;"})
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
_CONTROLS = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ROOT = re.compile(r"<(?:[\w-]+:)?(?P<name>rss|RDF|feed|OAI-PMH|html)\b", re.IGNORECASE)
_LIMIT = 60_000_000
"""Characters."""


def xml_root(
    text: str, *, origin: str, items: str, closing: str
) -> tuple[Any | None, list[Problem]]:
    """Return the root element, and what is wrong with the file.

    Args:
        text: the file.
        origin: what messages call it.
        items: the names of the elements that are wanted, as alternatives of a pattern.
        closing: the names of the elements that end the file.

    """
    if "<!ENTITY" in text or is_hostile(text) or len(text) > _LIMIT:
        message = "refused: it declares entities, or is too large to be a listing"
        return None, [Problem(f"{origin}:1", "listing-xml", message)]
    problems: list[Problem] = []
    ends = [found.end() for found in re.finditer(rf"</(?:[\w-]+:)?(?:{items})\s*>", text)]
    if not re.search(rf"</(?:[\w-]+:)?(?:{closing})\s*>", text[ends[-1] if ends else 0 :]):
        text = text[: ends[-1] if ends else 0]
        place = f"{origin}:{line_finder(text)(len(text))}"
        problems.append(Problem(place, "listing-cut", "the file breaks off here"))
    root, flaw = _parsed(text)
    if flaw and not problems:
        problems.append(Problem(f"{origin}:{flaw[0]}", "listing-xml", flaw[1]))
    return root, problems


def root_name(text: str) -> str:
    """Return which of the known kinds of XML a text is: `rss`, `RDF`, `feed`, `OAI-PMH`, or none.

    >>> root_name("<?xml version='1.0'?><rss version='2.0'>"), root_name("<html><rss>")
    ('rss', 'html')
    """
    found = _ROOT.search(text[:10_000]) if text.lstrip("\ufeff \t\r\n").startswith("<") else None
    return found["name"] if found else ""


def text_line(element: Any) -> int:
    """Return the line where the text of an element begins."""
    text = element.text or ""
    return int(element.sourceline or 1) + text.count("\n", 0, len(text) - len(text.lstrip()))


def local_name(element: Any) -> str:
    """Return the name of an element without its namespace; empty for comments."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2] if isinstance(tag, str) else ""


def child_texts(element: Any, name: str, namespace: str = "") -> list[str]:
    """Return the texts of the children of a name, in any namespace or in one that is named so."""
    return [
        "".join(child.itertext())
        for child in element
        if local_name(child) == name and namespace in str(child.tag)
    ]


def _parsed(text: str) -> tuple[Any | None, tuple[int, str] | None]:
    """Parse what can be parsed; return the first flaw with its line."""
    from lxml import etree  # here: `bibkit --help` reads no feed

    parser = etree.XMLParser(
        encoding="utf-8",
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    plain = _CONTROLS.sub("", _DECLARATION.sub(_same_lines, text.removeprefix("\ufeff")))
    try:
        root = etree.fromstring(_ENTITY.sub(_character, plain).encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        return None, (1, f"no XML: {error}")
    flaws = [entry for entry in parser.error_log if entry.level_name != "WARNING"]
    if not flaws:
        return root, None
    return root, (max(1, flaws[0].line), f"not well-formed: {flaws[0].message.strip()[:200]}")


def _same_lines(found: re.Match[str]) -> str:
    """Drop the XML declaration: the text is decoded already."""
    return "\n" * found[0].count("\n")


def _character(found: re.Match[str]) -> str:
    """Put HTML's named characters in place; XML itself knows five."""
    if found[1] in _OWN:
        return found[0]
    value = html.entities.html5.get(found[1], found[0])
    return found[0].lower() if value in ("<", ">", "&", '"') else value
