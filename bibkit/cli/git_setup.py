"""`bibkit git-setup`: let git merge bibliographies with bibkit."""

from __future__ import annotations

from pathlib import Path

import click

from bibkit.cli.printing import note


@click.command("git-setup")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but what is wrong.")
def git_setup(*, quiet: bool) -> int:
    """Let git merge .bib files and their locks entry by entry, field by field.

    Adds two lines to .gitattributes (commit it) and tells this clone which program merges. Every
    clone has to be told once; where it was not, git merges as plain text. Doing it again changes
    nothing.
    """
    from bibkit.git.setup import set_up

    done = set_up(Path.cwd())
    for line in done.left:
        note(line)
    if quiet:
        return 0
    for line in done.done or ("nothing to do: set up already",):
        note(line)
    if any(line.startswith(".gitattributes") for line in done.done):
        note("commit .gitattributes, and run `bibkit git-setup` once in every other clone")
    return 0
