r"""A LaTeX file + a key map → the same file with other keys in its `\cite`s; nothing else moves."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bibkit.check.tex import read_tex

_COMMA = re.compile(r"\s*,\s*")


def rewrite_keys(text: str, keys: Mapping[str, str]) -> str:
    r"""Replace the keys that a file cites; one that a list would then have twice goes.

    >>> rewrite_keys(r"\citep[see][2]{old, x} % \cite{old}", {"old": "new"})
    '\\citep[see][2]{new, x} % \\cite{old}'
    >>> rewrite_keys(r"\cite{new,old,x}", {"old": "new"})
    '\\cite{new,x}'
    """
    if not keys:
        return text
    folded = {old.lower(): new for old, new in keys.items()}
    pieces: list[str] = []
    at = end = 0
    in_list: set[str] = set()
    made: set[str] = set()  # what a list has, or has twice, since a key was replaced
    for citation in read_tex(text).citations:
        key, start = citation.key, citation.start
        if not text.startswith(key, start):
            continue  # a line break inside a key: nobody's
        adjoins = bool(in_list) and _COMMA.fullmatch(text, end, start) is not None
        if not adjoins:
            in_list, made = set(), set()
        new = keys.get(key) or folded.get(key.lower(), key)
        made |= {new} if new != key else set()
        if new in in_list and new in made:
            pieces.append(text[at:end])
            at = start + len(key)
        elif new != key:
            pieces += [text[at:start], new]
            at = start + len(key)
        in_list.add(new)
        end = start + len(key)
    return "".join([*pieces, text[at:]])
