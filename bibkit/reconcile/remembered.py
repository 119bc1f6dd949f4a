"""What people decided about pairs ↔ the `decisions` of a file's lock.

A pair within one file is its two citation keys; of a pair across files the first file's lock
remembers the other file too, as a path from its own folder.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from bibkit.reconcile.clusters import DECISIONS, Decision, Pair
from bibkit.reconcile.reading import Shelf
from bibkit.sync import Lock


def remembered(shelf: Shelf) -> dict[Pair, Decision]:
    """Return what the locks say of the pairs in some files."""
    numbers = {(paper.file, paper.label): n for n, paper in enumerate(shelf.papers)}
    files = {file.path: number for number, file in enumerate(shelf.files)}
    said: dict[Pair, Decision] = {}
    for number, file in enumerate(shelf.files):
        for value in file.lock.decisions:
            known = _read(value)
            if known is None:
                continue
            decision, keys, other = known
            path = os.path.normpath(file.path.parent / other) if other else str(file.path)
            second = files.get(type(file.path)(path))
            ends = [numbers.get((number, keys[0]))]
            ends.append(numbers.get((second, keys[1])) if second is not None else None)
            if ends[0] is not None and ends[1] is not None and ends[0] != ends[1]:
                said[min(ends[0], ends[1]), max(ends[0], ends[1])] = decision
    return said


def _read(value: Any) -> tuple[Decision, list[str], str] | None:
    """Return a decision of this kind; other versions may write others."""
    if not isinstance(value, dict):
        return None
    decision = next((d for d in DECISIONS if d == value.get("decision")), None)
    keys, other = value.get("keys"), value.get("file", "")
    if decision is None or not isinstance(keys, list) or not isinstance(other, str):
        return None
    words = [key for key in keys if isinstance(key, str)]
    return (decision, words, other) if len(words) == len(keys) == 2 else None


def with_decisions(shelf: Shelf, said: Mapping[Pair, Decision]) -> dict[int, Lock]:
    """Return, by file, the locks that remember more than they did.

    Pairs with something that is in no .bib have no lock; the plan alone remembers them.
    """
    news: dict[int, list[dict[str, Any]]] = {}
    for (one, other), decision in said.items():
        first, second = shelf.papers[one], shelf.papers[other]
        files = shelf.files[first.file], shelf.files[second.file]
        if files[0].bib is None or files[1].bib is None:
            continue
        value: dict[str, Any] = {"decision": decision, "keys": [first.label, second.label]}
        if first.file != second.file:
            path = os.path.relpath(files[1].path, files[0].path.parent)
            value["file"] = PurePath(path).as_posix()
        else:
            value["keys"].sort()
        news.setdefault(first.file, []).append(value)
    locks = {}
    for number, values in news.items():
        lock = shelf.files[number].lock
        after = _with(lock, values)
        if after != lock:
            locks[number] = after
    return locks


def _with(lock: Lock, values: list[dict[str, Any]]) -> Lock:
    """Add decisions; a later one about a pair replaces an earlier one."""
    about = {_subject(value) for value in values}
    kept = [old for old in lock.decisions if _read(old) is None or _subject(old) not in about]
    decided = [old for old in kept if _read(old)]
    others = [old for old in kept if not _read(old)]
    return replace(lock, decisions=(*others, *sorted([*decided, *values], key=_subject)))


def _subject(value: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what a decision is about."""
    return (*sorted(value["keys"]), value.get("file", ""))
