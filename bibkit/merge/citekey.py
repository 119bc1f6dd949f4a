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

from bibkit.errors import ConfigError
from bibkit.record import Author, Entry
from bibkit.text.latex import plain_text
from bibkit.text.titles import title_key
from bibkit.text.transliteration import to_ascii

DEFAULT_PATTERN = "{auth}{year}{shorttitle}"
FIELDS = ("auth", "Auth", "year", "yy", "shorttitle", "arxiv")

_FIELD = re.compile(r"\{([^{}]*)\}")
_LITERAL = re.compile(r"[A-Za-z0-9:/_+.&-]*")
"""What BibTeX, biber and `\\cite` all take in a key."""
_STOP_WORDS = frozenset(
    "a an the on of in for to and or nor but with without from by at as is are was be do does did "
    "can could should will would how what why when where which who whose whether if than that "
    "this these those it its into onto over under via using toward towards through between "
    "beyond about upon "
    "within not no so some all le la les un une des der die das el los las".split()
)
_LONGEST_WORD = 30
_NOBODY = "anon"


def citation_key(entry: Entry, pattern: str = DEFAULT_PATTERN) -> str:
    """Return the key a pattern gives an entry, not yet unique; never empty.

    Raises:
        ConfigError: the pattern has no field, an unknown one, or a character no key may have.

    >>> from bibkit.record import PartialDate
    >>> oord = Author("Oord", "Aäron", "van den")
    >>> title = "Representation Learning with Contrastive Predictive Coding"
    >>> citation_key(Entry("", "preprint", title, (oord,), PartialDate(2018)))
    'vandenoord2018representation'
    """
    check_pattern(pattern)
    return _FIELD.sub(lambda found: _value(found[1], entry), pattern) or _fallback(entry)


def assign_keys(
    drafts: Sequence[Entry], *, taken: Collection[str], pattern: str = DEFAULT_PATTERN
) -> list[Entry]:
    """Return the entries with keys, in the order given; no key equals another or one of `taken`.

    The keys do not depend on the order: of two papers that want one key, the older has it.
    """
    check_pattern(pattern)
    used = {key.casefold() for key in taken}
    keys: dict[int, str] = {}
    ways: dict[str, Iterator[str]] = {}  # what was taken stays so: never begin at "a" again
    for place in _by_age(drafts):
        wanted = citation_key(drafts[place], pattern)
        way = ways.setdefault(wanted, _with_suffixes(wanted))
        keys[place] = next(key for key in way if key.casefold() not in used)
        used.add(keys[place].casefold())
    return [replace(draft, citation_key=keys[place]) for place, draft in enumerate(drafts)]


def check_pattern(pattern: str) -> None:
    """Raise ConfigError unless keys can be made by a pattern."""
    fields = _FIELD.findall(pattern)
    unknown = [name for name in fields if name not in FIELDS]
    if unknown:
        known = ", ".join(f"{{{name}}}" for name in FIELDS)
        raise ConfigError(
            f"no such field: {{{unknown[0]}}}; there are {known}", origin="key_pattern"
        )
    if not fields:
        raise ConfigError(
            f"{pattern!r} has no field, so all keys would be one", origin="key_pattern"
        )
    if not _LITERAL.fullmatch(_FIELD.sub("", pattern)):
        raise ConfigError(f"{pattern!r} has a character that no key may have", origin="key_pattern")


def _value(field: str, entry: Entry) -> str:
    match field:
        case "auth":
            return "".join(_family_words(entry))
        case "Auth":
            return "".join(word.capitalize() for word in _family_words(entry))
        case "year":
            return str(entry.date.year) if entry.date else ""
        case "yy":
            return f"{entry.date.year % 100:02d}" if entry.date else ""
        case "shorttitle":
            return _short_title(entry)
        case _:
            return _arxiv_id(entry)


def _family_words(entry: Entry) -> list[str]:
    """Return the first author's family name, particles first; of a group, its first three words."""
    for author in entry.authors:
        words = [_folded(word) for word in _name_words(author)]
        if any(words):
            return [word for word in words if word]
    return [_NOBODY]


def _name_words(author: Author) -> list[str]:
    words = f"{author.particle} {author.family or author.given}".split()
    if not author.collective:
        return words
    return [word for word in words if word.lower() != "the"][:3]


def _folded(word: str) -> str:
    """Return a word in lower-case ASCII letters and digits."""
    return "".join(c for c in to_ascii(word).lower() if c.isalnum())


def _short_title(entry: Entry) -> str:
    """Return the first word of the title that says something; `α` is `alpha`, `GPT-4` is `gpt4`."""
    folded = (_folded(title_key(word)) for word in plain_text(entry.title).split())
    words = [word for word in folded if word]
    significant = next((word for word in words if word not in _STOP_WORDS), "")
    short = significant or (words[0] if words else _folded(_arxiv_id(entry)))
    return short[:_LONGEST_WORD]


def _arxiv_id(entry: Entry) -> str:
    identifier = entry.eprint.id if entry.eprint else ""
    return identifier if _LITERAL.fullmatch(identifier) else ""


def _fallback(entry: Entry) -> str:
    return _short_title(entry) or _folded(entry.doi or "") or _NOBODY


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
