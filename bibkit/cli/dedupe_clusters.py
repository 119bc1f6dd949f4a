"""`bibkit dedupe` for many records: which engine, and clusters as rows instead of a text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bibkit.cli.printing import note

if TYPE_CHECKING:
    from bibkit.reconcile import Found
    from bibkit.reconcile.large import Clustered

_STDOUT = "-"


def check_clusters(out: str | None, files: Sequence[Path]) -> None:
    """Refuse what cannot be written, or is one of the inputs."""
    from bibkit.reconcile.cluster_file import SUFFIXES

    if out is None or out == _STDOUT:
        return
    if not out.lower().endswith(SUFFIXES):
        raise click.UsageError(f"--clusters: {out} does not end in {', '.join(SUFFIXES)}")
    if any(Path(out).resolve() == path.resolve() for path in files):
        raise click.UsageError(f"--clusters: {out} is one of the files that are compared")


def chosen_engine(engine: str, files: Sequence[Path], *, listed: bool) -> str:
    """Return the engine for these files, and say so where it is not what a person would expect."""
    from bibkit.errors import ConfigError
    from bibkit.reconcile.large import MOST_IN_MEMORY, has_duckdb, rows_in_tables

    if engine != "auto":
        return engine
    count = rows_in_tables(files)
    if count <= MOST_IN_MEMORY:
        return "memory"
    if not has_duckdb():
        message = (
            f"{count:,} rows are more than the {MOST_IN_MEMORY:,} that are compared in memory: "
            "pip install 'bibkit-papers[duckdb]', or say --engine memory"
        )
        raise ConfigError(message, origin="--engine", code="engine")
    target = ", each record as a line of JSON (see --clusters)" if listed else ""
    note(f"{count:,} rows: compared with --engine duckdb{target}")
    return "duckdb"


def warn_of_many(count: int) -> None:
    """Say that another engine needs less memory; .bib files of this size exist."""
    from bibkit.reconcile.large import MOST_IN_MEMORY

    if count > MOST_IN_MEMORY:
        note(f"{count:,} entries were compared in memory: --engine duckdb takes less of it")


def find_with(
    engine: str, names: Sequence[str], settings: Sequence[str]
) -> AbstractContextManager[Clustered]:
    """Return what an engine finds; it works when that is entered."""
    if engine == "duckdb":
        from bibkit.reconcile.large import find_with_duckdb

        return find_with_duckdb([Path(name) for name in names])
    from bibkit.reconcile.spark_rows import find_with_spark

    pairs = [setting.partition("=") for setting in settings]
    if not all(name and equals for name, equals, _ in pairs):
        raise click.UsageError("--spark-conf: NAME=VALUE, such as spark.master=local[4]")
    return find_with_spark(names, {name.strip(): value for name, _, value in pairs})


def tell_large(opened: AbstractContextManager[Clustered], out: str | None, *, quiet: bool) -> int:
    """Write what an engine finds; return how many records are too many."""
    from bibkit.reconcile.cluster_file import write_json_lines, write_parquet

    with opened as found:
        for problem in found.problems():
            note(problem)
        if out and "://" in out:
            found.write(out)
        elif out and out.lower().endswith(".parquet"):
            write_parquet(found.rows(), Path(out))
        else:
            rows = (row for batch in found.rows() for row in batch.to_pylist())
            write_json_lines(rows, Path(out)) if out and out != _STDOUT else _print_rows(rows)
        records, clusters, unsure = found.counts()
    if not quiet:
        note(
            f"{records:,} records, {clusters:,} papers ({records - clusters:,} records too many), "
            f"{unsure:,} pairs unsure"
        )
    return records - clusters


def write_clusters(found: Found, out: str) -> None:
    """Write what was found in memory, as the engines write it."""
    from bibkit.reconcile.cluster_file import rows_of, write_json_lines, write_rows_as_parquet

    rows = rows_of(found)
    if out == _STDOUT:
        _print_rows(rows)
    elif out.lower().endswith(".parquet"):
        write_rows_as_parquet(rows, Path(out))
    else:
        write_json_lines(rows, Path(out))


def _print_rows(rows: Iterable[Mapping[str, Any]]) -> None:
    from bibkit.reconcile.cluster_file import json_lines

    for line in json_lines(rows):
        click.echo(line, nl=False)
