"""Decide a record on its candidates: resolved, or unresolved with the reason.

The rules err towards "ambiguous": a paper missing from the bibliography is reported and can be
added, a wrong one is copied into papers for years. docs/resolving.md explains them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from bibkit.record import Candidate, Paper, Reason, Record, Resolution, Resolved, Unresolved
from bibkit.resolve.evidence import Evidence, weigh
from bibkit.text.similarity import shares_name
from bibkit.text.titles import title_key

Weighed = tuple[Candidate, Evidence]


def decide(
    record: Record, papers: Iterable[Paper], *, strange: Collection[str] | None = None
) -> Resolution:
    """Return the resolution of one record, given all that the sources proposed.

    `strange` are the words of its title that no title has which the sources know (`Answer`).
    """
    weighed = _best_account_each(record, papers, strange)
    if record.arxiv_id or record.doi:
        return _decide_identified(record, weighed)
    accepted = [w for w in weighed if is_match(w[1], record=record)]
    if len(accepted) == 1 or _clearly_first(accepted):
        match = accepted[0][0]
        return Resolved(record, match, _first_other(weighed, match))
    if accepted:
        return _unresolved(record, "ambiguous", accepted, "several papers fit equally well")
    namesakes = [w for w in weighed if w[1].title_match == "exact"]
    if namesakes:
        return _unresolved(record, "ambiguous", namesakes, "the same title, not surely the paper")
    close = [w for w in weighed if w[0].score >= 0.8 and not w[1].veto]
    if close:
        return _unresolved(record, "ambiguous", close, "close, but not surely the paper")
    return _unresolved(record, "not_found", weighed, "no paper of this title")


def is_match(evidence: Evidence, *, record: Record, short_title: int = 14) -> bool:
    """Return whether the evidence proves the pair.

    `short_title` is the number of letters below which an exact title of ordinary words needs a
    second witness ("Deep Learning" has 12); chosen on titles that several arXiv records share.
    """
    against, supports = evidence.contradictions, evidence.supports
    abstract = evidence.abstract or 0.0
    if evidence.title_match == "exact":
        short = len(title_key(record.title)) < short_title and not _is_coined(record.title)
        long_title = len(title_key(record.title)) >= 2 * short_title
        if against == 0:
            return supports > 0 or not short
        return supports >= against or (against == 1 and long_title and not evidence.other_time)
    if evidence.veto:
        return not evidence.veto.absolute and abstract >= 0.6 and against == 0
    # Companion papers share half an abstract, not three quarters. 8,000 papers were left out of the
    # answers one by one: 0.4 alone led three to another paper, this rule one, by a wrong abstract
    # in the data.
    if abstract >= (0.4 if evidence.title >= 0.5 else 0.75):
        return not evidence.other_time and against <= 1
    if evidence.title_match == "misspelt":
        return against == 0
    if evidence.title_match == "renamed" and evidence.same_day:
        # a rewritten abstract, but no other, may speak against it
        unequal = evidence.counts is not None and evidence.counts[0] != evidence.counts[1]
        return not unequal and against <= (evidence.abstract is not None and abstract < 0.07)
    if against:
        return False
    named = evidence.authors is not None and evidence.authors >= 0.5
    if evidence.title_match in ("shortened", "cut"):
        # Of 1,565 main titles of 30 letters and more, 20 head another paper too: never alone.
        is_whole = len(record.title) < evidence.length
        return (named and is_whole) or abstract >= 0.2 or supports >= 2
    witnessed = abstract >= 0.2 or supports >= 3 or (named and supports >= 2)
    return evidence.title >= 0.9 and witnessed


def _is_coined(title: str) -> bool:
    """Return whether a title is a made-up name (`DINOv3`, `QLoRA`), which no two papers share."""
    return any(
        any(map(str.islower, word))
        and (any(map(str.isdigit, word)) or any(map(str.isupper, word[1:])))
        for word in title.split()
    )


def _decide_identified(record: Record, weighed: list[Weighed]) -> Resolution:
    """Check the listing's own id against its title: ids in public lists are sometimes wrong."""
    own = [w for w in weighed if w[1].same_id]
    if not own:
        title_twin = next((w for w in weighed if w[1].title_match == "exact"), None)
        if title_twin and record.arxiv_id:
            given = (
                f"the listing says {record.arxiv_id}, its title is {title_twin[0].paper.arxiv_id}"
            )
            return _unresolved(record, "conflict", [title_twin], given)
        return _unresolved(record, "not_found", weighed, "no paper of this id")
    candidate, evidence = own[0]
    if not record.title or fits_given_id(evidence) or _keeps_its_name(record, own[0]):
        return Resolved(record, candidate, _first_other(weighed, candidate))
    given = f"the listing's id is another paper: {candidate.paper.title}"
    return _unresolved(record, "conflict", own + [w for w in weighed if w not in own], given)


def fits_given_id(evidence: Evidence) -> bool:
    """Return whether a title may be that of the paper whose id stands beside it.

    Retitled papers keep their abstract or their authors; a short form keeps its words.
    """
    if evidence.title_match in ("exact", "misspelt"):
        return True
    if (evidence.abstract or 0.0) >= 0.3 or (evidence.authors or 0.0) >= 0.5:
        return True
    if evidence.veto or evidence.contradictions > evidence.supports:
        return False
    if evidence.title_match in ("shortened", "cut", "contained"):
        return True
    return evidence.title >= 0.7 or evidence.supports >= 2


def _keeps_its_name(record: Record, own: Weighed) -> bool:
    """Return whether the id's paper bears the made-up name that the listing's title begins with."""
    candidate, evidence = own
    return (
        shares_name(record.title, candidate.paper.title)
        and not (evidence.veto and evidence.veto.absolute)
        and evidence.contradictions == 0
    )


def _best_account_each(
    record: Record, papers: Iterable[Paper], strange: Collection[str] | None
) -> list[Weighed]:
    """Weigh all accounts; keep the best one of each paper, best paper first."""
    best: dict[str, Weighed] = {}
    for paper in papers:
        weighed = weigh(record, paper, strange=strange)
        known = best.get(paper.arxiv_id)
        if known is None or weighed[0].score > known[0].score:
            best[paper.arxiv_id] = weighed
    return sorted(best.values(), key=lambda w: (-w[0].score, w[0].paper.arxiv_id))


def _clearly_first(accepted: list[Weighed]) -> bool:
    """Several papers of one title: the first needs a witness that the second lacks."""
    if len(accepted) < 2:
        return False
    (_, first), (_, second) = accepted[0], accepted[1]
    lead = accepted[0][0].score - accepted[1][0].score
    proven = (first.abstract or 0.0) >= 0.4 > (second.abstract or 0.0)
    exact = first.title_match == "exact" != second.title_match
    net = (first.supports - first.contradictions) - (second.supports - second.contradictions)
    return proven or (exact and lead > 0) or net >= 2


def _first_other(weighed: list[Weighed], match: Candidate) -> Candidate | None:
    return next((c for c, _ in weighed if c.paper.arxiv_id != match.paper.arxiv_id), None)


def _unresolved(
    record: Record, reason: Reason, weighed: list[Weighed], sentence: str
) -> Unresolved:
    best = weighed[0][0] if weighed else None
    runner_up = weighed[1][0] if len(weighed) > 1 else None
    evidence = (sentence, *(best.evidence if best else ()))
    return Unresolved(record, reason, evidence, best, runner_up)
