"""Cluster → Entry: which field survives, and from whom. The only place that decides it.

arXiv's own account beats the catalogue's copy of it, both beat what a page shows: pages keep old
titles, drop TeX and count authors wrongly. Code links are the exception: the page's abstract is
the authors' own word, so its repository comes first.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from bibkit.record import (
    Author,
    Cluster,
    Entry,
    Eprint,
    Link,
    Paper,
    PartialDate,
    Resolved,
    Unresolved,
)
from bibkit.text.titles import title_key

_TRUST = ("arxiv", "catalog", "starter", "huggingface")
"""Sources from the most to the least trusted; others come after these."""
WITHDRAWN = "Withdrawn from arXiv"
"""The note of a paper that its authors, or arXiv, took back."""
_WORK = r"(?:(?:arxiv\s)?(?:paper|article|submission|manuscript|preprint|work|version|letter)\s)"
_TAKEN_BACK = re.compile(
    rf"\b(?:this|the)\s{_WORK}(?:(?:has|have)\s(?:now\s)?been\s|is\s(?:being\s|now\s)?|was\s)"
    r"(?:temporarily\s)?withdrawn\b",
    re.IGNORECASE,
)
_BARELY_TAKEN_BACK = re.compile(
    rf"\W*{_WORK}?withdrawn(?=\W*$|\s?[,.;:(-]|\s(?:by|due|because|since|as|from|for|and|until)\b)",
    re.IGNORECASE,
)
_FIRST_WORDS = 200
"""Characters of an abstract in which it would say so."""


def merge(cluster: Cluster) -> Entry | None:
    """Return the entry of a resolved cluster, without a citation key; None when unresolved."""
    known = [m for m in cluster.members if isinstance(m, Resolved)]
    if not known:
        return None
    accounts = _by_trust(p for m in known for p in (*m.accounts, m.match.paper))
    sources: dict[str, str] = {}

    def first(field: str) -> Paper | None:
        paper = next((p for p in accounts if getattr(p, field)), None)
        if paper:
            sources[field] = paper.source
        return paper

    from bibkit.merge.published import read_journal_ref  # here: it costs more than --help may

    arxiv_id = known[0].match.paper.arxiv_id
    titled, classed = first("title"), first("categories")
    authored = _best_authors(accounts, known)
    if authored:
        sources["authors"] = authored.source
    published, identified = first("journal_ref"), first("doi")
    publication = read_journal_ref(published.journal_ref or "") if published else None
    if any(is_withdrawn(paper) for paper in accounts):
        sources["note"] = next(paper.source for paper in accounts if is_withdrawn(paper))
    date = _date(accounts, known, sources)
    if publication and publication.year:
        date = PartialDate(publication.year)
        sources["date"] = sources["journal_ref"]
    return Entry(
        citation_key="",
        entry_type=publication.entry_type if publication else "preprint",
        title=_clean(_best_spelling(titled, known)) if titled else "",
        authors=authored.authors if authored else _listed_authors(known, sources),
        date=date,
        eprint=Eprint(
            arxiv_id,
            classed.categories[0] if classed else None,
            max((paper.version for paper in accounts if paper.version), default=None),
        ),
        doi=identified.doi if identified else None,
        url=f"https://arxiv.org/abs/{arxiv_id}",
        container=_clean(publication.container) if publication else None,
        volume=publication.volume if publication else None,
        number=publication.number if publication else None,
        pages=publication.pages if publication else None,
        abstract=_abstract(accounts, known, sources),
        links=_links(cluster, accounts, sources),
        note=WITHDRAWN if "note" in sources else "",
        sources=sources,
        decision=_decision(max(known, key=lambda member: member.match.score)),
    )


def is_withdrawn(paper: Paper) -> bool:
    """Tell whether a paper was taken back, as its authors or arXiv say in comments or abstract.

    >>> said = "This paper has been withdrawn by the authors due to an error in Lemma 2"
    >>> is_withdrawn(Paper("2402.12345", "A Title", "arxiv", note=said))
    True
    >>> is_withdrawn(Paper("2402.12345", "A Title", "arxiv", note="Withdrawn lemma 3; 12 pages"))
    False
    """
    return bool(
        _TAKEN_BACK.search(paper.note)
        or _BARELY_TAKEN_BACK.match(paper.note)
        or _TAKEN_BACK.search(paper.abstract[:_FIRST_WORDS])
    )


def merge_unresolved(cluster: Cluster) -> Entry | None:
    """Return what the page said of an unresolved cluster as an entry that says so (opt-in)."""
    member = next((m for m in cluster.members if isinstance(m, Unresolved)), None)
    if member is None or not member.record.title:
        return None
    record = member.record
    return Entry(
        citation_key="",
        entry_type="preprint",
        title=_clean(record.title),
        authors=record.authors,
        date=_partial(record.date) if record.date else None,
        doi=record.doi if member.reason != "conflict" else None,
        abstract=record.abstract,
        links=_links(cluster, [], {}),
        note=f"Not resolved ({member.reason}); as listed by {_page(record.origin)}",
        sources={"title": record.origin},
    )


def _decision(member: Resolved) -> dict[str, str]:
    """Return in words why the surest record of the cluster is this paper."""
    words = {
        "listing": member.record.origin,
        "score": f"{member.match.score:.2f}",
        "evidence": "; ".join(member.match.evidence),
    }
    if member.runner_up:
        other = member.runner_up
        words["runner_up"] = f"{other.paper.arxiv_id} {other.paper.title} ({other.score:.2f})"
    return words


def _by_trust(papers: Iterable[Paper]) -> list[Paper]:
    def rank(paper: Paper) -> int:
        return _TRUST.index(paper.source) if paper.source in _TRUST else len(_TRUST)

    return sorted(papers, key=rank)


def _clean(text: str) -> str:
    from bibkit.text.latex import decode  # here: it costs more than --help may

    return " ".join(decode(text).split())


def _page(origin: str) -> str:
    """Return the listing's file name; an entry must not tell the writer's folders."""
    return origin.rsplit(":", 1)[0].replace("\\", "/").rsplit("/", 1)[-1]


def _date(
    accounts: Sequence[Paper], known: Sequence[Resolved], sources: dict[str, str]
) -> PartialDate | None:
    """Version 1's day; else the listing's day; else the year alone, from the id.

    The id's month is version 1's or the next (9 of 184), so only its year is taken, and only when
    nothing better is known: an entry without a year has no key and breaks the classic styles.
    """
    for paper in accounts:
        if paper.submitted:
            sources["date"] = paper.source
            return _partial(paper.submitted)
    for member in known:
        if member.record.date:
            sources["date"] = member.record.origin
            return _partial(member.record.date)
    sources["date"] = "arXiv id"
    number = known[0].match.paper.arxiv_id.rsplit("/", 1)[-1]
    year = int(number[:2])
    return PartialDate(1900 + year if year > 90 else 2000 + year)


def _partial(day: dt.date) -> PartialDate:
    return PartialDate(day.year, day.month, day.day)


def _best_spelling(titled: Paper, known: Sequence[Resolved]) -> str:
    """Return the spelling of a title with the most punctuation and inner capitals.

    Copies of arXiv's metadata lose colons and capitals ("Natural Galore", "bert2BERT Towards …"),
    pages keep them. arXiv's own spelling always stands; one all in capitals says nothing.
    """
    listed = [m.record.title for m in known if m.record.title]
    if titled.source == "arxiv" or not listed:
        return titled.title
    key = title_key(titled.title)
    spellings = [titled.title, *listed]
    same = [spelling for spelling in spellings if title_key(spelling) == key]
    return max(same, key=_spelling_marks)


def _spelling_marks(title: str) -> int:
    if title.isupper():
        return -1
    inner_capitals = sum(b.isupper() and a.isalnum() for a, b in pairwise(title))
    return inner_capitals + sum(c in ":;,.-–—?!&()" for c in title)


def _best_authors(accounts: Sequence[Paper], known: Sequence[Resolved]) -> Paper | None:
    """Return the most trusted account with all authors; a list cut to half comes last."""
    listed = max((member.record.authors_count or 0 for member in known), default=0)
    named = [paper for paper in accounts if paper.authors]
    whole = [paper for paper in named if 2 * len(paper.authors) >= listed]
    return next(iter(whole or named), None)


def _listed_authors(known: Sequence[Resolved], sources: dict[str, str]) -> tuple[Author, ...]:
    for member in known:
        if member.record.authors:
            sources["authors"] = member.record.origin
            return member.record.authors
    return ()


def _abstract(accounts: Sequence[Paper], known: Sequence[Resolved], sources: dict[str, str]) -> str:
    for paper in accounts:
        if paper.abstract:
            sources["abstract"] = paper.source
            return _clean(paper.abstract)
    for member in known:
        if member.record.abstract:
            sources["abstract"] = member.record.origin
            abstract = " ".join(member.record.abstract.split())
            return member.record.abstract if abstract == member.record.abstract else abstract
    return ""


def _links(
    cluster: Cluster, accounts: Sequence[Paper], sources: dict[str, str]
) -> tuple[Link, ...]:
    """Every link once, the code repository first; links to papers are other papers'."""
    found: dict[str, Link] = {}
    for origin, link in _links_and_origins(cluster, accounts):
        if link.kind == "paper" or link.url.casefold() in found:
            continue
        found[link.url.casefold()] = link
        if link.kind == "code":
            sources.setdefault("code", origin)
    return tuple(sorted(found.values(), key=lambda link: link.kind != "code"))


def with_links(entry: Entry, links: Sequence[Link], source: str) -> Entry:
    """Return the entry with links that it lacks; they come after its own of the same kind."""
    known = {link.url.casefold() for link in entry.links}
    further = [x for x in links if x.kind != "paper" and x.url.casefold() not in known]
    if not further:
        return entry
    has_code = any(link.kind == "code" for link in entry.links)
    finds_code = any(link.kind == "code" for link in further)
    return replace(
        entry,
        links=tuple(sorted((*entry.links, *further), key=lambda link: link.kind != "code")),
        sources={**entry.sources, "code": source} if finds_code and not has_code else entry.sources,
    )


def _links_and_origins(cluster: Cluster, accounts: Sequence[Paper]) -> Iterator[tuple[str, Link]]:
    for member in cluster.members:
        for link in member.record.links:
            yield member.record.origin, link
    for paper in accounts:
        for link in paper.links:
            yield paper.source, link
