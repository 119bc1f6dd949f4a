"""What stood, what one side made of it, what the other did → what stands now, field by field.

A value that only one side touched is that side's. Where both did, mine stands and it is said: the
user's edit before anything. The one rule for a source's news, for git's merges and for Zotero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["same", "mine", "theirs", "conflict"]
"""Whose value stands; in a conflict it is mine, and a person should look."""


@dataclass(frozen=True, slots=True)
class Settled:
    """One field after a three-way merge."""

    value: str | None
    """None where the field is not to be there."""
    verdict: Verdict


def settle(base: str | None, mine: str | None, theirs: str | None) -> Settled:
    """Merge one value; None stands for a field that is absent.

    >>> settle("Preprint", "Preprint", "Nature")
    Settled(value='Nature', verdict='theirs')
    >>> settle("2024", "2025", "2026")
    Settled(value='2025', verdict='conflict')
    """
    if mine == theirs:
        return Settled(mine, "same")
    if base == mine:
        return Settled(theirs, "theirs")
    if base == theirs:
        return Settled(mine, "mine")
    return Settled(mine, "conflict")


def settle_fields(
    base: Mapping[str, str], mine: Mapping[str, str], theirs: Mapping[str, str]
) -> dict[str, Settled]:
    """Merge the fields of one entry: mine in their order, then theirs, then what both removed."""
    names = dict.fromkeys([*mine, *theirs, *base])
    return {name: settle(base.get(name), mine.get(name), theirs.get(name)) for name in names}
