"""A conference's list of accepted papers (text, saved page, table, JSON) → records.

Texts and pages put a line of authors under each title; that pair is looked for, and what is no pair
(sessions, rooms, menus) is not made into papers.
"""

from __future__ import annotations

import datetime as dt
import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence

from bibkit.listing.json_items import json_items
from bibkit.listing.lines import excerpt, line_finder, numbered_lines, printable
from bibkit.listing.listing import Listing
from bibkit.listing.reference import Reference, reference_record, title_text
from bibkit.listing.table import COLUMNS, find_table, read_rows, row_record
from bibkit.record import Author, Problem, Record
from bibkit.text.names import parse_name

_TOKEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1\s*>|\Z)|<[^<>]*>?|[^<]+", re.I | re.S
)
_BREAKING = re.compile(
    r"</?(?:p|div|li|ul|ol|tr|td|th|table|h[1-6]|dt|dd|dl|br|section|article|header|footer|nav|button|option)\b",
    re.IGNORECASE,
)
_INLINE = re.compile(r"<(/?)(?:b|strong|i|em|small|a|span|u|font)\b", re.IGNORECASE)
_OTHER_PAGES = re.compile(
    r"arxiv\.org/|arXiv:\s?\d|scholar\.google|huggingface|<rss|<feed|<\?xml"
    r"|^(?:From|Subject): |^@\w+\{|^TY  - ",
    re.MULTILINE,
)
_LABEL = re.compile(
    r"(?:\(?#?\d{1,5}[.):]?|[•*-]|Authors?:|By:?|Paper \d+:?|\[\d+\])\s+|Title:\s*", re.I
)
_AFFILIATION = re.compile(
    r"\([^()]{0,300}\)|\[[^\[\]]{0,100}\]|[*†‡§¶∗]|(?<=[a-z])\d{1,2}(?:,\d)*\b"
)
_NAME = re.compile(
    r"(?:[^\W\d_a-z][\w.'’-]*|(?:van|von|der|de|den|da|di|del|la|el|al|bin|ten|ter|dos|du) )"
    r"(?: ?(?:[^\W\d_a-z][\w.'’-]*|van|von|der|de|den|da|di|del|la|el|al|bin|ten|ter|dos|du)){1,5}"
)
_NO_NAME = re.compile(
    r"\b(?:University|Institute|Lab|Labs|Google|Microsoft|Learning|Networks?|Models?|Session|Room|Track|Poster|Oral"
    r"|Paper|Papers|Conference|Workshop|Neural|Deep|Data|Systems?|Analysis|Using|With|For|The|And|Of|College|School)\b"
)
_NO_TITLE = re.compile(
    r"(?:oral|poster|spotlight|session|accepted|main|track|workshop|abstract|bibtex|pdf|supp|video|code|paper|slides"
    r"|show|hide|home|program|schedule|login|\[?bib\]?)\b.{0,40}|\d[\d:apm .–-]*",
    re.IGNORECASE,
)
_OTHER_KEYS = frozenset("upvotes paper discussionId publishedAt itemType type ai_summary".split())
"""Keys of the objects that `hf_api` and `csl_json` read."""
_WRAPPED = re.compile(r'"(?:papers|submissions|accepted|notes)"\s*:\s*(?=\[)', re.IGNORECASE)
_TITLE_KEY = re.compile(r'"title"\s*:', re.IGNORECASE)
_FEWEST_PAIRS = 3


def sniff(text: str) -> bool:
    """Tell a table with titles and authors, or titles with lines of authors under them."""
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith(("[", "{")):
        return _is_dump(text)
    if find_table(text):
        return True
    if _OTHER_PAGES.search(text):
        return False
    lines = list(_lines(text))
    pairs = list(_pairs(lines))
    several = sum(1 for _, _, authors in pairs if len(authors) > 1)
    if len(pairs) < _FEWEST_PAIRS or several < len(pairs) / 2:
        return False
    share = 0.25 if start.startswith("<") else 0.6
    return 2 * len(pairs) >= share * len(lines)


def read(text: str, *, origin: str, page_date: dt.date | None = None) -> Listing:  # noqa: ARG001 - such lists carry no day
    """Read every paper of a list; rows without title are reported."""
    if text.lstrip("\ufeff \t\r\n").startswith(("[", "{")):
        return _from_json(text, origin)
    table = find_table(text)
    return read_rows(text, table, origin) if table else _from_lines(text, origin)


def _from_lines(text: str, origin: str) -> Listing:
    records: list[Record] = []
    lines = list(_lines(text))
    used: set[int] = set()
    for place, title, authors in _pairs(lines):
        used |= {place, place + 1}
        said = Reference(title=title, authors=authors)
        record = reference_record(said, origin=f"{origin}:{lines[place][0]}")
        records += [record] if record else []
    is_page = text.lstrip("\ufeff \t\r\n").startswith("<")
    problems = [
        Problem(f"{origin}:{number}", "listing-stray", f"no title with authors: “{excerpt(line)}”")
        for place, (number, line) in enumerate(lines)
        if place not in used and not is_page and len(line.split()) > 2
    ]
    return Listing(tuple(records), tuple(problems))


def _pairs(lines: Sequence[tuple[int, str]]) -> Iterator[tuple[int, str, tuple[Author, ...]]]:
    """Yield the place of each title with a line of authors behind it."""
    place = 0
    while place < len(lines) - 1:
        title = _title(lines[place][1])
        authors = _authors(lines[place + 1][1]) if title else ()
        if authors:
            yield place, title, authors
            place += 2
        else:
            place += 1


def _title(line: str) -> str:
    found = _LABEL.match(line)
    title = (line[found.end() :] if found else line).strip(" *_|·")
    if len(title) > 400 or _NO_TITLE.fullmatch(title.lstrip("[(")) or len(title.split()) < 2:
        return ""
    names = _authors(line)
    return "" if len(names) > 1 else title_text(title).removesuffix(".")


def _authors(line: str) -> tuple[Author, ...]:
    """Return the names of a line that has nothing but names and what they belong to."""
    if len(line) > 20_000:
        return ()
    found = _LABEL.match(line)
    bare = _AFFILIATION.sub("", line[found.end() :] if found else line).replace("⋅", "·")
    separator = "·" if " · " in bare else ";" if ";" in bare else ","
    parts = [part.strip(" .,;") for part in re.split(rf"{separator}|\band\b|&", bare)]
    parts = [part.partition(",")[0].strip() if separator != "," else part for part in parts if part]
    named = [part for part in parts if _NAME.fullmatch(part) and not _NO_NAME.search(part)]
    if not named or len(named) < 0.7 * len(parts):
        return ()
    return tuple(author for author in map(parse_name, named) if author.family)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines of a text, or those that a page shows, with their numbers."""
    if not text.lstrip("\ufeff \t\r\n").startswith("<"):
        yield from ((number, line) for number, line in numbered_lines(text) if line)
        return
    line_of = line_finder(text)
    shown, begun, closed = "", 0, False
    for token in _TOKEN.finditer(text):
        piece = token[0]
        inline = _INLINE.match(piece) if piece[0] == "<" else None
        ends = piece[0] == "<" and (_BREAKING.match(piece) or (inline and not inline[1] and closed))
        if ends and shown.strip():
            if line := printable(html.unescape(shown)):
                yield line_of(begun), line
            shown, closed = "", False
        if piece[0] != "<":
            if not shown.strip() and piece.strip():
                begun = token.start() + len(piece) - len(piece.lstrip())
            shown += piece
            closed = closed and not piece.strip()
        elif inline and inline[1]:
            closed = True
    if shown.strip() and (line := printable(html.unescape(shown))):
        yield line_of(begun), line


def _is_dump(text: str) -> bool:
    found = json_items(text[_list_start(text) :]) if _list_start(text) >= 0 else None
    return bool(found and found.items) and all(
        {"title", "authors"} <= {name.lower() for name in item.value}
        and _OTHER_KEYS.isdisjoint(item.value)
        for item in (found.items[:20] if found else ())
    )


def _list_start(text: str) -> int:
    """Return where the list of papers begins, or -1."""
    if text.lstrip("\ufeff \t\r\n").startswith("["):
        return 0
    wrapped = _WRAPPED.search(text)
    return wrapped.end() if wrapped else -1


def _from_json(text: str, origin: str) -> Listing:
    records: list[Record] = []
    problems: list[Problem] = []
    start = max(0, _list_start(text))
    found = json_items(text[start:])
    line_of = line_finder(text)
    for item in found.items:
        title = _TITLE_KEY.search(text, item.start + start, item.end + start)
        place = f"{origin}:{line_of(title.start() if title else item.start + start)}"
        lowered = {name.lower(): value for name, value in item.value.items()}
        fields = {
            kind: [_flat(lowered[name]) for name in known if name in lowered]
            for kind, known in COLUMNS.items()
        }
        if record := row_record(fields, place):
            records.append(record)
        else:
            problems.append(Problem(place, "listing-stray", "an object without a title"))
    if found.broken_at is not None:
        place = f"{origin}:{line_of(found.broken_at + start)}"
        problems.append(Problem(place, "listing-cut", "the JSON breaks off here"))
    return Listing(tuple(records), tuple(problems))


def _flat(value: object) -> str:
    """Return a value as text; a list of names becomes one line of them."""
    if isinstance(value, list):
        names = [v.get("name") or v.get("fullname") if isinstance(v, Mapping) else v for v in value]
        return "; ".join(name for name in names if isinstance(name, str)) + ";"
    return value if isinstance(value, str) else json.dumps(value) if isinstance(value, int) else ""
