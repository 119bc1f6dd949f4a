"""`bibkit explain`: why an entry is what it is, or what a title would resolve to."""

from __future__ import annotations

from pathlib import Path

import click

from bibkit.cli.build import catalogs_from_environment
from bibkit.cli.printing import safe
from bibkit.settings import read_settings


@click.command()
@click.argument("name", metavar="KEY|TITLE")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="The bibliography that has KEY.  [default: the one in bibkit.toml]",
)
@click.option(
    "--catalog",
    "catalogs",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A catalogue to look a TITLE up in (repeatable; env BIBKIT_CATALOG).",
)
@click.option("--offline", is_flag=True, help="Look a TITLE up without the network.")
def explain(name: str, out: Path | None, catalogs: tuple[Path, ...], *, offline: bool) -> None:
    """Print why an entry is what it is: evidence, score, runner-up, where each field came from.

    A TITLE (anything with a blank in it) is looked up now, as `bibkit build` would.

    \b
    bibkit explain liu2024autotimes --out refs.bib
    bibkit explain "Segment Anything" --offline
    """
    if any(map(str.isspace, name)):
        from bibkit.pipeline import explain_title

        paths = catalogs or catalogs_from_environment()
        lines: list[str] | None = explain_title(name, catalogs=paths, offline=offline)
    else:
        from bibkit.sync import explain_entry

        configured = read_settings(Path.cwd()).output
        target = out or (Path(configured) if configured else None)
        if target is None:
            raise click.UsageError("give --out, or name the bibliography in bibkit.toml")
        lines = explain_entry(target, name)
    if lines is None:
        raise click.UsageError(f"bibkit wrote no entry {safe(name)} into {target}")
    for line in lines:
        click.echo(safe(line).encode() + b"\n", nl=False)
