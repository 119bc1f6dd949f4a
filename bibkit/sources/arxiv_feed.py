"""arXiv's Atom answers → papers, after a check that the answer is one.

The `arxiv` package reads "Rate exceeded." as no result and an error feed as a paper titled
`Error`; what does not pass `feed_flaw` never reaches it.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

from bibkit.record import Paper
from bibkit.sources.candidates import authors, plain
from bibkit.text.identifiers import arxiv_id, doi
from bibkit.text.links import extract_links

if TYPE_CHECKING:
    import arxiv

_ATOM = "{http://www.w3.org/2005/Atom}"
_OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"
_CATEGORY = re.compile(r"[a-z]+(?:-[a-z]+)*(?:\.[A-Za-z]+(?:-[A-Za-z]+)*)?")
"""An arXiv category; MSC and ACM classes (`68T05`, `I.2.7`) stand in the same list."""

_VERSION = re.compile(r"v([1-9]\d{0,3})$")


def feed_flaw(body: bytes) -> str | None:
    """Return what is wrong with an answer that came with status 200, or None."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        feed = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return "sends something that is no Atom feed"
    if feed.tag != f"{_ATOM}feed":
        return "sends something that is no Atom feed"
    if feed.getroottree().docinfo.internalDTD is not None:
        return "sends a document type, which no answer has"  # entities that swell, or read files
    return _content_flaw(feed)


def _content_flaw(feed: Any) -> str | None:
    entries = feed.findall(f"{_ATOM}entry")
    if any(_is_error(entry) for entry in entries):
        return "answers with an error"
    if not all(_is_whole(entry) for entry in entries):
        return "sends a paper without id or date"
    try:
        total = int(feed.findtext(f"{_OPENSEARCH}totalResults") or 0)
        start = int(feed.findtext(f"{_OPENSEARCH}startIndex") or 0)
    except ValueError:
        return "sends a feed whose number of results is none"
    if start < total and not entries:  # happens in the middle of a result set
        return "sends an empty page"
    return None


def is_error_feed(body: bytes) -> bool:
    """Return whether an answer with status 400 says that the query itself is wrong."""
    return b"/api/errors" in body


def _is_error(entry: Any) -> bool:
    return "/api/errors" in entry.findtext(f"{_ATOM}id", "")


def _is_whole(entry: Any) -> bool:
    """Return whether the `arxiv` package can read an entry: it raises for dates it cannot."""
    try:
        for name in ("published", "updated"):
            dt.datetime.fromisoformat(entry.findtext(f"{_ATOM}{name}", "").strip())
    except ValueError:
        return False
    return bool(entry.findtext(f"{_ATOM}id"))


def paper_of(result: arxiv.Result) -> Paper | None:
    """Return a result as a paper; None when its id is none."""
    identifier = arxiv_id(result.entry_id)
    if identifier is None:
        return None
    abstract, comment = plain(result.summary), plain(result.comment or "")
    categories = (result.primary_category, *result.categories)
    return Paper(
        arxiv_id=identifier,
        title=plain(result.title),
        source="arxiv",
        authors=authors(author.name for author in result.authors),
        abstract=abstract,
        submitted=result.published.date(),
        categories=tuple(dict.fromkeys(c for c in categories if _CATEGORY.fullmatch(c))),
        doi=next((found for text in (result.doi or "").split() if (found := doi(text))), None),
        journal_ref=plain(result.journal_ref or "") or None,
        note=comment,
        links=extract_links(f"{abstract}\n{comment}"),
        version=int(version[1]) if (version := _VERSION.search(result.entry_id)) else None,
    )
