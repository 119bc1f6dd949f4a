"""Entries with the keys that a file gave them → entries with keys that are unique and can be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bibkit.merge.citekey import assign_keys
from bibkit.record import Entry, Problem
from bibkit.text.transliteration import to_ascii

_IMPOSSIBLE = re.compile(r"[^A-Za-z0-9:/_+.&-]+")


def keyed(entries: Sequence[Entry]) -> tuple[list[Entry], list[Problem]]:
    """Return the entries with keys; one is changed only where BibTeX could not have it, and told.

    >>> kept, told = keyed([Entry("k", "preprint", "T"), Entry("K", "preprint", "U")])
    >>> [entry.citation_key for entry in kept], str(told[0])
    (['k', 'Ka'], "K: key-changed: is a citation key twice; written as 'Ka'")
    """
    used: set[str] = set()
    named: list[Entry] = []
    problems: list[Problem] = []
    for entry in entries:
        old = entry.citation_key
        possible = _IMPOSSIBLE.sub("", to_ascii(old))
        if not possible:
            named.append(replace(entry, citation_key=""))
            continue
        key = next(way for way in _ways(possible) if way.casefold() not in used)
        used.add(key.casefold())
        named.append(replace(entry, citation_key=key))
        if key != old:
            why = "cannot be a citation key" if possible != old else "is a citation key twice"
            problems.append(Problem(old, "key-changed", f"{why}; written as {key!r}"))
    fresh = iter(assign_keys([e for e in named if not e.citation_key], taken=used))
    return [entry if entry.citation_key else next(fresh) for entry in named], problems


def _ways(key: str) -> Iterator[str]:
    yield key
    for letters in range(1, 1_000_000):
        suffix, number = "", letters
        while number:
            number, letter = divmod(number - 1, 26)
            suffix = chr(ord("a") + letter) + suffix
        yield key + suffix
