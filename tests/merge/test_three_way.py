"""The three-way rule: one table of all cases, and what must hold for any three values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibkit.merge.three_way import Settled, settle, settle_fields

VALUE = st.sampled_from([None, "a", "b", "c"])


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "value", "verdict"),
    [
        ("a", "a", "a", "a", "same"),
        ("a", "a", "b", "b", "theirs"),
        ("a", "b", "a", "b", "mine"),
        ("a", "b", "b", "b", "same"),
        ("a", "b", "c", "b", "conflict"),
        ("a", None, "a", None, "mine"),  # the user removed it
        ("a", None, "b", None, "conflict"),  # removed here, changed there
        ("a", "a", None, None, "theirs"),
        (None, None, "b", "b", "theirs"),
        (None, "a", "b", "a", "conflict"),  # both added
        ("a", None, None, None, "same"),
    ],
)
def test_one_value(
    base: str | None, mine: str | None, theirs: str | None, value: str | None, verdict: str
) -> None:
    settled = settle(base, mine, theirs)
    assert (settled.value, settled.verdict) == (value, verdict)


@given(VALUE, VALUE, VALUE)
def test_my_edit_is_never_overruled(base: str | None, mine: str | None, theirs: str | None) -> None:
    settled = settle(base, mine, theirs)
    if mine != base:
        assert settled.value == mine
    if settled.verdict == "conflict":
        assert len({base, mine, theirs}) == 3


def test_fields_of_an_entry() -> None:
    base = {"title": "T", "year": "2024", "url": "u"}
    mine = {"title": "T", "year": "2025", "note": "read"}
    theirs = {"title": "T2", "year": "2024", "url": "u", "doi": "d"}
    assert settle_fields(base, mine, theirs) == {
        "title": Settled("T2", "theirs"),
        "year": Settled("2025", "mine"),
        "note": Settled("read", "mine"),
        "url": Settled(None, "mine"),
        "doi": Settled("d", "theirs"),
    }
