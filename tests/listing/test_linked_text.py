from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibkit.listing.linked_text import is_numbered, joined, markdown_pieces
from tests.growth import grows_linearly

A = "/papers/2402.12345"


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        (f"### [A title]({A})", [("A title", A, 3)]),
        (f"###  [ A title\nin two lines ]({A})\nmore", [("A title in two lines", A, 3), ("more", None, 0)]),
        (f"### [A\\_b \\*c\\* \\[d\\]]({A}){{.line-clamp-3 .cursor}}", [("A_b *c* [d]", A, 3)]),
        (f"[Engage\\  with\\\\\nit\\\\\n\\-\\- too]({A})", [("Engage with it -- too", A, 0)]),
        ("[![Image 3: x](/a.svg) Name](/handle)", [("Name", "/handle", 0)]),
        ("[![](/a.svg)](/handle)", []),
        (f"[In [0,1) it is]({A})", [("In [0,1) it is", A, 0)]),
        (f"### [In (0,1] it is]({A})", [("In (0,1] it is", A, 3)]),
        (f"[[pdf]({A})]", [("[", None, 0), ("pdf", A, 0), ("]", None, 0)]),
        (f'[A](<{A}> "A title")', [("A", A, 0)]),
        ("[A](/terms-of-\nservice)", [("A", "/terms-of-service", 0)]),
        ("[A](https://x.org/a_(b))", [("A", "https://x.org/a_(b)", 0)]),
        (f"**[A title]({A})**", [("**", None, 0), ("A title", A, 7), ("**", None, 0)]),
        ("[A][12] [B][c] [C][d]\n\n  [12]: /x\n[c]: </y>\n", [("A", "/x", 0), ("B", "/y", 0), ("[C][d]", None, 0)]),
        ("[A][12]", [("A", "", 0)]),
        ("[\n\nUpvote\n\n34](/login)", [("Upvote 34", "/login", 0)]),
        ("a [stray bracket\n\n# [A](/x)\n", [("a [stray bracket", None, 0), ("A", "/x", 1)]),
        ("# A heading\n  that goes on\n\n* item", [("A heading that goes on", None, 1), ("item", None, 0)]),
        ("<div class='x'>A &amp; B</div> c < d", [("A & B c < d", None, 0)]),
        ("::: {.flex}\n[A](/x)\n:::", [("A", "/x", 0)]),
        ("---\nurl: x\n---\nA", [("A", None, 0)]),
        ("A\r\nB\rC", [("A", None, 0), ("B", None, 0), ("C", None, 0)]),
    ],
)  # fmt: skip
def test_text_and_links_are_told_apart(
    text: str, pieces: list[tuple[str, str | None, int]]
) -> None:
    found = [(p.words, p.target, p.level) for p in markdown_pieces(text)]
    assert found == pieces


def test_lines_and_paragraphs_are_counted() -> None:
    pieces = markdown_pieces("a [b\nc](/x)\nd\n\n[\n\ne](/y) f")
    assert [(p.words, p.line) for p in pieces] == [
        ("a", 1),
        ("b c", 1),
        ("d", 3),
        ("e", 7),
        ("f", 7),
    ]
    assert len({p.paragraph for p in pieces[:3]}) == 1
    assert pieces[3].paragraph != pieces[2].paragraph


def test_pieces_of_one_text_are_joined_as_they_stood() -> None:
    pieces = markdown_pieces("Of [layers](/x), see https://github.com/occ-\nai/occ and\nmore")
    assert joined(pieces) == "Of layers, see https://github.com/occ-ai/occ and more"


def test_without_escapes_a_backslash_is_itself() -> None:
    (piece,) = markdown_pieces("\\_a\\", escapes=False)
    assert piece.text == "\\_a\\"


def test_numbered_links_are_told_by_what_most_links_are() -> None:
    assert is_numbered("[\n65\n][35]\n")
    assert not is_numbered("[A](/x) and [B](/y), see [1][2]")


@given(
    st.lists(
        st.sampled_from(
            ["[", "]", "](/x)", "![", "][1]", "\n", "\n\n", "\n# ", "\\", "a", "*", "(", "<p>"]
        )
    )
)
def test_every_letter_comes_out_once(parts: list[str]) -> None:
    text = "".join(parts)
    pieces = markdown_pieces(text)
    assert sum(piece.text.count("a") for piece in pieces) <= text.count("a")
    lines = [piece.line for piece in pieces]
    assert lines == sorted(lines)
    assert all(1 <= line <= text.count("\n") + 1 for line in lines)


@pytest.mark.parametrize(
    "part",
    ["[", "]", "![", "[a](", "](", "[a](/x)", "[[a](/x)", "[a][1]", "\\", "# [a\n", "{.", "<a ", "[a](b \"", "a]", "x [", "\n[1]: ", "[a](b\n", "(((", "[a](-\n", "https://a-", "[ ", "---\n", "#\n a"],
)  # fmt: skip
def test_the_time_grows_with_the_text_and_no_faster(part: str) -> None:
    grows_linearly(lambda size: joined(markdown_pieces(part * (size // len(part)))), 300_000)
