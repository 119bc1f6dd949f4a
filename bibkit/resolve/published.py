"""A preprint + what services know under its title → where it was published, or that this is unsure.

The same facts count as for any record (`evidence`), and more of them are asked for: a wrong venue
is written over what a user has. A service that could not be asked is the caller's to report: what
is decided here is decided on the answers that came.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bibkit.record import Paper, PublishedVersion, Record
from bibkit.resolve.decide import fits_given_id, is_match
from bibkit.resolve.evidence import Evidence, compare, match_score, reasons
from bibkit.text.titles import title_key

_EARLIEST, _LATEST = -2, 6
"""Years from preprint to publication that need no further proof: authors also post what is in print
already, and journals of mathematics take years."""


@dataclass(frozen=True, slots=True)
class PublishedAs:
    """Beyond doubt: this is the paper in print."""

    version: PublishedVersion
    evidence: tuple[str, ...]
    others: tuple[PublishedVersion, ...] = ()
    """Further versions of the same paper, which were not taken."""
    linked: bool = False
    """Whether an identifier proves it, so that no other answer could change it."""


@dataclass(frozen=True, slots=True)
class NotPublished:
    """Nothing that was answered is this paper in print."""


@dataclass(frozen=True, slots=True)
class UnsurePublication:
    """Something is near, and a person must look."""

    reason: str
    candidates: tuple[PublishedVersion, ...]
    """The nearest, at most two."""


Verdict = Literal["same", "unsure", "other"]
PublicationDecision = PublishedAs | NotPublished | UnsurePublication


@dataclass(frozen=True, slots=True)
class _Judged:
    version: PublishedVersion
    verdict: Verdict
    why: str
    """What is missing for a proof."""
    score: float
    evidence: tuple[str, ...]
    linked: bool = False


def decide_published(record: Record, versions: Iterable[PublishedVersion]) -> PublicationDecision:
    """Decide where a preprint was published.

    Args:
        record: the preprint; `year` is that of its first version, `doi` the publisher's where the
            record has one.
        versions: everything the services proposed.

    """
    judged = sorted((_judge(record, v) for v in versions), key=lambda j: -j.score)
    same = [j for j in judged if j.verdict == "same"]
    if same:
        return _chosen(same)
    unsure = [j for j in judged if j.verdict == "unsure"]
    if unsure:
        near = _apart([j.version for j in unsure])
        return UnsurePublication(unsure[0].why, tuple(near[:2]))
    return NotPublished()


def _chosen(same: Sequence[_Judged]) -> PublicationDecision:
    """Take one of several versions.

    The one that an identifier ties to the preprint; else the first that is no workshop paper, which
    is what the preprint reported; in one year the journal's. A workshop paper alone is often a
    shorter piece, and two versions of one rank are two: both are a person's choice.
    """
    linked = [j for j in same if j.linked]
    full = linked or [j for j in same if not j.version.workshop]
    if not full:
        near = _apart([j.version for j in same])
        return UnsurePublication("only a workshop paper of this title", tuple(near[:2]))
    ranked = _apart(sorted((j.version for j in full), key=_rank))
    first, *rest = ranked
    if rest and _rank(rest[0]) == _rank(first):
        return UnsurePublication("two publications of the same year", (first, rest[0]))
    evidence = next((j.evidence for j in full if _is_same(j.version, first)), full[0].evidence)
    others = [v for v in _apart([j.version for j in same]) if not _is_same(v, first)]
    return PublishedAs(first, evidence, tuple(others), linked=bool(linked))


def _rank(version: PublishedVersion) -> tuple[int, bool]:
    return version.year or 9999, version.entry_type != "article"


def _apart(versions: Sequence[PublishedVersion]) -> list[PublishedVersion]:
    """Return the publications in order, accounts of one and the same joined."""
    found: list[PublishedVersion] = []
    for version in versions:
        place = next((i for i, other in enumerate(found) if _is_same(other, version)), None)
        if place is None:
            found.append(version)
        else:
            found[place] = joined(found[place], version)
    return found


def _is_same(left: PublishedVersion, right: PublishedVersion) -> bool:
    """Tell whether two accounts are of one publication."""
    if left.doi and right.doi:
        return left.doi == right.doi
    if left.year != right.year or left.entry_type != right.entry_type:
        return False
    if title_key(left.container) == title_key(right.container):
        return left.workshop == right.workshop
    return bool(left.pages) and left.pages == right.pages and left.volume == right.volume


def joined(version: PublishedVersion, other: PublishedVersion) -> PublishedVersion:
    """Return a version with what only another account of it knows."""
    return replace(
        version,
        volume=version.volume or other.volume,
        number=version.number or other.number,
        pages=version.pages or other.pages,
        doi=version.doi or other.doi,
        year=version.year or other.year,
        preprint=version.preprint or other.preprint,
        authors=version.authors or other.authors,
    )


def _judge(record: Record, version: PublishedVersion) -> _Judged:
    paper = Paper(
        arxiv_id=version.preprint or "",
        title=version.title,
        source=version.source,
        authors=version.authors,
        doi=version.doi,
    )
    evidence = compare(record, paper)
    linked = evidence.same_id
    verdict: Verdict
    if rival := _rival(record, version):
        near = linked or evidence.title_match in ("exact", "misspelt")
        verdict, why = ("unsure" if near else "other"), rival
    elif linked:
        verdict, why = _of_linked(evidence)
    else:
        verdict, why = _by_facts(record, version, evidence)
    return _Judged(version, verdict, why, match_score(evidence), tuple(reasons(evidence)), linked)


def _of_linked(evidence: Evidence) -> tuple[Verdict, str]:
    """Check an identifier against the title: those in .bib files are sometimes wrong."""
    if evidence.veto and evidence.veto.absolute:
        return "unsure", f"the identifier's paper has another title; {evidence.veto}"
    if fits_given_id(evidence):
        return "same", ""
    return "unsure", "the identifier's paper has another title"


def _rival(record: Record, version: PublishedVersion) -> str:
    """Say which identifier speaks against a version."""
    if record.arxiv_id and version.preprint and record.arxiv_id != version.preprint:
        return f"the publisher names another preprint, {version.preprint}"
    if record.doi and version.doi and record.doi != version.doi:
        return f"the entry has another DOI, {record.doi}"
    return ""


def _by_facts(record: Record, version: PublishedVersion, evidence: Evidence) -> tuple[Verdict, str]:
    """Judge by title, authors and year; without an identifier all three must agree.

    Another title is never enough: companion papers share their authors and most of their words.
    """
    if evidence.veto and evidence.veto.absolute:
        return "other", ""
    if evidence.authors is not None and evidence.authors < 0.5:
        near = evidence.title_match == "exact" and evidence.authors > 0
        return ("unsure" if near else "other"), "the same title by partly other authors"
    if evidence.title_match not in ("exact", "misspelt"):
        near = evidence.title >= 0.8 or evidence.title_match in ("shortened", "cut", "renamed")
        known = evidence.authors is not None and not evidence.veto and near
        return ("unsure" if known else "other"), "the title differs"
    if evidence.authors is None:
        return "unsure", "the same title, but no authors to compare"
    if record.year is None or version.year is None:
        return "unsure", "the same title, but no year to compare"
    if not _EARLIEST <= version.year - record.year <= _LATEST:
        return "unsure", "the same title, but years apart"
    if not is_match(evidence, record=record):
        return "unsure", "the same title, but other facts differ"
    return "same", ""
