"""OUT, its lock, and what the sources say → the plan. Pure: asks nobody, writes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bibkit.bibfile import BibFile
from bibkit.emit import WriteOptions
from bibkit.record import Cluster, Entry, Resolved
from bibkit.sync import Target, sort_papers, unlocked_keys, with_keys
from bibkit.upkeep.news import may_be_news
from bibkit.upkeep.plan import EntryPlan, Plan
from bibkit.upkeep.settling import Choice, kinds_of, settle_entry
from bibkit.upkeep.tracked import Tracked, papers_without_lock
from bibkit.upkeep.wording import in_ascii, worded


@dataclass(frozen=True, slots=True)
class Known:
    """What the listings and sources say."""

    clusters: tuple[Cluster, ...] = ()
    """The papers of the listings."""
    papers: Mapping[str, Entry] = field(default_factory=dict)
    """arXiv id → the paper, of new ones and of those that bibkit wrote into OUT."""


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """What the user and bibkit.toml say about a sync."""

    write: WriteOptions = field(default_factory=WriteOptions)
    key_pattern: str = ""
    restore: tuple[str, ...] = ()
    choice: Choice = field(default_factory=Choice)
    only: tuple[str, ...] = ()


def make_plan(
    target: Target, tracked: Sequence[Tracked], known: Known, options: PlanOptions
) -> Plan:
    """Return what is to be done to OUT, in which the `tracked` entries are bibkit's."""
    papers = sort_papers(known.clusters, target, restore=options.restore)
    new = {cluster: _in_full(entry, known.papers) for cluster, entry in papers.new.items()}
    named = with_keys(new, target, pattern=options.key_pattern)
    unlocked = unlocked_keys(target) - {one.there.key for one in tracked}
    resolved = {
        cluster.id for cluster in known.clusters for m in cluster.members if isinstance(m, Resolved)
    }
    lost = papers_without_lock(target).items()
    by_key = {k: replace(known.papers[i], citation_key=k) for k, i in lost if i in known.papers}
    by_key |= {
        entry.citation_key: _in_full(entry, known.papers)
        for i, entry in papers.known.items()
        if i in resolved
    }
    settled = list(_settled(target, tracked, known.papers, by_key, options))
    plan = Plan(
        out=str(target.out),
        added=tuple(sorted(named.values(), key=lambda entry: entry.citation_key.casefold())),
        entries=tuple(settled),
        adopted=tuple(entry for key, entry in by_key.items() if key in unlocked),
        deleted=tuple(sorted(entry.citation_key for entry in papers.deleted.values())),
        unchanged=len(tracked) - sum(bool(entry.changes) for entry in settled),
    )
    return plan.only(options.only) if options.only else plan


def _in_full(entry: Entry, papers: Mapping[str, Entry]) -> Entry:
    """Return the paper with all that is known of it, under the same key."""
    found = papers.get(entry.eprint.id) if entry.eprint else None
    return replace(found, citation_key=entry.citation_key) if found else entry


def _settled(
    target: Target,
    tracked: Sequence[Tracked],
    papers: Mapping[str, Entry],
    by_key: Mapping[str, Entry],
    options: PlanOptions,
) -> Iterator[EntryPlan]:
    """Yield the entries that bibkit wrote and of which there is anything to say."""
    code_field = options.write.code_field.lower()
    pairs = []
    for one in tracked:
        entry = papers.get(one.base.arxiv_id or "")
        if entry is None and one.base.arxiv_id is None:
            entry = by_key.get(one.there.key)  # written unresolved, and resolved by now
        if entry and (options.choice.theirs or may_be_news(entry, one.base, code_field=code_field)):
            pairs.append((one, entry))
    said = worded([(entry, one.base) for one, entry in pairs], options.write)
    if isinstance(target.file, BibFile) and target.file.encoding.ascii_only:
        said = [in_ascii(there, origin=str(target.out)) for there in said]
    news = {
        one.index: settle_entry(one, entry, there, options.choice, code_field=code_field)
        for (one, entry), there in zip(pairs, said, strict=True)
    }
    for one in tracked:
        found = news.get(one.index)
        renamed = one.lock_key != one.there.key
        if not renamed and (
            found is None or not (found.changes or found.conflicts or found.locked != one.base)
        ):
            continue
        changes = found.changes if found else ()
        yield EntryPlan(
            key=one.there.key,
            index=one.index,
            origin=f"{target.out}:{one.there.line}",
            lock_key=one.lock_key,
            locked=found.locked if found else one.base,
            known_version=one.base.version,
            kinds=tuple(kinds_of(changes, code_field)),
            changes=changes,
            conflicts=found.conflicts if found else (),
        )
