"""Entries that become one → edits, the bytes that they make, and what to cite instead.

Values are spelled as the survivor's file spells them; what refers to an entry that goes is renamed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from bibkit.bibfile import (
    BibFile,
    Edit,
    Expression,
    RemoveEntry,
    RemoveField,
    SetField,
    SetType,
    edit,
)
from bibkit.bibfile.bib_file import macros_of
from bibkit.bibfile.encoding import tex_ascii
from bibkit.bibfile.new_values import macros_in
from bibkit.bibfile.patching import REFERRING
from bibkit.bibfile.values import value_text
from bibkit.reconcile.entries import Merge, Place, all_entries, all_keys, bib_of, key_of, listed
from bibkit.reconcile.reading import Paper, Shelf
from bibkit.record import Problem


def patched(shelf: Shelf, merges: Sequence[Merge]) -> dict[int, bytes]:
    """Return by file what it is to hold; OutputError where a value cannot be written."""
    edits = edits_of(shelf, merges)
    return {number: edit(bib_of(shelf.files[number]), ones) for number, ones in edits.items()}


def edits_of(shelf: Shelf, merges: Sequence[Merge]) -> dict[int, list[Edit]]:
    """Return the edits by file; references to what goes are renamed in all files."""
    gone = {(p.file, p.place) for merge in merges for p in merge.gone}
    alive = _alive(shelf, gone)
    values: defaultdict[Place, dict[str, Edit]] = defaultdict(dict)
    types: dict[Place, SetType] = {}
    for merge in merges:
        place = (merge.survivor.file, merge.survivor.place)
        values[place] |= {one.name: one for one in _field_edits(shelf, merge, alive)}
        if merge.result.entry_type != bib_of(shelf.files[place[0]]).entries[place[1]].entry_type:
            types[place] = SetType(place[1], merge.result.entry_type)
    for place, name, value in _renamed_references(shelf, merges, gone, alive):
        values[place][name] = SetField(place[1], name, value)
    edits: defaultdict[int, list[Edit]] = defaultdict(list)
    for (file, _), one in types.items():
        edits[file].append(one)
    for (file, _), ones in values.items():
        edits[file] += ones.values()
    for number, entry in sorted(gone):
        edits[number].append(RemoveEntry(entry))
    return dict(edits)


def _alive(shelf: Shelf, gone: set[Place]) -> set[tuple[int, str]]:
    """Return file and key of every entry that stays."""
    return {(place[0], key.lower()) for place, key, _ in all_entries(shelf) if place not in gone}


def _field_edits(
    shelf: Shelf, merge: Merge, alive: set[tuple[int, str]]
) -> Iterator[SetField | RemoveField]:
    survivor = merge.survivor
    bib = bib_of(shelf.files[survivor.file])
    effective = shelf.files[survivor.file].inherited[survivor.place].fields
    own = bib.entries[survivor.place].fields
    members = (survivor, *merge.gone)
    for name, text in merge.result.fields.items():
        if name != "ids" and text != effective.get(name, ""):
            origin = merge.result.origins.get(name)
            value = _as_it_stands(shelf, members[origin], survivor, name, text) if origin else None
            spelled = value or _spelled(bib, text, own.get(name, ""))
            yield SetField(survivor.place, name, spelled, replace_macros=True)
    for name, old in own.items():
        if old and name not in merge.result.fields and name != "ids":
            yield RemoveField(survivor.place, name)
    before = listed(own.get("ids", ""))
    ids = _ids(shelf, merge, alive)
    if ids != before:
        yield SetField(survivor.place, "ids", ", ".join(ids))


def _ids(shelf: Shelf, merge: Merge, alive: set[tuple[int, str]]) -> list[str]:
    """Return the other keys of an entry: its own, then those of the entries that go."""
    own, *first = all_keys(shelf, merge.survivor)
    ids = dict.fromkeys(first)
    for paper in merge.gone:
        for key in all_keys(shelf, paper):
            other = key.lower() != own.lower() and (merge.survivor.file, key.lower()) in alive
            if key and key != own and not other:
                ids.setdefault(key)
    return list(ids)


def _as_it_stands(
    shelf: Shelf, paper: Paper, survivor: Paper, name: str, text: str
) -> Expression | None:
    """Return a value made with macros as it stands, if it means the same at its new place."""
    block = shelf.files[paper.file].entry_blocks[paper.place]
    raw = next((raw for field_name, raw in block.fields if field_name.lower() == name), "")
    if not raw or (raw[0] in '{"' and "#" not in raw) or raw.isdecimal():
        return None
    start = shelf.files[survivor.file].entry_blocks[survivor.place].start
    before = [block for block in shelf.files[survivor.file].macros if block.start < start]
    defined = {name.lower() for block in before for name, _ in block.fields} | _MONTHS
    if any(macro.lower() not in defined for macro in macros_in(raw)):
        return None
    return Expression(raw) if value_text(raw, macros_of(before, start)) == text else None


_MONTHS = frozenset("jan feb mar apr may jun jul aug sep oct nov dec".split())


def _spelled(bib: BibFile, text: str, old: str) -> str:
    """Return a value in letters that the file can have."""
    strange = {c for c in text if not c.isascii()} - set(old)
    try:
        bib.encoding.encode(text)
    except UnicodeEncodeError:
        return tex_ascii(text, origin=bib.origin)
    return tex_ascii(text, origin=bib.origin) if bib.encoding.ascii_only and strange else text


def _renamed_references(
    shelf: Shelf, merges: Sequence[Merge], gone: set[Place], alive: set[tuple[int, str]]
) -> Iterator[tuple[Place, str, str]]:
    """Yield the fields that name an entry that goes, with the key of the one that stays."""
    stays: dict[tuple[int | None, str], str] = {}
    everywhere = {key for _, key in alive}
    for merge in merges:
        for paper in merge.gone:
            key = key_of(shelf, paper).lower()
            if (paper.file, key) not in alive:
                stays[paper.file, key] = key_of(shelf, merge.survivor)
            if key not in everywhere:
                stays[None, key] = key_of(shelf, merge.survivor)
    for place, _, fields in all_entries(shelf):
        for name in sorted(REFERRING & fields.keys()) if place not in gone and stays else ():
            old = listed(fields[name])
            new = [
                stays.get((place[0], key.lower())) or stays.get((None, key.lower()), key)
                for key in old
            ]
            if new != old:
                yield place, name, ",".join(dict.fromkeys(new))


def key_map_of(shelf: Shelf, merges: Sequence[Merge]) -> tuple[dict[str, str], list[Problem]]:
    """Return what to cite instead of each key that goes, and the keys that are others' too."""
    gone = {(p.file, p.place) for merge in merges for p in merge.gone}
    alive = {key for _, key in _alive(shelf, gone)}
    found: dict[str, set[str]] = defaultdict(set)
    problems: list[Problem] = []
    for merge in merges:
        stays = key_of(shelf, merge.survivor)
        for paper in merge.gone:
            for key in all_keys(shelf, paper):
                if key.lower() in alive and key.lower() != stays.lower():
                    message = f"{key!r} is another entry's key too: what cites it is left as it is"
                    problems.append(Problem(paper.origin, "ambiguous-key", message))
                elif key != stays:
                    found[key].add(stays)
    keys = {old: min(new) for old, new in sorted(found.items()) if len(new) == 1}
    return keys, problems
