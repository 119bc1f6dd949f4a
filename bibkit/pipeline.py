"""The whole story: listings in, bibliography out. Calls the stages in order; decides nothing."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bibkit import catalog, emit, sync
from bibkit.convert import read_entries
from bibkit.dedupe import dedupe
from bibkit.errors import ConfigError
from bibkit.gathering import look_up_code, read_records, remote_sources
from bibkit.listing.inputs import collect
from bibkit.merge.citekey import DEFAULT_PATTERN
from bibkit.record import Entry, Problem, Record, Resolution
from bibkit.report import Traffic, explained, report, unresolved_problems
from bibkit.resolve import InSteps, MetadataSource, complete, resolve
from bibkit.sources import Web

Progress = Callable[[str, int, int], None]
"""Called with what is going on, how much is done, and of how much."""


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build did, and why."""

    text: str
    """The new entries as written, in OUT's format."""
    added: tuple[Entry, ...]
    known: tuple[Entry, ...]
    """Papers that OUT had already, under OUT's keys."""
    deleted: tuple[Entry, ...]
    """Papers left out because the user deleted them from OUT."""
    resolutions: tuple[Resolution, ...]
    """One for each record, in input order."""
    problems: tuple[Problem, ...]
    report: Mapping[str, Any]
    """The contents of `--report` (docs/formats.md)."""


def build(
    out: str | Path,
    listings: Sequence[str],
    *,
    from_format: str | None = None,
    to_format: str | None = None,
    catalogs: Sequence[Path] = (),
    offline: bool = False,
    page_date: dt.date | None = None,
    keep_unresolved: bool = False,
    code_lookup: bool = True,
    key_pattern: str = DEFAULT_PATTERN,
    restore: Sequence[str] = (),
    contact: str | None = None,
    write_options: emit.WriteOptions = emit.WriteOptions(),  # noqa: B008 - frozen
    on_progress: Progress | None = None,
) -> BuildResult:
    """Make or extend the bibliography `out` from listings.

    Args:
        out: a file whose suffix `emit.SUFFIXES` has, or "-" to get the text only.
        listings: files, folders, globs, addresses, arXiv ids, DOIs.
        from_format: format of the listings; recognised when None.
        to_format: a name in `emit.WRITERS`; by the suffix of `out` when None.
        catalogs: catalogues to ask instead of the user's own; the starter is always asked.
        offline: use no network.
        page_date: the day the pages were saved; inferred when None.
        keep_unresolved: write unresolved papers too, marked as such.
        code_lookup: ask Hugging Face for code links that no listing gives.
        key_pattern: of new citation keys.
        restore: keys of deleted entries to bring back, or "all".
        contact: mail address for the User-Agent.
        write_options: field names and styles of the output.
        on_progress: called as the work goes on.

    Raises:
        BibkitError: bad use; then nothing was written.

    >>> import tempfile
    >>> out = Path(tempfile.mkdtemp()) / "refs.bib"
    >>> build(out, ["examples/daily-papers.txt"], offline=True).report["summary"]["papers"]
    11
    """
    started = time.monotonic()
    to_format = emit.format_of(str(out), to_format)
    write_options.check_format(to_format)
    emit.check_style(write_options)
    with ExitStack() as stack:
        target = stack.enter_context(_target(str(out), to_format))
        web = None
        if not offline:
            web = stack.enter_context(Web(contact=contact, on_progress=on_progress))
        own = target.path if target else None
        records, unread = read_records(
            listings, web, from_format=from_format, page_date=page_date, out=own
        )
        local: Iterable[MetadataSource] = catalog.open_catalogs(catalogs, stack)
        if on_progress:
            local = (InSteps(source, on_progress) for source in local)
        sources = [*local, *remote_sources(web)]
        resolutions, incomplete = complete(
            resolve(records, sources, on_progress=on_progress),
            sources,
            settled=target.papers.by_arxiv if target else (),
        )
        clusters = dedupe(resolutions)
        papers = sync.sort_papers(
            clusters, target, restore=restore, keep_unresolved=keep_unresolved
        )
        linked, unasked = look_up_code(papers.new, web if code_lookup else None)
        named = sync.with_keys(linked, target, pattern=key_pattern)
        added = sorted(named.values(), key=lambda entry: entry.citation_key.casefold())
        write_options = replace(write_options, first_number=_listed(target) + 1)
        added = emit.in_style_order(added, write_options)
        write = emit.writer(to_format)
        text = write(added, options=write_options)
        if target:
            unlocked = sync.unlocked_keys(target)
            adopted = [e for e in papers.known.values() if e.citation_key in unlocked]
            sync.write_target(
                target,
                sync.Written(tuple(added), text),
                sync.Written(tuple(adopted), write(adopted, options=write_options)),
            )
        traffic = Traffic(
            http_requests=web.http_requests if web else 0,
            cache_hits=web.cache_hits if web else 0,
            seconds=round(time.monotonic() - started, 3),
        )
    return BuildResult(
        text=text,
        added=tuple(added),
        known=tuple(papers.known.values()),
        deleted=tuple(papers.deleted.values()),
        resolutions=tuple(resolutions),
        problems=(
            *(target.problems if target else ()),
            *unread,
            *unresolved_problems(resolutions, offline=offline),
            *incomplete,
            *unasked,
            *_to_fill_in(str(out), [*incomplete, *unasked]),
            *_incomplete_entries(added),
            *emit.losses(added, to_format),
            *_not_restored(restore, added),
        ),
        report=report(
            resolutions,
            clusters,
            {**papers.known, **named},
            version=version("bibkit-papers"),
            traffic=traffic,
        ),
    )


@dataclass(frozen=True, slots=True)
class ConvertResult:
    """What was converted, and what could not be."""

    text: str
    """The bibliography as written."""
    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...]
    """Everything that the new file does not say and the old one did."""


def convert(
    source: str,
    out: str | Path,
    *,
    from_format: str | None = None,
    to_format: str | None = None,
    replacing: bool = False,
    write_options: emit.WriteOptions = emit.WriteOptions(),  # noqa: B008 - frozen
) -> ConvertResult:
    """Write a bibliography in another format; no network, nothing merged, the order kept.

    Args:
        source: a file, or "-" for standard input.
        out: a file whose suffix `emit.SUFFIXES` has, or "-" to get the text only.
        from_format: format of the source; recognised when None.
        to_format: a name in `emit.WRITERS`; by the suffix of `out` when None.
        replacing: take the place of a file that is there.
        write_options: field names and styles of the output.

    Raises:
        BibkitError: bad use; then nothing was written.

    """
    to_format = emit.format_of(str(out), to_format)
    write_options.check_format(to_format)
    emit.check_style(write_options)
    pages = list(collect([source]))
    if len(pages) != 1:
        raise ConfigError(f"names {len(pages)} files; convert one at a time", origin=source)
    found = read_entries(
        pages[0].data,
        origin=pages[0].origin,
        format=from_format,
        code_field=write_options.code_field,
    )
    entries = emit.in_style_order(found.entries, write_options)
    text = emit.writer(to_format)(entries, options=write_options)
    if str(out) != "-":
        sync.write_fresh(Path(out), text, replacing=replacing)
    unheld = emit.not_held(entries, to_format, style=write_options.style)
    problems = (*found.problems, *unheld, *emit.losses(entries, to_format))
    return ConvertResult(text, tuple(entries), problems)


def explain_title(title: str, *, catalogs: Sequence[Path] = (), offline: bool) -> list[str]:
    """Return in words what a bare title resolves to, and why."""
    with ExitStack() as stack:
        web = None if offline else stack.enter_context(Web())
        sources = [*catalog.open_catalogs(catalogs, stack), *remote_sources(web)]
        return explained(resolve([Record("title", title)], sources)[0])


def update_catalog(
    path: Path | None = None,
    *,
    start: dt.date | None = None,
    contact: str | None = None,
    on_progress: Progress | None = None,
) -> catalog.UpdateReport:
    """Bring a catalogue up to date with arXiv, from its last update or its newest paper on.

    Args:
        path: the user's own catalogue when None.
        start: ask for what changed from this day on instead.
        contact: mail address for the User-Agent.
        on_progress: called as the work goes on.

    Raises:
        BibkitError: arXiv failed, or bad use. What came before is kept, and the next run goes on.

    """
    from bibkit.sources.arxiv_oai import BOUNDS, ArxivOai

    with Web(contact=contact, bounds=BOUNDS) as web:
        return catalog.update(
            path or catalog.default_path(),
            ArxivOai(web).fetch,
            start=start,
            progress=on_progress,
        )


@contextmanager
def _target(out: str, to_format: str) -> Iterator[sync.Target | None]:
    """Hold OUT from before it is read until it is written; standard output needs no holding."""
    if out == "-":
        yield None
        return
    if to_format not in sync.READERS:
        message = f"{to_format} cannot be added to; build to - or a .bib, and convert that"
        raise ConfigError(message, origin=out)
    with sync.locked(Path(out)):
        yield sync.read_target(Path(out), format=to_format)


def _listed(target: sync.Target | None) -> int:
    """Return how many entries stand in OUT: a style that numbers goes on from there."""
    return sum(bool(entry.key) for entry in target.file.entries) if target and target.file else 0


def _incomplete_entries(entries: Sequence[Entry]) -> list[Problem]:
    return [
        Problem(entry.citation_key, "no-authors", "no source that was asked knows the authors")
        for entry in entries
        if not entry.authors
    ]


def _not_restored(restore: Sequence[str], added: Sequence[Entry]) -> list[Problem]:
    back = {entry.citation_key for entry in added} | {sync.RESTORE_ALL}
    return [
        Problem("--restore", "not-restored", f"{key}: no listing of this run has that paper")
        for key in restore
        if key not in back
    ]


def _to_fill_in(out: str, unasked: Sequence[Problem]) -> list[Problem]:
    """Say what a person can do about details that no service could be asked for."""
    message = "to fill in what could not be asked for, move it away and build again; keys stay"
    return [Problem(out, "unfinished", message)] if unasked and out != "-" else []
