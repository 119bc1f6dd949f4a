"""Edits of existing files: what changes looks like the rest, and nothing else changes."""

from __future__ import annotations

import contextlib

import pytest

from bibkit.bibfile import (
    AddEntry,
    Edit,
    Expression,
    MoveEntry,
    RemoveEntry,
    RemoveField,
    RenameField,
    RenameKey,
    SetField,
    SetType,
    SortEntries,
    edit,
    read_bib,
    rename_key,
)
from bibkit.errors import OutputError
from tests.growth import grows_linearly


def patched(text: str, *edits: Edit) -> str:
    return edit(read_bib(text.encode(), origin="my.bib"), edits).decode()


TABLE: list[tuple[str, str, list[Edit], str]] = [
    # what is tried, before, edits, after
    ("no edit", "@misc{k, a = {1}}", [], "@misc{k, a = {1}}"),
    ("same value", "@misc{k, a = {1  x}}", [SetField("k", "A", "1 x")], "@misc{k, a = {1  x}}"),
    ("same by macro", '@string{j="J"}@misc{k, a = j}', [SetField("k", "a", "J")], '@string{j="J"}@misc{k, a = j}'),
    ("braces stay", "@misc{k, a = {1}, b = 2}", [SetField("k", "a", "x")], "@misc{k, a = {x}, b = 2}"),
    ("quotes stay", '@misc{k, a = "1"}', [SetField("k", "a", 'M{\\"u}ller')], '@misc{k, a = "M{\\"u}ller"}'),
    ("quote in quotes", '@misc{k, a = "1"}', [SetField("k", "a", 'x "y')], '@misc{k, a = {x "y}}'),
    ("number stays bare", "@misc{k, year = 2023}", [SetField("k", "year", "2024")], "@misc{k, year = 2024}"),
    ("number to text", "@misc{k, year = 2023}", [SetField("k", "year", "n.d.")], "@misc{k, year = {n.d.}}"),
    ("month stays bare", "@misc{k, month = jan}", [SetField("k", "month", "feb")], "@misc{k, month = feb}"),
    ("month to macro", "@misc{k, month = {January}}", [SetField("k", "month", Expression("jan"))], "@misc{k, month = jan}"),
    ("true to false", "@misc{k, selected = true}", [SetField("k", "selected", "false")], "@misc{k, selected = {false}}"),
    ("macro if asked", "@misc{k, a = x # {y}}", [SetField("k", "a", "z", replace_macros=True)], "@misc{k, a = {z}}"),
    ("joined texts", '@misc{k, a = {x} # "y"}', [SetField("k", "a", "z")], "@misc{k, a = {z}}"),
    ("backslash at the end", "@misc{k, a = {1}}", [SetField("k", "a", "x\\")], "@misc{k, a = {x\\ }}"),
    ("lines become one", "@misc{k, a = {1}}", [SetField("k", "a", "x\n@misc{y\n}")], "@misc{k, a = {x @misc{y }}}"),
    ("empty value", "@misc{k, a = , b = 2}", [SetField("k", "a", "x")], "@misc{k, a = {x}, b = 2}"),
    ("first of two", "@misc{k, a = {1}, a = {2}}", [SetField("k", "a", "x")], "@misc{k, a = {x}, a = {2}}"),
    ("parentheses", "@misc(k, a = {1})", [SetField("k", "b", "x)y")], "@misc(k, a = {1}, b = {x)y})"),
    ("no comma before", "@misc{k,\n a = {1}\n b = {2}\n}", [SetField("k", "b", "x")], "@misc{k,\n a = {1}\n b = {x}\n}"),
    # a new field
    ("no last comma", "@misc{k,\n  a = {1}\n}", [SetField("k", "b", "2")], "@misc{k,\n  a = {1},\n  b = {2}\n}"),
    ("last comma", "@misc{k,\n  a = {1},\n}", [SetField("k", "b", "2")], "@misc{k,\n  a = {1},\n  b = {2},\n}"),
    ("inline", "@misc{k, a = {1}}", [SetField("k", "b", "2")], "@misc{k, a = {1}, b = {2}}"),
    ("no blanks at all", "@misc{k,a={1}}", [SetField("k", "b", "2")], "@misc{k,a={1},b={2}}"),
    ("brace on the last line", "@misc{k,\n\ta = 1}\n", [SetField("k", "b", "2")], "@misc{k,\n\ta = 1,\n\tb = 2}\n"),
    ("commas first", "@misc{k\n , a = {1}\n , b = {1}\n}", [SetField("k", "c", "2")], "@misc{k\n , a = {1}\n , b = {1}\n , c = {2}\n}"),
    ("columns of =", "@misc{k,\n  a     = {1},\n  title = {1},\n}", [SetField("k", "doi", "2")], "@misc{k,\n  a     = {1},\n  title = {1},\n  doi   = {2},\n}"),
    ("wider than the column", "@misc{k,\n  a     = {1},\n  title = {1},\n}", [SetField("k", "publisher", "2")], "@misc{k,\n  a     = {1},\n  title = {1},\n  publisher = {2},\n}"),
    ("columns of values", "@misc{k,\n  a =     {1},\n  title = {1}\n}", [SetField("k", "doi", "2")], "@misc{k,\n  a =     {1},\n  title = {1},\n  doi =   {2}\n}"),
    ("names end in a column", "@misc{k,\n   title = {1},\n  author = {1}\n}", [SetField("k", "doi", "2")], "@misc{k,\n   title = {1},\n  author = {1},\n     doi = {2}\n}"),
    ("upper case", '@MISC{K,\n  TITLE = "1",\n}', [SetField("K", "doi", "2")], '@MISC{K,\n  TITLE = "1",\n  DOI = "2",\n}'),
    ("first letter", "@misc{k,\n\tTitle = {1}}", [SetField("k", "bdsk-url-1", "2")], "@misc{k,\n\tTitle = {1},\n\tBdsk-Url-1 = {2}}"),
    ("comment after the last", "@misc{k,\n  a = {1}, % why\n}", [SetField("k", "b", "2")], "@misc{k,\n  a = {1}, % why\n  b = {2},\n}"),
    ("comment, no comma", "@misc{k,\n  a = {1} % why\n}", [SetField("k", "b", "2")], "@misc{k,\n  a = {1}, % why\n  b = {2}\n}"),
    ("comment line before", "@misc{k,\n  % why\n  a = {1},\n}", [SetField("k", "b", "2")], "@misc{k,\n  % why\n  a = {1},\n  b = {2},\n}"),
    ("only a key", "@misc{k}\n", [SetField("k", "a", "1")], "@misc{k,\n  a = {1},\n}\n"),
    ("only a key and a comma", "@misc{k,\n}\n", [SetField("k", "a", "1")], "@misc{k,\n  a = {1},\n}\n"),
    ("two new", "@misc{k,\n  a = {1}\n}", [SetField("k", "b", "2"), SetField("k", "c", "3")], "@misc{k,\n  a = {1},\n  b = {2},\n  c = {3}\n}"),
    ("CRLF", "@misc{k,\r\n  a = {1}\r\n}\r\n", [SetField("k", "b", "2")], "@misc{k,\r\n  a = {1},\r\n  b = {2}\r\n}\r\n"),
    ("CR", "@misc{k,\r  a = {1}\r}\r", [SetField("k", "b", "2")], "@misc{k,\r  a = {1},\r  b = {2}\r}\r"),
    # a field less
    ("one of the middle", "@misc{k,\n  a = {1},\n  b = {2},\n  c = {3}\n}", [RemoveField("k", "b")], "@misc{k,\n  a = {1},\n  c = {3}\n}"),
    ("the first", "@misc{k,\n  a = {1},\n  b = {2}\n}", [RemoveField("k", "a")], "@misc{k,\n  b = {2}\n}"),
    ("the last takes the comma", "@misc{k,\n  a = {1},\n  b = {2}\n}", [RemoveField("k", "b")], "@misc{k,\n  a = {1}\n}"),
    ("the last with a comma", "@misc{k,\n  a = {1},\n  b = {2},\n}", [RemoveField("k", "b")], "@misc{k,\n  a = {1},\n}"),
    ("the only one", "@misc{k,\n  a = {1}\n}", [RemoveField("k", "a")], "@misc{k,\n}"),
    ("the only one, inline", "@misc{k, a = {1}}", [RemoveField("k", "a")], "@misc{k,}"),
    ("inline, the first", "@misc{k, a = {1}, b = 2}", [RemoveField("k", "a")], "@misc{k, b = 2}"),
    ("inline, the last", "@misc{k, a = {1}, b = 2}", [RemoveField("k", "b")], "@misc{k, a = {1}}"),
    ("commas first, the last", "@misc{k\n , a = {1}\n , b = {1}\n}", [RemoveField("k", "b")], "@misc{k\n , a = {1}\n}"),
    ("all repetitions", "@misc{k, a = {1}, b = {2}, A = {3}}", [RemoveField("k", "a")], "@misc{k, b = {2}}"),
    ("its comment stays", "@misc{k,\n  a = {1}, % why\n  b = {2}\n}", [RemoveField("k", "a")], "@misc{k,\n  % why\n  b = {2}\n}"),
    ("a comment above stays", "@misc{k,\n  a = {1},\n  % why\n  b = {2},\n  c = {3}\n}", [RemoveField("k", "b")], "@misc{k,\n  a = {1},\n  % why\n  c = {3}\n}"),
    ("gone and come", "@misc{k,\n  a = {1},\n  b = {2}\n}", [RemoveField("k", "b"), SetField("k", "c", "3")], "@misc{k,\n  a = {1},\n  c = {3}\n}"),
    ("renamed in its column", "@misc{k,\n  date  = {1},\n  title = {1},\n}", [RenameField("k", "date", "year")], "@misc{k,\n  year  = {1},\n  title = {1},\n}"),
    ("renamed, names as long", "@misc{k,\n  author    = {1},\n  editor    = {1},\n}", [RenameField("k", "editor", "year")], "@misc{k,\n  author    = {1},\n  year      = {1},\n}"),
    ("renamed, column kept", "@misc{k,\n  eprint = {1},\n  doi    = {1},\n}", [RenameField("k", "doi", "url2")], "@misc{k,\n  eprint = {1},\n  url2   = {1},\n}"),
    # keys and types
    ("key", "@misc{ k , a = {k}}", [RenameKey("k", "new")], "@misc{ new , a = {k}}"),
    ("keys change places", "@a{k, x=1}\n@b{l, x=2}", [RenameKey("k", "l"), RenameKey("l", "k")], "@a{l, x=1}\n@b{k, x=2}"),
    ("type", "@Misc{k, a = 1}", [SetType("k", "article")], "@Article{k, a = 1}"),
    ("by place", "@a{k, x=1}\n@a{k, x=2}", [RenameKey(1, "l")], "@a{k, x=1}\n@a{l, x=2}"),
    # entries
    ("entry at the end", "@a{k,\n  x = {1}\n}\n", [AddEntry("misc", "n", (("year", "2"),))], "@a{k,\n  x = {1}\n}\n\n@misc{n,\n  year = {2}\n}\n"),
    ("entry after", "@a{k, x=1}\n@a{l, x=2}\n", [AddEntry("misc", "n", (("y", "3"),), after="k")], "@a{k, x=1}\n@misc{n, y=3}\n@a{l, x=2}\n"),
    ("two after the same", "@a{k, x={1}}\n@a{l, x={2}}\n", [AddEntry("misc", "n", (), after="k"), AddEntry("misc", "m", (), after="k")], "@a{k, x={1}}\n@misc{n}\n@misc{m}\n@a{l, x={2}}\n"),
    ("first entry of all", "% mine\n", [AddEntry("misc", "n", (("month", Expression("jan")), ("year", "2")))], "% mine\n\n@misc{n,\n  month = jan,\n  year = {2},\n}\n"),
    ("entry gone", "% x\n\n@a{k,\n}\n\n% y\n@a{l,\n}\n", [RemoveEntry("k")], "% x\n\n% y\n@a{l,\n}\n"),
    ("last entry gone", "@a{k,\n}\n\n@a{l,\n}\n", [RemoveEntry("l")], "@a{k,\n}\n"),
    ("last entry gone, blank lines after", "@a{k,\n}\n\n@a{l,\n}\n\n", [RemoveEntry("l")], "@a{k,\n}\n\n"),
    ("last entry gone, no final newline", "@a{k}\n\n@a{l}", [RemoveEntry("l")], "@a{k}"),
    ("all gone", "@a{k,\n}\n\n@a{l,\n}\n", [RemoveEntry("l"), RemoveEntry("k")], ""),
    ("comment above stays", "% about k\n@a{k}\n\n@a{l}\n", [RemoveEntry("k")], "% about k\n\n@a{l}\n"),
    ("one of a line", "@a{k} @a{l} @a{m}\n", [RemoveEntry("l")], "@a{k}  @a{m}\n"),
    ("moved with its comment", "@a{k}\n\n% about l\n@a{l}\n\n@a{m}\n", [MoveEntry("l", None)], "% about l\n@a{l}\n\n@a{k}\n\n@a{m}\n"),
    ("moved before one commented out", "% @a{k}\n@a{l}\n", [MoveEntry("l", None)], "@a{l}\n% @a{k}\n"),
    ("moved to the end", "@a{k}\n\n@a{l}\n\n@a{m}\n", [MoveEntry("k", "m")], "@a{l}\n\n@a{m}\n\n@a{k}\n"),
    ("moved and edited", "@a{k, x=1}\n@a{l, x=2}\n", [MoveEntry("k", "l"), SetField("k", "x", "3")], "@a{l, x=2}\n@a{k, x=3}\n"),
    ("sorted", "% c\n@a{c}\n\n@string{x=1}\n@a{b}\n\n\n@a{a}\n", [SortEntries((2, 1, 0)), RenameKey("b", "bb")], "@a{a}\n\n@string{x=1}\n@a{bb}\n\n\n% c\n@a{c}\n"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "before", "edits", "after"), TABLE, ids=[row[0] for row in TABLE])
def test_edits(what: str, before: str, edits: list[Edit], after: str) -> None:
    assert patched(before, *edits) == after


REFUSED: list[tuple[str, str, list[Edit], str]] = [
    # before, edit, the place and code of the error
    ("closing brace", "@misc{k, a = 1}", [SetField("k", "a", "x}, b = {y")], "my.bib:1: unsafe-value"),
    ("break-out", "@misc{k, a = 1}", [SetField("k", "a", "x}}\n@misc{evil, a={")], "my.bib:1: unsafe-value"),
    ("lone escaped brace", "@misc{k, a = 1}", [SetField("k", "a", "x\\}")], "my.bib:1: unsafe-value"),
    ("braces that TeX does not see", "@misc{k, a = 1}", [SetField("k", "a", "{x\\}")], "my.bib:1: unsafe-value"),
    ("terminal escape", "@misc{k, a = 1}", [SetField("k", "a", "\x1b[31m")], "my.bib:1: unsafe-value"),
    ("NUL", "@misc{k, a = 1}", [SetField("k", "a", "\0")], "my.bib:1: unsafe-value"),
    ("half a character", "@misc{k, a = 1}", [SetField("k", "a", "\ud800")], "my.bib:1: unsafe-value"),
    ("no expression", "@misc{k, a = 1}", [SetField("k", "a", Expression("{x}, b = {y}"))], "my.bib:1: unsafe-value"),
    ("open expression", "@misc{k, a = 1}", [SetField("k", "a", Expression("{x"))], "my.bib:1: unsafe-value"),
    ("empty expression", "@misc{k, a = 1}", [SetField("k", "a", Expression(""))], "my.bib:1: unsafe-value"),
    ("name", "@misc{k, a = 1}", [SetField("k", "b = {}, c", "x")], "my.bib:1: unsafe-name"),
    ("key", "@misc{k, a = 1}", [RenameKey("k", "x,y")], "my.bib:1: unsafe-key"),
    ("hidden in a key", "@misc{k, a = 1}", [RenameKey("k", "x\u202ey")], "my.bib:1: unsafe-key"),
    ("type", "@misc{k, a = 1}", [SetType("k", "comment")], "my.bib:1: unsafe-name"),
    ("a key taken", "@misc{k}\n@misc{l}", [RenameKey("k", "L")], "my.bib: duplicate-key"),
    ("an added key taken", "@misc{k}\n", [AddEntry("misc", "K", ())], "my.bib: duplicate-key"),
    ("macro", "@misc{j}\n@misc{k, a = IEEE_J}", [SetField("k", "a", "x")], "my.bib:2: macro"),
    ("macro within", '@misc{k, a = {x} # y # "z"}', [SetField("k", "a", "x")], "my.bib:1: macro"),
    ("no field", "@misc{k}", [RemoveField("k", "a")], "my.bib:1: no-field"),
    ("no entry", "@misc{k}", [RemoveEntry("x")], "my.bib: no-entry"),
    ("no such place", "@misc{k}", [RemoveEntry(1)], "my.bib: no-entry"),
    ("two of a key", "@misc{k}\n@misc{k}", [RemoveEntry("k")], "my.bib: ambiguous-key"),
    ("same field twice", "@misc{k, a = 1}", [SetField("k", "a", "x"), RemoveField(0, "A")], "my.bib:1: conflict"),
    ("renamed onto another", "@misc{k, a = 1}", [RenameField("k", "a", "b"), SetField("k", "b", "x")], "my.bib:1: conflict"),
    ("renamed onto one there", "@misc{k, a = 1, b = 2}", [RenameField("k", "a", "b")], "my.bib:1: conflict"),
    ("removed and edited", "@misc{k, a = 1}", [SetField("k", "a", "x"), RemoveEntry("k")], "my.bib:1: conflict"),
    ("moved after one removed", "@a{k}\n@a{l}", [RemoveEntry("k"), MoveEntry("l", "k")], "my.bib:1: conflict"),
    ("sorted twice", "@a{k}\n@a{l}", [SortEntries((1, 0)), SortEntries((0, 1))], "my.bib: conflict"),
    ("sorted, one lost", "@a{k}\n@a{l}", [SortEntries((0, 0))], "my.bib: conflict"),
    ("never closed", "@misc{k, a = {x", [SetField("k", "a", "y")], "my.bib:1: broken-entry"),
    ("an end that is not known", "@misc{k, a = {x\n@misc{l}", [RemoveEntry("k")], "my.bib:1: broken-entry"),
    ("commented out", "% @misc{k, a = 1}\n", [RemoveEntry("k")], "my.bib:1: broken-entry"),
    ("after an open end", "@misc{l}\n@misc{k, a = {x", [AddEntry("misc", "n", ())], "my.bib:2: broken-entry"),
    ("a parent gone", "@a{k, crossref={p}}\n@a{p}", [RemoveEntry("p")], "my.bib: dangling-reference"),
    ("a parent renamed", "@a{k, crossref={p}}\n@a{p}", [RenameKey("p", "q")], "my.bib: dangling-reference"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "before", "edits", "place"), REFUSED, ids=[r[0] for r in REFUSED])
def test_refusals(what: str, before: str, edits: list[Edit], place: str) -> None:
    with pytest.raises(OutputError) as caught:
        patched(before, *edits)
    assert str(caught.value).startswith(place)
    assert "\n" not in str(caught.value)


def test_references_follow_a_key() -> None:
    before = "@a{k, crossref = {P}}\n@a{l, related = {k,p}}\n@a{p, x = {1}}\n"
    after = "@a{k, crossref = {q}}\n@a{l, related = {k,q}}\n@a{q, x = {1}}\n"
    bib = read_bib(before.encode(), origin="my.bib")
    assert edit(bib, rename_key(bib, "p", "q")).decode() == after
    again = read_bib(after.encode(), origin="my.bib")
    assert edit(again, rename_key(again, "q", "p")).decode() == before.replace("P", "p")


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-32"])
def test_encodings_stay(codec: str) -> None:
    before, after = "@misc{k, a = {é}}", "@misc{k, a = {é}, b = {视}}"
    bib = read_bib(before.encode(codec), origin="my.bib")
    assert edit(bib, [SetField("k", "b", "视")]) == after.encode(codec)


def test_letters_of_an_unknown_code_are_kept_but_none_are_added() -> None:
    bib = read_bib("@misc{k, a = {Müller, Jörg}}".encode("latin-1"), origin="my.bib")
    assert edit(bib, [SetField("k", "a", "Müller, J.")]) == b"@misc{k, a = {M\xfcller, J.}}"
    for one in (
        SetField("k", "a", "Łukasz"),
        SetField("k", "b", "é"),
        AddEntry("a", "n", (("b", "é"),)),
    ):
        with pytest.raises(OutputError, match="encoding: "):
            edit(bib, [one])


def test_the_last_odd_letter_may_go() -> None:
    bib = read_bib("@misc{k, a = {Müller}}".encode("latin-1"), origin="my.bib")
    assert edit(bib, [SetField("k", "a", "Mueller")]) == b"@misc{k, a = {Mueller}}"


def test_stray_bytes_stay() -> None:
    bib = read_bib("% Łukasz 视觉\n@misc{k, a = {é}, b = {".encode() + b"\xff}}\n", origin="my.bib")
    after = edit(bib, [SetField("k", "a", "x")])
    assert after == "% Łukasz 视觉\n@misc{k, a = {x}, b = {".encode() + b"\xff}}\n"


def test_many_edits_in_one_pass() -> None:
    count = 3000
    text = "".join(f"@misc{{k{i},\n  year = {i},\n}}\n\n" for i in range(count))
    bib = read_bib(text.encode(), origin="my.bib")
    edits: list[Edit] = [SetField(f"k{i}", "note", "n") for i in range(count)]
    edits.append(SortEntries(tuple(reversed(range(count)))))
    after = read_bib(edit(bib, edits), origin="my.bib")
    assert [entry.key for entry in after.entries] == [f"k{i}" for i in reversed(range(count))]
    assert all(entry.fields["note"] == "n" for entry in after.entries)


@pytest.mark.parametrize(
    "unit", ["{", "}", '"', "\\", "\\}", '\\"', "a # ", "{} # ", "{}", '{"}', "@", " "]
)
def test_time_grows_with_the_size_of_a_value_and_not_with_its_square(unit: str) -> None:
    def run(count: int) -> None:
        bib = read_bib(
            f"@misc{{k,\n a = {{1}},\n b = {unit * count}\n}}\n".encode(), origin="my.bib"
        )
        for one in (
            SetField(0, "a", unit * count),
            SetField(0, "a", Expression(unit * count)),
            SetField(0, "b", "x"),
        ):
            with contextlib.suppress(OutputError):
                edit(bib, [one])

    run(100)  # imports
    grows_linearly(run, 64_000)


def test_all_that_follows_an_entry_that_is_never_closed_can_be_removed() -> None:
    broken = "@misc{k,\n  title = {T},\n  author = {A}\n% about the next\n"
    rest = "@misc{l,\n  title = {U}\n}\n% and this\n@misc{m,\n  title = {V}\n}\n"
    bib = read_bib(f"{broken}{rest}".encode(), origin="my.bib")
    after = edit(bib, [RemoveEntry(1), RemoveEntry(2)]).decode()
    assert after == f"{broken}% and this\n"
