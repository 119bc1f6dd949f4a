"""`bibkit convert`: a bibliography in another format."""

from __future__ import annotations

from typing import Any

import click

from bibkit.cli.printing import note


@click.command()
@click.argument("source", metavar="IN")
@click.argument("out")
@click.option("--from", "from_format", metavar="FORMAT", help="Format of IN (else recognised).")
@click.option(
    "--to", "to_format", metavar="FORMAT",
    help="bibtex, biblatex, csl-json, ris, zotero-rdf, markdown, html or arxiv-ids "
    "(else OUT's suffix).",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Replace OUT if it is there.")
@click.option("--no-abstract", is_flag=True, help="Leave abstracts out.")
@click.option(
    "--code-field", metavar="NAME", default="code", show_default=True,
    help="Field of the code link.",
)  # fmt: skip
@click.option(
    "--style",
    metavar="NAME|FILE.csl",
    help="Citation style of Markdown and HTML: plain, unsrt, alpha (pybtex) or any CSL style.",
)
@click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
def convert(source: str, out: str, **options: Any) -> int:
    """Write the bibliography IN as OUT, in another format.

    IN is a .bib, CSL-JSON, RIS or Zotero RDF file, any other listing, or `-` for standard input.
    Citation keys and order stay, nothing is looked up or merged. What OUT cannot hold is told, one
    line for each entry.

    \b
    bibkit convert refs.bib refs.json
    bibkit convert library.rdf - --to biblatex
    bibkit convert refs.bib refs.html --style apa
    """
    from bibkit.emit import WriteOptions
    from bibkit.pipeline import convert as convert_bibliography

    result = convert_bibliography(
        source,
        out,
        from_format=options["from_format"],
        to_format=options["to_format"],
        replacing=options["force"],
        write_options=WriteOptions(
            code_field=options["code_field"],
            abstract=not options["no_abstract"],
            style=options["style"],
        ),
    )
    if out == "-":
        click.echo(result.text.encode(), nl=False)  # UTF-8 whatever the terminal is
    if not options["quiet"]:
        for problem in result.problems:
            note(str(problem))
        note(f"{out}: {len(result.entries)} entries, {len(result.problems)} problems")
    return 0
