"""Changes of entries → the file's new bytes; what cannot be done safely is told, and left out."""

from __future__ import annotations

from collections.abc import Sequence

from bibkit.bibfile import BibFile, Edit, edit
from bibkit.errors import OutputError
from bibkit.record import Problem
from bibkit.update.changes import Change
from bibkit.update.preprints import Preprint


def apply_changes(
    bib: BibFile, changes: Sequence[Change]
) -> tuple[bytes, list[Change], list[Problem]]:
    """Return the new bytes, the changes that were made, and a line for each that was refused."""
    try:
        return edit(bib, _edits(changes)), list(changes), []
    except OutputError as error:
        if len(changes) == 1:
            return bib.data, [], [line_of(changes[0].preprint, error.code, error.message)]
    middle = len(changes) // 2
    _, first, refused = apply_changes(bib, changes[:middle])
    _, second, others = apply_changes(bib, changes[middle:])
    done = [*first, *second]
    return edit(bib, _edits(done)), done, [*refused, *others]


def _edits(changes: Sequence[Change]) -> list[Edit]:
    return [one for change in changes for one in change.edits]


def line_of(preprint: Preprint, code: str, message: str) -> Problem:
    """Return a line about an entry, with its key."""
    return Problem(preprint.record.origin, code, f"{preprint.entry.key}: {message}")
