"""`bibkit merge-driver`: what git runs to merge a bibliography or its lock."""

from __future__ import annotations

from pathlib import Path

import click

from bibkit.cli.printing import note, safe
from bibkit.errors import BibkitError

CONFLICTS = 1
ABORT = 129
"""Above 128 git gives up the merge; at 1 it would take our side, unmarked, for the result."""
_PATH = click.Path(path_type=Path)


@click.command("merge-driver")
@click.argument("base", metavar="%O", type=_PATH)
@click.argument("mine", metavar="%A", type=_PATH)
@click.argument("theirs", metavar="%B", type=_PATH)
@click.argument("name", metavar="[%P]", default="")
@click.option("--marker-size", metavar="%L", type=click.IntRange(1, 1000), default=7,
              help="The length of conflict markers.")  # fmt: skip
@click.option("--ours", metavar="%X", default="ours", help="What conflict markers call %A.")
@click.option("--theirs", "other", metavar="%Y", default="theirs", help="And %B.")
def merge_driver(
    base: Path, mine: Path, theirs: Path, name: str, marker_size: int, ours: str, other: str
) -> int:
    """Merge versions of a .bib or its lock: %O is the ancestor, the result goes into %A.

    git runs this in a clone where `bibkit git-setup` was run. Exit code 0: all is merged; 1:
    there are conflicts, marked in the file and told on standard error; above 128: nothing done.
    """
    from bibkit.git.conflicts import Markers
    from bibkit.git.driver import merge_files

    markers = Markers(marker_size, _label(ours, "ours"), _label(other, "theirs"))
    try:
        done = merge_files(base, mine, theirs, name=name or mine.name, markers=markers)
    except BibkitError as error:
        note(str(error))
        return ABORT
    for problem in done.problems:
        note(str(problem))
    return 0 if done.clean else CONFLICTS


def _label(given: str, default: str) -> str:
    """Return a label in one line; a git older than 2.44 knows no %X and gives it as it is."""
    return default if given in ("", "%X", "%Y") else safe(given)
