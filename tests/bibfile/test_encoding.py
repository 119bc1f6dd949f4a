"""Bytes ↔ text: the same bytes again, and only what is safe is ever added."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibkit.bibfile import append, read_bib
from bibkit.bibfile.encoding import decode, newline_of
from bibkit.errors import OutputError


@given(st.binary(max_size=200))
def test_any_bytes_come_back_or_are_refused(data: bytes) -> None:
    try:
        text, encoding = decode(data, origin="refs.bib")
    except OutputError:
        return
    assert encoding.bom + encoding.encode(text) == data


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=80))
def test_utf8_and_utf16_are_told_apart(text: str) -> None:
    for codec in ("utf-8-sig", "utf-16", "utf-32"):
        assert decode(text.encode(codec), origin="x")[0] == text


@pytest.mark.parametrize(
    ("data", "name", "damaged"),
    [
        (b"plain", "utf-8", False),
        ("Jörg Müller".encode(), "utf-8", False),
        ("Jörg Müller".encode("latin-1"), "latin-1", False),
        ("Jörg Müller, Łukasz — 视觉 ".encode() + b"\xe9", "utf-8", True),
        (b"\xef\xbb\xbfa\xff", "utf-8", True),
        ("机器学习".encode("gbk"), "latin-1", False),
    ],
)
def test_encodings(data: bytes, name: str, damaged: bool) -> None:
    encoding = decode(data, origin="x")[1]
    assert (encoding.name, encoding.damaged) == (name, damaged)


@pytest.mark.parametrize(
    ("text", "newline"),
    [("", "\n"), ("a\r\nb\r\n", "\r\n"), ("a\rb\rc", "\r"), ("a\r\nb\n", "\n"), ("a\r\nb", "\r\n")],
)
def test_newline_of_most_lines(text: str, newline: str) -> None:
    assert newline_of(text) == newline


def test_only_ascii_is_added_to_an_8_bit_file() -> None:
    bib = read_bib("% Müller\n".encode("latin-1"), origin="refs.bib")
    data = append(bib, "@misc{k,\n  author = {Łukasz Müller},\n  title = {A – B},\n}\n")
    added = data.removeprefix(bib.data)
    assert added.isascii()
    assert b'author = {{\\L}ukasz M{\\"u}ller}' in added
    assert read_bib(data, origin="x").entries[0].key == "k"


def test_what_tex_cannot_spell_is_refused_in_an_8_bit_file() -> None:
    bib = read_bib("% Müller\n".encode("latin-1"), origin="refs.bib")
    with pytest.raises(OutputError, match=r"^refs\.bib: encoding: .*'视'.*UTF-8$"):
        append(bib, "@misc{k, title = {视觉}}\n")


def test_what_the_file_cannot_hold_is_refused() -> None:
    with pytest.raises(OutputError, match="encoding"):
        append(read_bib(b"", origin="refs.bib"), "@misc{k, title = {\ud800}}\n")
