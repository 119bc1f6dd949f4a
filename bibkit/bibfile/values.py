"""The value of a BibTeX field as it stands → its text: no delimiters, macros resolved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bibkit.bibfile.scanning import BRACE, ONE_GROUP, UNESCAPED_BRACE, closing_brace, closing_quote


def value_text(raw: str, macros: Mapping[str, str]) -> str:
    """Return what a value says, blanks collapsed as BibTeX does; TeX stays as it is.

    An unknown macro stands for its own name.

    >>> value_text('arx # " {arXiv}:2402.12345" # {v2}', {"arx": "CoRR"})
    'CoRR {arXiv}:2402.12345v2'
    """
    return " ".join(joined_parts(raw, macros).split())


def joined_parts(raw: str, macros: Mapping[str, str]) -> str:
    """Return what a value says with all its blanks: those at the end of a macro part words."""
    one = ONE_GROUP.fullmatch(raw) or _is_one_group(raw)  # the first is by far the most common
    return raw[1:-1] if one else "".join(_parts(raw, macros))


def _is_one_group(raw: str) -> bool:
    last = len(raw) - 1
    if raw[:1] != "{" or raw[last:] != "}":
        return False
    return last in (closing_brace(raw, 0, last + 1, b) for b in (BRACE, UNESCAPED_BRACE))


def macro_names(raw: str) -> tuple[str, ...]:
    """Return the macros that a value is made of, in order, as they stand.

    >>> macro_names('arx # " {arXiv}: mine" # jan'), macro_names("2024"), macro_names("{jan}")
    (('arx', 'jan'), (), ())
    """
    if raw[:1] == "{" and _is_one_group(raw):
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
