"""An existing RIS file: read as far as it takes, and added to."""

from __future__ import annotations

import pytest

from bibkit.bibfile import append_references, identify, read_ris
from bibkit.errors import OutputError

NEW = "TY  - UNPB\nID  - new\nTI  - Über\nER  - \n"
OLD = "TY  - JOUR\nTI  - Mine\nER  - \n"


@pytest.mark.parametrize(
    ("old", "gap"),
    [
        ("", ""),
        ("\n\n", ""),
        (OLD, "\n"),
        (OLD + "\n", ""),
        (OLD[:-1], "\n\n"),
        (OLD + "\n\n", ""),
    ],
)
def test_references_are_added_at_the_end(old: str, gap: str) -> None:
    after = append_references(read_ris(old.encode(), origin="refs.ris"), NEW)
    assert after == (old + gap + NEW).encode()


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16"])
def test_byte_order_marks_and_line_endings_stay(codec: str) -> None:
    data = OLD.replace("\n", "\r\n").encode(codec)
    after = append_references(read_ris(data, origin="x"), NEW)
    assert after.startswith(data)
    assert after.decode(codec) == (OLD + "\n" + NEW).replace("\n", "\r\n")


def test_papers_are_recognised_by_id_doi_and_title() -> None:
    text = (
        "Provider: A Database\n\nTY  - JOUR\nT1  - A Long\n      Title\nA1  - Ho, E.\nA1  - Li, C.\n"
        "UR  - https://arxiv.org/abs/1706.03762v2\nDO  - 10.1234/X\nER  -\n"
        "TY  - CPAPER\nID  - k\nAN  - arXiv:1810.04805\nER  - \n"
    )
    ris = read_ris(text.encode(), origin="refs.ris")
    first, second = map(identify, (entry.fields for entry in ris.entries))
    assert (first.arxiv_id, first.doi, first.title) == ("1706.03762", "10.1234/x", "alongtitle")
    assert first.authors == "hoeandlic"
    assert second.arxiv_id == "1810.04805"
    assert [(e.key, e.line) for e in ris.entries] == [("", 3), ("k", 11)]
    assert ris.keys == {"k"}


def test_keys_that_stand_twice_are_told() -> None:
    ris = read_ris(2 * b"TY  - JOUR\nID  - k\nER  - \n", origin="refs.ris")
    assert [str(p) for p in ris.problems] == [
        "refs.ris:4: duplicate-key: 'k' is also the citation key of line 1"
    ]


@pytest.mark.parametrize(
    "text", ["TY  - JOUR\nTI  - Cut\n", "TY  - JOUR\nTI  - a\nTY  - JOUR\nER  - \n", "Some prose.\n", "PMID- 1\nTI  - x\n"]
)  # fmt: skip
def test_what_cannot_be_added_to_safely_is_refused(text: str) -> None:
    with pytest.raises(OutputError):
        read_ris(text.encode(), origin="refs.ris")


def test_nothing_that_is_not_ascii_goes_into_an_unknown_code() -> None:
    ris = read_ris(b"TY  - JOUR\nTI  - \xe9\nER  - \n", origin="refs.ris")
    with pytest.raises(OutputError, match="UTF-8"):
        append_references(ris, NEW)
    assert append_references(ris, OLD).endswith(OLD.encode())
