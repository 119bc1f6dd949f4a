"""Questions → arXiv searches: a hundred ids, a dozen titles or a dozen abstracts to a request.

arXiv asks for three seconds between requests: 216 titles one by one take eleven minutes, in
batches one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from bibkit.resolve.query import Query
from bibkit.sources.candidates import plain
from bibkit.text.identifiers import arxiv_id
from bibkit.text.phrases import distinctive_phrases

IDS_PER_REQUEST = 100
"""They go into the URL; a hundred make two kilobytes."""
TITLES_PER_REQUEST = 12
"""The promise is one request for ten papers; the rest is for pages asked again."""
_LONGEST_PHRASE = 300
"""Characters of a phrase as it stands in the URL: twelve must fit into what servers accept."""
_GREEK = r"\u0370-\u03ff"
_TEX = re.compile(rf"\$[^$]*\$|\\[a-zA-Z]+\s?|\\.|\S*[{_GREEK}]\S*")
"""What arXiv may spell in another way than the page does: the phrase must not contain it."""
_NO_WORD = re.compile(r"""["“”„«»()\[\]{}\\*?~^<>|$_‐‑‒–—―−-]""")
"""Syntax of the query, wildcards, and hyphens (arXiv/arxiv-search issue 322)."""
_WORD = re.compile(r"[^\W_]")
_DOI = re.compile(r"[\w.\-/;:()]+")
"""A DOI that needs no escaping inside quotation marks."""

Kind = Literal["id", "title", "doi", "abstract"]


@dataclass(frozen=True, slots=True)
class Term:
    """A query as it stands in a search."""

    kind: Kind
    text: str
    query: Query


def batches(queries: Iterable[Query]) -> Iterator[tuple[Term, ...]]:
    """Group what can be asked into searches, the same ones in whatever order the queries come.

    Titles of many words come first: a title of one or two common words brings hundreds of papers,
    and had better push out others of its kind only.
    """
    terms = [term for query in queries if (term := term_of(query))]
    ids = sorted((t for t in terms if t.kind == "id"), key=lambda t: t.text)
    titles = sorted(
        (t for t in terms if t.kind == "title"), key=lambda t: (-len(t.text.split()), t.text)
    )
    dois = sorted((t for t in terms if t.kind == "doi"), key=lambda t: t.text)
    for terms, size in (
        (ids, IDS_PER_REQUEST), (titles, TITLES_PER_REQUEST), (dois, TITLES_PER_REQUEST)
    ):  # fmt: skip
        yield from (tuple(terms[i : i + size]) for i in range(0, len(terms), size))


def abstract_batches(queries: Iterable[Query]) -> Iterator[tuple[Term, ...]]:
    """Group the queries that have an abstract into searches in abstracts, the same in any order."""
    terms = sorted(
        (term for query in queries if (term := abstract_term_of(query))), key=lambda t: t.text
    )
    yield from (
        tuple(terms[i : i + TITLES_PER_REQUEST]) for i in range(0, len(terms), TITLES_PER_REQUEST)
    )


def abstract_term_of(query: Query) -> Term | None:
    """Return how to look for a paper by its abstract; None when that has no phrase to ask for.

    Two phrases are alternatives: where one sentence was revised, the other may still stand.
    """
    phrases = distinctive_phrases(query.abstract)
    clauses = " OR ".join(f'abs:"{phrase}"' for phrase in phrases)
    return Term("abstract", clauses, query) if phrases else None


def term_of(query: Query) -> Term | None:
    """Return how to ask a query: by id, else by title, else by DOI; None when it says nothing."""
    if identifier := arxiv_id(query.arxiv_id or ""):
        return Term("id", identifier, query)
    if found := phrase(query.title):
        return Term("title", f'ti:"{found}"', query)
    if query.doi and _DOI.fullmatch(query.doi):
        return Term("doi", f'doi:"{query.doi}"', query)
    return None


def search_query(terms: Sequence[Term]) -> str:
    """Return the `search_query` that asks for any of the titles, DOIs or abstracts."""
    return " OR ".join(term.text for term in terms)


def phrase(title: str) -> str:
    """Return the longest part of a title that can be searched as a phrase; it may be empty.

    Everything must be quoted: outside of quotation marks `non-invasive` means "non" and not
    "invasive", and words without an operator are alternatives.

    >>> phrase("CLIMB: CLustering-based Iterative Data Mixture (Bootstrapping)")
    'CLIMB: CLustering based Iterative Data Mixture Bootstrapping'
    >>> phrase(r"Learning $N:M$ Structured Sparse Networks From Scratch?")
    'Structured Sparse Networks From Scratch'
    """
    text = unicodedata.normalize("NFC", plain(title)).replace("’", "'").replace("‘", "'")
    parts = (" ".join(_NO_WORD.sub(" ", part).split()) for part in _TEX.split(text))
    longest = max(parts, key=_words)
    return _cut(longest) if _WORD.search(longest) else ""


def _words(part: str) -> int:
    return len(_WORD.findall(part))


def _cut(text: str) -> str:
    """Return as many words as fit into the URL; of a single long one, its beginning."""
    kept = ""
    for word in text.split():
        longer = f"{kept} {word}".strip()
        if len(quote(longer)) > _LONGEST_PHRASE:
            break
        kept = longer
    return kept or text[: _LONGEST_PHRASE // len(quote("視"))]
