"""An entry, its item and what both last agreed on → what is to change on one side.

The rule is `merge.three_way`'s. File and library spell one value differently (TeX, names, dates),
so each side is compared with its own last spelling. A value is changed, never taken away: that an
entry lacks a field, or an item, says nothing about the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from bibkit.merge.three_way import Verdict, settle
from bibkit.text.identifiers import arxiv_id, doi
from bibkit.text.titles import title_key
from bibkit.zotero.names import authors_of
from bibkit.zotero.remembered import Remembered, kept
from bibkit.zotero.sides import ORDER, EntrySide, ItemSide

Side = Literal["entry", "item"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One value of an entry and its item."""

    name: str
    entry: str | None
    item: str | None
    verdict: Verdict
    """`mine` is the side that would be written to."""


def outcomes(
    entry: EntrySide, item: ItemSide, base: Remembered | None, *, writing: Side
) -> Iterator[Outcome]:
    """Yield what is to become of each value that either side has."""
    for name in ORDER:
        one, other = entry.values.get(name), item.values.get(name)
        if one is None and other is None:
            continue
        yield Outcome(name, one, other, _verdict(name, one, other, base, writing))


def _verdict(
    name: str, entry: str | None, item: str | None, base: Remembered | None, writing: Side
) -> Verdict:
    entry_base, item_base = base.base(name) if base else (None, None)
    still = "\0"  # stands for "as it was"
    entry_now = still if kept(entry) == entry_base else entry
    item_now = still if kept(item) == item_base else item
    mine, theirs = (item_now, entry_now) if writing == "item" else (entry_now, item_now)
    verdict = settle(still, mine, theirs).verdict
    if entry == item:
        return "same"
    if verdict == "theirs" and (entry if writing == "item" else item) is None:
        return "same"  # nothing is taken away
    only_spelled = verdict == "conflict" or (verdict == "theirs" and entry_base is None)
    return "same" if only_spelled and is_alike(name, entry, item) else verdict


def is_alike(name: str, one: str | None, other: str | None) -> bool:
    """Tell whether two spellings say one thing: two libraries never spell alike.

    >>> is_alike("title", "Attention is all you need", "Attention Is All You Need.")
    True
    >>> is_alike("date", "2017-06-12", "2017"), is_alike("date", "2017", "2018")
    (True, False)
    """
    if one is None or other is None:
        return False
    if one == other:
        return True
    if name in ("author", "editor"):
        return _names(one) == _names(other)
    if name == "date":
        return one.startswith(other) or other.startswith(one)
    if name == "DOI":
        return _doi(one) == _doi(other)
    if name == "url":
        return _address(one) == _address(other)
    if name in ("code", "citationKey", "itemType", "arXiv"):
        return name == "code" and _address(one) == _address(other)
    return title_key(one) == title_key(other) != ""


def _names(lines: str) -> list[str]:
    """Return what is compared of names: family, and the first initial."""
    return [
        f"{title_key(author.particle + author.family)} {title_key(author.given)[:1]}"
        for author in authors_of(lines)
    ]


def _doi(text: str) -> str:
    return doi(text) or arxiv_id(text) or text.lower()


def _address(text: str) -> str:
    bare = text.split("://", 1)[-1].removeprefix("www.").rstrip("/").removesuffix(".git")
    return arxiv_id(text) or bare.lower()


def new_tags(mine: tuple[str, ...], theirs: tuple[str, ...], base: Remembered | None) -> list[str]:
    """Return the keywords that one side is to get: of the other's, what it never had.

    >>> new_tags(("NLP",), ("nlp", "attention", "old"), Remembered("k", tags=("old",)))
    ['attention']
    """
    known = {tag.casefold() for tag in (*mine, *(base.tags if base else ()))}
    return [tag for tag in theirs if tag.casefold() not in known]
