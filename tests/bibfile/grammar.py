"""A grammar of .bib files, for hypothesis: every construct, in every layout, sometimes damaged."""

from __future__ import annotations

import os

from hypothesis import strategies as st

EXAMPLES = int(os.environ.get("BIBKIT_EXAMPLES", "200"))
"""Files that each property is tried on; the promise is 2,000 (`BIBKIT_EXAMPLES=2000`)."""

KEYS = ("k1", "K1", "a:b/c", "x_y.2", "мюллер", "it+s", "2020", "o'k")
TYPES = ("misc", "article", "inbook", "book", "online", "x-y")
words = st.sampled_from(
    "Attention is {All} You {N}eed – Über 视觉 50\\% of {\\\"u} \\{x\\} a=b c,d it's (x) @home $x_{i}^2$ "
    "http://a.org/b_c%20d#e {} {{BERT}} \\\\ \\'e \\& \"q\" #1 and ~ ` -- e\u0301".replace(' "q" ', " ").split()
)  # fmt: skip
texts = st.lists(words, max_size=6).map(" ".join)
names = st.sampled_from(
    "title author year month note abstract journal doi url Keywords bdsk-url-1 x_y a.b".split()
)
bare = st.sampled_from(["2024", "jan", "cvpr", "true", "1--2", "-1", "jan:x"])
blanks = st.sampled_from(["", " ", " ", "\n", "\t", "  "])


def _braced(text: str) -> str:
    return "{" + text + "}"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', "") + '"'


strings = texts.map(_braced) | texts.map(_quoted)
values = strings | bare | st.lists(strings | bare, min_size=2, max_size=3).map(" # ".join)


@st.composite
def entries(draw: st.DrawFn) -> str:
    """Draw one entry in a layout of its own."""
    fields = draw(st.lists(st.tuples(names, values), max_size=5))
    indent = draw(st.sampled_from(["\n  ", "\n\t", "\n", " ", "", "\n    "]))
    equals = draw(st.sampled_from([" = ", "=", " =", "\t= ", "\n="]))
    comma = draw(st.sampled_from([",", ",", ",", " ,", ",,"]))
    before = draw(st.booleans())  # commas at the beginnings of the lines
    width = draw(st.sampled_from([0, 0, 12]))
    start = draw(st.sampled_from(["@misc", "@Article", "@INBOOK", "@ book ", "@online\n", "@x-y"]))
    key = draw(st.sampled_from(KEYS))
    opening, closing = draw(st.sampled_from([("{", "}"), ("{", "}"), ("(", ")")]))
    pieces = [f"{name:<{width}}{equals}{value}" for name, value in fields]
    joint = f"{indent}, " if before else f"{comma}{indent}"
    inside = joint.join([draw(blanks) + key, *pieces])
    tail = draw(st.sampled_from(["", "\n", ",\n", ", ", "\n  "]))
    return f"{start}{opening}{inside}{tail}{closing}"


others = st.sampled_from(
    ["@string{cvpr = \"CVPR\"}", "@string(jan = {J} # cvpr)", "@preamble{\"\\x{\" # \"}\"}",
     "@comment{jabref-meta: x;}", "@comment{@misc{in, title={c}}}", "% a line", "% @misc{c, t={u}}", "prose, a@b.org",
     "---\nlayout: x\n---", "<<<<<<< HEAD", "{stray}", "@", "@comment no braces"]
)  # fmt: skip


@st.composite
def files(draw: st.DrawFn) -> str:
    """Draw a file without damage; its lines end in LF."""
    items = draw(st.lists(entries() | entries() | others, max_size=6))
    joints = st.sampled_from(["\n", "\n\n", "\n\n\n", "\n \n", "\n% why\n"])
    return "".join(item + draw(joints) for item in items) + draw(blanks)


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """Draw a file in which characters were lost or put in."""
    text = draw(files())
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(text)))
        lost = draw(st.integers(0, 1))
        text = text[:at] + draw(st.sampled_from(["", *"{}\"',=@#%\\()\n\r\f"])) + text[at + lost :]
    return text


@st.composite
def bytes_of_files(draw: st.DrawFn) -> bytes:
    """Draw the bytes of a file: any line ending, any encoding."""
    text = draw(files() | damaged())
    text = text.replace("\n", draw(st.sampled_from(["\n", "\n", "\r\n", "\r"])))
    codec = draw(st.sampled_from(["utf-8"] * 4 + ["utf-8-sig", "utf-16", "utf-16-le", "latin-1"]))
    return text.encode(codec, "replace")
