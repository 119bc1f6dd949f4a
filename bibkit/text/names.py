"""Names and lists of names, in any order and spelling → `Author`, and back to text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from bibkit.record import Author
from bibkit.text import name_words as known
from bibkit.text.name_splitting import is_collective, is_one_group, released, split_name, tidied

_PLAIN = re.compile(
    r"(?:[A-Z]\.|[A-Z][a-z]+(?:-[A-Z]?[a-z]+)*)(?: (?:[A-Z]\.|[A-Z][a-z]+))* [A-Z][a-z]+"
)
"""`Given Family`, `A. B. Family`: most names; the last word is the family name."""
_LONGEST = 400
"""Characters; what is longer is no name and is cut, so that nothing downstream suffers."""
_SEPARATOR = re.compile(r"[,;:，、；：]|(?<!\S)(?:and|AND|&)(?!\S)")
_BEHALF = re.compile(r"\b(?:(?:on|in) behalf of|for|representing)\s+(?:the\s+)?", re.IGNORECASE)
_APPENDIX = re.compile(
    r"(?:with\s+)?(?:an?\s+)?appendi(?:x|ces)\s+(?:by|of|from)\s+", re.IGNORECASE
)
_MACRO_FIRST = re.compile(r"(?:^|[-\s]){\\[^{}]*}[^-\s]+[-\s]")
r"""A word before others that begins with a macro: to citation-js `{\'A}vila` is a particle."""
_ET_AL = re.compile(r"(?:^|\s)(?:et\.? ?al\.?|others)\.?$", re.IGNORECASE)


def parse_name(name: str) -> Author:
    r"""Split one personal or collective name, in any order; an empty one has an empty family.

    >>> parse_name("Aäron van den Oord")
    Author(family='Oord', given='Aäron', particle='van den', suffix='', collective=False)
    >>> parse_name("Martin Luther King Jr.").suffix, parse_name("Kun Xu 0005").family
    ('Jr.', 'Xu')
    >>> parse_name("The ATLAS Collaboration").collective, parse_name(r"Glava{\v{s}}, Goran").family
    (True, 'Glavaš')
    """
    if plain := _plain_name(name):
        return plain
    name = name.strip()[:_LONGEST]
    if is_one_group(name):
        return Author(released(tidied(name)), collective=True)
    return split_name(tidied(name))


def parse_authors(text: str) -> tuple[Author, ...]:
    """Split arXiv's author string: affiliations and `et al.` dropped, collaborations kept.

    >>> authors = parse_authors("A. B. Smith, Jr. (MIT (US)), C.-D. Li and E. Ho et al.")
    >>> [full_name(author) for author in authors]
    ['A. B. Smith Jr.', 'C.-D. Li', 'E. Ho']
    >>> [a.family for a in parse_authors("Marianna Testa on behalf of the ATLAS collaboration")]
    ['Testa', 'ATLAS collaboration']
    """
    authors: list[Author] = []
    for segment in _SEPARATOR.split(_without_affiliations(tidied(text))):
        if plain := _plain_name(segment.strip()):
            authors.append(plain)
            continue
        stripped = _APPENDIX.sub("", _ET_AL.sub("", segment.strip()), count=1)
        if not any(map(str.isalpha, stripped)):
            continue
        if authors and known.SUFFIX.fullmatch(stripped):
            authors[-1] = replace(authors[-1], suffix=stripped)
        elif not (authors and known.DEGREES.fullmatch(stripped)):
            authors.extend(_person_and_collective(stripped[:_LONGEST]))
    return tuple(author for author in authors if author.family)


def family_key(author: Author, *, particle: bool = False) -> str:
    """Fold a family name for comparing: case, accents and punctuation gone, every script kept.

    >>> family_key(parse_name("Aäron van den Oord")), family_key(parse_name("Ł. Müller-Żak"))
    ('oord', 'mullerzak')
    """
    from bibkit.text.titles import title_key  # the same folding serves both

    return title_key(f"{author.particle} {author.family}" if particle else author.family)


def full_name(author: Author) -> str:
    """Return the name in reading order.

    >>> full_name(Author("Oord", "Aäron", "van den"))
    'Aäron van den Oord'
    """
    parts = (author.given, author.particle, author.family, author.suffix)
    return " ".join(part for part in parts if part)


def bibtex_name(author: Author, encode: Callable[[str], str] = str) -> str:
    """Return `von Family, Jr, Given` as BibTeX reads it back; `encode` is applied to every part.

    >>> bibtex_name(Author("King", "Martin Luther", suffix="Jr."))
    'King, Jr., Martin Luther'
    >>> bibtex_name(Author("Llama Team", collective=True))
    '{Llama Team}'
    """
    if author.collective or not author.given:
        return _name_without_given(author, encode)
    family = encode(author.family)
    if _splits_in_bibtex(author.family) or _MACRO_FIRST.search(family):
        family = f"{{{family}}}"
    von_family = f"{encode(author.particle)} {family}" if author.particle else family
    jr_given = [part for part in (author.suffix, author.given) if part]
    return ", ".join([von_family, *(_undivided(part, encode) for part in jr_given)])


def _plain_name(name: str) -> Author | None:
    """Split `A. B. Family` at once: nine names of ten, and lists of thousands exist."""
    if _PLAIN.fullmatch(name):
        words = name.split(" ")
        if known.CAREFUL.isdisjoint(words):
            return Author(words.pop(), " ".join(words))
    return None


def _person_and_collective(segment: str) -> list[Author]:
    """Split `X for the Y Collaboration`; the Institute for Y is one."""
    found = _BEHALF.search(segment)
    if not found or is_collective(segment[: found.start()]):
        return [split_name(segment)]
    who, whom = segment[: found.start()].strip(" (-"), segment[found.end() :]
    people = [split_name(who)] if who else []
    if " " in whom.strip():  # not merely "on behalf of the collaboration"
        people.append(replace(split_name(whom), collective=True))
    return people


def _without_affiliations(text: str) -> str:
    """Drop parentheses, nested ones too; one that never closes ends at the next comma."""
    if "(" not in text and ")" not in text:
        return text
    opened: list[int] = []
    closes: dict[int, int] = {}
    for place, character in enumerate(text):
        if character == "(":
            opened.append(place)
        elif character == ")" and opened:
            closes[opened.pop()] = place
    kept: list[str] = []
    place = 0
    while place < len(text):
        if text[place] == "(":
            comma = text.find(",", place)
            end = closes.get(place, (comma if comma >= 0 else len(text)) - 1)
            kept.append(" ")
            place = end
        elif text[place] != ")":
            kept.append(text[place])
        place += 1
    return "".join(kept)


def _splits_in_bibtex(family: str) -> bool:
    """Tell whether BibTeX would find a separator or a particle in a family name.

    To citation-js a particle may stand before a hyphen too: `al-Khwarizmi`.
    """
    words = family.replace("-", " ").split()
    return _is_divided(family) or any(word[0].islower() for word in words[:-1])


def _is_divided(part: str) -> bool:
    return "," in part or "and" in part.lower().split()


def _name_without_given(author: Author, encode: Callable[[str], str]) -> str:
    alone = not (author.collective or author.suffix or _is_divided(author.family))
    if alone and " " not in author.family and author.family != "others":
        return encode(full_name(author))
    return f"{{{encode(full_name(author))}}}"


def _undivided(part: str, encode: Callable[[str], str]) -> str:
    return f"{{{encode(part)}}}" if _is_divided(part) else encode(part)
