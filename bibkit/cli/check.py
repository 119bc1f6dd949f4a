"""`bibkit check`: what is wrong with a bibliography."""

from __future__ import annotations

from pathlib import Path

import click

from bibkit.cli.printing import note

PROBLEMS_FOUND = 3
_TEX = (".tex", ".ltx")


@click.command()
@click.argument(
    "files", nargs=-1, required=True, metavar="FILE.bib...", type=click.Path(path_type=Path)
)
@click.option(
    "--tex", "tex", multiple=True, type=click.Path(path_type=Path),
    help="A LaTeX file, or a folder of them: tell undefined and unused keys (repeatable).",
)  # fmt: skip
@click.option(
    "--format", "output", type=click.Choice(["text", "json", "github", "sarif"]), default="text",
    show_default=True, help="How problems are printed.",
)  # fmt: skip
@click.option("-q", "--quiet", is_flag=True, help="Print the problems only.")
def check(files: tuple[Path, ...], tex: tuple[Path, ...], output: str, *, quiet: bool) -> int:
    """Report every problem of bibliographies, one a line; change nothing.

    Exit code 3 when there is any, 0 when there is none. Several FILEs are read as one document
    reads them: macros and cross-references may lead from one to another. What \\input or \\include
    name in a LaTeX file is read too.

    \b
    bibkit check refs.bib
    bibkit check strings.bib refs.bib --tex paper.tex
    bibkit check refs.bib --format github
    """
    from bibkit.check import find_problems, read_library
    from bibkit.check.formats import FORMATS

    bibs = [file for file in files if file.suffix not in _TEX]  # `--tex *.tex` in a shell
    if not bibs:
        raise click.UsageError("give at least one .bib file")
    documents = [*tex, *(file for file in files if file.suffix in _TEX)]
    library = read_library(bibs)
    problems = find_problems(library, documents)
    click.echo(FORMATS[output](problems).encode("utf-8", "replace"), nl=False)
    if not quiet:
        entries = sum(len(file.items) for file in library.files)
        note(f"{entries} entries, {len(problems)} problems")
    return PROBLEMS_FOUND if problems else 0
