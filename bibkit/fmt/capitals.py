"""`title = {The BERT of GPT-4}` → `{The {BERT} of {GPT-4}}`: what styles must not lower.

Only words are braced, never a whole title; words with TeX in them, and braced ones, stay.
"""

from __future__ import annotations

import re

from bibkit.fmt.draft import Draft
from bibkit.text.capitals import capital_spans

_TITLES = frozenset({"title", "subtitle"})
_HELD = re.compile(
    r"\$[^$]*+\$|\\[A-Za-z]+\s*|\\.|\{(?:[^{}]++|\{(?:[^{}]++|\{[^{}]*+\})*+\})*+\}", re.DOTALL
)
"""Formulas, commands, and groups three deep: nothing in them is touched."""
_FILL = "\ue020"
"""Stands for what is held, a letter of no case."""


def with_protected_capitals(draft: Draft) -> Draft:
    """Brace the acronyms and names in a title."""
    for name, text in draft.texts(_TITLES):
        protected = protected_title(text)
        if protected != text:
            draft = draft.with_text(name, protected)
    return draft


def protected_title(text: str) -> str:
    r"""Return a title with braces around what must keep its capitals.

    >>> print(protected_title(r"BERT, {GPT}-4 and the \emph{U}-Net for $K$-Theory of mRNA"))
    {BERT}, {GPT}-4 and the \emph{U}-Net for $K$-Theory of {mRNA}
    """
    if _is_braced_whole(text) or "\\(" in text:
        return text
    held = _HELD.sub(lambda found: _FILL * len(found[0]), text)
    if "{" in held or "}" in held or "$" in held:
        return text  # deeper than we look, or odd
    pieces: list[str] = []
    at = 0
    for start, end in capital_spans(held):
        word = _word_around(held, start, end)
        if _FILL not in word and start >= at:
            pieces += [text[at:start], "{", text[start:end], "}"]
            at = end
    return "".join([*pieces, text[at:]])


def _word_around(text: str, start: int, end: int) -> str:
    while start > 0 and not text[start - 1].isspace():
        start -= 1
    while end < len(text) and not text[end].isspace():
        end += 1
    return text[start:end]


def _is_braced_whole(text: str) -> bool:
    return bool(_HELD.fullmatch(text.strip())) and text.lstrip()[:1] == "{"
