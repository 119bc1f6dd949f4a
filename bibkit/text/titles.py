r"""Titles as they are compared: keys for equality, tokens for alignment, numbers for vetoes.

TeX and Unicode spellings of one title must give one key, and this runs on millions of titles, so
macros are folded by name (`$\alpha$`, `α` and `alpha` are one) instead of parsed.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import islice
from typing import NewType

TitleKey = NewType("TitleKey", str)
"""A title that has been through `title_key`; compare these, never raw titles."""

_SYMBOLS = frozenset(
    "times infty cdot cdots ldots dots to rightarrow leftarrow leftrightarrow mapsto leq geq "
    "le ge neq ne sim simeq approx equiv pm mp propto subset in forall exists partial nabla "
    "circ star ast bullet dagger ell prime degree textdegree quad qquad left right big bigg "
    "langle rangle textregistered texttrademark textendash textemdash textquoteright "
    "textquoteleft xspace".split()
)
"""Macros whose Unicode character is not a letter: both spellings vanish from the key."""
_FORMATS = frozenset(
    "mathbb mathcal mathrm mathbf mathsf mathtt mathit mathfrak mathscr boldsymbol bm bf it "
    "rm sf tt sc cal em emph text textbf textit textrm textsf texttt textsc textup textsl "
    "textnormal textsuperscript textsubscript operatorname ensuremath mbox hbox displaystyle "
    "underline overline hat tilde bar vec widetilde widehat dot ddot large small protect url "
    "href".split()
)
"""Macros that only dress their argument."""
_MACRO = re.compile(r"\\([a-zA-Z]+)\s?|\\(.)")
_LETTERS = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta",
    "θ": "theta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi",
    "π": "pi", "ρ": "rho", "σ": "sigma", "ς": "sigma", "τ": "tau", "υ": "upsilon", "φ": "phi",
    "χ": "chi", "ψ": "psi", "ω": "omega", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae",
    "œ": "oe", "þ": "th", "ð": "d", "ħ": "h", "ŋ": "ng",
}  # fmt: skip
_FOLD = str.maketrans(_LETTERS)
_ASCII_KEY = {c: None for c in range(128) if not chr(c).isalnum()}
_ASCII_WORDS = {c: chr(c).lower() if chr(c).isalpha() else " " for c in range(128)}
_UNEVEN = re.compile(r"[0-9\\]")
_TOKEN = re.compile(r"\d+(?:\.\d+)*|[^\W\d_]+")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_SUBTITLE = re.compile(r":\s+|\s(?:-{1,3}|–|—)\s+|(?<=[?!])\s+(?=[A-Z\d])")
"""What sets a subtitle off; a quarter of arXiv's titles have a colon."""


def title_key(title: str) -> TitleKey:
    r"""Fold case, accents, TeX and punctuation away; keep every script.

    >>> title_key("{GPT}-4: Étude of 视觉")
    'gpt4etudeof视觉'
    >>> title_key(r"D{\epsilon}pS: $\epsilon$-Shrinking") == title_key("DεpS: ε-shrinking")
    True
    """
    if title.isascii() and "\\" not in title:
        return TitleKey(title.lower().translate(_ASCII_KEY))
    return TitleKey("".join(filter(str.isalnum, _folded(title))))


def title_tokens(title: str) -> tuple[str, ...]:
    """Return the words and numbers of a title, folded; letters and digits never share a token.

    >>> title_tokens("Qwen2.5-VL: Pre-Training & Étude")
    ('qwen', '2.5', 'vl', 'pre', 'training', 'etude')
    """
    if title.isascii() and not _UNEVEN.search(title):
        return tuple(title.translate(_ASCII_WORDS).split())  # nine of ten titles, in half the time
    return tuple(_TOKEN.findall(_THOUSANDS.sub("", _folded(title))))


def main_titles(title: str, *, most: int = 3) -> tuple[str, ...]:
    """Return what is left of a title without its subtitle, one for each place that may begin one.

    >>> main_titles("Look twice: Are two looks enough? A study")
    ('Look twice', 'Look twice: Are two looks enough?')
    >>> main_titles("Segment Anything")
    ()
    """
    ends = (found.start() for found in _SUBTITLE.finditer(title.rstrip()))
    return tuple(title[:end] for end in islice(ends, most) if title_key(title[:end]))


def _folded(title: str) -> str:
    if "\\" in title:
        title = _MACRO.sub(_macro_name, title)
    if title.isascii():
        return title.lower()
    decomposed = unicodedata.normalize("NFKD", title).casefold().translate(_FOLD)
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _macro_name(found: re.Match[str]) -> str:
    name: str | None = found[1]
    if name is None:  # an accent or an escaped character
        return "" if found[2] in "'`\"^~=." else found[2]
    folded = name.lower()  # a page in capitals has \MATHBB
    if folded in _SYMBOLS:
        return " "
    if folded in _FORMATS:
        return ""
    if len(name) == 1 and name in "cvuHkrdtb":  # an accent spelled with a letter: \v{s}
        return ""
    return name.removeprefix("var") if name.startswith("var") and len(name) > 3 else name
