"""A list of authors as exports write it → `Author`s.

BibTeX joins with `and`, catalogues with `;` or commas, APA writes `Family, I., Family, I.`, and
some exports glue `Family I.Family I.` together. The separator is recognised from the list itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bibkit.record import Author
from bibkit.text.names import parse_name

_LONGEST = 1_000_000
_AND = re.compile(r"\s+(?:and|und|et|&)\s+|\s*[;|]\s*", re.IGNORECASE)
_GLUED = re.compile(r"(?<=\s[A-Z]\.)(?=[^\W\d_]['’]?[^\W\d_])")
_ET_AL = re.compile(r",?\s*\b(?:et\.?\s+al\.?|and\s+others|et\s+alii)\s*[.,]?\s*$", re.IGNORECASE)
_INITIALS = re.compile(r"(?:[^\W\d_](?:[.\s-]+|$)){1,4}|[A-Z]{1,3}")
_INITIAL_WORD = re.compile(r"(?:[^\W\d_]\.-?){1,4}|[^\W\d_]|[A-Z]{2,3}")
_FULL_STOP = re.compile(r"(?<=[^\W\d_]{3})\.$")


def read_author_list(text: str) -> tuple[Author, ...]:
    """Split a list of authors in any common style; `et al.` is dropped.

    >>> [a.family for a in read_author_list("Blum, A., van den Oord, A. L., & Rudich, S.")]
    ['Blum', 'Oord', 'Rudich']
    >>> [a.family for a in read_author_list("Adeli K.Lewis G. F.")]
    ['Adeli', 'Lewis']
    >>> [a.family for a in read_author_list("Zuna, R E and Wang, S S and others")]
    ['Zuna', 'Wang']
    >>> [a.family for a in read_author_list("A. Blum, M. Furst, and Richard J. Lipton.")]
    ['Blum', 'Furst', 'Lipton']
    """
    text = _ET_AL.sub("", " ".join(text[:_LONGEST].split())).strip(" ,;:")
    authors = (_author(name) for name in _names(text))
    return tuple(a for a in authors if a.family.strip(" &") not in ("", "and"))


def _names(text: str) -> Iterator[str]:
    parts = _AND.split(text)
    if len(parts) == 1 and "," not in text:
        parts = _GLUED.split(text)
    for part in parts:
        pieces = [piece.strip() for piece in part.split(",") if piece.strip(" .")]
        if len(pieces) > 1 and any(_INITIALS.fullmatch(piece) for piece in pieces):
            yield from _inverted(pieces)
        elif len(pieces) == 2 and " " not in pieces[0]:
            yield ", ".join(pieces)
        else:
            yield from pieces


def _inverted(pieces: list[str]) -> Iterator[str]:
    """Join `Family` and `I.` again; a name that brings its own initials stands alone."""
    waiting = ""
    for piece in pieces:
        if waiting and _INITIALS.fullmatch(piece):
            yield f"{waiting}, {piece}"
            waiting = ""
        else:
            if waiting:
                yield waiting
            waiting = piece
    if waiting:
        yield waiting


def _author(name: str) -> Author:
    """Read one name; `Family I. I.`, as PubMed writes it, is turned round first."""
    name = _FULL_STOP.sub("", name.strip(" ,"))
    words = name.split()
    if "," not in name and len(words) > 1 and _INITIAL_WORD.fullmatch(words[-1]):
        first = len(words) - 1
        while first > 1 and _INITIAL_WORD.fullmatch(words[first - 1]):
            first -= 1
        if not _INITIAL_WORD.fullmatch(words[0]):
            name = f"{' '.join(words[:first])}, {' '.join(words[first:])}"
    return parse_name(name)
