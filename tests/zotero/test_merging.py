"""Three-way between a file and a library: nobody's edit is lost, on either side."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bibkit.bibfile import read_bib
from tests.zotero.conftest import Zotero
from tests.zotero.fake_zotero import FakeZotero, Library
from tests.zotero.test_push import BIB, item_of


@pytest.fixture
def pushed(server: FakeZotero, folder: Path, zotero: Zotero) -> Path:
    """A file that is in Zotero."""
    path = folder / "refs.bib"
    path.write_text(BIB, "utf-8")
    assert zotero("push", "refs.bib").code == 0
    return path


def edit_file(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def edit_item(server: FakeZotero, key: str, **values: Any) -> dict[str, Any]:
    return server.put(**{**item_of(server, key), **values})


def test_an_edit_of_the_file_goes_to_zotero(
    server: FakeZotero, pushed: Path, zotero: Zotero
) -> None:
    edit_file(pushed, "pages = {770--778}", "pages = {770--779}")
    writes = len(server.writes)
    run = zotero("push", "refs.bib")
    assert item_of(server, "he2016deep")["pages"] == "770-779"
    assert len(server.writes) == writes + 1
    assert "change: he2016deep: pages" in run.err


def test_an_edit_in_zotero_goes_to_the_file_and_is_never_written_over(
    server: FakeZotero, pushed: Path, zotero: Zotero
) -> None:
    edit_item(server, "lamport", university="Brandeis", abstractNote="In our own words.")
    writes = len(server.writes)
    assert zotero("push", "refs.bib").code == 0
    assert len(server.writes) == writes
    before = pushed.read_text("utf-8")
    assert zotero("pull", "refs.bib").code == 0
    after = pushed.read_text("utf-8")
    assert after == before.replace("school = {Brandeis University}", "school = {Brandeis}").replace(
        "  year = 1972,\n}", "  year = 1972,\n  abstract = {In our own words.},\n}"
    )
    assert zotero("pull", "refs.bib").err.count("change: ") == 0
    assert zotero("push", "refs.bib").code == 0
    assert len(server.writes) == writes


def test_edits_of_both_are_merged_field_by_field(
    server: FakeZotero, pushed: Path, zotero: Zotero
) -> None:
    edit_item(server, "knuth", publisher="Addison Wesley Professional", edition="3")
    edit_file(pushed, "year = {1984}", "year = {1986}")
    run = zotero("push", "refs.bib")
    item = item_of(server, "knuth")
    assert (item["date"], item["edition"]) == ("1986", "3")
    assert item["publisher"] == "Addison Wesley Professional"
    assert "conflict" not in run.codes
    zotero("pull", "refs.bib")
    text = pushed.read_text("utf-8")
    assert "publisher = {Addison Wesley Professional}" in text
    assert "edition = {3}" in text
    assert "year = {1986}" in text


@pytest.mark.parametrize("command", ["push", "pull"])
def test_a_conflict_is_told_and_changes_neither_side(
    server: FakeZotero, pushed: Path, zotero: Zotero, command: str
) -> None:
    edit_item(server, "lamport", title="The Analytic Cauchy Problem")
    edit_file(pushed, "with Singular Data", "with Singular Initial Data")
    text, writes = pushed.read_text("utf-8"), len(server.writes)
    for _ in range(2):  # it is one until somebody settles it
        run = zotero(command, "refs.bib")
        assert "refs.bib:26: conflict: lamport: file and Zotero differ in title (" in run.err
        assert run.code == 0
    assert pushed.read_text("utf-8") == text
    assert len(server.writes) == writes
    assert item_of(server, "lamport")["title"] == "The Analytic Cauchy Problem"
    edit_file(
        pushed,
        "The Analytic Cauchy Problem with Singular Initial Data",
        "The Analytic Cauchy Problem",
    )
    assert "conflict" not in zotero(command, "refs.bib").codes


def test_what_people_added_in_zotero_stays(
    server: FakeZotero, pushed: Path, zotero: Zotero
) -> None:
    theirs = {
        "tags": [{"tag": "attention"}, {"tag": "to read", "type": 1}],
        "relations": {"dc:relation": ["http://zotero.org/groups/1/items/ABCD2345"]},
        "extra": "A line of mine\n" + item_of(server, "vaswani2017attention")["extra"],
        "callNumber": "QA 76",
    }
    item = edit_item(server, "vaswani2017attention", **theirs)
    note = server.put(itemType="note", parentItem=item["key"], note="<p>Mine</p>")
    edit_file(pushed, "{Attention Is All You Need}", "{Attention Is All You Need!}")
    assert zotero("push", "refs.bib").code == 0
    after = item_of(server, "vaswani2017attention")
    assert after["title"] == "Attention Is All You Need!"
    assert {name: after[name] for name in theirs} == theirs, "`translation` was taken off there"
    assert server.library.items[note["key"]] == note


def test_a_value_is_never_taken_away(server: FakeZotero, pushed: Path, zotero: Zotero) -> None:
    edit_file(pushed, "  school = {Brandeis University},\n", "")
    edit_item(server, "knuth", ISBN="")
    writes, text = len(server.writes), pushed.read_text("utf-8")
    zotero("push", "refs.bib")
    zotero("pull", "refs.bib")
    assert item_of(server, "lamport")["university"] == "Brandeis University"
    assert len(server.writes) == writes
    assert pushed.read_text("utf-8") == text


def test_somebody_is_quicker(server: FakeZotero, pushed: Path, zotero: Zotero) -> None:
    """The write was planned for a library that is no longer so: read, merged and planned again."""
    edit_file(pushed, "pages = {770--778}", "pages = {770--779}")
    edit_file(pushed, "year = 1972", "year = 1973")

    def somebody(library: Library) -> None:
        edit_item(server, "he2016deep", series="CVPR")
        edit_item(server, "lamport", date="1974")

    server.before_write.append(somebody)
    run = zotero("push", "refs.bib")
    meeting, thesis = item_of(server, "he2016deep"), item_of(server, "lamport")
    assert (meeting["pages"], meeting["series"]) == ("770-779", "CVPR")
    assert thesis["date"] == "1974", "theirs, and ours is another: a conflict"
    assert "differ in date (" in run.err
    assert run.code == 0


def test_somebody_adds_the_same_paper_meanwhile(
    server: FakeZotero, folder: Path, zotero: Zotero
) -> None:
    (folder / "refs.bib").write_text(BIB, "utf-8")
    server.before_write.append(
        lambda _: server.put(
            itemType="preprint", title="Attention is all you need", archiveID="arXiv:1706.03762"
        )
    )
    assert zotero("push", "refs.bib").code == 0
    assert len(server.references()) == 4
    (one,) = [i for i in server.references() if i["itemType"] == "preprint"]
    assert one["title"] == "Attention is all you need", "their spelling is as good as ours"
    assert one["date"] == "2017-06"


def test_papers_are_recognised_by_any_of_their_names(
    server: FakeZotero, folder: Path, zotero: Zotero
) -> None:
    server.put(
        itemType="journalArticle", title="Attention", url="http://arxiv.org/abs/1706.03762v5"
    )
    server.put(itemType="conferencePaper", title="ResNet", DOI="10.1109/cvpr.2016.90")
    server.put(itemType="book", title="The TeXbook (revised)", extra="citation key: knuth")
    thesis: dict[str, Any] = {
        "itemType": "thesis",
        "title": "The analytic Cauchy problem with singular data",
        "creators": [{"creatorType": "author", "firstName": "L.", "lastName": "Lamport"}],
    }
    server.put(**thesis)
    (folder / "refs.bib").write_text(BIB, "utf-8")
    run = zotero("push", "refs.bib")
    assert len(server.references()) == 4
    assert "0 added, 4 changed" in run.err
    writes = len(server.writes)
    zotero("push", "refs.bib")
    assert len(server.writes) == writes


def test_another_paper_under_the_same_key_is_another_paper(
    server: FakeZotero, folder: Path, zotero: Zotero
) -> None:
    server.put(itemType="book", title="Seminumerical Algorithms", extra="Citation Key: knuth")
    (folder / "refs.bib").write_text(BIB, "utf-8")
    run = zotero("push", "refs.bib")
    assert len(server.references()) == 5
    assert "key-taken: knuth" in run.err


def test_what_was_removed_in_zotero_stays_removed(
    server: FakeZotero, pushed: Path, zotero: Zotero
) -> None:
    gone = item_of(server, "lamport")["key"]
    server.put(key=gone, deleted=1)
    text, writes = pushed.read_text("utf-8"), len(server.writes)
    run = zotero("push", "refs.bib")
    assert len(server.writes) == writes
    assert "removed-in-zotero: lamport" in run.err
    assert "removed-in-zotero: lamport" in zotero("pull", "refs.bib").err
    assert pushed.read_text("utf-8") == text
    assert zotero("push", "refs.bib", "--restore", "lamport").code == 0
    assert [i["title"] for i in server.references() if not i.get("deleted")].count(
        "The Analytic Cauchy Problem with Singular Data"
    ) == 1
    assert "removed-in-zotero" not in zotero("push", "refs.bib").codes


def test_what_was_deleted_from_the_file_is_deleted_in_zotero_only_when_asked(
    server: FakeZotero, pushed: Path, zotero: Zotero
) -> None:
    server.put(itemType="book", title="A Book of Theirs", extra="Citation Key: theirs")
    text = pushed.read_text("utf-8")
    pushed.write_text(text[: text.index("@phdthesis")], "utf-8")
    edit_item(server, "knuth", edition="2")
    writes = len(server.writes)
    run = zotero("push", "refs.bib")
    assert run.codes.count("gone-from-file") == 2
    assert len(server.writes) == writes
    assert "2 left out" in zotero("pull", "refs.bib").err, "what was deleted does not come back"
    assert "Lamport" not in pushed.read_text("utf-8")
    run = zotero("push", "refs.bib", "--delete", "--dry-run")
    assert len(server.writes) == writes
    run = zotero("push", "refs.bib", "--delete")
    assert item_of(server, "lamport")["deleted"] == 1
    assert "deleted" not in item_of(server, "knuth"), "somebody wrote there since"
    assert "deleted" not in item_of(server, "theirs")
    assert "trash: lamport" in run.err
    assert "conflict: knuth: is gone from the file" in run.err


def test_a_commented_entry_is_not_deleted(server: FakeZotero, pushed: Path, zotero: Zotero) -> None:
    edit_file(pushed, "@phdthesis{lamport,", "@comment{phdthesis{lamport,")
    zotero("push", "refs.bib", "--delete")
    assert "deleted" not in item_of(server, "lamport")


def test_a_preprint_that_was_published(server: FakeZotero, pushed: Path, zotero: Zotero) -> None:
    old = edit_item(server, "vaswani2017attention", libraryCatalog="arXiv.org")
    edit_file(pushed, "@misc{vaswani2017", "@inproceedings{vaswani2017")
    edit_file(
        pushed,
        "  eprint = {1706.03762},",
        "  booktitle = {Advances in Neural Information Processing Systems 30},\n"
        "  eprint = {1706.03762},",
    )
    run = zotero("push", "refs.bib")
    new = server.library.items[old["key"]]
    assert new["itemType"] == "conferencePaper"
    assert new["proceedingsTitle"] == "Advances in Neural Information Processing Systems 30"
    assert new["libraryCatalog"] == "arXiv.org"
    assert "archiveID" not in new
    assert "arXiv:1706.03762 [cs.CL]" in new["extra"]
    assert run.code == 0
    writes = len(server.writes)
    zotero("push", "refs.bib")
    assert len(server.writes) == writes


def test_a_type_stays_where_a_value_would_be_lost(
    server: FakeZotero, pushed: Path, zotero: Zotero
) -> None:
    edit_item(server, "vaswani2017attention", seriesNumber="7")
    edit_file(pushed, "@misc{vaswani2017", "@article{vaswani2017")
    edit_file(pushed, "  eprint = {1706.03762},", "  journal = {Nature},\n  eprint = {1706.03762},")
    run = zotero("push", "refs.bib")
    item = item_of(server, "vaswani2017attention")
    assert (item["itemType"], item["seriesNumber"]) == ("preprint", "7")
    assert "type-kept: vaswani2017attention" in run.err


def test_the_code_link_follows(server: FakeZotero, pushed: Path, zotero: Zotero) -> None:
    def attachment() -> dict[str, Any]:
        (one,) = [i for i in server.library.items.values() if i["itemType"] == "attachment"]
        return one

    edit_file(pushed, "tensorflow/tensor2tensor}", "tensorflow/models}")
    zotero("push", "refs.bib")
    assert attachment()["url"] == "https://github.com/tensorflow/models"
    server.put(**{**attachment(), "url": "https://github.com/google/trax_x"})
    zotero("pull", "refs.bib")
    assert "code = {https://github.com/google/trax_x}" in pushed.read_text("utf-8")
    server.put(**{**attachment(), "deleted": 1})
    writes = len(server.writes)
    zotero("push", "refs.bib")
    assert len(server.writes) == writes, "a link that was removed there is not made again"


def test_a_link_that_is_there_under_another_title_is_not_made_again(
    server: FakeZotero, folder: Path, zotero: Zotero
) -> None:
    item = server.put(itemType="preprint", title="Attention", archiveID="arXiv:1706.03762")
    server.put(
        itemType="attachment",
        linkMode="linked_url",
        title="GitHub",
        parentItem=item["key"],
        url="https://github.com/tensorflow/tensor2tensor/",
    )
    (folder / "refs.bib").write_text(BIB, "utf-8")
    zotero("push", "refs.bib")
    assert len([i for i in server.library.items.values() if i["itemType"] == "attachment"]) == 1


def test_without_a_lock_all_is_found_again(
    server: FakeZotero, pushed: Path, zotero: Zotero
) -> None:
    (pushed.parent / "refs.bib.lock").unlink()
    writes = len(server.writes)
    assert "0 added, 0 changed, 4 unchanged" in zotero("push", "refs.bib").err
    assert len(server.writes) == writes


def test_the_citation_key_stands_in_its_own_field_where_there_is_one(
    server: FakeZotero, folder: Path, zotero: Zotero
) -> None:
    server.modern = True
    server.put(itemType="book", title="Another One")
    (folder / "refs.bib").write_text(BIB, "utf-8")
    zotero("push", "refs.bib")
    (book,) = [i for i in server.references() if i["title"] == "The TeXbook"]
    assert (book["citationKey"], book["DOI"]) == ("knuth", "10.5555/1102013")
    assert "extra" not in book


def test_a_paper_that_a_person_marked_as_published_in_zotero(
    server: FakeZotero, pushed: Path, zotero: Zotero
) -> None:
    item = item_of(server, "vaswani2017attention")
    for name in ("repository", "archiveID"):
        item.pop(name)
    server.put(
        **{
            **item,
            "itemType": "journalArticle",
            "publicationTitle": "Advances in Attention",
            "volume": "30",
            "DOI": "10.5555/3295222",
            "date": "2018",
        }
    )
    assert zotero("pull", "refs.bib").code == 0
    entry = read_bib(pushed.read_bytes(), origin="").entries[0]
    assert (entry.key, entry.entry_type) == ("vaswani2017attention", "article")
    assert entry.fields["journal"] == "Advances in Attention"
    assert (entry.fields["year"], entry.fields.get("month")) == ("2018", None)
    assert entry.fields["doi"] == "10.5555/3295222"
    assert entry.fields["eprint"] == "1706.03762"
    writes, text = len(server.writes), pushed.read_bytes()
    assert "4 unchanged" in zotero("pull", "refs.bib").err
    assert "4 unchanged" in zotero("push", "refs.bib").err
    assert (len(server.writes), pushed.read_bytes()) == (writes, text)
