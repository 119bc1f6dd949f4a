"""`bibkit build`: listings → resolved, deduplicated, clean bibliography."""

from __future__ import annotations

import datetime as dt
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bibkit.cli.printing import note, progress
from bibkit.settings import read_settings

if TYPE_CHECKING:
    from bibkit.pipeline import BuildResult

STRICT_FAILED = 3
NETWORK_FAILED = 4


def _page_date(_: click.Context, __: click.Parameter, value: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value) if value else None
    except ValueError as error:
        raise click.BadParameter("expected YYYY-MM-DD") from error


@click.command()
@click.argument("out", required=False)
@click.argument("listings", nargs=-1, metavar="[LISTING]...")
@click.option(
    "--from", "from_format", metavar="FORMAT", help="Format of the listings (else recognised)."
)
@click.option(
    "--to",
    "to_format",
    metavar="FORMAT",
    help="bibtex, biblatex, csl-json, ris, zotero-rdf, markdown, html or arxiv-ids "
    "(else OUT's suffix).",
)
@click.option(
    "--catalog", "catalogs", multiple=True, type=click.Path(path_type=Path),
    help="A catalogue made by `bibkit catalog import` (repeatable; env BIBKIT_CATALOG).",
)  # fmt: skip
@click.option("--offline", is_flag=True, help="Use no network at all.")
@click.option(
    "--page-date", metavar="YYYY-MM-DD", callback=_page_date, help="The day the page was saved."
)
@click.option(
    "--report", "report_file", type=click.Path(path_type=Path), help="Write every decision as JSON."
)
@click.option("--strict", is_flag=True, help="Exit 3 unless every record is resolved.")
@click.option(
    "--keep-unresolved", is_flag=True, help="Write unresolved papers too, marked as such."
)
@click.option(
    "--no-code-lookup", is_flag=True, help="Do not ask Hugging Face for missing code links."
)
@click.option("--no-abstract", is_flag=True, help="Leave abstracts out.")
@click.option("--ascii", is_flag=True, help="Spell every character of the .bib in ASCII.")
@click.option(
    "--style",
    metavar="NAME|FILE.csl",
    help="Citation style of Markdown and HTML: plain, unsrt, alpha (pybtex) or any CSL style.",
)
@click.option("--code-field", metavar="NAME", help="Field of the code link.  [default: code]")
@click.option(
    "--key-pattern", metavar="PATTERN", help="Citation keys.  [default: {auth}{year}{shorttitle}]"
)
@click.option(
    "--arxiv-style", type=click.Choice(["misc", "article", "howpublished"]), default="misc",
    show_default=True, help="How an unpublished paper is printed (BibTeX).",
)  # fmt: skip
@click.option(
    "--restore",
    multiple=True,
    metavar="KEY",
    help="Bring back an entry that you deleted (or `all`).",
)
@click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
@click.option("-v", "--verbose", is_flag=True, help="Print the evidence for every record.")
def build(out: str | None, listings: tuple[str, ...], **options: Any) -> int:
    """Make or extend the bibliography OUT from LISTINGs.

    OUT is a .bib, .json, .ris, .rdf, .md or .html file, or `-` for standard output. A LISTING is a
    saved page, a folder, a glob, `-`, an arXiv id or a DOI. Without any, both come from
    bibkit.toml.

    \b
    bibkit build refs.bib page.txt
    bibkit build refs.bib pages/ 2402.12345
    bibkit build refs.json page.txt --offline --report why.json
    """
    config = read_settings(Path.cwd())
    out = out or config.output
    listings = listings or config.listings
    if not out or not listings:
        raise click.UsageError("give OUT and at least one LISTING, or name them in bibkit.toml")
    report_file: Path | None = options["report_file"]
    if report_file:
        _check_writable(report_file)  # now: after the work it would be too late

    from bibkit.emit import WriteOptions
    from bibkit.merge.citekey import DEFAULT_PATTERN
    from bibkit.pipeline import build as build_bibliography

    with progress(quiet=options["quiet"]) as on_progress:
        result = build_bibliography(
            out,
            listings,
            from_format=options["from_format"],
            to_format=options["to_format"],
            catalogs=options["catalogs"] or catalogs_from_environment(),
            offline=options["offline"],
            page_date=options["page_date"],
            keep_unresolved=options["keep_unresolved"],
            code_lookup=not options["no_code_lookup"],
            key_pattern=options["key_pattern"] or config.key_pattern or DEFAULT_PATTERN,
            restore=options["restore"],
            contact=config.contact,
            write_options=WriteOptions(
                code_field=options["code_field"] or config.code_field or "code",
                arxiv_style=options["arxiv_style"],
                abstract=not options["no_abstract"],
                ascii=options["ascii"],
                style=options["style"],
            ),
            on_progress=on_progress,
        )
    if out == "-":
        click.echo(result.text.encode(), nl=False)  # UTF-8 whatever the terminal is
    if report_file:
        text = json.dumps(result.report, indent=2, ensure_ascii=False)
        report_file.write_bytes(text.encode("utf-8", "backslashreplace") + b"\n")
    if not options["quiet"]:
        _tell(out, result, verbose=options["verbose"])
    return _exit_code(result, strict=options["strict"])


def _check_writable(report_file: Path) -> None:
    folder = report_file.absolute().parent
    place = report_file if report_file.exists() else folder
    if not folder.is_dir() or report_file.is_dir() or not os.access(place, os.W_OK):
        raise click.UsageError(f"--report: cannot be written: {report_file}")


def catalogs_from_environment() -> tuple[Path, ...]:
    """Return the catalogues that BIBKIT_CATALOG names."""
    names = os.environ.get("BIBKIT_CATALOG", "")
    return tuple(Path(name) for name in names.split(os.pathsep) if name)


def _tell(out: str, result: BuildResult, *, verbose: bool) -> None:
    if verbose:
        for record in result.report["records"]:
            found = record["arxiv_id"] or record["status"]
            reasons = "; ".join(record["evidence"])
            note(f"{record['origin']}: {found}: {record['title']} [{reasons}]")
    for problem in result.problems:
        note(str(problem))
    summary = result.report["summary"]
    merged = summary["records"] - summary["papers"]
    unresolved = ", ".join(
        f"{summary[reason]} {reason}"
        for reason in ("ambiguous", "not_found", "network_error", "conflict")
        if summary[reason]
    )
    note(
        f"{summary['records']} records, {summary['papers']} papers (duplicates merged: {merged}), "
        f"with code: {summary['with_code']}, unresolved: {unresolved or 'none'}, "
        f"{summary['seconds']:.2f} s"
    )
    kept_out = f", {len(result.deleted)} left out: you deleted them" if result.deleted else ""
    note(f"{out}: {len(result.added)} added, {len(result.known)} there already{kept_out}")


def _exit_code(result: BuildResult, *, strict: bool) -> int:
    summary = result.report["summary"]
    if summary["network_error"]:
        return NETWORK_FAILED
    return STRICT_FAILED if strict and summary["resolved"] < summary["records"] else 0
