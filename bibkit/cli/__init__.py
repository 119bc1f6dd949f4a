"""The command line: parse arguments, call the pipeline, print. One file per command."""

from __future__ import annotations

import gc
import sys
from typing import Any

import click

from bibkit.cli.build import build
from bibkit.cli.catalog import catalog
from bibkit.cli.check import check
from bibkit.cli.convert import convert
from bibkit.cli.dedupe import dedupe
from bibkit.cli.explain import explain
from bibkit.cli.fmt import fmt
from bibkit.cli.git_setup import git_setup
from bibkit.cli.init import init
from bibkit.cli.merge_driver import merge_driver
from bibkit.cli.printing import problem_line
from bibkit.cli.status import status
from bibkit.cli.sync import sync
from bibkit.cli.undo import undo
from bibkit.cli.update import update
from bibkit.cli.zotero import zotero
from bibkit.errors import BibkitError

INTERRUPTED = 130
"""128 + SIGINT, as shells count."""


class Cli(click.Group):
    """A group that keeps the exit codes of the contract, and one line per error."""

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run, and turn every foreseen failure into its line and its exit code."""
        extra["standalone_mode"] = False
        gc.set_threshold(100_000)  # records by the thousand live to the end: a tenth of the time
        try:
            sys.exit(super().main(*args, **extra) or 0)
        except BibkitError as error:
            click.echo(problem_line(error), err=True)
            sys.exit(1)
        except click.ClickException as error:
            error.show()
            sys.exit(error.exit_code)
        except click.Abort:
            click.echo("interrupted: nothing is half-written; run again to finish", err=True)
            sys.exit(INTERRUPTED)
        except BrokenPipeError:  # `bibkit build - … | head`: the reader has had enough
            sys.stderr.close()
            sys.exit(0)


@click.group(cls=Cli, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="bibkit-papers", prog_name="bibkit")
def main() -> None:
    """From saved pages of papers to a clean bibliography with code links.

    \b
    bibkit build refs.bib page.txt     listings → resolved, deduplicated .bib
    bibkit catalog import FILE …       all of arXiv, searchable offline
    bibkit check refs.bib              what is wrong with a bibliography
    bibkit convert refs.bib refs.json  the same in another format
    bibkit dedupe refs.bib             which entries are one paper; merges them
    bibkit git-setup                   git merges bibliographies entry by entry
    bibkit fmt refs.bib                a tidier file, by as few changes as can be
    bibkit update refs.bib             preprints that were published meanwhile
    bibkit init, then bibkit sync      a bibliography of many hands, kept in step
    bibkit zotero push refs.bib        into a Zotero library, and `pull` out of it
    """


main.add_command(build)
main.add_command(catalog)
main.add_command(check)
main.add_command(convert)
main.add_command(dedupe)
main.add_command(explain)
main.add_command(fmt)
main.add_command(git_setup)
main.add_command(init)
main.add_command(merge_driver)
main.add_command(status)
main.add_command(sync)
main.add_command(undo)
main.add_command(update)
main.add_command(zotero)
