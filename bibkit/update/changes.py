"""A preprint's entry + its publication → the edits that make one of the other, and what they are.

What bibkit's own writer would write is compared with what stands there. Only what is missing, and
arXiv's placeholders, give way; what the user wrote stays, and is told where it differs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bibkit.bibfile import (
    BibFile,
    Edit,
    Expression,
    FileEntry,
    RemoveField,
    SetField,
    SetType,
    read_bib,
)
from bibkit.bibfile.bib_file import macros_of
from bibkit.bibfile.encoding import tex_ascii
from bibkit.emit import WriteOptions, write
from bibkit.merge.published import as_published
from bibkit.record import Author, Entry, Eprint, PublishedVersion
from bibkit.text.identifiers import arxiv_id, doi
from bibkit.text.titles import title_key
from bibkit.update.preprints import Preprint, first_year, is_placeholder, placeholders, year_of

_CONTAINERS = ("journal", "journaltitle", "booktitle")
_OTHER_NAME = {"journal": "journaltitle", "journaltitle": "journal"}
_EPRINT = "eprint eprinttype archiveprefix".split()
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()


@dataclass(frozen=True, slots=True)
class Change:
    """What is to become of an entry."""

    preprint: Preprint
    edits: tuple[Edit, ...]
    listed: tuple[str, ...]
    """Each edit in words."""
    kept: tuple[str, ...]
    """What the user wrote and the publication says otherwise."""


def change(bib: BibFile, preprint: Preprint, version: PublishedVersion, *, modern: bool) -> Change:
    """Return the edits that turn an entry into that of its publication.

    Args:
        bib: the file, whose macros are used where one stands for the journal's name.
        preprint: one of its entries.
        version: where it was published.
        modern: whether the file is biblatex's (`is_biblatex`).

    """
    there = preprint.entry
    wanted = _written(preprint, version, modern=modern)
    fields = dict(_settled(wanted.fields, there.fields))
    told = _Told([], [], [])
    if there.entry_type != wanted.entry_type:
        told.edits.append(SetType(preprint.index, wanted.entry_type))
        told.listed.append(f"@{there.entry_type} → @{wanted.entry_type}")
    for name, value in fields.items():
        _set(told, bib, preprint, name, value)
    leaving = {*placeholders(there.fields), *_of_old_date(preprint, version)}
    for name in sorted(leaving - fields.keys()):
        told.edits.append(RemoveField(preprint.index, name))
        told.listed.append(f"{name} removed ({there.fields[name]})")
    return Change(preprint, tuple(told.edits), tuple(told.listed), tuple(told.kept))


@dataclass(frozen=True, slots=True)
class _Told:
    """What a change is made of, while it is made."""

    edits: list[Edit]
    listed: list[str]
    kept: list[str]


def _set(told: _Told, bib: BibFile, preprint: Preprint, name: str, value: str) -> None:
    old = preprint.entry.fields.get(name, "")
    if _is_same(name, old, value, preprint):
        return
    if old.strip() and not _gives_way(name, old, preprint):
        told.kept.append(f"{name} stays {old!r}; published: {value!r}")
        return
    text = tex_ascii(value, origin=bib.origin) if bib.encoding.ascii_only else value
    macro = _macros(bib, preprint.index).get(title_key(value)) if name in _CONTAINERS else None
    number = text.isdecimal() and text[0] == "0"  # never bare: `016005` is no number
    written = Expression(macro or f"{{{text}}}") if macro or number else text
    told.edits.append(SetField(preprint.index, name, written, replace_macros=True))
    told.listed.append(f"{name}: {old} → {value}" if old.strip() else f"{name}: {value}")


def _written(preprint: Preprint, version: PublishedVersion, *, modern: bool) -> FileEntry:
    """Return the entry as bibkit would write it, read back: values as TeX has them."""
    record = preprint.record
    entry = Entry(
        citation_key="key",
        entry_type="preprint",
        title=record.title,
        authors=(Author("Unknown"),),  # the entry's own stay; without any it would be a @misc
        eprint=Eprint(record.arxiv_id) if record.arxiv_id else None,
    )
    text = write(
        [as_published(entry, version)],
        format="biblatex" if modern else "bibtex",
        options=WriteOptions(abstract=False),
    )
    return read_bib(text.encode(), origin="").entries[0]


def _settled(wanted: Mapping[str, str], there: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield what is to stand in an entry, under the names that it uses already."""
    for name in (*_CONTAINERS, "volume", "number", "pages"):
        if name in wanted:
            other = _OTHER_NAME.get(name, name)
            yield (other if other in there and name not in there else name), wanted[name]
    for name in ("year", "date"):
        if wanted.get(name, "").isdecimal():  # the writer says `n.d.` where there is none
            for own in [n for n in ("year", "date") if n in there] or [name]:
                yield own, wanted[name]
    if doi(wanted.get("doi", "")):  # an entry without one is written with arXiv's
        yield "doi", wanted["doi"]
    if not there.get("eprint", "").strip():
        for name in _EPRINT:
            if name in wanted and not there.get(name, "").strip():
                yield name, wanted[name]


def _is_same(name: str, old: str, new: str, preprint: Preprint) -> bool:
    if name == "doi":
        return doi(old) == doi(new)
    if name == "date" and old[:4] == new:
        return old[5:7] != _submitted(preprint)
    return bool(old) and title_key(old) == title_key(new)


def _gives_way(name: str, old: str, preprint: Preprint) -> bool:
    """Tell whether a value is arXiv's: its placeholder, its DOI, a year of a version."""
    if name == "doi":
        return doi(old) is None and arxiv_id(old) is not None
    if name in ("year", "date"):
        year, identifier = year_of({name: old}), preprint.record.arxiv_id
        return year is None or identifier is None or year >= first_year(identifier)
    return is_placeholder(old)


def _of_old_date(preprint: Preprint, version: PublishedVersion) -> Iterator[str]:
    """Yield the month and day of the preprint, which are not those of the publication."""
    fields = preprint.entry.fields
    month = fields.get("month", "")
    other_year = version.year is not None and year_of(fields) != version.year
    if month and (other_year or _month(month) == _submitted(preprint)):
        yield from ("month", *(["day"] if "day" in fields else []))


def _submitted(preprint: Preprint) -> str:
    """Return the month that an arXiv id tells, in two digits."""
    return (preprint.record.arxiv_id or "").rsplit("/", 1)[-1][2:4]


def _month(text: str) -> str:
    name = text[:3].lower()
    return f"{_MONTHS.index(name) + 1:02d}" if name in _MONTHS else text.zfill(2)


def _macros(bib: BibFile, index: int) -> dict[str, str]:
    """Return the macros defined before an entry, by what they stand for, as a key."""
    start = bib.entry_blocks[index].start
    before = [block for block in bib.blocks if block.kind == "string" and block.start < start]
    spelled = {name.lower(): name for block in before for name, _ in block.fields}
    values = macros_of(before, start)
    return {title_key(text): spelled[name] for name, text in values.items() if title_key(text)}
