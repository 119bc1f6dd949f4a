"""Citation keys: `vaswani2017attention`, unique without regard to case and to the order of input.

A key is given once; the caller passes every key that was ever given as `taken`, so the suffixes
a, b, … always go to the paper that was added later.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import count, groupby
from typing import Any

from bibkit.merge.key_pattern import NOBODY, Part, folded, parse_pattern, short_title, value
from bibkit.record import Entry
from bibkit.text.titles import title_key

DEFAULT_PATTERN = "{auth}{year}{shorttitle}"
_LONGEST = 100


def citation_key(entry: Entry, pattern: str = DEFAULT_PATTERN) -> str:
    """Return the key a pattern gives an entry, not yet unique; never empty.

    Raises:
        ConfigError: the pattern has no part, an unknown one, or a character no key may have.

    >>> from bibkit.record import Author, PartialDate
    >>> oord = Author("Oord", "Aäron", "van den")
    >>> title = "Representation Learning with Contrastive Predictive Coding"
    >>> citation_key(Entry("", "preprint", title, (oord,), PartialDate(2018)))
    'vandenoord2018representation'
    """
    pieces = parse_pattern(pattern)
    key = "".join(value(piece, entry) if isinstance(piece, Part) else piece for piece in pieces)
    return key[:_LONGEST] or _fallback(entry)


def assign_keys(
    drafts: Sequence[Entry], *, taken: Collection[str], pattern: str = DEFAULT_PATTERN
) -> list[Entry]:
    """Return the entries with keys, in the order given; no key equals another or one of `taken`.

    The keys do not depend on the order: of two papers that want one key, the older has it.
    """
    parse_pattern(pattern)  # a senseless one is an error even when there is nothing to name
    used = {key.casefold() for key in taken}
    keys: dict[int, str] = {}
    ways: dict[str, Iterator[str]] = {}  # what was taken stays so: never begin at "a" again
    for place in _by_age(drafts):
        wanted = citation_key(drafts[place], pattern)
        way = ways.setdefault(wanted, _with_suffixes(wanted))
        keys[place] = next(key for key in way if key.casefold() not in used)
        used.add(keys[place].casefold())
    return [replace(draft, citation_key=keys[place]) for place, draft in enumerate(drafts)]


def _fallback(entry: Entry) -> str:
    return short_title(entry) or folded(entry.doi or "")[:_LONGEST].lower() or NOBODY


def _with_suffixes(key: str) -> Iterator[str]:
    """Yield the key, then the key with a, b, …, z, aa, ab, … behind it."""
    yield key
    for number in count(1):
        suffix = ""
        while number:
            number, letter = divmod(number - 1, 26)  # from the right
            suffix = chr(ord("a") + letter) + suffix
        yield key + suffix


def _by_age(drafts: Sequence[Entry]) -> Iterator[int]:
    """Yield the places of the drafts, the oldest paper's first, whatever the order of the input.

    Only ties are spelled out in full: abstracts included, that is a second copy of everything.
    """
    keys = [_seniority(draft) for draft in drafts]
    ordered = sorted(range(len(drafts)), key=keys.__getitem__)
    for _, tied in groupby(ordered, key=keys.__getitem__):
        places = list(tied)
        yield from sorted(places, key=lambda p: repr(drafts[p])) if len(places) > 1 else places


def _seniority(entry: Entry) -> tuple[Any, ...]:
    """Return what orders papers by age, as far as their identifiers tell."""
    title = str(title_key(entry.title))
    if entry.eprint:
        month = int(re.sub(r"\D", "", entry.eprint.id)[:4] or 0)
        return 0, month + (0 if month >= 9000 else 10_000), entry.eprint.id, title
    return (1, entry.doi, title) if entry.doi else (2, title)
