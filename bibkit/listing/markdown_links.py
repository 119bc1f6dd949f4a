"""Where the links of a Markdown text begin and end, and where they lead.

A text has brackets of its own, "[0, 1)" or "(0, 1]", and programs wrap links over lines and even
over blank ones. What decides is that a link ends in `](address)` or `][reference]`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_TOKEN = re.compile(r"\\[^\n]|!?\[|\]|\n(?:#{1,6}[ \t])?")
_ADDRESS = re.compile(
    r"\([ \n]{0,9}<?((?:[^\s<>()]|(?<=-)\n){0,2000}(?:\([^\s()]{0,200}\)[^\s<>()]{0,2000}){0,9})>?"
    r"(?:[ \n]{1,9}(?:\"[^\"]{0,500}\"|'[^']{0,500}'))?[ \n]{0,9}\)"
)
_REFERENCE = re.compile(r"\[([^\[\]\n]{0,80})\]")


@dataclass(frozen=True, slots=True)
class MarkdownLink:
    """A link or an image, by its places in the text."""

    start: int
    inner: int
    inner_end: int
    end: int
    target: str
    is_image: bool


def markdown_links(text: str, addresses: Mapping[str, str]) -> list[MarkdownLink]:
    """Find everything of the forms `[text](address)` and `[text][reference]`, nested ones too."""
    found: list[MarkdownLink] = []
    brackets = _Brackets(text)
    place = 0
    while token := _TOKEN.search(text, place):
        place = token.end()
        if token[0].endswith("["):
            brackets.open(token)
        elif token[0].startswith("\n"):
            brackets.end_line(token)
        elif token[0] == "]":
            ending = _ending(text, place, addresses)
            if ending is None:
                brackets.close_plain()
            elif opener := brackets.close_link():
                start, is_image = opener
                target, place = ending
                inner = start + (2 if is_image else 1)
                found.append(MarkdownLink(start, inner, token.start(), place, target, is_image))
    return found


class _Brackets:
    """The brackets that are open at a place.

    A text may have brackets of its own, "[0, 1)" or "(0, 1]". So a link that is the whole of its
    paragraph begins with the paragraph, whatever was opened or closed since.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._open: list[tuple[int, bool]] = []
        """Where each stands, and whether an image begins there."""
        self._line_start = 0
        self._is_first = True
        """Whether the paragraph had no bracket yet."""
        self._begins = -1
        """Where the bracket stands with which the paragraph begins."""

    def open(self, token: re.Match[str]) -> None:
        """Open a link or an image."""
        is_image = token[0] == "!["
        self._open.append((token.start(), is_image))
        if self._is_first:
            before = self._text[self._line_start : token.start()].strip(" \t#*+-")
            if not before and not is_image:
                self._begins = token.start()
            elif not self._text.startswith("[\n", max(self._begins, 0)):
                self._begins = -1
            self._is_first = False

    def end_line(self, token: re.Match[str]) -> None:
        """Begin another line, perhaps another paragraph; no link goes on into a heading."""
        is_heading = len(token[0]) > 1
        if is_heading:
            self._open.clear()
        if is_heading or not self._text[self._line_start : token.start()].strip():
            self._is_first = True
            self._begins = self._begins if self._open else -1
        self._line_start = token.start() + 1

    def close_plain(self) -> None:
        """Close a bracket of the text itself, which stands in the same line."""
        if self._open and self._open[-1][0] >= self._line_start:
            self._open.pop()

    def close_link(self) -> tuple[int, bool] | None:
        """Close a link or an image; return where it began."""
        if not self._open and self._begins >= 0:  # "[Sums in (0, 1] are](/x)"
            self._open.append((self._begins, False))
        if not self._open:
            return None
        start, is_image = self._open.pop()
        if not is_image and self._open and self._open[-1][0] == self._begins:
            between = self._text[self._begins + 1 : start]
            if between.strip():  # "[Sums in [0, 1) are](/x)"
                start, is_image = self._open.pop()
        if start <= self._begins:
            self._begins = -1
        return start, is_image


def _ending(text: str, place: int, addresses: Mapping[str, str]) -> tuple[str, int] | None:
    """Return the address behind a closing bracket, and where it ends."""
    if found := _ADDRESS.match(text, place):
        return found[1].replace("\n", "") or "#", found.end()
    found = _REFERENCE.match(text, place)
    if found and (found[1] in addresses or found[1].isdecimal()):
        return addresses.get(found[1], ""), found.end()
    return None
