from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibkit.catalog.numbering import paper_number
from bibkit.catalog.rows import PaperRow, is_sound, key_of_words, links_from_text
from bibkit.catalog.snapshot import BadLineError, read_line
from bibkit.text.similarity import abstract_sketch
from bibkit.text.titles import title_key, title_tokens


def read(**fields: Any) -> PaperRow:
    record = {"id": "2402.12345", "title": "A title"} | fields
    row = read_line(json.dumps(record).encode())
    assert is_sound(row)
    return row


def day(year: int, month: int, number: int) -> int:
    return dt.date(year, month, number).toordinal()


def test_a_whole_record() -> None:
    row = read(
        id="0704.0002",
        submitter="Louis Theran",
        authors="Ileana Streinu and Louis Theran",
        title="Sparsity-certifying Graph\n  Decompositions",
        comments="To appear in Graphs and Combinatorics",
        **{"journal-ref": "Graphs and Combinatorics 25 (2009) 219-238"},
        doi="10.1007/s00373-008-0834-4",
        categories="math.CO cs.CG",
        license="http://arxiv.org/licenses/nonexclusive-distrib/1.0/",
        abstract="We describe an algorithm in our own words, with pebbles, and what it decides.",
        versions=[
            {"version": "v1", "created": "Sat, 31 Mar 2007 02:26:18 GMT"},
            {"version": "v2", "created": "Sat, 13 Dec 2008 17:26:00 GMT"},
        ],
        update_date="2008-12-13",
        authors_parsed=[["Streinu", "Ileana", ""], ["Theran", "Louis", ""]],
    )
    assert row == PaperRow(
        number=paper_number("0704.0002") or 0,
        title="Sparsity-certifying Graph Decompositions",
        authors="Ileana Streinu and Louis Theran",
        categories="math.CO cs.CG",
        submitted=day(2007, 3, 31),
        revision=day(2008, 12, 13) * 1000 + 2,
        doi="10.1007/s00373-008-0834-4",
        journal_ref="Graphs and Combinatorics 25 (2009) 219-238",
        links=None,
        sketch=abstract_sketch(
            "We describe an algorithm in our own words, with pebbles, and what it decides."
        ),
    )


@pytest.mark.parametrize(
    ("fields", "column", "value"),
    [
        ({"authors": None, "authors_parsed": [["Oord", "Aaron van den", ""], ["King", "Martin", "Jr."]]},
         "authors", "Aaron van den Oord, Martin King Jr."),
        ({"authors": None, "authors_parsed": [["ATLAS, the collaboration"], [], [None, ""]]},
         "authors", "ATLAS the collaboration"),
        ({"authors": " ", "authors_parsed": []}, "authors", None),
        ({"authors": "Riku J\x7fäntti,\n  Kalle Ruttik"}, "authors", "Riku Jäntti, Kalle Ruttik"),
        ({"title": "  Tabs\tand\x0bother  blanks\u2028"}, "title", "Tabs and other blanks"),
        ({"title": "\x1b[31mRed\x1b[0m \u202eright to left\u202c"}, "title", "[31mRed[0m right to left"),
        ({"title": "[2303.03378] PaLM-E"}, "title", "PaLM-E"),
        ({"title": "[2023] PaLM-E"}, "title", "PaLM-E"),
        ({"title": "[Re] A replication"}, "title", "[Re] A replication"),
        ({"versions": []}, "submitted", None),
        ({"versions": [], "update_date": "2024-03-01"}, "submitted", None),
        ({"versions": [], "update_date": "2024-03-01"}, "revision", day(2024, 3, 1) * 1000),
        ({"versions": [{"version": "v2", "created": "Tue, 5 Mar 2024 08:00:00 GMT"}]},
         "submitted", None),
        ({"versions": [{"version": "v1", "created": "Tue, 5 Mar 2024 08:00:00 GMT"}]},
         "submitted", day(2024, 3, 5)),
        ({"versions": [{"version": "v1", "created": "2024-03-05T08:00:00Z"}]},
         "submitted", day(2024, 3, 5)),
        ({"versions": [{"version": "v1", "created": "Tue, 35 Xyz 2024"}]}, "submitted", None),
        ({"update_date": "0000-00-00"}, "revision", 0),
        ({"doi": "10.48550/arXiv.2402.12345"}, "doi", None),
        ({"doi": "10.1/A 10.2/b"}, "doi", None),
        ({"doi": "10.1000/A 10.2000/b"}, "doi", "10.1000/a"),
        ({"doi": " "}, "doi", None),
        ({"comments": "12 pages, code: https://github.com/a/b."},
         "links", "code https://github.com/a/b"),
        ({"comments": "see www.example.org/x", "abstract": "Code: github.com/a/b and text."},
         "links", "code https://github.com/a/b\nother https://www.example.org/x"),
        ({"comments": "https://github.com/a/b", "abstract": "https://github.com/a/b"},
         "links", "code https://github.com/a/b"),
        ({"comments": "javascript://x/%0aalert(1)"}, "links", None),
        ({"abstract": "Too short."}, "sketch", None),
        ({"categories": ""}, "categories", None),
    ],
)  # fmt: skip
def test_a_field(fields: dict[str, Any], column: str, value: object) -> None:
    assert getattr(read(**fields), column) == value


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"", "not a line of arXiv metadata"),
        (b"[", "not a line of arXiv metadata"),
        (b'{"id": "2402.12345", "title": "cut', "not a line of arXiv metadata"),
        (b'{"title": "no id"}', "missing required field `id`"),
        (b'{"id": 2402.12345, "title": "a number"}', "Expected `str`"),
        (b'{"id": "cs.LG", "title": "x"}', "not an arXiv id: 'cs.LG'"),
        (b'{"id": "2402.12345", "title": null}', "no title"),
        (b'{"id": "2402.12345", "title": "\\n"}', "no title"),
        (b'{"id": "2402.12345", "title": "' + b"x" * 2001 + b'"}', "the title is too long"),
        (b'{"id": "2402.12345", "title": "\xff"}', "not a line of arXiv metadata"),
        (b'{"id": "2402.12345", "title": "\\ud800"}', "not a line of arXiv metadata"),
        (b'{"id": "2402.12345", "title": "x", "y": ' + b"[" * 100_000, "not a line"),
        ('{"id": "2402.12345", "title": "x"}'.encode("utf-16"), "not a line of arXiv metadata"),
    ],
)
def test_a_line_that_holds_no_paper_is_told_apart(line: bytes, reason: str) -> None:
    with pytest.raises(BadLineError, match=reason.replace("[", r"\[")) as caught:
        read_line(line)
    assert len(str(caught.value)) < 200


def test_links_come_back_as_they_went_in() -> None:
    row = read(abstract="Code at https://github.com/a/b/tree/main/sub/dir of the paper.")
    (link,) = links_from_text(row.links)
    assert (link.url, link.kind, link.detail) == ("https://github.com/a/b", "code", "sub/dir")


@given(st.text())
def test_the_key_made_of_words_is_the_title_key(title: str) -> None:
    """The import makes keys from words because that is faster; a look-up uses `title_key`."""
    assert key_of_words(" ".join(title_tokens(title))) == title_key(title)


def test_a_repository_whose_name_was_cut_is_left_out() -> None:
    """Public copies cut comments at 120 characters; half a name is another repository's."""
    whole = "Code: https://github.com/owner/name-that-goes-on"
    cut = whole.rjust(120, "x")
    record = {"id": "2402.12345", "title": "T", "comments": cut}
    assert read_line(json.dumps(record).encode()).links is None
    for comments in (cut + "y", cut[:-1] + ".", cut[3:]):
        links = read_line(json.dumps(record | {"comments": comments}).encode()).links or ""
        assert links.startswith("code https://github.com/owner/name-that-goes-o"), comments
