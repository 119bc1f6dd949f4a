"""What a sync is to do, as a value: it can be shown, cut down to some keys, and carried out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bibkit.record import Entry, Problem
from bibkit.sync.lock import LockedEntry
from bibkit.upkeep.settling import TYPE, Conflict, FieldChange

_LONGEST = 80
"""Characters of a value in a message."""


@dataclass(frozen=True, slots=True)
class EntryPlan:
    """What is to become of an entry that bibkit wrote."""

    key: str
    """In OUT; bibkit never changes it."""
    index: int
    """In `BibFile.entries`."""
    origin: str
    """`file:line`."""
    lock_key: str
    """The key in the lock: another one where the user changed it."""
    locked: LockedEntry
    """What the lock is to remember of it."""
    known_version: int | None = None
    """The version at arXiv that the lock knows."""
    kinds: tuple[str, ...] = ()
    """Of `published`, `retitled`, `withdrawn`, `code-found`, `code-moved`, `updated`."""
    changes: tuple[FieldChange, ...] = ()
    conflicts: tuple[Conflict, ...] = ()

    @property
    def has_new_version(self) -> bool:
        """Whether arXiv has a later version than the lock knows."""
        return self.known_version is not None and self.known_version != self.locked.version

    @property
    def renamed(self) -> bool:
        """Whether the user gave it another key, which the lock does not know yet."""
        return self.lock_key != self.key


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that a sync would do to OUT."""

    out: str
    added: tuple[Entry, ...] = ()
    entries: tuple[EntryPlan, ...] = ()
    """Those of which there is anything to say."""
    adopted: tuple[Entry, ...] = ()
    """In OUT as bibkit writes them, and unknown to the lock."""
    deleted: tuple[str, ...] = ()
    """Keys of papers that stay out because the user deleted them."""
    unchanged: int = 0
    """Entries of bibkit's of which nothing is to be changed."""
    refused: tuple[Problem, ...] = ()
    """Changes that the file does not allow."""

    @property
    def changed(self) -> tuple[EntryPlan, ...]:
        """The entries of which a field is to change."""
        return tuple(entry for entry in self.entries if entry.changes)

    @property
    def conflicts(self) -> tuple[tuple[EntryPlan, Conflict], ...]:
        """The fields that the user and a source changed, each otherwise."""
        return tuple((entry, one) for entry in self.entries for one in entry.conflicts)

    @property
    def is_empty(self) -> bool:
        """Whether OUT is to stay as it is."""
        return not self.added and not self.changed

    def only(self, keys: Collection[str]) -> Plan:
        """Return the part of the plan that is about some citation keys."""
        entries = tuple(entry for entry in self.entries if entry.key in keys)
        return replace(
            self,
            added=tuple(entry for entry in self.added if entry.citation_key in keys),
            entries=entries,
            adopted=tuple(entry for entry in self.adopted if entry.citation_key in keys),
            deleted=tuple(key for key in self.deleted if key in keys),
            unchanged=self.unchanged + len(self.changed) - sum(bool(e.changes) for e in entries),
        )


def plan_lines(plan: Plan) -> Iterator[Problem]:
    """Yield the plan in words, a line for each thing."""
    for added in plan.added:
        origin = added.decision.get("listing", plan.out)
        yield Problem(origin, "added", f"{added.citation_key}: {_short(added.title)}")
    for entry in plan.entries:
        if entry.renamed:
            message = f"{entry.key}: you renamed {entry.lock_key}"
            yield Problem(entry.origin, "renamed", message)
        if entry.has_new_version:
            message = f"{entry.key}: {entry.known_version} → {entry.locked.version} at arXiv"
            yield Problem(entry.origin, "new-version", message)
        if entry.changes:
            told = "; ".join(map(_in_words, entry.changes))
            yield Problem(entry.origin, "+".join(entry.kinds), f"{entry.key}: {told}")
    for entry, conflict in plan.conflicts:
        yield Problem(entry.origin, "conflict", f"{entry.key}: {_conflict_in_words(conflict)}")
    yield from plan.refused
    for key in plan.deleted:
        yield Problem(plan.out, "deleted", f"{key}: stays out, you deleted it")


def plan_json(plan: Plan) -> dict[str, Any]:
    """Return the plan as JSON has it (docs/formats.md)."""
    return {
        "bibliography": plan.out,
        "in_sync": plan.is_empty,
        "added": [_added(entry) for entry in plan.added],
        "changed": [
            {
                "key": entry.key,
                "origin": entry.origin,
                "kinds": list(entry.kinds),
                "fields": [
                    {"name": c.name, "before": c.before, "after": c.after, "source": c.source}
                    for c in entry.changes
                ],
            }
            for entry in plan.changed
        ],
        "conflicts": [
            {
                "key": entry.key,
                "origin": entry.origin,
                "field": c.name,
                "base": c.base,
                "ours": c.mine,
                "theirs": c.theirs,
                "source": c.source,
            }
            for entry, c in plan.conflicts
        ],
        "renamed": [
            {"key": entry.key, "before": entry.lock_key} for entry in plan.entries if entry.renamed
        ],
        "new_versions": [
            {"key": entry.key, "before": entry.known_version, "after": entry.locked.version}
            for entry in plan.entries
            if entry.has_new_version
        ],
        "refused": [
            {"origin": p.origin, "code": p.code, "message": p.message} for p in plan.refused
        ],
        "deleted": list(plan.deleted),
        "unchanged": plan.unchanged,
    }


def _added(entry: Entry) -> Mapping[str, Any]:
    return {
        "key": entry.citation_key,
        "title": entry.title,
        "arxiv_id": entry.eprint.id if entry.eprint else None,
        "listing": entry.decision.get("listing"),
    }


def _in_words(change: FieldChange) -> str:
    source = f" ({change.source})" if change.source else ""
    if change.name == TYPE:
        return f"@{change.before} → @{change.after}{source}"
    if change.after is None:
        return f"{change.name} removed ({_short(change.before or '')})"
    before = f"{_short(change.before)} → " if change.before is not None else ""
    return f"{change.name}: {before}{_short(change.after)}{source}"


def _conflict_in_words(conflict: Conflict) -> str:
    name = "entry type" if conflict.name == TYPE else conflict.name
    mine = "you removed it" if conflict.mine is None else f"yours stays: {_short(conflict.mine)}"
    theirs = "no longer" if conflict.theirs is None else _short(conflict.theirs)
    return f"{name}: {mine}; {conflict.source or 'the sources'}: {theirs}"


def _short(value: str) -> str:
    return value if len(value) <= _LONGEST else value[: _LONGEST - 1].rstrip() + "…"
