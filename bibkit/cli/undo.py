"""`bibkit undo`: the bibliography as it was before bibkit last wrote it."""

from __future__ import annotations

from pathlib import Path

import click

from bibkit.cli.printing import note
from bibkit.cli.sync import shown
from bibkit.settings import read_settings


@click.command()
@click.argument("out", metavar="[FILE.bib]", required=False, type=click.Path(path_type=Path))
def undo(out: Path | None) -> None:
    """Put the bibliography and its lock back to what they were before the last sync or build.

    Refused when either was changed since. Only the last state is kept, on this machine.

    \b
    bibkit undo
    """
    from bibkit.sync import put_back

    configured = read_settings(Path.cwd()).output
    target = out or (shown(configured) if configured else None)
    if target is None:
        raise click.UsageError("give FILE.bib, or name the bibliography in bibkit.toml")
    for name in put_back(target):
        note(f"{name}: as it was before")
