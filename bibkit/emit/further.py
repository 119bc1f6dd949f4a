"""The text fields of an entry under their BibTeX names, from which each format takes what it has.

What a format has no place for it keeps by name: BibTeX as a field, CSL-JSON in `custom`, RIS and
Zotero's Extra as a line `tex.name: value`, which Better BibTeX reads and writes too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from bibkit.emit.plain import iso_date, plain
from bibkit.record import Author, Entry, EntryType
from bibkit.text.names import bibtex_name
from bibkit.text.visible import visible

CONTAINERS: Mapping[EntryType, str] = {
    "article": "journal",
    **dict.fromkeys(("inproceedings", "inbook", "incollection", "inreference"), "booktitle"),
}
"""Type that is part of something → the field that names the whole."""
FIELD_NAME = re.compile(r"[a-z][a-z0-9_.:+/-]{0,60}")
"""What can be the name of a field."""
_ADDRESS = re.compile(
    r"pdf|links?|ee|html|urls?|uri|[a-z-]*url|[a-z-]*doi|eprint[a-z]*|archiveprefix|primaryclass"
)
_RAW = re.compile(r"file|bdsk-[a-z]+-\d+|crossref|xref|xdata|ids|related|entryset|langid")
"""Paths and keys; never typeset, and wrong if anything in them were escaped."""
_RESERVED = frozenset("title author editor translator abstract note".split())
"""Fields that an entry has attributes for, whatever its type."""
_OF_PUBLISHED = frozenset({"booktitle", "volume", "number", "pages"})
"""Attributes that say nothing of a preprint; styles and data models warn of them."""


def further_fields(entry: Entry) -> dict[str, str]:
    """Return the fields that are not of every entry, those of `extra` last.

    >>> from bibkit.record import PartialDate
    >>> further_fields(Entry("k", "book", "T", publisher="P", accessed=PartialDate(2024, 5)))
    {'publisher': 'P', 'urldate': '2024-05'}
    """
    named = {
        CONTAINERS.get(entry.entry_type, "booktitle"): entry.container,
        "series": entry.series,
        "volume": entry.volume,
        "number": entry.number,
        "chapter": entry.chapter,
        "pages": entry.pages,
        "edition": entry.edition,
        "publisher": entry.publisher,
        "institution": entry.institution,
        "address": entry.place,
        "eventtitle": entry.event,
        "type": entry.type,
        "howpublished": entry.howpublished,
        "urldate": iso_date(entry.accessed) if entry.accessed else None,
        "isbn": entry.isbn,
        "issn": entry.issn,
        "pmid": entry.pmid,
        "language": entry.language,
        "keywords": joined_keywords(entry.keywords),
        "annote": entry.annotation,
    }
    if entry.entry_type == "preprint":
        named = {name: value for name, value in named.items() if name not in _OF_PUBLISHED}
    found = {name: value for name, value in named.items() if value and visible(value)}
    taken = {"doi": entry.doi, "url": entry.url, "eprint": entry.eprint}
    for name, value in entry.extra.items():
        if is_writable(name) and visible(value) and not taken.get(name):
            found.setdefault(name, value)
    return found


def texts(entry: Entry) -> Iterator[tuple[str, str]]:
    """Yield name and text of every field that is text, names of people excepted."""
    yield "title", entry.title
    yield "abstract", entry.abstract
    yield "note", entry.note
    for name, value in further_fields(entry).items():
        if not is_raw(name) and not is_address(name):
            yield name, value


def unwritable(entry: Entry) -> Iterator[str]:
    """Yield the names in `extra` that no format takes: no field names, or an attribute's."""
    known = further_fields(entry)
    for name, value in entry.extra.items():
        if visible(value) and known.get(name) != value:
            yield name


def is_writable(name: str) -> bool:
    """Tell whether a field of that name can be further to an entry."""
    return bool(FIELD_NAME.fullmatch(name)) and name not in _RESERVED


def is_address(name: str) -> bool:
    """Tell whether a field holds an address or an identifier."""
    return _ADDRESS.fullmatch(name) is not None


def is_raw(name: str) -> bool:
    """Tell whether a field holds files or keys, in which TeX means nothing."""
    return _RAW.fullmatch(name) is not None


def joined_keywords(keywords: tuple[str, ...]) -> str:
    """Return keywords in one field: between commas, or semicolons where one has a comma.

    >>> joined_keywords(("deep learning", "Paris, Texas")), joined_keywords(("a", "b"))
    ('deep learning; Paris, Texas', 'a, b')
    """
    words = [word for keyword in keywords if (word := plain(keyword).replace(";", ","))]
    if not any("," in word for word in words):
        return ", ".join(words)
    return "; ".join(words) if len(words) > 1 else f"{words[0]};"


def split_keywords(value: str) -> tuple[str, ...]:
    """Return the keywords of a field, each once.

    >>> split_keywords("deep learning; Paris, Texas"), split_keywords("a, b,a")
    (('deep learning', 'Paris, Texas'), ('a', 'b'))
    """
    words = value.split(";" if ";" in value else ",")
    return tuple(dict.fromkeys(word.strip() for word in words if word.strip()))


def name_list(people: tuple[Author, ...]) -> str:
    """Return names as BibTeX separates them, in plain Unicode."""
    return " and ".join(bibtex_name(person, plain) for person in people)


def kept_lines(fields: Mapping[str, str]) -> Iterator[str]:
    """Yield the lines of a note that keep fields by name."""
    for name, value in fields.items():
        yield f"tex.{name}: {visible(value) if is_raw(name) or is_address(name) else plain(value)}"
