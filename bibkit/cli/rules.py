"""The rules of `fmt`, as commands are given them."""

from __future__ import annotations

from collections.abc import Sequence

import click

from bibkit.errors import ConfigError


def listed(names: str) -> list[str]:
    """Return the names in `a,b`."""
    return [name.strip() for name in names.split(",") if name.strip()]


def chosen_rules(names: Sequence[str], ignored: Sequence[str] = ()) -> tuple[str, ...]:
    """Return rules by their names; a name that is none is bad use."""
    from bibkit.fmt import choose

    try:
        return choose(names, ignored)
    except ConfigError as error:
        raise click.UsageError(error.message) from error
