"""Bibliographies → what is wrong with them; nothing is changed. One file per rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from bibkit.bibfile import is_biblatex, read_bib
from bibkit.check.citations import citation_problems, read_document
from bibkit.check.duplicates import duplicate_papers
from bibkit.check.field_values import bad_values
from bibkit.check.library import CheckedFile, Library
from bibkit.check.macros import undefined_macros
from bibkit.check.names import bad_names
from bibkit.check.numbers import bad_numbers
from bibkit.check.required import missing_fields, required_fields, undefined_parents
from bibkit.check.structure import ill_fitting, tangled_references
from bibkit.check.typeset import untypeset
from bibkit.errors import OutputError
from bibkit.fmt import DEFAULT as FMT_DEFAULT
from bibkit.fmt import RULES as FMT_RULES
from bibkit.fmt import format_problems
from bibkit.record import Problem

__all__ = ["CODES", "RULES", "by_place", "check_links", "find_problems", "read_library"]

Rule = Callable[[Library], Iterator[Problem]]


def _broken(library: Library) -> Iterator[Problem]:
    """Yield what reading tells: broken entries, repeated keys and fields, a bad encoding."""
    for file in library.files:
        yield from file.bib.problems


def _fmt_problems(library: Library, rules: Sequence[str]) -> Iterator[Problem]:
    """Yield what `fmt` would change, one code per rule."""
    for file in library.files:
        told = [rule for rule in rules if rule != "page-dashes" or not is_biblatex(file.bib)]
        for found in format_problems(file.bib, told):  # biber takes any dash for a range
            item = file.items[found.entry]
            if found.rule == "empty-fields" and found.field in required_fields(
                item.entry.entry_type
            ):
                continue  # told as missing
            yield item.problem(found.rule, found.message, field=found.field)


RULES: Mapping[str, Rule] = {
    "broken": _broken,
    "undefined-macro": undefined_macros,
    "missing-field": missing_fields,
    "undefined-crossref": undefined_parents,
    "duplicate-paper": duplicate_papers,
    "bad-value": bad_values,
    "bad-number": bad_numbers,
    "bad-name": bad_names,
    "untypeset": untypeset,
    "ill-fitting": ill_fitting,
    "tangled": tangled_references,
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


CODES = frozenset(
    "author-and-editor bad-arxiv-class bad-arxiv-id bad-character bad-date bad-doi bad-isbn "
    "bad-issn bad-key bad-month bad-name bad-pages bad-url bad-year broken-entry conflicting-dates "
    "conflicting-ids crossref-loop crossref-order dead-link duplicate-field duplicate-key "
    "duplicate-macro duplicate-paper encoding escaped-url html missing-field mojibake moved-link "
    "nested-crossref number-without-series open-formula tex-input undefined-crossref undefined-key "
    "undefined-macro undefined-related unescaped unknown-field unknown-type unused-key "
    "volume-and-number".split()
) | frozenset(FMT_RULES)
"""Of all problems that can be told."""


def find_problems(
    library: Library, tex: Sequence[Path] = (), *, fmt_rules: Sequence[str] = FMT_DEFAULT
) -> list[Problem]:
    """Return every problem of some files, and of what LaTeX files cite, by file and line.

    Args:
        library: the files.
        tex: LaTeX files, and folders of them.
        fmt_rules: what these rules of `bibkit fmt` would change is a problem too.

    """
    problems = [problem for rule in RULES.values() for problem in rule(library)]
    problems += _fmt_problems(library, fmt_rules)
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
