"""Three versions of a .bib, as bytes → the same in one spelling: one encoding, one line ending.

Encoding, byte order mark and line ending are merged like any other value. What cannot be merged for
certain is refused here, and git's own merge has its turn.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bibkit.bibfile.encoding import Encoding, decode, newline_of, with_lf
from bibkit.errors import OutputError
from bibkit.git.pieces import Pieces, cut
from bibkit.merge.three_way import settle

_MARKERS = re.compile(r"^(?:<{7,}|>{7,})(?: |\r?$)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Versions:
    """What is merged."""

    base: Pieces
    mine: Pieces
    theirs: Pieces
    encoding: Encoding
    """Of the result."""
    newline: str

    @property
    def all(self) -> tuple[Pieces, Pieces, Pieces]:
        """Base, mine, theirs."""
        return self.base, self.mine, self.theirs


def read_versions(base: bytes, mine: bytes, theirs: bytes, *, origin: str) -> Versions:
    """Read three versions, or raise where they cannot be merged piece by piece."""
    read = [decode(data, origin=origin) for data in (base, mine, theirs)]
    texts = [text for text, _ in read]
    for text in texts:
        found = _MARKERS.search(text)
        if found:
            line = text.count("\n", 0, found.start()) + 1
            message = f"a version of it has conflict markers (its line {line})"
            raise OutputError(message, origin=origin, code="markers")
    encoding = _encoding([one for _, one in read], texts, origin)
    newline = _newline(texts)
    same = [text if newline_of(text) == newline else _with(text, newline) for text in texts]
    return Versions(cut(same[0]), cut(same[1]), cut(same[2]), encoding, newline)


def _with(text: str, newline: str) -> str:
    return with_lf(text).replace("\n", newline)


def _newline(texts: Sequence[str]) -> str:
    """Return the line ending of the result; a text of one line has none to say."""
    base, mine, theirs = (newline_of(t) if "\n" in t or "\r" in t else None for t in texts)
    chosen = mine or theirs or base
    if mine and theirs:
        chosen = settle(base, mine, theirs).value
    return chosen or "\n"


def _encoding(found: Sequence[Encoding], texts: Sequence[str], origin: str) -> Encoding:
    """Return the encoding of the result; an 8-bit code that nobody names goes with no other."""
    unknown = next((one for one in found if one.ascii_only), None)
    if unknown:
        pairs = zip(found, texts, strict=True)
        if not all(one.ascii_only or text.isascii() for one, text in pairs):
            message = "its versions are in different encodings"
            raise OutputError(message, origin=origin, code="encoding")
        return unknown
    by_name = {_name(one): one for one in found}
    names = [None if text.isascii() and not one.bom and one.name == "utf-8" else _name(one)
             for one, text in zip(found, texts, strict=True)]  # fmt: skip
    chosen = settle(*names).value or names[1] or names[2] or names[0]
    encoding = by_name[chosen] if chosen else found[1]
    damaged = any(one.damaged for one in found)
    if damaged and encoding.name != "utf-8":
        raise OutputError("its versions are in different encodings", origin=origin, code="encoding")
    return replace(encoding, damaged=damaged)


def _name(encoding: Encoding) -> str:
    return f"{encoding.name} {encoding.bom.hex()}"
