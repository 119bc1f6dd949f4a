"""Entries → CSL-JSON (schema 1.0.2), the file that Zotero imports best: a preprint stays one.

Zotero drops particles that have a place of their own, and reads known labels in `note` as fields:
so particles and suffixes go into the family name, and labels are ones that it does not know.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from bibkit.emit.fields import code_address, doi_of, web_address
from bibkit.emit.options import WriteOptions
from bibkit.emit.plain import is_published, note_lines, pages_of, plain, surname
from bibkit.record import Author, Entry, PartialDate
from bibkit.text.visible import visible

_TYPES = {"article": "article-journal", "inproceedings": "paper-conference"}


def write(entries: Sequence[Entry], *, options: WriteOptions = WriteOptions()) -> str:  # noqa: B008 - frozen
    """Return the entries as a JSON array; an object around it would be refused by Zotero."""
    items = [_item(entry, options) for entry in entries]
    return json.dumps(items, indent=2, ensure_ascii=False) + "\n"


def _item(entry: Entry, options: WriteOptions) -> dict[str, Any]:
    code = code_address(entry)
    item = {
        "id": entry.citation_key,
        "citation-key": entry.citation_key,
        **_kind(entry),
        "title": plain(entry.title),
        "author": [_name(author) for author in entry.authors if author.family or author.given],
        "issued": {"date-parts": [_date_parts(entry.date)]} if entry.date else None,
        **_place(entry),
        "DOI": doi_of(entry),
        "URL": web_address(entry.url),
        "abstract": plain(entry.abstract) if options.abstract else None,
        "note": "\n".join(note_lines(entry)),
        "custom": {options.code_field: code} if code else None,
    }
    return {variable: value for variable, value in item.items() if value}


def _kind(entry: Entry) -> dict[str, str]:
    if is_published(entry):
        return {"type": _TYPES[entry.entry_type]}
    return {"type": "article", "genre": "preprint"} if entry.eprint else {"type": "article"}


def _place(entry: Entry) -> dict[str, str | None]:
    if is_published(entry):
        return {
            "container-title": plain(entry.container or ""),
            "volume": plain(entry.volume or ""),
            "issue": plain(entry.number or ""),
            "page": pages_of(entry),
        }
    number = f"arXiv:{entry.eprint.id}" if entry.eprint else ""
    return {"publisher": "arXiv", "number": visible(number)} if number else {}


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
