r"""Unicode → text that BibTeX, biber, pdfLaTeX and the reference managers read alike.

Spellings were tried on all of them: `{\v c}` and `$<$` are read by all, `{\H{o}}` and `{\aa}` are
not. For `~` there is none, nor for `^`: citation-js reads `\~{}` as "undefined" with an accent and
Better BibTeX as a blank with one; Zotero's own reader alone misreads `{\textasciitilde}`. Braces
always balance, formulas are rebuilt from known macros, and any other backslash is text: nothing in
a record can become a command.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import groupby

from bibkit.text import tex_tables as tex
from bibkit.text.capitals import capital_spans
from bibkit.text.tex_decode import decode
from bibkit.text.tex_math import kernel_math, replace_formulas
from bibkit.text.transliteration import ascii_of, to_ascii
from bibkit.text.visible import visible

_FORMULA, _OPEN, _CLOSE = "\ue010", "\ue012", "\ue013"
"""Stand for a formula, and for the braces around capitals, while the text is encoded."""
_SPECIALS = {
    "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"{\textasciitilde}", "^": r"{\textasciicircum}", "\\": r"{\textbackslash}",
    "<": "$<$", ">": "$>$", "|": "$|$",
    "–": "--", "—": "---", "“": "``", "”": "''", "‐": "-", "‑": "-", "−": "-",
    _OPEN: "{", _CLOSE: "}", ",": "{,}", "`": "{`}",
}  # fmt: skip
_UP = {chr(raised): chr(plain) for plain, raised in tex.SUPERSCRIPTS.items()}
_DOWN = {chr(lowered): chr(plain) for plain, lowered in tex.SUBSCRIPTS.items()}
_MATH = {
    character: f"\\{name}"
    for name, character in tex.MATH_SYMBOLS.items()
    if not character.isascii() and character not in tex.SETTABLE
} | {
    **{board: f"\\mathbf{{{letter}}}" for letter, board in tex.BLACKBOARD.items()},
    **{character: tex.MATH_ALIASES[name] for name, character in tex.ALIAS_TEXT.items()},
    "′": "'", "√": r"\sqrt{}", "⟺": r"\Leftrightarrow",
}  # fmt: skip
_KEPT = "".join(sorted(tex.SETTABLE - _UP.keys()))
_TOKEN = re.compile(
    rf"[&%$#_{{}}~^\\<>|–—“”‐‑−{_OPEN}{_CLOSE}{_FORMULA}]|(?<=,),|(?<=[?!])`"
    rf"|[^\x00-\x7f{_KEPT}–—“”‘’‐‑−{_OPEN}{_CLOSE}{_FORMULA}]+"
)
"""What is spelled; a comma or a quote only where a font would make `„`, `¿` or `¡` of two."""
_GREEK_WORD = re.compile("[\u0370-\u03ff\u1f00-\u1fff]{4}")

_ACCENT_OF = {mark: name for name, mark in tex.ACCENTS.items()}
_LETTER_OF = {letter: f"{{\\{name}}}" for name, letter in tex.LETTERS.items()} | {
    "å": r"{\r a}",
    "Å": r"{\r A}",
}
_QUOTES = {"‘": "`", "’": "'"}
_MISREAD = frozenset("đĐðÐþÞŋŊœŒ")
"""Letters whose macros some readers drop."""
_ACCENTED = re.compile(f"[{_KEPT}]")


def encode(text: str) -> str:
    r"""Spell Unicode text (with formulas between dollars) for a BibTeX or BibLaTeX field.

    >>> print(encode("50% of $L^p$ & “α” – {x} at \\input{/etc/passwd} }} ≤ 视 🚀"))
    50\% of $L^{p}$ \& ``$\alpha$'' -- x at {\textbackslash}input\{/etc/passwd\} $\leq$ {U+89C6}
    """
    return _encoded(_settled(text))


def encode_title(title: str) -> str:
    r"""Encode a title and brace what must keep its capitals.

    >>> print(encode_title("BERT & the $K$-theory of Étale Things"))
    {BERT} \& the {$K$}-theory of Étale Things
    """
    settled = _settled(title)
    pieces: list[str] = []
    place = 0
    for start, end in capital_spans(settled):
        pieces += [settled[place:start], _OPEN, settled[start:end], _CLOSE]
        place = end
    return _encoded("".join([*pieces, settled[place:]]))


def encode_name(part: str) -> str:
    r"""Encode a part of a name in ASCII: styles cut names, and would cut a character in two.

    >>> print(encode_name("Łukasz"), encode_name("Gödel"), encode_name("Đorđe"))
    {\L}ukasz G{\"o}del {\textup{Đ}}orđe
    """
    return _ACCENTED.sub(_escaped_letter, encode(part))


def lost_characters(text: str) -> tuple[str, ...]:
    """Return the characters that `encode` cannot keep: dropped, transliterated or spelled out.

    >>> lost_characters("naïve α 视 🚀")
    ('视', '🚀')
    """
    settled = _settled(text)
    runs = (run for run in _TOKEN.findall(settled) if not run[0].isascii() and run not in _SPECIALS)
    lost: list[str] = []
    for run in runs:
        lost += run if _GREEK_WORD.search(run) else filter(_is_lost, run)
    return tuple(lost)


def _settled(text: str) -> str:
    """Return what is to be spelled: visible, and with the TeX read that a source left in it."""
    seen = visible(text)
    return decode(seen) if "\\" in seen else seen


def _encoded(settled: str) -> str:
    if settled.isascii() and not _TOKEN.search(settled):
        return settled
    formulas: list[str] = []

    def held(body: str) -> str:
        formulas.append(f"${kernel_math(body)}$")
        return _FORMULA

    text = _balanced(replace_formulas(settled, held))
    waiting = iter(formulas)

    def spelled(found: re.Match[str]) -> str:
        token = found[0]
        if token == _FORMULA:
            return next(waiting)
        return _SPECIALS[token] if token in _SPECIALS else _spelled_run(token)

    encoded = " ".join(_TOKEN.sub(spelled, text).split())
    return encoded or _code_points(settled[:20])


def _balanced(text: str) -> str:
    r"""Drop every brace without a partner: BibTeX counts `\{` like `{`."""
    opened: list[int] = []
    lone: set[int] = set()
    for place, character in enumerate(text):
        if character == "{":
            opened.append(place)
        elif character == "}" and opened:
            opened.pop()
        elif character == "}":
            lone.add(place)
    lone.update(opened)
    return "".join(c for i, c in enumerate(text) if i not in lone) if lone else text


def _spelled_run(run: str) -> str:
    """Spell neighbours that pdfLaTeX cannot set."""
    if _GREEK_WORD.search(run):
        return to_ascii(run)
    return "".join(_spelled_group(kind, "".join(group)) for kind, group in groupby(run, key=_kind))


def _kind(character: str) -> str:
    if character in _UP:
        return "up"
    if character in _DOWN:
        return "down"
    if character in _MATH:
        return "math"
    if _compatible(character):
        return "compatible"
    if ascii_of(character) is not None:
        return "ascii"
    return "spelled" if unicodedata.category(character)[0] in "LN" else "dropped"


def _is_lost(character: str) -> bool:
    return _kind(character) in ("ascii", "spelled", "dropped")


def _spelled_group(kind: str, group: str) -> str:
    match kind:
        case "up" | "down":
            if group in tex.SETTABLE:
                return group  # a lone ²
            plain = "".join((_UP if kind == "up" else _DOWN)[c] for c in group)
            return f"${'^' if kind == 'up' else '_'}{{{plain}}}$"
        case "math":
            return f"${''.join(_MATH[c] for c in group)}$"
        case "compatible":
            return "".join(_SPECIALS.get(c, c) for char in group for c in _compatible(char))
        case "ascii":
            return "".join(_SPECIALS.get(c, c) for c in to_ascii(group))
        case "spelled":
            return _code_points(group)
        case _:
            return ""


def _compatible(character: str) -> str:
    """Return what Unicode calls equivalent (`𝐀`, `ﬁ`, `Ａ`), if that can be set; braces cannot."""
    equivalent = unicodedata.normalize("NFKC", character)
    settable = all(c.isascii() or c in tex.SETTABLE for c in equivalent)
    return equivalent if settable and not {"{", "}", "\\"} & set(equivalent) else ""


def _code_points(characters: Iterable[str]) -> str:
    """Spell characters by number, in braces: one word to BibTeX, and never lowered."""
    points = " ".join(f"U+{ord(c):04X}" for c in characters if not c.isspace())
    return f"{{{points}}}" if points else ""


def _escaped_letter(found: re.Match[str]) -> str:
    r"""Spell a letter in ASCII, if all readers know how.

    If they do not, only a letter that a style may cut in two is spelled: BibTeX takes a group that
    begins with a macro for one letter, and readers drop `\textup`. What pdfLaTeX cannot set as it
    is has no macros here (`{\~{\^e}}` for `ễ`): biber would make the letter again of them.
    """
    letter = found[0]
    if letter in _QUOTES:
        return _QUOTES[letter]
    if letter in _LETTER_OF and letter not in _MISREAD:
        return _LETTER_OF[letter]
    base, mark = (*unicodedata.normalize("NFD", letter), "", "")[:2]
    if mark in _ACCENT_OF and base.isascii():
        name = _ACCENT_OF[mark]
        return f"{{\\{name}{' ' if name.isalpha() else ''}{base}}}"
    before = found.string[max(0, found.start() - 3) : found.start()]
    if not letter.isalpha() or (len(before) == 3 and before.isalpha()):
        return letter
    return _LETTER_OF[letter] if letter in "œŒ" else f"{{\\textup{{{letter}}}}}"
