"""A Hugging Face papers page as text with numbered links → records.

Two ways of numbering: the number behind the link, `[Title][35]`, and before it, `[35]Title`, as
text browsers write it; there nothing tells where the link ends, so the layout must. The addresses
stand in a table at the end, and with it the ids.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bibkit.listing.hf_linked import first_links, read_pieces, title_places
from bibkit.listing.hf_site import AUTHORS, SUBMITTED, UPVOTES, paper_id
from bibkit.listing.lines import is_markup, numbered_lines
from bibkit.listing.linked_text import Piece, is_numbered, markdown_pieces
from bibkit.listing.listing import Listing
from bibkit.text.dates import parse_listing_date

_ROW = re.compile(r" {0,9}\[?(\d{1,5})(?:\]:?|[.:]) {1,9}<?([a-z]{2,10}:\S{1,2000}|/\S{0,2000}?)>?")
_TABLE = frozenset(
    {"References", "References:", "Visible links", "Visible links:", "Hidden links:", "Links:"}
)
_MARK = re.compile(r"\[(\d{1,5})\]")
_ALONE = re.compile(r"^\]\[\d{1,5}\]", re.MULTILINE)
"""A link over several lines, as only programs write it that escape nothing."""
_PICTURE = re.compile(r"\[[^\[\]]*\]")
_PICTURES = re.compile(r"(?:[*•+] ?)?(?:\[\d{1,5}\])?(?:\[(?!\d{1,5}\])[^\[\]]{0,200}\] ?)+")
"""A line of nothing else, as an author's portrait."""
_BULLETS = ("*", "•", "+", "·")


def sniff(text: str) -> bool:
    """Tell a papers page by numbered links of which some are titles."""
    if is_markup(text) and not is_numbered(text):
        return False
    return bool(_titled_pieces(text)[1])


def read(text: str, *, origin: str, page_date: dt.date | None = None) -> Listing:
    """Read the card below each title; what is left over becomes a problem."""
    pieces, titles = _titled_pieces(text)
    return read_pieces(
        pieces,
        titles,
        origin=origin,
        page_date=page_date,
        is_whole=text.endswith(("\n", "\r")),
    )


def _titled_pieces(text: str) -> tuple[list[Piece], list[int]]:
    lines = numbered_lines(text)
    # the last line may be cut, and half an address is another one
    rows = [found for _, line in lines[:-1] if (found := _ROW.fullmatch(line))]
    addresses = {row[1]: row[2] for row in rows}
    if is_numbered(text):
        escapes = _ALONE.search(text) is None
        every = markdown_pieces(text, escapes=escapes, addresses=addresses)
        pieces = [piece for piece in every if not _is_table(piece.text.strip())]
        return pieces, title_places(pieces)
    if not any(paper_id(address) for address in addresses.values()):
        return [], []
    pieces = list(_marked_pieces(lines, addresses))
    return pieces, list(first_links(pieces))


def _is_table(line: str) -> bool:
    return line in _TABLE or _ROW.fullmatch(line) is not None


@dataclass(slots=True)
class _OpenLink:
    """A link whose end was not met yet."""

    target: str
    line: int = 0
    paragraph: int = 0
    parts: list[str] = field(default_factory=list)

    def add(self, words: str, line: int, paragraph: int) -> None:
        if not self.parts:
            self.line, self.paragraph = line, paragraph
        self.parts.append(words)


def _marked_pieces(
    lines: Sequence[tuple[int, str]], addresses: Mapping[str, str]
) -> Iterator[Piece]:
    """Cut each line at its numbers; a link goes on over lines, but not over a blank one."""
    paragraph = 0
    link: _OpenLink | None = None
    for number, line in lines:
        if _PICTURES.fullmatch(line):
            continue
        if not line or _is_table(line):
            paragraph += 1
            if link and (link.parts or line):
                yield from _closed(link)
                link = None
            continue
        for target, words in _segments(line, addresses):
            if target is not None:
                yield from _closed(link)
                link = _OpenLink(target)
            if target is None and not (words and _goes_on(link, words)):
                yield from _closed(link)
                link = None
            if link is None and words:
                yield Piece(number, words, None, 0, paragraph)
            elif link and words:
                link.add(words, number, paragraph)
    yield from _closed(link)


def _segments(line: str, addresses: Mapping[str, str]) -> Iterator[tuple[str | None, str]]:
    """Yield the parts of a line, each with the address that its number stands for."""
    target: str | None = None
    start = 0
    for mark in _MARK.finditer(line):
        if mark[1] in addresses:
            yield from _parts(target, line[start : mark.start()])
            target, start = addresses[mark[1]], mark.end()
    yield from _parts(target, line[start:])


def _parts(target: str | None, words: str) -> Iterator[tuple[str | None, str]]:
    """Cut at the dot between who and when, and behind a paper's picture: there a link ends."""
    if target is not None and (picture := _PICTURE.match(words)):
        words = words[picture.end() :]
        target = None if paper_id(target) else target
    linked, dot, rest = words.partition("·")
    if linked.strip() or target is not None:
        yield target, linked.strip()
    if dot:
        yield None, "·"
    if rest.strip():
        yield None, rest.strip()


def _goes_on(link: _OpenLink | None, words: str) -> bool:
    """Tell whether a line without a number belongs to the link before it."""
    if link is None:
        return False
    if not link.parts:
        return True
    before = link.parts[-1]
    if UPVOTES.fullmatch(before) or AUTHORS.fullmatch(before) or words.startswith(_BULLETS):
        return False
    if UPVOTES.fullmatch(words) or words.startswith(SUBMITTED):
        return False
    return parse_listing_date(words) is None


def _closed(link: _OpenLink | None) -> Iterator[Piece]:
    if link is None or not link.parts:
        return
    words = "\n".join(link.parts)
    piece = Piece(link.line, words, link.target, 0, link.paragraph)
    handle = link.target.rstrip("/").rpartition("/")[2]
    if words.startswith(handle) and len(words) > len(handle) and not paper_id(link.target):
        piece = replace(piece, text=words.removeprefix(handle).strip())  # its picture's name
    yield piece
