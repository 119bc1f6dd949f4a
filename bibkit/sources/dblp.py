"""DBLP: a title → its versions in journals and proceedings (dblp.org/faq, "search API").

CoRR is arXiv over again and no publication; editorships, theses and data are none either.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import unescape
from urllib.parse import urlencode

import msgspec

from bibkit.record import Author, EntryType, PublishedVersion
from bibkit.sources.candidates import authors as read_authors
from bibkit.sources.candidates import plain
from bibkit.sources.http import Web, service_from_environment
from bibkit.text.identifiers import doi
from bibkit.text.latex import plain_text

_PATH = "/search/publ/api"
_MOST_HITS = 1000
"""As many as it sends: every word of a title is one that hundreds of others have, now and then."""
_LONGEST_QUESTION = 200
"""Characters; all words must be in a title, so its beginning finds it too."""
_WORD = re.compile(r"[^\W_]{2,}|\d")
_TYPES: dict[str, EntryType] = {
    "Journal Articles": "article",
    "Conference and Workshop Papers": "inproceedings",
}
_VOLUME = re.compile(r"\s*\((?:\d+|Poster|Oral|Spotlight|Short Papers?|Long Papers?)\)$")
"""What DBLP adds to a meeting's name for the volume or the kind of talk: `ECCV (12)`."""
_WORKSHOP = re.compile(r"workshops?\b|@", re.IGNORECASE)
"""`CVPR Workshops`, `ICLR (Workshop)`, `BlackboxNLP@ACL`."""

_NAMES = {
    "NIPS": "Advances in Neural Information Processing Systems",
    "NeurIPS": "Advances in Neural Information Processing Systems",
    "ICML": "International Conference on Machine Learning",
    "ICLR": "International Conference on Learning Representations",
    "AISTATS": "International Conference on Artificial Intelligence and Statistics",
    "COLT": "Conference on Learning Theory",
    "UAI": "Conference on Uncertainty in Artificial Intelligence",
    "CoRL": "Conference on Robot Learning",
    "COLM": "Conference on Language Modeling",
    "ALT": "International Conference on Algorithmic Learning Theory",
    "ACML": "Asian Conference on Machine Learning",
    "MIDL": "Medical Imaging with Deep Learning",
    "BMVC": "British Machine Vision Conference",
    "OSDI": "USENIX Symposium on Operating Systems Design and Implementation",
    "NSDI": "USENIX Symposium on Networked Systems Design and Implementation",
    "J. Mach. Learn. Res.": "Journal of Machine Learning Research",
    "Trans. Mach. Learn. Res.": "Transactions on Machine Learning Research",
}
"""Whole names of those that give no DOIs, so that no publisher's record has them."""


class _Author(msgspec.Struct):
    text: str = ""


class _Authors(msgspec.Struct):
    author: _Author | str | list[_Author | str] | None = None
    """An object when there is one, a list when there are several."""


class _Info(msgspec.Struct):
    title: str = ""
    authors: _Authors | None = None
    venue: str | list[str] | None = None
    volume: str | None = None
    number: str | None = None
    pages: str | None = None
    year: str | None = None
    type: str = ""
    key: str = ""
    doi: str | None = None


class _Hit(msgspec.Struct):
    info: _Info


class _Hits(msgspec.Struct):
    hit: _Hit | list[_Hit] | None = None
    """Absent when nothing was found."""


class _Result(msgspec.Struct):
    hits: _Hits


class _Answer(msgspec.Struct):
    result: _Result


class Dblp:
    """Answers by title, one request each."""

    name = "dblp"

    def __init__(self, web: Web) -> None:
        self._web = web
        self._service = service_from_environment(
            self.name, variable="BIBKIT_DBLP", default=f"https://dblp.org{_PATH}", interval=1.0
        )

    def by_title(self, title: str, authors: Sequence[Author]) -> tuple[PublishedVersion, ...]:
        """Return what has all words of a title; the caller judges whether it is the paper.

        Raises:
            SourceError: it cannot be had, which says nothing about the paper.

        """
        question = _question(title, authors)
        if not question:
            return ()
        base = self._service.base
        place = base if base.endswith(_PATH) else base + _PATH
        query = urlencode({"q": question, "format": "json", "h": _MOST_HITS})
        body = self._web.get(self._service, f"{place}?{query}", flaw=_flaw).content
        found = (_version(hit.info) for hit in _hits(body))
        return tuple(version for version in found if version)


def _question(title: str, authors: Sequence[Author], *, short: int = 3) -> str:
    """Return the words to ask for; a short title with its first author, or hundreds have it.

    >>> _question("Can't Stop: $k$-Means++ Done Right", ())
    'Can Stop Means Done Right'
    >>> _question("Deep Learning", [Author("LeCun", "Yann")])
    'Deep Learning LeCun'
    """
    words = _WORD.findall(plain_text(plain(title))[:_LONGEST_QUESTION])
    if words and len(words) <= short and authors:
        words += _WORD.findall(authors[0].family)
    return " ".join(words)


def _flaw(body: bytes) -> str | None:
    try:
        msgspec.json.decode(body, type=_Answer)
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return "sends something that is no list of publications"
    return None


def _hits(body: bytes) -> Iterator[_Hit]:
    hits = msgspec.json.decode(body, type=_Answer).result.hits.hit
    yield from hits if isinstance(hits, list) else [hits] if hits else []


def _version(info: _Info) -> PublishedVersion | None:
    entry_type = _TYPES.get(info.type)
    venue = " ".join(info.venue) if isinstance(info.venue, list) else info.venue
    container = _clean(venue)
    if not entry_type or not container or info.key.startswith("journals/corr/"):
        return None
    meeting = _VOLUME.sub("", container)
    return PublishedVersion(
        title=_clean(info.title).removesuffix("."),
        source="dblp",
        entry_type=entry_type,
        container=_NAMES.get(meeting, meeting),
        authors=read_authors(_names(info.authors)),
        year=_year(info.year or ""),
        volume=_clean(info.volume) or None,
        number=_clean(info.number) or None,
        pages=_clean(info.pages) or None,
        doi=doi(_clean(info.doi)),
        workshop=bool(_WORKSHOP.search(container)),
    )


def _year(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[12]\d{3}", text, re.ASCII) else None


def _names(listed: _Authors | None) -> Iterator[str]:
    author = listed.author if listed else None
    for one in author if isinstance(author, list) else [author] if author else []:
        yield unescape(one if isinstance(one, str) else one.text)


def _clean(text: str | None) -> str:
    return plain(unescape(text or ""))
