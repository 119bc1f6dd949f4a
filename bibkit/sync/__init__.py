"""Entries + what is there already → a plan, then one safe write."""

from bibkit.sync.atomic import clear_leftover, read_if_there, refuse_changed, replace_file
from bibkit.sync.exclusive import locked
from bibkit.sync.explain import explain_entry
from bibkit.sync.fresh import write_fresh
from bibkit.sync.lock import Lock, dump_lock, read_lock
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
from bibkit.sync.target import READERS, Target, check_place, lock_path, read_target
from bibkit.sync.undo import put_back
from bibkit.sync.write import (
    Outcome,
    WriteReport,
    Written,
    outcome_of,
    replace_both,
    write_target,
)

__all__ = [
    "READERS", "RESTORE_ALL", "Lock", "Outcome", "Sorted", "Target", "Wanted", "WriteReport",
    "Written", "check_place", "clear_leftover", "deleted_key", "deleted_keys", "dump_lock",
    "explain_entry", "key_in_lock", "known_key", "lock_path", "locked", "outcome_of",
    "put_back",
    "read_if_there", "read_lock", "read_target", "refuse_changed", "replace_both", "replace_file",
    "sort_papers", "unlocked_keys", "with_keys", "write_fresh", "write_target",
]  # fmt: skip
