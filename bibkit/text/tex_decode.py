"""TeX as arXiv's titles, names and abstracts have it → Unicode; formulas stay formulas.

One pass, linear in the text. A macro that means a character becomes it, one that dresses text
vanishes, and one that nobody knows stays as it was written: it may be a program's name.
pylatexenc's table has the rare symbols; its parser drops what it does not know, so it is not used.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from bibkit.text import tex_tables as tex
from bibkit.text.tex_math import lone_character, plain_math, replace_formulas

_TOKEN = re.compile(r"\\[a-zA-Z]+\*?|\\.|[{}~]|---?|``|''|[^\\{}~`'-]+|.", re.DOTALL)
_NEEDS_WORK = re.compile(r"[\\{}$~`]|--|''")
_LIGATURES = {"--": "–", "---": "—", "``": "“", "''": "”", "{": "", "}": ""}
_QUOTED = re.compile(r"(?<![\w`])`(?=[^\s`])((?:[^`']|'(?=\w)){1,300})(?<!\s)'(?!\w)")
"""Single quotes, with apostrophes in them; a backtick that nothing closes is a backtick."""
_SCRIPTS = {"textsuperscript": "^", "textsubscript": "_"}
_FORMULA = "\ue010"
"""Stands for a formula while the text around it is read."""
_VANISHED = "\ue011"
"""Stands for a citation; the blank before it goes with it."""
_DEEPEST = 8


def decode(text: str) -> str:
    r"""Turn TeX into Unicode; never raises, and plain text comes back as it was.

    >>> decode(r"Poincar\'e {GPT}-4: $\alpha$-stable $L^p$ 360{\deg} {\L}ukasz``s'' \method{x}")
    'Poincaré GPT-4: α-stable $L^p$ 360° Łukasz“s” \\method{x}'
    """
    if not _NEEDS_WORK.search(text):
        return " ".join(unicodedata.normalize("NFC", text).split())
    formulas: list[str] = []

    def held(body: str) -> str:
        character = lone_character(body)
        formulas.append(character or f"${body}$")
        return _FORMULA

    text = replace_formulas(text.replace(_FORMULA, "").replace(_VANISHED, ""), held)
    decoded = re.sub(rf"(?<!\s)\s*{_VANISHED}", "", _decoded(_TOKEN.findall(text)[::-1], 0))
    decoded = _QUOTED.sub(r"‘\1’", decoded)
    waiting = iter(formulas)
    restored = re.sub(_FORMULA, lambda _: next(waiting, ""), decoded)
    return unicodedata.normalize("NFC", " ".join(restored.split()))


def _decoded(left: list[str], depth: int) -> str:
    """Read all tokens; `left` has the next one at its end."""
    written: list[str] = []
    script = False  # a bare _ or ^ was last; `\\_` and `\\^{}` are characters
    while left:
        piece = left.pop()
        if not piece:
            continue
        scripted, script = script, piece[-1] in "_^" and piece[0] != "\\"
        if piece == "~":
            about = bool(left) and left[-1][:1].isdigit() and _after_blank(written)
            written.append("~" if about else " ")
        elif piece == "{" and scripted:
            inner = _decoded(_group(left), depth + 1) if depth < _DEEPEST else ""
            written.append(inner if inner.isalnum() else f"({inner})")
        elif piece[0] == "\\" and len(piece) > 1:
            written.append(_macro(piece[1:].rstrip("*") or "*", left, depth))
        else:
            written.append(_LIGATURES.get(piece, piece))
    return "".join(written)


def _after_blank(written: list[str]) -> bool:
    """Tell whether a tilde here means "about" (`~10`) and is no tie (`Fig.~1`)."""
    return not written or written[-1][-1:].isspace() or written[-1][-1:] == "("


def _macro(name: str, left: list[str], depth: int) -> str:
    if name in tex.RARE_ACCENTS:
        return _accented(name, _argument(left, depth))
    meaning = _meaning(name)
    if meaning is None and name not in tex.TEXT_COMMANDS and name not in tex.MATH_ACCENTS:
        return "\\" + name + _source_of_groups(left)
    if left and name.isalpha() and (name in tex.GREEK or name not in tex.MATH_SYMBOLS):
        left[-1] = left[-1].lstrip()  # TeX skips the blanks after a macro's name
    if meaning is not None:
        return meaning
    if name in tex.MATH_ACCENTS:
        return plain_math(f"\\{name}{{{_argument(left, depth)}}}")
    if name in _SCRIPTS:
        raised = _argument(left, depth)
        return lone_character(f"{_SCRIPTS[name]}{{{raised}}}") or raised
    template, count = tex.TEXT_COMMANDS[name]
    return template.format(*(_argument(left, depth) for _ in range(count)))


def _accented(accent: str, letters: str) -> str:
    if not letters[:1].isalpha():
        return letters or (accent if accent in "~^'`\"" else "")
    base = {"ı": "i", "ȷ": "j"}.get(letters[0], letters[0])
    return unicodedata.normalize("NFC", base + tex.RARE_ACCENTS[accent]) + letters[1:]


def _argument(left: list[str], depth: int) -> str:
    """Read the next group, macro or character."""
    while left and not left[-1].strip():
        left.pop()
    if not left or left[-1] == "}":
        return ""
    piece = left.pop().lstrip()
    if piece == "{":
        inner = _group(left)
        return _decoded(inner, depth + 1) if depth < _DEEPEST else "".join(inner[::-1])
    if piece[0] == "\\" and len(piece) > 1:
        return _macro(piece[1:], left, depth + 1) if depth < _DEEPEST else piece
    if len(piece) > 1:
        left.append(piece[1:])
    return piece[0]


def _group(left: list[str]) -> list[str]:
    """Take the tokens up to the closing brace, the next one at the end; the brace goes too."""
    level = 1
    for place in range(len(left) - 1, -1, -1):
        level += (left[place] == "{") - (left[place] == "}")
        if level == 0:
            inner = left[place + 1 :]
            del left[place:]
            return inner
    inner = left[:]
    left.clear()
    return inner


def _source_of_groups(left: list[str]) -> str:
    """Return the arguments of an unknown macro as they were written."""
    source = ""
    while left and left[-1] == "{":
        left.pop()
        source += "{" + "".join(_group(left)[::-1]) + "}"
    return source.replace("{}", "")


@lru_cache(maxsize=2000)
def _meaning(name: str) -> str | None:
    """Return what a macro without arguments stands for; None for one with, or an unknown one."""
    if name in tex.TEXT_FORMATS:
        return ""
    known = tex.LETTERS.get(name) or tex.TEXT_SYMBOLS.get(name)
    if known is not None or name in tex.TEXT_COMMANDS or name in tex.MATH_ACCENTS:
        return known
    if name in tex.MATH_NAMES:
        return name
    if name in tex.MATH_SYMBOLS or name in tex.MATH_ALIASES:
        return plain_math("\\" + name)
    from pylatexenc.latex2text import get_default_latex_context_db  # here: rarely needed

    spec = get_default_latex_context_db().get_macro_spec(name)
    character = getattr(spec, "simplify_repl", None)
    return character if isinstance(character, str) and character and "%" not in character else None
