"""Changed values → a Zotero item's JSON: the whole item as it was read, with these changes in it.

Whatever bibkit knows nothing of goes back as it came: relations, collections, other creators, other
lines of Extra.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bibkit.text.identifiers import arxiv_id
from bibkit.zotero.extra import TEX_NAMES, with_lines
from bibkit.zotero.item_types import (
    author_role,
    editor_role,
    fields_of,
    own_name,
    shared_name,
)
from bibkit.zotero.names import creators

_NO_FIELDS = frozenset({"itemType", "author", "editor", "arXiv", "primaryClass", "code", "note"})
_NUMBERS = frozenset({"issue", "number", "seriesNumber"})
_LINES = frozenset({"citationKey", "DOI", *TEX_NAMES})
_AS_READ = frozenset({"dateAdded", "dateModified"})
"""What the server says of an item, and nobody tells it."""
_META = frozenset(
    "key version itemType creators tags collections relations extra dateAdded dateModified "
    "inPublications deleted parentItem".split()
)


@dataclass(frozen=True, slots=True)
class Retyped:
    """An item under another type."""

    data: dict[str, Any]
    lost: tuple[str, ...]
    """The fields that the other type has no place for."""


def new_item(
    values: Mapping[str, str],
    tags: Iterable[str],
    collections: Iterable[str],
    known: frozenset[str],
) -> dict[str, Any]:
    """Return a new item.

    Args:
        values: all that it is to say.
        tags: its tags.
        collections: keys of the collections that it goes into.
        known: further fields that the library is known to have for its type.

    """
    data = with_values({"itemType": values["itemType"]}, values, known)
    return {
        **{name: value for name, value in data.items() if value},
        "tags": [{"tag": tag} for tag in tags],
        "collections": list(collections),
        "relations": {},
    }


def with_values(
    data: Mapping[str, Any], values: Mapping[str, str], known: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """Return an item with some values changed; its type is as it stands."""
    kind = str(data["itemType"])
    places = fields_of(kind) | known | data.keys()
    new = as_sent(data)
    lines: dict[str, str] = {}
    for name, value in values.items():
        own = own_name(kind, name)
        if name in _NO_FIELDS:
            continue
        if own in places:
            new[own] = value
        elif (line := "number" if name in _NUMBERS else name) in _LINES:
            lines[line] = value
    for name, role in (("author", author_role(kind)), ("editor", editor_role(kind))):
        if name in values:
            new["creators"] = _with_people(new.get("creators"), values[name], role)
    if "note" in values:
        lines["note"] = values["note"]
    if "arXiv" in values:
        lines["arXiv"] = values["arXiv"]
        if values.get("primaryClass"):
            lines["arXiv"] += f" [{values['primaryClass']}]"
        if kind == "preprint":
            new |= {"repository": "arXiv", "archiveID": f"arXiv:{values['arXiv']}"}
    if lines:
        old = new.get("extra")
        new["extra"] = with_lines(old if isinstance(old, str) else "", lines)
    return new


def as_sent(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object as it was read, without what only the server says of it."""
    return {name: value for name, value in data.items() if name not in _AS_READ}


def retyped(data: Mapping[str, Any], item_type: str) -> Retyped:
    """Return an item under another type; what both types have moves along."""
    old = str(data["itemType"])
    places = fields_of(item_type)
    new: dict[str, Any] = {"itemType": item_type}
    lost: list[str] = []
    for name, value in data.items():
        if name in _META:
            new.setdefault(name, value)
            continue
        own = own_name(item_type, shared_name(old, name))
        if own in places:
            new[own] = value
        elif value and not _is_arxivs(old, name, value):
            lost.append(name)
    roles = {author_role(old): author_role(item_type), "editor": editor_role(item_type)}
    people = data.get("creators")
    new["creators"] = [
        {**one, "creatorType": roles.get(str(_role(one)), _role(one))}
        for one in (people if isinstance(people, list) else [])
        if isinstance(one, Mapping)
    ]
    return Retyped(new, tuple(lost))


def with_tags(data: Mapping[str, Any], tags: Iterable[str]) -> dict[str, Any]:
    """Return an item with further tags; those that it has stay as they are."""
    old = data.get("tags")
    return {**data, "tags": [*(old if isinstance(old, list) else []), *({"tag": t} for t in tags)]}


def code_attachment(parent: str, address: str) -> dict[str, Any]:
    """Return the child item that leads to a paper's code."""
    return {
        "itemType": "attachment",
        "linkMode": "linked_url",
        "title": "Code",
        "url": address,
        "parentItem": parent,
    }


def _with_people(old: Any, lines: str, role: str) -> list[Any]:
    """Put names in the place of those of a role; all other creators stay."""
    there = old if isinstance(old, list) else []
    places = [i for i, one in enumerate(there) if _role(one) == role]
    before = places[0] if places else len(there)
    if not places and role == "author":
        before = 0
    rest_before = [one for one in there[:before] if _role(one) != role]
    rest_after = [one for one in there[before:] if _role(one) != role]
    return [*rest_before, *creators(lines, role), *rest_after]


def _role(one: Any) -> Any:
    return one.get("creatorType") if isinstance(one, Mapping) else None


def _is_arxivs(item_type: str, name: str, value: Any) -> bool:
    """Tell whether a field says no more than the arXiv id in Extra does."""
    if item_type != "preprint" or not isinstance(value, str):
        return False
    if name == "genre":
        return value.lower() == "preprint"
    return name in ("repository", "archiveID") and (
        value.lower() == "arxiv" or arxiv_id(value) is not None
    )
