"""The bytes of a listing → text. The encoding is never guessed: a wrong guess spoils titles.

XML and e-mails say themselves what they are in. The parts of an e-mail may differ: what is no UTF-8
in it stays as surrogates, which its reader turns back into bytes.
"""

from __future__ import annotations

import codecs
import re

from bibkit.errors import ListingError

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_XML = re.compile(rb"\s*<\?xml\b[^>]{0,100}\bencoding\s*=\s*[\"']([A-Za-z][\w.:-]{1,30})[\"']")
_SINGLE_BYTE = re.compile(
    r"(?:iso[-_]?8859|latin|windows-125|cp125|koi8|us-ascii|ascii)", re.IGNORECASE
)
_BINARY_SHARE = 0.1
"""More control characters than this are no text."""


def decode(data: bytes, *, origin: str) -> str:
    r"""Decode a listing: UTF-8, or UTF-16 with a byte order mark.

    Raises:
        ListingError: empty, no text, or in another encoding.

    >>> decode(b"\xef\xbb\xbfA title", origin="list.txt")
    'A title'

    """
    if not data.strip():
        raise ListingError("the file is empty", origin=origin, code="listing-empty")
    text = _decoded(data, origin)
    controls = sum(text.count(chr(code)) for code in (*range(9), *range(14, 27), *range(28, 32)))
    if "\0" in text or controls > _BINARY_SHARE * len(text):
        raise ListingError("no text file", origin=origin, code="listing-binary")
    return text


def _decoded(data: bytes, origin: str) -> str:
    name, encoding = ("UTF-16", "utf-16") if data.startswith(_UTF16) else ("UTF-8", "utf-8-sig")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        if (declared := _declared(data)) is not None:
            return declared
        if b"\0" in data and name == "UTF-8":
            raise ListingError("no text file", origin=origin, code="listing-binary") from error
        line = data.count(b"\n", 0, error.start) + 1
        message = f"no {name} text from byte {error.start} on: save it as UTF-8"
        raise ListingError(message, origin=f"{origin}:{line}", code="listing-encoding") from error


def _declared(data: bytes) -> str | None:
    """Decode what says itself that it is in an old encoding; None for everything else."""
    from bibkit.listing.mime import is_mail  # here: only few files need it

    found = _XML.match(data)
    name = found[1].decode("ascii") if found else ""
    if _SINGLE_BYTE.match(name):
        try:
            return data.decode(name)
        except (LookupError, UnicodeDecodeError):
            return None
    text = data.decode("utf-8", "surrogateescape")
    return text if b"\0" not in data and is_mail(text) else None
