"""Markdown lists, read back by markdown-it (CommonMark) as HTML, and that by lxml."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from markdown_it import MarkdownIt

from bibkit.bibfile import read_markdown
from bibkit.emit import write
from bibkit.emit.escaping import markdown_text
from bibkit.record import Author, Entry, Eprint, Link, PartialDate
from bibkit.text.visible import visible
from tests.emit.test_writers import HOSTILE, hostile_entry

PAPER = Entry(
    "oord2018", "preprint", "$L^2$ & *CPC*", (Author("Oord", "Aäron", "van den"), Author("Llama Team", collective=True)),
    PartialDate(2018, 7), Eprint("1807.03748", "cs.LG"), url="https://arxiv.org/abs/1807.03748",
    links=(Link("https://github.com/o_p/r", "code"), Link("https://o.github.io/a_(b)?x=1&copy=2", "project"), Link("javascript:x", "demo")),
    note="Seen: twice",
)  # fmt: skip


def rendered(text: str) -> Any:
    """Return the page as a browser has it after a Markdown program that lets HTML through."""
    return html.fromstring(f"<div>{MarkdownIt().render(text)}</div>")


def test_a_reference() -> None:
    assert write([PAPER], format="markdown") == (
        '- <a id="oord2018"></a>Aäron van den Oord, Llama Team. **L² & \\*CPC\\***. 2018. '
        "[arXiv:1807.03748](https://arxiv.org/abs/1807.03748) · [code](https://github.com/o_p/r) · "
        "[project page](https://o.github.io/a_%28b%29?x=1&amp;copy=2). Seen: twice\n"
    ).replace("L² & ", "L² &amp; ")
    page = rendered(write([PAPER], format="markdown"))
    assert page.xpath("//strong/text()") == ["L² & *CPC*"]
    assert page.xpath("//a/@href") == [
        "https://arxiv.org/abs/1807.03748",
        "https://github.com/o_p/r",
        "https://o.github.io/a_%28b%29?x=1&copy=2",
    ]


def test_published_papers() -> None:
    article = Entry(
        "k", "article", "T", date=PartialDate(2020), doi="10.1145/x(1)", container="J. of *R*&D", volume="7",
        number="2", pages="12--34",
    )  # fmt: skip
    assert write([article], format="markdown") == (
        '- <a id="k"></a>**T**. *J. of \\*R\\*&amp;D* 7(2):12–34, 2020. '
        "[DOI](https://doi.org/10.1145/x%281%29)\n"
    )
    elsewhere = Entry("k", "preprint", "T", url="https://openreview.net/forum?id=x")
    assert "[link](https://openreview.net/forum?id=x)" in write([elsewhere], format="markdown")


SPECIAL = [
    "[x](javascript:alert(1))", "![x](https://evil.org/x.png)", "<img src=x onerror=alert(1)>", "`code`", "**b** __b__ ~~s~~",
    "a | b", "# no heading", "&lt;script&gt;", "{% include x %} {{ x }}", "[^1] [@key] @user", "$x$ \\(y\\)", "\\", "a\\*b",
    "trailing \\", "[x]: https://evil.org", "- item", "1. item", "<https://evil.org>", "*", "_", "a_b_c", "end**",
]  # fmt: skip


@pytest.mark.parametrize("text", [*SPECIAL, *HOSTILE])
def test_text_is_shown_as_it_is(text: str) -> None:
    shown = rendered(f"x{markdown_text(visible(text))}x")
    assert shown.text_content().strip() == f"x{visible(text)}x"
    assert [element.tag for element in shown.iter()] == ["div", "p"]
    assert "{{" not in markdown_text(text)
    assert "{%" not in markdown_text(text)


@given(text=st.text(max_size=60))
def test_any_text_is_shown_as_it_is(text: str) -> None:
    shown = rendered(f"x{markdown_text(visible(text))}x")
    assert [element.tag for element in shown.iter()] == ["div", "p"]
    assert shown.text_content().strip() == f"x{visible(text)}x"


@pytest.mark.parametrize("text", [*SPECIAL, *HOSTILE])
def test_no_text_breaks_out(text: str) -> None:
    written = write([hostile_entry(text), PAPER], format="markdown")
    page = rendered(written)
    assert len(page.xpath("//li")) == len(written.splitlines()) == 2
    assert {element.tag for element in page.iter()} <= {"div", "ul", "li", "a", "strong", "em"}
    assert all(re.match(r"https?://", address) for address in page.xpath("//a/@href"))
    assert page.xpath("//@*[starts-with(name(), 'on')]") == []
    file = read_markdown(written.encode(), origin="x")
    assert [entry.key for entry in file.entries] == ["key", "oord2018"]


@given(text=st.text(max_size=60))
def test_nothing_breaks_out_of_an_item(text: str) -> None:
    written = write([hostile_entry(text), PAPER], format="markdown")
    assert len(rendered(written).xpath("//li")) == 2
    file = read_markdown(written.encode(), origin="x")
    assert [entry.key for entry in file.entries] == ["key", "oord2018"]
