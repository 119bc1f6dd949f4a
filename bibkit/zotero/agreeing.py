"""What both sides agree on, to be remembered; and where they do not, to be told."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from bibkit.record import Problem
from bibkit.zotero.remembered import Remembered
from bibkit.zotero.settling import Outcome
from bibkit.zotero.sides import EntrySide, ItemSide


def agreed(
    base: Remembered | None,
    entry: EntrySide,
    item: ItemSide,
    names: Collection[str],
    *,
    tags: Collection[str] = (),
) -> Remembered:
    """Return what is remembered when both sides agree on some values, and on some keywords."""
    one = base or Remembered(entry.key)
    for name in names:
        one = one.agreed(name, entry.values.get(name), item.values.get(name))
    theirs = {tag.casefold() for tag in item.tags}
    shared = [tag for tag in entry.tags if tag.casefold() in theirs]
    return replace(
        one,
        entry=entry.key,
        tags=tuple(sorted({*one.tags, *shared, *tags})),
        code=str(item.code["key"]) if item.code else one.code,
    )


def conflict_line(entry: EntrySide, conflicts: Sequence[Outcome], stays: str) -> Problem:
    """Return the line about values that differ on both sides."""
    told = (f"{o.name} ({_short(o.entry)} here, {_short(o.item)} there)" for o in conflicts)
    message = f"{entry.key}: file and Zotero differ in {', '.join(told)}; {stays}"
    return Problem(entry.origin, "conflict", message)


def _short(value: str | None, *, most: int = 60) -> str:
    if value is None:
        return "none"
    line = "; ".join(name.replace("\t", ", ") for name in value.split("\n"))
    return repr(line if len(line) <= most else f"{line[: most - 1]}…")
