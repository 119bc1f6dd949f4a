r"""`AT&T, 50% of a_name` → `AT\&T, 50\% of a\_name`: TeX stops at these, or drops the rest.

Formulas, addresses, arguments of commands that take text as it is, and HTML stay; so does `_` where
a subscript may be meant (`CO_2`). A text that a rule of thumb could misread stays as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bibkit.fmt.draft import Draft

TEXT_FIELDS = frozenset(
    "title subtitle titleaddon booktitle booksubtitle booktitleaddon maintitle mainsubtitle "
    "journal journaltitle journalsubtitle issuetitle series publisher institution school "
    "organization address location venue eventtitle note addendum annote annotation abstract "
    "howpublished type chapter edition language".split()
)
"""Fields whose values are typeset. Not `keywords`, `file`, `url`: programs read these."""
NAME_FIELDS = frozenset("author editor bookauthor translator".split())
"""Lists of names; only what stands in braces there is surely one name: `{AT&T}`."""
_SPECIAL = re.compile(r"(?<!\\)[&%#_]|\\\\[&%#_]")
_TOKEN = re.compile(
    r"(?P<address>(?:https?|ftp)://[^\s{}]+|www\.[^\s{}]+)"
    r"|(?P<entity>&(?:\#[0-9]{1,7}|\#x[0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});)"
    r"|\\(?P<command>[A-Za-z]+)|\\(?P<formula>[()\[\]])|\\.|\$\$?(?P<dollar>)|(?P<brace>[{}])"
    r"|(?P<special>[&%\#_])",
    re.DOTALL,
)
_AS_IT_IS = frozenset(
    "url nolinkurl path href hyperref verb lstinline includegraphics input include ref pageref "
    "eqref label ensuremath ce ch cf SI si qty unit num".split()
)
"""Commands whose (first) argument is no text, or a formula."""
_TOO_MUCH = re.compile(
    r"\\(?:begin|end|def|edef|gdef|let|(?:re)?newcommand|catcode|char|verb|lstinline|halign"
    r"|(?:url|path|nolinkurl)(?!\s*\{|[A-Za-z]))"
    r"(?![A-Za-z])"
)
_WORD_BEFORE = re.compile(r"[A-Za-z0-9]{2}\\?$")
_WORD_AFTER = re.compile(r"[A-Za-z]{2}")


@dataclass(frozen=True, slots=True)
class Special:
    """A character that should be escaped."""

    place: int
    character: str
    sure: bool
    """False where something else may be meant."""
    depth: int
    """Of braces around it."""


def with_escapes(draft: Draft) -> Draft:
    """Escape what TeX would act on in fields that are typeset."""
    for name, text in draft.texts(TEXT_FIELDS | NAME_FIELDS):
        if _SPECIAL.search(text):
            escaped = escaped_text(text, least_depth=1 if name in NAME_FIELDS else 0)
            if escaped != text:
                draft = draft.with_text(name, escaped)
    return draft


def escaped_text(text: str, *, least_depth: int = 0) -> str:
    r"""Return a text with what is surely meant as a character escaped.

    >>> print(escaped_text(r"AT&T \& 50% of $x_1$ in my_file, see https://a.org/b_c and CO_2"))
    AT\&T \& 50\% of $x_1$ in my\_file, see https://a.org/b_c and CO_2
    """
    pieces: list[str] = []
    at = 0
    for special in unescaped(text) or ():
        if special.sure and special.depth >= least_depth:
            pieces += [text[at : special.place], "\\"]
            at = special.place
    return "".join([*pieces, text[at:]])


def unescaped(text: str) -> list[Special] | None:
    """Return the characters that TeX would act on; None where formulas do not add up."""
    if _TOO_MUCH.search(text):
        return None
    found = list(_found(text))
    return None if None in found else [one for one in found if one is not None]


def _found(text: str) -> Iterator[Special | None]:
    """Yield what is unescaped; None at the end when a formula is never closed."""
    depth, math, skip = 0, False, -1
    waiting = False
    for token in _TOKEN.finditer(text):
        if token["brace"]:
            depth += 1 if token["brace"] == "{" else -1
            if waiting and token["brace"] == "{" and skip < 0:
                skip = depth  # until this group is closed again
            elif depth < skip:
                skip = -1
            waiting = False
        elif token["command"]:
            waiting = token["command"] in _AS_IT_IS or token["command"].endswith("cite")
        elif token["formula"] and skip < 0:
            math = token["formula"] in "(["
        elif token["dollar"] is not None and skip < 0:
            math = not math
        elif token["special"] and skip < 0 and not math:
            sure = token["special"] != "_" or _is_in_word(text, token.start())
            yield Special(token.start(), token["special"], sure, depth)
    if math:
        yield None


def _is_in_word(text: str, place: int) -> bool:
    """Tell whether `_` joins two words, as in `my_file`: a subscript is shorter, or in braces."""
    before = _WORD_BEFORE.search(text, max(0, place - 3), place)
    return before is not None and _WORD_AFTER.match(text, place + 1) is not None
