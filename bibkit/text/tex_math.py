r"""A TeX formula → the same formula in kernel LaTeX, or in plain Unicode; hostile input is inert.

Only the parsed tree is written, never the source: a macro that is on no list comes out as its name
in roman type, so `\input{x}` prints the word "input" and opens nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from bibkit.text import tex_tables as tex
from bibkit.text.tex_math_parse import MathError, Node, parse

_BODY = r"((?:[^$\\]|\\.){1,1000}?)"
_SPAN = re.compile(
    rf"(?<!\\)(?:\$\${_BODY}\$\$|\${_BODY}\$)|\\\((.{{1,1000}}?)\\\)|\\\[(.{{1,1000}}?)\\\]",
    re.DOTALL,
)
_SPELLED = {"langle": r"\bigl<", "rangle": r"\bigr>", "surd": r"\sqrt{}"}
"""biber turns `\\langle` into a character that no formula takes; pandoc does not know `\\surd`."""
_MACRO = re.compile(r"\\[a-zA-Z]+(?:\s*\{[^{}]*\})?")
_PROSE = re.compile(r"(?:[^\W\d_]{3,}[\s,.;:]+){2}[^\W\d_]{3,}")
_MACRO_AT_END = re.compile(r"\\[a-zA-Z]+$")
_PRIVATE = re.compile("[\ue000-\uf8ff]")
"""What the encoder sets braces with: a formula must not swallow one of a pair."""
_RELATIONS = frozenset("≤≥≠≪≫∼≃≈≅≡∝∈∉⊂⊃⊆⊇→←↔⇒⇔↦⟶=<>×⊗⋊")
_STACKED = {"<∼": " ≲ ", ">∼": " ≳ "}
"""What the kernel must build from two characters."""
_COMMON_FORMS = str.maketrans("ϵϕ", "εφ")
r"""Text spells `\epsilon` and `\phi` with the letters of every keyboard."""


def formulas(text: str, accept: Callable[[str], bool]) -> Iterator[tuple[int, int, str]]:
    """Yield where each formula between dollars begins and ends, and what is in it.

    What is not accepted is no formula; the search goes on behind its first dollar.
    """
    place = 0
    while found := _SPAN.search(text, place):
        body = next(group for group in found.groups() if group is not None)
        formula = _stripped(body)
        dollar = text[found.start()] == "$"
        after = text[found.end() : found.end() + 1]
        if (not dollar or _is_formula(body, after)) and accept(formula):
            yield found.start(), found.end(), formula
            place = found.end()
        else:
            place = found.start() + 1


def replace_formulas(text: str, replace: Callable[[str], str]) -> str:
    r"""Replace every well-formed `$…$` that is a formula and no price.

    >>> replace_formulas("from $5 to $10, $K$-theory and $x^$", str.lower)
    'from $5 to $10, k-theory and $x^$'
    """
    pieces: list[str] = []
    place = 0
    for start, end, body in formulas(text, is_well_formed):
        pieces += [text[place:start], replace(body)]
        place = end
    return "".join([*pieces, text[place:]])


def is_well_formed(source: str) -> bool:
    """Tell whether TeX would take a formula."""
    return kernel_math(source) is not None


@lru_cache(maxsize=1000)  # asked for once when a formula is found, once when it is written
def kernel_math(source: str) -> str | None:
    r"""Return a formula in macros of the LaTeX kernel alone; None when it is not well formed.

    >>> kernel_math(r"L^p(\mathbb R^n)"), kernel_math(r"\input{x}"), kernel_math("x^")
    ('L^{p}(\\mathbf{R}^{n})', '\\mathrm{input}{x}', None)
    """
    if _PRIVATE.search(source):
        return None
    try:
        formula = _latex(parse(source))
        parse(formula)  # what has no kernel form may leave two scripts side by side
    except MathError:
        return None
    return formula or None


def plain_math(source: str) -> str:
    r"""Return a formula as a line of Unicode, as well as it goes.

    >>> plain_math(r"L^p(\mathbb R^n)"), plain_math(r"\frac{a+b}{2}\leq\epsilon_{ij}")
    ('L^p(ℝⁿ)', '(a+b)/2 ≤ ε_ij')
    """
    try:
        text = _text(parse(source))
    except MathError:
        text = re.sub(r"[\\{}$]", "", source)
    return unicodedata.normalize("NFC", " ".join(text.split()))


def lone_character(source: str) -> str | None:
    r"""Return the character that a formula is, when text has the same one.

    >>> lone_character(r"\alpha"), lone_character("_{12}"), lone_character(r"^\circ")
    ('α', '₁₂', '°')
    >>> lone_character("K")
    """
    try:
        nodes = parse(source)
    except MathError:
        return None
    if len(nodes) != 1:
        return None
    node = nodes[0].parts[0] if nodes[0].kind == "alias" and len(nodes[0].parts) == 1 else nodes[0]
    if node.kind == "symbol":
        character = tex.MATH_SYMBOLS[node.value]
        return None if character.isascii() else character
    if node.kind in ("^", "_"):
        inner = _text(node.parts)
        if node.kind == "^" and inner == "∘":
            return "°"
        return _moved(node.kind, inner) if inner.isascii() and inner.isdecimal() else None
    if node.kind == "char" and node.value == "'":
        return "′"
    if node.kind == "sqrt" and not _text(node.parts):
        return "√"
    alone = node.kind == "char" and (node.value in "<>|" or not node.value.isascii())
    return node.value if alone else None


def _stripped(body: str) -> str:
    r"""Drop blanks around a formula, a spelled one (`\ `) at the end whole."""
    stripped = body.strip()
    backslashes = len(stripped) - len(stripped.rstrip("\\"))
    return stripped[:-1].rstrip() if backslashes % 2 else stripped


def _is_formula(body: str, after: str) -> bool:
    """Tell a formula from prose between two others, and from a price, as pandoc does.

    But `$ N $` is one, for arXiv's authors write so.
    """
    if not body.strip() or _PROSE.search(_MACRO.sub(" ", body)):
        return False
    if re.search(r"[\\^_]", body):
        return True
    if body.strip() != body:
        return len(body.strip()) <= 3 and body.strip().isalpha()
    return not (body[0].isdigit() and (after.isdigit() or " " in body))


def _latex(nodes: Iterable[Node]) -> str:
    pieces: list[str] = []
    for piece in map(_latex_node, nodes):
        if pieces and piece[:1].isalpha() and _MACRO_AT_END.search(pieces[-1]):
            pieces.append(" ")
        if piece:
            pieces.append(piece)
    return "".join(pieces)


def _latex_node(node: Node) -> str:  # noqa: C901 - one line for each kind of node
    parts = [_latex(part.parts if part.kind == "group" else (part,)) for part in node.parts]
    match node.kind:
        case "char":
            return _latex_character(node.value)
        case "symbol" | "name":
            return _SPELLED.get(node.value, f"\\{node.value}")
        case "unknown":
            return f"\\mathrm{{{node.value}}}"
        case "space":
            return "\\ " if node.value in (" ", "\\") else f"\\{node.value}"
        case "group":
            return f"{{{_latex(node.parts)}}}"
        case "nothing":
            return ""
        case "^" | "_":
            return f"{node.kind}{{{parts[0]}}}"
        case "accent" | "pmod":
            return f"\\{node.value or node.kind}{{{parts[0]}}}"
        case "alias":
            return _latex(node.parts)
        case "sqrt":
            return f"\\sqrt[{parts[1]}]{{{parts[0]}}}" if parts[1:] else f"\\sqrt{{{parts[0]}}}"
        case "font":
            return f"\\{_kernel_font(node)}{{{parts[0]}}}"
        case "frac":
            return f"\\frac{{{parts[0]}}}{{{parts[1]}}}"
        case "choose":
            return f"(\\stackrel{{{parts[0]}}}{{{parts[1]}}})"  # amsmath warns of \\choose
        case "stack":
            return f"\\stackrel{{{parts[0]}}}{{{parts[1]}}}"
        case "under":
            return f"{{{parts[1]}}}_{{{parts[0]}}}"
        case _:
            return f"\\not {parts[0]}"


def _latex_character(character: str) -> str:
    if character in "&%#_$":
        return "\\" + character
    if character in ('"', "`"):
        return ""  # a prime could be one too many
    if character.isascii():
        return character
    return f"\\mbox{{{character}}}" if character in tex.SETTABLE else ""


def _kernel_font(node: Node) -> str:
    font = tex.MATH_FONTS[node.value]
    if font == "mathcal" and not re.fullmatch(r"[A-Z\s,]*", _text(node.parts)):
        return "mathit"  # the kernel's calligraphic font has capitals only
    return font


def _text(nodes: Iterable[Node]) -> str:
    pieces: list[str] = []
    for node in nodes:
        piece = _text_node(node)
        if pieces and pieces[-1][-1:].isalpha() and piece[:1].isalnum() and node.kind == "name":
            pieces.append(" ")
        pieces.append(piece + " " if node.kind == "name" else piece)
    return "".join(pieces)


def _text_node(node: Node) -> str:  # noqa: C901 - one line for each kind of node
    parts = [_text((part,)).strip() for part in node.parts]
    match node.kind:
        case "char":
            return f" {node.value} " if node.value in _RELATIONS else node.value
        case "symbol":
            character = tex.MATH_SYMBOLS[node.value].translate(_COMMON_FORMS)
            return f" {character} " if character in _RELATIONS else character
        case "name" | "unknown":
            return node.value
        case "space":
            return "" if node.value == "!" else " "
        case "nothing":
            return ""
        case "group":
            return _text(node.parts)
        case "alias":
            return tex.ALIAS_TEXT.get(node.value) or _text(node.parts)
        case "^" | "_":
            inner = parts[0].replace(" ", "")
            return _moved(node.kind, inner) or _scripted(node.kind, inner)
        case "accent":
            return parts[0] + tex.MATH_ACCENTS[node.value] if len(parts[0]) == 1 else parts[0]
        case "font":
            board = tex.MATH_FONTS[node.value] == "mathbf" and node.value[-2:] in ("bb", "ds", "bm")
            return (
                "".join(tex.BLACKBOARD.get(c, c) for c in parts[0]) if board else _text(node.parts)
            )
        case "frac":
            return f"{_bracketed(parts[0])}/{_bracketed(parts[1])}"
        case "choose":
            return f"({parts[0]} over {parts[1]})"
        case "sqrt":
            degree = _moved("^", parts[1]) or "" if parts[1:] else ""
            return f"{degree}√{_bracketed(parts[0]) if parts[0] else ''}"
        case "pmod":
            return f" (mod {parts[0]})"
        case "stack":
            return _STACKED.get("".join(parts)) or "".join(parts)
        case "under":
            return f"{parts[1]}_{parts[0]}"
        case _:
            return f" {parts[0]}\u0338 "


def _moved(kind: str, inner: str) -> str | None:
    """Return a raised or lowered text in Unicode's own characters, where it has them all."""
    table = tex.SUPERSCRIPTS if kind == "^" else tex.SUBSCRIPTS
    return inner.translate(table) if inner and all(ord(c) in table for c in inner) else None


def _scripted(kind: str, inner: str) -> str:
    return f"{kind}{inner}" if inner.isalnum() or len(inner) == 1 else f"{kind}({inner})"


def _bracketed(text: str) -> str:
    return text if text.isalnum() else f"({text})"
