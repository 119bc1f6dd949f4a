"""What the fields of each format hold → Unicode, names, addresses."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from bibkit.convert.notes import MORE_NAMES, People, Spelling
from bibkit.emit.further import is_raw
from bibkit.record import Author
from bibkit.text import tex_tables as tex
from bibkit.text.latex import decode
from bibkit.text.name_splitting import is_one_group
from bibkit.text.name_words import JUNIOR, SUFFIX
from bibkit.text.names import full_name, parse_name
from bibkit.text.titles import title_key

_ESCAPED = re.compile(r"\{?\\([_%&#~$])\}?")
_TAG = re.compile(r"</?(?:i|b|em|strong|sub|sup|sc|span)(?:\s[^<>]{0,80})?>", re.IGNORECASE)
_OTHERS = frozenset({"others", "et al", "et al."})
_COMMAND = re.compile(r"\\([A-Za-z]+)")
_DRESS = (frozenset(tex.TEXT_FORMATS) | frozenset(tex.TEXT_COMMANDS)) - frozenset(
    "protect mbox hbox text url path nolinkurl left right ensuremath textnormal".split()
)
_COMMA = re.compile(r",(?![^{}]*\})")
_AND = re.compile(r"\s+and\s+|[{}]", re.IGNORECASE)


def split_names(value: str) -> list[str]:
    """Split a list of names at each `and` outside of braces.

    >>> split_names("{Barnes and Noble} and van den Oord, A.")
    ['{Barnes and Noble}', 'van den Oord, A.']
    """
    names: list[str] = []
    depth, start = 0, 0
    for found in _AND.finditer(value):
        if found[0] in "{}":
            depth = max(0, depth + (1 if found[0] == "{" else -1))
        elif depth == 0:
            names.append(value[start : found.start()])
            start = found.end()
    return [name.strip() for name in (*names, value[start:]) if name.strip()]


def tex_authors(value: str) -> People:
    """Read a BibTeX list of names.

    >>> found = tex_authors("{Barnes and Noble} and Kun Xu 0005 and others")
    >>> [author.family for author in found.people], found.told
    (['Barnes and Noble', 'Xu'], ("all of the name 'Kun Xu 0005'", 'that there are more names'))
    """
    kept = split_names(value)
    named = [name for name in kept if name.lower() not in _OTHERS]
    people = [(name, _with_suffix(parse_name(name))) for name in named]
    told = [f"all of the name {name!r}" for name, author in people if not _is_whole(name, author)]
    told += [MORE_NAMES] * (len(named) < len(kept))
    return People(tuple(author for _, author in people if author.family), tuple(told))


def _with_suffix(author: Author) -> Author:
    """Take the suffix out of a family name braced with it: `{Bailey, Jr.}, Herbert S.`."""
    family, _, last = author.family.rpartition(" ")
    if author.collective or author.suffix or not family or not JUNIOR.fullmatch(last):
        return author
    return replace(author, family=family.rstrip(", "), suffix=last)


def _is_whole(name: str, author: Author) -> bool:
    """Tell whether every letter and digit of a name is in its parts."""
    return sorted(title_key(decode(name))) == sorted(title_key(full_name(author)))


def tex_address(value: str) -> str:
    r"""Return an address without the TeX around it.

    >>> tex_address(r"\url{https://a.org/x\_y}")
    'https://a.org/x_y'
    """
    found = re.fullmatch(r"\s*\\url\{(.*)\}\s*", value)
    return _ESCAPED.sub(r"\1", found[1] if found else value).strip()


def plain_authors(value: str) -> People:
    """Split `Family, Given, Suffix and …`; a name without comma is a group's, or has one word.

    >>> plain_authors("King, M. L., Jr. and Llama Team").people[0].suffix
    'Jr.'
    """
    return People(tuple(map(_plain_author, split_names(value))))


def _plain_author(name: str) -> Author:
    if is_one_group(name):
        return Author(name[1:-1].strip(), collective=True)
    family, *others = (part.strip("{} ") for part in _COMMA.split(name))
    if not others:
        return Author(family, collective=" " in family or parse_name(family).collective)
    if len(others) == 2:
        at = 0 if SUFFIX.fullmatch(others[0]) else 1
        return _named(family, others[1 - at], others[at])
    return _named(family, ", ".join(others))


def _named(family: str, given: str, suffix: str = "") -> Author:
    """Find particles and suffix in a name of known parts, which else stays as it is.

    >>> _named("van den Oord", "Aäron"), _named("Team 7 (US)", "Ann")
    (Author(family='Oord', given='Aäron', particle='van den', suffix='', collective=False),
     Author(family='Team 7 (US)', given='Ann', particle='', suffix='', collective=False))
    """
    found = parse_name(f"{family}, {suffix}, {given}" if suffix else f"{family}, {given}")
    parts = " ".join(part for part in (found.particle, found.family, found.suffix) if part)
    if found.given == given and parts == " ".join(filter(None, (family, suffix))):
        return found
    return Author(family, given, suffix=suffix)


def json_authors(value: str) -> People:
    """Read CSL's names.

    >>> json_authors('[{"family": "van den Oord", "given": "A."}, {"literal": "X"}]').people[0]
    Author(family='Oord', given='A.', particle='van den', suffix='', collective=False)
    """
    try:
        people = json.loads(value) if value else []
    except ValueError:
        return People(told=("names that are none",))
    listed = people if isinstance(people, list) else [people]
    read = tuple(_json_author(person) for person in listed if isinstance(person, Mapping))
    named = tuple(author for author in read if author.family)
    return People(named, ("names that are none",) * (len(named) < len(listed)))


def rich_text(value: str) -> str:
    """Return CSL's text without the few tags that it may have.

    >>> rich_text("<i>E. coli</i> at 5 < 6")
    'E. coli at 5 < 6'
    """
    return _TAG.sub("", value).strip()


def _json_author(person: Mapping[str, object]) -> Author:
    def part(*names: str) -> str:
        return " ".join(str(person[name]).strip() for name in names if person.get(name))

    if literal := part("literal"):
        return Author(literal, collective=True)
    family = part("dropping-particle", "non-dropping-particle", "family")
    if not family or not part("given"):
        return Author(family or part("given"), suffix=part("suffix"))
    return _named(family, part("given"), part("suffix"))


def lost_commands(fields: Mapping[str, str]) -> Iterator[str]:
    r"""Yield in words the TeX commands that dress text, and are gone where it is plain.

    >>> list(lost_commands({"title": r"An \emph{old} \'Etude"}))
    ['the TeX of title (\\emph)']
    """
    for name, value in sorted(fields.items()):
        found = dict.fromkeys(_COMMAND.findall(value)) if "\\" in value else {}
        lost = ", ".join(f"\\{command}" for command in found if command in _DRESS)
        if lost and not is_raw(name):
            yield f"the TeX of {name} ({lost})"


TEX = Spelling(decode, tex_address, tex_authors, lost_commands, kept_in_notes=False)
PLAIN = Spelling(str.strip, str.strip, plain_authors)
JSON = Spelling(rich_text, str.strip, json_authors)
