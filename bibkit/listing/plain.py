"""A plain list, one paper a line: a title, an arXiv id, a DOI or an address, or an id and a title.

`#` begins a comment. Lists come from notes, spreadsheets and chats, so a bullet or a number before
an item is dropped.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace

from bibkit.listing.lines import excerpt, is_markup, numbered_lines
from bibkit.listing.listing import Listing
from bibkit.record import Problem, Record
from bibkit.text.identifiers import arxiv_id, doi
from bibkit.text.links import classify_link, extract_links

_BULLET = re.compile(r"(?:[-*•–]|\d{1,4}[.)]|\[\d{1,4}\]) ")
_LABEL = re.compile(r"\b(arxiv|doi)(?:: ?| )(?=[\d(]|[a-z-]+/\d{7})", re.IGNORECASE)
_CATEGORY = re.compile(r"\[[a-z-]+(?:\.[A-Za-z-]+)?\]")
"""What arXiv prints behind an id: `[cs.CL]`."""
_REFERRING = frozenset("on to of in from with for and".split())
"""Before an id at the end of a line: "Comment on arXiv:0710.4316" is a title."""
_WRAPPING = "()[]<>,;\"'“”"
_SEPARATORS = " ,;:|–—-"
_LONGEST_TITLE = 400
"""Characters; the longest of 853,617 titles on arXiv has 371."""
_OTHER_FORMATS = re.compile(
    r"^\s*@\w+\s*[{(]|^TY {1,2}- |^%0 |^PMID- |^PT [A-Z]$|^#+ \[|^(?:From|Subject): ", re.MULTILINE
)
"""BibTeX, tagged references, Markdown headings that are links, e-mail: no line is a paper."""


@dataclass(frozen=True, slots=True)
class _Item:
    """What one line says."""

    title: str
    arxiv_ids: tuple[str, ...]
    dois: tuple[str, ...]


def sniff(text: str) -> bool:
    """Tell a list most of whose lines could be a paper; other formats are looked for before."""
    if is_markup(text) or _OTHER_FORMATS.search(text):
        return False
    lines = [line for _, line in numbered_lines(text) if line and not line.startswith("#")]
    papers = sum(1 for line in lines if _records(line, ""))
    return papers > len(lines) / 2


def read(text: str, *, origin: str, page_date: dt.date | None = None) -> Listing:  # noqa: ARG001 - a list has no dates
    """Read every line that is neither blank nor a comment."""
    records: list[Record] = []
    problems: list[Problem] = []
    for number, line in numbered_lines(text):
        if not line or line.startswith("#"):
            continue
        found = _records(line, f"{origin}:{number}")
        records += found
        if not found:
            message = f"neither a title nor an arXiv id or DOI: “{excerpt(line)}”"
            problems.append(Problem(f"{origin}:{number}", "listing-stray", message))
    return Listing(tuple(_with_ids_below(records)), tuple(problems))


def _with_ids_below(records: list[Record], *, fewest: int = 3) -> list[Record]:
    """Join each title with the id or address on the line below it, where the whole list is so.

    Fewer than `fewest` such pairs may stand so by chance.
    """
    pairs = list(zip(records[::2], records[1::2], strict=False))
    if (
        len(records) % 2
        or len(pairs) < fewest
        or not all(_is_title(a) and _is_id(b) for a, b in pairs)
    ):
        return records
    return [replace(title, arxiv_id=below.arxiv_id, doi=below.doi) for title, below in pairs]


def _is_title(record: Record) -> bool:
    return bool(record.title) and not (record.arxiv_id or record.doi)


def _is_id(record: Record) -> bool:
    return not record.title


def _records(line: str, origin: str) -> list[Record]:
    """Read one line; several ids without a title are several papers."""
    item = _item(line)
    title = item.title if _could_be_title(item.title) else ""
    if len(item.arxiv_ids) > 1 and not title:
        return [Record(origin, arxiv_id=identifier) for identifier in item.arxiv_ids]
    if not (title or item.arxiv_ids or item.dois):
        return []
    return [
        Record(
            origin,
            title,
            links=extract_links(line) if title else (),
            arxiv_id=next(iter(item.arxiv_ids), None),
            doi=next(iter(item.dois), None),
        )
    ]


def _item(line: str) -> _Item:
    line = line.partition(" # ")[0]  # in 8 of 853,617 titles
    line = _LABEL.sub(r"\1:", _BULLET.sub("", line, count=1) if _BULLET.match(line) else line)
    item = _parsed(line.partition(" #")[0])  # in 112 titles, but behind an id it is a comment
    return item if item.arxiv_ids or item.dois else _parsed(line)


def _parsed(line: str) -> _Item:
    words = line.replace("](", "] (").split(" ")
    title: list[str] = []
    ids: dict[str, None] = {}
    dois: dict[str, None] = {}
    for place, word in enumerate(words):
        bare = word.strip(_WRAPPING).rstrip(".")
        is_address = bare.lower().startswith("http")
        beside_title = not title or (place == len(words) - 1 and title[-1] not in _REFERRING)
        identifier, other = _identified(bare) if is_address or beside_title else (None, None)
        if identifier:
            ids.setdefault(identifier)
        elif other:
            dois.setdefault(other)
        elif not (is_address or (ids and _CATEGORY.match(word))):
            title.append(word)
    whole = " ".join(title).strip(_SEPARATORS)
    return _Item(_unwrapped(whole, set_off=bool(ids or dois)), tuple(ids), tuple(dois))


def _identified(word: str) -> tuple[str | None, str | None]:
    """Return the arXiv id and the DOI that a word is."""
    link = classify_link(word) if word.lower().startswith("http") else None
    address = link.url if link else word
    return arxiv_id(address), doi(address)


def _unwrapped(title: str, *, set_off: bool) -> str:
    """Undo quotes around a title, and the brackets that set it off from its id."""
    for opening, closing in ('""', "“”", "[]", "()") if set_off else ('""', "“”"):
        if title.startswith(opening) and title.endswith(closing) and len(title) > 2:
            return title[1:-1]
    return title


def _could_be_title(text: str) -> bool:
    return len(text) <= _LONGEST_TITLE and any(map(str.isalpha, text))
