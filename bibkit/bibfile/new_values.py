"""A new value → how it is to stand in a file, or a refusal: never anything that could break out."""

from __future__ import annotations

import re

from bibkit.bibfile.edits import Expression, Value
from bibkit.bibfile.values import BARE, parts_of
from bibkit.errors import OutputError

MONTHS = frozenset("jan feb mar apr may jun jul aug sep oct nov dec".split())
_WORDS = frozenset("true false yes no".split())
"""Bare words that al-folio reads as they are; all others are macros."""
_BRACE = re.compile(r"[{}]")
_TEX_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_QUOTE = re.compile(r'(?<!\\)"|"(?=[^{}]*$)|^[^{}]*"')
"""A quote that ends a quoted value for some reader: outside braces, or not after a backslash."""
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters and surrogates."""
_LINES = str.maketrans("\t\r\n", "   ")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.:+/-]*")
_KEY = re.compile(r"[^\s,{}%\"#=\\@]+")


def render(value: Value, *, old: str = "", quotes: bool = False, bare: bool = False) -> str:
    r"""Return a value with delimiters: those of the old one, else quotes or braces as asked.

    >>> render("A {B} C", old='"x"'), render('5 "inch"', quotes=True), render("2024", bare=True)
    ('"A {B} C"', '{5 "inch"}', '2024')
    >>> render("ends in \\\\")
    '{ends in \\\\ }'
    """
    if isinstance(value, Expression):
        return check_expression(value.text)
    text = normal(value)
    check_text(text)
    bare = old.isdecimal() if old else bare
    if text.isascii() and ((bare and text.isdecimal()) or {old.lower(), text} <= MONTHS):
        return text
    if text.endswith("\\"):
        text += " "  # many readers take the delimiter as escaped
    quotes = old.startswith('"') if old.startswith(('"', "{")) else quotes
    if quotes and not _QUOTE.search(text):
        return f'"{text}"'
    return f"{{{text}}}"


def normal(text: str) -> str:
    """Return a text as it will be read again: blanks collapsed, as BibTeX does."""
    return " ".join(text.split())


def check_text(text: str) -> None:
    """Raise unless a text can stand between delimiters for every reader."""
    if bad := _CONTROL.search(text):
        raise OutputError(f"{bad[0]!r} cannot stand in a value", code="unsafe-value")
    for braces in (_BRACE, _TEX_BRACE):
        depth = 0
        for found in braces.finditer(text):
            depth += {"{": 1, "}": -1}.get(found[0], 0)
            if depth < 0:
                break
        if depth:
            raise OutputError(f"unbalanced braces in {text[:60]!r}", code="unsafe-value")


def check_expression(text: str) -> str:
    """Return how a value is to stand, or raise when it is none."""
    try:
        parts = list(parts_of(text))
    except ValueError:
        raise OutputError(f"no BibTeX value: {text[:60]!r}", code="unsafe-value") from None
    for part in parts:
        if part[0] in '{"':
            check_text(normal(part[1:-1]))
        elif not BARE.fullmatch(part):
            raise OutputError(f"no BibTeX value: {part[:60]!r}", code="unsafe-value")
    if _CONTROL.search(text.translate(_LINES)):
        raise OutputError("control characters in a value", code="unsafe-value")
    return text.strip()


def macros_in(raw: str) -> list[str]:
    """Return the macros that a value is made with; the months and `true` aside."""
    try:
        parts = list(parts_of(raw))
    except ValueError:
        return []
    bare = [part for part in parts if part[0] not in '{"' and not part[0].isdecimal()]
    return [] if len(parts) == 1 and raw.lower() in _WORDS else [p for p in bare if p[0] != "-"]


def check_field_name(name: str) -> None:
    """Raise unless this can be the name of a field."""
    if not _NAME.fullmatch(name):
        raise OutputError(f"{name[:60]!r} cannot be a field name", code="unsafe-name")


def check_type(name: str) -> None:
    """Raise unless this can be an entry type."""
    if not _NAME.fullmatch(name) or name.lower() in ("string", "preamble", "comment"):
        raise OutputError(f"{name[:60]!r} cannot be an entry type", code="unsafe-name")


def check_key(key: str) -> None:
    """Raise unless this can be a citation key."""
    if not _KEY.fullmatch(key) or not key.isprintable():
        raise OutputError(f"{key[:60]!r} cannot be a citation key", code="unsafe-key")
