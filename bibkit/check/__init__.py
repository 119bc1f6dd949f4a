"""Bibliographies → what is wrong with them; nothing is changed. One file per rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from bibkit.bibfile import read_bib
from bibkit.check.citations import citation_problems, read_document
from bibkit.check.duplicates import duplicate_papers
from bibkit.check.field_values import bad_values
from bibkit.check.library import CheckedFile, Library
from bibkit.check.macros import undefined_macros
from bibkit.check.required import missing_fields, undefined_parents
from bibkit.errors import OutputError
from bibkit.record import Problem

__all__ = ["RULES", "by_place", "check_links", "find_problems", "read_library"]

Rule = Callable[[Library], Iterator[Problem]]


def _broken(library: Library) -> Iterator[Problem]:
    """Yield what reading tells: broken entries, repeated keys and fields, a bad encoding."""
    for file in library.files:
        yield from file.bib.problems


RULES: Mapping[str, Rule] = {
    "broken": _broken,
    "undefined-macro": undefined_macros,
    "missing-field": missing_fields,
    "undefined-crossref": undefined_parents,
    "duplicate-paper": duplicate_papers,
    "bad-value": bad_values,
}
"""Name → what finds its problems; all are run."""


def read_library(paths: Sequence[Path]) -> Library:
    """Read .bib files, each once.

    Raises:
        OutputError: a file is missing or no text.

    """
    files = []
    for path in dict.fromkeys(paths):
        try:
            data = path.read_bytes()
        except OSError as error:
            message = f"cannot be read: {error.strerror or error}"
            raise OutputError(message, origin=str(path), code="input") from error
        if data.lstrip()[:1] in (b"[", b"{") and b"@" not in data[:1000]:
            raise OutputError("is no .bib file", origin=str(path), code="input")
        files.append(CheckedFile.of(read_bib(data, origin=str(path))))
    return Library(tuple(files))


def find_problems(library: Library, tex: Sequence[Path] = ()) -> list[Problem]:
    """Return every problem of some files, and of what LaTeX files cite, by file and line."""
    problems = [problem for rule in RULES.values() for problem in rule(library)]
    if tex:
        problems += citation_problems(library, read_document(tex))
    return by_place(problems, library)


def by_place(problems: Iterable[Problem], library: Library) -> list[Problem]:
    """Return problems by file and line, each once."""
    order = {file.bib.origin: place for place, file in enumerate(library.files)}
    return sorted(dict.fromkeys(problems), key=lambda problem: _place(problem, order))


def check_links(
    library: Library,
    *,
    code_field: str = "code",
    contact: str | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> tuple[list[Problem], list[Problem]]:
    """Ask every link whether it is still there; what is known is asked again after a day.

    Args:
        library: the files.
        code_field: the field of code links, where it is not `code`.
        contact: mail address for the User-Agent.
        progress: called as the work goes on.

    Returns: the dead and moved ones, and those that could not be judged (`network_error` where a
        network failed, `unclear-link` where a server does not tell).

    """
    from bibkit.check.links import link_places, link_problems
    from bibkit.sources import Web
    from bibkit.sources.links import BOUNDS, LinkChecker

    places = link_places(library, code_field=code_field)
    if not places:
        return [], []
    with Web(contact=contact, bounds=BOUNDS) as web:
        states = LinkChecker(web).check([place.url for place in places], progress=progress)
    return link_problems(places, states)


def _place(problem: Problem, order: Mapping[str, int]) -> tuple[int, str, int]:
    file, _, line = problem.origin.rpartition(":")
    return order.get(file, len(order)), file, int(line)
