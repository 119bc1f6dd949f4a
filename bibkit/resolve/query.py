"""What a metadata source is asked, and how it answers.

`MetadataSource` is a shape, not a base class: catalogues and remote services satisfy it, and
this package never learns their names. A failed request is an `Answer` with an error: "could not
ask" and "asked, and there is none" must never look alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bibkit.record import Paper, Record
from bibkit.text.similarity import abstract_sketch


@dataclass(frozen=True, slots=True)
class Query:
    """What is known of the paper that is looked for."""

    title: str = ""
    arxiv_id: str | None = None
    doi: str | None = None
    abstract_sketch: bytes = b""
    """Fingerprint of the abstract (`text.similarity`), for papers that were renamed."""
    abstract: str = ""
    """The abstract itself, for services that can search in it; the record's own, not a copy."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The candidates for one query, best first as far as the source can tell."""

    papers: tuple[Paper, ...] = ()
    error: str | None = None
    """Why the source could not be asked (one sentence); then `papers` may be incomplete."""
    strange_words: frozenset[str] | None = None
    """Words of the title (`title_tokens`) that hardly any title has which the source knows, likely
    slips of the pen; None where it knows too few titles to tell."""


class MetadataSource(Protocol):
    """Anything that can propose papers."""

    @property
    def name(self) -> str:
        """The word used for it in reports (`catalog`, `arxiv`)."""
        ...

    def find(self, queries: Sequence[Query]) -> Sequence[Answer]:
        """Answer each query, in order; never raises for a failed request."""
        ...


def query_of(record: Record) -> Query:
    """Return what to ask for a record."""
    return Query(
        title=record.title,
        arxiv_id=record.arxiv_id,
        doi=record.doi,
        abstract_sketch=abstract_sketch(record.abstract),
        abstract=record.abstract,
    )
