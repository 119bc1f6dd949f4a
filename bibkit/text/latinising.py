"""Any script → ASCII letters, for citation keys: what `transliteration` has no rule for, too.

Per-character tables (the anyascii library) know every script but not how one is read: Indic letters
carry a vowel that is not written, Thai writes some vowels before the consonant that they follow.
Vowels that Arabic and Hebrew leave out stay out; Han is read as Mandarin.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from bibkit.text.transliteration import ascii_of, to_ascii

_BLOCKS = tuple(range(0x0900, 0x0D80, 0x80))
"""Devanagari to Malayalam: nine scripts, one layout (Unicode Standard, ch. 12)."""
_VOWEL_FALLS_SILENT = _BLOCKS[:4]
"""Devanagari, Bengali, Gurmukhi, Gujarati: राम is Ram."""


def _class(places: Iterable[int], blocks: Iterable[int] = _BLOCKS) -> str:
    return "[" + "".join(chr(block + place) for block in blocks for place in places) + "]"


_CONSONANT = _class([*range(0x15, 0x3A), *range(0x58, 0x60)])
_NUKTA, _VIRAMA, _NASAL = _class([0x3C]), _class([0x4D]), _class([0x01, 0x02])
_VOWEL_SIGN = _class([*range(0x3E, 0x4E), 0x55, 0x56, 0x57, 0x62, 0x63])
_GOES_ON = f"[{''.join(chr(c) for c in range(0x0900, 0x0D80))}]"
_SILENT_AT_END = _class(range(0x15, 0x3A), _VOWEL_FALLS_SILENT)
_SILENT = rf"(?<!{_VIRAMA})(?<={_GOES_ON}){_SILENT_AT_END}{_NUKTA}?(?!{_GOES_ON})"
_INDIC = re.compile(
    rf"(?P<silent>{_SILENT})|(?P<bare>{_CONSONANT}{_NUKTA}?)(?!{_NUKTA}|{_VOWEL_SIGN})"
    rf"|(?P<nasal>{_NASAL})(?P<labial>(?={_class(range(0x2A, 0x2F))}))?"
)
_INDIC_SOUNDS = {
    chr(block + place): sound
    for block in _BLOCKS
    if block != 0x0B80  # Tamil's one letter is c, s and j
    for place, sound in {0x1A: "ch", 0x1B: "chh", 0x36: "sh", 0x37: "sh"}.items()
}
_THAI_VOWEL_FIRST = re.compile("([เ-ไເ-ໄ])([ก-ฮກ-ຮ])")
_THAI_SILENT = re.compile("[ก-ฮ][ิุ]?์|อ(?=[ะ-ู็เ-ไ])")
"""A letter that is struck out, and the carrier of a vowel at the beginning."""
_HEBREW_START = re.compile(r"(?<![^\W\d_])[בכפ]")
_HEBREW_STOPS = {"ב": "b", "כ": "k", "פ": "p"}


def latinised(text: str) -> str:
    """Return the text in ASCII, whatever its script; only what has no sound is left out.

    >>> latinised("王小明"), latinised("राम कुमार शर्मा"), latinised("Łukasz Παπαδόπουλος")
    ('WangXiaoMing', 'ram kumar sharma', 'Lukasz Papadopoulos')
    """
    if text.isascii():
        return text
    text = _spelled_as_read(unicodedata.normalize("NFC", text))
    pieces = (c if ascii_of(c) is not None else _of_table(c) for c in text)
    return to_ascii("".join(pieces))


def _spelled_as_read(text: str) -> str:
    text = _INDIC.sub(_indic, text)
    text = _THAI_SILENT.sub("", _THAI_VOWEL_FIRST.sub(r"\2\1", text))
    return _HEBREW_START.sub(lambda found: _HEBREW_STOPS[found[0]], text)


def _indic(found: re.Match[str]) -> str:
    """Write the vowel that a bare consonant carries, and name the nasal."""
    if found["nasal"]:
        return "m" if found["labial"] is not None else "n"
    return found["silent"] or found["bare"] + "a"


def _of_table(character: str) -> str:
    if unicodedata.category(character)[0] not in "LMN":
        return ""
    from anyascii import anyascii  # here: its tables are rarely needed

    return _INDIC_SOUNDS.get(character) or anyascii(character)
