"""`bibkit init`: a bibkit.toml for this folder."""

from __future__ import annotations

from pathlib import Path

import click

from bibkit.cli.printing import note


@click.command()
def init() -> None:
    """Write a commented bibkit.toml for this folder; one that is there stays as it is.

    The .bib, the folders with saved pages and the field of the code links are found out; nothing is
    asked. Look it through, then run `bibkit sync`.
    """
    from bibkit.sync import replace_file
    from bibkit.upkeep.starting import start

    begun = start(Path.cwd())
    replace_file(begun.path, begun.text.encode(), expected=None, origin=str(begun.path))
    for sentence in begun.found:
        note(sentence)
    note(f"{begun.path.name} written; look it through, then run `bibkit sync`")
