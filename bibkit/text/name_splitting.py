"""One name → `Author`: what BibTeX's rules get wrong is taken off first, the rest follows BibTeX.

First go footnote marks, titles, degrees and suffixes; collectives are recognised; then particles
are split as BibTeX does (*btxdoc*, §4), but only known ones: `li wei zhang` is no *von*.
"""

from __future__ import annotations

import re
import unicodedata

from bibkit.record import Author
from bibkit.text import name_words as known
from bibkit.text.visible import visible

_MARKUP = re.compile(
    r"<[^<>]{0,60}>|\\\\|\\(?:thanks|footnote|textsuperscript|inst|orcid)(?![a-zA-Z])\s*(?:\{[^{}]*\})?"
    r"|\$\s*\^\s*(?:\{[^{}$]*\}|[^{}$])\s*\$|(?<!\\)\^\{[^{}]*\}|\\and(?![a-zA-Z])"
)
_PYTHON_ESCAPE = re.compile(r"\\x([0-9A-Fa-f]{2})|\\u([0-9A-Fa-f]{4})")
r"""Found in harvested metadata: `Sch\xFCtze`."""
_UMLAUT = re.compile(r"(?:(?<=[^\W\d_])|(?<![^\s.]))\"([aouAOU])(?=[a-z])")
"""German shorthand: `H"uttner`."""
_NAMESAKE = re.compile(r"\s\d{4}$")
"""DBLP's number for namesakes: `Kun Xu 0005`."""
_MARKS_AT_START = re.compile(r"(?:[\s/;:|\[\]*†‡§¶∗⋆,]+|\d{1,2}\s+(?=\S+\s+\S))+")
_MARKS_AT_END = re.compile(r"(?:[/;:|\[\]*†‡§¶∗⋆#%?^_\\,\s]|(?<=[a-z*,])\d{1,2})+$")
_DASH_FOR_HYPHEN = re.compile(r"(?<=\S)-{2,3}(?=\S)")
"""`Ureña--López` is one name of two halves, however TeX prints it."""
_GLUED_INITIAL = re.compile(r"(?<=\b[^\W\d_]\.)(?=[^\W\d_]['’\w])")
_TORN_HYPHEN = re.compile(r"(?<=\.) -(?=[^\W\d_])")
_PARENTHESES = re.compile(r"\([^()]*\)")
_INITIALS = re.compile(r"(?:[A-Z]\.?[\s-]*)+")
_BRAND = re.compile(r"[A-Z]{2,}[-\w]*|[A-Z]?[a-z]+[A-Z]\w*|\S+-AI")
"""A word alone, such as `OpenAI`, `NVIDIA`, `DeepSeek-AI`."""
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]")
_GROUP = re.compile(r"(?<!\\)\{([^{}\\]*)\}")
_SPLITTERS = " ,;:&()"
_HELD = str.maketrans(_SPLITTERS, "\ue000\ue001\ue002\ue003\ue004\ue005\ue006")
_RELEASED = str.maketrans("\ue000\ue001\ue002\ue003\ue004\ue005\ue006", _SPLITTERS)
"""Inside braces, what splits names is spelled with private characters until splitting is done."""
_TEX = frozenset("{}\\")
_NO_MARKUP = {ord(character): None for character in _TEX}


_BRACES = re.compile(r"[{},\\~]")


def tidied(text: str) -> str:
    """Turn TeX, markup and escapes of a name, or of a list of names, into plain Unicode."""
    text = visible(text)
    if "--" in text:
        text = _DASH_FOR_HYPHEN.sub("-", text)
    if "\\" in text or "<" in text or "^" in text:
        text = _PYTHON_ESCAPE.sub(_unescaped, text)
        text = _MARKUP.sub(lambda found: " and " if found[0] == "\\and" else " ", text)
    if '"' in text:
        text = _UMLAUT.sub("\\1\u0308", text)
    if not _TEX.isdisjoint(text):
        from bibkit.text.tex_decode import decode  # here: most names have no TeX in them

        text = decode(_GROUP.sub(lambda found: "{" + found[1].translate(_HELD) + "}", text))
        text = text.translate(_NO_MARKUP)  # what is left of broken TeX
    return unicodedata.normalize("NFC", text.replace("~", " "))


def released(text: str) -> str:
    """Return the text with the words of its braced groups apart again."""
    return text.translate(_RELEASED)


def is_one_group(name: str) -> bool:
    """Tell whether a name is braced as a whole, as BibTeX spells a name not to be split.

    >>> is_one_group("{Barnes and Noble}"), is_one_group("{A} and {B}")
    (True, False)
    """
    depth = 0
    for place, character in enumerate(name):
        depth += (character == "{") - (character == "}")
        if depth == 0:
            return place > 0 and place == len(name) - 1
    return False


def split_name(text: str) -> Author:
    """Split one tidied name into its parts."""
    text = _without_marks(text)
    if is_collective(text):
        return Author(released(text), collective=True)
    if _CJK.search(text) and "," not in text:
        family, _, given = text.partition(" ")  # written in this order, and often unsplit
        return Author(released(family), released(given))
    sections, suffix = _without_suffix(_sections(known.TITLES.sub("", text, count=1) or text))
    family_words, given_words = _family_and_given(sections)
    lead = _leading_particles(family_words)
    parts = (family_words[lead:], given_words, family_words[:lead])
    family, given, particle = (released(" ".join(words)) for words in parts)
    return Author(family, given, particle, suffix)


def is_collective(text: str) -> bool:
    """Tell whether a tidied name is a group's or an organisation's.

    >>> is_collective("Llama Team"), is_collective("OpenAI"), is_collective("R. C. Group")
    (True, True, False)
    """
    if known.COLLECTIVE.search(text):
        return True
    words = text.split()
    if len(words) < 2:
        return _BRAND.fullmatch(text) is not None or " ".translate(_HELD) in text
    if known.COLLECTIVE_AT_END.fullmatch(words[-1]):
        return not _INITIALS.fullmatch(" ".join(words[:-1]))
    return words[0] == "Team" or known.COMPANY_AT_END.fullmatch(words[-1]) is not None


def _unescaped(found: re.Match[str]) -> str:
    character = chr(int(found[1] or found[2], 16))
    return character if character.isprintable() else " "


def _without_marks(text: str) -> str:
    text = " ".join(_PARENTHESES.sub(" ", text).split())
    start = _MARKS_AT_START.match(text)
    if start and not is_collective(text):
        text = text[start.end() :]
    text = _MARKS_AT_END.sub("", _NAMESAKE.sub("", text))
    return " ".join(_GLUED_INITIAL.sub(" ", _TORN_HYPHEN.sub("-", text)).split())


def _sections(text: str) -> list[list[str]]:
    """Return the words between the commas, without degrees."""
    first, *others = known.DEGREE_AT_END.sub(r"\1", text).split(",")
    after_name = " " in first.strip()  # `Rahman, MD` has a given name, `Jane Smith, MD` a degree
    kept = [
        s for s in others if s.strip() and not (after_name and known.DEGREES.fullmatch(s.strip()))
    ]
    return [section.split() for section in [first, *kept]]


def _without_suffix(sections: list[list[str]]) -> tuple[list[list[str]], str]:
    """Take `Jr.` or `III` off: a section of its own, a last word, or `Wagner Jr. Meira`."""
    for place, section in enumerate(sections[1:], start=1):
        if len(section) == 1 and known.SUFFIX.fullmatch(section[0]):
            return sections[:place] + sections[place + 1 :], section[0]
    for place, section in enumerate(sections):
        for index in range(len(section) - 1, 0, -1):
            at_end = index == len(section) - 1 and len(section) + len(sections) > 3
            if (known.SUFFIX if at_end else known.JUNIOR).fullmatch(section[index]):
                shorter = section[:index] + section[index + 1 :]
                return [*sections[:place], shorter, *sections[place + 1 :]], section[index]
    return sections, ""


def _family_and_given(sections: list[list[str]]) -> tuple[list[str], list[str]]:
    """Return the words of the family name, particles first, and those of the given name."""
    family = sections[0]
    if len(sections) == 1:
        start = _family_start(family)
        return family[start:], family[:start]
    given = [word for section in reversed(sections[1:]) for word in section]
    end = len(given)
    while end > 1 and given[end - 1] in known.STRONG_PARTICLES and not _east_asian(family):
        end -= 1
    return given[end:] + family, given[:end]


def _family_start(words: list[str]) -> int:
    """Return where the family name begins in `Given van der Family`.

    BibTeX: at the first lower-case word. Beyond BibTeX: at a particle with a capital
    (`Luc Van Gool`), or at the first half of a double name (`Santiago Ramón y Cajal`).
    """
    last = len(words) - 1
    if last > 0 and words[0].islower() and words[0] in known.STRONG_PARTICLES:
        return last if _east_asian(words) else 0  # `van Gogh` alone
    start = _bibtex_start(words)
    if start == last and last > 2 and words[last - 1] in known.CONJUNCTIONS:
        start = last - 2
    while start > 1 and words[start - 1] in known.CAPITAL_PARTICLES and not _east_asian(words):
        start -= 1
    return start


def _bibtex_start(words: list[str]) -> int:
    """Return where BibTeX lets the *von* part, else the family name, begin.

    pybtex applies the rule (btxdoc, §4); braces keep a lower-case word that is no particle
    ("danah boyd"), or that begins the name, from being taken for one.
    """
    if len(words) < 2 or known.PARTICLES.isdisjoint(words[1:-1]):
        return max(len(words) - 1, 0)
    from pybtex.database import Person  # here: one name in a hundred needs it

    braced = (
        word if place and word in known.PARTICLES else f"{{{_BRACES.sub('', word)}}}"
        for place, word in enumerate(words)
    )
    person = Person(" ".join(braced))
    return len(person.first_names) + len(person.middle_names)


def _east_asian(words: list[str]) -> bool:
    return bool(words) and not known.EAST_ASIAN.isdisjoint((words[0].lower(), words[-1].lower()))


def _leading_particles(family: list[str]) -> int:
    """Count the words of BibTeX's *von* part: up to the last particle, if they begin with one."""
    if family[:1] and family[0] not in known.PARTICLES:
        return 0
    return max((i + 1 for i, word in enumerate(family[:-1]) if word in known.PARTICLES), default=0)
