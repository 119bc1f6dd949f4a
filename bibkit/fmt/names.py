"""`Jane van Doe and J. Roe` → `van Doe, Jane and Roe, J.`: the form that no reader takes otherwise.

A name is taken apart as BibTeX does ("Tame the BeaST", §11): what was family, particle and given
name stays that. Where people would not agree with BibTeX, the name stays as it is: organisations,
suffixes without a comma, numbers, `others`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bibkit.fmt.draft import Draft
from bibkit.text import name_words as known
from bibkit.text.name_splitting import is_collective, tidied

NAME_FIELDS = frozenset(
    "author editor editora editorb editorc bookauthor translator annotator commentator "
    "introduction foreword afterword holder shortauthor shorteditor namea nameb namec".split()
)
_AND_OR_BRACE = re.compile(r"[{}]|(?<!\S)and(?!\S)", re.IGNORECASE)
_PIECE = re.compile(r"\{|\}|[\s~]+|\\.|[^{}\s~\\]+", re.DOTALL)
_ORGANISATION = re.compile(
    r"\b(?:academy|agency|bank|board|bureau|commission|company|corporation|corp|council|developers"
    r"|editors|federation|government|hospital|institution|league|library|ministry|museum|office"
    r"|open\s?source|party|press|school|service|staff|studio|systems|technologies|union)\b",
    re.IGNORECASE,
)
"""Words of organisations besides those that `text.names` knows; a family Bank or Park stays too."""
_LONGEST = 300
"""Characters; what is longer is no name."""


def with_family_first(draft: Draft) -> Draft:
    """Write names with the family name first."""
    for name, text in draft.texts(NAME_FIELDS):
        turned = "".join(
            lead + (family_first(each) or each) + tail for lead, each, tail in names_in(text)
        )
        if turned != text:
            draft = draft.with_text(name, turned)
    return draft


def names_in(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield the names of a list, each with what stands before and after it; joined, it is all.

    >>> list(names_in("A. Doe and {Barnes and Noble}"))
    [('', 'A. Doe', ' and'), (' ', '{Barnes and Noble}', '')]
    """
    depth, start = 0, 0
    for found in _AND_OR_BRACE.finditer(text):
        if found[0] in "{}":
            depth += 1 if found[0] == "{" else -1
        elif depth == 0:
            yield _bare(text[start : found.start()], found[0])
            start = found.end()
    yield _bare(text[start:], "")


def _bare(name: str, after: str) -> tuple[str, str, str]:
    bare = name.strip()
    at = name.find(bare) if bare else len(name)
    return name[:at], bare, name[at + len(bare) :] + after


def family_first(name: str) -> str | None:
    r"""Return a name with the family name first; None where it is so, or not sure.

    >>> family_first("Ludwig van Beethoven"), family_first(r"Kurt G{\"o}del")
    ('van Beethoven, Ludwig', 'G{\\"o}del, Kurt')
    >>> [family_first(n) for n in ("Doe, J.", "OpenAI Team", "Martin King Jr.", "{A B}", "others")]
    [None, None, None, None, None]
    """
    words = _words(name) if len(name) <= _LONGEST else None
    if not words or len(words) < 2 or not _is_person(name, words):
        return None
    first = next((i for i, word in enumerate(words[:-1]) if _is_lower(word)), None)
    if first is None:
        first = last = len(words) - 1
    else:
        last = max(i for i, word in enumerate(words[:-1]) if _is_lower(word)) + 1
    if first == 0 or any(word[:1].islower() for word in words[last:]):
        return None  # no given name; or one that the other form would read otherwise
    return f"{' '.join(words[first:])}, {' '.join(words[:first])}"


def _words(name: str) -> list[str] | None:
    """Return the words outside braces; None where commas or odd braces tell another story."""
    words, depth, word = [], 0, ""
    for piece in _PIECE.findall(name):
        depth += (piece == "{") - (piece == "}")
        if depth < 0 or (depth == 0 and "," in piece):
            return None
        if depth == 0 and not piece.strip("~").strip():
            words.append(word)
            word = ""
        else:
            word += piece
    return [one for one in (*words, word) if one] if depth == 0 else None


def _is_person(name: str, words: list[str]) -> bool:
    last = words[-1]
    if any(c.isdigit() or c in '&;:()/"*@' for c in _without_accents(name)):
        return False
    if known.SUFFIX.fullmatch(last) or known.DEGREES.fullmatch(last) or last.lower() == "others":
        return False
    if any(word.lower() in ("the", "of", "for", "on", "et", "al.", "al") for word in words):
        return False
    if _ORGANISATION.search(name):
        return False
    return not is_collective(tidied(name)) and any(map(str.isalpha, last))


def _without_accents(name: str) -> str:
    return re.sub(r"\\[^A-Za-z\s]", "", name)


def _is_lower(word: str) -> bool:
    """Tell whether BibTeX takes a word for a particle: its first letter outside braces is small."""
    depth = 0
    for place, character in enumerate(word):
        if character == "{":
            if depth == 0 and word[place + 1 : place + 2] == "\\":
                return _special_is_lower(word[place + 2 :])
            depth += 1
        elif character == "}":
            depth -= 1
        elif depth == 0 and character.isalpha():
            return character.islower()
    return False


def _special_is_lower(rest: str) -> bool:
    r"""Judge a letter such as `{\'e}` or `{\o}` in a name."""
    found = re.match(r"([A-Za-z]+)", rest)
    if found and found[1] in ("i", "j", "o", "l", "ae", "oe", "aa", "ss"):
        return True
    if found and found[1] in ("O", "L", "AE", "OE", "AA"):
        return False
    letter = re.search(r"[A-Za-z]", rest[found.end() if found else 0 :])
    return letter is not None and letter[0].islower()
