"""A paper + what stands at OUT → is it there, was it deleted from there, which key is its own."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

from bibkit.emit.fields import is_writable_key
from bibkit.sync.papers import Wanted
from bibkit.sync.target import Target

RESTORE_ALL = "all"


def known_key(target: Target, wanted: Wanted) -> str | None:
    """Return the citation key under which a paper is in OUT already; it may be empty there.

    An entry that bibkit wrote and the user changed beyond recognition is still the same paper, as
    long as it keeps its key and names no other arXiv id.
    """
    found = target.papers.matching(wanted)
    if found:
        return found[0]
    return next((key for key in _written_keys(target, wanted) if _in_place(target, key)), None)


def deleted_key(target: Target, wanted: Wanted, *, restore: Collection[str] = ()) -> str | None:
    """Return the key of a paper that the user deleted from OUT and does not want restored.

    Where there is no OUT at all, nothing has been deleted from it.
    """
    if target.file is None or known_key(target, wanted) is not None:
        return None
    keys = _written_keys(target, wanted)
    if RESTORE_ALL in restore or any(key in restore for key in keys):
        return None
    return next(iter(keys), None)


def deleted_keys(target: Target) -> frozenset[str]:
    """Return the keys of all entries that the user deleted from OUT: what can be restored."""
    return frozenset(
        key
        for key, entry in target.lock.entries.items()
        if deleted_key(target, Wanted(entry.arxiv_id, entry.doi, entry.title)) == key
    )


def key_in_lock(target: Target, wanted: Wanted) -> str | None:
    """Return the key that a paper was given before and that no entry of OUT has now."""
    in_out = _folded(target.file.keys) if target.file else frozenset()
    keys = filter(is_writable_key, target.remembered.matching(wanted))
    return next((key for key in keys if key.casefold() not in in_out), None)


@lru_cache(maxsize=1)  # asked once for each paper, about one OUT
def _folded(keys: frozenset[str]) -> frozenset[str]:
    return frozenset(key.casefold() for key in keys)


def unlocked_keys(target: Target) -> frozenset[str]:
    """Return the keys in OUT of which the lock knows nothing: `write_target` may adopt these.

    A key that bibkit cannot write is the user's, and so is its entry.
    """
    written = {key for key, entry in target.lock.entries.items() if not entry.retired}
    return frozenset(filter(is_writable_key, target.papers.by_key)) - written


def _written_keys(target: Target, wanted: Wanted) -> tuple[str, ...]:
    entries = target.lock.entries
    return tuple(k for k in target.remembered.matching(wanted) if not entries[k].retired)


def _in_place(target: Target, key: str) -> bool:
    """Tell whether OUT still has the entry that bibkit wrote under a key."""
    there, written = target.papers.by_key.get(key), target.lock.entries[key]
    return there is not None and there.arxiv_id in (None, written.arxiv_id)
