"""HTML → its lines as a reader sees them, each with its links and its place in the source.

Pages and e-mails are laid out with whatever elements their makers liked; what stays is that a title
has a line of its own. Scripts, styles and comments are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from bibkit.listing.lines import printable
from bibkit.record import Problem

_BLOCKS = frozenset(
    (
        "address article aside blockquote body br center dd div dl dt fieldset figure footer form "
        "h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section table tbody td th tr ul"
    ).split()
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_HIDDEN = frozenset({"script", "style", "title", "template", "noscript", "svg", "select", "button"})
_TAG = re.compile(
    r"</?(?:a|abbr|b|blockquote|br|code|div|em|font|h[1-6]|hr|i|img|li|ol|p|pre|section|small|span"
    r"|strong|sub|sup|table|td|tr|tt|u|ul)(?:\s*/?>|\s+[\w:-]+\s*=[^<>]{0,5000}>)",
    re.IGNORECASE,
)
_OPENING = re.compile(r"<(?:html|body)\b", re.IGNORECASE)
_CLOSING = re.compile(r"</(?:html|body)\s*>", re.IGNORECASE)
_MOST_ATTRIBUTES = 500
"""In one tag; the parser compares each with all others."""
_LONG_TAG = re.compile(r"<[^<>]{2000,}")


@dataclass(frozen=True, slots=True)
class Anchor:
    """One link in a line."""

    address: str
    text: str
    kind: str = ""
    """Its `class`."""


@dataclass(frozen=True, slots=True)
class HtmlLine:
    """One line of a page."""

    line: int
    """Where its text begins in the source."""
    text: str
    anchors: tuple[Anchor, ...] = ()
    heading: bool = False


@dataclass(slots=True)
class _Draft:
    """The line that is being read."""

    pieces: list[str] = field(default_factory=list)
    line: int = 0
    anchors: list[Anchor] = field(default_factory=list)
    heading: bool = False


def html_lines(text: str) -> list[HtmlLine]:
    """Return the lines of a page that are not blank; not the last one of a page that is cut.

    >>> html_lines("<p>See <a href='/b'>B</a><br>and C")
    [HtmlLine(line=1, text='See B', anchors=(Anchor(address='/b', text='B', kind=''),),
     heading=False), HtmlLine(line=1, text='and C', anchors=(), heading=False)]
    """
    root = _root(text)
    lines = [] if root is None else list(_lines(root))
    return lines[:-1] if is_cut(text) else lines


def is_cut(text: str) -> bool:
    """Tell a page that begins as a whole one and does not end; its last line may be half a line."""
    return _OPENING.search(text[:10_000]) is not None and _CLOSING.search(text[-10_000:]) is None


def cut_problems(text: str, lines: Sequence[HtmlLine], origin: str) -> Iterator[Problem]:
    """Report a page that is cut, behind the last line that is whole."""
    if is_cut(text):
        place = f"{origin}:{lines[-1].line if lines else 1}"
        yield Problem(place, "listing-cut", "the page breaks off after this line")


def html_text(text: str) -> str:
    """Return the text of a piece of HTML in one line; plain text with `<` in it stays.

    >>> html_text("<p>An <b>a</b>bstract: p&lt;.05</p> <p>More.</p>"), html_text("if a<b and c>d")
    ('An abstract: p<.05 More.', 'if a<b and c>d')
    """
    import html

    if not _TAG.search(text):
        return printable(html.unescape(text))
    return " ".join(line.text for line in html_lines(text))


def is_hostile(text: str) -> bool:
    """Tell a text with a tag of so many attributes that reading it takes quadratic time."""
    return any(found[0].count("=") > _MOST_ATTRIBUTES for found in _LONG_TAG.finditer(text))


def _root(text: str) -> Any:
    from lxml import etree  # here: `bibkit --help` reads no page

    if is_hostile(text):
        return None
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return None


def _lines(root: Any) -> Iterator[HtmlLine]:
    from lxml import etree

    draft, line = _Draft(), 1
    opened: tuple[Any, int] | None = None
    """The link that is open, and the place in the line where its text begins."""
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        tag = element.tag
        if event == "start":
            line = max(line, element.sourceline or 0)
            if _is_block(element):
                yield from _finished(draft, opened)
                draft = _Draft(heading=tag in _HEADINGS)
                opened = (opened[0], 0) if opened else None
            if tag == "a" and element.get("href") and not opened:
                opened = (element, len(draft.pieces))
            if tag in _HIDDEN:
                walk.skip_subtree()
            else:
                line = _add(draft, element.text, line)
        else:
            if opened and opened[0] is element:
                _close(draft, *opened)
                opened = None
            if _is_block(element):
                yield from _finished(draft, opened)
                draft = _Draft()
                opened = (opened[0], 0) if opened else None
            line = _add(draft, element.tail, line)
    yield from _finished(draft, opened)


def _is_block(element: Any) -> bool:
    """Tell an element that begins a line; what arXiv labels stands on a line of its own."""
    return element.tag in _BLOCKS or element.get("class") == "descriptor"


def _add(draft: _Draft, text: str | None, line: int) -> int:
    """Add a text to a line; return the line of the source where it ends."""
    if not text:
        return line
    if not draft.line and (stripped := text.lstrip()):
        draft.line = line + text.count("\n", 0, len(text) - len(stripped))
    draft.pieces.append(text)
    return line + text.count("\n")


def _close(draft: _Draft, anchor: Any, start: int) -> None:
    text = printable("".join(draft.pieces[start:]))
    address = " ".join(str(anchor.get("href")).split())[:5000]
    if text or not draft.anchors:
        draft.anchors.append(Anchor(address, text, str(anchor.get("class") or "")))


def _finished(draft: _Draft, opened: tuple[Any, int] | None) -> Iterator[HtmlLine]:
    """Yield the line, with the part of an open link that stands in it."""
    text = printable("".join(draft.pieces))
    if text:
        if opened:
            _close(draft, *opened)
        yield HtmlLine(draft.line, text, tuple(draft.anchors), draft.heading)
