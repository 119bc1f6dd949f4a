"""`bibkit zotero pull` against a strict stand-in."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from bibkit.bibfile import read_bib
from bibkit.cli import main
from tests.zotero.conftest import Zotero
from tests.zotero.fake_zotero import FakeZotero, written
from tests.zotero.test_faults import entries


def people(*names: str) -> list[dict[str, str]]:
    return [
        {"creatorType": "author", "firstName": first, "lastName": last}
        for last, _, first in (name.partition(", ") for name in names)
    ]


def fill(server: FakeZotero) -> None:
    server.library.collections["LABABC23"] = {
        "key": "LABABC23",
        "version": 1,
        "name": "Lab",
        "parentCollection": False,
    }
    paper = server.put(
        itemType="preprint",
        title="Representation Learning with <i>Contrastive</i> Predictive Coding",
        creators=people("van den Oord, Aäron", "Li, Yazhe"),
        date="July 10, 2018",
        repository="arXiv",
        archiveID="arXiv:1807.03748",
        DOI="10.48550/arXiv.1807.03748",
        extra="arXiv:1807.03748 [cs.LG]\ntex.note: Read & liked\nA line of somebody's",
        url="http://arxiv.org/abs/1807.03748",
        tags=[{"tag": "coding"}, {"tag": "Smith, Adam"}],
        collections=["LABABC23"],
    )
    server.put(
        itemType="attachment",
        linkMode="linked_url",
        title="Code",
        url="https://github.com/o/cpc_x",
        parentItem=paper["key"],
    )
    server.put(itemType="note", parentItem=paper["key"], note="<p>Mine</p>")
    server.put(
        itemType="bookSection",
        title="How to Read 100% of a Book_",
        creators=[
            *people("Adler, M. J."),
            {"creatorType": "editor", "name": "The Editors & Co"},
        ],
        bookTitle="Books",
        publisher="Simon & Schuster",
        place="New York",
        pages="11–21",
        date="1972",
        extra="Citation Key: Adler1972",
        collections=["LABABC23"],
    )
    server.put(
        itemType="thesis",
        title="论可计算数",
        creators=people("王, 小明"),
        thesisType="Master's thesis",
        university="清华大学",
        date="2010",
        extra="Citation Key: 王2010",
        callNumber="QA 76",
    )
    server.put(itemType="film", title="A Film", date="1999")


def test_new_papers_come_after_the_others(server: FakeZotero, folder: Path, zotero: Zotero) -> None:
    fill(server)
    old = '% ours\r\n@article{Adler1972,\r\n\ttitle = "Another",\r\n\tyear = 1900\r\n}\r\n'
    path = folder / "refs.bib"
    path.write_bytes(old.encode())
    run = zotero("pull", "refs.bib", "--collection", "Lab")
    assert run.code == 0
    data = path.read_bytes()
    assert data.startswith(old.encode())
    assert b"\n" not in data.replace(b"\r\n", b"")
    paper, chapter = read_bib(data, origin="").entries[1:]
    assert (paper.key, paper.entry_type) == ("vandenoord2018representation", "misc")
    assert paper.fields == {
        "title": "Representation Learning with Contrastive Predictive Coding",
        "author": r"van den Oord, A{\"a}ron and Li, Yazhe",
        "year": "2018",
        "month": "jul",
        "day": "10",
        "eprint": "1807.03748",
        "eprinttype": "arxiv",
        "archiveprefix": "arXiv",
        "primaryclass": "cs.LG",
        "doi": "10.48550/arXiv.1807.03748",
        "url": "http://arxiv.org/abs/1807.03748",
        "code": "https://github.com/o/cpc_x",
        "note": r"Read \& liked",
        "keywords": "coding, {Smith, Adam}",
    }
    assert (chapter.key, chapter.entry_type) == ("adler1972read", "incollection"), (
        "the key is taken"
    )
    assert chapter.fields["title"] == r"How to Read 100\% of a Book\_"
    assert chapter.fields["editor"] == r"{The Editors \& Co}"
    assert chapter.fields["pages"] == "11--21"
    after = path.stat().st_mtime_ns
    assert (
        "0 added, 0 changed, 2 unchanged" in zotero("pull", "refs.bib", "--collection", "Lab").err
    )
    assert path.stat().st_mtime_ns == after


def test_a_whole_library_makes_a_file(server: FakeZotero, folder: Path, zotero: Zotero) -> None:
    fill(server)
    run = zotero("pull", "new.bib")
    entries = {e.key: e for e in read_bib((folder / "new.bib").read_bytes(), origin="").entries}
    assert "Adler1972" in entries
    thesis = next(e for e in entries.values() if e.entry_type == "mastersthesis")
    assert thesis.fields["title"] == "论可计算数", "letters that TeX has no spelling for stay"
    assert thesis.fields["school"] == "清华大学"
    assert thesis.key.isascii()
    assert "not-carried: not carried over: callNumber" in run.err
    assert "unknown-type" in run.codes
    assert (folder / "new.bib").read_text("utf-8").startswith("@misc{vandenoord2018")
    writes = len(server.writes)
    assert "0 added, 0 changed, 4 unchanged" in zotero("push", "new.bib").err
    assert len(server.writes) == writes == 0


def test_a_dry_run_writes_nothing_anywhere(
    server: FakeZotero, folder: Path, zotero: Zotero
) -> None:
    fill(server)
    path = folder / "refs.bib"
    path.write_text("@misc{mine, title = {Mine}, year = 2020}\n")
    before = sorted(p.name for p in folder.iterdir()), path.read_bytes()
    run = zotero("pull", "refs.bib", "--dry-run")
    assert "4 would be added" in run.err
    run = zotero("push", "refs.bib", "--dry-run", "--collection", "New/One")
    assert "add: mine: document: Mine" in run.err
    assert "collection: New/One" in run.err
    assert server.writes == []
    assert (sorted(p.name for p in folder.iterdir()), path.read_bytes()) == before


def test_a_pull_can_be_undone(server: FakeZotero, folder: Path, zotero: Zotero) -> None:
    fill(server)
    path = folder / "refs.bib"
    path.write_text("@misc{mine, title = {Mine}, year = 2020}\n")
    before = path.read_bytes()
    zotero("pull", "refs.bib")
    after = path.read_bytes()
    assert CliRunner().invoke(main, ["undo", "refs.bib"]).exit_code == 0
    assert path.read_bytes() == before
    assert not (folder / "refs.bib.lock").exists()
    zotero("pull", "refs.bib")
    assert path.read_bytes() == after


def test_biblatex_files_stay_biblatex(server: FakeZotero, folder: Path, zotero: Zotero) -> None:
    fill(server)
    path = folder / "refs.bib"
    path.write_text("@online{mine,\n  title = {Mine},\n  date = {2020-01-01},\n}\n")
    zotero("pull", "refs.bib", "--collection", "Lab")
    paper, chapter = read_bib(path.read_bytes(), origin="").entries[1:]
    assert paper.entry_type == "online"
    assert (paper.fields["date"], paper.fields["eprintclass"]) == ("2018-07-10", "cs.LG")
    assert "archiveprefix" not in paper.fields
    assert (chapter.fields["location"], chapter.fields["date"]) == ("New York", "1972")


def test_what_is_made_with_macros_stays(server: FakeZotero, folder: Path, zotero: Zotero) -> None:
    path = folder / "refs.bib"
    text = '@string{cvpr = "CVPR"}\n@inproceedings{k,\n  title = {A Long Enough Title},\n  booktitle = cvpr,\n  year = 2020\n}\n'
    path.write_text(text)
    zotero("push", "refs.bib")
    (item,) = server.references()
    server.put(**{**item, "proceedingsTitle": "Another Place", "volume": "2"})
    run = zotero("pull", "refs.bib")
    assert "kept: k: publicationTitle stays: booktitle is made with the macro 'cvpr'" in run.err
    assert path.read_text() == text.replace("year = 2020\n", "year = 2020,\n  volume = 2\n")


@pytest.mark.parametrize(
    "value",
    [
        r"\input{/etc/passwd}",
        "a } b { c",
        "}@misc{x, title={evil}}",
        "\x1b[2J\u202e red",
        "50% & $5 #1 ~x^y_z \\",
        '"quoted"',
        "line one\nline two",
    ],
)
def test_hostile_text_stays_text(
    server: FakeZotero, folder: Path, zotero: Zotero, value: str
) -> None:
    server.put(
        itemType="journalArticle",
        title=value,
        creators=people(f"{value}, {value}"),
        publicationTitle=value,
        volume=value,
        date=value,
        url=f"javascript:{value}",
        DOI=value,
        extra=f"Citation Key: {value}\ntex.note: {value}\ntex.}}: {value}",
        tags=[{"tag": value}],
    )
    run = zotero("pull", "refs.bib")
    bib = read_bib((folder / "refs.bib").read_bytes(), origin="")
    assert [b.kind for b in bib.blocks if b.kind != "text"] == ["entry"]
    assert bib.problems == ()
    (entry,) = bib.entries
    assert "javascript" not in str(entry.fields)
    assert "\\input" not in str(entry.fields.values())
    assert "\x1b" not in run.err
    assert "0 added, 0 changed, 1 unchanged" in zotero("pull", "refs.bib").err
    assert "0 added, 0 changed, 1 unchanged" in zotero("push", "refs.bib").err
    assert server.writes == []


def test_two_thousand_items_merge_right(server: FakeZotero, folder: Path, zotero: Zotero) -> None:
    """500 are in the file already: some unchanged, some changed there, here, or on both sides."""
    path = folder / "refs.bib"
    path.write_text("% head\n\n" + entries(500))
    zotero("push", "refs.bib", "-q")
    for number, item in enumerate(sorted(server.references(), key=lambda i: i["archiveID"]), 1):
        if number % 10 == 1:
            server.put(**{**item, "date": "2025"})
        elif number % 10 == 2:
            server.put(**{**item, "title": item["title"] + " revisited"})
    for number in range(501, 2001):
        server.put(
            itemType="journalArticle",
            title=f"Another Paper on Topic {number}",
            creators=people(f"Author{number % 7}, Ada"),
            date=f"20{number % 25:02d}",
            volume=str(number),
            DOI=f"10.1000/{number}",
            extra=f"Citation Key: zot{number}" if number % 2 else "",
        )
    text = path.read_text()
    lines = text.split("\n")
    for number in (3, 12, 13):  # untouched there, another title there, untouched there
        place = lines.index(f"  title = {{A paper about subject number {number}}},")
        lines[place] = lines[place].replace("A paper", "My paper")
    text = "\n".join(lines)
    path.write_text(text)
    run = zotero("pull", "refs.bib", "-q")
    assert run.codes.count("conflict") == 1
    assert "conflict: key12: file and Zotero differ in title (" in run.err
    bib = read_bib(path.read_bytes(), origin="")
    assert len(bib.entries) == 2000
    assert len({entry.key for entry in bib.entries}) == 2000
    expected = text
    for number in range(1, 501):
        old = f"  title = {{A paper about subject number {number}}},\n  year = {{2024}},"
        if number % 10 == 1:
            expected = expected.replace(old, old.replace("2024", "2025"))
        elif number % 10 == 2 and number != 12:
            new = old.replace(f"{number}}},", f"{number} revisited}},")
            expected = expected.replace(old, new)
    assert bib.text[: len(expected)].split("\n") == expected.split("\n")
    added = {entry.key: entry for entry in bib.entries[500:]}
    assert sum(key.startswith("zot") for key in added) == 750
    assert {entry.fields["doi"] for entry in added.values()} == {
        f"10.1000/{number}" for number in range(501, 2001)
    }
    after = path.read_bytes()
    assert zotero("pull", "refs.bib", "-q").codes.count("conflict") == 1
    assert path.read_bytes() == after
    writes = len(server.writes)
    zotero("push", "refs.bib", "-q")
    sent = written(server.writes[writes:])
    assert sorted(one["title"][:8] for one in sent) == ["My paper", "My paper"], "3 and 13"
