"""A rendered reference with its formatting as single characters → HTML or Markdown.

Styles change case, quotes and punctuation of what they are given. Marks that are no letters survive
that, and nothing in an entry can be one: `visible` drops private characters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html import escape

from bibkit.emit.escaping import markdown_address, markdown_text

TAGS = ("i", "b", "u", "sup", "sub", "small-caps")
"""What a style can do to text."""
_OPEN = {tag: chr(0xE020 + number) for number, tag in enumerate(TAGS)}
_CLOSE = {tag: chr(0xE030 + number) for number, tag in enumerate(TAGS)}
_LINK, _LINK_END = "\ue040", "\ue041"
_LESS = "\ue042"
_TAG_OF = {mark: tag for tag, mark in _OPEN.items()}
_ENDS = frozenset({*_CLOSE.values(), _LINK_END})
_MARKS = "".join([*_OPEN.values(), *_CLOSE.values(), _LINK, _LINK_END])
_PIECE = re.compile(f"[{_MARKS}]|[^{_MARKS}]+")
_HTML = {"small-caps": ('<span style="font-variant: small-caps">', "</span>")}
_MARKDOWN = {"i": "*", "b": "**"}


def tagged(tag: str, text: str) -> str:
    """Return text between a tag's marks."""
    return f"{_OPEN[tag]}{text}{_CLOSE[tag]}" if text else text


def held(text: str) -> str:
    """Return text in which nothing is markup to a style's own parser."""
    return text.replace("<", _LESS)


def without_marks(text: str) -> str:
    """Return the text alone.

    >>> without_marks(tagged("i", held("a < b")))
    'a < b'
    """
    return re.sub(f"[{_MARKS}]", "", text).replace(_LESS, "<")


def linked(text: str, links: Sequence[tuple[str, str]]) -> tuple[str, list[str]]:
    """Return the text with what is found of `links` marked, and the addresses in their order.

    Args:
        text: a rendered reference.
        links: what to find, whatever its case, and where it leads; a place has one link only.

    """
    lowered = text.lower()
    if len(lowered) != len(text):
        return text, []
    places: list[tuple[int, int, str]] = []
    for words, address in links:
        start = lowered.find(held(words).lower()) if words else -1
        end = start + len(words)
        if start >= 0 and all(end <= one or start >= other for one, other, _ in places):
            places.append((start, end, address))
    places.sort()
    for start, end, _ in reversed(places):
        text = f"{text[:start]}{_LINK}{text[start:end]}{_LINK_END}{text[end:]}"
    return text, [address for _, _, address in places]


def to_html(text: str, addresses: Sequence[str] = ()) -> str:
    """Return HTML; all text is escaped.

    >>> to_html(tagged("i", "A & B") + ".")
    '<i>A &amp; B</i>.'
    """

    def link(inner: str, address: str) -> str:
        return f'<a href="{escape(address)}">{inner}</a>'

    return _rendered(text, addresses, escape, lambda tag, inner, _: _in_html(tag, inner), link)


def to_markdown(text: str, addresses: Sequence[str] = ()) -> str:
    r"""Return Markdown; all text is escaped.

    >>> to_markdown(tagged("i", "A * B") + ". " + tagged("b", " 7") + "x")
    '*A \\* B*. <b> 7</b>x'
    """

    def link(inner: str, address: str) -> str:
        return f"[{inner}]({markdown_address(address)})"

    def dressed(tag: str, inner: str, alone: bool) -> str:
        mark = _MARKDOWN.get(tag, "")
        if mark and alone and inner[:1].isalnum() and inner[-1:].isalnum():
            return f"{mark}{inner}{mark}"
        return _in_html(tag, inner)  # where asterisks would be asterisks

    return _rendered(text, addresses, markdown_text, dressed, link)


def _in_html(tag: str, inner: str) -> str:
    opening, closing = _HTML.get(tag, (f"<{tag}>", f"</{tag}>"))
    return f"{opening}{inner}{closing}"


def _rendered(
    text: str,
    addresses: Sequence[str],
    escaped: Callable[[str], str],
    dressed: Callable[[str, str, bool], str],
    link: Callable[[str, str], str],
) -> str:
    """Return the output; a mark without partner says nothing."""
    waiting = iter(addresses)
    levels: list[tuple[str, str]] = [("", "")]
    pieces = [*_PIECE.findall(text), *_ENDS]  # what is open at the end is closed there
    for number, piece in enumerate(pieces):
        if piece in _TAG_OF or piece == _LINK:
            levels.append((_TAG_OF.get(piece, _LINK), ""))
        elif piece not in _ENDS:
            _append(levels, escaped(piece.replace(_LESS, "<")))
        elif len(levels) > 1:
            tag, inner = levels.pop()
            before = levels[-1][1][-1:]
            after = next((p[0] for p in pieces[number + 1 :] if p[0] not in _MARKS), "")
            alone = not (before.isalnum() or after.isalnum() or before == "*")
            whole = link(inner, next(waiting, "")) if tag == _LINK else dressed(tag, inner, alone)
            _append(levels, whole)
    return "".join(written for _, written in levels)


def _append(levels: list[tuple[str, str]], written: str) -> None:
    tag, before = levels[-1]
    levels[-1] = (tag, before + written)
