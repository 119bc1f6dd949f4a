"""Markdown, whoever wrote it → its pieces of text with the addresses that they link to.

No CommonMark parser: html2text, pandoc, turndown, markdownify and the readers built on them wrap
links over lines and even over blank ones, and leave brackets in the text. What decides is that a
link ends in `](address)` or `][reference]`. Every step is linear in the text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bibkit.listing.lines import line_finder, printable
from bibkit.listing.markdown_links import MarkdownLink, markdown_links

BOLD = 7
"""The level of a link set in bold: some pages use it for headings."""
_WHOLE_ADDRESS = re.compile(r"https?://\S{1,2000}")
_NUMBER = re.compile(r"\]\[\d{1,5}\]")
_NUMBER_BEFORE = re.compile(r"(?<!\])\[\d{1,5}\](?!:)")
_DEFINITION = re.compile(
    r"^ {0,3}\[([^\[\]\n]{1,80})\]: {0,9}<?(\S{1,2000}?)>?(?: .*)?\n", re.MULTILINE
)
"""Not the last line of a text that was cut: half an address is another one."""
_HEADING = re.compile(r"\s{0,3}(#{1,6})(?:\s|$)")
_BULLET = re.compile(r"\A(?:\s*(?:[-*+•]|\d{1,4}[.)])(?:\s+|\Z))+")
_GOES_ON = re.compile(r"\n[ \t]{1,9}[^\s*+-]")
"""The next line of a heading that was not broken by the program that wrote it, but before."""
_FRONT_MATTER = re.compile(r"\ufeff?---\n(?:[^\n]*\n){0,100}?---\n")
_BLANKS = re.compile(r"\\+(?=\s)|\\+\Z")
"""A hard line break, also where a renderer has joined the lines since."""
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_BROKEN_ADDRESS = re.compile(r"(https?://\S{1,500}-)\s*\n\s*(?=\w)")
"""Lines of a fixed width end at hyphens, too."""
_TAG = re.compile(
    r"</?(?:a|article|b|br|button|code|div|em|figure|footer|h[1-6]|header|i|img|input|li|main|nav|ol"
    r"|p|path|section|source|span|strong|sub|sup|svg|time|ul|video)\b[^<>]{0,1000}>",
    re.IGNORECASE,
)
_ATTRIBUTES = re.compile(r"\{[.#:][^{}\n]{0,1000}\}")
"""What pandoc writes behind links and headings."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A line of text, or the whole text of a link."""

    line: int
    text: str
    """As written, blanks around it included, so that pieces can be joined."""
    target: str | None = None
    """The address it links to; empty when it links, but the page does not tell where."""
    level: int = 0
    """Of the heading that it stands in; 0 for none."""
    paragraph: int = 0
    """Pieces with equal numbers have no blank line between them."""

    @property
    def words(self) -> str:
        """The text by itself."""
        return printable(_BULLET.sub("", self.text, count=1))


def joined(pieces: Iterable[Piece]) -> str:
    """Return pieces of one text as one line; an address that was broken at a hyphen is mended."""
    whole, line = "", 0
    for piece in pieces:
        whole += piece.text if piece.line == line else f"\n{piece.text}"
        line = piece.line
    return printable(_BROKEN_ADDRESS.sub(r"\1", whole))


def with_addresses_below(pieces: Sequence[Piece]) -> list[Piece]:
    r"""Take each line that is only an address for that of the text above it.

    >>> [(p.words, p.target) for p in with_addresses_below(markdown_pieces("A\n\nhttps://b.c/"))]
    [('A', 'https://b.c/')]
    """
    found: list[Piece] = []
    for piece in pieces:
        address = piece.text.strip()
        if piece.target is not None or not _WHOLE_ADDRESS.fullmatch(address):
            found.append(piece)
        elif found and found[-1].target is None:
            found[-1] = replace(found[-1], target=address)
    return found


def is_numbered(text: str) -> bool:
    r"""Tell whether a text's links are numbers, with their addresses in a table.

    >>> is_numbered("[A][1]\n\n[B][2]\n"), is_numbered("[A](/papers), see [1][2]")
    (True, False)
    """
    behind = len(_NUMBER.findall(text))
    return behind > text.count("](") and behind > len(_NUMBER_BEFORE.findall(text))


def markdown_pieces(
    text: str, *, escapes: bool = True, addresses: Mapping[str, str] | None = None
) -> list[Piece]:
    r"""Return the pieces of a text in order; images and blank pieces are left out.

    Args:
        text: the page.
        escapes: whether a backslash before punctuation only protects it.
        addresses: of references that the text does not define in Markdown's way.

    >>> [(p.line, p.words, p.target, p.level) for p in markdown_pieces("## [A\\_b\nc](/x)\n\nd")]
    [(1, 'A_b c', '/x', 2), (4, 'd', None, 0)]
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    found = markdown_links(text, {**(addresses or {}), **dict(_DEFINITION.findall(text))})
    images = [link for link in found if link.is_image]
    outer = _outermost(link for link in found if not link.is_image)
    return list(_pieces(text, outer, images, escapes=escapes))


def _outermost(links: Iterable[MarkdownLink]) -> list[MarkdownLink]:
    """Drop the links inside others, and keep the order of the text."""
    kept: list[MarkdownLink] = []
    for link in sorted(links, key=lambda link: (link.start, -link.end)):
        if not kept or link.start >= kept[-1].end:
            kept.append(link)
    return kept


def _pieces(
    text: str, links: Sequence[MarkdownLink], images: Sequence[MarkdownLink], *, escapes: bool
) -> Iterator[Piece]:
    """Walk through the text: links whole, everything else line by line."""
    written = _Written(text, images, escapes=escapes)
    front = _FRONT_MATTER.match(text)
    place = front.end() if front else 0
    for link in links:
        if link.start >= place:
            yield from written.lines(place, link.start)
            yield from written.link(link)
            place = link.end
    yield from written.lines(place, len(text))


class _Written:
    """Turns parts of a text, asked for in order, into pieces; knows line, heading, paragraph."""

    def __init__(self, text: str, images: Sequence[MarkdownLink], *, escapes: bool) -> None:
        self._text = text
        self._images = sorted(images, key=lambda image: image.start)
        self._next_image = 0
        self._escapes = escapes
        self._line_of = line_finder(text)
        self._level = 0
        self._paragraph = 0

    def lines(self, start: int, end: int) -> Iterator[Piece]:
        """Yield the lines between two places, none of which is in a link."""
        while start < end:
            at_line_start = start == 0 or self._text[start - 1] == "\n"
            stop = self._line_end(start, end)
            if at_line_start and _HEADING.match(self._text, start, stop):
                while stop < end and _GOES_ON.match(self._text, stop, end):
                    stop = self._line_end(stop + 1, end)
            yield from self._piece(start, stop, at_line_start=at_line_start)
            if stop < end and self._level:
                self._end_heading()
            start = stop + 1

    def _line_end(self, start: int, end: int) -> int:
        found = self._text.find("\n", start, end)
        return end if found < 0 else found

    def _piece(self, start: int, stop: int, *, at_line_start: bool) -> Iterator[Piece]:
        words = self._without_images(start, stop)
        if at_line_start:
            bare = words.strip()
            if not bare or bare.startswith(":::") or _DEFINITION.match(f"{words}\n"):
                self._paragraph += 1
                return
            if found := _HEADING.match(words):
                self._paragraph += 1
                self._level = len(found[1])
                words = words[found.end() :]
        words = self._cleaned(words)
        if _BULLET.sub("", words, count=1).strip():
            line = self._line_of(start)
            yield Piece(line, words, None, self._level, self._paragraph)

    def link(self, link: MarkdownLink) -> Iterator[Piece]:
        """Yield the text of a link; one with pictures only has none."""
        bold = self._text[max(0, link.start - 2) : link.start] in ("**", "__")
        words = self._cleaned(self._without_images(link.inner, link.inner_end))
        if words.strip():
            lead = (
                link.inner_end - link.inner - len(self._text[link.inner : link.inner_end].lstrip())
            )
            line = self._line_of(link.inner + lead)
            level = self._level or (BOLD if bold else 0)
            yield Piece(line, words, link.target, level, self._paragraph)

    def _end_heading(self) -> None:
        self._level = 0
        self._paragraph += 1

    def _without_images(self, start: int, stop: int) -> str:
        parts = []
        while self._next_image < len(self._images) and self._images[self._next_image].start < stop:
            image = self._images[self._next_image]
            self._next_image += 1
            if image.start >= start:
                parts.append(self._text[start : image.start])
                start = min(image.end, stop)
        parts.append(self._text[start:stop])
        return "".join(parts)

    def _cleaned(self, words: str) -> str:
        words = _TAG.sub("", words) if "<" in words else words
        words = _ATTRIBUTES.sub("", words) if "{" in words else words
        if self._escapes and "\\" in words:
            words = _ESCAPED.sub(r"\1", _BLANKS.sub(" ", words))
        return html.unescape(words) if "&" in words else words
