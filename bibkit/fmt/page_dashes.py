"""`pages = {12-34}` → `{12--34}`: a range has TeX's en dash."""

from __future__ import annotations

import re

from bibkit.fmt.draft import Draft

_DASH = r"(?:\{-{1,3}\}|-{1,3}|[‐‑‒–—−]|\\textendash(?:\{\}|\s))"
_NUMBER = r"(?:[A-Za-z]{0,3}(?:\d{1,6}:)?\d{1,9}|[ivxlcdm]{1,9}|[IVXLCDM]{1,9})"
_RANGE = re.compile(rf"\s*({_NUMBER})\s*{_DASH}\s*({_NUMBER})\s*")
_LETTERS = re.compile(r"[A-Za-z]*")


def with_page_dashes(draft: Draft) -> Draft:
    """Write ranges of pages with two hyphens; what may be no range stays."""
    text = draft.text("pages")
    if text is None:
        return draft
    dashed = dashed_pages(text)
    return draft if dashed == text else draft.with_text("pages", dashed)


def dashed_pages(text: str) -> str:
    """Return pages with the dash of a range, part by part.

    >>> dashed_pages("12-34, 40 – 45"), dashed_pages("S1-S9"), dashed_pages("1--2")
    ('12--34, 40--45', 'S1--S9', '1--2')
    >>> dashed_pages("A-12"), dashed_pages("e17-x"), dashed_pages("3-1--3-10")
    ('A-12', 'e17-x', '3-1--3-10')
    """
    return ",".join(_part(part) for part in text.split(","))


def _part(part: str) -> str:
    found = _RANGE.fullmatch(part)
    if not found or not _are_alike(found[1], found[2]):
        return part
    lead, tail = part[: found.start(1)], part[found.end(2) :]
    return f"{lead}{found[1]}--{found[2]}{tail}"


def _are_alike(first: str, last: str) -> bool:
    """Tell whether two ends are counted alike: `S12` and `S20`, `xi` and `xx`."""
    if first.isalpha() or last.isalpha():
        return first.isalpha() and last.isalpha() and first.isupper() == last.isupper()
    one, other = _LETTERS.match(first), _LETTERS.match(last)
    return one is not None and other is not None and one[0] == other[0]
