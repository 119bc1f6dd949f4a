"""The rules applied to a whole file: its new bytes, or what they would change and where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from bibkit.bibfile import (
    BibFile,
    Block,
    Edit,
    SortEntries,
    edit_each,
    is_biblatex,
    is_commented,
    read_bib,
    readable,
    true_values,
)
from bibkit.errors import OutputError
from bibkit.fmt.draft import Context, Draft, Field, edits_between
from bibkit.fmt.rules import RULES, SORT
from bibkit.fmt.sorting import sorted_places
from bibkit.record import Problem

_LONGEST = 60
"""Characters of a value in a message."""


@dataclass(frozen=True, slots=True)
class Formatted:
    """What became of a file."""

    bib: BibFile
    data: bytes
    """The very bytes of `bib` where nothing changed."""
    problems: tuple[Problem, ...]
    """What was left as it is: broken entries, and those that cannot be patched safely."""

    @property
    def changed(self) -> bool:
        """True when there are other bytes."""
        return self.data != self.bib.data


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule would change."""

    entry: int
    """Its place in `bib.entries`."""
    rule: str
    field: str
    """In lower case; empty where it is about the whole entry."""
    message: str


def format_bib(bib: BibFile, rules: Sequence[str], *, whether_only: bool = False) -> Formatted:
    """Apply rules to a file.

    Args:
        bib: the file.
        rules: their names, in the order in which they are applied.
        whether_only: one change is enough, for who only asks whether there is any.

    >>> bib = read_bib(b"@misc{k, pages = {1-2}, month = 6, note = {}}", origin="my.bib")
    >>> format_bib(bib, ["empty-fields", "months", "page-dashes"]).data
    b'@misc{k, pages = {1--2}, month = jun}'
    """
    changes = _changes(bib, rules)
    data = bib.data
    refused: dict[int, OutputError] = {}
    size = 1 if whether_only else len(bib.entries) + 1
    while data == bib.data and (batch := list(islice(changes, size))):
        data, left_now = edit_each(bib, [one for change in batch for one in change])
        refused |= left_now
        size *= 10
    left = [
        Problem(error.origin, error.code, f"left as it is: {error.message}")
        for _, error in sorted(refused.items())
    ]
    broken = (problem for problem in bib.problems if problem.code == "broken-entry")
    return Formatted(bib, data, (*broken, *left))


def _changes(bib: BibFile, rules: Sequence[str]) -> Iterator[Sequence[Edit]]:
    """Yield the edits of each entry that the rules ask for, then the order of all."""
    for index, draft in _drafts(bib, _context(bib, rules)):
        after = draft
        for rule in rules:
            after = RULES[rule].apply(after)
        if after is not draft and (edits := list(edits_between(index, draft, after))):
            yield edits
    if SORT in rules and (order := sorted_places(bib)) != tuple(range(len(bib.entries))):
        yield [SortEntries(order)]


def format_problems(bib: BibFile, rules: Sequence[str]) -> Iterator[Finding]:
    """Yield what each rule, by itself, would change."""
    context = _context(bib, rules)
    drafts = list(_drafts(bib, context))
    for rule in rules:
        edits: list[Edit] = []
        for index, draft in drafts:
            after = RULES[rule].apply(draft)
            if after.layout != draft.layout:
                edits += edits_between(index, draft, after)
            elif after is not draft:
                yield from _findings(index, rule, draft, after)
        if edits:
            yield from _of_layout(bib, rule, edits)
    if SORT in rules:
        order = sorted_places(bib)
        wrong = next((place for place, entry in enumerate(order) if entry != place), None)
        if wrong is not None:
            message = f"{RULES[SORT].wants}: {bib.entries[order[wrong]].key!r} comes before it"
            yield Finding(wrong, SORT, "", message)


def _context(bib: BibFile, rules: Sequence[str]) -> Context:
    modern = "biblatex" in rules or ("bibtex" not in rules and is_biblatex(bib))
    names = (name for block in bib.blocks if block.kind == "string" for name, _ in block.fields)
    return Context(modern, frozenset(name.lower() for name in names))


def _drafts(bib: BibFile, context: Context) -> Iterator[tuple[int, Draft]]:
    """Yield the entries that are whole, and not commented out."""
    plain = readable(bib.text)
    for index, block in enumerate(bib.entry_blocks):
        if block.kind == "entry" and not block.complaint and not is_commented(plain, block.start):
            fields = block.fields if plain == bib.text else true_values(bib.text, block)
            drafted = (Field(name, raw, place) for place, (name, raw) in enumerate(fields))
            yield index, Draft(block.entry_type, tuple(drafted), context)


def _findings(index: int, rule: str, before: Draft, after: Draft) -> Iterator[Finding]:
    wants = RULES[rule].wants
    if after.entry_type != before.entry_type:
        yield Finding(index, rule, "", f"{wants}: @{before.entry_type} → @{after.entry_type}")
    now = {one.place: one for one in after.fields}
    for old in before.fields:
        new = now.get(old.place)
        if new == old:
            continue
        name = old.name.lower()
        if new is None:
            change = f"{name} goes"
        elif new.name.lower() != name:
            change = f"{name} → {new.name}"
        else:
            change = "{} → {}".format(*_difference(old.raw, new.raw))
        yield Finding(index, rule, name, f"{wants}: {change}")
    added = [one.name for one in after.fields if one.place not in {f.place for f in before.fields}]
    if added:
        yield Finding(index, rule, "", f"{wants}: with {', '.join(added)}")


def _difference(old: str, new: str) -> tuple[str, str]:
    """Return two values, or of long ones the parts around the first letter that differs."""
    if max(len(old), len(new)) <= _LONGEST:
        return old, new
    pairs = enumerate(zip(old, new, strict=False))
    at = next((place for place, (a, b) in pairs if a != b), min(len(old), len(new)))
    start = max(0, at - _LONGEST // 3)
    lead = "…" if start else ""
    return tuple(f"{lead}{value[start : at + _LONGEST // 3]}…" for value in (old, new))  # type: ignore[return-value]


def _of_layout(bib: BibFile, rule: str, edits: Sequence[Edit]) -> Iterator[Finding]:
    data, _ = edit_each(bib, edits)
    if data == bib.data:
        return
    after = read_bib(data, origin=bib.origin)
    pairs = zip(_texts(bib, bib.entry_blocks), _texts(after, after.entry_blocks), strict=True)
    for index, (old, new) in enumerate(pairs):
        if old != new:
            yield Finding(index, rule, "", RULES[rule].wants)


def _texts(bib: BibFile, blocks: Sequence[Block]) -> Iterator[str]:
    for block in blocks:
        yield bib.text[block.start : block.end]
