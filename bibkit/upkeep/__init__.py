"""A bibliography that bibkit.toml names → the same, in step with its listings and sources.

Everything is looked up first, then planned (`planning`, pure), then written at once or not at all.
Whatever the user wrote stays: the rule is `merge.three_way`'s, the policy docs/sync.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bibkit import catalog, emit, sync
from bibkit.bibfile import BibFile, is_biblatex, unified_diff
from bibkit.dedupe import dedupe
from bibkit.errors import ConfigError, OutputError
from bibkit.gathering import read_what_is_there, remote_sources
from bibkit.record import Cluster, Problem
from bibkit.report import unresolved_problems
from bibkit.resolve import MetadataSource, complete, resolve
from bibkit.sources import Web, open_source
from bibkit.sync import Target
from bibkit.upkeep.applying import carried_out
from bibkit.upkeep.looking_up import (
    accounts_of,
    merged_papers,
    preprint_records,
    with_code,
    with_publications,
)
from bibkit.upkeep.plan import Plan, plan_json, plan_lines
from bibkit.upkeep.planning import Known, PlanOptions, make_plan
from bibkit.upkeep.settling import Choice, edited_fields
from bibkit.upkeep.tracked import Tracked, papers_without_lock, tracked_entries

__all__ = [
    "Ask",
    "Choice",
    "Plan",
    "PlanOptions",
    "SyncResult",
    "plan_json",
    "plan_lines",
    "planned",
    "synced",
]

Progress = Callable[[str, int, int], None]
_TRIES = 3
"""How often a plan is made anew for a file that somebody saves meanwhile."""
_CONFLICT_BEGINS = re.compile(r"^<{7} ", re.MULTILINE)
_CONFLICT_ENDS = re.compile(r"^>{7} ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Ask:
    """What a sync may ask, and whom."""

    listings: tuple[str, ...]
    root: Path
    """The folder of bibkit.toml."""
    catalogs: tuple[Path, ...] = ()
    """Instead of the user's own."""
    offline: bool = False
    code: bool = True
    """Ask Hugging Face about papers without a code link."""
    published: bool = True
    """Ask DBLP and Crossref about preprints."""
    contact: str | None = None


@dataclass(frozen=True, slots=True)
class SyncResult:
    """What a sync did, or would do."""

    plan: Plan
    problems: tuple[Problem, ...]
    """What could not be resolved, read or asked for."""
    in_sync: bool
    """Whether neither OUT nor its lock had to change."""
    before: bytes = field(default=b"", repr=False)
    """OUT as it was."""
    after: bytes = field(default=b"", repr=False)
    """OUT as it is, or would be."""
    tracked: tuple[Tracked, ...] = field(default=(), repr=False)
    """The entries of OUT that bibkit wrote, as they were."""

    @property
    def diff(self) -> str:
        """What changes in OUT, unified."""
        return unified_diff(self.before, self.after, self.plan.out)

    @property
    def edited(self) -> tuple[Problem, ...]:
        """The fields of bibkit's entries that the user changed, a line for each entry."""
        return tuple(
            Problem(
                f"{self.plan.out}:{one.there.line}", "yours", f"{one.there.key}: {', '.join(names)}"
            )
            for one in self.tracked
            if (names := edited_fields(one))
        )

    @property
    def network_failed(self) -> bool:
        """Whether something could not be asked for: run it again."""
        return any(problem.code == "network_error" for problem in self.problems)


def synced(
    out: Path,
    ask: Ask,
    options: PlanOptions,
    *,
    dry_run: bool = False,
    on_progress: Progress | None = None,
) -> SyncResult:
    """Bring a .bib in step with its listings and sources.

    Args:
        out: the .bib; made when there is none.
        ask: the listings, and who may be asked.
        options: how entries are written, and what the user decided.
        dry_run: look everything up, and write nothing.
        on_progress: called as the work goes on.

    Raises:
        BibkitError: bad use; then nothing was written.

    """
    if emit.format_of(str(out)) != "bibtex":
        message = "only a .bib is kept in step; `bibkit build` adds to other formats"
        raise ConfigError(message, origin=str(out))
    with sync.locked(out):
        target = _target(out)
        tracked = tracked_entries(target)
        known, problems = _gathered(target, tracked, ask, options, on_progress)
        for last in (False,) * (_TRIES - 1) + (True,):
            try:
                plan, outcome = planned(target, tracked, known, options)
                if not dry_run and (outcome.data or target.data):  # no empty file where none is
                    sync.replace_both(target, outcome)
                break
            except OutputError as error:
                if error.code != "changed" or last:
                    raise
                target = _target(out)  # somebody saved it; what was looked up still holds
                tracked = tracked_entries(target)
    data = target.data or b""
    return SyncResult(
        plan=plan,
        problems=(*target.problems, *problems, *_not_restored(plan, target, options.restore)),
        in_sync=outcome.data == data and outcome.lock == target.lock,
        before=data,
        after=outcome.data,
        tracked=tracked,
    )


def result_json(result: SyncResult) -> dict[str, Any]:
    """Return what a sync did as JSON has it (docs/sync.md)."""
    problems = [{"origin": p.origin, "code": p.code, "message": p.message} for p in result.problems]
    return {**plan_json(result.plan), "in_sync": result.in_sync, "problems": problems}


def _not_restored(plan: Plan, target: Target, restore: Sequence[str]) -> Iterator[Problem]:
    """Yield a line for each key that was to come back and does not."""
    back = {entry.citation_key for entry in plan.added} | {sync.RESTORE_ALL}
    papers = {entry.eprint.id for entry in plan.added if entry.eprint}
    for key in restore:
        known = target.lock.entries.get(key)
        if key not in back and not (known and known.arxiv_id in papers):
            message = f"{key}: no listing of this run has that paper"
            yield Problem("--restore", "not-restored", message)


def _target(out: Path) -> Target:
    target = sync.read_target(out, may_be_open=True)
    text = target.file.text if isinstance(target.file, BibFile) else ""
    begin = _CONFLICT_BEGINS.search(text)
    if begin and _CONFLICT_ENDS.search(text, begin.end()):
        origin = f"{out}:{text.count(chr(10), 0, begin.start()) + 1}"
        message = "has a merge conflict: resolve it, then run again"
        raise OutputError(message, origin=origin, code="merge-conflict")
    return target


def _gathered(
    target: Target,
    tracked: Sequence[Tracked],
    ask: Ask,
    options: PlanOptions,
    on_progress: Progress | None,
) -> tuple[Known, list[Problem]]:
    """Return what the listings and sources say, and what of it could not be had."""
    with ExitStack() as stack:
        web = again = None
        if not ask.offline:
            web = stack.enter_context(Web(contact=ask.contact, on_progress=on_progress))
            again = stack.enter_context(
                Web(contact=ask.contact, on_progress=on_progress, recheck=True)
            )
        records, unread = read_what_is_there(ask.listings, web, root=ask.root, out=target.path)
        local: list[MetadataSource] = list(catalog.open_catalogs(ask.catalogs, stack))
        sources = [*local, *remote_sources(web)]
        resolutions, incomplete = complete(
            resolve(records, sources, on_progress=on_progress),
            sources,
            settled={e.arxiv_id or "" for e in target.lock.entries.values() if not e.retired},
        )
        clusters = dedupe(resolutions)
        meant = [one for one in tracked if not options.only or one.there.key in options.only]
        ids = _ids(target, clusters, meant, options.restore)
        remote = [open_source("arxiv", again)] if again else []
        accounts = accounts_of(ids, [*local, *remote])
        papers = merged_papers(clusters, accounts)
        problems = accounts.problems
        if again and ask.code:
            papers, failed = with_code(papers, again)
            problems += failed
        if again and ask.published:
            bib = target.file if isinstance(target.file, BibFile) else None
            asked = preprint_records(bib, meant, papers)
            papers, failed = with_publications(papers, asked, again, on_progress)
            problems += failed
    unasked = [replace(problem, code="network_error") for problem in incomplete]
    unresolved = unresolved_problems(resolutions, offline=ask.offline)
    return Known(tuple(clusters), papers), [*unread, *unresolved, *unasked, *problems]


def _ids(
    target: Target, clusters: Sequence[Cluster], tracked: Sequence[Tracked], restore: Sequence[str]
) -> list[str]:
    """Return the arXiv ids of all papers that may come into OUT or change there.

    New ones too: what the next run would learn of them, they get at once.
    """
    papers = sync.sort_papers(clusters, target, restore=restore)
    locked = {entry.arxiv_id for entry in target.lock.entries.values() if not entry.retired}
    new = [entry.eprint.id for entry in papers.new.values() if entry.eprint]
    known = [entry.eprint.id for entry in papers.known.values() if entry.eprint]
    own = [one.base.arxiv_id for one in tracked if one.base.arxiv_id]
    lost = papers_without_lock(target).values()
    return list(dict.fromkeys([*own, *new, *(i for i in known if i not in locked), *lost]))


def planned(
    target: Target, tracked: Sequence[Tracked], known: Known, options: PlanOptions
) -> tuple[Plan, sync.Outcome]:
    """Return the plan as far as the file allows it, and what OUT and lock become by it."""
    modern = isinstance(target.file, BibFile) and is_biblatex(target.file)
    write = emit.writer("biblatex" if modern else "bibtex")
    written = [entry for entry in target.lock.entries.values() if not entry.retired]
    abstract = not written or any("abstract" in entry.fields for entry in written)
    manner = replace(options.write, abstract=options.write.abstract and abstract)
    plan = make_plan(target, tracked, known, options)
    _check_only(plan, target, options.only)
    outcome, plan = carried_out(target, plan, write, manner)
    return plan, outcome


def _check_only(plan: Plan, target: Target, only: Sequence[str]) -> None:
    """Raise when a key that alone is meant is neither there nor new."""
    known = {entry.citation_key for entry in plan.added} | (
        target.file.keys if target.file else frozenset()
    )
    missing = next((key for key in only if key not in known), None)
    if missing is not None:
        message = "no such key, here or among the new ones"
        raise ConfigError(message, origin=f"--only {missing}")
