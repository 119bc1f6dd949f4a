"""Entries → RIS. A value is one line, whatever is in it, so nothing can end a reference early.

Not rispy: it joins tag and value and no more (docs/decisions/0012-writers-of-our-own.md). A
preprint is `UNPB`, for RIS has no type of its own for it; CSL-JSON and Zotero RDF do. Tags as
Zotero's `RIS.js` reads them; what has none is a note `tex.name: value`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, MutableMapping, Sequence

from bibkit.emit.fields import doi_of, web_address
from bibkit.emit.further import further_fields, is_address, is_raw, kept_lines
from bibkit.emit.kinds import INSTITUTIONAL, format_type, type_words, untold_type
from bibkit.emit.options import WriteOptions
from bibkit.emit.plain import (
    LABELS,
    arxiv_mark,
    as_published,
    labelled_links,
    pages_of,
    plain,
    subject_of,
)
from bibkit.record import Author, Entry, PartialDate
from bibkit.text.visible import visible

TAGS: Mapping[str, str] = {
    "series": "T3",
    "edition": "ET",
    "address": "CY",
    "language": "LA",
    "shorttitle": "ST",
    "shortjournal": "J2",
    "volumes": "NV",
    **{tag: tag.upper() for tag in "c1 c2 c3 c4 c5 c6 c7 c8 ca cn dp op rp u1 u2 u3 u4 u5".split()},
}
"""Field → tag, of the fields that are one line each."""
ISSN = re.compile(r"\d{4}-?\d{3}[\dXx]")
_WITH_TYPE = INSTITUTIONAL | {"online", "misc"}
"""Whose type, to Zotero, stands in `M3`; of other types that would be a DOI."""
_SEPARATORS = re.compile(r"\s*[,;]\s*")
"""Between the parts of a name, and to some readers between names."""
_RANGE = re.compile(r"([^-]+)-([^-]+)")


def write(entries: Sequence[Entry], *, options: WriteOptions = WriteOptions()) -> str:  # noqa: B008 - frozen
    """Return the entries as RIS, a blank line between them."""
    return "\n".join(_reference(entry, options) for entry in entries)


def _reference(entry: Entry, options: WriteOptions) -> str:
    fields = [*_fields(entry, options), ("ER", "")]
    return "".join(f"{tag}  - {value}\n" for tag, value in fields if value or tag == "ER")


def _fields(entry: Entry, options: WriteOptions) -> Iterator[tuple[str, str]]:
    shown = as_published(entry)
    kind = format_type(shown, "ris")
    left = further_fields(shown)
    yield "TY", kind
    yield "ID", visible(entry.citation_key)
    yield "TI", plain(entry.title)
    for tag, people in (("AU", entry.authors), ("ED", entry.editors), ("A4", entry.translators)):
        for person in people:
            yield tag, _name(person)
    if entry.date:
        yield "PY", f"{entry.date.year:04d}"
        yield "DA", _date(entry.date)
    if shown.entry_type != "preprint":
        yield from _place(shown, left)
    yield from _further(shown, left)
    if entry.eprint:
        yield "DB", "arXiv"
        yield "AN", arxiv_mark(entry)
    yield "DO", doi_of(entry) or ""
    yield "UR", web_address(entry.url) or ""
    yield from _links_and_notes(entry, {**left, **untold_type(shown, "ris", kind)})
    if options.abstract:
        yield "AB", plain(entry.abstract)


def _place(entry: Entry, left: MutableMapping[str, str]) -> Iterator[tuple[str, str]]:
    """Take what says where it was published."""
    yield "T2", plain(left.pop("journal" if entry.entry_type == "article" else "booktitle", ""))
    yield "VL", plain(left.pop("volume", ""))
    yield "IS", plain(left.pop("number", ""))
    pages = pages_of(entry) if left.pop("pages", "") else ""
    found = _RANGE.fullmatch(pages)
    yield "SP", found[1] if found else pages
    yield "EP", found[2] if found else ""
    name = "institution" if entry.entry_type in INSTITUTIONAL else "publisher"
    yield "PB", plain(left.pop(name, ""))


def _further(entry: Entry, left: MutableMapping[str, str]) -> Iterator[tuple[str, str]]:
    """Take what has a tag of its own."""
    for name in [*left]:
        if name in TAGS:
            value = left.pop(name)
            yield TAGS[name], visible(value) if is_raw(name) or is_address(name) else plain(value)
    if entry.accessed:
        left.pop("urldate", None)
        yield "Y2", _date(entry.accessed) or f"{entry.accessed.year:04d}///"
    if entry.entry_type in _WITH_TYPE:
        left.pop("type", None)
        yield "M3", plain(type_words(entry))
    for name in ("issn", "isbn"):
        if (name == "issn") == bool(ISSN.fullmatch(plain(left.get(name)))):
            yield "SN", plain(left.pop(name, ""))


def _links_and_notes(entry: Entry, kept: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    links = list(labelled_links(entry))
    for label, address in links:
        if label == LABELS["code"]:
            yield "L2", address  # what readers make a link of beside the paper's own address
    yield "KW", subject_of(entry)
    for keyword in entry.keywords:
        yield "KW", plain(keyword).replace(";", ",")  # between which Zotero splits
    for label, address in links:
        yield "N1", f"{label}: {address}"
    for line in kept_lines({name: value for name, value in kept.items() if name != "keywords"}):
        yield "N1", line
    yield "N1", plain(entry.note)


def _name(author: Author) -> str:
    """Return `Family, Given, Suffix` (RIS specification); a part cannot hold a separator itself."""
    family = author.family if author.collective else f"{author.particle} {author.family}"
    parts = [family] if author.collective else [family, author.given, author.suffix]
    given = [_SEPARATORS.sub(" ", visible(part)).strip() for part in parts]
    if len(given) == 3 and given[2] and not given[1]:
        given = [f"{given[0]} {given[2]}"]
    return ", ".join(part for part in given if part)


def _date(date: PartialDate) -> str:
    """Return `YYYY/MM/DD`, with the slashes of what is not known; a bare year says nothing new."""
    if not date.month:
        return ""
    return f"{date.year:04d}/{date.month:02d}/{f'{date.day:02d}' if date.day else ''}"
