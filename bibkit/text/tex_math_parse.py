r"""A TeX formula → a tree of what is in it; macros that are on no list become mere names."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bibkit.text import tex_tables as tex

_TOKEN = re.compile(r"\\[a-zA-Z]+|\\.|\s+|.", re.DOTALL)
_DEEPEST = 20
_PLAIN = frozenset("+-*/=<>()[]|.,:;!?'@\"`&%#$")
_SCRIPTS = {"^": "^", "_": "_", r"\sp": "^", r"\sb": "_"}
_FRACTIONS = {"frac": "frac", "dfrac": "frac", "tfrac": "frac", "cfrac": "frac", "binom": "choose"}
_STACKS = {"stackrel": "stack", "overset": "stack", "underset": "under"}
_INFIX = {r"\over": "frac", r"\choose": "choose"}
_DELIMITERS = {"<": ("symbol", "langle"), ">": ("symbol", "rangle"), ".": ("nothing", "")}
_TEXT = frozenset(
    "text textrm textnormal mbox hbox textbf textit emph textsf texttt textsc operatorname "
    "ce".split()
)
"""Fonts in whose argument a blank is a blank."""
_MEASURES = frozenset("hspace vspace label tag color phantom hphantom vphantom".split())
"""Macros that vanish with their argument."""
_SYMBOL_OF = {character: name for name, character in tex.MATH_SYMBOLS.items()}


@dataclass(frozen=True, slots=True)
class Node:
    """A piece of a formula: a kind, perhaps a name or a character, perhaps parts."""

    kind: str
    value: str = ""
    parts: tuple[Node, ...] = ()


class MathError(ValueError):
    """A formula that is not well formed: an argument missing, a brace or a superscript too many."""


def parse(source: str) -> tuple[Node, ...]:
    """Return the pieces of a formula (without its dollars), or raise MathError."""
    reader = _Reader(_TOKEN.findall(source))
    nodes = reader.nodes(0)
    if reader.next:
        raise MathError("a closing brace too many")
    return nodes


class _Reader:
    """What is left of the tokens, in a list from the last to the next."""

    def __init__(self, tokens: list[str]) -> None:
        self._left = tokens[::-1]
        self._fonts = 0  # how many surround the next token

    @property
    def next(self) -> str:
        return self._left[-1] if self._left else ""

    def nodes(self, depth: int) -> tuple[Node, ...]:
        """Read up to the end of the group."""
        if depth > _DEEPEST:
            raise MathError("too deep")
        found: list[Node] = []
        scripts: set[str] = set()
        while self.next not in ("", "}"):
            piece = self._left.pop()
            if piece in _SCRIPTS or self._is_escaped_subscript(piece, scripts):
                kind = _SCRIPTS.get(piece, "_")
                if kind in scripts:
                    raise MathError("two scripts of a kind")
                scripts.add(kind)
                found.append(Node(kind, parts=(self._argument(depth),)))
            elif piece in _INFIX:
                below = Node("group", parts=self.nodes(depth + 1))
                return (Node(_INFIX[piece], parts=(Node("group", parts=tuple(found)), below)),)
            elif piece[1:] in tex.MATH_SWITCHES and piece[0] == "\\":
                rest = Node("group", parts=self.nodes(depth + 1))
                return (*found, Node("font", piece[1:], (rest,)))
            elif not piece.isspace():
                if piece == "'" and "^" in scripts:
                    raise MathError("a prime after a superscript")
                if piece != "'":
                    scripts.clear()
                found.append(self._atom(piece, depth))
        return tuple(found)

    def _is_escaped_subscript(self, piece: str, scripts: set[str]) -> bool:
        r"""Tell whether `\_` is the slip that `$D\_4$` is; in `\mathrm{a\_b}` it is a character."""
        if piece != r"\_" or self._fonts or "_" in scripts:
            return False
        return self.next[:1] == "{" or self.next.isalnum() or self.next[1:].isalpha()

    def _atom(self, piece: str, depth: int) -> Node:
        if piece == "{":
            group = Node("group", parts=self.nodes(depth + 1))
            if not self._left:
                raise MathError("a closing brace too few")
            self._left.pop()
            return group
        if piece[0] == "\\":
            return self._macro(piece[1:], depth)
        if not piece.isascii() and piece in _SYMBOL_OF:
            return Node("symbol", _SYMBOL_OF[piece])
        return Node("char", piece) if piece in _PLAIN or piece.isalnum() else Node("nothing")

    def _argument(self, depth: int) -> Node:
        while self.next.isspace():
            self._left.pop()
        if self.next in ("", "}", *_SCRIPTS):
            raise MathError("an argument is missing")
        return self._atom(self._left.pop(), depth + 1)

    def _macro(self, name: str, depth: int) -> Node:  # noqa: C901 - one line for each kind
        if depth > _DEEPEST:
            raise MathError("too deep")
        if name in tex.MATH_SPACES or name == "\\":
            return Node("space", name)
        if name in tex.MATH_IGNORED:
            return self._ignored(name)
        if name in tex.MATH_ALIASES:
            return Node("alias", name, parse(tex.MATH_ALIASES[name]))
        if name in tex.MATH_SYMBOLS:
            return Node("symbol", name)
        if name in tex.MATH_NAMES:
            return Node("name", name)
        if name in ("&", "%", "#", "$", "_"):
            return Node("char", name)
        if name in tex.MATH_ACCENTS:
            return Node("accent", name, (self._argument(depth),))
        if name in tex.MATH_FONTS:
            self._fonts += 1
            argument = self._words(depth) if name in _TEXT else self._argument(depth)
            self._fonts -= 1
            return Node("font", name, (argument,))
        if name in _FRACTIONS or name in _STACKS:
            kind = _FRACTIONS.get(name) or _STACKS[name]
            return Node(kind, parts=(self._argument(depth), self._argument(depth)))
        if name == "sqrt":
            degree = self._optional(depth)
            return Node("sqrt", parts=(self._argument(depth), *degree))
        if name in ("not", "pmod"):
            return Node(name, parts=(self._argument(depth),))
        if name in _MEASURES or name == "textcolor":
            self._argument(depth)
            return self._argument(depth) if name == "textcolor" else Node("nothing")
        if name in ("begin", "end"):
            raise MathError("an environment")
        if name == "unicode":
            return self._code_point(self._argument(depth))
        return Node("unknown", name) if name.isalpha() else Node("nothing")

    def _code_point(self, group: Node) -> Node:
        r"""Read MathJax's `\unicode{x2102}`."""
        digits = "".join(part.value for part in group.parts)
        if not re.fullmatch(r"x[0-9A-Fa-f]{2,4}", digits):
            raise MathError("no code point")
        return self._atom(chr(int(digits[1:], 16)), 0)

    def _ignored(self, name: str) -> Node:
        r"""Drop a size; but `\left<` is an angle, and `\left.` is nothing."""
        if name.startswith(("left", "right", "big", "Big")) and self.next in ("<", ">", "."):
            return Node(*_DELIMITERS[self._left.pop()])
        return Node("nothing")

    def _optional(self, depth: int) -> tuple[Node, ...]:
        if self.next != "[" or "]" not in self._left:
            return ()
        self._left.pop()
        inside: list[Node] = []
        while self._left and self.next != "]":
            inside.append(self._argument(depth))
        if not self._left:
            raise MathError("a closing bracket is missing")
        self._left.pop()
        return (Node("group", parts=tuple(inside)),)

    def _words(self, depth: int) -> Node:
        """Read an argument of text: blanks count, dollars do not."""
        while self.next.isspace():
            self._left.pop()
        if self.next != "{":
            return self._argument(depth)
        for place in range(len(self._left) - 2, -1, -1):
            piece = self._left[place]
            if piece in ("{", "}"):
                break
            if piece.isspace():
                self._left[place] = "\\ "
            elif piece in ("$", "-", "_", "^"):
                self._left[place] = {"$": "\\!", "-": "-"}.get(piece, "\\" + piece)
        return self._argument(depth)
