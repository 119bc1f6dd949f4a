"""OUT and its lock → the entries that bibkit wrote and may bring up to date.

An entry that cannot be told for certain (broken, commented out, a key that stands twice) is left
alone. One whose key the user changed is found by its paper, and then by what bibkit wrote in it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bibkit.bibfile import BibFile, FileEntry, Identity, fixed_places, macro_names
from bibkit.sync import Target
from bibkit.sync.lock import LockedEntry

_MONTHS = frozenset("jan feb mar apr may jun jul aug sep oct nov dec".split())


@dataclass(frozen=True, slots=True)
class Tracked:
    """An entry of OUT that bibkit wrote, and what it wrote."""

    index: int
    """In `BibFile.entries`."""
    there: FileEntry
    with_macros: frozenset[str]
    """Fields whose values the user made with macros."""
    lock_key: str
    """The key in the lock: another one where the user changed it."""
    base: LockedEntry


def tracked_entries(target: Target) -> tuple[Tracked, ...]:
    """Return the entries that bibkit wrote, in the file's order."""
    bib, lock = target.file, target.lock
    if not isinstance(bib, BibFile):
        return ()
    written = {key: entry for key, entry in lock.entries.items() if not entry.retired}
    sound = dict(_sound_entries(bib))
    identities = {index: identity for index, (_, identity) in enumerate(target.papers.papers)}
    found = {
        index: there.key
        for index, there in sound.items()
        if there.key in written and _is_same_paper(there, identities[index], written[there.key])
    }
    keys = {entry.key for entry in bib.entries}
    missing = {key: entry for key, entry in written.items() if key not in keys}
    if missing:
        strangers = {i: there for i, there in sound.items() if there.key not in lock.entries}
        found |= _renamed(strangers, identities, missing)
    blocks = bib.entry_blocks
    return tuple(
        Tracked(index, sound[index], _with_macros(blocks[index].fields), key, lock.entries[key])
        for index, key in sorted(found.items())
    )


def papers_without_lock(target: Target) -> dict[str, str]:
    """Return, where the lock is lost, the entries that may be bibkit's: key → arXiv id.

    They look like it; whether they are shows when they are compared with what it would write.
    """
    if target.lock_data is not None or not isinstance(target.file, BibFile):
        return {}
    return {
        there.key: identity.arxiv_id
        for there, (_, identity) in zip(target.file.entries, target.papers.papers, strict=True)
        if identity.arxiv_id
        and there.fields.get("url") == f"https://arxiv.org/abs/{identity.arxiv_id}"
        and there.fields.get("eprinttype") == "arxiv"
    }


def _sound_entries(bib: BibFile) -> Iterator[tuple[int, FileEntry]]:
    fixed = fixed_places(bib)
    count = Counter(entry.key.casefold() for entry in bib.entries)
    for index, entry in enumerate(bib.entries):
        if entry.key and index not in fixed and count[entry.key.casefold()] == 1:
            yield index, entry


def _is_same_paper(there: FileEntry, identity: Identity, written: LockedEntry) -> bool:
    """Tell whether an entry is still about the paper that it was written for."""
    own = written.identity
    if identity.arxiv_id and own.arxiv_id:
        return identity.arxiv_id == own.arxiv_id
    named = own.title and own.title == identity.title
    return bool(named or (own.doi and own.doi == identity.doi)) or _looks_alike(there, written)


def _renamed(
    strangers: Mapping[int, FileEntry],
    identities: Mapping[int, Identity],
    missing: Mapping[str, LockedEntry],
) -> Iterator[tuple[int, str]]:
    """Yield the entries that are what bibkit wrote under a key that is gone.

    An entry of one's own about the same paper looks otherwise.
    """
    by_name: defaultdict[str, list[int]] = defaultdict(list)
    for index in strangers:
        identity = identities[index]
        for name in {identity.arxiv_id or identity.doi, identity.title} - {None, ""}:
            by_name[str(name)].append(index)
    taken: set[int] = set()
    for key, entry in missing.items():
        own = entry.identity
        named = [i for name in (own.arxiv_id or own.doi, own.title) for i in by_name[name or ""]]
        for index in dict.fromkeys(named):
            there = strangers[index]
            same = _is_same_paper(there, identities[index], entry) and _looks_alike(there, entry)
            if same and index not in taken:
                taken.add(index)
                yield index, key
                break


def _looks_alike(there: FileEntry, written: LockedEntry, *, share: float = 0.5) -> bool:
    """Tell whether at least a `share` of the fields are as bibkit wrote them."""
    same = written.fields.items() & there.fields.items()
    return bool(same) and len(same) >= share * len(written.fields)


def _with_macros(fields: tuple[tuple[str, str], ...]) -> frozenset[str]:
    return frozenset(
        name.lower()
        for name, raw in fields
        if raw[:1] not in '{"' or "#" in raw
        if not _MONTHS.issuperset(word.lower() for word in macro_names(raw))
    )
