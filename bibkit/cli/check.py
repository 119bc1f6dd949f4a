"""`bibkit check`: what is wrong with a bibliography."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bibkit.cli.printing import note, progress
from bibkit.cli.rules import chosen_rules, listed
from bibkit.settings import read_settings

if TYPE_CHECKING:
    from bibkit.check.library import Library
    from bibkit.record import Problem

PROBLEMS_FOUND = 3
NETWORK_FAILED = 4
_TEX = (".tex", ".ltx")


@click.command()
@click.argument(
    "files", nargs=-1, required=True, metavar="FILE.bib...", type=click.Path(path_type=Path)
)
@click.option(
    "--tex", "tex", multiple=True, type=click.Path(path_type=Path),
    help="A LaTeX file, or a folder of them: tell undefined and unused keys (repeatable).",
)  # fmt: skip
@click.option("--links", is_flag=True, help="Ask the network which links are dead or have moved.")
@click.option(
    "--format", "output", type=click.Choice(["text", "json", "github", "sarif"]), default="text",
    show_default=True, help="How problems are printed.",
)  # fmt: skip
@click.option(
    "--rules", default="default", metavar="RULE,...", show_default=True,
    help="The rules of `bibkit fmt` whose changes are problems; empty for none.",
)  # fmt: skip
@click.option("--ignore", default="", metavar="CODE,...", help="Codes of problems to leave out.")
@click.option("-q", "--quiet", is_flag=True, help="Print the problems only.")
def check(
    files: tuple[Path, ...],
    tex: tuple[Path, ...],
    output: str,
    rules: str,
    ignore: str,
    *,
    links: bool,
    quiet: bool,
) -> int:
    """Report every problem of bibliographies, one a line; change nothing.

    Exit code 3 when there is any, 0 when there is none, 4 when a link could not be reached.
    Several FILEs are read as one document reads them: macros and cross-references may lead from one
    to another. What \\input or \\include name in a LaTeX file is read too.

    \b
    bibkit check refs.bib
    bibkit check strings.bib refs.bib --tex paper.tex
    bibkit check refs.bib --links --format github
    bibkit check refs.bib --rules default,sort --ignore undefined-macro,months
    """
    from bibkit.check import CODES, by_place, find_problems, read_library
    from bibkit.check.formats import FORMATS

    bibs = [file for file in files if file.suffix not in _TEX]  # `--tex *.tex` in a shell
    if not bibs:
        raise click.UsageError("give at least one .bib file")
    documents = [*tex, *(file for file in files if file.suffix in _TEX)]
    ignored = frozenset(listed(ignore))
    if unknown := sorted(ignored - CODES):
        raise click.UsageError(
            f"--ignore: there is no code {unknown[0]!r}: {', '.join(sorted(CODES))}"
        )
    fmt_rules = chosen_rules(listed(rules))
    library = read_library(bibs)
    found = find_problems(library, documents, fmt_rules=fmt_rules)
    problems = [problem for problem in found if problem.code not in ignored]
    untold: list[Problem] = []
    if links:
        wrong, untold = _ask_links(library, quiet=quiet)
        wrong = [problem for problem in wrong if problem.code not in ignored]
        problems = by_place([*problems, *wrong], library)
    click.echo(FORMATS[output](problems).encode("utf-8", "replace"), nl=False)
    unreached = [problem for problem in untold if problem.code == "network_error"]
    for problem in unreached if quiet else untold:
        note(str(problem))
    if not quiet:
        entries = sum(len(file.items) for file in library.files)
        note(f"{entries} entries, {len(problems)} problems")
    if unreached:
        return NETWORK_FAILED
    return PROBLEMS_FOUND if problems else 0


def _ask_links(library: Library, *, quiet: bool) -> tuple[list[Problem], list[Problem]]:
    from bibkit.check import check_links

    config = read_settings(Path.cwd())
    with progress(quiet=quiet) as advance:
        return check_links(
            library,
            code_field=config.code_field or "code",
            contact=config.contact,
            progress=advance,
        )
