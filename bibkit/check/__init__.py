"""Bibliographies → what is wrong with them; nothing is changed. One file per rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
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

__all__ = ["RULES", "citation_problems", "find_problems", "read_document", "read_library"]

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
        files.append(CheckedFile.of(read_bib(data, origin=str(path))))
    return Library(tuple(files))


def find_problems(library: Library, tex: Sequence[Path] = ()) -> list[Problem]:
    """Return every problem of some files, and of what LaTeX files cite, by file and line."""
    problems = [problem for rule in RULES.values() for problem in rule(library)]
    if tex:
        problems += citation_problems(library, read_document(tex))
    order = {file.bib.origin: place for place, file in enumerate(library.files)}
    return sorted(dict.fromkeys(problems), key=lambda problem: _place(problem, order))


def _place(problem: Problem, order: Mapping[str, int]) -> tuple[int, str, int]:
    file, _, line = problem.origin.rpartition(":")
    return order.get(file, len(order)), file, int(line)
