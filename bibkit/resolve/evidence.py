"""Weigh one candidate paper against one record: what speaks for it, what against, in words.

A title alone cannot decide (true pairs go down to 70, wrong ones up to 97), so every other fact
that both sides know is compared too; what one side does not know counts neither way.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from bibkit.record import Candidate, Paper, Record
from bibkit.text.names import family_key
from bibkit.text.similarity import (
    Veto,
    abstract_sketch,
    is_cut,
    is_renamed,
    is_shortened,
    sketch_similarity,
    title_score,
    title_veto,
)
from bibkit.text.slips import is_misspelling
from bibkit.text.titles import title_key, title_tokens

TitleMatch = Literal["exact", "misspelt", "shortened", "cut", "renamed", "contained", "other"]


Strange = Collection[str] | None
_sketch = lru_cache(maxsize=256)(abstract_sketch)
"""A record is weighed against every candidate of every source, one after the other."""
_IN_WORDS = {
    "shortened": "all but the subtitle",
    "cut": "cut short",
    "renamed": "another one under the same name",
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """The comparison, fact by fact; None where one side is silent."""

    title: float
    """`title_score`, 0.0 to 1.0."""
    title_match: TitleMatch
    length: int
    """Characters of the paper's title."""
    veto: Veto | None
    """Why the titles cannot be one paper's, or None."""
    abstract: float | None = None
    """Estimated share of common text, 0.0 to 1.0."""
    authors: float | None = None
    """Share of the shorter list's family names found in the other, 0.0 to 1.0."""
    counts: tuple[int, int] | None = None
    """Number of authors on the page and in the metadata."""
    days: int | None = None
    """Day of version 1 minus the listing's day."""
    about: bool = False
    """The day of version 1 is not known, but expected from the arXiv id."""
    same_id: bool = False
    """The listing itself gave this arXiv id or this DOI."""

    @property
    def supports(self) -> int:
        """How many independent facts beside the title speak for the pair."""
        return sum(
            (
                self.abstract is not None and self.abstract >= 0.2,
                self.authors is not None and self.authors >= 0.5,
                self.counts is not None and self.counts[0] == self.counts[1],
                self.same_day,
            )
        )

    @property
    def contradictions(self) -> int:
        """How many facts beside the title speak against it; disjoint authors count twice."""
        return sum(
            (
                self.abstract is not None and self.abstract < 0.07,
                2 * (self.authors == 0.0),
                self.counts is not None and _far_apart(*self.counts),
                self.other_time,
            )
        )

    @property
    def same_day(self) -> bool:
        """True when the listing's day is version 1's, in a US time zone or in UTC."""
        return self.days is not None and -1 <= self.days <= 2

    @property
    def other_time(self) -> bool:
        """True when the two days are more than a month apart."""
        return self.days is not None and abs(self.days) > 31


def compare(record: Record, paper: Paper, *, strange: Strange = None) -> Evidence:
    """Compare a record with a candidate, fact by fact."""
    title_match = _title_match(record.title, paper.title, strange)
    day = paper.submitted or paper.expected
    return Evidence(
        title=title_score(record.title, paper.title),
        title_match=title_match,
        length=len(paper.title),
        veto=None if title_match == "misspelt" else title_veto(record.title, paper.title),
        abstract=sketch_similarity(_sketch(record.abstract), _sketch_of(paper)),
        authors=_shared_authors(record, paper),
        counts=_counts(record, paper),
        days=(day - record.date).days if day and record.date else None,
        about=paper.submitted is None,
        same_id=bool(
            (record.arxiv_id and record.arxiv_id == paper.arxiv_id)
            or (record.doi and paper.doi and record.doi == paper.doi.lower())
        ),
    )


def weigh(record: Record, paper: Paper, *, strange: Strange = None) -> tuple[Candidate, Evidence]:
    """Return the candidate with its score and reasons, and the comparison behind them.

    `strange` are the words of the record's title that no title known has (`Answer`).
    """
    evidence = compare(record, paper, strange=strange)
    return Candidate(paper, round(match_score(evidence), 4), tuple(reasons(evidence))), evidence


def match_score(evidence: Evidence) -> float:
    """Return one number for a comparison: the title's score, moved by every other fact.

    A fact for the pair closes a share of the distance to 1, one against it takes a share away, so
    the order of facts does not matter. The shares were chosen on the truth table's 216 titles.
    """
    score = 1.0 if evidence.same_id and evidence.title == 0.0 else evidence.title
    if evidence.title_match in ("shortened", "cut"):
        score = max(score, 0.9)
    supports = (
        0.9 * evidence.abstract if evidence.abstract is not None else 0.0,
        0.5 if evidence.authors is not None and evidence.authors >= 0.5 else 0.0,
        0.2 if evidence.counts is not None and evidence.counts[0] == evidence.counts[1] else 0.0,
        0.3 if evidence.same_day else 0.0,
        0.5 if evidence.same_id else 0.0,
    )
    for share in supports:
        score += (1 - score) * share
    if evidence.veto and not evidence.same_id:
        score *= 0.7 if evidence.veto.absolute or (evidence.abstract or 0.0) < 0.5 else 0.9
    return score * float(0.8**evidence.contradictions)


def reasons(evidence: Evidence) -> Iterator[str]:
    """Yield the comparison in words, the strongest fact first."""
    if evidence.same_id:
        yield "id: given by the listing"
    yield f"title: {_title_in_words(evidence)}"
    if evidence.veto:
        yield str(evidence.veto)
    if evidence.abstract is not None:
        yield f"abstract: {evidence.abstract:.2f}"
    if evidence.authors is not None:
        yield f"authors: {evidence.authors:.0%} of the names"
    if evidence.counts is not None:
        left, right = evidence.counts
        yield f"authors: {left} {'=' if left == right else '≠'} {right}"
    if evidence.same_day:
        yield "date: about the same day, by the arXiv id" if evidence.about else "date: same day"
    elif evidence.days is not None:
        yield f"date: {abs(evidence.days)} days apart"


def _title_in_words(evidence: Evidence) -> str:
    if not evidence.title:
        return "none given"
    if evidence.title_match == "other":
        return f"{evidence.title:.2f}"
    return _IN_WORDS.get(evidence.title_match, evidence.title_match)


def _title_match(left: str, right: str, strange: Strange) -> TitleMatch:
    a, b = title_key(left), title_key(right)
    if a and a == b:
        return "other" if title_veto(left, right) else "exact"
    if is_misspelling(left, right, strange=strange):
        return "misspelt"
    if is_shortened(left, right):
        return "shortened"
    if is_cut(left, right):
        return "cut"
    if is_renamed(left, right):
        return "renamed"
    words_a, words_b = set(title_tokens(left)), set(title_tokens(right))
    return "contained" if words_a and (words_a <= words_b or words_b <= words_a) else "other"


def _sketch_of(paper: Paper) -> bytes:
    return _sketch(paper.abstract) if paper.abstract else paper.abstract_sketch


def _shared_authors(record: Record, paper: Paper) -> float | None:
    if not record.authors or not paper.authors:
        return None
    ours = {family_key(a) for a in record.authors}
    theirs = {family_key(a) for a in paper.authors}
    return len(ours & theirs) / min(len(ours), len(theirs))


def _counts(record: Record, paper: Paper) -> tuple[int, int] | None:
    if record.authors_count is None or not paper.authors:
        return None
    return record.authors_count, len(paper.authors)


def _far_apart(left: int, right: int) -> bool:
    """6 % of true pairs differ, by one or two, or by an odd list: only a gulf speaks against."""
    return abs(left - right) > 2 and max(left, right) > 2 * min(left, right)
