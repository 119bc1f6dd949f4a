"""Entries → CSL-JSON (schema 1.0.2), the file that Zotero imports best: a preprint stays one.

Zotero drops particles that have a place of their own, and reads known labels in `note` as fields:
so particles and suffixes go into the family name, and labels are ones that it does not know. What
CSL has no variable for is in `custom`, the schema's place for it, under its BibTeX name.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, MutableMapping, Sequence
from typing import Any

from bibkit.emit.csl_variables import DATES, NAME_LISTS, VARIABLES, date_span, number_variable
from bibkit.emit.fields import code_address, doi_of, web_address
from bibkit.emit.further import further_fields, is_address, is_raw
from bibkit.emit.kinds import INSTITUTIONAL, format_type, type_words, untold_type
from bibkit.emit.options import WriteOptions
from bibkit.emit.plain import (
    as_published,
    note_lines,
    pages_of,
    plain,
    surname,
)
from bibkit.record import Author, Entry, PartialDate
from bibkit.text.names import parse_name
from bibkit.text.visible import visible


def write(entries: Sequence[Entry], *, options: WriteOptions = WriteOptions()) -> str:  # noqa: B008 - frozen
    """Return the entries as a JSON array; an object around it would be refused by Zotero."""
    items = [csl_item(entry, options) for entry in entries]
    return json.dumps(items, indent=2, ensure_ascii=False) + "\n"


def csl_item(entry: Entry, options: WriteOptions) -> dict[str, Any]:
    """Return an entry as CSL's variables."""
    shown = as_published(entry)
    left = further_fields(shown)
    kind = format_type(shown, "csl")
    code = code_address(entry)
    item = {
        "id": entry.citation_key,
        "citation-key": entry.citation_key,
        "type": kind,
        "genre": _genre(shown, left),
        "title": plain(entry.title),
        "author": _names(entry.authors),
        "editor": _names(entry.editors),
        "translator": _names(entry.translators),
        "issued": _issued(entry, left),
        **_place(shown, left),
        **_variables(left),
        "DOI": doi_of(entry),
        "URL": web_address(entry.url),
        "abstract": plain(entry.abstract) if options.abstract else None,
        "note": "\n".join(note_lines(entry)),
        "custom": {
            **({options.code_field: code} if code else {}),
            **{name: _text(name, value) for name, value in left.items()},
            **untold_type(shown, "csl", kind),
        },
    }
    return {variable: value for variable, value in item.items() if value}


def _genre(entry: Entry, left: MutableMapping[str, str]) -> str:
    if entry.entry_type == "preprint" and entry.eprint:
        return "preprint"
    left.pop("type", None)
    return plain(type_words(entry))


def _place(entry: Entry, left: MutableMapping[str, str]) -> dict[str, str]:
    """Take what says where it was published."""
    if entry.entry_type == "preprint":
        number = f"arXiv:{entry.eprint.id}" if entry.eprint else ""
        return {"publisher": "arXiv", "number": visible(number)} if number else {}
    places = {
        "container-title": _container(entry, left),
        "volume": left.pop("volume", ""),
        number_variable(entry.entry_type): left.pop("number", ""),
        "page": pages_of(entry) if left.pop("pages", "") else "",
        "publisher": _publisher(entry, left),
    }
    return {variable: plain(value) for variable, value in places.items()}


def _container(entry: Entry, left: MutableMapping[str, str]) -> str:
    return left.pop("journal" if entry.entry_type == "article" else "booktitle", "")


def _publisher(entry: Entry, left: MutableMapping[str, str]) -> str:
    """Return the publisher; of a thesis or report, whose it is, and its publisher is kept too."""
    if entry.entry_type in INSTITUTIONAL:
        return left.pop("institution", "") or left.get("publisher", "")
    return left.pop("publisher", "")


def _issued(entry: Entry, left: MutableMapping[str, str]) -> dict[str, Any] | None:
    if span := date_span(left.get("date", "")):
        del left["date"]
        return {"date-parts": span}
    if entry.date:
        return {"date-parts": [_date_parts(entry.date)]}
    literal = plain(left.pop("year", ""))
    return {"literal": literal} if literal else None


def _variables(left: MutableMapping[str, str]) -> dict[str, Any]:
    """Take the fields that CSL has a variable for."""
    found: dict[str, Any] = {}
    for name in [*left]:
        if name in VARIABLES:
            found[VARIABLES[name]] = plain(left.pop(name))
        elif name in NAME_LISTS:
            people = [parse_name(one) for one in left.pop(name).split(" and ")]
            found[NAME_LISTS[name]] = _names(people)
        elif name in DATES and (span := date_span(left[name])):
            found[DATES[name]] = {"date-parts": span}
            del left[name]
    return found


def _text(name: str, value: str) -> str:
    return visible(value) if is_raw(name) or is_address(name) else plain(value)


def _names(people: Iterable[Author]) -> list[dict[str, str]]:
    return [_name(person) for person in people if person.family or person.given]


def _name(author: Author) -> dict[str, str]:
    family = surname(author)
    if author.collective:
        return {"literal": family}
    given = visible(author.given) if author.family else ""
    return {"family": family, "given": given} if given else {"family": family}


def _date_parts(date: PartialDate) -> list[int]:
    if not date.month:
        return [date.year]
    return [date.year, date.month, date.day] if date.day else [date.year, date.month]
