"""Macros that nothing defines, or that stand before their definition; BibTeX drops both."""

from __future__ import annotations

from collections.abc import Iterator

from bibkit.bibfile import Block, macro_names
from bibkit.check.library import CheckedFile, Library
from bibkit.record import Problem

_OF_THE_STYLES = frozenset(
    "jan feb mar apr may jun jul aug sep oct nov dec "
    "acmcs acta cacm ibmjrd ibmsj ieeese ieeetc ieeetcad ipl jacm jcss scp sicomp tocs tods tog "
    "toms toois toplas tcs".split()
)
"""What the standard styles define (btxbst.doc)."""


def undefined_macros(library: Library) -> Iterator[Problem]:
    """Yield a problem for each field, and each `@string`, with a macro that is not defined."""
    everywhere = [_definitions(file) for file in library.files]
    for place, file in enumerate(library.files):
        others = (names for at, names in enumerate(everywhere) if at != place)
        yield from _of_file(file, _OF_THE_STYLES.union(*others), everywhere[place])


def _definitions(file: CheckedFile) -> dict[str, int]:
    """Return the macros of a file and the line of each."""
    lines: dict[str, int] = {}
    for block, line in zip(file.bib.blocks, file.block_lines, strict=True):
        if block.kind == "string":
            for name, _ in block.fields:
                lines.setdefault(name.lower(), line)
    return lines


def _of_file(file: CheckedFile, known: frozenset[str], own: dict[str, int]) -> Iterator[Problem]:
    defined = set(known)
    items = {item.block.start: item for item in file.items}
    for block, line in zip(file.bib.blocks, file.block_lines, strict=True):
        if block.complaint:
            continue  # what is broken is told already
        for field, macro in _used(block):
            if macro.lower() in defined:
                continue
            message = _message(macro, own.get(macro.lower()))
            if item := items.get(block.start):
                yield item.problem("undefined-macro", message, field=field)
            else:
                message = f"@string {field!r}: {message}"
                yield Problem(f"{file.bib.origin}:{line}", "undefined-macro", message)
        if block.kind == "string":
            defined.update(name.lower() for name, _ in block.fields)


def _used(block: Block) -> Iterator[tuple[str, str]]:
    for field, value in block.fields:
        for macro in macro_names(value):
            yield field.lower(), macro


def _message(macro: str, later: int | None) -> str:
    if later:
        return f"the macro {macro!r} is used before its definition in line {later}"
    return f"the macro {macro!r} is not defined; text needs braces or quotes"
