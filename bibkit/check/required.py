"""Fields that an entry type requires and an entry does not have.

A file without a sign of biblatex is held to BibTeX's table ("BibTeXing", §3.1); any other to the
more lenient of BibTeX's and biblatex's data model (blx-dm.def), because files are shared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from bibkit.bibfile import FileEntry, is_biblatex
from bibkit.check.library import Item, Library, listed
from bibkit.record import Problem

Needs = tuple[tuple[str, ...], ...]
"""Of each group one field must be there."""


def _needs(text: str) -> Needs:
    return tuple(tuple(group.split("/")) for group in text.split())


_BIBTEX: Mapping[str, Needs] = {
    "article": _needs("author title journal year"),
    "book": _needs("author/editor title publisher year"),
    "booklet": _needs("title"),
    "conference": _needs("author title booktitle year"),
    "inbook": _needs("author/editor title chapter/pages publisher year"),
    "incollection": _needs("author title booktitle publisher year"),
    "inproceedings": _needs("author title booktitle year"),
    "manual": _needs("title"),
    "mastersthesis": _needs("author title school year"),
    "misc": (),
    "phdthesis": _needs("author title school year"),
    "proceedings": _needs("title year"),
    "techreport": _needs("author title institution year"),
    "unpublished": _needs("author title note"),
}
_BIBLATEX: Mapping[str, Needs] = {
    "article": _needs("author title journaltitle year"),
    "book": _needs("author/editor title year"),
    "bookinbook": _needs("author title booktitle year"),
    "booklet": _needs("title"),
    "collection": _needs("editor title year"),
    "conference": _needs("author title booktitle year"),
    "dataset": _needs("title"),
    "inbook": _needs("author title booktitle year"),
    "incollection": _needs("author title booktitle year"),
    "inproceedings": _needs("author title booktitle year"),
    "inreference": _needs("title booktitle year"),
    "manual": _needs("title"),
    "mastersthesis": _needs("author title institution year"),
    "misc": (),
    "mvbook": _needs("author/editor title year"),
    "mvcollection": _needs("editor title year"),
    "mvproceedings": _needs("title year"),
    "online": _needs("title url/doi/eprint"),
    "patent": _needs("author title number year"),
    "periodical": _needs("title year"),
    "phdthesis": _needs("author title institution year"),
    "proceedings": _needs("title year"),
    "reference": _needs("title year"),
    "report": _needs("author title institution year"),
    "software": _needs("title"),
    "suppbook": _needs("author title booktitle year"),
    "suppcollection": _needs("author title booktitle year"),
    "techreport": _needs("author title institution year"),
    "thesis": _needs("author title institution year"),
    "unpublished": _needs("author title year"),
}
"""Without what the model demands but people rightly leave out: the day of a web page, the type of
a thesis, the author of a program."""
_ALIASES = {
    "journal": ("journaltitle",), "journaltitle": ("journal",),
    "year": ("date",),
    "school": ("institution",), "institution": ("school",),
    "eprint": ("arxiv",),
}  # fmt: skip
"""biblatex manual §2.2.5."""
_MOST_PARENTS = 50
_MOST_FIELDS = 200
"""Bounds for files made to be slow."""
_PARENTS = ("crossref", "xdata", "xref")


def missing_fields(library: Library) -> Iterator[Problem]:
    """Yield a problem for each required field that an entry neither has nor inherits.

    Entries that others name as `related` are pieces of those (biblatex manual §3.4).
    """
    pieces = {key for item in library.items for key in listed(item.entry.fields.get("related", ""))}
    for file in library.files:
        modern = is_biblatex(file.bib)
        for item in file.items:
            whole = item.block.kind == "entry" and item.entry.key not in pieces
            if whole and not _inherits_unseen(item.entry, library):
                yield from _of_item(item, library, modern=modern)


def required_fields(entry_type: str) -> frozenset[str]:
    """Return the fields that a type may be missed for lacking, in all their spellings."""
    groups = (*_BIBTEX.get(entry_type, ()), *_BIBLATEX.get(entry_type, ()))
    return frozenset(name for group in groups for name in _spellings(group))


def undefined_parents(library: Library) -> Iterator[Problem]:
    """Yield a problem for each cross-reference to an entry that is not there."""
    for item in library.items:
        for field in _PARENTS:
            for key in listed(item.entry.fields.get(field, "")):
                if key.lower() not in library.by_key:
                    message = f"{field} names {key!r}, which is not there"
                    yield item.problem("undefined-crossref", message, field=field)


def _of_item(item: Item, library: Library, *, modern: bool) -> Iterator[Problem]:
    kind = item.entry.entry_type
    has = {name for name, value in item.entry.fields.items() if value.strip()}
    has |= _inherited(item.entry, library)
    tables = [t for t in (_BIBTEX, _BIBLATEX) if kind in t]
    if not modern:
        tables = tables[:1]
    lacking = min(([g for g in t[kind] if not _met(g, has)] for t in tables), key=len, default=[])
    for group in lacking:
        own = next((name for name in _spellings(group) if name in item.entry.fields), "")
        message = f"the required field {' or '.join(map(repr, group))} is "
        message += "empty" if own else f"missing{_near(group, item.entry)}"
        yield item.problem("missing-field", message, field=own)


def _met(group: tuple[str, ...], has: set[str]) -> bool:
    return not has.isdisjoint(_spellings(group))


def _spellings(group: tuple[str, ...]) -> list[str]:
    return [name for field in group for name in (field, *_ALIASES.get(field, ()))]


def _near(group: tuple[str, ...], entry: FileEntry) -> str:
    """Name the entry's field that may be a misspelt one: `autor`, `authors`."""
    names = [name for name in list(entry.fields)[:_MOST_FIELDS] if 3 < len(name) < 20]
    found = [near for field in group for near in get_close_matches(field, names, 1, 0.8)]
    return f" (the entry has {found[0]!r})" if found else ""


def _inherits_unseen(entry: FileEntry, library: Library) -> bool:
    keys = [key for field in _PARENTS for key in listed(entry.fields.get(field, ""))]
    return any(key.lower() not in library.by_key for key in keys)


def _inherited(entry: FileEntry, library: Library) -> set[str]:
    """Return the fields that an entry's parents lend it; a parent's title is its `booktitle`."""
    lent: set[str] = set()
    seen: set[str] = set()
    waiting = [entry]
    while waiting and len(seen) < _MOST_PARENTS:
        current = waiting.pop()
        for field in _PARENTS[:2]:  # an xref lends nothing
            for key in listed(current.fields.get(field, "")):
                parent = library.by_key.get(key.lower())
                if parent is None or key.lower() in seen:
                    continue
                seen.add(key.lower())
                names = {name for name, value in parent.entry.fields.items() if value.strip()}
                if field == "crossref" and "title" in names:
                    names = names - {"title"} | {"booktitle"}
                lent |= names
                waiting.append(parent.entry)
    return lent
