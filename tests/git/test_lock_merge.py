"""Locks are merged without conflicts, and nothing that they remember is forgotten."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bibkit.errors import OutputError
from bibkit.git.conflicts import Markers
from bibkit.git.lock_merge import merge_locks
from bibkit.sync import Lock, dump_lock, read_lock
from tests.conftest import ROOT

BERT = {
    "title": "BERT: Pre-training",
    "arxiv": "1810.04805",
    "entry_type": "misc",
    "fields": {"title": "{BERT}: Pre-training", "year": "2018"},
    "sources": {"title": "arxiv", "year": "arxiv"},
}
GPT3 = {
    "title": "Language Models are Few-Shot Learners",
    "arxiv": "2005.14165",
    "fields": {"year": "2020"},
    "sources": {},
}


def lock(entries: dict[str, Any], decisions: list[Any] | None = None, **more: Any) -> bytes:
    value = {"format": 1, "entries": entries, "decisions": decisions or [], **more}
    return dump_lock(read_lock(json.dumps(value).encode(), origin="test"))


def changed(entry: dict[str, Any], **fields: str) -> dict[str, Any]:
    return {**entry, "fields": {**entry["fields"], **fields}}


def merged(base: bytes, mine: bytes, theirs: bytes) -> tuple[Lock, list[str]]:
    one = merge_locks(base, mine, theirs, origin="refs.bib.lock", markers=Markers())
    other = merge_locks(base, theirs, mine, origin="refs.bib.lock", markers=Markers())
    assert one.conflicts == ()
    assert one.data == other.data, "whoever merges, the lock is the same"
    return read_lock(one.data, origin="x"), [note.message for note in one.notes]


def test_entries_and_base_values_of_both_sides_are_remembered() -> None:
    base = lock({"bert": BERT})
    mine = lock({"bert": changed(BERT, year="2019"), "gpt3": GPT3})
    theirs = lock({"bert": changed(BERT, doi="10.18653/v1/n19-1423")})
    found, notes = merged(base, mine, theirs)
    assert dict(found.entries["bert"].fields) == {
        "title": "{BERT}: Pre-training",
        "year": "2019",
        "doi": "10.18653/v1/n19-1423",
    }
    assert found.entries["gpt3"].arxiv_id == "2005.14165"
    assert notes == []


def test_a_base_value_that_both_wrote_otherwise_is_no_base() -> None:
    base, mine, theirs = (lock({"bert": changed(BERT, year=y)}) for y in ("2018", "2019", "2020"))
    found, notes = merged(base, mine, theirs)
    assert "year" not in found.entries["bert"].fields
    assert "year" not in found.entries["bert"].sources
    assert notes == ["'bert': both sides wrote year; what stands there counts as yours now"]


def test_what_was_deleted_from_the_bibliography_stays_remembered() -> None:
    base = lock({"bert": BERT, "gpt3": GPT3})
    mine = lock({"bert": {**BERT, "deleted": True}, "gpt3": GPT3})
    theirs = lock({"bert": changed(BERT, year="2019"), "gpt3": GPT3})
    found, _ = merged(base, mine, theirs)
    assert found.entries["bert"].extra == {"deleted": True}
    assert found.entries["bert"].fields["year"] == "2019"


def test_a_removal_goes_through_but_never_over_news() -> None:
    base = lock({"bert": BERT, "gpt3": GPT3})
    found, _ = merged(base, lock({"bert": BERT}), lock({"bert": BERT, "gpt3": GPT3}))
    assert set(found.entries) == {"bert"}
    found, _ = merged(
        base, lock({"bert": BERT}), lock({"gpt3": changed(GPT3, year="2021"), "bert": BERT})
    )
    assert set(found.entries) == {"bert", "gpt3"}


def test_decisions_are_united() -> None:
    one = {"decision": "same", "keys": ["a", "b"]}
    two = {"decision": "not the same", "keys": ["c", "d"]}
    old = {"different": ["x", "y"]}
    found, _ = merged(lock({}, [old]), lock({}, [old, one]), lock({}, [old, two]))
    assert list(found.decisions) == [old, one, two]


def test_decisions_that_contradict_each_other_merge_no_papers() -> None:
    one = {"decision": "same", "keys": ["a", "b"]}
    two = {"decision": "not the same", "keys": ["b", "a"]}
    found, notes = merged(lock({}), lock({}, [one]), lock({}, [two]))
    assert list(found.decisions) == [two]
    assert notes == ["a and b: the sides decided otherwise; not merged"]


def test_what_a_newer_version_wrote_is_merged_too() -> None:
    base = lock({"bert": BERT}, published={"bert": "2019-01-01"}, seen=["page1"])
    mine = lock(
        {"bert": {**BERT, "stars": 1}}, published={"bert": "2019-06-01"}, seen=["page1", "page2"]
    )
    theirs = lock(
        {"bert": {**BERT, "tags": ["nlp"]}},
        published={"bert": "2019-01-01", "x": "1"},
        seen=["page1", "page3"],
    )
    found, _ = merged(base, mine, theirs)
    assert found.entries["bert"].extra == {"stars": 1, "tags": ["nlp"]}
    assert found.extra["published"] == {"bert": "2019-06-01", "x": "1"}
    assert sorted(found.extra["seen"]) == ["page1", "page2", "page3"]


def test_one_paper_added_under_two_keys_lives_under_that_of_the_bibliography() -> None:
    mine, theirs = (
        lock({"devlin2019bert": BERT}),
        lock({"bert": changed(BERT, code="https://x.org")}),
    )
    found, notes = merged(lock({}), mine, theirs)
    assert not found.entries["bert"].retired
    assert found.entries["bert"].fields["code"] == "https://x.org"
    assert found.entries["devlin2019bert"].retired
    assert notes == ["'devlin2019bert' is 'bert': both sides added this paper"]


def test_two_papers_under_one_key_are_both_remembered() -> None:
    found, notes = merged(lock({}), lock({"new": BERT}), lock({"new": GPT3}))
    assert {entry.arxiv_id for entry in found.entries.values()} == {"1810.04805", "2005.14165"}
    assert set(found.entries) == {"new", "newa"}
    assert len(notes) == 1


def test_what_is_written_on_one_side_follows_a_key_that_was_renamed_on_the_other() -> None:
    base = lock({"devlin2019bert": BERT})
    retired = {"title": BERT["title"], "arxiv": BERT["arxiv"], "retired": True}
    mine = lock({"devlin2019bert": retired, "bert": BERT})
    theirs = lock({"devlin2019bert": changed(BERT, year="2019")})
    found, notes = merged(base, mine, theirs)
    assert found.entries["devlin2019bert"].retired
    assert found.entries["bert"].fields["year"] == "2019"
    assert notes == []


def test_what_is_remembered_of_zotero_is_merged_by_item() -> None:
    def items(**values: str | None) -> dict[str, Any]:
        item = {"entry": "bert", "values": {"title": "T", "year": "2018"}, "item_values": values}
        return {"groups/1": {"ABCD2345": item}}

    base = lock({"bert": BERT}, zotero=items(title=None))
    mine = lock({"bert": BERT}, zotero=items(title=None, year="2019"))
    theirs = lock({"bert": BERT}, zotero=items(title=None, year="2020"))
    found, _ = merged(base, mine, theirs)
    item = found.extra["zotero"]["groups/1"]["ABCD2345"]
    assert item == {"entry": "bert", "values": {"title": "T"}, "item_values": {"title": None}}


def test_a_lock_of_each_side_without_an_ancestor() -> None:
    found, _ = merged(b"", lock({"bert": BERT}), lock({"gpt3": GPT3}))
    assert set(found.entries) == {"bert", "gpt3"}


def test_a_lock_of_the_first_format_is_merged() -> None:
    old = (ROOT / "tests/data/sync/format-1.lock").read_bytes()
    value = json.loads(old)
    value["entries"]["gpt"] = GPT3
    mine = json.dumps(value).encode()
    value["entries"]["devlin2019bert"]["fields"]["year"] = "2020"
    del value["entries"]["gpt"]
    found, _ = merged(old, mine, json.dumps(value).encode())
    assert found.entries["devlin2019bert"].fields["year"] == "2020"
    assert "gpt" in found.entries
    assert found.entries["brown2020language"].retired


@pytest.mark.parametrize("bad", [b"{", b'{"format": 999}', b"<<<<<<< HEAD\n{}\n", b"\xff"])
def test_a_lock_that_cannot_be_read_is_left_to_git(bad: bytes) -> None:
    with pytest.raises(OutputError):
        merge_locks(lock({}), lock({"bert": BERT}), bad, origin="x.lock", markers=Markers())
