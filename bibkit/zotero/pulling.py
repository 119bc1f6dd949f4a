"""Items and entries → what a pull is to write into the file; pure.

An entry is changed value by value, and only where Zotero alone changed; one that the user deleted
does not come back, and one whose item is gone stays.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bibkit.bibfile import AddEntry, BibFile, Edit
from bibkit.merge.citekey import assign_keys
from bibkit.record import Entry, Eprint, Problem
from bibkit.sync.papers import Wanted
from bibkit.sync.plan import deleted_key
from bibkit.sync.target import Target
from bibkit.zotero.agreeing import conflict_line
from bibkit.zotero.dates import partial_date
from bibkit.zotero.from_item import unread_fields
from bibkit.zotero.item_types import ENTRY_TYPES
from bibkit.zotero.matching import Matched, match
from bibkit.zotero.remembered import Remembered
from bibkit.zotero.settling import is_alike, new_tags, outcomes
from bibkit.zotero.sides import EntrySide, ItemSide
from bibkit.zotero.to_entry import entry_type_of, field_edits, keyword_edit, new_fields

_KEY = re.compile(r"[A-Za-z0-9:/_+.&-]+")
"""Citation keys that every reader of a .bib takes."""
_NO_FIELDS = frozenset({"citationKey"})
"""Values that a pull never takes: keys in the file do not change by themselves."""


@dataclass(frozen=True, slots=True)
class Change:
    """One value of an entry that is to become the item's."""

    entry: EntrySide
    item: ItemSide
    name: str
    edits: tuple[Edit, ...]


@dataclass(slots=True)
class PullPlan:
    """All that a pull would do."""

    changes: list[Change] = field(default_factory=list)
    additions: list[tuple[ItemSide, AddEntry]] = field(default_factory=list)
    matched: Matched = field(default_factory=Matched)
    same: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Item key → the values on which both sides agree already."""
    unchanged: int = 0
    deleted: int = 0
    """Papers that the user deleted from the file, and that stay away."""
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Habits:
    """How the file is written."""

    modern: bool
    """For biblatex."""
    code_field: str
    key_pattern: str


def plan_pull(
    target: Target,
    bib: BibFile,
    entries: Sequence[EntrySide],
    items: Sequence[ItemSide],
    known: Mapping[str, Remembered],
    scope: frozenset[str] | None,
    habits: Habits,
) -> PullPlan:
    """Return what is to be written.

    Args:
        target: the file with its lock.
        bib: the file.
        entries: its papers.
        items: the references of the library.
        known: item key → what is remembered.
        scope: the collections whose items are pulled; None for the whole library.
        habits: how the file is written.

    """
    plan = PullPlan(matched=match(entries, items, known))
    plan.problems += plan.matched.problems
    new: list[ItemSide] = []
    for item in items:
        inside = scope is None or not scope.isdisjoint(item.collections)
        entry = plan.matched.entries.get(item.key)
        if entry and (inside or item.key in known):
            _plan_change(plan, bib, entry, item, known.get(item.key), habits)
        elif entry is None and inside:
            if item.key in known or _was_deleted(target, item):
                plan.deleted += 1
            else:
                new.append(item)
    _plan_additions(plan, target, _one_of_each(plan, sorted(new, key=_age)), habits)
    there = {item.key for item in items}
    by_key = {entry.key: entry for entry in entries}
    for key, one in known.items():
        if key not in there and (left := by_key.get(one.entry)):
            message = f"{one.entry}: was removed in Zotero; the entry stays"
            if left.index not in plan.matched.items:
                plan.problems.append(Problem(left.origin, "removed-in-zotero", message))
    return plan


def _age(item: ItemSide) -> tuple[str, int, str]:
    """Return what orders items as they came into the library."""
    return str(item.data.get("dateAdded", "")), int(item.data["version"]), item.key


def _was_deleted(target: Target, item: ItemSide) -> bool:
    """Tell whether bibkit once wrote this paper into the file and the user took it out."""
    wanted = Wanted(
        item.identity.arxiv_id, item.identity.doi, item.values.get("title", ""), item.authors
    )
    return deleted_key(target, wanted) is not None


def _one_of_each(plan: PullPlan, items: Sequence[ItemSide]) -> list[ItemSide]:
    """Leave out items that are one paper with another new one, by their identifiers."""
    seen: dict[tuple[str, str], ItemSide] = {}
    kept = []
    for item in items:
        both = (("arXiv", item.identity.arxiv_id), ("DOI", item.identity.doi))
        marks = [(name, value) for name, value in both if value]
        title = item.values.get("title")
        twins = [seen[mark] for mark in marks if mark in seen]
        if any(is_alike("title", title, twin.values.get("title")) for twin in twins):
            message = f"{title!r} is the same paper as item {twins[0].key}"
            plan.problems.append(Problem(f"zotero:{item.key}", "duplicate", message))
        else:
            kept.append(item)
            seen |= dict.fromkeys(marks, item)
    return kept


def _plan_change(
    plan: PullPlan,
    bib: BibFile,
    entry: EntrySide,
    item: ItemSide,
    base: Remembered | None,
    habits: Habits,
) -> None:
    found = [o for o in outcomes(entry, item, base, writing="entry") if o.name not in _NO_FIELDS]
    own = bib.entries[entry.index]
    before = len(plan.changes)
    same = [o.name for o in found if o.verdict == "same"]
    if entry.values.get("citationKey") == item.citation_key:
        same.append("citationKey")
    for outcome in found:
        if outcome.verdict != "theirs" or outcome.item is None:
            continue
        edits = field_edits(
            entry.index, own, outcome.name, item, modern=habits.modern, code_field=habits.code_field
        )
        if edits:
            plan.changes.append(Change(entry, item, outcome.name, tuple(edits)))
        else:
            same.append(outcome.name)
    if tags := new_tags(entry.tags, item.tags, base):
        edit = keyword_edit(entry.index, own, tags)
        plan.changes.append(Change(entry, item, "keywords", (edit,)))
    plan.same[item.key] = tuple(same)
    plan.unchanged += len(plan.changes) == before
    if conflicts := [o for o in found if o.verdict == "conflict"]:
        plan.problems.append(conflict_line(entry, conflicts, "the file's stay here"))


def _plan_additions(
    plan: PullPlan, target: Target, items: Sequence[ItemSide], habits: Habits
) -> None:
    for item, key in zip(items, _keys(target, items, habits.key_pattern), strict=True):
        fields = new_fields(item, modern=habits.modern, code_field=habits.code_field)
        kind = entry_type_of(item, modern=habits.modern)
        plan.additions.append((item, AddEntry(kind, key, tuple(fields))))
        if item.values["itemType"] not in ENTRY_TYPES:
            message = f"{key}: a {item.values['itemType']} becomes @{kind}"
            plan.problems.append(Problem(f"zotero:{item.key}", "unknown-type", message))
    unread: defaultdict[str, list[str]] = defaultdict(list)
    for item, added in plan.additions:
        for name in unread_fields(item):
            unread[name].append(added.key)
    for name, keys in sorted(unread.items()):
        more = f" and {len(keys) - 1} more" if len(keys) > 1 else ""
        message = f"not carried over: {name} ({keys[0]}{more})"
        plan.problems.append(Problem("zotero", "not-carried", message))


def _keys(target: Target, items: Sequence[ItemSide], pattern: str) -> list[str]:
    """Give each new entry its key: Zotero's own where it is free, else one by the pattern."""
    taken = {key.casefold() for key in target.keys}
    own: dict[int, str] = {}
    for place, item in enumerate(items):
        key = item.citation_key
        if key and key.casefold() not in taken and _KEY.fullmatch(key):
            own[place] = key
            taken.add(key.casefold())
    drafts = [_draft(item) for place, item in enumerate(items) if place not in own]
    named = iter(assign_keys(drafts, taken=[*target.keys, *own.values()], pattern=pattern))
    return [own[p] if p in own else next(named).citation_key for p in range(len(items))]


def _draft(item: ItemSide) -> Entry:
    values = item.values
    return Entry(
        citation_key="",
        entry_type="preprint",
        title=values.get("title", ""),
        authors=item.authors,
        date=partial_date(values.get("date", "")),
        eprint=Eprint(values["arXiv"]) if "arXiv" in values else None,
        doi=values.get("DOI"),
    )
