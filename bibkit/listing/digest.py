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
from bibkit.text.identifiers import arxiv_id, doi

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
_HIGHEST = 5
"""Lines above an address that are looked at."""
_TITLE_LABEL = re.compile(r"(?:\W*\d{0,4}\W{0,3})?Title ?: ?(?=\S)")
_LABEL_WORDS = (
    r"(?:authors?|by|date|published|submitted|categor(?:y|ies)|subjects?|comments?|score|link|url|pdf"
    r"|abstract|summary|venue|journal|source|doi|arxiv|paper|read|see|keywords?|tags?)"
)
_LABEL = re.compile(rf"\W*{_LABEL_WORDS}(?: \w+)?\W{{0,4}}:", re.IGNORECASE)
"""What a line of metadata begins with."""
_ALONE = re.compile(rf"[\W\d]*(?:{_LABEL_WORDS}[\W\d]*)?", re.IGNORECASE)
"""What stands on a line on which an address stands alone."""


_ADDRESS = re.compile(r"<?(?P<url>https?://[^\s<>\"]{5,3000})>?")
_IDENTIFIER = re.compile(
    r"\barxiv:\s?(?P<id>\d{4}\.\d{4,5}|[a-z-]{2,12}(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?(?!\d)", re.I
)


_PUBLISHERS = re.compile(
    r"^https?://(?:[\w-]+\.)*(?:openreview\.net/(?:forum|pdf)|aclanthology\.org/\d|aclanthology\.org/[A-Z]"
    r"|semanticscholar\.org/paper|proceedings\.mlr\.press/v|jmlr\.org/papers|openaccess\.thecvf\.com/content"
    r"|(?:papers|proceedings)\.n(?:eur)?ips\.cc/paper|ieeexplore\.ieee\.org/(?:abstract/)?document"
    r"|sciencedirect\.com/science/article|nature\.com/articles|biorxiv\.org/content"
    r"|medrxiv\.org/content|paperswithcode\.com/paper|pubmed\.ncbi\.nlm\.nih\.gov/\d"
    r"|ncbi\.nlm\.nih\.gov/pubmed/\d|ojs\.aaai\.org/.{0,60}article/view|journals\.aps\.org/\w+/abstract"
    r"|eprint\.iacr\.org/\d|ssrn\.com/abstract|academic\.oup\.com/.{0,40}article)"
)
_DOI_IN_ADDRESS = re.compile(
    r"(?:/doi/(?:abs/|full/|pdf/)?|doi\.org/|dc\.identifier=)(10\.[^?#&\s]+)"
)


@dataclass(frozen=True, slots=True)
class _Mention:
    """A link to a paper, with its title where the link is one."""

    line: int
    arxiv_id: str | None
    title: str
    doi: str | None = None


def digest_records(text: str, *, origin: str) -> tuple[Record, ...]:
    """Return a record for each paper that a digest links to, in order, each once.

    >>> digest_records("Fine work: https://arxiv.org/abs/2402.12345", origin="x")[0].arxiv_id
    '2402.12345'
    """
    mentions = _in_html(html_lines(text)) if is_markup(text) else _in_text(numbered_lines(text))
    once: dict[str, _Mention] = {}
    for mention in mentions:
        key = mention.arxiv_id or mention.doi or mention.title
        known = once.get(key)
        if known is None or (mention.title and not known.title):
            once[key] = mention
    return tuple(
        Record(f"{origin}:{m.line}", m.title, arxiv_id=m.arxiv_id, doi=m.doi) for m in once.values()
    )


def linked_id(address: str) -> str | None:
    """Return the id of the paper that an address leads to, through a mailer's redirection too.

    >>> linked_id("https://click.example.com/CL0/https:%2F%2Farxiv.org%2Fabs%2F2402.12345/1/x")
    '2402.12345'
    """
    return arxiv_id(unquote(unquote(address))) if "/" in address else None


def linked_doi(address: str) -> str | None:
    """Return the DOI of the paper that an address leads to.

    >>> linked_doi("https://dl.acm.org/doi/abs/10.1145/3292500.3330701?af=R")
    '10.1145/3292500.3330701'
    """
    found = _DOI_IN_ADDRESS.search(unquote(address))
    return doi(found[1]) if found else None


def is_paper_page(address: str) -> bool:
    """Tell the page that a publisher, or a library of papers, has for one paper."""
    return _PUBLISHERS.match(address) is not None


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
            identifier, number = linked_id(anchor.address), linked_doi(anchor.address)
            title = _anchored_title(anchor, line)
            if identifier:
                yield _Mention(line.line, identifier, title)
            elif title and (number or is_paper_page(anchor.address)):
                yield _Mention(line.line, None, title, number)


def _anchored_title(anchor: Anchor, line: HtmlLine) -> str:
    """Return the text of a link when it is a title and the better part of its line."""
    text = _NUMBER.sub("", anchor.text).strip(' "“”')
    alone = line.heading or len(anchor.text) >= 0.6 * len(line.text)
    return text if alone and is_title(text) and not _HEADLINE.search(line.text) else ""


def _in_text(rows: Sequence[tuple[int, str]]) -> Iterator[_Mention]:
    above: list[tuple[int, str]] = []
    """The lines since the last blank one, or since the last link to a paper."""
    for number, row in rows:
        found = [
            identifier
            for match in _ADDRESS.finditer(row)
            if (identifier := linked_id(match["url"]))
        ] or [
            identifier
            for match in _IDENTIFIER.finditer(row)
            if (identifier := arxiv_id(match["id"]))
        ]
        title, line = "", number
        if len(set(found)) == 1 and len(row) < _LONGEST_ROW:
            beside = _IDENTIFIER.sub("", _ADDRESS.sub("", row))
            title, line = _near(beside, above, number)
        for identifier in found:
            yield _Mention(line, identifier, title)
        above = [] if found or not row else [*above[-_HIGHEST:], (number, row)]


def _near(beside: str, above: Sequence[tuple[int, str]], number: int) -> tuple[str, int]:
    """Return the title on an address's own line, or above it, and that line."""
    for line, row in above:
        if labelled := _TITLE_LABEL.match(row):
            return row[labelled.end() :], line
    if not _ALONE.fullmatch(beside):
        return _title_of(beside), number
    unlabelled = [part for part in above if not _LABEL.match(part[1])]
    if unlabelled and unlabelled[0] == above[0] and above[0][1][-1] not in ":,":
        return _title_of(above[0][1]), above[0][0]
    return "", number


def _title_of(row: str) -> str:
    """Return the title that a line is, without its number; nothing for a sentence."""
    plain = _NUMBER.sub("", row).strip(' :()[]<>|-–—"“”')
    sentence = plain[-1:] in ".,;" or ". " in plain or ", " in row[-3:]
    if sentence or _HEADLINE.search(row.rstrip(" :<>-")) or not is_title(plain):
        return ""
    return plain
