"""`bibkit zotero`: a .bib and a Zotero library, kept alike."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bibkit.cli.printing import note, progress
from bibkit.settings import Settings, read_settings

if TYPE_CHECKING:
    from bibkit.zotero.opening import Place

REFUSED = 3
NETWORK_FAILED = 4
_PATH = click.Path(path_type=Path)


@click.group()
def zotero() -> None:
    """Keep a .bib and a Zotero library alike.

    The key comes from ZOTERO_API_KEY, else from the keyring (`keyring set bibkit zotero`), never
    from a file. Library and collection stand in bibkit.toml, or are given.
    """


def _place_options(command: Any) -> Any:
    for option in (
        click.option("-v", "--verbose", is_flag=True, help="Print every request."),
        click.option("-q", "--quiet", is_flag=True, help="Print the problems only."),
        click.option("--dry-run", is_flag=True, help="Print what would be done; write nothing."),
        click.option("--local", is_flag=True, help="Ask the Zotero on this computer, no server."),
        click.option(
            "--collection", metavar="NAME", help="Collection; `Lab/Related work` for one in one."
        ),
        click.option("--library", metavar="NAME", help="`user` (default) or `groups/12345`."),
    ):
        command = option(command)
    return command


@zotero.command()
@click.argument("file", metavar="[FILE.bib]", required=False, type=_PATH)
@_place_options
@click.option(
    "--connector", is_flag=True,
    help="Let the Zotero on this computer import what is new, into the selected collection.",
)  # fmt: skip
@click.option(
    "--delete", is_flag=True,
    help="Move items to the trash that bibkit made and whose entries you deleted.",
)  # fmt: skip
@click.option(
    "--restore", multiple=True, metavar="KEY",
    help="Make an item again that was removed in Zotero (or `all`).",
)  # fmt: skip
def push(
    file: Path | None,
    *,
    library: str | None,
    collection: str | None,
    local: bool,
    connector: bool,
    delete: bool,
    restore: tuple[str, ...],
    dry_run: bool,
    quiet: bool,
    verbose: bool,
) -> int:
    """Bring the entries of FILE into Zotero.

    Papers that are there already are found by arXiv id, DOI, citation key and title, and changed
    only where the file alone changed since; what people wrote in Zotero stays. A second run writes
    nothing. FILE is only read.

    \b
    bibkit zotero push refs.bib --library groups/12345 --collection "Related work" --dry-run
    bibkit zotero push refs.bib --local
    bibkit zotero push refs.bib --connector
    """
    config = read_settings(Path.cwd())
    path = _file(file, config)
    if connector and (local or library or collection or delete or restore):
        raise click.UsageError("--connector takes no other place, and only adds")
    _say_requests(verbose=verbose)
    code_field = config.code_field or "code"
    from bibkit.zotero import import_file, push_file

    with progress(quiet=quiet) as advance:
        if connector:
            result = import_file(
                path, dry_run=dry_run, code_field=code_field, contact=config.contact
            )
        else:
            result = push_file(
                path,
                _place(config, library, collection, local=local),
                delete=delete,
                restore=restore,
                dry_run=dry_run,
                code_field=code_field,
                contact=config.contact,
                on_progress=advance,
            )
    for what, lines in (
        ("collection", result.collections), ("add", result.added), ("change", result.changed),
        ("code", result.attached), ("trash", result.trashed),
    ):  # fmt: skip
        for line in () if quiet else lines:
            note(f"{what}: {line}")
    for problem in result.problems:
        note(str(problem))
    if not quiet:
        note(
            f"{path}: {len(result.added)} {_would('added', dry_run)}, "
            f"{len(result.changed)} {_would('changed', dry_run)}, {result.unchanged} unchanged"
        )
    if result.network_failed:
        return NETWORK_FAILED
    return REFUSED if result.refused else 0


@zotero.command()
@click.argument("file", metavar="[FILE.bib]", required=False, type=_PATH)
@_place_options
@click.option(
    "--key-pattern", metavar="PATTERN", help="Citation keys.  [default: {auth}{year}{shorttitle}]"
)
def pull(
    file: Path | None,
    *,
    library: str | None,
    collection: str | None,
    local: bool,
    key_pattern: str | None,
    dry_run: bool,
    quiet: bool,
    verbose: bool,
) -> int:
    """Bring a Zotero library, or a collection of it, into FILE.

    New papers come after the others, with the key that Zotero has for them where it is free. In
    entries that are there, only fields change that were changed in Zotero alone; what you wrote
    stays, and every other byte. Nothing is taken away, and what you deleted stays deleted.

    \b
    bibkit zotero pull refs.bib --collection "Related work" --dry-run
    bibkit zotero pull refs.bib --library groups/12345
    """
    config = read_settings(Path.cwd())
    path = _file(file, config)
    _say_requests(verbose=verbose)
    from bibkit.merge.citekey import DEFAULT_PATTERN
    from bibkit.zotero import pull_file

    with progress(quiet=quiet) as advance:
        result = pull_file(
            path,
            _place(config, library, collection, local=local),
            dry_run=dry_run,
            code_field=config.code_field or "code",
            key_pattern=key_pattern or config.key_pattern or DEFAULT_PATTERN,
            contact=config.contact,
            on_progress=advance,
        )
    for line in () if quiet else result.added:
        note(f"add: {line}")
    for line in () if quiet else result.changed:
        note(f"change: {line}")
    for problem in result.problems:
        note(str(problem))
    if not quiet:
        kept_out = f", {result.deleted} left out: you deleted them" if result.deleted else ""
        note(
            f"{path}: {len(result.added)} {_would('added', dry_run)}, "
            f"{len(result.changed)} {_would('changed', dry_run)}, "
            f"{result.unchanged} unchanged{kept_out}"
        )
    return NETWORK_FAILED if result.network_failed else 0


def _file(file: Path | None, config: Settings) -> Path:
    if file is None and config.output:
        file = Path(config.output)
    if file is None:
        raise click.UsageError("give FILE.bib, or name it in bibkit.toml")
    if file.suffix.lower() in (".json", ".ris", ".rdf", ".md", ".html"):
        raise click.UsageError(f"{file} is no .bib file")
    return file


def _place(config: Settings, library: str | None, collection: str | None, *, local: bool) -> Place:
    from bibkit.zotero.opening import Place

    return Place(
        library=library or config.zotero_library or "user",
        collection=collection or config.zotero_collection,
        local=local,
    )


def _would(done: str, dry_run: bool) -> str:
    return f"would be {done}" if dry_run else done


class _ToStandardError(logging.Handler):
    """Prints what the library logs, a line each."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print a record."""
        note(record.getMessage())


def _say_requests(*, verbose: bool) -> None:
    logger = logging.getLogger("bibkit")
    for handler in [h for h in logger.handlers if isinstance(h, _ToStandardError)]:
        logger.removeHandler(handler)
    if verbose:
        logger.addHandler(_ToStandardError())
        logger.setLevel(logging.INFO)
