"""Crossref: a title or a DOI → versions in journals and proceedings, with the publisher's data.

Preprints, notices of correction and books are no versions of a paper. arXiv's DOIs are not
Crossref's, but a publisher may name one as the preprint of an article (`relation`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from html import unescape
from urllib.parse import quote, urlencode

import msgspec

from bibkit.record import Author, EntryType, PublishedVersion
from bibkit.sources.candidates import plain
from bibkit.sources.http import Web, service_from_environment
from bibkit.text.identifiers import arxiv_id, doi
from bibkit.text.latex import plain_text
from bibkit.text.names import parse_name

_ROWS = 20
_LONGEST_QUESTION = 300
_WANTED = (
    "DOI,title,subtitle,author,container-title,volume,issue,page,article-number,issued,"
    "published-print,type,relation,update-to"
)
_TYPES: dict[str, EntryType] = {
    "journal-article": "article",
    "proceedings-article": "inproceedings",
}
_MARKUP = re.compile(r"</?(?:[a-z]{1,3}:)?[a-z]{1,12}(?:\s[^<>]{0,200})?/?>", re.IGNORECASE)
_SERIES = re.compile(r"lecture notes in|communications in computer and|^IFIP ", re.IGNORECASE)
"""Series of proceedings, whose papers Crossref calls chapters."""
_WORKSHOP = re.compile(r"\bworkshops?\b", re.IGNORECASE)


class _Name(msgspec.Struct):
    family: str | None = None
    given: str | None = None
    name: str | None = None
    """Of a collective."""
    suffix: str | None = None


class _Date(msgspec.Struct, rename={"parts": "date-parts"}):
    parts: list[list[int | None]] | None = None


class _Related(msgspec.Struct):
    id: str = ""


class _Work(msgspec.Struct, rename="kebab"):
    doi: str = msgspec.field(default="", name="DOI")
    type: str | None = None
    title: list[str] | None = None
    subtitle: list[str] | None = None
    author: list[_Name] | None = None
    container_title: list[str] | None = None
    volume: str | None = None
    issue: str | None = None
    page: str | None = None
    article_number: str | None = None
    issued: _Date | None = None
    published_print: _Date | None = None
    relation: dict[str, list[_Related] | _Related] | None = None
    update_to: list[msgspec.Raw] | None = None
    """Of an erratum or a retraction: what it is about."""


class _Works(msgspec.Struct):
    items: list[_Work]


class _Search(msgspec.Struct):
    message: _Works


class _One(msgspec.Struct):
    message: _Work


class Crossref:
    """Answers by title and by DOI, one request each; politely where there is a contact."""

    name = "crossref"

    def __init__(self, web: Web) -> None:
        self._web = web
        self._service = service_from_environment(
            self.name, variable="BIBKIT_CROSSREF", default="https://api.crossref.org", interval=1.0
        )
        self._works = self._service.base.removesuffix("/works") + "/works"

    def by_title(self, title: str, authors: Sequence[Author]) -> tuple[PublishedVersion, ...]:
        """Return what Crossref thinks near to a title; the caller judges whether it is the paper.

        Raises:
            SourceError: it cannot be had, which says nothing about the paper.

        """
        words = plain_text(plain(title))[:_LONGEST_QUESTION]
        if not words:
            return ()
        asked = " ".join([words, *(plain(author.family) for author in authors[:1])])
        query = {"query.bibliographic": asked, "rows": str(_ROWS), "select": _WANTED}
        url = f"{self._works}?{urlencode(query | self._polite)}"
        body = self._web.get(self._service, url, flaw=_search_flaw).content
        works = msgspec.json.decode(body, type=_Search).message.items
        return tuple(version for work in works if (version := _version(work, works)))

    def by_doi(self, identifier: str) -> PublishedVersion | None:
        """Return the version that has a DOI; None when Crossref does not have it.

        Raises:
            SourceError: it cannot be had.

        """
        polite = f"?{urlencode(self._polite)}" if self._polite else ""
        url = f"{self._works}/{quote(identifier, safe='')}{polite}"
        response = self._web.get(self._service, url, flaw=_work_flaw, also=(404,))
        if response.status_code == 404:
            return None
        version = _version(msgspec.json.decode(response.content, type=_One).message)
        return version if version and version.doi == identifier.lower() else None

    @property
    def _polite(self) -> dict[str, str]:
        return {"mailto": self._web.contact} if self._web.contact else {}


def _search_flaw(body: bytes) -> str | None:
    return None if _is(body, _Search) else "sends something that is no list of works"


def _work_flaw(body: bytes) -> str | None:
    return None if _is(body, _One) else "sends something that is no work"


def _is(body: bytes, shape: type[_Search | _One]) -> bool:
    try:
        msgspec.json.decode(body, type=shape)
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return False
    return True


def _version(work: _Work, others: Sequence[_Work] = ()) -> PublishedVersion | None:
    """Return a work as a version of a paper; `others` may name it as what they are preprints of."""
    containers = [_clean(name) for name in work.container_title or () if _clean(name)]
    entry_type = _TYPES.get(work.type or "") or _of_chapter(work, containers)
    if not entry_type or not containers or work.update_to:
        return None
    return PublishedVersion(
        title=_title(work),
        source="crossref",
        entry_type=entry_type,
        container=containers[0 if entry_type == "article" else -1],  # a series comes first
        authors=tuple(_authors(work)),
        year=_year(work.published_print) or _year(work.issued),
        volume=_clean(work.volume) or None,
        number=_clean(work.issue) or None,
        pages=_pages(work),
        doi=doi(work.doi),
        preprint=_preprint(work, others),
        workshop=any(map(_WORKSHOP.search, containers)),
    )


def _of_chapter(work: _Work, containers: Sequence[str]) -> EntryType | None:
    """Tell a paper in a series of proceedings from a chapter of a book."""
    if work.type == "book-chapter" and len(containers) > 1 and _SERIES.search(containers[0]):
        return "inproceedings"
    return None


def _title(work: _Work) -> str:
    title = _clean((work.title or [""])[0]) if work.title else ""
    subtitle = _clean(work.subtitle[0]) if work.subtitle else ""
    known = not subtitle or subtitle.casefold() in title.casefold()
    return title if known else f"{title}: {subtitle}"


def _authors(work: _Work) -> Iterator[Author]:
    for one in work.author or ():
        family, given = _clean(one.family), _clean(one.given)
        if family:
            name = parse_name(f"{family}, {given}" if given else family)
            yield replace(name, suffix=_clean(one.suffix)) if one.suffix else name
        elif collective := _clean(one.name):
            yield Author(collective, collective=True)


def _pages(work: _Work) -> str | None:
    """Return the pages, else the article's number; publishers fill in for what has none yet."""
    pages = _clean(work.page)
    unsettled = not any(map(str.isdigit, pages)) or (pages == "1-1" and not work.volume)
    return (_clean(work.article_number) or None) if unsettled else pages


def _year(date: _Date | None) -> int | None:
    year = date.parts[0][0] if date and date.parts and date.parts[0] else None
    return year if year and 1000 <= year <= 2999 else None


def _preprint(work: _Work, others: Sequence[_Work]) -> str | None:
    """Return the arXiv id that a work, or a preprint among the others, says belongs to it."""
    named = list(_related(work, "has-preprint"))
    own = doi(work.doi)
    named += [o.doi for o in others if own and own in map(doi, _related(o, "is-preprint-of"))]
    return next(filter(None, map(arxiv_id, named)), None)


def _related(work: _Work, kind: str) -> Iterator[str]:
    related = (work.relation or {}).get(kind, [])
    for one in related if isinstance(related, list) else [related]:
        yield one.id


def _clean(text: str | None) -> str:
    return plain(unescape(_MARKUP.sub("", unescape(text or ""))))
