"""The HTML page, read back by lxml."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from bibkit.bibfile import read_html
from bibkit.emit import write
from bibkit.record import Entry
from bibkit.text.latex import plain_text
from bibkit.text.visible import visible
from tests.emit.test_markdown import PAPER, SPECIAL
from tests.emit.test_writers import HOSTILE, hostile_entry

TAGS = {*"html head meta title style body h1 ul li b i a time details summary p".split()}


def page(*entries: Entry) -> Any:
    return html.document_fromstring(write(entries, format="html").encode())


def test_a_reference() -> None:
    (item,) = page(PAPER).xpath("//ul[@class='bibliography']/li")
    assert item.get("id") == "oord2018"
    assert item.text_content() == (
        "Aäron van den Oord, Llama Team. L² & *CPC*. 2018. arXiv:1807.03748 · code · project page. Seen: twice"
    )
    assert item.xpath(".//time/@datetime") == ["2018-07"]
    assert item.xpath(".//a/@href") == [
        "https://arxiv.org/abs/1807.03748",
        "https://github.com/o_p/r",
        "https://o.github.io/a_(b)?x=1&copy=2",
    ]


@pytest.mark.parametrize(
    "text", [*SPECIAL, *HOSTILE, '" onclick="x', "</li></ul><script>x</script>", "<!--", "]]>"]
)
def test_no_text_breaks_out(text: str) -> None:
    found = page(hostile_entry(text), PAPER)
    assert {element.tag for element in found.iter()} <= TAGS
    assert len(found.xpath("//li")) == 2
    assert found.xpath("//b")[0].text_content() in (plain_text(visible(text)), "[Untitled]")
    assert all(re.match(r"https?://", address) for address in found.xpath("//a/@href"))
    assert found.xpath("//@*[starts-with(name(), 'on')] | //@style | //@src") == []


@given(text=st.text(max_size=60))
def test_nothing_breaks_out_of_an_item(text: str) -> None:
    written = write([hostile_entry(text), PAPER], format="html")
    assert {element.tag for element in html.document_fromstring(written.encode()).iter()} <= TAGS
    file = read_html(written.encode(), origin="x")
    assert [entry.key for entry in file.entries] == ["key", "oord2018"]
    assert file.entries[1].fields["eprint"] == "1807.03748"
