"""The list of names with which a reference begins, in whatever form → `Author`s.

Names have seven forms, and one list keeps to one of them: the form that reads most of it is right.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bibkit.record import Author
from bibkit.text.name_splitting import is_collective
from bibkit.text.names import parse_name

_LOWER = r"[a-zß-öø-ÿā-žḁ-ỿ]"
_UPPER = r"[A-ZÀ-ÖØ-ÞĀ-ŽΑ-ΩА-Я]"
_WORD = (
    rf"(?:(?!(?:Jr|Sr|III?|IV)\b)(?:d|D|O|L|l|Mc|Mac|al|el|Al|El|Ben|De|Di|Le|La|ter"
    rf"|t)?['’`´-]?{_UPPER}[\w'’`´‐‑–-]{{0,30}})"
)
_PARTICLE = (
    r"(?:(?:van der|van den|van de|von der|de la|de los|de las|van|von|der|den|de|del|della|di|da"
    r"|do|dos|du"
    r"|la|le|ten|ter|tot|zu|zur|bin|ben|ibn|al|el|af|av|Van der|Van den|Van|Von|De La|De|Del"
    r"|Della|Di|Da|Le|La) ?)"
)
_ONE_INITIAL = rf"(?:{_UPPER}|Ch|Th|Yu|Ya|Ph|Sh|Zh|Kh|Ts|Kr|Chr|Fr|St|Md|Mohd|Sk)\."
_INITIAL = rf"(?:{_ONE_INITIAL}(?:[-‐‑–](?:{_ONE_INITIAL}|{_UPPER}(?=[ ,;])))*)"
_INITIALS = rf"(?:{_INITIAL}(?: ?{_INITIAL}){{0,4}})"
_LONG = rf"(?:{_WORD}(?<=\w\w))"
_FAMILY = rf"(?:{_PARTICLE}{{0,2}}{_WORD}(?:[ -]{_WORD}){{0,2}}(?<=\w\w))"
_SMALL = rf"(?:{_LOWER}{{2,12}}(?=[,;:.]| and| &| \())"
_SMALL_GIVEN = rf"(?:{_LOWER}{{3,12}}(?= {_WORD}(?:,| and)))"
_SUFFIX = r"(?:,? (?:Jr|Sr)\b\.?|,? (?:II|III|IV))?"
_FORMS = {
    "family_initials": (
        rf"(?:{_FAMILY}|{_UPPER}\.|{_SMALL}), ?{_INITIALS}(?: {_PARTICLE}{{1,2}}(?=[,;&]| and"
        rf"|$))?{_SUFFIX}"
    ),
    "initials_family": rf"{_INITIALS} ?(?:{_FAMILY}|{_SMALL}){_SUFFIX}|{_INITIALS}(?=,? and )",
    "vancouver": rf"{_FAMILY} {_UPPER}{{1,4}}(?:-{_UPPER})?(?![\w.’'])(?: (?:Jr|Sr|2nd|3rd))?",
    "bare_initials": rf"{_FAMILY},? {_UPPER}(?: ?{_UPPER}){{0,3}}(?![\w’'])",
    "spaced_initials": rf"{_FAMILY} {_INITIALS}{_SUFFIX}",
    "family_given": (
        rf"{_FAMILY}, (?:{_WORD}|{_INITIALS} {_WORD}(?=,? and "
        rf"|, [A-Z]\w+ [A-Z]))(?:[ -](?:{_INITIAL}|{_UPPER}(?=[,;])|{_WORD})){{0,3}}{_SUFFIX}"
    ),
    "given_family": (
        rf"(?:{_WORD}|{_INITIAL} {_WORD}|{_SMALL_GIVEN})"
        rf"(?:[ -](?:{_INITIAL}|{_UPPER}(?= )|{_WORD}|{_PARTICLE}(?={_WORD}))){{0,3}} "
        rf"(?:{_PARTICLE}{{0,2}}{_LONG}|{_SMALL}){_SUFFIX}"
    ),
}
"""The forms of names: `Oord, A. van den`, `A. Oord`, `Oord A`, `Oord A.`, `Oord, Aäron`, `Aäron "
"Oord`."""
_NAMES = {form: re.compile(pattern) for form, pattern in _FORMS.items()}
_MEDICAL = re.compile(r"(?:19|20)\d\d(?: \w{3}(?: \d{1,2})?)?; ?\d")
"""`2019;12(3)`, as only styles with names like `Smith J` have it."""
_AFTER = {
    "family_given": ("given_family", "family_given"),
    "family_initials": ("family_initials", "initials_family"),
    "initials_family": ("initials_family",),
    "given_family": ("given_family", "initials_family"),
    "bare_initials": ("bare_initials",),
    "vancouver": ("vancouver",),
    "spaced_initials": ("spaced_initials",),
}
"""What the other names of a list may look like after the first; `Vaswani, Ashish, Noam Shazeer`."""
_LAST_FORMS = ("initials_family", "given_family", "family_initials")
"""The name behind `and` may differ: `D. Lomet and Mark R. Tuttle`."""
_ELLIPSIS = r"(?:…|\. ?\. ?\.)"
_SEPARATOR = re.compile(
    rf",? ?{_ELLIPSIS},? ?(?:and |& )?"
    r"|,? ?;? ?(?<=[\s,;])(?:and|AND|And|&|und|et|y|with) |; ?(?:and |& )?|, ?"
)
_LAST = re.compile(r"[,;]? ?(?<=[\s,;])(?:and|AND|And|&|und|et|y) ")
_ET_AL = re.compile(
    r",? ?(?:and |& )?(?:et\.? ?al\.?|others|colleagues"
    rf"|{_ELLIPSIS}(?!,? ?(?:and |& )?{_UPPER}))(?=[\s,.:;()]|$)[,;]?"
)
_EDITED = re.compile(r",? ?\(?(?:[Ee]ds?|[Ee]ditors?|[Hh]rsg|[Tt]rans)\.?\)?(?=[\s,.:]|$)")


@dataclass(frozen=True, slots=True)
class CitedNames:
    """A list of authors at the beginning of a text."""

    names: tuple[str, ...]
    end: int
    whole: bool
    """False when the list ended in `et al.`."""
    editors: bool = False


def cited_names(text: str) -> CitedNames:
    """Read the list of names with which a text begins, in the form that reads most of it."""
    best = CitedNames((), 0, whole=True)
    for form in _NAMES:
        found = _names_in(text, form)
        if not found.names or not _plausible(found, text):
            continue
        tie = len(found.names) == len(best.names) and form == "given_family"
        colon = text[found.end : found.end + 1] == ":"
        if tie and (colon or len(found.names) > 1 or _MEDICAL.search(text)):
            continue  # `Huang Y. R-ParVI: A Title` is no name and its title
        if (len(found.names), found.end) > (len(best.names), best.end):
            best = found
    return best if best.names else _collective(text)


def _plausible(found: CitedNames, text: str) -> bool:
    """Tell whether what follows the names can follow names."""
    rest = text[found.end : found.end + 3]
    last = found.names[-1]
    if not found.whole or found.editors:
        return True
    return (
        not rest
        or rest[0] in ".,:;([“\"‘'"
        or (rest[0] == " " and (last.endswith(".") or rest[1:2] in "(\"“[‘'12`"))
    )


def _names_in(text: str, form: str) -> CitedNames:
    names: list[str] = []
    at, end, last = 0, 0, False
    forms: Sequence[str] = (form,)
    while len(names) < 3000:
        found = next((m for f in forms if (m := _NAMES[f].match(text, at))), None)
        if not found or (
            (names or form == "given_family") and not _is_name(found[0], text, found.end())
        ):
            break
        names.append(found[0])
        end = found.end()
        if also := _ET_AL.match(text, end):
            return CitedNames(tuple(names), also.end(), whole=False)
        separator = _SEPARATOR.match(text, end)
        if not separator or (last and not _LAST.match(text, end)):
            break
        last = last or _LAST.match(text, end) is not None
        at = separator.end()
        if also := _ET_AL.match(text, at):
            return CitedNames(tuple(names), also.end(), whole=False)
        forms = (*_AFTER[form], *_LAST_FORMS) if last else _AFTER[form]
    edited = _EDITED.match(text, end) if names else None
    whole = not re.search(_ELLIPSIS, text[:end])  # `A, B, … Z`, as APA has it
    return CitedNames(
        tuple(names), edited.end() if edited else end, whole=whole, editors=edited is not None
    )


_TITLE_WORDS = frozenset(
    "is are be can do does you your we what how why when which not no all its it need under of "
    "on for to with from by via using proceedings conference journal transactions international "
    "towards toward deep learning neural network networks "
    "analysis model models modeling system systems theory introduction survey review methods "
    "method "
    "language vision image data machine artificial computer".split()
)


def _is_name(name: str, text: str, end: int) -> bool:
    """Tell a name from the beginning of a title behind a comma."""
    words = {word.strip(",").lower() for word in name.split() if len(word.strip(",")) > 1}
    if not words.isdisjoint(_TITLE_WORDS):
        return False
    return text[end : end + 1] in ("", ",", ".", ";", ":", " ", "(", "&")


def _collective(text: str) -> CitedNames:
    """Read an organisation where a name would stand: `OpenAI. GPT-4 technical report`."""
    found = re.match(r"(?:The )?[A-Z][\w&’' /-]{1,70}?(?=\. | \(|, (?:19|20)\d\d|: )", text)
    if found and len(found[0].split()) <= 8 and is_collective(found[0]):
        return CitedNames((found[0],), found.end(), whole=True)
    return CitedNames((), 0, whole=True)


def cited_author(name: str) -> Author:
    """Split a name in a form that arXiv and BibTeX do not have: `Smith JA`, `Smith J A`."""
    vancouver = re.fullmatch(
        rf"(.+?),? ({_UPPER}{{1,4}}(?:[ -]{_UPPER}){{0,3}})(?: (?:Jr|Sr|2nd|3rd))?", name
    )
    spaced = re.fullmatch(rf"({_FAMILY}) ({_INITIALS}){_SUFFIX}", name)
    if vancouver and "." not in name:
        initials = " ".join(f"{letter}." for letter in vancouver[2] if letter.isalpha())
        return parse_name(f"{vancouver[1]}, {initials}")
    if spaced and not re.match(_INITIAL, name) and "," not in name:
        return parse_name(f"{spaced[1]}, {spaced[2]}")
    return parse_name(name)
