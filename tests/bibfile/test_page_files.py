"""Existing Markdown and HTML files: which papers they list, and where others are put."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibkit.bibfile import append_html_items, append_list_items, identify, read_html, read_markdown
from bibkit.emit import write
from bibkit.errors import OutputError
from bibkit.record import Entry, Eprint
from tests.growth import grows_linearly

NEW = Entry("new2024", "preprint", "Über", eprint=Eprint("2401.00001"))
ITEM = write([NEW], format="markdown")
PAGE = write([NEW], format="html")
LI = next(line for line in PAGE.splitlines(keepends=True) if line.startswith("<li "))
A = "- [A](https://arxiv.org/abs/2303.08774)\n"

PLACES = [
    ("", "", ""),
    ("# Title\n\nProse.\n", "\n", ""),
    ("# Title\n\nProse.", "\n\n", ""),
    (A, "", ""),
    (A.rstrip(), "\n", ""),
    ("# T\n\n" + A, "", "\n## Licence\n\nMIT\n"),
    (A, "", "# Next\n"),
    (A + "  more of it\n", "\n", "\nEnd.\n"),
    (A + "\n  A paragraph of the item.\n", "\n", "\nEnd.\n"),
    (A + "  ```\n  - x\n\n  y\n  ```\n", "\n", "\nEnd.\n"),
    (A, "", "```\n- x\n```\n"),
    (A.rstrip() + " <!-- mine\n\nstill -->\n", "\n", "\nEnd.\n"),
    ("| a | b |\n|---|---|\n| x | https://arxiv.org/abs/2303.08774 |\n", "\n", "\nEnd.\n"),
    ("1. [A](https://doi.org/10.1234/x)\n", "\n", "\nEnd.\n"),
    ("---\ntitle: x\n---\n", "\n", ""),
    (A + "- no paper\n", "", "\nEnd.\n"),
]


@pytest.mark.parametrize(("head", "gap", "tail"), PLACES)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_items_are_put_below_the_last_paper(head: str, gap: str, tail: str, newline: str) -> None:
    head, gap, tail, item = (part.replace("\n", newline) for part in (head, gap, tail, ITEM))
    if "\n" not in head:  # nothing says which line ending the file has
        gap, item = gap.replace("\r", ""), item.replace("\r", "")
    page = read_markdown((head + tail).encode(), origin="x.md")
    assert append_list_items(page, ITEM) == (head + gap + item + tail).encode()


def test_papers_of_a_page_are_recognised() -> None:
    text = (
        "# Papers\nSee https://arxiv.org/abs/1706.03762 and [B](https://doi.org/10.1234/a(b)).\n"
        "* [Segment *Anything*](https://x.org) – great\n- **Deep \\*Learning**, 2015\n- Just a Title\n"
        "```\nhttps://arxiv.org/abs/1111.11111\n```\n<!-- https://arxiv.org/abs/1111.11112 -->\n"
        '- <a id="k"></a>**T about https://arxiv.org/abs/1111.11113**. [x](https://arxiv.org/abs/2303.08774)\n'
    )
    page = read_markdown(text.encode(), origin="x.md")
    found = [identify(entry.fields) for entry in page.entries]
    assert [(e.line, i.arxiv_id or i.doi or i.title) for e, i in zip(page.entries, found, strict=True)] == [
        (2, "1706.03762"), (3, "segmentanything"), (4, "deeplearning"), (5, "justatitle"), (10, "2303.08774"),
    ]  # fmt: skip
    assert found[0].doi == "10.1234/a(b)"
    assert page.keys == {"k"}


@pytest.mark.parametrize(
    "text", ["```\ncode\n", "Prose <!-- open\n", "~~~~\n~~~\n", "<script>\n", "---\ntitle: x\n"]
)
def test_markdown_that_would_swallow_an_item_is_refused(text: str) -> None:
    with pytest.raises(OutputError, match="inside of code"):
        read_markdown(text.encode(), origin="x.md")


def test_html_items_are_put_at_the_end_of_the_list() -> None:
    old = (
        "<html><!-- <ul class='bibliography'></ul> --><script>'<ul class=bibliography>'</script>\n"
        '<OL class="x bibliography">\n  <li><a href="https://arxiv.org/abs/2303.08774">GPT<sup>4</sup></a>\n'
        "    <ul><li>inner</li></ul>\n  <li><i>Second</i></li>\n  </OL>\n<p>End <ul><li>x</ul>\n"
    )
    page = read_html(old.encode(), origin="x.html")
    assert [(e.line, e.fields["title"]) for e in page.entries] == [(3, "GPT4"), (5, "Second")]
    assert identify(page.entries[0].fields).arxiv_id == "2303.08774"
    assert append_html_items(page, PAGE).decode() == old.replace("  </OL>", LI + "  </OL>")


@pytest.mark.parametrize(
    "text", ["<ul class=bibliography></ul>", "<ul class=bibliography><li>a</ul>"]
)
def test_an_item_begins_a_line_of_its_own(text: str) -> None:
    after = append_html_items(read_html(text.encode(), origin="x"), PAGE).decode()
    assert after == text.replace("</ul>", "\n" + LI + "</ul>")


def test_an_empty_page_becomes_a_whole_one() -> None:
    empty = write([], format="html")
    assert append_html_items(read_html(b"", origin="x"), PAGE) == PAGE.encode()
    assert append_html_items(read_html(empty.encode(), origin="x"), PAGE) == PAGE.encode()
    assert append_html_items(read_html(PAGE.encode(), origin="x"), empty) == PAGE.encode()


@pytest.mark.parametrize(
    "text",
    [
        "<p>x</p>",
        "<ul class=bibliography><li>x",
        "<!-- <ul class=bibliography></ul> -->",
        "# Markdown\n",
    ],
)
def test_a_page_without_a_list_is_refused(text: str) -> None:
    with pytest.raises(OutputError, match="bibliography"):
        read_html(text.encode(), origin="x.html")


def test_only_ascii_is_added_to_an_8_bit_file() -> None:
    page = read_markdown(b"# Caf\xe9\n", origin="x")
    assert b"**&#220;ber**" in append_list_items(page, ITEM)


MARKUP = st.text(st.sampled_from("-*+1. >`~<!-->[]()\n\n\n#ab\\|\"' \t="), max_size=80)


@given(head=MARKUP, tail=MARKUP)
def test_whatever_a_page_holds_its_bytes_stay(head: str, tail: str) -> None:
    old = (head + A + tail).encode()
    try:
        page = read_markdown(old, origin="x")
    except OutputError:
        return
    after = append_list_items(page, ITEM)
    place = after.index(ITEM.encode())
    assert after[:place].rstrip(b"\n") == old[: len(after[:place].rstrip(b"\n"))]
    assert old.endswith(after[place + len(ITEM.encode()) :])
    assert "new2024" in {entry.key for entry in read_markdown(after, origin="x").entries}


@pytest.mark.parametrize(
    "unit",
    [
        "<!-- x -->",
        "**",
        "[",
        "<a ",
        '<a "',
        "```\n",
        "\n",
        "](",
        "<!--",
        "<ul class=bibliography>",
        "- \n\n",
        "http://(",
    ],
)
def test_hostile_pages_take_no_longer_than_others(unit: str) -> None:
    def run(size: int) -> None:
        data = (unit * (size // len(unit))).encode()
        for read in (read_markdown, read_html):
            with contextlib.suppress(OutputError):
                read(data, origin="x")

    grows_linearly(run, 60_000)
