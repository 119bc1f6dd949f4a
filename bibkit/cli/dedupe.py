"""`bibkit dedupe`: which entries are one paper, and one entry of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bibkit.cli.dedupe_clusters import (
    check_clusters,
    chosen_engine,
    find_with,
    tell_large,
    warn_of_many,
    write_clusters,
)
from bibkit.cli.printing import note, safe

if TYPE_CHECKING:
    from bibkit.reconcile import Applied, Comparison, Found, Paper

DUPLICATES_FOUND = 3
_PATH = click.Path(path_type=Path)


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="FILE...")
@click.option("--plan", type=_PATH, help="Write a plan to edit; with --apply: carry it out.")
@click.option("--apply", "applied", is_flag=True, help="Merge the duplicates in .bib files.")
@click.option("--dry-run", is_flag=True, help="With --apply: show the changes, write nothing.")
@click.option(
    "--rewrite-tex", "tex", multiple=True, metavar="GLOB",
    help="With --apply: LaTeX files whose \\cite keys are brought up to date (repeatable).",
)  # fmt: skip
@click.option("--key-map", type=_PATH, help="With --apply: write old → new citation keys (JSON).")
@click.option("--across", is_flag=True, help="Tell what the second file has that the first lacks.")
@click.option("--check", is_flag=True, help="Exit 3 when there are duplicates.")
@click.option(
    "--engine", type=click.Choice(["auto", "memory", "duckdb", "spark"]), default="auto",
    help="What compares: above 100,000 rows of tables DuckDB, if installed.",
)  # fmt: skip
@click.option(
    "--spark-conf", "settings", multiple=True, metavar="NAME=VALUE",
    help="With --engine spark: spark.master and the like; else spark-defaults.conf (repeatable).",
)  # fmt: skip
@click.option(
    "--clusters", metavar="OUT",
    help="Write every record with its cluster and why (.jsonl, .parquet, - as JSON lines).",
)  # fmt: skip
@click.option("-q", "--quiet", is_flag=True, help="Print no summary.")
def dedupe(
    names: tuple[str, ...],
    plan: Path | None,
    tex: tuple[str, ...],
    key_map: Path | None,
    engine: str,
    settings: tuple[str, ...],
    clusters: str | None,
    *,
    applied: bool,
    dry_run: bool,
    across: bool,
    check: bool,
    quiet: bool,
) -> int:
    """Tell which entries are one paper, within and across FILEs, and why.

    A FILE is a .bib, CSL-JSON, RIS, CSV or any other list of papers, a table (JSON lines, Parquet)
    or a catalogue. Nothing is changed without --apply; then duplicates in .bib files become one
    entry each, and the other keys stay alive.

    \b
    bibkit dedupe refs.bib
    bibkit dedupe refs.bib --plan plan.txt
    bibkit dedupe refs.bib --plan plan.txt --apply --rewrite-tex 'paper/*.tex' --dry-run
    bibkit dedupe --across mine.bib theirs.bib
    bibkit dedupe all.parquet --engine duckdb --clusters clusters.parquet
    """
    if not applied and (dry_run or tex or key_map):
        raise click.UsageError("--dry-run, --rewrite-tex and --key-map go with --apply")
    if settings and engine != "spark":
        raise click.UsageError("--spark-conf goes with --engine spark")
    if applied and check:
        raise click.UsageError("--check changes nothing, --apply does")
    if across and (applied or plan or check or len(names) != 2):
        raise click.UsageError("--across takes two files, and neither --plan, --apply nor --check")
    from bibkit import reconcile

    files = tuple(map(Path, names))
    editing = bool(across or applied or plan)
    if editing and (clusters or engine not in ("auto", "memory")):
        raise click.UsageError("--plan, --apply and --across work in memory, without --clusters")
    check_clusters(clusters, files)
    engine = "memory" if editing else chosen_engine(engine, files, listed=clusters is None)
    if engine != "memory":
        opened = find_with(engine, names, settings)
        duplicates = tell_large(opened, clusters, quiet=quiet)
        return DUPLICATES_FOUND if check and duplicates else 0
    if across:
        return _tell_comparison(reconcile.compare_files(files), files, quiet=quiet)
    if applied:
        documents = _documents(tex)
        done = reconcile.apply_duplicates(
            files, plan=plan, tex=documents, key_map=key_map, dry_run=dry_run
        )
        return _tell_applied(done, dry_run=dry_run, quiet=quiet)
    found = reconcile.write_plan(files, plan) if plan else reconcile.find_in_files(files)
    warn_of_many(len(found.shelf.papers))
    if clusters:
        write_clusters(found, clusters)
    _tell_found(found, plan, quiet=quiet, listed=clusters is None)
    return DUPLICATES_FOUND if check and found.outcome.clusters else 0


def _documents(patterns: Sequence[str]) -> list[Path]:
    """Return the LaTeX files that patterns name; a pattern that names none is an error."""
    import glob

    documents: list[Path] = []
    for pattern in patterns:
        if Path(pattern).is_file():
            documents.append(Path(pattern))
            continue
        names = sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207 - the user's own pattern may be absolute
        found = [Path(name) for name in names if Path(name).is_file()]
        if not found:
            raise click.UsageError(f"--rewrite-tex: no such file: {pattern}")
        documents += found
    return documents


def _print(line: str) -> None:
    click.echo(safe(line).encode("utf-8", "replace"))


def _entry(paper: Paper) -> str:
    return f"{paper.origin}: {paper.label}: {paper.record.title or '(no title)'}"


def _tell_found(found: Found, plan: Path | None, *, quiet: bool, listed: bool) -> None:
    for line in _clusters(found) if listed else ():
        _print(line)
    for (i, j), match in found.outcome.unsure.items() if listed else ():
        _print(f"unsure: {'; '.join(match.evidence)}")
        _print(f"  {_entry(found.shelf.papers[i])}")
        _print(f"  {_entry(found.shelf.papers[j])}")
    for problem in found.problems:
        note(str(problem))
    if not quiet:
        note(_summary(found))
        if plan:
            note(f"{plan}: edit its decisions, then run again with --apply")


def _clusters(found: Found) -> Iterator[str]:
    papers = found.shelf.papers
    reasons: dict[int, list[str]] = {}
    place = {number: cluster for cluster in found.outcome.clusters for number in cluster}
    for (i, j), match in found.outcome.joined.items():
        reason = f"{papers[j].label} = {papers[i].label}: {'; '.join(match.evidence)}"
        reasons.setdefault(place[i][0], []).append(reason)
    for cluster in found.outcome.clusters:
        yield f"one paper, {len(cluster)} entries:"
        for number in cluster:
            yield f"  {_entry(papers[number])}"
        for reason in reasons.get(cluster[0], ()):
            yield f"  because {reason}"


def _summary(found: Found) -> str:
    clusters = found.outcome.clusters
    extra = sum(len(cluster) for cluster in clusters) - len(clusters)
    return (
        f"{len(found.shelf.papers)} entries, {len(clusters)} papers stand more than once "
        f"({extra} entries too many), {len(found.outcome.unsure)} pairs unsure"
    )


def _tell_applied(done: Applied, *, dry_run: bool, quiet: bool) -> int:
    from bibkit.reconcile import unified_diff

    for merge in done.merging.merges:
        gone = ", ".join(f"{paper.label} ({paper.origin})" for paper in merge.gone)
        _print(f"{merge.survivor.origin}: {merge.survivor.label}: takes in {gone}")
        for loss in merge.lost:
            _print(f"  not kept: {loss}")
    for old, new in done.merging.key_map.items():
        _print(f"key: {old} → {new}")
    if dry_run:
        for line in unified_diff(done.writes):
            _print(line)
    for problem in done.found.problems:
        note(str(problem))
    if not quiet:
        merged = sum(len(merge.gone) for merge in done.merging.merges)
        files = ", ".join(dict.fromkeys(write.origin for write in done.writes)) or "nothing"
        note(f"{merged} entries merged; {'would write' if dry_run else 'written'}: {files}")
    return 0


def _tell_comparison(told: Comparison, files: Sequence[Path], *, quiet: bool) -> int:
    for paper in told.lacking:
        _print(f"lacking: {_entry(paper)}")
    for first, second in told.both:
        if first.label != second.label:
            _print(f"other key: {_entry(second)}")
            _print(f"  is {first.label} ({first.origin})")
    for first, second, match in told.unsure:
        _print(f"unsure: {'; '.join(match.evidence)}")
        _print(f"  {_entry(first)}")
        _print(f"  {_entry(second)}")
    for problem in told.problems:
        note(str(problem))
    if not quiet:
        note(
            f"{files[0]} lacks {len(told.lacking)} papers of {files[1]}; both have "
            f"{len(told.both)}; {len(told.unsure)} pairs unsure"
        )
    return 0
