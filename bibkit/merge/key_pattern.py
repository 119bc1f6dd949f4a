r"""Patterns of citation keys, `{auth}{year}{title:3:abbr}`: what they may say, and what it gives.

Whatever a pattern says, a value has ASCII letters and digits alone: BibTeX, biber and `\cite` take
no others, so no filter is needed for that (`:ascii` is understood, as other programs have it).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

from bibkit.errors import ConfigError
from bibkit.record import Author, Entry
from bibkit.text.latex import plain_text
from bibkit.text.latinising import latinised
from bibkit.text.titles import title_key

LITERAL = re.compile(r"[A-Za-z0-9:/_+.&-]*")
"""What BibTeX, biber and `\\cite` all take in a key."""
NOBODY = "anon"
NO_DATE = "nd"

_PART = re.compile(r"\{([^{}]*)\}")
_STOP_WORDS = frozenset(
    "a an the on of in for to and or nor but with without from by at as is are was be do does did "
    "can could should will would how what why when where which who whose whether if than that "
    "this these those it its into onto over under via using toward towards through between "
    "beyond about upon "
    "within not no so some all le la les un une des der die das el los las".split()
)
_GROUPS = frozenset(
    "collaboration collaborations consortium team teams group groups project contributors "
    "investigators authors members community committee".split()
)
"""At the end of a group's name they say only that it is one: the ATLAS Collaboration is ATLAS."""
_GREEK = re.compile("[\u0370-\u03ff\u1f00-\u1fff]")
_GREEK_WORD = re.compile("[\u0370-\u03ff\u1f00-\u1fff]{4}")
_LONGEST_WORD = 30
_MOST_WORDS = 6
"""Of one author's name; a name may be a whole page gone wrong."""


@dataclass(frozen=True, slots=True)
class Part:
    """One `{name:number:filter…}`."""

    name: str
    number: int | None = None
    filters: tuple[str, ...] = ()


@lru_cache(maxsize=50)
def parse_pattern(pattern: str) -> tuple[str | Part, ...]:
    """Return the literals and the parts of a pattern, in order.

    Raises:
        ConfigError: the pattern has no part, an unknown one, or a character no key may have.

    >>> parse_pattern("key_{title:3:abbr}")
    ('key_', Part(name='title', number=3, filters=('abbr',)))
    """
    pieces = _PART.split(pattern)  # literals at the even places
    if len(pieces) == 1:
        raise _error(f"{pattern!r} has no part such as {{auth}}, so all keys would be one")
    for literal in pieces[::2]:
        if wrong := LITERAL.sub("", literal):
            raise _error(f"{pattern!r} has a character that no key may have: {wrong[0]!r}")
    parsed = (_part(piece) if odd % 2 else piece for odd, piece in enumerate(pieces))
    return tuple(piece for piece in parsed if piece)


def value(part: Part, entry: Entry) -> str:
    """Return what a part says of an entry: ASCII, perhaps empty."""
    name = part.name.lower()
    if name == "arxiv":
        words = [arxiv_id(entry)]
    else:
        words = [word[:_LONGEST_WORD] for word in _PARTS[name](entry, part.number)]
    words = [word[:1].upper() + word[1:] if part.name != name else word.lower() for word in words]
    if part.number is not None and name not in _OF_SEVERAL:
        words = ["".join(words)[: part.number]]
    for filter_name in part.filters:
        words = _FILTERS[filter_name](words)
    return "".join(words)


def short_title(entry: Entry) -> str:
    """Return the first word of the title that says something; `α` is `alpha`, `GPT-4` is `gpt4`."""
    return value(Part("shorttitle"), entry)


def arxiv_id(entry: Entry) -> str:
    """Return the arXiv id, if a key may have its characters."""
    identifier = entry.eprint.id if entry.eprint else ""
    return identifier if LITERAL.fullmatch(identifier) else ""


def folded(text: str) -> str:
    """Return a word in ASCII letters and digits."""
    return "".join(filter(str.isalnum, latinised(text)))


def _part(source: str) -> Part:
    name, *modifiers = source.split(":")
    if name not in NAMES:
        meant = f"{{{_OTHERS_NAMES.get(name.lower()) or _nearest(name, NAMES)}}}"
        known = ", ".join(f"{{{name}}}" for name in NAMES)
        raise _error(f"no such part: {{{name}}}; do you mean {meant}? There are {known}")
    number = None
    if modifiers and modifiers[0].isdecimal():
        number = int(modifiers.pop(0)[:3])
        if not number:
            raise _error(f"{{{source}}} asks for nothing")
    for modifier in modifiers:
        if modifier.isdecimal():
            raise _error(f"a number stands right behind the part: {{{name}:{modifier}:…}}")
        if modifier not in _FILTERS:
            meant, known = _nearest(modifier, _FILTERS), ", ".join(f":{name}" for name in _FILTERS)
            raise _error(f"no such filter: :{modifier}; do you mean :{meant}? There are {known}")
    return Part(name, number, tuple(modifiers))


def _nearest(word: str, known: Iterable[str]) -> str:
    spellings = {name.lower(): name for name in reversed(list(known))}
    return spellings[get_close_matches(word[:50].lower(), spellings, n=1, cutoff=0)[0]]


def _error(message: str) -> ConfigError:
    return ConfigError(message, origin="key_pattern")


def _first_author(entry: Entry, _: int | None) -> list[str]:
    """Return the first author's family name, particles first."""
    return next(filter(None, map(_family_words, entry.authors)), [NOBODY])


def _all_authors(entry: Entry, number: int | None) -> list[str]:
    names = filter(None, map(_family_words, entry.authors[:number]))
    return [word for name in names for word in name] or [NOBODY]


def _family_words(author: Author) -> list[str]:
    """Return the words of a family name, particles first; of a group's, the first three."""
    words = f"{author.particle} {author.family or author.given}".split()[:_MOST_WORDS]
    words = [word for word in map(folded, words) if word]
    if not author.collective:
        return words
    named = [word for word in words if word.lower() != "the"]
    while len(named) > 1 and named[-1].lower() in _GROUPS:
        named.pop()
    return named[:3]


def _year(entry: Entry, _: int | None) -> list[str]:
    return [str(entry.date.year) if entry.date else NO_DATE]


def _short_year(entry: Entry, _: int | None) -> list[str]:
    return [f"{entry.date.year % 100:02d}" if entry.date else NO_DATE]


def _title(entry: Entry, number: int | None) -> list[str]:
    words = [word for word in map(_title_word, plain_text(entry.title).split()) if word]
    return _significant(words)[:number] or [folded(arxiv_id(entry))]


def _short_title(entry: Entry, _: int | None) -> list[str]:
    return _title(entry, 1)


def _venue(entry: Entry, _: int | None) -> list[str]:
    """Return the words of the journal or the proceedings, without years; of a preprint, arXiv."""
    words = [word for word in map(folded, (entry.container or "").split()) if word]
    named = [word for word in _significant(words) if not word.isdigit()]
    return named or (["arXiv"] if entry.eprint else [])


def _significant(words: list[str]) -> list[str]:
    return [word for word in words if word.lower() not in _STOP_WORDS] or words


def _title_word(word: str) -> str:
    """Fold a word; a Greek letter is a symbol with a name, but a Greek word is a word."""
    symbol = _GREEK.search(word) and not _GREEK_WORD.search(word)
    return folded(title_key(word) if symbol or "\\" in word else word)


def _initials(words: list[str]) -> list[str]:
    return [word[:1] for word in words]


_PARTS: dict[str, Callable[[Entry, int | None], list[str]]] = {
    "auth": _first_author,
    "authors": _all_authors,
    "year": _year,
    "yy": _short_year,
    "shorttitle": _short_title,
    "title": _title,
    "venue": _venue,
}
_OF_SEVERAL = ("authors", "title")
"""Parts of which a number says how many; of others, how many letters."""
NAMES = (
    "auth", "Auth", "authors", "Authors", "year", "yy", "shorttitle", "Shorttitle", "title",
    "Title", "venue", "Venue", "arxiv",
)  # fmt: skip
_FILTERS: dict[str, Callable[[list[str]], list[str]]] = {
    "lower": lambda words: [word.lower() for word in words],
    "upper": lambda words: [word.upper() for word in words],
    "capitalize": lambda words: [word.capitalize() for word in words],
    "abbr": _initials,
    "ascii": list,
}
_OTHERS_NAMES = {
    "author": "auth", "firstauthor": "auth", "shortyear": "yy", "date": "year",
    "veryshorttitle": "shorttitle", "journal": "venue", "booktitle": "venue",
    "publicationtitle": "venue", "journaltitle": "venue", "eprint": "arxiv", "camel": "Title",
}  # fmt: skip
"""What Better BibTeX, JabRef and BibTeX itself call the same, where it looks different."""
