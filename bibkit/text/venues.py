"""Journals, proceedings and series as references write them → what can be compared.

"Proc. VLDB", "Very Large Data Bases" and "in 23rd Int. Conf. on Very Large Databases" are one; a
journal and the conference of the same name are two, for a paper in one is not the paper in the
other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from bibkit.text import venue_names as names
from bibkit.text.titles import title_key, title_tokens

Kind = Literal["journal", "conference", "report", "thesis", "preprint", "draft", ""]
"""What sort of publication; empty when the name does not tell, or tells two."""
Relation = Literal["same", "alike", "silent", "different"]

_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("preprint", re.compile(r"\b(?:arxiv|corr|biorxiv|medrxiv|preprints?|ssrn)\b")),
    ("thesis", re.compile(r"\b(?:phd|ph d|master s|masters|doctoral|thesis|dissertation)\b")),
    ("report", re.compile(
        r"\btech(?:nical)? (?:rep|memo|note)|\bresearch report|\breport (?:no|number)\b")),
    ("draft", re.compile(r"\bunpublished\b|\bmanuscript\b|\bsubmitted\b|\bin preparation\b")),
)  # fmt: skip
_CONFERENCE = re.compile(
    r"\bprocs?\b|\bproceedings?\b|\bconf(?:erence)?\b|\bsymp(?:os(?:ium|ia)?)?\b|\bworkshop\b"
    r"|\bcongress\b|\bmeeting\b|\bcolloquium\b|\badvances in neural\b"
)
_JOURNAL = re.compile(
    r"\bj\b|\bjour(?:nal|n)?\b|\btrans(?:actions?)?\b|\bletters?\b|\bannals\b|^ann\b"
    r"|\barch(?:ives?)?\b|\bmagazine\b|\brev(?:iews?)?\b|\brecord\b|\bbulletin\b"
)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|(?<=['’`])\d\d(?!\d)|(?<=[a-z]-)9\d(?!\d)")
_GLUED_ORDINAL = re.compile(r"(?<=\d)\s?(?:st|nd|rd|th)(?=[a-z])")
_SUPPLEMENT = re.compile(r"(?<=\w)\s?\.\s?conference:")
"""How an index names the meeting whose abstracts a journal printed: `Blood.Conference: 52nd …`."""
_ALTERNATIVES = re.compile(r"\s*=\s*|\s*[:;]\s+|\s*[([]|\s*&mdash;\s*|\s+—\s+")


_KNOWN = {**names.CONFERENCES, **names.JOURNALS}
ACRONYMS = frozenset(_KNOWN)
"""Of well-known venues."""
_LONG_ACRONYMS = tuple(sorted(a for a in _KNOWN if len(a) > 3 and a not in ("soda", "jama")))
_EXPANDED = {acronym: frozenset(name.split()) for acronym, name in _KNOWN.items()}


@dataclass(frozen=True, slots=True)
class Venue:
    """A venue as it is compared."""

    kind: Kind
    words: frozenset[str]
    """What tells it from others of its kind."""
    names: tuple[tuple[str, ...], ...]
    """Its alternative names ("X = Y"), each as its words in order."""
    known: frozenset[str]
    """Acronyms of well-known venues, written out or not."""
    year: int | None
    """A year inside the name: "ICML-97", "eurocolt '95"."""


UNPUBLISHED = frozenset({"preprint", "report"})
"""Kinds of what appears elsewhere afterwards."""


@lru_cache(maxsize=200_000)
def read_venue(text: str) -> Venue:
    """Take a venue apart.

    >>> read_venue("in Proc. 25th Annu. ACM Sympos. Theory Comput.,").kind
    'conference'
    >>> read_venue("ICML-97").year
    1997
    """
    folded = _GLUED_ORDINAL.sub(" ", _SUPPLEMENT.split(text[:500].casefold())[0])
    plain = " ".join(title_tokens(folded))
    tokens = [_unglued(t) for t in plain.split() if not t[0].isdigit() and t not in names.SMALL]
    words = {t for t in tokens if t not in names.FORMAL and t not in names.NO_VENUE}
    known = {a for a in _KNOWN if a in words}
    spelled = {a for a, name in _EXPANDED.items() if len(name) > 3 and name <= words}
    kind = _kind(plain, known | spelled)
    for acronym, name in _EXPANDED.items():
        if _kind_of(acronym) == kind and name <= words:
            known.add(acronym)
    for acronym in known & words:
        words |= _EXPANDED[acronym]
    if not words and kind == "journal" and "acm" in tokens:
        words = set(_EXPANDED["jacm"])
    alternatives = tuple(
        tuple(t for t in title_tokens(part) if t not in names.SMALL and not t[0].isdigit())
        for part in _ALTERNATIVES.split(folded)
    )
    return Venue(
        kind, frozenset(words), tuple(n for n in alternatives if n), frozenset(known), _year(folded)
    )


def _kind_of(acronym: str) -> Kind:
    return "conference" if acronym in names.CONFERENCES else "journal"


def _unglued(token: str) -> str:
    """Take a well-known acronym out of what is glued to it: `ofvldb`, `acmsigmod`."""
    return next((a for a in _LONG_ACRONYMS if token.endswith(a)), token)


def _kind(plain: str, known: set[str]) -> Kind:
    for kind, pattern in _KINDS:
        if pattern.search(plain):
            return kind
    conference, journal = _CONFERENCE.search(plain), _JOURNAL.search(plain)
    if conference and journal:
        return ""  # a journal's supplement with a conference's abstracts
    if conference or journal:
        return "conference" if conference else "journal"
    if known:
        return _kind_of(min(known))
    return ""


def _year(text: str) -> int | None:
    years = {
        int(y) if len(y) == 4 else 1900 + int(y) + 100 * (int(y) < 40) for y in _YEAR.findall(text)
    }
    return years.pop() if len(years) == 1 else None


@lru_cache(maxsize=200_000)
def same_venue(left: str, right: str) -> Relation:
    """Return how two venues stand to each other; symmetric.

    >>> same_venue("Proc. VLDB", "Very Large Data Bases")
    'same'
    >>> same_venue("J Pharmacol Exp Ther", "Journal of Pharmacology and Experimental Therapeutics")
    'same'
    >>> same_venue("VLDB", "VLDB Journal"), same_venue("Chest", "Thorax")
    ('alike', 'different')
    """
    a, b = read_venue(left), read_venue(right)
    kinds = {a.kind, b.kind}
    if not kinds.isdisjoint(UNPUBLISHED):
        return "same" if left == right else "silent"  # it is published somewhere else
    other_kind = len(kinds) == 2 and "" not in kinds
    if title_key(left) == title_key(right):
        return "same"
    if not a.words or not b.words:
        return "different" if other_kind else "silent"
    if not other_kind:
        return _same_name(a, b)
    # "VLDB" for the VLDB Journal is a slip, "Machine Learning" for ICML is not: but none is proof
    return "alike" if a.known & b.known else "different"


def _same_name(a: Venue, b: Venue) -> Relation:
    if a.words == b.words or a.known & b.known:
        return "same"
    if any(_abbreviates(x, y) or _abbreviates(y, x) for x in a.names for y in b.names):
        return "same"
    if a.known and b.known:
        return "different"
    shared = _shared(a.words, b.words)
    if shared >= 0.6:
        return "same"
    return "alike" if shared >= 0.3 else "different"


def _shared(a: frozenset[str], b: frozenset[str]) -> float:
    """Return the share of the shorter name's words found in the longer one, abbreviated or not."""
    few, many = sorted((sorted(a), sorted(b)), key=len)
    found = sum(any(_is_abbreviation(x, y) for y in many) for x in few)
    return found / len(few)


def _is_abbreviation(x: str, y: str) -> bool:
    if x == y:
        return True
    short, long = sorted((x, y), key=len)
    return len(short) >= 3 and long.startswith(short)


def _abbreviates(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    """Tell whether each word of one name begins the word of the other, or it is its initials."""
    if len(short) == 1 and 3 <= len(short[0]) <= 6 and len(long) > 2:
        return "".join(word[0] for word in long) == short[0]
    return len(short) == len(long) > 1 and all(
        x.startswith(y) or y.startswith(x) for x, y in zip(short, long, strict=True)
    )
