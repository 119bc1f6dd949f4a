"""Entries, items and what is remembered → what a push is to write; pure, and made anew each time.

An item is written only where it would change, so the plan of a second run is empty.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bibkit.record import Problem
from bibkit.zotero.agreeing import agreed, conflict_line
from bibkit.zotero.from_item import item_side
from bibkit.zotero.item_types import fields_of, own_name
from bibkit.zotero.matching import Matched, match
from bibkit.zotero.remembered import Remembered, kept
from bibkit.zotero.settling import Outcome, is_alike, new_tags, outcomes
from bibkit.zotero.sides import EntrySide, ItemSide
from bibkit.zotero.to_item import new_item, retyped, with_tags, with_values

_FREE = frozenset({"author", "editor", "arXiv", "primaryClass", "note", "citationKey", "DOI"})
"""Values that every item can take, if only in Extra."""


@dataclass(frozen=True, slots=True)
class ItemWrite:
    """An item that is to be made or changed."""

    entry: EntrySide
    item: ItemSide | None
    """None of one that is to be made."""
    data: Mapping[str, Any] = field(repr=False)
    settled: tuple[str, ...]
    """The values on which both sides agree once it is written."""
    words: tuple[str, ...]
    """What changes."""


@dataclass(frozen=True, slots=True)
class CodeWrite:
    """A link to the code that is to be attached to an item, or changed there."""

    entry: EntrySide
    item: ItemSide
    address: str


@dataclass(slots=True)
class PushPlan:
    """All that a push would do."""

    items: list[ItemWrite] = field(default_factory=list)
    codes: list[CodeWrite] = field(default_factory=list)
    """For items that are there; one that is made gets its own right after."""
    trash: list[tuple[str, ItemSide]] = field(default_factory=list)
    """Citation keys and items of entries that the user deleted."""
    known: dict[str, Remembered] = field(default_factory=dict)
    """What is remembered of the items, before anything is written."""
    problems: list[Problem] = field(default_factory=list)
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user wants of a push."""

    collection: str | None = None
    """The key of the collection that all items go into."""
    delete: bool = False
    restore: frozenset[str] = frozenset()
    refused: Collection[int] = ()
    """Places of entries that Zotero refused in this run."""


def plan_push(
    entries: Sequence[EntrySide],
    items: Sequence[ItemSide],
    known: Mapping[str, Remembered],
    keys: Collection[str],
    wish: Wish,
) -> PushPlan:
    """Return what is to be written.

    Args:
        entries: the papers of the file.
        items: the references of the library.
        known: item key → what is remembered.
        keys: every citation key in the file, also in comments and broken entries.
        wish: what the user wants.

    """
    matched = match(entries, items, known)
    plan = PushPlan(known=dict(known), problems=list(matched.problems))
    shown = _fields_shown(items)
    gone = _gone(items, known)
    cited = {item.citation_key.casefold() for item in items if item.key not in matched.entries}
    new: dict[tuple[str, str], EntrySide] = {}
    for entry in entries:
        if entry.index in matched.twins or entry.index in wish.refused:
            continue
        item = matched.items.get(entry.index)
        if item:
            _plan_change(plan, entry, item, wish, shown)
            continue
        lost = [key for key in gone.get(entry.key, ()) if _is_same(known[key], entry)]
        if lost and not {entry.key, "all"} & wish.restore:
            message = f"{entry.key}: was removed in Zotero; --restore {entry.key} makes it again"
            plan.problems.append(Problem(entry.origin, "removed-in-zotero", message))
        elif twin := _twin(entry, new):
            message = f"{entry.key}: the same paper as {twin.key}"
            plan.problems.append(Problem(entry.origin, "duplicate", message))
        else:
            for key in lost:
                del plan.known[key]
            _plan_new(plan, entry, wish, shown)
            if entry.key.casefold() in cited:
                message = f"{entry.key}: Zotero has another paper under this key"
                plan.problems.append(Problem(entry.origin, "key-taken", message))
    _plan_deletions(plan, matched, items, keys, wish)
    return plan


def _twin(entry: EntrySide, new: dict[tuple[str, str], EntrySide]) -> EntrySide | None:
    """Return the entry that is the same new paper; take down what tells this one."""
    both = (("arXiv", entry.identity.arxiv_id), ("DOI", entry.identity.doi))
    marks = [(name, value) for name, value in both if value]
    title = entry.values.get("title")
    for mark in marks:
        if mark in new and is_alike("title", title, new[mark].values.get("title")):
            return new[mark]
    new |= {mark: entry for mark in marks if mark not in new}
    return None


def _gone(items: Sequence[ItemSide], known: Mapping[str, Remembered]) -> dict[str, list[str]]:
    """Return citation key → the items of that entry that the library no longer has."""
    there = {item.key for item in items}
    gone: dict[str, list[str]] = {}
    for key, one in known.items():
        if key not in there:
            gone.setdefault(one.entry, []).append(key)
    return gone


def _is_same(one: Remembered, entry: EntrySide) -> bool:
    """Tell whether an entry is still the paper that an item was made of."""
    told = [(one.base(name)[0], entry.values.get(name)) for name in ("arXiv", "DOI")]
    return not any(old and new and kept(new) != old for old, new in told)


def _fields_shown(items: Sequence[ItemSide]) -> dict[str, frozenset[str]]:
    """Return item type → the fields that the library's own items show it to have."""
    shown: dict[str, frozenset[str]] = {}
    for item in items:
        kind = item.values["itemType"]
        shown[kind] = shown.get(kind, frozenset()) | item.data.keys()
    return shown


def _plan_new(
    plan: PushPlan, entry: EntrySide, wish: Wish, shown: Mapping[str, frozenset[str]]
) -> None:
    kind = entry.values["itemType"]
    collections = [wish.collection] if wish.collection else []
    data = new_item(entry.values, entry.tags, collections, shown.get(kind, frozenset()))
    if entry.unknown_type:
        message = f"{entry.key}: @{entry.entry.entry_type} becomes a document in Zotero"
        plan.problems.append(Problem(entry.origin, "unknown-type", message))
    settled = tuple(name for name in entry.values if name != "code")
    title = entry.values.get("title", "(no title)")
    plan.items.append(ItemWrite(entry, None, data, settled, (f"{kind}: {title}",)))


def _plan_change(
    plan: PushPlan,
    entry: EntrySide,
    item: ItemSide,
    wish: Wish,
    shown: Mapping[str, frozenset[str]],
) -> None:
    base = plan.known.get(item.key)
    found = [_with_links(o, item) for o in outcomes(entry, item, base, writing="item")]
    data, taken = _changed(plan, entry, item, found, shown)
    same = tuple(o.name for o in found if o.verdict == "same")
    tags = new_tags(item.tags, entry.tags, base)
    words = [o.name for o in taken]
    if tags:
        data = with_tags(data, tags)
        words.append(f"tags {', '.join(tags)}")
    put_before = base.collections if base else ()
    if wish.collection and wish.collection not in (*item.collections, *put_before):
        data = {**data, "collections": [*item.collections, wish.collection]}
        words.append("collection")
    one = agreed(base, entry, item, same)
    if wish.collection in item.collections:
        one = replace(one, collections=tuple(sorted({*one.collections, str(wish.collection)})))
    plan.known[item.key] = one
    code = next((o for o in found if o.name == "code" and o.verdict == "theirs"), None)
    if words:
        settled = (*same, *(o.name for o in taken))
        plan.items.append(ItemWrite(entry, item, data, settled, tuple(words)))
    if code and code.entry:
        plan.codes.append(CodeWrite(entry, item, code.entry))
    if not words and not code:
        plan.unchanged += 1
    if conflicts := [o for o in found if o.verdict == "conflict"]:
        plan.problems.append(conflict_line(entry, conflicts, "Zotero's stay there"))


def _with_links(outcome: Outcome, item: ItemSide) -> Outcome:
    """Take the code as attached where any link leads to it, whatever its title."""
    there = outcome.name == "code" and any(is_alike("code", outcome.entry, u) for u in item.links)
    return replace(outcome, verdict="same") if there else outcome


def _changed(
    plan: PushPlan,
    entry: EntrySide,
    item: ItemSide,
    found: Sequence[Outcome],
    shown: Mapping[str, frozenset[str]],
) -> tuple[Mapping[str, Any], list[Outcome]]:
    """Return the item's data with what the entry says anew, and which values those are."""
    taken = [o for o in found if o.verdict == "theirs" and o.entry and o.name != "code"]
    data = item.data
    if any(o.name == "itemType" for o in taken):
        other = retyped(item.data, entry.values["itemType"])
        if other.lost:
            taken = [o for o in taken if o.name != "itemType"]
            message = (
                f"{entry.key}: stays a {item.values['itemType']} in Zotero, for as "
                f"{entry.values['itemType']} it would lose {', '.join(other.lost)}"
            )
            plan.problems.append(Problem(entry.origin, "type-kept", message))
        else:
            data = other.data
    kind = str(data["itemType"])
    if kind != entry.values["itemType"]:  # what this type has no place for does not belong to it
        places = fields_of(kind) | item.data.keys()
        taken = [o for o in taken if o.name in _FREE or own_name(kind, o.name) in places]
    values = {o.name: o.entry for o in taken if o.entry and o.name != "itemType"}
    if "primaryClass" in values and "arXiv" in entry.values:
        values["arXiv"] = entry.values["arXiv"]
    if "arXiv" in values and "primaryClass" in entry.values:
        values["primaryClass"] = entry.values["primaryClass"]
    known = shown.get(kind, frozenset()) if kind != item.values["itemType"] else frozenset()
    return (with_values(data, values, known) if taken else data), taken


def written_item(write: ItemWrite, data: Mapping[str, Any], plan: PushPlan, wish: Wish) -> ItemSide:
    """Take down that an item was written, and return it as it is now."""
    whole = {**write.data, **data}
    item = item_side(whole)
    if write.item:
        item = replace(item, code=write.item.code, links=write.item.links)
    entry = write.entry
    one = agreed(plan.known.get(item.key), entry, item, write.settled, tags=entry.tags)
    collections = {*one.collections, *([wish.collection] if wish.collection else [])}
    plan.known[item.key] = replace(
        one, made=one.made or write.item is None, collections=tuple(sorted(collections))
    )
    return item


def _plan_deletions(
    plan: PushPlan,
    matched: Matched,
    items: Sequence[ItemSide],
    keys: Collection[str],
    wish: Wish,
) -> None:
    """Plan what becomes of items whose entry the user deleted: by default, nothing."""
    there = {key.casefold() for key in keys}
    for item in items:
        one = plan.known.get(item.key)
        if one is None or item.key in matched.entries or one.entry.casefold() in there:
            continue
        if not one.made:
            continue
        origin = f"zotero:{item.key}"
        if not wish.delete:
            message = f"{one.entry}: is gone from the file; --delete moves its item to the trash"
            plan.problems.append(Problem(origin, "gone-from-file", message))
        elif edited := _edited(one, item):
            message = f"{one.entry}: is gone from the file, but Zotero has other {edited} now"
            plan.problems.append(Problem(origin, "conflict", f"{message}; it stays"))
        else:
            plan.trash.append((one.entry, item))


def _edited(one: Remembered, item: ItemSide) -> str:
    """Name what a person changed in an item since it was written."""
    names = {*one.values, *one.item_values, *item.values} - {"code"}
    return ", ".join(sorted(n for n in names if kept(item.values.get(n)) != one.base(n)[1]))
