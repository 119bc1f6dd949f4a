"""A .bib file → the same file, its preprints that were published meanwhile brought up to date.

Only entries change that are preprints and surely published; every other byte stays, keys and macros
too. A service that fails leaves its entries as they are, and the next run takes them up.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bibkit.bibfile import BibFile, is_biblatex, read_bib, unified_diff
from bibkit.errors import OutputError
from bibkit.record import Problem, PublishedVersion
from bibkit.resolve.published import PublishedAs, UnsurePublication
from bibkit.sources import Web
from bibkit.sync.atomic import replace_file
from bibkit.sync.exclusive import locked
from bibkit.sync.target import check_place
from bibkit.update.applying import apply_changes, line_of
from bibkit.update.changes import Change, change
from bibkit.update.dois import known_dois
from bibkit.update.finding import Finding, PublicationFinder, Unreached
from bibkit.update.preprints import Preprint, preprints

__all__ = ["UpdateResult", "update_file"]

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class UpdateResult:
    """What was done to a file, or would be."""

    preprints: int
    """How many entries were looked up."""
    published: tuple[Problem, ...]
    """A line for each entry that changed, with everything that did."""
    problems: tuple[Problem, ...]
    """A line for what stays as it is though a service says otherwise, and for what failed."""
    diff: str = field(repr=False)
    """Of a dry run, unified; empty when nothing would change."""

    @property
    def network_failed(self) -> bool:
        """True when some entry could not be looked up."""
        return any(problem.code == "network_error" for problem in self.problems)


def update_file(
    path: Path,
    *,
    dry_run: bool = False,
    catalogs: Sequence[Path] = (),
    contact: str | None = None,
    on_progress: Progress | None = None,
) -> UpdateResult:
    """Bring the preprints of a .bib file up to date.

    Args:
        path: the file; nothing is written when nothing changes.
        dry_run: look everything up, and write nothing.
        catalogs: local catalogues, for the DOIs that arXiv knows; the user's own when empty.
        contact: mail address for the services.
        on_progress: called after each look-up.

    Raises:
        OutputError: the file is missing, no text, or cannot be written.

    """
    real = Path(os.path.realpath(path))
    with locked(real):
        bib = _read(path, real, dry_run=dry_run)
        found = preprints(bib)
        dois = known_dois({p.record.arxiv_id for p in found if p.record.arxiv_id}, catalogs)
        with Web(contact=contact) as web:
            findings = list(_findings(PublicationFinder(web), found, dois, on_progress))
        changes, problems = _changes(bib, found, findings)
        data, done, refused = apply_changes(bib, changes)
        if data != bib.data and not dry_run:
            replace_file(real, data, expected=bib.data, origin=str(path))
    told = [one for c in done for one in _kept(c)]
    return UpdateResult(
        preprints=len(found),
        published=tuple(line_of(c.preprint, "published", "; ".join(c.listed)) for c in done),
        problems=tuple(sorted([*problems, *told, *refused], key=_place)),
        diff=unified_diff(bib.data, data, str(path)) if dry_run else "",
    )


def _read(path: Path, real: Path, *, dry_run: bool) -> BibFile:
    try:
        if not dry_run:
            check_place(real, str(path))  # now: after the look-ups it would be too late
        data = real.read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        message = f"cannot be read: {reason or error}"
        raise OutputError(message, origin=str(path), code="input") from error
    if data.lstrip()[:1] in (b"[", b"{") and b"@" not in data[:1000]:
        raise OutputError("is no .bib file", origin=str(path), code="input")
    return read_bib(data, origin=str(path))


def _findings(
    finder: PublicationFinder,
    found: Sequence[Preprint],
    dois: Mapping[str, str],
    on_progress: Progress | None,
) -> Iterator[Finding]:
    for done, preprint in enumerate(found, start=1):
        yield finder.find(preprint.record, dois.get(preprint.record.arxiv_id or ""))
        if on_progress:
            on_progress("looking up preprints", done, len(found))


def _changes(
    bib: BibFile, found: Sequence[Preprint], findings: Sequence[Finding]
) -> tuple[list[Change], list[Problem]]:
    modern = is_biblatex(bib)
    changes: list[Change] = []
    problems: list[Problem] = []
    for preprint, finding in zip(found, findings, strict=True):
        if isinstance(finding, PublishedAs):
            try:
                changes.append(change(bib, preprint, finding.version, modern=modern))
            except OutputError as error:  # a letter that the file's encoding does not have
                problems.append(line_of(preprint, error.code, error.message))
            if finding.others:
                problems.append(line_of(preprint, "also-published", _in_words(finding.others)))
        elif isinstance(finding, UnsurePublication):
            message = f"{finding.reason}: {_in_words(finding.candidates)}"
            problems.append(line_of(preprint, "unsure", message))
        elif isinstance(finding, Unreached):
            problems.append(line_of(preprint, "network_error", finding.sentence))
    return changes, problems


def _kept(done: Change) -> Iterator[Problem]:
    for sentence in done.kept:
        yield line_of(done.preprint, "kept", sentence)


def _in_words(versions: Sequence[PublishedVersion]) -> str:
    return "; ".join(f"{version.title!r}, {version}" for version in versions)


def _place(problem: Problem) -> int:
    return int(problem.origin.rpartition(":")[2])
