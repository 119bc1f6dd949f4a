"""Packed answers: unpacked right, and never further than the bound."""

from __future__ import annotations

import gzip
import random
import tracemalloc
import zlib
from collections.abc import Callable, Iterator

import pytest

from bibkit.sources.trouble import BadAnswer
from bibkit.sources.unpacking import bounded

TEXT = random.Random(1).randbytes(200_000) + b"bees dance " * 60_000


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def members(data: bytes) -> bytes:
    return gzip.compress(data[:1000]) + gzip.compress(data[1000:])


def padded(data: bytes) -> bytes:
    return gzip.compress(data) + b"\x00" * 512


def pieces(data: bytes, size: int) -> Iterator[bytes]:
    return (data[i : i + size] for i in range(0, len(data), size))


@pytest.mark.parametrize("text", [TEXT, b"", b"x", b"y" * 65_536, b"z" * 1_000_000])
@pytest.mark.parametrize("size", [1000, 65_536, 10_000_000])
@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("", bytes),
        ("gzip", gzip.compress),
        ("GZIP", gzip.compress),
        ("x-gzip", members),
        ("gzip", padded),
        ("deflate", zlib.compress),
        ("deflate", raw_deflate),
    ],
)
def test_what_was_packed_comes_out(
    text: bytes, size: int, encoding: str, pack: Callable[[bytes], bytes]
) -> None:
    assert bounded(pieces(pack(text), size), encoding, most=10_000_000) == text


@pytest.mark.parametrize("encoding", ["br", "zstd", "compress", "gzip, gzip", "gzip,deflate", "é"])
def test_only_what_was_asked_for_is_unpacked(encoding: str) -> None:
    with pytest.raises(BadAnswer, match="not asked for"):
        bounded([b"anything"], encoding, most=1000)


@pytest.mark.parametrize(
    "data", [gzip.compress(TEXT)[:-9], gzip.compress(TEXT)[:5000], b"no gzip", b"\x1f\x8b\x08"]
)
def test_a_damaged_body_is_refused(data: bytes) -> None:
    with pytest.raises(BadAnswer):
        bounded(pieces(data, 4096), "gzip", most=10_000_000)


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress, raw_deflate])
def test_a_bomb_is_refused_in_little_memory(pack: Callable[[bytes], bytes]) -> None:
    bomb = pack(bytes(200_000_000))
    tracemalloc.start()
    try:
        with pytest.raises(BadAnswer, match="more than"):
            bounded([bomb], "gzip", most=1_000_000)
        assert tracemalloc.get_traced_memory()[1] < 4_000_000
    finally:
        tracemalloc.stop()
