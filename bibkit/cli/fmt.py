"""`bibkit fmt`: a bibliography, tidier."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bibkit.cli.printing import note, print_diff
from bibkit.cli.rules import chosen_rules, listed

if TYPE_CHECKING:
    from bibkit.fmt import FormattedFile

WOULD_CHANGE = 3
_STANDARD_INPUT = Path("-")


@click.command()
@click.argument(
    "files", nargs=-1, required=True, metavar="FILE.bib...", type=click.Path(path_type=Path)
)
@click.option("--check", is_flag=True, help="Write nothing; exit 3 when a file would change.")
@click.option("--diff", is_flag=True, help="Write nothing; print what would change as a diff.")
@click.option(
    "--rules", default="default", metavar="RULE,...", show_default=True,
    help="The rules to apply; `default` and `all` stand for several.",
)  # fmt: skip
@click.option("--ignore", default="", metavar="RULE,...", help="Rules to leave out.")
@click.option(
    "--biblatex", is_flag=True, help="Also write BibTeX's types and fields as biblatex's."
)
@click.option("--bibtex", is_flag=True, help="Also write biblatex's types and fields as BibTeX's.")
@click.option("-q", "--quiet", is_flag=True, help="Print problems only.")
def fmt(
    files: tuple[Path, ...],
    rules: str,
    ignore: str,
    *,
    check: bool,
    diff: bool,
    biblatex: bool,
    bibtex: bool,
    quiet: bool,
) -> int:
    """Tidy bibliographies in place; what no rule is about stays byte for byte.

    FILE `-` is standard input, tidied to standard output. Broken entries are left and reported.

    \b
    Rules that run by default, and change no meaning:
      empty-fields    note = {}           →  (removed)
      months          {January}           →  jan
      page-dashes     {12-34}             →  {12--34}
      doi             {https://doi.org/…} →  {10.…}
      escape          {AT&T}              →  {AT\\&T}
    Rules to ask for:
      arxiv           eprint, eprinttype, archiveprefix, primaryclass
      capitals        {The BERT of GPT-4} →  {The {BERT} of {GPT-4}}
      names           {Jane van Doe}      →  {van Doe, Jane}
      braces          "…"                 →  {…}
      title-braces    {{Whole Title}}     →  {Whole Title}   (not in `all`)
      lower-case, field-order, indent, align, trailing-comma, sort

    \b
    bibkit fmt refs.bib --diff
    bibkit fmt refs.bib --rules default,names,sort
    bibkit fmt *.bib --check --rules all --ignore align
    bibkit fmt old.bib --biblatex
    """
    if biblatex and bibtex:
        raise click.UsageError("--biblatex or --bibtex, not both")
    if _STANDARD_INPUT in files and len(files) > 1:
        raise click.UsageError("- is the only FILE")
    from bibkit.fmt import format_files, format_stream

    flavours = [name for name, on in (("biblatex", biblatex), ("bibtex", bibtex)) if on]
    chosen = chosen_rules([*listed(rules), *flavours], listed(ignore))
    dry = check or diff
    if _STANDARD_INPUT in files:
        found = [format_stream(sys.stdin.buffer.read(), chosen)]
        if not dry:
            click.echo(found[0].result.data, nl=False)
    else:
        found = format_files(files, chosen, write=not dry, whether_only=check and not diff)
    _tell(found, dry=dry, diff=diff, quiet=quiet)
    return WOULD_CHANGE if check and any(one.result.changed for one in found) else 0


def _tell(found: Sequence[FormattedFile], *, dry: bool, diff: bool, quiet: bool) -> None:
    from bibkit.bibfile import unified_diff

    for one in found:
        for problem in one.result.problems:
            note(str(problem))
        if diff and one.result.changed:
            print_diff(unified_diff(one.result.bib.data, one.result.data, str(one.path)))
        if one.result.changed and not quiet:
            note(f"{'would reformat' if dry else 'reformatted'} {one.path}")
    if not quiet:
        changed = sum(one.result.changed for one in found)
        would = "would be reformatted" if dry else "reformatted"
        note(f"{changed} of {len(found)} files {would}")
