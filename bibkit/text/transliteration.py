"""Other scripts and accents → plain ASCII, for what pdfTeX cannot set.

Greek, Cyrillic, kana and Hangul follow rules; what has none is left to the caller (`latinising`).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_LETTERS = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i",
    "ȷ": "j", "ħ": "h", "ŋ": "ng", "ŧ": "t", "ĸ": "k", "ſ": "s", "ə": "e", "ɛ": "e", "ɔ": "o",
    "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i",
    "κ": "k", "λ": "l", "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s",
    "ς": "s", "τ": "t", "υ": "y", "φ": "f", "χ": "ch", "ψ": "ps", "ω": "o", "ϵ": "e", "ϕ": "f",
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "zh", "з": "z", "и": "i",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t",
    "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y",
    "ь": "", "э": "e", "ю": "yu", "я": "ya", "і": "i", "є": "ye", "ґ": "g", "ђ": "dj", "ј": "j",
    "љ": "lj", "њ": "nj", "ћ": "c", "џ": "dz", "ё": "e", "й": "i",
}  # fmt: skip
_MARKS = {
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-", "‘": "'", "’": "'",
    "‚": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "′": "'", "…": "...", "⁄": "/",
    "ー": "", "・": " ", "、": ", ", "。": ". ", "《": '"', "》": '"', "「": '"', "」": '"',
}  # fmt: skip
_GREEK_PAIR = re.compile(
    "([οΟ])([υύ])|([αεηΑΕΗ])([υύ])(?=([θκξπσςτφχψ]|[^\\W\\d_])?)", re.IGNORECASE
)
"""Two letters for one sound (ISO 843): ου, and αυ, ευ, ηυ by what follows."""


def to_ascii(text: str) -> str:
    """Return the text in ASCII; what has no rule is left out.

    >>> to_ascii("Łukasz Müller"), to_ascii("Анна"), to_ascii("김"), to_ascii("ひらがな 视")
    ('Lukasz Muller', 'Anna', 'Gim', 'Hiragana ')
    >>> to_ascii("Ελευθέριος Παπαδόπουλος")
    'Eleftherios Papadopoulos'
    """
    if text.isascii():
        return text
    text = _GREEK_PAIR.sub(_greek_pair, unicodedata.normalize("NFC", text))
    pieces: list[str] = []
    for character in text:
        piece = ascii_of(character) or ""
        syllable = not character.isascii() and unicodedata.category(character) == "Lo"
        begins = not (pieces and pieces[-1][-1:].isalpha())
        pieces.append(piece.capitalize() if syllable and begins else piece)
    return "".join(pieces)


def _greek_pair(found: re.Match[str]) -> str:
    if found[1]:
        return found[1] + "u"
    return found[3] + ("v" if found[5] and found[5].lower() not in "θκξπσςτφχψ" else "f")


@lru_cache(maxsize=20_000)
def ascii_of(character: str) -> str | None:
    """Return one character in ASCII; None when no rule knows it."""
    if character.isascii():
        return character
    if character in _MARKS:
        return _MARKS[character]
    if character.lower() in _LETTERS:
        plain = _LETTERS[character.lower()]
        return plain if character.islower() else plain.capitalize()
    syllable = _syllable(unicodedata.name(character, ""))
    if syllable is not None:
        return syllable
    decomposed = unicodedata.normalize("NFKD", character)
    if decomposed != character:
        pieces = [ascii_of(c) for c in decomposed if not unicodedata.combining(c)]
        return "".join(piece or "" for piece in pieces) if any(pieces) else None
    return None


def _syllable(name: str) -> str | None:
    """Unicode names kana and Hangul by their sound: HIRAGANA LETTER KA, HANGUL SYLLABLE GIM."""
    script, _, sound = name.rpartition(" ")
    if script.startswith(("HIRAGANA LETTER", "KATAKANA LETTER", "HANGUL SYLLABLE")):
        return "" if sound == "TU" and script.endswith("SMALL") else sound.lower()
    return None
