"""Record → Resolution: ask the sources in order, weigh what they propose, decide on evidence.

Cheap sources come first; each next one is asked only about what is still open, in one batch, so
that a remote service sees as few requests as possible.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeGuard

from bibkit.record import Paper, Problem, Record, Resolution, Resolved, Unresolved
from bibkit.resolve.query import Answer, MetadataSource, Query, query_of
from bibkit.resolve.steps import InSteps
from bibkit.text.titles import title_key

__all__ = ["Answer", "InSteps", "MetadataSource", "Query", "complete", "resolve"]

Progress = Callable[[str, int, int], None]
"""Called with what is going on, how much is done, and of how much."""


@dataclass
class _Case:
    """All records that ask the same question; asked once, decided each for itself."""

    query: Query
    records: list[Record] = field(default_factory=list)
    papers: list[Paper] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    """Source → why it could not be asked."""
    decided: list[Resolution] = field(default_factory=list)
    strange: frozenset[str] | None = None
    """Words of the title that no source knows; None while none can tell."""

    def learn(self, strange: frozenset[str] | None) -> None:
        """Call those words strange that every source does which can tell."""
        if strange is not None:
            self.strange = strange if self.strange is None else self.strange & strange

    @property
    def is_open(self) -> bool:
        return any(isinstance(r, Unresolved) for r in self.decided) or not self.decided


def resolve(
    records: Sequence[Record],
    sources: Sequence[MetadataSource],
    *,
    on_progress: Progress | None = None,
) -> list[Resolution]:
    """Return one resolution for each record, in order.

    Args:
        records: what the listings say.
        sources: asked in this order; a later one only about what is still open.
        on_progress: called after each source.

    """
    from bibkit.resolve.decide import decide  # here: what it weighs with costs more than --help may

    cases = _cases(records)
    for source in sources:
        pending = [case for case in cases if case.is_open]
        if not pending:
            break
        answers = source.find([case.query for case in pending])
        for case, answer in zip(pending, answers, strict=True):
            case.papers += answer.papers
            if answer.error:
                case.errors[source.name] = answer.error
            case.learn(answer.strange_words)
            news = answer.papers or answer.strange_words is not None
            if news or not case.decided:
                case.decided = [
                    decide(record, case.papers, strange=case.strange) for record in case.records
                ]
        if on_progress:
            done = sum(not case.is_open for case in cases)
            on_progress(f"asked {source.name}", done, len(cases))
    return _in_order(records, cases)


def complete(
    resolutions: Sequence[Resolution],
    sources: Sequence[MetadataSource],
    *,
    settled: Collection[str] = (),
) -> tuple[list[Resolution], list[Problem]]:
    """Ask the sources by id for what a resolved paper's accounts still lack.

    Some sources know a title and an id but no authors or no date. `settled` are arXiv ids whose
    entries will not change any more, so nothing is asked about them. Returns the resolutions with
    the further accounts, and one problem for each source that could not be asked.
    """
    known = [r for r in resolutions if _is_resolved(r)]
    accounts = {r.match.paper.arxiv_id: list(r.accounts) for r in known}
    listed = {r.match.paper.arxiv_id: r.record.authors_count or 0 for r in known}
    errors: dict[str, tuple[str, int]] = {}
    for source in sources:
        thin = [
            identifier
            for identifier, papers in accounts.items()
            if identifier not in settled and is_thin(papers, listed=listed[identifier])
        ]
        if not thin:
            break
        for identifier, answer in zip(
            thin, source.find([Query(arxiv_id=i) for i in thin]), strict=True
        ):
            accounts[identifier] += [p for p in answer.papers if p.arxiv_id == identifier]
            if answer.error:
                _, count = errors.get(source.name, ("", 0))
                errors[source.name] = (answer.error, count + 1)
    completed: list[Resolution] = [
        replace(r, accounts=tuple(accounts[r.match.paper.arxiv_id])) if _is_resolved(r) else r
        for r in resolutions
    ]
    problems = [
        Problem(
            name, "incomplete", f"papers whose details could not be asked for: {count}; {error}"
        )
        for name, (error, count) in errors.items()
    ]
    return completed, problems


def is_thin(accounts: Sequence[Paper], *, listed: int = 0) -> bool:
    """Return whether no account has all authors, or none a date, or none a category.

    A list less than half as long as the listing says (`listed`) was cut by whoever copied it.
    """
    return not (
        any(p.authors and 2 * len(p.authors) >= listed for p in accounts)
        and any(p.submitted for p in accounts)
        and any(p.categories for p in accounts)
    )


def _is_resolved(resolution: Resolution) -> TypeGuard[Resolved]:
    return isinstance(resolution, Resolved)


def _cases(records: Sequence[Record]) -> list[_Case]:
    cases: dict[tuple[str, str | None, str | None], _Case] = {}
    for record in records:
        query = query_of(record)
        identity = (title_key(query.title), query.arxiv_id, query.doi)
        case = cases.setdefault(identity, _Case(query))
        case.records.append(record)
        if not case.query.abstract_sketch:  # not every page shows the abstract
            case.query = query
    return list(cases.values())


def _in_order(records: Sequence[Record], cases: list[_Case]) -> list[Resolution]:
    from bibkit.resolve.decide import decide

    found: dict[int, Resolution] = {}
    for case in cases:
        decided = case.decided or [decide(record, ()) for record in case.records]
        for record, resolution in zip(case.records, decided, strict=True):
            found[id(record)] = _finished(resolution, case)
    return [found[id(record)] for record in records]


def _finished(resolution: Resolution, case: _Case) -> Resolution:
    """Attach every account of the paper; a source that failed turns "no" into "do not know"."""
    if isinstance(resolution, Resolved):
        identifier = resolution.match.paper.arxiv_id
        same = [p for p in case.papers if p.arxiv_id == identifier]
        return replace(resolution, accounts=tuple(same))
    if case.errors and resolution.reason != "conflict":
        failed = tuple(f"{name}: {error}" for name, error in sorted(case.errors.items()))
        return replace(resolution, reason="network_error", evidence=failed + resolution.evidence)
    return resolution
