"""One line of an arXiv metadata snapshot → the row that a catalogue keeps of it.

Of the free-text comments only the links are kept, of the abstract the links and a fingerprint.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache

import msgspec

from bibkit.catalog.numbering import paper_number
from bibkit.catalog.rows import MOST_VERSIONS, PaperRow, links_as_text
from bibkit.record import Link
from bibkit.text.identifiers import doi as canonical_doi
from bibkit.text.links import extract_links
from bibkit.text.similarity import abstract_sketch

_LONGEST_TITLE = 2_000
"""Characters; arXiv's longest has under 400."""
_UNSEEN = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""Control characters (blanks apart) and those that turn the writing direction."""
_SCRAPED = re.compile(r"\A\[\d{4}(?:\.\d{4,5})?\] ")
"""`[2303.03378] `, as browsers show arXiv's titles, or `[2023] `, as lists do."""
_DAY = re.compile(r"(?:[A-Z][a-z]{2}, )?(\d\d?) ([A-Z][a-z]{2}) (\d{4})")
_MONTHS = {m: i for i, m in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)}


class BadLineError(ValueError):
    """A line that holds no paper, and why."""


_CUT_LENGTHS = frozenset({120, 997, 998, 999, 1000})
"""Public copies of the snapshot cut comments and abstracts here, and half a repository's name is
another repository's. In 853,617 lines 212 comments of 120 characters end in a code link, 17 of 119.
"""
_CUT_WORD = re.compile(r"[^\s{}()<>,;]*[\w/-]\Z")


class _Version(msgspec.Struct, gc=False):
    version: str = ""
    created: str = ""


class _Line(msgspec.Struct, gc=False):
    id: str
    title: str | None = None
    authors: str | None = None
    authors_parsed: list[list[str | None]] | None = None
    categories: str | None = None
    comments: str | None = None
    journal_ref: str | None = msgspec.field(default=None, name="journal-ref")
    doi: str | None = None
    abstract: str | None = None
    versions: list[_Version] | None = None
    update_date: str | None = None


_decode = msgspec.json.Decoder(_Line).decode


def read_line(line: bytes) -> PaperRow:
    """Read one line.

    Raises:
        BadLineError: the line is no JSON object, or lacks an arXiv id or a title.

    """
    try:
        raw = _decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadLineError(f"not a line of arXiv metadata: {error}") from None
    number = paper_number(raw.id)
    if number is None:
        raise BadLineError(f"not an arXiv id: {raw.id[:40]!r}")
    title = _SCRAPED.sub("", _tidy(raw.title))
    if not title or len(title) > _LONGEST_TITLE:
        raise BadLineError("the title is too long" if title else "no title")
    submitted, revision = _days(raw.versions or [], raw.update_date or "")
    return PaperRow(
        number,
        title,
        _tidy(raw.authors) or _joined(raw.authors_parsed or []) or None,
        _tidy(raw.categories) or None,
        submitted,
        revision,
        canonical_doi(raw.doi.split()[0]) if raw.doi and not raw.doi.isspace() else None,
        _tidy(raw.journal_ref) or None,
        links_as_text(_links(raw.abstract) + _links(raw.comments)),
        (abstract_sketch(raw.abstract) or None) if raw.abstract else None,
    )


def _links(text: str | None) -> tuple[Link, ...]:
    """Look for links where there can be one: few comments and abstracts have a slash."""
    if not text or not ("/" in text or "www." in text):
        return ()
    return extract_links(_CUT_WORD.sub("", text) if len(text) in _CUT_LENGTHS else text)


def _tidy(text: str | None) -> str:
    """Collapse white space, and drop what could steer a terminal."""
    if not text:
        return ""
    if text.isprintable() and "  " not in text:
        return text.strip()
    return " ".join(_UNSEEN.sub("", text).split())


def _joined(names: list[list[str | None]]) -> str:
    """Write arXiv's [family, given, suffix] lists as the line of names they came from."""
    lines = (" ".join(filter(None, (*n[1:2], *n[:1], *n[2:3]))) for n in names)
    return ", ".join(filter(None, (_tidy(line.replace(",", " ")) for line in lines)))


def _days(versions: list[_Version], update_date: str) -> tuple[int | None, int]:
    """Return the day of version 1, if that is listed, and the revision."""
    last = _day(update_date[:16]) if update_date else 0
    if not versions:
        return None, last * MOST_VERSIONS
    last = max(last, _day(versions[-1].created[:16]))
    first = _day(versions[0].created[:16]) if versions[0].version == "v1" else 0
    return first or None, last * MOST_VERSIONS + min(len(versions), MOST_VERSIONS - 1)


@lru_cache(maxsize=20_000)
def _day(text: str) -> int:
    """Return the day that `Mon, 2 Apr 2007` or `2007-04-02` names as an ordinal, 0 for none."""
    found = _DAY.match(text)
    try:
        if found:
            return dt.date(int(found[3]), _MONTHS[found[2]], int(found[1])).toordinal()
        return dt.date.fromisoformat(text[:10]).toordinal()
    except (ValueError, KeyError):
        return 0
