"""What does not fit together: types, fields, cross-references, macros, ids, keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from bibkit.bibfile import FileEntry, identify, is_biblatex
from bibkit.check.known import FIELDS, TYPES
from bibkit.check.library import CheckedFile, Item, Library, keys_of, listed
from bibkit.check.required import required_fields
from bibkit.check.slips import is_one_slip
from bibkit.record import Problem

_IN_SERIES = frozenset("book inbook incollection inproceedings conference proceedings".split())
_BOOKS = frozenset({"book", "inbook"})
_ARXIV_PLACES = ("eprint", "doi", "url", "journal", "volume")
_CONTEXT = ("archiveprefix", "eprinttype", "primaryclass")
_LIKE_AN_ID = re.compile(r"\d{4}\.\d{4}|\d{7}")
_OF_LENGTH = {
    size: sorted(f for f in FIELDS if len(f) == size and f.isalpha()) for size in range(3, 25)
}
_MOST_FIELDS = 200
"""A bound for files made to be slow."""


def ill_fitting(library: Library) -> Iterator[Problem]:
    """Yield a problem for each entry whose parts contradict each other, or BibTeX's styles."""
    for file in library.files:
        modern = is_biblatex(file.bib)
        for item in file.items:
            yield from _unknown_names(item)
            yield from _contradictions(item)
            if not modern:
                yield from _against_the_styles(item)
        yield from _macros(file)


def _unknown_names(item: Item) -> Iterator[Problem]:
    kind = item.entry.entry_type
    near = [] if kind in TYPES else get_close_matches(kind[:30], TYPES, 1, 0.85)
    if near:
        message = f"no style knows this type; @{near[0]} is meant?"
        yield item.problem("unknown-type", message)
    has = item.entry.fields
    for field in list(has)[:_MOST_FIELDS]:
        if field in FIELDS or not 3 < len(field) < 20 or not field.isalpha():
            continue
        meant = next((known for known in _by_length(field) if is_one_slip(field, known)), "")
        if meant and meant not in has and meant not in required_fields(kind):
            message = f"no style knows {field!r}; {meant!r} is meant?"
            yield item.problem("unknown-field", message, field=field)


def _by_length(field: str) -> Iterator[str]:
    for size in range(len(field) - 1, len(field) + 2):
        yield from _OF_LENGTH.get(size, ())


def _contradictions(item: Item) -> Iterator[Problem]:
    fields = item.entry.fields
    named = [name for name in _ARXIV_PLACES if _LIKE_AN_ID.search(fields.get(name, ""))]
    if len(named) < 2:
        return
    context = {name: fields[name] for name in _CONTEXT if name in fields}
    found = [(name, identify({**context, name: fields[name]}).arxiv_id) for name in named]
    claims = [(name, identifier) for name, identifier in found if identifier]
    for name, identifier in claims[1:]:
        if identifier != claims[0][1]:
            message = f"{name} names arXiv {identifier}, and {claims[0][0]} {claims[0][1]}"
            yield item.problem("conflicting-ids", message, field=name)


def _against_the_styles(item: Item) -> Iterator[Problem]:
    """Yield what BibTeX's standard styles warn of (btxbst.doc)."""
    kind, has = item.entry.entry_type, {n for n, v in item.entry.fields.items() if v}
    if kind in _IN_SERIES and "number" in has:
        if "volume" in has:
            message = "styles print volume or number, not both"
            yield item.problem("volume-and-number", message, field="number")
        elif "series" not in has and "crossref" not in has:
            message = "a number without a series is not printed well"
            yield item.problem("number-without-series", message, field="number")
    if kind in _BOOKS and {"author", "editor"} <= has:
        message = "styles print author or editor of a book, not both"
        yield item.problem("author-and-editor", message, field="editor")


def _macros(file: CheckedFile) -> Iterator[Problem]:
    """Yield the macros that are defined again as something else."""
    seen: dict[str, tuple[str, int]] = {}
    for block, line in zip(file.bib.blocks, file.block_lines, strict=True):
        for name, raw in block.fields if block.kind == "string" else ():
            value, before = seen.setdefault(name.lower(), (raw, line))
            if value != raw:
                message = f"@string {name!r} is something else in line {before}"
                yield Problem(f"{file.bib.origin}:{line}", "duplicate-macro", message)


def tangled_references(library: Library) -> Iterator[Problem]:
    """Yield the references between entries that lead nowhere, in circles, or backwards."""
    for file in library.files:
        modern = is_biblatex(file.bib)
        places = _places(file)
        for place, item in enumerate(file.items):
            yield from _related(item, library)
            yield from _other_keys(item, library)
            parent = item.entry.fields.get("crossref", "").strip().lower()
            if not parent:
                continue
            if parent == item.entry.key.lower():
                yield item.problem("crossref-loop", "its crossref names itself", field="crossref")
            elif parent in places and not modern:
                yield from _order(item, place, places[parent], file.items[places[parent]].entry)


def _places(file: CheckedFile) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, item in enumerate(file.items):
        places.setdefault(item.entry.key.lower(), place)
    return places


def _order(item: Item, place: int, parent: int, found: FileEntry) -> Iterator[Problem]:
    if parent < place:
        message = (
            f"BibTeX finds {found.key!r} only behind the entries that name it (fmt --rules sort)"
        )
        yield item.problem("crossref-order", message, field="crossref")
    elif found.fields.get("crossref"):
        message = f"{found.key!r} has a crossref too; BibTeX follows only one"
        yield item.problem("nested-crossref", message, field="crossref")


def _related(item: Item, library: Library) -> Iterator[Problem]:
    for field in ("related", "entryset"):
        for key in listed(item.entry.fields.get(field, "")):
            if key.lower() not in library.by_key:
                message = f"{field} names {key!r}, which is not there"
                yield item.problem("undefined-related", message, field=field)


def _other_keys(item: Item, library: Library) -> Iterator[Problem]:
    for key in keys_of(item.entry)[1:]:
        owner = library.by_key[key.lower()]
        if owner.entry is not item.entry and owner.file == item.file:
            message = f"{key!r} of ids is also a key of {owner.name} in line {owner.entry.line}"
            yield item.problem("duplicate-key", message, field="ids")
