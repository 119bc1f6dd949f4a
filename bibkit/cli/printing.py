"""What reaches the terminal: one line per problem, nothing that a page could smuggle in."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator

import click

Progress = Callable[[str, int, int], None]


def safe(text: object) -> str:
    r"""Return text with everything that steers a terminal made visible.

    >>> safe("A title\x1b[2J\u202e")
    'A title�[2J�'
    """
    return "".join(c if c.isprintable() else "�" for c in str(text).replace("\n", " "))


def problem_line(problem: object) -> str:
    """Return `file:line: code: message`."""
    return safe(problem)


def note(text: str) -> None:
    """Print one line to standard error."""
    click.echo(safe(text), err=True)


def print_diff(diff: str) -> None:
    """Print a diff as it is for `patch`; on a terminal without anything that steers it."""
    if sys.stdout.isatty():
        diff = "".join(f"{safe(line)}\n" for line in diff.rstrip("\n").split("\n"))
    click.echo(diff.encode("utf-8", "surrogateescape"), nl=False)


@contextlib.contextmanager
def progress(*, quiet: bool) -> Iterator[Progress | None]:
    """Give a progress callback that draws a bar on a terminal, and None elsewhere."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading", total=None)
        current = "reading"

        def advance(stage: str, done: int, total: int) -> None:
            nonlocal current, task
            if stage != current:  # what is left takes as long as this stage takes, not the last
                bar.remove_task(task)
                task, current = bar.add_task(safe(stage), total=total or None), stage
            bar.update(task, completed=done, total=total or None)

        yield advance
