"""What the BibTeX and the BibLaTeX writer share for entries of every type: people, further fields.

The fields of `extra` are hostile text like any other: they are escaped as text, as addresses, or,
where nothing typesets them, kept as they are between balanced braces.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from bibkit.emit.fields import Field, author_list, braced, page_range, sort_key, verbatim
from bibkit.emit.further import is_address, is_raw
from bibkit.emit.kinds import Column, untold_type
from bibkit.record import Entry
from bibkit.text.latex import encode
from bibkit.text.visible import visible

_BEFORE_DATE = frozenset(
    "journal journaltitle booktitle series volume number issue chapter pages edition publisher "
    "institution school organization address location eventtitle type howpublished".split()
)
_TAKEN = frozenset("title author editor translator abstract note".split())
_BRACES = re.compile(r"[{}]")


def encoded(fields: Mapping[str, str]) -> list[Field]:
    """Return further fields as they are written; what nothing is left of is left out."""
    written = ((name, _encoded(name, value)) for name, value in fields.items())
    return [(name, braced(value)) for name, value in written if value]


def divided(further: Sequence[Field]) -> tuple[list[Field], list[Field]]:
    """Return the fields of where it was published, which stand above the date, and the rest."""
    place = [field for field in further if field[0] in _BEFORE_DATE]
    return place, [field for field in further if field[0] not in _BEFORE_DATE]


def unrepeated(fields: Sequence[Field]) -> list[Field]:
    """Return the fields, of each name the first."""
    first: dict[str, str] = {}
    for name, value in fields:
        first.setdefault(name, value)
    return list(first.items())


def as_shown(entry: Entry, authors: str) -> Entry:
    """Return the entry with the type that it can have: styles warn of an article by nobody.

    What is on arXiv is then a preprint; of anything else its own type is the best there is.
    """
    if entry.entry_type in ("article", "inproceedings") and entry.eprint:
        if authors and encode(entry.container or ""):
            return entry
        return replace(entry, entry_type="preprint")
    return entry


def people(
    entry: Entry, authors: str, encode_part: Callable[[str], str], *, sorting: str = "key"
) -> list[Field]:
    """Return authors, editors and translators, or what sorts an entry without them."""
    editors = author_list(entry.editors, encode_part)
    translators = author_list(entry.translators, encode_part)
    named = [("author", authors), ("editor", editors), ("translator", translators)]
    fields = [(name, braced(value)) for name, value in named if value]
    if not authors and not editors and sorting not in entry.extra:
        fields.insert(0, (sorting, braced(sort_key(entry))))
    return fields


def told_type(entry: Entry, column: Column, kind: str) -> list[Field]:
    """Return the fields that say the type, where the flavour has none of its own for it."""
    told = untold_type(entry, column, kind)
    return [(name, braced(encode(value))) for name, value in told.items() if encode(value)]


def renamed(fields: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    """Return fields under other names; one that is taken then keeps its own."""
    new = {name: names.get(name, name) for name in fields}
    return {
        name if new[name] != name and new[name] in fields else new[name]: value
        for name, value in fields.items()
    }


def _encoded(name: str, value: str) -> str:
    if name in _TAKEN:
        return ""
    if name == "pages":
        return page_range(value)
    if is_address(name):
        return verbatim(visible(value))
    return _closed(visible(value)) if is_raw(name) else encode(value)


def _closed(value: str) -> str:
    """Return a value with the braces that have no partner written as percent codes."""
    depth, lowest = 0, 0
    for found in _BRACES.finditer(value):
        depth += 1 if found[0] == "{" else -1
        lowest = min(lowest, depth)
    if depth == 0 and lowest == 0:
        return value
    return value.replace("{", "%7B").replace("}", "%7D")
