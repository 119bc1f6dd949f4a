"""What would be written, told from values alone: no server, no file."""

from __future__ import annotations

from typing import Any

import pytest

from bibkit.bibfile import read_bib
from bibkit.errors import ConfigError
from bibkit.sync.lock import Lock, dump_lock, read_lock
from bibkit.zotero.extra import read_extra, with_lines
from bibkit.zotero.from_entry import entry_sides
from bibkit.zotero.from_item import item_side
from bibkit.zotero.matching import match
from bibkit.zotero.opening import find_collection, inside
from bibkit.zotero.planning import PushPlan, Wish, plan_push
from bibkit.zotero.remembered import Remembered, remembered_items, with_items
from bibkit.zotero.settling import outcomes
from bibkit.zotero.sides import EntrySide, ItemSide
from bibkit.zotero.to_item import retyped


def entry(**fields: str) -> EntrySide:
    text = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
    bib = read_bib(f"@article{{k,\n{text}\n}}\n".encode(), origin="refs.bib")
    return entry_sides(bib)[0]


def item(**data: Any) -> ItemSide:
    return item_side({"key": "ABCD2345", "version": 7, "itemType": "journalArticle", **data})


def remembered(**values: str) -> Remembered:
    return Remembered("k", {"itemType": "journalArticle", "citationKey": "k", **values})


@pytest.mark.parametrize(
    ("base", "file", "zotero", "push", "pull"),
    [
        ("1", "1", "1", "same", "same"),
        ("1", "2", "1", "theirs", "mine"),
        ("1", "1", "2", "mine", "theirs"),
        ("1", "2", "2", "same", "same"),
        ("1", "2", "3", "conflict", "conflict"),
        ("1", None, "1", "same", "mine"),  # taken out here: it stays there
        ("1", "1", None, "mine", "same"),
        ("1", None, "2", "conflict", "conflict"),
        (None, "1", None, "theirs", "mine"),
        (None, None, "1", "mine", "theirs"),
        (None, "1", "2", "conflict", "conflict"),
    ],
)
def test_the_table_of_three_ways(
    base: str | None, file: str | None, zotero: str | None, push: str, pull: str
) -> None:
    one = entry(title="T", **({"volume": file} if file else {}))
    other = item(title="T", **({"volume": zotero} if zotero else {}))
    known = remembered(title="T", **({"volume": base} if base else {}))
    for writing, verdict in (("item", push), ("entry", pull)):
        found = {o.name: o.verdict for o in outcomes(one, other, known, writing=writing)}  # type: ignore[arg-type]
        assert found["volume"] == verdict, writing


def test_spellings_that_differ_are_no_conflict_at_first() -> None:
    one = entry(
        title="{Étale} Cohomology, Revisited",
        author="Müller, Jürgen and van den Berg, A.",
        journal="J. of Things",
        pages="1--9",
        year="2020",
        doi="10.1000/ABC",
        url="https://www.example.org/x/",
    )
    people = [("Jürgen K.", "Müller"), ("Anna", "van den Berg")]
    other = item(
        title="Etale cohomology revisited",
        creators=[{"creatorType": "author", "firstName": f, "lastName": n} for f, n in people],
        publicationTitle="J. of things",
        pages="1–9",
        date="2020-05-01",
        DOI="10.1000/abc",
        url="http://example.org/x",
    )
    found = {o.name: o.verdict for o in outcomes(one, other, None, writing="item")}
    assert found.pop("citationKey") == "theirs"
    assert set(found.values()) == {"same"}


def test_each_side_is_compared_with_its_own_last_spelling() -> None:
    known = remembered(title="Étale Things").agreed("title", "Étale Things", "Etale things")
    one, other = entry(title="Étale Things"), item(title="Etale things")
    assert {
        o.verdict for o in outcomes(one, other, known, writing="item") if o.name == "title"
    } == {"same"}
    one = entry(title="Étale Thoughts")
    assert {
        o.verdict for o in outcomes(one, other, known, writing="item") if o.name == "title"
    } == {"theirs"}


def test_what_is_remembered_comes_back_from_the_lock() -> None:
    one = Remembered("k", {"title": "T" * 1000, "date": "2020"}, {"date": None}, ("a", "b"), True)
    one = one.agreed("title", "T" * 1000, "T" * 1000)
    lock = with_items(Lock(extra={"other": 1}), "users/1", {"ABCD2345": one})
    again = read_lock(dump_lock(lock), origin="")
    assert remembered_items(again, "users/1") == {"ABCD2345": one}
    assert remembered_items(again, "groups/1") == {}
    assert again.extra["other"] == 1
    assert "T" * 200 not in dump_lock(lock).decode()
    assert with_items(again, "users/1", {}).extra == {"other": 1}


@pytest.mark.parametrize(
    "damaged", [3, [], {"users/1": 3}, {"users/1": {"A": 3}}, {"users/1": {"A": {"entry": 3}}}]
)
def test_a_damaged_section_is_forgotten(damaged: Any) -> None:
    assert remembered_items(Lock(extra={"zotero": damaged}), "users/1") == {}


def test_extra_keeps_its_other_lines() -> None:
    extra = "Mine: yes\n\nCitation Key: old\nComment: arXiv:1706.03762 was first\nDOI: 10.1/a b"
    assert read_extra(extra) == {"citationKey": "old"}
    new = with_lines(extra, {"citationKey": "new", "note": "one\ntwo"})
    assert new == extra.replace("Key: old", "Key: new") + "\ntex.note: one two"


def test_identifiers_decide_before_titles() -> None:
    papers = [
        item(key="AAAA2222", title="Segment Anything", extra="arXiv:2304.02643"),
        item(key="BBBB2222", title="Segment Anything", DOI="10.1109/ICCV51070.2023.00371"),
        item(key="CCCC2222", title="Another", extra="Citation Key: k"),
    ]
    one = entry(title="Segment Anything", doi="10.1109/iccv51070.2023.00371")
    assert match([one], papers, {}).items[0].key == "BBBB2222"
    one = entry(title="Segment Anything", eprint="2304.99999", archiveprefix="arXiv")
    assert match([one], papers[:1], {}).items == {}, "another id is another paper"


def test_an_item_under_another_type_keeps_what_it_can() -> None:
    data = {
        "itemType": "preprint",
        "title": "T",
        "repository": "arXiv",
        "archiveID": "arXiv:1706.03762",
        "place": "",
        "callNumber": "QA",
        "creators": [{"creatorType": "author", "name": "A"}],
        "tags": [{"tag": "x"}],
    }
    new = retyped(data, "patent")
    assert new.lost == ("callNumber",)
    assert new.data["creators"] == [{"creatorType": "inventor", "name": "A"}]
    assert retyped(data, "journalArticle").lost == ()


def test_two_entries_of_one_new_paper_make_one_item() -> None:
    text = b"".join(
        b"@misc{%s, title={Attention Is All You Need}, eprint={1706.03762}}\n" % key
        for key in (b"one", b"two")
    )
    plan = push_plan(entry_sides(read_bib(text, origin="refs.bib")), [])
    assert [write.entry.key for write in plan.items] == ["one"]
    assert [str(p) for p in plan.problems] == ["refs.bib:2: duplicate: two: the same paper as one"]


def push_plan(entries: list[EntrySide], items: list[ItemSide]) -> PushPlan:
    return plan_push(entries, items, {}, {e.key for e in entries}, Wish())


def test_a_list_that_is_cut_is_not_told() -> None:
    one = entry(title="T", author="Body, Any and others")
    (write,) = push_plan([one], []).items
    assert "creators" not in write.data


def test_collections_by_name_and_by_path() -> None:
    def folder(key: str, name: str, parent: str | bool = False, **more: Any) -> dict[str, Any]:
        return {"key": key, "name": name, "parentCollection": parent, **more}

    folders = [
        folder("LAB22222", "Lab"),
        folder("WORK2222", "Work", "LAB22222"),
        folder("OTHER222", "Other"),
        folder("WORK3333", "Work", "OTHER222"),
        folder("SLASH222", "In/Out"),
        folder("GONE2222", "Gone", deleted=True),
    ]
    assert find_collection(folders, "Lab/Work").key == "WORK2222"
    assert find_collection(folders, "In/Out").key == "SLASH222"
    assert find_collection(folders, "Gone").missing == ("Gone",)
    assert find_collection(folders, "Lab/New/One").missing == ("New", "One")
    assert inside(folders, "LAB22222") == {"LAB22222", "WORK2222"}
    with pytest.raises(ConfigError, match="several collections"):
        find_collection(folders, "Work")
