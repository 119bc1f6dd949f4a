"""What the fields of each format hold → Unicode, names, addresses."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from bibkit.convert.fields_entry import Spelling
from bibkit.record import Author
from bibkit.text.latex import decode
from bibkit.text.names import parse_name

_ESCAPED = re.compile(r"\{?\\([_%&#~$])\}?")
_TAG = re.compile(r"</?(?:i|b|em|strong|sub|sup|sc|span)(?:\s[^<>]{0,80})?>", re.IGNORECASE)
_OTHERS = frozenset({"others", "et al", "et al."})
_AND = re.compile(r"\s+and\s+|[{}]", re.IGNORECASE)


def tex_authors(value: str) -> tuple[tuple[Author, ...], bool]:
    """Split a BibTeX list of names at each `and` outside of braces.

    >>> [a.family for a in tex_authors("{Barnes and Noble} and van den Oord, A. and others")[0]]
    ['Barnes and Noble', 'Oord']
    """
    names: list[str] = []
    depth, start = 0, 0
    for found in _AND.finditer(value):
        if found[0] in "{}":
            depth = max(0, depth + (1 if found[0] == "{" else -1))
        elif depth == 0:
            names.append(value[start : found.start()])
            start = found.end()
    kept = [name.strip() for name in (*names, value[start:]) if name.strip()]
    people = [name for name in kept if name.lower() not in _OTHERS]
    return tuple(a for a in map(parse_name, people) if a.family), len(people) == len(kept)


def tex_address(value: str) -> str:
    r"""Return an address without the TeX around it.

    >>> tex_address(r"\url{https://a.org/x\_y}")
    'https://a.org/x_y'
    """
    found = re.fullmatch(r"\s*\\url\{(.*)\}\s*", value)
    return _ESCAPED.sub(r"\1", found[1] if found else value).strip()


def plain_authors(value: str) -> tuple[tuple[Author, ...], bool]:
    """Split `Family, Given, Suffix and …`; a name without comma is a group's, or has one word.

    >>> plain_authors("King, M. L., Jr. and Llama Team")[0][0].suffix
    'Jr.'
    """
    return tuple(_plain_author(name) for name in value.split(" and ") if name.strip()), True


def _plain_author(name: str) -> Author:
    family, *others = (part.strip() for part in name.split(","))
    if not others:
        return Author(family, collective=" " in family or parse_name(family).collective)
    if len(others) == 2:
        family, others = f"{family}, {others[1]}", others[:1]
    return parse_name(f"{family}, {', '.join(others)}")


def json_authors(value: str) -> tuple[tuple[Author, ...], bool]:
    """Read CSL's names.

    >>> json_authors('[{"family": "van den Oord", "given": "A."}, {"literal": "Llama Team"}]')[0][0]
    Author(family='Oord', given='A.', particle='van den', suffix='', collective=False)
    """
    try:
        people = json.loads(value) if value else []
    except ValueError:
        return (), False
    people = people if isinstance(people, list) else []
    read = tuple(_json_author(person) for person in people if isinstance(person, Mapping))
    return tuple(author for author in read if author.family), len(read) == len(people)


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
    suffix = f", {part('suffix')}" if part("suffix") else ""
    return parse_name(f"{family}{suffix}, {part('given')}")


TEX = Spelling(decode, tex_address, tex_authors)
PLAIN = Spelling(str.strip, str.strip, plain_authors)
JSON = Spelling(rich_text, str.strip, json_authors)
