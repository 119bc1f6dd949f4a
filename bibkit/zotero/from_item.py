"""A Zotero item as the API gives it → the values that an entry can have, and which paper it is."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bibkit.bibfile import Identity
from bibkit.convert.spellings import rich_text
from bibkit.text.identifiers import arxiv_id, doi
from bibkit.text.titles import title_key
from bibkit.text.visible import visible
from bibkit.zotero.dates import shared_date
from bibkit.zotero.extra import read_extra
from bibkit.zotero.item_types import (
    NO_REFERENCES,
    THESIS_TYPES,
    author_role,
    number_name,
    own_name,
    shared_name,
)
from bibkit.zotero.names import authors_of, creator_lines
from bibkit.zotero.sides import TEXTS, ItemSide

_HTTP = re.compile(r"https?://[^\s/]\S*")
_CODE_TITLES = frozenset({"code", "code url"})
_SILENT = frozenset(
    "key version itemType title creators tags collections relations extra dateAdded dateModified "
    "parentItem deleted inPublications libraryCatalog citationKey journalAbbreviation".split()
)
"""What is read elsewhere, or says nothing of the paper."""


def item_sides(objects: Iterable[Mapping[str, Any]]) -> list[ItemSide]:
    """Return the references among the objects of a library, each with the link to its code."""
    objects = [one for one in objects if not one.get("deleted")]
    children: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for one in objects:
        if isinstance(one.get("parentItem"), str) and one.get("linkMode") == "linked_url":
            children[one["parentItem"]].append(one)
    return [
        item_side(one, children[one["key"]])
        for one in objects
        if _text(one, "itemType")
        and one["itemType"] not in NO_REFERENCES
        and not one.get("parentItem")
    ]


def item_side(data: Mapping[str, Any], children: Sequence[Mapping[str, Any]] = ()) -> ItemSide:
    """Return what an item says, in the words that both sides have."""
    kind = _text(data, "itemType") or "document"
    said = read_extra(_raw(data, "extra"))
    code = next((one for one in children if _is_code(one)), None)
    values = {
        "itemType": kind,
        "citationKey": _text(data, "citationKey") or said.get("citationKey", ""),
        "title": rich_text(_text(data, own_name(kind, "title"))),
        "author": creator_lines(_creators(data, author_role(kind))),
        "editor": creator_lines(_creators(data, "editor")),
        "date": shared_date(_text(data, own_name(kind, "date")) or _text(data, "date")),
        **{name: _text(data, own_name(kind, name)) or said.get(name, "") for name in TEXTS},
        "note": said.get("note", ""),
        "arXiv": _arxiv(data, kind, said) or "",
        "primaryClass": said.get("primaryClass", ""),
        "code": _text(code, "url") if code else said.get("code", ""),
    }
    if number := said.get("number", ""):  # the one kind of number that this type has
        own = number_name(kind)
        values |= {"number": "", own: _text(data, own_name(kind, own)) or number}
    if kind == "preprint" and values["arXiv"]:  # they say "arXiv" and the id once more
        values["publisher"] = values["number"] = ""
    values["pages"] = re.sub(r"\s*[-–—]+\s*", "-", values["pages"])
    values["accessDate"] = values["accessDate"][:10]
    if not _HTTP.fullmatch(values["url"]):
        values["url"] = ""
    if not _HTTP.fullmatch(values["code"]):
        values["code"] = ""
    authors = tuple(authors_of(values["author"]))
    return ItemSide(
        key=str(data["key"]),
        data=data,
        identity=Identity(
            values["arXiv"] or None,
            doi(values["DOI"]) or doi(values["url"]),
            title_key(values["title"]),
            title_key(values["author"]),
        ),
        authors=authors,
        values={name: value for name, value in values.items() if value},
        tags=tuple(dict.fromkeys(_tags(data))),
        code=code,
        links=tuple(filter(None, (_text(one, "url") for one in children))),
    )


def unread_fields(item: ItemSide) -> list[str]:
    """Return the names of the fields that say something and that no entry holds."""
    kind = item.values["itemType"]
    return [
        name
        for name, value in item.data.items()
        if isinstance(value, str)
        and value.strip()
        and name not in _SILENT
        and shared_name(kind, name) not in (*TEXTS, "title", "date")
        and not (kind == "preprint" and name in ("repository", "archiveID"))
    ]


def thesis_entry_type(item: ItemSide) -> str | None:
    """Return the entry type for a thesis of a usual kind."""
    words = item.values.get("type", "").lower()
    if "master" in words or "msc" in words or "m.sc" in words:
        return "mastersthesis"
    return next((t for t, name in THESIS_TYPES.items() if name.lower() == words), None)


def _raw(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""


def _text(data: Mapping[str, Any], name: str) -> str:
    return visible(_raw(data, name))


def _creators(data: Mapping[str, Any], role: str) -> list[Mapping[str, Any]]:
    found = data.get("creators")
    people = found if isinstance(found, list) else []
    return [one for one in people if isinstance(one, Mapping) and one.get("creatorType") == role]


def _tags(data: Mapping[str, Any]) -> Iterable[str]:
    found = data.get("tags")
    for one in found if isinstance(found, list) else []:
        if isinstance(one, Mapping) and (tag := _text(one, "tag")):
            yield tag


def _is_code(attachment: Mapping[str, Any]) -> bool:
    return _text(attachment, "title").lower() in _CODE_TITLES


def _arxiv(data: Mapping[str, Any], kind: str, said: Mapping[str, str]) -> str | None:
    """Return the arXiv id, the most telling place first."""
    places = [_text(data, "archiveID") if kind == "preprint" else "", said.get("arXiv", "")]
    if "arxiv" in _text(data, "archive").lower():
        places.append(_text(data, "archiveLocation"))
    addresses = [_text(data, name) for name in ("DOI", "url")]
    places += [address for address in addresses if "arxiv" in address.lower()]
    return next((found for place in places if (found := arxiv_id(place))), None)
