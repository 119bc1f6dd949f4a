"""A plan ↔ text that a person edits: one block for each pair, with the line `decision:` at its end.

Entries are named by file and citation key, not by line, and with their titles: a plan stays good
while the file changes around it, and a key that has become another paper's is noticed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from bibkit.errors import ConfigError
from bibkit.reconcile.clusters import DECISIONS, Decision, Outcome, Pair
from bibkit.reconcile.reading import Paper, Shelf
from bibkit.record import Problem
from bibkit.text.titles import title_key
from bibkit.text.visible import visible

_HEAD = """\
# bibkit dedupe: plan, format 1
#
# Each block is a pair of entries. Edit its last line; the choices are
#   decision: same           they become one entry
#   decision: not the same   never asked again
#   decision: unsure         left alone, asked again next time
# A line of one's own begins with #. What you decide stays when the plan is written anew;
# `bibkit dedupe FILE… --plan THIS --apply` carries it out.
"""
_LINE = re.compile(r"(?P<name>first|second|bibkit|decision):[ \t]*(?P<value>.*)")
_NTH = re.compile(r" \(\d+\)$")
_UNTOUCHED = re.compile(r"(?P<decision>same|unsure|not the same)\b")


@dataclass(frozen=True, slots=True)
class Named:
    """An entry as a plan names it."""

    file: str
    label: str
    title: str


@dataclass(frozen=True, slots=True)
class Block:
    """A pair in a plan."""

    line: int
    """Of its decision."""
    first: Named
    second: Named
    suggested: str
    """What bibkit thought when the plan was written."""
    decision: Decision

    @property
    def by_person(self) -> bool:
        """Tell whether somebody decided otherwise than bibkit."""
        return self.decision != self.suggested


def dump_plan(
    shelf: Shelf,
    outcome: Outcome,
    said: Mapping[Pair, Decision],
    losses: Mapping[Pair, Sequence[str]],
) -> str:
    """Return the plan as text, in the order of the files.

    Args:
        shelf: what was compared.
        outcome: the matcher's own, without what is said in the plan.
        said: what a person decided in the plan before.
        losses: for each pair the values that the merged entry will not have.
    """
    blocks = [_HEAD]
    numbers = sorted({*outcome.joined, *outcome.unsure, *said})
    for number, pair in enumerate(numbers, start=1):
        suggested = "same" if pair in outcome.joined else "unsure"
        match = outcome.joined.get(pair) or outcome.unsure.get(pair)
        evidence = "; ".join(match.evidence) if match else "you said so"
        lines = [
            f"[{number}]",
            f"first: {_named(shelf, shelf.papers[pair[0]])}",
            f"second: {_named(shelf, shelf.papers[pair[1]])}",
            f"bibkit: {suggested} ({visible(evidence)})",
            *(f"# not kept: {visible(loss)}" for loss in losses.get(pair, ())),
            f"decision: {said.get(pair, suggested)}",
        ]
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


def _named(shelf: Shelf, paper: Paper) -> str:
    line = paper.origin.rpartition(":")[2]
    name = f"{paper.label} | {shelf.files[paper.file].origin}:{line}"
    return f"{visible(name)} | {visible(paper.record.title)}"


def read_plan(text: str, *, origin: str) -> tuple[Block, ...]:
    """Read a plan.

    Raises:
        ConfigError: a block is not whole, or a decision is none.

    """
    blocks: list[Block] = []
    seen: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip().removeprefix("\ufeff")
        if not stripped or stripped.startswith("#"):
            continue
        found = _LINE.fullmatch(stripped)
        if stripped.startswith("["):
            _check_whole(seen, origin, number)
            seen = {}
        elif found:
            seen[found["name"]] = found["value"].strip()
            if found["name"] == "decision":
                blocks.append(_block(seen, f"{origin}:{number}", number))
                seen = {}
        else:
            raise _error(f"not a line of a plan: {visible(stripped)[:60]!r}", origin, number)
    _check_whole(seen, origin, text.count("\n") + 1)
    return tuple(blocks)


def _check_whole(seen: Mapping[str, str], origin: str, number: int) -> None:
    if seen:
        raise _error("the block before this has no line `decision:`", origin, number)


def _block(seen: Mapping[str, str], place: str, number: int) -> Block:
    origin = place.rpartition(":")[0]
    decision = next((d for d in DECISIONS if d == " ".join(seen["decision"].lower().split())), None)
    if decision is None:
        choices = ", ".join(DECISIONS)
        raise _error(f"{seen['decision'][:40]!r} is none of: {choices}", origin, number)
    suggested = _UNTOUCHED.match(seen.get("bibkit", ""))
    try:
        first, second = (_read_name(seen[name]) for name in ("first", "second"))
    except (KeyError, ValueError):
        raise _error("the two entries of this pair are not named", origin, number) from None
    return Block(number, first, second, suggested["decision"] if suggested else "", decision)


def _read_name(value: str) -> Named:
    label, place, title = (part.strip() for part in f"{value} ".split(" | ", 2))
    return Named(place.rpartition(":")[0], label, title)


def _error(message: str, origin: str, number: int) -> ConfigError:
    return ConfigError(message, origin=f"{origin}:{number}", code="plan")


def in_shelf(
    blocks: Sequence[Block], shelf: Shelf, *, origin: str
) -> tuple[dict[Pair, Block], list[Problem]]:
    """Return the pairs that a plan is about, and what it says of entries that are not there."""
    numbers = {
        (shelf.files[paper.file].origin, visible(paper.label)): number
        for number, paper in enumerate(shelf.papers)
    }
    aliases = _aliases(shelf)
    pairs: dict[Pair, Block] = {}
    problems: list[Problem] = []
    for block in blocks:
        ends = []
        for named in (block.first, block.second):
            end = numbers.get((named.file, named.label))
            fault = _fault(named, end, shelf, aliases)
            problems += [Problem(f"{origin}:{block.line}", "plan-stale", fault)] if fault else []
            ends += [] if end is None or fault else [end]
        if len(set(ends)) == 2:
            pairs[min(ends), max(ends)] = block
    return pairs, problems


def _fault(named: Named, end: int | None, shelf: Shelf, aliases: Collection[str]) -> str:
    if end is None:  # what has been merged already needs no word
        alive = _NTH.sub("", named.label) in aliases
        return "" if alive else f"{named.file} has no entry {named.label!r}"
    if title_key(shelf.papers[end].record.title) != title_key(named.title):
        return f"{named.label!r} had another title when the plan was written"
    return ""


def _aliases(shelf: Shelf) -> set[str]:
    """Return the keys that something can still be cited by."""
    keys = {paper.label for paper in shelf.papers}
    return keys | {
        key.strip()
        for file in shelf.files
        for entry in (file.bib.entries if file.bib else ())
        for key in entry.fields.get("ids", "").split(",")
    }
