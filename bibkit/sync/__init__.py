"""Entries + what is there already → a plan, then one safe write."""

from bibkit.sync.exclusive import locked
from bibkit.sync.explain import explain_entry
from bibkit.sync.fresh import write_fresh
from bibkit.sync.papers import Wanted
from bibkit.sync.plan import (
    RESTORE_ALL,
    deleted_key,
    deleted_keys,
    key_in_lock,
    known_key,
    unlocked_keys,
)
from bibkit.sync.sorting import Sorted, sort_papers, with_keys
from bibkit.sync.target import READERS, Target, read_target
from bibkit.sync.write import WriteReport, Written, write_target

__all__ = [
    "READERS", "RESTORE_ALL", "Sorted", "Target", "Wanted", "WriteReport", "Written",
    "deleted_key", "deleted_keys", "explain_entry", "key_in_lock", "known_key", "locked",
    "read_target", "sort_papers", "unlocked_keys", "with_keys", "write_fresh",
    "write_target",
]  # fmt: skip
