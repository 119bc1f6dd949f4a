"""The value of a BibTeX field as it stands → its text: no delimiters, macros resolved."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from bibkit.bibfile.scanning import (
    BRACE,
    ONE_GROUP,
    ONE_QUOTED,
    UNESCAPED_BRACE,
    closing_brace,
    closing_quote,
)

BARE = re.compile(r"[^\s{}()\",=#%~\\@']+")
"""A number or the name of a macro."""
_BLANKS = re.compile(r"\s*")


def value_text(raw: str, macros: Mapping[str, str]) -> str:
    """Return what a value says, blanks collapsed as BibTeX does; TeX stays as it is.

    An unknown macro stands for its own name.

    >>> value_text('arx # " {arXiv}:2402.12345" # {v2}', {"arx": "CoRR"})
    'CoRR {arXiv}:2402.12345v2'
    """
    return " ".join(joined_parts(raw, macros).split())


def joined_parts(raw: str, macros: Mapping[str, str]) -> str:
    """Return what a value says with all its blanks: those at the end of a macro part words."""
    one = ONE_GROUP.fullmatch(raw) or ONE_QUOTED.fullmatch(raw) or _is_one_group(raw)
    return raw[1:-1] if one else "".join(_parts(raw, macros))


def _is_one_group(raw: str) -> bool:
    last = len(raw) - 1
    if raw[:1] != "{" or raw[last:] != "}":
        return False
    return last in (closing_brace(raw, 0, last + 1, b) for b in (BRACE, UNESCAPED_BRACE))


def literal(raw: str) -> str | None:
    """Return the text of a value that is one text, as it stands; None of one made with macros.

    >>> literal("{A {B}}"), literal('"A"'), literal("2024"), literal("jan"), literal('"a" # b')
    ('A {B}', 'A', '2024', None, None)
    """
    if ONE_GROUP.fullmatch(raw) or ONE_QUOTED.fullmatch(raw) or _is_one_group(raw):
        return raw[1:-1]
    if raw[:1] == '"' and closing_quote(raw, 0, len(raw)) == len(raw) - 1:
        return raw[1:-1]
    return raw if raw.isdecimal() else None


def macro_names(raw: str) -> tuple[str, ...]:
    """Return the macros that a value is made of, in order, as they stand.

    >>> macro_names('arx # " {arXiv}: mine" # jan'), macro_names("2024"), macro_names("{jan}")
    (('arx', 'jan'), (), ())
    """
    if ONE_GROUP.fullmatch(raw) or ONE_QUOTED.fullmatch(raw) or _is_one_group(raw):
        return ()
    words = (text for bare, text in _pieces(raw) if bare)
    return tuple(word for word in words if word and not word.isdecimal())


def _parts(raw: str, macros: Mapping[str, str]) -> list[str]:
    return [macros.get(text.lower(), text) if bare else text for bare, text in _pieces(raw)]


def _pieces(raw: str) -> Iterator[tuple[bool, str]]:
    """Yield what `#` joins: whether it is bare, a macro or a number, and its text."""
    at, size = 0, len(raw)
    while at < size:
        if raw[at] == "#" or raw[at].isspace():
            at += 1
            continue
        if raw[at] in '{"':
            closing = closing_brace if raw[at] == "{" else closing_quote
            end = closing(raw, at, size)
            end = size if end < 0 else end
            yield False, raw[at + 1 : end].rstrip(",") if end == size else raw[at + 1 : end]
            at = end + 1
            continue
        end = next((i for i in range(at, size) if raw[i] in '#{"'), size)
        yield True, raw[at:end].strip(" \t\r\n,}")  # of a broken value, what follows it
        at = end


def parts_of(raw: str) -> Iterator[str]:
    """Yield the parts of a value, as they stand; raise ValueError where it is broken."""
    at = _after_blanks(raw, 0)
    while True:
        opener = raw[at : at + 1]
        if opener == "{":
            end = closing_brace(raw, at, len(raw)) + 1
        elif opener == '"':
            end = closing_quote(raw, at, len(raw)) + 1
        else:
            found = BARE.match(raw, at)
            end = found.end() if found else 0
        if end <= at:
            raise ValueError(raw)
        yield raw[at:end]
        at = _after_blanks(raw, end)
        if at == len(raw):
            return
        if raw[at] != "#":
            raise ValueError(raw)
        at = _after_blanks(raw, at + 1)


def _after_blanks(raw: str, at: int) -> int:
    found = _BLANKS.match(raw, at)
    return found.end() if found else at
