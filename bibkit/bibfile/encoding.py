"""The bytes of a bibliography ↔ text, so that encoding the text again gives the same bytes.

What is neither UTF-8, UTF-16 nor UTF-32 is read as Latin-1, which accepts every byte; but it may be
any 8-bit code, so only ASCII is ever added to such a file.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass

from bibkit.errors import OutputError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins with UTF-16's mark
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_STRAY_BYTE = re.compile("[\udc80-\udcff]")
"""What Python's `surrogateescape` makes of a byte that is not UTF-8 (PEP 383)."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a file spells its characters."""

    name: str
    """The name of Python's codec; `latin-1` stands for any 8-bit code."""
    bom: bytes = b""
    damaged: bool = False
    """True for UTF-8 with single bytes that are not."""

    @property
    def ascii_only(self) -> bool:
        """True when only ASCII is safe to add, because the code is not really known."""
        return self.name == "latin-1"

    def encode(self, text: str) -> bytes:
        """Return the bytes of text in this file, without byte order mark."""
        return text.encode(self.name, "surrogateescape" if self.damaged else "strict")


UTF8 = Encoding("utf-8")


def decode(data: bytes, *, origin: str) -> tuple[str, Encoding]:
    r"""Return a file's text, without byte order mark, and how it was encoded.

    UTF-16 is known by its byte order mark, or by the NUL in every second byte. What is binary, or
    UTF-16 that is damaged, is refused.

    >>> decode("é".encode("utf-16"), origin="refs.bib")
    ('é', Encoding(name='utf-16-le', bom=b'\xff\xfe', damaged=False))
    >>> decode(b"M\xfcller", origin="refs.bib")[1].name
    'latin-1'
    """
    bom, name = next(((b, n) for b, n in _BOMS if data.startswith(b)), (b"", _unmarked(data)))
    body = data[len(bom) :]
    try:
        text, encoding = body.decode(name), Encoding(name, bom)
    except UnicodeDecodeError:
        if name != "utf-8":
            message = (
                f"starts like {name[:6].upper()} and is not; nothing can be added to it safely"
            )
            raise OutputError(message, origin=origin, code="encoding") from None
        text, encoding = _eight_bit(body, bom)
    if "\0" in text:
        message = "holds NUL bytes: binary, or UTF-16 or UTF-32 without a known byte order mark"
        raise OutputError(message, origin=origin, code="encoding")
    return text, encoding


def _unmarked(data: bytes) -> str:
    """Tell UTF-16 without a byte order mark: its ASCII, most of a .bib, has NUL for a half."""
    if b"\0" not in data or len(data) % 2:
        return "utf-8"
    for name, high, low in (
        ("utf-16-le", data[1::2], data[::2]),
        ("utf-16-be", data[::2], data[1::2]),
    ):
        if high.count(0) * 2 > len(high) and low.count(0) * 8 < len(low):
            return name
    return "utf-8"


def _eight_bit(body: bytes, bom: bytes) -> tuple[str, Encoding]:
    """Tell a UTF-8 file with a few bad bytes from a file in an 8-bit code."""
    text = body.decode("utf-8", "surrogateescape")
    stray = len(_STRAY_BYTE.findall(text))
    whole = sum(c > "\x7f" for c in text) - stray
    if bom or whole > stray:
        return text, Encoding("utf-8", bom, damaged=True)
    return body.decode("latin-1"), Encoding("latin-1")


def readable(text: str) -> str:
    """Return text of the same length to parse and show: lines end in LF, no stray bytes."""
    if "\r" in text:
        text = re.sub(r"\r(?!\n)", "\n", text)
    return text if text.isascii() else _STRAY_BYTE.sub("\N{REPLACEMENT CHARACTER}", text)


def with_lf(text: str) -> str:
    """Return text with every line ending as LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def newline_of(text: str) -> str:
    r"""Return the line ending that most lines have; LF when there is none.

    >>> newline_of("a\r\nb\r\nc\n"), newline_of("")
    ('\r\n', '\n')
    """
    pairs = text.count("\r\n")
    counts = {"\n": text.count("\n") - pairs, "\r\n": pairs, "\r": text.count("\r") - pairs}
    return max(counts, key=lambda newline: counts[newline])


def tex_ascii(text: str, *, origin: str) -> str:
    r"""Spell every character that is not ASCII in TeX, for files whose code is not known.

    A character for which TeX has no spelling is refused.

    >>> tex_ascii("Łukasz Müller", origin="refs.bib")
    '{\\L}ukasz M{\\"u}ller'
    """
    if text.isascii():
        return text
    from pylatexenc.latexencode import UnicodeToLatexEncoder

    encoder = UnicodeToLatexEncoder(
        non_ascii_only=True,
        replacement_latex_protection="braces-all",
        unknown_char_policy="fail",
        unknown_char_warning=False,
    )
    try:
        return str(encoder.unicode_to_latex(unicodedata.normalize("NFC", text)))
    except ValueError:
        bad = next(c for c in text if not c.isascii() and not _has_tex(c))
        message = f"neither UTF-8 nor UTF-16, so {bad!r} cannot be added: convert the file to UTF-8"
        raise OutputError(message, origin=origin, code="encoding") from None


def _has_tex(char: str) -> bool:
    from pylatexenc.latexencode import get_builtin_uni2latex_dict

    return ord(char) in get_builtin_uni2latex_dict()
