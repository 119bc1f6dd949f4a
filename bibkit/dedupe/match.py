"""A match decision: what `scoring` says about a pair and `clustering` acts on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["same", "different", "unsure"]


@dataclass(frozen=True, slots=True)
class Match:
    """A match decision about one candidate pair."""

    verdict: Verdict
    score: float
    """Match score, 0.0 to 1.0; orders the pairs when groups are made."""
    evidence: tuple[str, ...] = ()
    fragile: bool = False
    """True when it holds only while neither record has another such partner: two editorials of one
    editor and year are one or two, and a third says that they are not one."""
    weak: bool = False
    """True when words of the titles or the years differ: one of them may be another paper's."""
    veto: bool = False
    """True when nothing else in a group overrules it: ids of one kind differ."""
    doubtful: bool = False
    """True when the verdict counts little in a group: two torn references are different for want
    of likeness only; or one paper although the years differ, which two records cannot both err in.
    """


Pair = tuple[int, int, Match]
"""Two records by their indices, and what was decided about them."""


@dataclass(frozen=True, slots=True)
class Duplicates:
    """What was found among records, by their index."""

    groups: tuple[tuple[int, ...], ...]
    """Which records are one paper; every record is in exactly one group."""
    joined: tuple[Pair, ...]
    """The pairs that decided, with the evidence in words."""
    unsure: tuple[Pair, ...]
    """Pairs for a person to decide: the evidence does not suffice, or contradicts itself."""
