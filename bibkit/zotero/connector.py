"""New entries of a .bib → the Zotero on this computer, which imports them as it does a file.

One way, and Zotero looks for no duplicates there: what went in is remembered in the lock, and where
the local API is switched on, the library is looked through first.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from bibkit.bibfile import BibFile
from bibkit.convert import read_entries
from bibkit.emit import WriteOptions, write
from bibkit.errors import BibkitError, SourceError
from bibkit.record import Problem
from bibkit.sources import Web
from bibkit.sources.zotero_connector import import_text
from bibkit.sources.zotero_local import open_local
from bibkit.sync.exclusive import locked
from bibkit.sync.target import read_target
from bibkit.zotero.from_entry import entry_sides
from bibkit.zotero.from_item import item_sides
from bibkit.zotero.matching import match
from bibkit.zotero.push import bib_of, save_known
from bibkit.zotero.remembered import CONNECTOR, Remembered, kept, remembered_items
from bibkit.zotero.results import PushResult, network_line
from bibkit.zotero.sides import EntrySide, ItemSide

_MARKS = ("arXiv", "DOI", "title")


def import_file(
    path: Path, *, dry_run: bool = False, code_field: str = "code", contact: str | None = None
) -> PushResult:
    """Let the desktop import the entries of a .bib that it does not have yet.

    Args:
        path: the file; it is only read. What was imported goes into its lock.
        dry_run: ask only.
        code_field: the field with the link to the code.
        contact: mail address for the User-Agent.

    Raises:
        OutputError: the file or its lock cannot be used.
        ConfigError: Zotero refuses.

    """
    with locked(Path(os.path.realpath(path))), Web(contact=contact) as web:
        target = read_target(path)
        bib = bib_of(target)
        known = remembered_items(target.lock, CONNECTOR)
        result = PushResult()
        entries = entry_sides(bib, code_field=code_field)
        new = [entry for entry in entries if not _was_imported(entry, known)]
        try:
            items = _library(web, result) if new else []
        except SourceError as error:
            return PushResult(problems=[network_line(error)])
        matched = match(new, items, {})
        new = [e for e in new if e.index not in matched.items and e.index not in matched.twins]
        result.unchanged = len(entries) - len(new)
        result.added = [f"{e.key}: {e.values.get('title', '(no title)')}" for e in new]
        if dry_run or not new:
            return result
        text, problems = _as_rdf(bib, new, code_field)
        try:
            import_text(web, text)
        except SourceError as error:
            return PushResult(problems=[network_line(error)])
        result.writes = 1
        result.problems += problems
        for entry in new:
            values = {name: kept(entry.values.get(name)) for name in _MARKS}
            known[entry.key] = Remembered(entry.key, {n: v for n, v in values.items() if v})
        save_known(target, CONNECTOR, known)
    return result


def _as_rdf(
    bib: BibFile, entries: Sequence[EntrySide], code_field: str
) -> tuple[str, tuple[Problem, ...]]:
    """Return some of a file's entries as Zotero imports them best, and what that cannot hold."""
    keys = {entry.key for entry in entries}
    told = read_entries(bib.data, origin=bib.origin, code_field=code_field)
    chosen = [entry for entry in told.entries if entry.citation_key in keys]
    problems = tuple(p for p in told.problems if p.message.partition(": ")[0] in keys)
    options = WriteOptions(code_field=code_field)
    return write(chosen, format="zotero-rdf", options=options), problems


def _library(web: Web, result: PushResult) -> list[ItemSide]:
    """Return what the user's own library has, where the local API may be asked."""
    try:
        return item_sides(open_local(web, "user").read(collections=False).items)
    except SourceError:
        raise
    except BibkitError as error:
        message = f"not looked through for duplicates: {error.message}"
        result.problems.append(Problem("zotero", "unchecked", message))
        return []


def _was_imported(entry: EntrySide, known: dict[str, Remembered]) -> bool:
    """Tell whether a paper went in before, under whatever key it had then."""
    marks = [(name, kept(entry.values[name])) for name in _MARKS if name in entry.values]
    if own := known.get(entry.key):
        return all(own.values.get(name) in (None, mark) for name, mark in marks[:1])
    sure = [mark for mark in marks if mark[0] != "title"] or marks
    return any(one.values.get(name) == mark for one in known.values() for name, mark in sure)
