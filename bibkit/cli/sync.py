"""`bibkit sync`: the bibliography of bibkit.toml, in step with its listings and sources."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bibkit.cli.build import NETWORK_FAILED, catalogs_from_environment
from bibkit.cli.printing import note, print_diff, progress
from bibkit.settings import Settings, read_settings

if TYPE_CHECKING:
    from bibkit.upkeep import SyncResult

NOT_IN_SYNC = 3


def asking(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say who may be asked."""
    for option in (
        click.option(
            "--no-published-lookup", is_flag=True,
            help="Do not ask DBLP and Crossref which preprints were published.",
        ),
        click.option(
            "--no-code-lookup", is_flag=True,
            help="Do not ask Hugging Face for missing code links.",
        ),
        click.option("--offline", is_flag=True, help="Use no network at all."),
        click.option(
            "--catalog", "catalogs", multiple=True, type=click.Path(path_type=Path),
            help="A catalogue made by `bibkit catalog import` (repeatable; env BIBKIT_CATALOG).",
        ),
        click.option(
            "--only", multiple=True, metavar="KEY", help="Of this entry only (repeatable)."
        ),
    ):  # fmt: skip
        command = option(command)
    return command


@click.command()
@asking
@click.option("--dry-run", is_flag=True, help="Print the plan; write nothing.")
@click.option("--diff", is_flag=True, help="Print what would change as a diff; write nothing.")
@click.option("--check", is_flag=True, help="Write nothing; exit 3 when not in step.")
@click.option("--json", "as_json", is_flag=True, help="Print the plan as JSON.")
@click.option(
    "--theirs", multiple=True, metavar="FIELD",
    help="Take the sources' value of FIELD also where you changed it (repeatable).",
)  # fmt: skip
@click.option("--ours", is_flag=True, help="Settle every conflict for what you wrote.")
@click.option(
    "--restore", multiple=True, metavar="KEY",
    help="Bring back an entry that you deleted (or `all`).",
)  # fmt: skip
@click.option("--no-abstract", is_flag=True, help="Leave abstracts out of new entries.")
@click.option("-q", "--quiet", is_flag=True, help="Print problems and conflicts only.")
def sync(**options: Any) -> int:
    """Bring the bibliography of bibkit.toml in step with its listings and sources.

    New papers are added; entries that bibkit wrote get new titles, publications, code links and
    withdrawals. What you changed, added or deleted stays so: where you and a source changed the
    same field, yours stays and a line says so. Every other byte of the file stays.

    \b
    bibkit sync --dry-run                    the plan, in words
    bibkit sync --diff                       the plan, as a diff
    bibkit sync
    bibkit sync --only KEY --theirs title    take the source's title after all
    bibkit sync --check                      in CI: exit 3 when something is out of date
    """
    config = project()
    dry_run = options["dry_run"] or options["diff"] or options["check"]
    result = plan_or_sync(config, {**options, "dry_run": dry_run})
    if options["as_json"]:
        print_json(result)
    if options["diff"]:
        print_diff(result.diff)
    tell(config, result, dry_run=dry_run, quiet=options["quiet"])
    return exit_code(result, check=options["check"])


def project() -> Settings:
    """Return the settings of the bibliography that is meant, or say how to make them."""
    config = read_settings(Path.cwd())
    if config.path is None:
        raise click.UsageError("no bibkit.toml here or above; `bibkit init` writes one")
    if not config.output:
        raise click.UsageError(f"{config.path}: [bibliography] has no output")
    return config


def shown(path: str) -> Path:
    """Return a path as a person in this folder would name it."""
    return Path(os.path.relpath(path)) if Path(path).is_relative_to(Path.cwd()) else Path(path)


def plan_or_sync(config: Settings, options: Mapping[str, Any]) -> SyncResult:
    """Run a sync as the options say; those that are not there are as if not given."""
    from bibkit.emit import WriteOptions
    from bibkit.merge.citekey import DEFAULT_PATTERN
    from bibkit.upkeep import Ask, Choice, PlanOptions, synced

    assert config.path
    assert config.output
    ask = Ask(
        listings=config.listings,
        root=config.path.parent,
        catalogs=options["catalogs"] or catalogs_from_environment(),
        offline=options["offline"],
        code=not options["no_code_lookup"],
        published=not options["no_published_lookup"],
        contact=config.contact,
    )
    choice = Choice(
        frozenset(name.lower() for name in options.get("theirs", ())), options.get("ours", False)
    )
    plan_options = PlanOptions(
        write=WriteOptions(
            code_field=config.code_field or "code", abstract=not options.get("no_abstract")
        ),
        key_pattern=config.key_pattern or DEFAULT_PATTERN,
        restore=options.get("restore", ()),
        choice=choice,
        only=options["only"],
    )
    with progress(quiet=options.get("quiet", False)) as on_progress:
        return synced(
            shown(config.output),
            ask,
            plan_options,
            dry_run=options["dry_run"],
            on_progress=on_progress,
        )


def print_json(result: SyncResult) -> None:
    """Print what was done, or would be, to standard output."""
    from bibkit.upkeep import result_json

    text = json.dumps(result_json(result), indent=2, ensure_ascii=False)
    click.echo(text.encode("utf-8", "backslashreplace"))


def tell(config: Settings, result: SyncResult, *, dry_run: bool, quiet: bool) -> None:
    """Print what was done, or would be, to standard error."""
    from bibkit.upkeep import plan_lines

    for problem in result.problems:
        note(str(problem))
    lines = plan_lines(result.plan)
    for line in lines:
        if not quiet or line.code == "conflict":
            note(str(line))
    if quiet:
        return
    plan = result.plan
    counts = [
        f"{len(plan.added)} added",
        f"{len(plan.changed)} changed",
        *([f"{len(plan.conflicts)} in conflict, yours stays"] if plan.conflicts else []),
        *([f"{len(plan.deleted)} left out, you deleted them"] if plan.deleted else []),
        f"{plan.unchanged} unchanged",
    ]
    would = ", nothing written" if dry_run and not result.in_sync else ""
    note(f"{shown(config.output or '')}: {', '.join(counts)}{would}")


def exit_code(result: SyncResult, *, check: bool) -> int:
    """Return the exit code of the contract."""
    if result.network_failed:
        return NETWORK_FAILED
    return NOT_IN_SYNC if check and not result.in_sync else 0
