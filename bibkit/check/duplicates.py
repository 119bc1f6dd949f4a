"""Two entries of one file that are the same paper: same arXiv id, same DOI, or the same reference.

Chapters that carry the DOI of their book are no duplicates, nor are a talk and the article that was
made of it; a title alone proves nothing (`dedupe` weighs such pairs).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from bibkit.bibfile import Identity, identify
from bibkit.check.library import CheckedFile, Item, Library
from bibkit.record import Problem
from bibkit.text.titles import title_key

_PARTS = frozenset(
    "inbook incollection inproceedings conference bookinbook suppbook suppcollection inreference "
    "proceedings book collection".split()
)
"""Types whose DOI may be that of the whole volume."""
_DISTINCT = (
    "doi eprint journal journaltitle booktitle volume number issue pages chapter edition series "
    "note howpublished url publisher institution school type date month".split()
)
"""Fields that, where both entries have them, tell two references apart."""
_MOST_COMPARED = 20
"""Entries with the same id or reference; a bound for files made to be slow."""
_SHORTEST_TITLE = 12
"""Letters; below are `Editorial`, `Introduction`, `Preface`."""


def duplicate_papers(library: Library) -> Iterator[Problem]:
    """Yield a problem for each entry that is the same paper as one before it in its file."""
    for file in library.files:
        yield from _of_file(file)


def _of_file(file: CheckedFile) -> Iterator[Problem]:
    seen: defaultdict[tuple[str, str], list[Item]] = defaultdict(list)
    for item in file.items:
        signs = list(_signs(item, identify(item.entry.fields)))
        pairs = ((before, sign) for sign in signs for before in seen[sign][:_MOST_COMPARED])
        found = next(((b, sign) for b, sign in pairs if _are_one(b, item, sign[0])), None)
        if found:
            yield item.problem("duplicate-paper", _message(item, *found))
        for sign in signs:
            seen[sign].append(item)


def _message(item: Item, before: Item, sign: tuple[str, str]) -> str:
    kind, value = sign
    why = "the same title, authors and year" if kind == "reference" else f"{kind} {value}"
    if not _same(before.entry.fields.get("title", ""), item.entry.fields.get("title", "")):
        why += ", under another title"
    return f"the same paper as {before.entry.key!r} in line {before.entry.line}: {why}"


def _signs(item: Item, identity: Identity) -> Iterator[tuple[str, str]]:
    if identity.arxiv_id:
        yield "arXiv", identity.arxiv_id
    if identity.doi:
        yield "DOI", identity.doi
    fields = item.entry.fields
    year = fields.get("year") or fields.get("date", "")[:4]
    if len(identity.title) >= _SHORTEST_TITLE and identity.authors and year:
        yield "reference", f"{item.entry.entry_type}|{identity.title}|{identity.authors}|{year}"


def _are_one(before: Item, item: Item, kind: str) -> bool:
    one, other = before.entry, item.entry
    if one.key.lower() == other.key.lower():
        return False  # told as a duplicate key
    if not {"related", "entryset", "xdata"}.isdisjoint({*one.fields, *other.fields}):
        return False  # the author of the file knows of both
    if kind == "DOI" and {one.entry_type, other.entry_type} & _PARTS:
        return _same(one.fields.get("title", ""), other.fields.get("title", ""))
    if kind == "reference":
        pairs = ((one.fields.get(name), other.fields.get(name)) for name in _DISTINCT)
        return all(_same(a, b) for a, b in pairs if a and b)
    return True


def _same(one: str, other: str) -> bool:
    return title_key(one) == title_key(other)
