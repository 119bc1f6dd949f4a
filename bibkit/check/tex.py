r"""The text of a LaTeX file → what it cites, what it includes.

No TeX is run. A command cites when its name contains `cite` and is not one of those that set
citing up; a key with a macro or an argument in it (`\cite{#1}`) is nobody's. All is linear.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

_HIDDEN = re.compile(
    r"(?P<escape>\\[\\%{}])"
    r"|(?P<comment>%[^\n]*)"
    r"|\\verb\*?(?P<bar>[^\w\s*])[^\n]{0,500}?(?P=bar)"
    r"|\\begin\{(?P<name>verbatim\*?|Verbatim|lstlisting|minted|comment|filecontents\*?)\}"
    r"|\\(?P<end>end\{document\})"
)
_COMMAND = re.compile(
    r"\\([A-Za-z]*[cC]ite[A-Za-z]*|bibentry|bibitem"
    r"|include|input|subfile|subfileinclude|(?:sub)?import|(?:sub)?(?:input|include)from)"
    r"(?![A-Za-z])\*?"
)
_NO_CITATION = re.compile(
    r"(?:set|use|renew|provide|Declare|define|At|if|mkbib)|new(?!cite\b)"
    r"|cite(?:style|reset|title(?:font)|index|left|right|dash|punct|mid|form|sort|color|option)"
    r"|[a-z]*cite[a-z]*(?:true|false)$"
)
_DEFINED = re.compile(
    r"\\(?:(?:re|provide)?(?:new)?command|def|let|DeclareRobustCommand)\*?\{?\Z", re.I
)
_INCLUDES = frozenset({"include", "input", "subfile", "subfileinclude"})
_FROM_FOLDER = frozenset(
    f"{sub}{name}" for sub in ("", "sub") for name in ("import", "inputfrom", "includefrom")
)
"""Commands of the package `import`: folder, then file."""
_UNBRACED = re.compile(r"[^\S\n]+([\w./-]+)")
"""TeX's own `\\input name`."""
_KEY = re.compile(r"[^\\#{}\s][^\\#{}]*")
_BLANKS = re.compile(r"[^\S\n]*\n?[^\S\n]*")
_CLOSING = {"{": "}", "[": "]", "(": ")", "<": ">"}
_STOPS = {close: re.compile(rf"[{{}}\{close}]") for close in _CLOSING.values()}
_LONGEST, _LONGEST_OPTION, _DEEPEST = 100_000, 2_000, 5
"""Characters, and braces in braces, of an argument; what has more was never closed."""


@dataclass(frozen=True, slots=True)
class Citation:
    """A key that a file cites."""

    key: str
    line: int
    start: int = -1
    """Where it begins in the text of the file."""


@dataclass(frozen=True, slots=True)
class TexFile:
    """What a LaTeX file says about citations."""

    citations: tuple[Citation, ...]
    r"""In order; `*` is what `\nocite{*}` cites."""
    defined: frozenset[str]
    r"""Keys of its own `\bibitem`s."""
    included: tuple[Citation, ...]
    """The names of the files that it reads, as written."""


def read_tex(text: str) -> TexFile:
    r"""Find what a LaTeX file cites and reads.

    >>> tex = read_tex(r"\citep[see][p.~2]{a, b} % \cite{c}" "\n" r"\nocite{*}")
    >>> [citation.key for citation in tex.citations]
    ['a', 'b', '*']
    """
    plain = _without_hidden(text.replace("\r\n", " \n").replace("\r", "\n"))  # places stay
    line_ends = [found.start() for found in re.finditer("\n", plain)]
    citations: list[Citation] = []
    included: list[Citation] = []
    defined: set[str] = set()
    for found in _COMMAND.finditer(plain):
        name = found[1]
        if _NO_CITATION.match(name) or _DEFINED.search(
            plain, max(0, found.start() - 30), found.start()
        ):
            continue
        if name in _INCLUDES or name in _FROM_FOLDER:
            if file := _file_name(plain, found.end(), name):
                included.append(Citation(file, bisect_right(line_ends, found.start()) + 1))
            continue
        for start, argument in _arguments(plain, found.end(), name):
            for offset, key in _keys(argument):
                if name == "bibitem":
                    defined.add(key)
                else:
                    place = start + offset
                    citations.append(Citation(key, bisect_right(line_ends, place) + 1, place))
    return TexFile(tuple(citations), frozenset(defined), tuple(included))


def _without_hidden(text: str) -> str:
    """Blank out comments and verbatim text; every line stays where it is."""
    kept: list[str] = []
    at = 0
    unclosed: set[str] = set()
    while found := _HIDDEN.search(text, at):
        start, end = found.span()
        kept.append(text[at:start])
        if found["escape"]:
            kept.append("  " if found[0] == "\\\\" else found[0])
            at = end
            continue
        if found["end"]:
            return "".join(kept)
        if (name := found["name"]) and name not in unclosed:
            closing = text.find(f"\\end{{{name}}}", end)
            end = closing if closing >= 0 else end
            if closing < 0:
                unclosed.add(name)  # looking to the end of the file once is enough
        kept.append(re.sub(r"[^\n]", " ", text[start:end]))
        at = end
    kept.append(text[at:])
    return "".join(kept)


def _arguments(text: str, at: int, name: str) -> Iterator[tuple[int, str]]:
    r"""Yield place and text of the arguments that hold keys: one, or all of `\cites`."""
    multiple = name.endswith("cites")
    skipped = 1 if re.match(r"[A-Za-z]?volcite", name) else 0
    if multiple and name.endswith("volcites"):
        return  # volumes and keys by turns; nobody uses it
    while True:
        at = _after_options(text, at)
        end = _closing(text, at) if text[at : at + 1] == "{" else -1
        if end < 0:
            return
        if skipped:
            skipped -= 1
        else:
            yield at + 1, text[at + 1 : end]
            if not multiple:
                return
        at = end + 1


def _file_name(text: str, at: int, name: str) -> str:
    """Return the file that is read, when its name is written out."""
    parts: list[str] = []
    end = at
    for _ in range(2 if name in _FROM_FOLDER else 1):
        opening = _after_options(text, at)
        at = _closing(text, opening) if text[opening : opening + 1] == "{" else -1
        if at < 0:
            break
        parts.append(text[opening + 1 : at].strip())
        at += 1
    if not parts and name == "input" and (found := _UNBRACED.match(text, end)):
        parts = [found[1]]
    file = "/".join(part.rstrip("/") for part in parts if part)
    return file if _KEY.fullmatch(file) else ""


def _after_options(text: str, at: int) -> int:
    """Return where the next thing that is no optional argument begins."""
    while True:
        found = _BLANKS.match(text, at)
        place = found.end() if found else at
        if text[place : place + 1] not in ("[", "(", "<"):
            return place
        end = _closing(text, place)
        if end < 0:
            return place
        at = end + 1


def _closing(text: str, opening: int) -> int:
    """Return where an argument is closed, braces inside counted, or -1."""
    close = _CLOSING[text[opening]]
    depth = 0
    limit = opening + (_LONGEST if close == "}" else _LONGEST_OPTION)
    for found in _STOPS[close].finditer(text, opening + 1, limit):
        if depth == 0 and found[0] == close:
            return found.start()
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if not 0 <= depth <= _DEEPEST:
            return -1
    return -1


def _keys(argument: str) -> Iterator[tuple[int, str]]:
    offset = 0
    for part in argument.split(","):
        key = " ".join(part.split())
        if _KEY.fullmatch(key):
            yield offset + len(part) - len(part.lstrip()), key
        offset += len(part) + 1
