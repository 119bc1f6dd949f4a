"""`bibkit update`: preprints that were published meanwhile."""

from __future__ import annotations

from pathlib import Path

import click

from bibkit.cli.build import catalogs_from_environment
from bibkit.cli.printing import note, print_diff, progress
from bibkit.settings import read_settings

NETWORK_FAILED = 4


@click.command()
@click.argument("file", metavar="FILE.bib", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Print what would change as a diff; write nothing.")
@click.option(
    "--catalog", "catalogs", multiple=True, type=click.Path(path_type=Path),
    help="A catalogue that may have the publisher's DOI (repeatable; env BIBKIT_CATALOG).",
)  # fmt: skip
@click.option("-q", "--quiet", is_flag=True, help="Print the problems only.")
def update(file: Path, catalogs: tuple[Path, ...], *, dry_run: bool, quiet: bool) -> int:
    """Turn preprints that were published into articles and conference papers.

    DBLP and Crossref are asked about each arXiv preprint in FILE. One that is surely published gets
    its type, journal or proceedings, volume, pages, year and DOI, and keeps its citation key, its
    eprint and whatever else you wrote; every other byte of FILE stays. Doubtful ones are reported.

    \b
    bibkit update refs.bib --dry-run
    bibkit update refs.bib
    """
    from bibkit.update import update_file

    config = read_settings(Path.cwd())
    with progress(quiet=quiet) as advance:
        result = update_file(
            file,
            dry_run=dry_run,
            catalogs=catalogs or catalogs_from_environment(),
            contact=config.contact,
            on_progress=advance,
        )
    if dry_run and result.diff:
        print_diff(result.diff)
    for line in () if quiet else result.published:
        note(str(line))
    for problem in result.problems:
        note(str(problem))
    if not quiet:
        would = "would be changed" if dry_run else "changed"
        note(f"{result.preprints} preprints, {len(result.published)} {would}")
    return NETWORK_FAILED if result.network_failed else 0
