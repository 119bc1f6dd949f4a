"""Names ↔ lines of family, tab, given name, or of one name: as much as Zotero's creators hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bibkit.emit.plain import surname
from bibkit.record import Author
from bibkit.text.names import parse_name
from bibkit.text.visible import visible


def name_lines(authors: Iterable[Author]) -> str:
    r"""Return a name a line; particles and suffixes go with the family, as Zotero keeps them.

    >>> name_lines([Author("Oord", "Aäron", "van den"), Author("Llama Team", collective=True)])
    'van den Oord\tAäron\nLlama Team'
    """
    return "\n".join(filter(None, map(_line, authors)))


def _line(author: Author) -> str:
    family, given = surname(author), visible(author.given)
    alone = author.collective or not given or not author.family
    return family if alone or not family else f"{family}\t{given}"


def creator_lines(creators: Iterable[Mapping[str, Any]]) -> str:
    """Return a name a line of Zotero's creators."""
    return "\n".join(filter(None, map(_creator_line, creators)))


def _creator_line(creator: Mapping[str, Any]) -> str:
    def part(name: str) -> str:
        value = creator.get(name)
        return visible(value) if isinstance(value, str) else ""

    family, given = part("lastName"), part("firstName")
    return f"{family}\t{given}" if family and given else part("name") or family or given


def creators(lines: str, role: str) -> Iterator[dict[str, str]]:
    """Yield Zotero's creators of a name a line."""
    for line in filter(None, lines.split("\n")):
        family, _, given = line.partition("\t")
        if given:
            yield {"creatorType": role, "firstName": given, "lastName": family}
        else:
            yield {"creatorType": role, "name": family}


def authors_of(lines: str) -> Iterator[Author]:
    """Yield the authors of a name a line, with their particles told apart."""
    for line in filter(None, lines.split("\n")):
        family, _, given = line.partition("\t")
        if not given:
            yield Author(family, collective=True)
            continue
        author = parse_name(f"{family}, {given}")
        # a name that reads as a group's is one person here: Zotero has it in two parts
        yield Author(family, given) if author.collective or not author.given else author
