"""A newsletter or digest, as HTML or as text → a record for each paper that it links to.

Used for e-mails and for the entries of feeds. A link to a paper gives its id; its text is the title
only where it stands for itself like one: a sentence that links "a new paper" names no title.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from bibkit.listing.html_lines import Anchor, HtmlLine, html_lines
from bibkit.listing.lines import is_markup, numbered_lines
from bibkit.record import Record
from bibkit.text.identifiers import arxiv_id

_FURNITURE = re.compile(
    r"(?:pdf|html|abs|abstract|ar5iv|arxiv|paper|link|here|code|site|source|preprint|web ?page|demo"
    r"|read(?: the)?(?: full)?(?: more| paper| article| abstract)?|view(?: on| the)?.{0,30}"
    r"|full (?:text|paper)|project(?: page)?|hugging ?face|alphaxiv|discuss|comments?|share|tweet"
    r"|download.{0,20}|unsubscribe|open .{0,20}|more|details|summary|tl;?dr|\W*)(?: paper)?\W*",
    re.IGNORECASE,
)
_HEADLINE = re.compile(r"\((?:\d+ min(?:ute)?s? read|[\w .-]{1,30}\.(?:com|org|ai))\)\s*$", re.I)
"""A newsletter's own headline is no title."""
_NUMBER = re.compile(r"^(?:\W*\(?\[?\d{1,4}[.):\]]|[-*•–·▪►#>]+)\s*")
_SHORTEST, _LONGEST = 8, 400
_LONGEST_ROW = 5000
_ADDRESS = re.compile(r"<?(?P<url>https?://[^\s<>\"]{5,3000})>?")
_IDENTIFIER = re.compile(
    r"\barxiv:\s?(?P<id>\d{4}\.\d{4,5}|[a-z-]{2,12}(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?(?!\d)", re.I
)


@dataclass(frozen=True, slots=True)
class _Mention:
    """A link to a paper, with its title where the link is one."""

    line: int
    arxiv_id: str
    title: str


def digest_records(text: str, *, origin: str) -> tuple[Record, ...]:
    """Return a record for each paper that a digest links to, in order, each once.

    >>> digest_records("Fine work: https://arxiv.org/abs/2402.12345", origin="x")[0].arxiv_id
    '2402.12345'
    """
    mentions = _in_html(html_lines(text)) if is_markup(text) else _in_text(numbered_lines(text))
    once: dict[str, _Mention] = {}
    for mention in mentions:
        known = once.get(mention.arxiv_id)
        if known is None or (mention.title and not known.title):
            once[mention.arxiv_id] = mention
    return tuple(Record(f"{origin}:{m.line}", m.title, arxiv_id=m.arxiv_id) for m in once.values())


def linked_id(address: str) -> str | None:
    """Return the id of the paper that an address leads to, through a mailer's redirection too.

    >>> linked_id("https://click.example.com/CL0/https:%2F%2Farxiv.org%2Fabs%2F2402.12345/1/x")
    '2402.12345'
    """
    return arxiv_id(unquote(unquote(address))) if "/" in address else None


def is_title(text: str) -> bool:
    """Tell whether the text of a link could be a title.

    >>> is_title("Segment Anything"), is_title("Read the paper"), is_title("arXiv:2402.12345")
    (True, False, False)
    """
    return (
        _SHORTEST <= len(text) <= _LONGEST
        and not _FURNITURE.fullmatch(text)
        and not _HEADLINE.search(text)
        and "://" not in text
        and arxiv_id(text) is None
        and not _IDENTIFIER.fullmatch(text)
        and (" " in text or "-" in text or not text.isascii())
    )


def _in_html(lines: Sequence[HtmlLine]) -> Iterator[_Mention]:
    for line in lines:
        for anchor in line.anchors:
            if identifier := linked_id(anchor.address):
                yield _Mention(line.line, identifier, _anchored_title(anchor, line))


def _anchored_title(anchor: Anchor, line: HtmlLine) -> str:
    """Return the text of a link when it is a title and the better part of its line."""
    text = _NUMBER.sub("", anchor.text).strip(' "“”')
    alone = line.heading or len(anchor.text) >= 0.6 * len(line.text)
    return text if alone and is_title(text) and not _HEADLINE.search(line.text) else ""


def _in_text(rows: Sequence[tuple[int, str]]) -> Iterator[_Mention]:
    before = ""
    for number, row in rows:
        found = [
            (match.start(), identifier)
            for match in _ADDRESS.finditer(row)
            if (identifier := linked_id(match["url"]))
        ] or [
            (match.start(), identifier)
            for match in _IDENTIFIER.finditer(row)
            if (identifier := arxiv_id(match["id"]))
        ]
        title, line = "", number
        if len({identifier for _, identifier in found}) == 1 and len(row) < _LONGEST_ROW:
            title, line = _near(_IDENTIFIER.sub("", _ADDRESS.sub("", row)), before, number)
        for _, identifier in found:
            yield _Mention(line, identifier, title)
        before = "" if found else row


def _near(beside: str, before: str, number: int) -> tuple[str, int]:
    """Return the title on an address's own line, or on the line above it, and that line."""
    before = before if len(beside.strip(" :()[]<>|-")) <= _SHORTEST else ""
    for text, line in ((beside, number), (before, number - 1)):
        plain = _NUMBER.sub("", text).strip(' :()[]<>|-–—"“”')
        sentence = plain[-1:] in ".,;" or ". " in plain
        if is_title(plain) and not sentence and not _HEADLINE.search(text.rstrip(" :<>-")):
            return plain, line
    return "", number
