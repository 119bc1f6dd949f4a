"""The nouns: papers come in as records and leave as entries.

    Record → Resolution (Resolved | Unresolved) → Cluster → Entry

All are frozen: a stage takes values and returns new ones.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, Literal

if TYPE_CHECKING:
    from typing_extensions import TypeVar  # for mypy alone: defaults came with Python 3.13
else:
    from typing import TypeVar

LinkKind = Literal["code", "project", "model", "dataset", "demo", "paper", "other"]
Reason = Literal["ambiguous", "not_found", "network_error", "conflict"]
EntryType = Literal[
    "preprint", "article", "inproceedings", "book", "inbook", "incollection", "collection",
    "proceedings", "inreference", "periodical", "booklet", "manual", "techreport", "phdthesis",
    "mastersthesis", "thesis", "unpublished", "patent", "software", "dataset", "online", "misc",
]  # fmt: skip
"""BibTeX's and BibLaTeX's words; `preprint` is a paper on arXiv that is known from nowhere else."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about the data that a person should know; never stops a run by itself."""

    origin: str
    """`file:line`, or the nearest thing to it."""
    code: str
    """A stable word for the kind of problem, such as `not_found` or `listing-cut`."""
    message: str
    """One sentence."""

    def __str__(self) -> str:
        """Render as `file:line: code: message`."""
        return ": ".join(part for part in (self.origin, self.code, self.message) if part)


@dataclass(frozen=True, slots=True)
class Author:
    """One name in parts, as BibTeX and CSL split it. Unicode, no TeX."""

    family: str
    """Family name; for a collective, its whole name."""
    given: str = ""
    particle: str = ""
    """Lower-case words before the family name (BibTeX's *von* part): `van der`."""
    suffix: str = ""
    """`Jr.`, `III` (BibTeX's *jr* part)."""
    collective: bool = False
    """True for `The ATLAS Collaboration`, `Llama Team`: never split, never inverted."""


@dataclass(frozen=True, slots=True)
class Link:
    """A repaired URL and what it leads to."""

    url: str
    kind: LinkKind
    detail: str = ""
    """What the canonical URL leaves out: the sub-folder of a repository."""


@dataclass(frozen=True, slots=True)
class Record:
    """One paper as a listing shows it, with the place where it stands."""

    origin: str
    """`file:line` of the title."""
    title: str = ""
    """Empty when the listing gives only an identifier."""
    abstract: str = ""
    authors: tuple[Author, ...] = ()
    authors_count: int | None = None
    """What the page says; weak evidence (6 % differ from arXiv's list)."""
    date: dt.date | None = None
    year_inferred: bool = False
    """True when the page gave month and day only."""
    organisation: str | None = None
    comments: int | None = None
    """Number of comments on the listing page."""
    links: tuple[Link, ...] = ()
    arxiv_id: str | None = None
    """Given by the listing itself, without version."""
    doi: str | None = None
    """Given by the listing itself, bare and lower-case."""
    identifiers: tuple[str, ...] = ()
    """Others that the listing gives, as `kind:value`: `pmid:123`, `acl:P18-1001`."""
    year: int | None = None
    """Year of publication, where the listing gives no day."""
    venue: str = ""
    """Journal, proceedings or series, as written."""
    volume: str = ""
    number: str = ""
    pages: str = ""
    """As written: `11--21`, `e0123`."""


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper as a metadata source knows it: a candidate for a record."""

    arxiv_id: str
    """Without version."""
    title: str
    source: str
    """The name of the source that said so: `catalog`, `starter`, `arxiv`, `huggingface`."""
    authors: tuple[Author, ...] = ()
    abstract: str = ""
    abstract_sketch: bytes = b""
    """Fingerprint of the abstract where the source keeps no text (`text.similarity`)."""
    submitted: dt.date | None = None
    """Day of version 1, UTC."""
    expected: dt.date | None = None
    """About that day, told from the arXiv id, where the source does not know it; never written."""
    categories: tuple[str, ...] = ()
    """arXiv categories, the primary one first."""
    doi: str | None = None
    """The publisher's DOI, never arXiv's own."""
    journal_ref: str | None = None
    note: str = ""
    """arXiv's free-text comments field."""
    links: tuple[Link, ...] = ()
    version: int | None = None
    """The latest version at arXiv, where the source knows it."""


@dataclass(frozen=True, slots=True)
class PublishedVersion:
    """A paper in a journal or in proceedings, as a bibliographic service knows it."""

    title: str
    source: str
    """The name of the service that said so: `dblp`, `crossref`."""
    entry_type: EntryType
    container: str
    """Journal or proceedings title."""
    authors: tuple[Author, ...] = ()
    year: int | None = None
    volume: str | None = None
    number: str | None = None
    pages: str | None = None
    doi: str | None = None
    """The publisher's, bare and lower-case."""
    preprint: str | None = None
    """The arXiv id of which the publisher says that it is the preprint."""
    workshop: bool = False
    """True for a workshop's proceedings: often a shorter piece than the preprint."""

    def __str__(self) -> str:
        """Name the publication in one line."""
        parts = (self.container, self.year and str(self.year), self.doi)
        return f"{', '.join(part for part in parts if part)} ({self.source})"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A paper weighed against a record."""

    paper: Paper
    score: float
    """Match score, 0.0 to 1.0."""
    evidence: tuple[str, ...] = ()
    """The reasons in words, strongest first: `title: exact`, `authors: 8 = 8`."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """A record whose paper is known beyond doubt."""

    record: Record
    match: Candidate
    runner_up: Candidate | None = None
    accounts: tuple[Paper, ...] = ()
    """Every source's account of the same paper; `merge` decides which field survives."""


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A record whose paper is not known, and why; it is reported, never guessed."""

    record: Record
    reason: Reason
    evidence: tuple[str, ...] = ()
    best: Candidate | None = None
    """The nearest candidate, where there was one."""
    runner_up: Candidate | None = None


Resolution = Resolved | Unresolved


if TYPE_CHECKING:
    Member = TypeVar("Member", covariant=True, default=Resolution)
else:
    Member = TypeVar("Member", covariant=True)


@dataclass(frozen=True, slots=True)
class Cluster(Generic[Member]):
    """All records, resolved or not, that are one paper; each is in exactly one cluster."""

    id: int
    members: tuple[Member, ...]
    evidence: tuple[str, ...] = ()
    """Why the members are one paper, one sentence for each that joined."""


@dataclass(frozen=True, slots=True)
class Eprint:
    """Where the preprint is: BibTeX's `eprint`, `eprinttype` and `primaryClass`."""

    id: str
    """arXiv id without version."""
    primary_class: str | None = None
    version: int | None = None
    """The latest one, where known; never written into OUT."""


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date of which only the year may be known."""

    year: int
    month: int | None = None
    day: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One paper as it goes into a bibliography. Unicode throughout; `emit` escapes."""

    citation_key: str
    entry_type: EntryType
    title: str
    authors: tuple[Author, ...] = ()
    date: PartialDate | None = None
    eprint: Eprint | None = None
    doi: str | None = None
    url: str | None = None
    container: str | None = None
    """Title of the journal, proceedings or book that it is in."""
    volume: str | None = None
    number: str | None = None
    """Of an issue, report or patent, or in a series."""
    pages: str | None = None
    abstract: str = ""
    links: tuple[Link, ...] = ()
    """The code repository first; others as far as a format has a field for them."""
    note: str = ""
    sources: Mapping[str, str] = field(default_factory=dict)
    """Field → who said so: a source's name or a record's origin."""
    decision: Mapping[str, str] = field(default_factory=dict)
    """Why it is this paper, in words: `listing`, `score`, `evidence`, `runner_up`."""
    subtype: str = ""
    """What formats tell apart within a type: `magazine`, `newspaper`, `motion_picture`."""
    type: str | None = None
    """The kind of thesis, report or work, in words: `Habilitation`, `Technical Memorandum`."""
    editors: tuple[Author, ...] = ()
    translators: tuple[Author, ...] = ()
    publisher: str | None = None
    place: str | None = None
    """Where the publisher is; BibTeX's `address`."""
    institution: str | None = None
    """Whose thesis, report or meeting: BibTeX's `school`, `institution`, `organization`."""
    edition: str | None = None
    series: str | None = None
    chapter: str | None = None
    event: str | None = None
    """The conference itself, where it is named beside its proceedings."""
    howpublished: str | None = None
    isbn: str | None = None
    issn: str | None = None
    pmid: str | None = None
    language: str | None = None
    keywords: tuple[str, ...] = ()
    annotation: str | None = None
    accessed: PartialDate | None = None
    extra: Mapping[str, str] = field(default_factory=dict)
    """Further fields by their BibTeX names in lower case; formats keep them where they can."""


@dataclass(frozen=True, slots=True)
class MetadataPage:
    """One page of a harvest: what changed in arXiv's metadata, and where the next page is."""

    day: dt.date
    """The service's own day when it answered."""
    lines: bytes = b""
    """One JSON object a line, in the form of arXiv's metadata snapshot."""
    withdrawn: tuple[str, ...] = ()
    """Ids that the service no longer has."""
    changed: dt.date | None = None
    """The latest day on which something on this page changed."""
    token: str | None = None
    """What the service wants to hear for the next page; None on the last one."""
