"""The papers that bibkit wrote into OUT → what the sources say of them now.

Each is asked for by its arXiv id, which is proven; whoever cannot be asked changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bibkit.bibfile import BibFile
from bibkit.gathering import look_up_code
from bibkit.merge import merge
from bibkit.merge.published import as_published
from bibkit.record import Candidate, Cluster, Entry, Paper, Problem, Record, Resolved
from bibkit.resolve import MetadataSource, Query
from bibkit.resolve.published import PublishedAs, UnsurePublication
from bibkit.sources import Web
from bibkit.update.finding import PublicationFinder, Unreached
from bibkit.update.preprints import first_year, preprints
from bibkit.upkeep.tracked import Tracked

Progress = Callable[[str, int, int], None]


@dataclass
class Accounts:
    """What the sources say of papers, by arXiv id, and who could not be asked."""

    papers: dict[str, list[Paper]] = field(default_factory=dict)
    failures: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Source → for how many papers it failed, and why."""

    @property
    def problems(self) -> list[Problem]:
        """Return a line for each source that could not be asked."""
        return [
            Problem(name, "network_error", f"papers that could not be asked about: {count}; {why}")
            for name, (count, why) in self.failures.items()
        ]


def accounts_of(ids: Sequence[str], sources: Iterable[MetadataSource]) -> Accounts:
    """Ask every source about papers by their ids."""
    found = Accounts({identifier: [] for identifier in ids})
    if not ids:
        return found
    queries = [Query(arxiv_id=identifier) for identifier in ids]
    for source in sources:
        for identifier, answer in zip(ids, source.find(queries), strict=True):
            found.papers[identifier] += [p for p in answer.papers if p.arxiv_id == identifier]
            if answer.error:
                count, _ = found.failures.get(source.name, (0, ""))
                found.failures[source.name] = (count + 1, answer.error)
    return found


def merged_papers(clusters: Sequence[Cluster], accounts: Accounts) -> dict[str, Entry]:
    """Return each paper as the listings and sources together have it, by its arXiv id."""
    listed: dict[str, Cluster] = {}
    for cluster in clusters:
        for member in cluster.members:
            if isinstance(member, Resolved):
                listed.setdefault(member.match.paper.arxiv_id, cluster)
    merged = {}
    for identifier, papers in accounts.papers.items():
        members = listed[identifier].members if identifier in listed else ()
        if papers:
            asked = Record(identifier, arxiv_id=identifier)
            members = (*members, Resolved(asked, Candidate(papers[0], 0.0), accounts=tuple(papers)))
        entry = merge(Cluster(0, members)) if members else None
        if entry:
            merged[identifier] = entry
    return merged


def preprint_records(
    bib: BibFile | None, tracked: Sequence[Tracked], papers: Mapping[str, Entry]
) -> dict[str, Record]:
    """Return the papers that may have been published, by arXiv id, as they are to be looked up.

    Of an entry that bibkit wrote, its own word counts: the user may have named the place already.
    """
    own = {one.index: one.base.arxiv_id or "" for one in tracked}
    there = {own[p.index]: p for p in (preprints(bib) if bib else ()) if p.index in own}
    found = {i: p.record for i, p in there.items() if i in papers}
    for identifier, entry in papers.items():
        if identifier not in own.values() and entry.entry_type == "preprint":
            found[identifier] = Record(
                identifier,
                title=entry.title,
                authors=entry.authors,
                authors_count=len(entry.authors) or None,
                arxiv_id=identifier,
                doi=entry.doi,
                year=first_year(identifier),
            )
    return found


def with_publications(
    papers: Mapping[str, Entry],
    records: Mapping[str, Record],
    web: Web,
    on_progress: Progress | None,
) -> tuple[dict[str, Entry], list[Problem]]:
    """Return the papers, those that were published as their publications have them."""
    found = dict(papers)
    problems: list[Problem] = []
    finder = PublicationFinder(web)
    for done, (identifier, record) in enumerate(records.items(), start=1):
        finding = finder.find(record, papers[identifier].doi)
        if isinstance(finding, PublishedAs):
            found[identifier] = as_published(papers[identifier], finding.version)
        elif isinstance(finding, UnsurePublication):
            told = "; ".join(f"{v.title!r}, {v}" for v in finding.candidates)
            message = f"{record.title}: {finding.reason}: {told}"
            problems.append(Problem(record.origin, "unsure", message))
        elif isinstance(finding, Unreached):
            message = f"{record.title}: {finding.sentence}"
            problems.append(Problem(record.origin, "network_error", message))
        if on_progress:
            on_progress("looking up preprints", done, len(records))
    return found, problems


def with_code(
    papers: Mapping[str, Entry], web: Web | None
) -> tuple[dict[str, Entry], list[Problem]]:
    """Return the papers, those without a code link with what Hugging Face knows."""
    numbered = dict(enumerate(papers.values()))
    linked, problems = look_up_code(numbered, web)
    told = [replace(problem, code="network_error") for problem in problems]
    return dict(zip(papers, linked.values(), strict=True)), told
