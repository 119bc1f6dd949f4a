"""`bibkit catalog`: the local arXiv metadata catalogue."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from bibkit.cli.printing import note, progress, safe
from bibkit.settings import read_settings

_catalog_option = click.option(
    "--catalog",
    "catalog_path",
    type=click.Path(path_type=Path),
    help="Another catalogue than the default one.",
)


@click.group()
def catalog() -> None:
    """Keep and search the local catalogue of arXiv metadata."""


@catalog.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@_catalog_option
@click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
def import_(files: tuple[Path, ...], catalog_path: Path | None, *, quiet: bool) -> None:
    """Add arXiv snapshot lines (.jsonl, .json, .gz, .zip) to the catalogue.

    \b
    bibkit catalog import arxiv-metadata-oai-snapshot.json.zip
    """
    from bibkit.catalog import default_path, import_snapshot

    target = catalog_path or default_path()
    with progress(quiet=quiet) as advance:
        result = import_snapshot(
            files,
            target,
            progress=(lambda done, total: advance("importing", done, total or 0))
            if advance
            else None,
        )
    for problem in result.problems:
        note(str(problem))
    if not quiet:
        note(
            f"{target}: {result.added:,} added, {result.updated:,} updated, "
            f"{result.unchanged:,} unchanged, {result.skipped:,} lines skipped"
        )


@catalog.command("import-links")
@click.argument("file", type=click.Path(path_type=Path))
@_catalog_option
def import_links(file: Path, catalog_path: Path | None) -> None:
    """Add code repositories from the archived Papers with Code dump (.json or .json.gz).

    Only repositories that the authors call their own are taken, for papers that the catalogue has.

    \b
    bibkit catalog import-links links-between-papers-and-code.json.gz
    """
    from bibkit.catalog import default_path
    from bibkit.catalog.linking import import_links as add_links

    result = add_links(file, catalog_path or default_path())
    note(
        f"{file}: papers that got a code link: {result.added:,}, had it: {result.unchanged:,}, "
        f"not in the catalogue: {result.absent:,}; rows left out: {result.left_out:,}"
    )


@catalog.command()
@_catalog_option
@click.option(
    "--from", "start", metavar="YYYY-MM-DD", type=click.DateTime(["%Y-%m-%d"]),
    help="Ask for what changed since this day, not since the last update.",
)  # fmt: skip
@click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
def update(catalog_path: Path | None, start: dt.datetime | None, *, quiet: bool) -> None:
    """Bring the catalogue up to date with arXiv (OAI-PMH).

    The first update begins with the day of the newest paper. One that was interrupted goes on where
    it was when the command is run again.

    \b
    bibkit catalog update
    bibkit catalog update --catalog mine.sqlite --from 2026-01-01
    """
    from bibkit.pipeline import update_catalog

    with progress(quiet=quiet) as advance:
        result = update_catalog(
            catalog_path,
            start=start.date() if start else None,
            contact=read_settings(Path.cwd()).contact,
            on_progress=advance,
        )
    for problem in result.problems:
        note(str(problem))
    if not quiet:
        note(
            f"changes from {result.since} to {result.until}: {result.added:,} added, "
            f"{result.updated:,} updated, {result.unchanged:,} unchanged, "
            f"{result.withdrawn:,} withdrawn, {result.skipped:,} skipped"
        )


@catalog.command()
@_catalog_option
def info(catalog_path: Path | None) -> None:
    """Print what the catalogue holds, and what the starter catalogue holds."""
    from bibkit.catalog import default_path, open_catalog, open_starter

    path = catalog_path or default_path()
    if catalog_path or path.exists():
        with open_catalog(path) as opened:
            click.echo(safe(f"{path}: {opened.info()}"))
    else:
        click.echo(safe(f"{path}: none yet (make one with `bibkit catalog import FILE`)"))
    with open_starter() as starter:
        click.echo(safe(f"starter: {starter.info()}"))


@catalog.command()
@click.argument("title")
@_catalog_option
@click.option(
    "--limit", type=click.IntRange(1, 100), default=10, show_default=True, help="How many to print."
)
def search(title: str, catalog_path: Path | None, limit: int) -> None:
    """Print the papers whose titles are nearest to TITLE: score, arXiv id, title."""
    from bibkit.catalog import default_path, open_catalog, open_starter

    path = catalog_path or default_path()
    with open_catalog(path) if catalog_path or path.exists() else open_starter() as opened:
        for candidate in opened.search(title, limit=limit):
            paper = candidate.paper
            click.echo(safe(f"{candidate.score:.2f}  {paper.arxiv_id:<16}  {paper.title}"))
