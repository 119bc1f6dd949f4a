"""A Google Scholar alert, as HTML or as text → records.

A result is a title, a line `authors - venue, year`, and a snippet that is cut with "…", which is no
abstract. Authors and venue are cut as well; only what is whole is taken.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from bibkit.listing.html_lines import HtmlLine, cut_problems, html_lines
from bibkit.listing.lines import is_markup, numbered_lines
from bibkit.listing.listing import Listing
from bibkit.listing.mime import is_mail
from bibkit.record import Author, Problem, Record
from bibkit.text.identifiers import arxiv_id, doi
from bibkit.text.names import parse_name

_NAME = r"(?:[A-Z]{1,4}|[A-Z][\w'’-]+) (?:[\w'’-]+ ){0,3}[\w'’.-]+"
_BYLINE = re.compile(rf"{_NAME}(?:, {_NAME}){{0,20}}(?:…|\.\.\.)? ?[-–] .*\b(?:19|20)\d\d")
_YEAR = re.compile(r"(?:^|[ ,])(?P<year>(?:19|20)\d\d)$")
_KIND = re.compile(r"^(?:\[[A-Z]{1,10}\] ?)+")
"""`[PDF]`, `[HTML]`, `[BOOK]`, `[CITATION]`, also in other languages."""
_PREPRINT = re.compile(r"\barXiv:(?P<id>[\w.\-/]{9,30})")
_DOI_PATH = re.compile(
    r"/(?:doi|article|chapter|book)/(?:abs/|full/|pdf/|epdf/|pdfplus/|pdfdirect/)?"
    r"(?P<doi>10\.\d{4,9}/[^\s?#&]+?)(?:\.pdf|/full|/pdf|/abstract|/html|/meta)?/?$"
)
_DOI_HOSTS = re.compile(
    r"(?:^|\.)(?:doi\.org|acm\.org|springer\.com|wiley\.com|tandfonline\.com|sagepub\.com"
    r"|pubs\.acs\.org|science\.org|mitpressjournals\.org|direct\.mit\.edu)$"
)
_ALERT = re.compile(r"\bscholar_url\?|scholaralerts|Google Scholar|gse_alrt_title")
_TITLE_CLASS = re.compile(r"""class=["']?[\w -]{0,40}gse_alrt_title\b""")
"""Mail programs put their own name before a class."""
_TITLE_LINK = re.compile(
    r"""<h3\b[^<>]{0,500}>\s*(?:<span[^<>]{0,500}>[^<>]{0,20}</span>\s*)?<a\b[^<>]{0,100}"""
    r"""href=["']?https?://scholar\.google\.[a-z.]{2,6}/scholar_url\?""",
    re.IGNORECASE,
)
_LONGEST_NAME = 40
_ADDRESS = re.compile(r"<?(?P<url>https?://[^\s<>]{5,3000})>?")


@dataclass(frozen=True, slots=True)
class _Result:
    """One result as far as an alert tells it."""

    line: int
    title: str
    address: str
    byline: str


def sniff(text: str) -> bool:
    """Tell an alert by the class of its titles, or by its name and the lines of authors."""
    if is_markup(text):
        return _TITLE_CLASS.search(text) is not None or _TITLE_LINK.search(text) is not None
    if is_mail(text) or not _ALERT.search(text):
        return False
    return any(_BYLINE.match(line) for _, line in numbered_lines(text))


def read(text: str, *, origin: str, page_date: dt.date | None = None) -> Listing:  # noqa: ARG001 - an alert tells years only
    """Read every result of an alert."""
    if is_markup(text):
        lines = html_lines(text)
        records = tuple(_record(result, origin) for result in _in_html(lines))
        return Listing(records, tuple(cut_problems(text, lines, origin)))
    found = list(_in_text(numbered_lines(text)))
    problems = [
        Problem(f"{origin}:{result.line}", "listing-stray", "authors and year without a title")
        for result in found
        if not result.title
    ]
    return Listing(
        tuple(_record(result, origin) for result in found if result.title), tuple(problems)
    )


def _in_html(lines: Sequence[HtmlLine]) -> Iterator[_Result]:
    """Find the titles; the line behind each names the authors, unless the page ends there."""
    for place, line in enumerate(lines[:-1]):
        for anchor in line.anchors:
            title = _KIND.sub("", anchor.text)
            redirected = line.heading and "/scholar_url?" in anchor.address
            if title and (redirected or anchor.kind.endswith("gse_alrt_title")):
                byline = "" if lines[place + 1].heading else lines[place + 1].text
                yield _Result(line.line, title, anchor.address, byline)


def _in_text(lines: Iterable[tuple[int, str]]) -> Iterator[_Result]:
    """Find the lines of authors; the lines since the last blank one before are the title."""
    rows = list(lines)
    title: list[tuple[int, str]] = []
    for place, (number, row) in enumerate(rows):
        found = _ADDRESS.search(row)
        text = _ADDRESS.sub("", row).strip()
        if not row:
            title = []
        elif title and _BYLINE.match(row):
            first = title[0][0]
            address = _address(rows[title[0][0] - 1 : place + 8], found["url"] if found else "")
            yield _Result(first, _KIND.sub("", " ".join(t for _, t in title)), address, text)
            title = []
        elif _BYLINE.match(row):
            yield _Result(number, "", "", text)
        elif text:
            title.append((number, text))


def _address(rows: Sequence[tuple[int, str]], given: str) -> str:
    """Return the first address of a result that says where it leads."""
    for _, row in rows:
        if found := _ADDRESS.search(row):
            return found["url"]
    return given


def _record(result: _Result, origin: str) -> Record:
    names, _, rest = result.byline.replace("\xa0", " ").replace(" – ", " - ").partition(" - ")
    year = _YEAR.search(rest)
    venue = rest[: year.start()].strip(" ,") if year else ""
    authors = _authors(names) if rest else ()
    target = _target(result.address)
    preprint = _PREPRINT.search(rest)
    return Record(
        f"{origin}:{result.line}",
        result.title,
        authors=authors,
        authors_count=len(authors) or None,
        arxiv_id=arxiv_id(target) or (arxiv_id(preprint["id"]) if preprint else None),
        doi=_doi(target),
        year=int(year["year"]) if year else None,
        venue="" if "…" in venue or "..." in venue or preprint else venue,
    )


def _authors(names: str) -> tuple[Author, ...]:
    """Read the names, unless their list is cut or is none."""
    each = [name.strip() for name in names.split(", ")]
    if "…" in names or "..." in names or any(len(name) > _LONGEST_NAME for name in each):
        return ()
    return tuple(parse_name(name) for name in each if name)


def _target(address: str) -> str:
    """Return the address behind Scholar's own."""
    try:
        parts = urlsplit(address)
        if "scholar.google." in parts.netloc and parts.path.endswith("/scholar_url"):
            return parse_qs(parts.query, max_num_fields=50).get("url", [""])[0]
    except ValueError:
        return ""
    return address


def _doi(address: str) -> str | None:
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if not _DOI_HOSTS.search(parts.netloc.lower()):
        return None
    found = _DOI_PATH.search("/doi" * parts.netloc.endswith("doi.org") + unquote(parts.path))
    return doi(found["doi"]) if found else None
