r"""Encoded text → the same in ASCII: `{\'e}` for `é`, for programs and styles that know no UTF-8.

Every character that `encode` leaves as it is has its macro here; `decode` reads it back (not `¸`).
Symbols need LaTeX of 2020 or the package `textcomp`, as their UTF-8 spelling does; pandoc leaves
the rarer ones out, so this is for LaTeX alone.
"""

from __future__ import annotations

import re
import unicodedata

from bibkit.text import tex_tables as tex

_SYMBOLS = {  # none between dollars: they may stand in a formula's \mbox
    "¡": "textexclamdown", "¢": "textcent", "£": "pounds", "¤": "textcurrency",
    "¥": "textyen", "¦": "textbrokenbar", "§": "S", "¨": "textasciidieresis",
    "©": "copyright", "ª": "textordfeminine", "«": "guillemotleft", "®": "textregistered",
    "¯": "textasciimacron", "°": "textdegree", "´": "textasciiacute", "µ": "textmu",
    "¶": "P", "·": "textperiodcentered", "º": "textordmasculine",
    "»": "guillemotright", "‚": "quotesinglbase", "„": "quotedblbase",
    "¼": "textonequarter", "½": "textonehalf", "¾": "textthreequarters",
    "¿": "textquestiondown", "†": "dag", "‡": "ddag", "•": "textbullet",
    "…": "ldots", "‰": "textperthousand", "‱": "textpertenthousand",
    "‹": "guilsinglleft", "›": "guilsinglright", "※": "textreferencemark",
    "⁄": "textfractionsolidus", "€": "texteuro", "№": "textnumero", "℗": "textcircledP",
    "™": "texttrademark", "℧": "textmho", "℮": "textestimated", "◦": "textopenbullet",
    "⟨": "textlangle", "⟩": "textrangle", "ẞ": "SS",
    "¬": "textlnot", "±": "textpm", "×": "texttimes", "÷": "textdiv", "←": "textleftarrow",
    "→": "textrightarrow", "↑": "textuparrow", "↓": "textdownarrow", "¹": "textonesuperior",
    "²": "texttwosuperior", "³": "textthreesuperior",
}  # fmt: skip
_ODD = {
    "Ș": r"{\textcommabelow S}", "ș": r"{\textcommabelow s}", "Ț": r"{\textcommabelow T}",
    "ț": r"{\textcommabelow t}", "å": r"{\r a}", "Å": r"{\r A}", "‘": "`", "’": "'", "¸": ",",
}  # fmt: skip
"""Of a cedilla under nothing biber makes a character that no font has; a brace around a quote that
begins a name it leaves open."""
_LETTERS = {letter: f"\\{name}" for name, letter in tex.LETTERS.items()}
_ACCENT_OF = {mark: name for name, mark in tex.ACCENTS.items()}
_BEYOND = re.compile(r"[^\x00-\x7f]")


def in_ascii(encoded: str) -> str:
    r"""Spell what is beyond ASCII in text that is encoded already.

    >>> print(in_ascii(r"Étale ‘maß’ of Łódź \& 5 €"))
    {\'E}tale `ma{\ss}' of {\L}{\'o}d{\'z} \& 5 {\texteuro}
    """
    return _BEYOND.sub(lambda found: macro_of(found[0]) or "", encoded)


def macro_of(character: str) -> str | None:
    """Return the macro of one character; None when it has none."""
    if character in _ODD:
        return _ODD[character]
    if character in _SYMBOLS:
        return f"{{\\{_SYMBOLS[character]}}}"
    if character in _LETTERS:
        return f"{{{_LETTERS[character]}}}"
    base, mark = (*unicodedata.normalize("NFD", character), "", "")[:2]
    if mark not in _ACCENT_OF:
        return None
    accent = _ACCENT_OF[mark]
    letter = _LETTERS.get(base, base)
    return f"{{\\{accent}{' ' if accent.isalpha() and letter == base else ''}{letter}}}"
