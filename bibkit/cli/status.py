"""`bibkit status`: what is out of date, and what the user changed."""

from __future__ import annotations

from typing import Any

import click

from bibkit.cli.printing import note
from bibkit.cli.sync import asking, exit_code, plan_or_sync, print_json, project, tell


@click.command()
@asking
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def status(**options: Any) -> int:
    """Tell what is out of date, and what you changed yourself; write nothing.

    \b
    bibkit status
    bibkit status --offline
    """
    config = project()
    result = plan_or_sync(config, {**options, "dry_run": True})
    if options["as_json"]:
        print_json(result)
    for line in result.edited:
        note(str(line))
    tell(config, result, dry_run=True, quiet=False)
    return exit_code(result, check=False)
