"""The body of an answer, unpacked piece by piece and never further than a bound allows.

urllib3 before 2.6 unpacks whatever a piece holds at once: a kilobyte that was packed twice is a
gigabyte in memory before anything can count it.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from bibkit.sources.trouble import BadAnswer

_PIECE = 64 * 1024
_ANY_HEADER = zlib.MAX_WBITS | 32
"""gzip's or zlib's, whichever comes."""


def bounded(pieces: Iterable[bytes], encoding: str, *, most: int) -> bytes:
    """Return the unpacked body of at most `most` bytes.

    Raises:
        BadAnswer: it is longer, packed in a way that was not asked for, or damaged.

    """
    name = encoding.strip().lower()
    if name not in ("", "identity", "gzip", "x-gzip", "deflate"):
        raise BadAnswer("packs its answer in a way that was not asked for", tries=1)
    body = bytearray()
    for piece in pieces if name in ("", "identity") else _unpacked(pieces):
        body += piece
        if len(body) > most:
            raise BadAnswer("sends more than can be an answer", tries=1)
    return bytes(body)


def _unpacked(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield what gzip members or a deflate stream hold, a little at a time."""
    unpacker = None
    try:
        for piece in pieces:
            rest = piece
            while rest:
                if unpacker is None:
                    unpacker = zlib.decompressobj(_header(rest))
                elif unpacker.eof:
                    if not rest.startswith(b"\x1f"):  # padding behind the last member
                        return
                    unpacker = zlib.decompressobj(_ANY_HEADER)
                unpacked = unpacker.decompress(rest, _PIECE)
                yield unpacked
                while len(unpacked) == _PIECE and not unpacker.unconsumed_tail and not unpacker.eof:
                    unpacked = unpacker.decompress(b"", _PIECE)  # all read, not all given out
                    yield unpacked
                rest = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
    except zlib.error as error:
        raise BadAnswer("sends an answer that cannot be unpacked") from error
    if unpacker and not unpacker.eof:
        raise BadAnswer("breaks off its answers")


def _header(data: bytes) -> int:
    """Return what zlib is to expect: some servers send `deflate` without any header."""
    packed_with_header = data[:1] in (b"\x1f", b"\x78", b"\x58", b"\x68", b"\x48", b"\x38")
    return _ANY_HEADER if packed_with_header else -zlib.MAX_WBITS
