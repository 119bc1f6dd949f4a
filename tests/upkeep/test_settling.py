"""One entry: what bibkit wrote, what stands there, what the sources say now."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from bibkit.bibfile import FileEntry
from bibkit.record import Entry
from bibkit.sync.lock import LockedEntry
from bibkit.upkeep.settling import Choice, Settled, settle_entry
from bibkit.upkeep.tracked import Tracked

Fields = Mapping[str, str]
Changed = dict[str, tuple[str | None, str | None]]
PREPRINT = {"title": "A Title", "year": "2023", "month": "may", "eprint": "2305.00001"}
PLACE = {"journal": "Nature", "volume": "7", "year": "2024"}


def settled(
    base: Fields,
    mine: Fields,
    theirs: Fields,
    *,
    before: Fields | None = None,
    now: Fields | None = None,
    choice: Choice = Choice(),  # noqa: B008 - frozen
    macros: frozenset[str] = frozenset(),
) -> Settled:
    """Settle an entry; `@` among the fields is its type."""

    def plain(fields: Fields) -> dict[str, str]:
        return {name: value for name, value in fields.items() if name != "@"}

    locked = LockedEntry(
        "A Title",
        "2305.00001",
        entry_type=base.get("@", "misc"),
        fields=plain(base),
        sources=before or {},
    )
    there = FileEntry("k", mine.get("@", "misc"), plain(mine), 1)
    said = FileEntry("k", theirs.get("@", "misc"), plain(theirs), 1)
    entry = Entry("k", "preprint", theirs.get("title", ""), sources=now or {})
    tracked = Tracked(0, there, macros, "k", locked)
    return settle_entry(tracked, entry, said, choice, code_field="code")


def changes(found: Settled) -> Changed:
    return {change.name: (change.before, change.after) for change in found.changes}


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "changed", "conflicts"),
    [
        ({"title": "A"}, {"title": "A"}, {"title": "A"}, {}, []),
        ({"title": "A"}, {"title": "A"}, {"title": "B"}, {"title": ("A", "B")}, []),
        ({"title": "A"}, {"title": "B"}, {"title": "A"}, {}, []),
        ({"title": "A"}, {"title": "B"}, {"title": "B"}, {}, []),
        ({"title": "A"}, {"title": "B"}, {"title": "C"}, {}, ["title"]),
        ({"title": "A"}, {}, {"title": "A"}, {}, []),
        ({"title": "A"}, {}, {"title": "C"}, {}, ["title"]),
        ({}, {}, {"code": "X"}, {"code": (None, "X")}, []),
        ({}, {"code": "Y"}, {"code": "X"}, {}, ["code"]),
        ({}, {"code": "X"}, {"code": "X"}, {}, []),
        ({"code": "X"}, {"code": "X"}, {}, {}, []),  # that nobody says it any more is no news
        ({"title": "A {B}"}, {"title": "A {B}"}, {"title": "{A} B!"}, {}, []),  # nor a spelling
        ({"title": "A B"}, {"title": "{A} B"}, {"title": "C"}, {}, ["title"]),  # yours is an edit
        ({"title": "A"}, {"title": "{C}!"}, {"title": "C"}, {}, []),  # and may say the same
        ({"doi": "10.1000/X"}, {"doi": "10.1000/X"}, {"doi": "10.1000/x"}, {}, []),
        ({"title": "A"}, {"title": "A", "note": "mine"}, {"title": "A"}, {}, []),
        ({"note": "Not resolved (x)"}, {"note": "Not resolved (x)"}, {"title": "T"},
         {"note": ("Not resolved (x)", None), "title": (None, "T")}, []),
        ({"title": "T", "author": "A", "year": "2023"}, {"title": "T", "author": "A", "year": "2023"},
         {"title": "T", "key": "T", "year": "2023"}, {}, []),
    ],
)  # fmt: skip
def test_a_field(
    base: Fields, mine: Fields, theirs: Fields, changed: Changed, conflicts: list[str]
) -> None:
    found = settled(base, mine, theirs)
    assert changes(found) == changed
    assert [conflict.name for conflict in found.conflicts] == conflicts


def test_a_publication_comes_as_a_whole_and_takes_the_preprints_month_with_it() -> None:
    found = settled(PREPRINT, PREPRINT, {**PREPRINT, **PLACE, "@": "article"}, now={"date": "dblp"})
    assert changes(found)["@"] == ("misc", "article")
    assert changes(found)["year"] == ("2023", "2024")
    theirs = {
        name: v for name, v in {**PREPRINT, **PLACE, "@": "article"}.items() if name != "month"
    }
    assert changes(settled(PREPRINT, PREPRINT, theirs))["month"] == ("may", None)


def test_a_publication_is_not_taken_back() -> None:
    base = {**PREPRINT, **PLACE, "@": "article"}
    found = settled(base, base, PREPRINT, before={"container": "dblp", "date": "dblp"})
    assert found == Settled((), (), found.locked)
    other = {**base, "journal": "Science", "volume": "9"}
    said = {"journal_ref": "arxiv", "date": "arxiv"}
    found = settled(base, base, other, before={"container": "dblp", "date": "dblp"}, now=said)
    assert changes(found) == {}
    found = settled(
        base, base, other, before=said, now={"container": "crossref", "date": "crossref"}
    )
    assert changes(found) == {"journal": ("Nature", "Science"), "volume": ("7", "9")}


def test_a_publication_of_yours_is_not_mixed_with_another() -> None:
    mine = {**PREPRINT, "journal": "Cell", "@": "article"}
    found = settled(PREPRINT, mine, {**PREPRINT, **PLACE, "@": "article", "doi": "10.1/x"})
    assert changes(found) == {"doi": (None, "10.1/x")}
    assert [conflict.name for conflict in found.conflicts] == ["journal"]
    assert "volume" not in found.locked.fields


@pytest.mark.parametrize(
    ("then", "now", "taken"),
    [
        ("catalog", "arxiv", True), ("arxiv", "catalog", False), ("arxiv", "arxiv", True),
        ("pages/a.txt:3", "starter", True), ("huggingface", "pages/a.txt:3", False), ("", "", True),
    ],
)  # fmt: skip
def test_only_a_source_that_is_trusted_as_much_takes_over(then: str, now: str, taken: bool) -> None:
    found = settled(
        {"title": "A"}, {"title": "A"}, {"title": "B"}, before={"title": then}, now={"title": now}
    )
    assert bool(found.changes) is taken


def test_the_authors_own_page_is_trusted_most_about_code() -> None:
    say = {"code": "X"}, {"code": "X"}, {"code": "Y"}
    page, hf = {"code": "pages/a.txt:3"}, {"code": "huggingface"}
    assert not settled(*say, before=page, now=hf).changes
    assert settled(*say, before=hf, now=page).changes
    assert settled(*say, before=hf, now=hf).changes


def test_decisions_beforehand() -> None:
    say = {"title": "A"}, {"title": "B"}, {"title": "C"}
    ours = settled(*say, choice=Choice(ours=True))
    assert (ours.changes, ours.conflicts, ours.locked.fields["title"]) == ((), (), "C")
    theirs = settled(*say, choice=Choice(frozenset({"title"})))
    assert changes(theirs) == {"title": ("B", "C")}
    late = settled({"title": "C"}, *say[1:], choice=Choice(frozenset({"title"})))
    assert changes(late) == {"title": ("B", "C")}
    other = settled(*say, choice=Choice(frozenset({"year"})))
    assert [conflict.name for conflict in other.conflicts] == ["title"]


def test_a_value_made_with_macros_is_yours() -> None:
    found = settled({"title": "A"}, {"title": "A"}, {"title": "B"}, macros=frozenset({"title"}))
    assert (found.changes, len(found.conflicts)) == ((), 1)


def test_fields_under_biblatex_names_are_the_same_fields() -> None:
    base = {"title": "A", "year": "2023", "month": "may"}
    mine = {"title": "A", "date": "2023-05"}
    assert changes(settled(base, mine, base)) == {}
    assert changes(settled(base, mine, {**base, "month": "jun"})) == {
        "date": ("2023-05", "2023-06")
    }


def test_the_lock_moves_with_what_is_taken_and_stays_with_what_is_not() -> None:
    found = settled(
        {"title": "A", "abstract": "B"},
        {"title": "X", "abstract": "B"},
        {"title": "C", "abstract": "D", "code": "E"},
        before={"title": "catalog", "abstract": "catalog"},
        now={"title": "arxiv", "abstract": "arxiv", "code": "huggingface"},
    )
    assert found.locked.fields == {"abstract": "D", "code": "E", "title": "A"}
    assert found.locked.sources == {
        "abstract": "arxiv", "code": "huggingface", "title": "catalog",
    }  # fmt: skip
    same = settled({"title": "A"}, {"title": "B"}, {"title": "A"})
    assert same.locked.fields == {"title": "A"}
