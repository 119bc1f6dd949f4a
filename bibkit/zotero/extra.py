"""The lines of Zotero's field Extra: the few that bibkit reads and writes, all others as they are.

`tex.…` are Better BibTeX's names for fields of a .bib; no line takes a label that Zotero reads as a
field of its own and prints (`Code:`, `Number:`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from bibkit.text.identifiers import arxiv_id

TEX_NAMES: Mapping[str, str] = {
    "place": "address", "number": "number", "numPages": "pagetotal", "ISBN": "isbn",
    "ISSN": "issn", "publisher": "publisher", "series": "series", "edition": "edition",
    "volume": "volume", "pages": "pages", "language": "language", "type": "type",
    "shortTitle": "shorttitle", "note": "note",
}  # fmt: skip
"""Value → the field of a .bib that a line names, for an item whose type has no place for it."""
_ARXIV = re.compile(r"arxiv\s*:\s*(\S+)(?:\s*\[([^\[\]]*)\])?\s*", re.IGNORECASE)
_LABELLED = re.compile(
    r"(citation key|doi|code url|github|tex\.[a-z][a-z0-9_-]{0,40})\s*:\s*(\S.*)", re.IGNORECASE
)
_NAMES: Mapping[str, str] = {
    "citation key": "citationKey",
    "doi": "DOI",
    "code url": "code",
    "github": "code",
    **{f"tex.{name}": shared for shared, name in TEX_NAMES.items()},
}
_CLASS = re.compile(r"[a-z-]{2,8}\.[A-Za-z-]{2,8}|(?:hep-(?:th|ph|ex|lat)|gr-qc|quant-ph|math-ph)")


def read_extra(extra: str) -> dict[str, str]:
    r"""Return what the known lines say; of two with one label, the first.

    >>> read_extra("arXiv:1706.03762 [cs.CL]\nCitation Key: vaswani2017\ntex.note: Best paper")
    {'arXiv': '1706.03762', 'primaryClass': 'cs.CL', 'citationKey': 'vaswani2017',
     'note': 'Best paper'}
    """
    said: dict[str, str] = {}
    for line in extra.split("\n"):
        for name, value in _of_line(line.strip()).items():
            said.setdefault(name, value)
    return said


def _of_line(line: str) -> dict[str, str]:
    if found := _ARXIV.fullmatch(line):
        identifier, primary = arxiv_id(found[1]), (found[2] or "").strip()
        known = {"arXiv": identifier} if identifier else {}
        return known | ({"primaryClass": primary} if known and _CLASS.fullmatch(primary) else {})
    if found := _LABELLED.fullmatch(line):
        label, value = found[1].lower(), found[2].strip()
        if label in ("code url", "github") and not re.match(r"https?://", value):
            return {}
        if label in ("citation key", "doi") and " " in value:
            return {}
        return {_NAMES[label]: value} if label in _NAMES else {}
    return {}


def with_lines(extra: str, changes: Mapping[str, str]) -> str:
    r"""Return Extra with some of its lines changed, in place where there is one, else at its end.

    >>> with_lines("Comment: 15 pages", {"arXiv": "1706.03762 [cs.CL]", "note": "Best paper"})
    'Comment: 15 pages\narXiv:1706.03762 [cs.CL]\ntex.note: Best paper'
    """
    lines = extra.split("\n") if extra else []
    for name, value in changes.items():
        new = _line(name, " ".join(value.split()))
        places = [i for i, line in enumerate(lines) if name in _of_line(line.strip())]
        if places:
            lines[places[0]] = new
        else:
            lines.append(new)
    return "\n".join(lines)


def _line(name: str, value: str) -> str:
    if name == "arXiv":
        return f"arXiv:{value}"
    label = {"citationKey": "Citation Key", "DOI": "DOI"}.get(name)
    return f"{label or f'tex.{TEX_NAMES[name]}'}: {value}"
