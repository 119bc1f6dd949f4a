"""Whole syncs of a small lab against arXiv, Hugging Face, DBLP and Crossref on the loopback."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from bibkit.bibfile import read_bib
from tests.sources.fake_publications import status as busy
from tests.sources.fake_services import status
from tests.upkeep.lab import PAPERS, PUBLISHED, Lab

LIU, KIRILLOV, CHEN = "liu2024autotimes", "kirillov2023segment", "chen2024tokenunify"
REPOSITORY = "https://github.com/thuml/AutoTimes"


def assert_in_step(lab: Lab) -> None:
    """A further run changes no byte, has nothing to say of changes, and CI is content."""
    before, times = lab.state, [p.stat().st_mtime_ns for p in (lab.bib, lab.lock)]
    assert lab.sync("--check").exit_code == 0
    again = lab.sync("--json")
    plan = json.loads(again.stdout)
    assert again.exit_code == 0, again.stderr
    assert (plan["added"], plan["changed"], plan["in_sync"]) == ([], [], True)
    assert lab.state == before
    assert [p.stat().st_mtime_ns for p in (lab.bib, lab.lock)] == times


def test_the_first_sync_makes_the_bibliography_and_the_second_does_nothing(lab: Lab) -> None:
    assert lab.sync("--check").exit_code == 3
    assert not lab.bib.exists()
    run = lab.sync()
    assert run.exit_code == 0
    keys = [entry.key for entry in read_bib(lab.bib.read_bytes(), origin="").entries]
    assert keys == [CHEN, KIRILLOV, LIU]
    assert "pages/first.txt:1: added: liu2024autotimes: AutoTimes" in run.stderr
    assert run.stderr.splitlines()[-1] == "refs.bib: 3 added, 0 changed, 0 unchanged"
    assert_in_step(lab)
    assert str(lab.folder) not in lab.lock.read_text()  # it goes from machine to machine


def test_what_the_sources_learn_is_taken_and_every_other_byte_stays(lab: Lab) -> None:
    lab.sync()
    lab.bib.write_bytes(b"% ours\r\n" + lab.bib.read_bytes().replace(b"\n", b"\r\n"))
    lab.next_week()
    lab.world("2402.02370", github=REPOSITORY)
    lab.world("2304.02643", title="Segment Anything Twice", comment="Withdrawn by the authors")
    lab.world("2405.16847", github="https://github.com/ydchen0806/TokenUnify")
    lab.publications.versions = (PUBLISHED,)
    before = lab.text.splitlines(keepends=True)
    plan = lab.plan()
    kinds = {change["key"]: change["kinds"] for change in plan["changed"]}
    assert kinds == {
        LIU: ["published", "code-found"],
        KIRILLOV: ["retitled", "withdrawn"],
        CHEN: ["code-found"],
    }
    run = lab.sync()
    assert run.exit_code == 0, run.stderr
    after = lab.text.splitlines(keepends=True)
    named = {field["name"] for change in plan["changed"] for field in change["fields"]}
    assert named == {"@", "booktitle", "pages", "month", "code", "title", "note"}
    gone, come = [x for x in before if x not in after], [x for x in after if x not in before]
    assert {name.split()[0].partition("{")[0] for name in gone} == {"@misc", "month", "title"}
    assert {name.split()[0].partition("{")[0] for name in come} == {
        "@inproceedings", "booktitle", "pages", "code", "title", "note",
    }  # fmt: skip
    assert lab.text.count("\r\n") == lab.text.count("\n")
    assert lab.entry(LIU).entry_type == "inproceedings"
    assert lab.entry(LIU).fields["code"] == REPOSITORY
    assert lab.entry(KIRILLOV).fields["note"] == "Withdrawn from arXiv"
    assert "published from" not in (said := lab.run("explain", LIU).stdout)
    assert "container from dblp" in said
    lab.next_week()
    assert_in_step(lab)


def test_your_edits_stay_and_a_conflict_is_told_until_you_decide(lab: Lab) -> None:
    lab.sync()
    lab.edit("title = {Segment Anything}", "title = {Segment Everything}")
    lab.edit("month = apr", "month = may")
    lab.next_week()
    lab.world("2304.02643", title="Segment Anything Twice")
    edited = lab.state
    run = lab.sync()
    assert run.exit_code == 0
    [line] = [line for line in run.stderr.splitlines() if ": conflict: " in line]
    assert line.endswith(
        "kirillov2023segment: title: yours stays: Segment Everything; arxiv: Segment Anything Twice"
    )
    assert lab.state == edited
    assert_in_step(lab)
    told = lab.run("status").stderr
    assert ": yours: kirillov2023segment: month, title" in told
    assert lab.sync("--ours").exit_code == 0
    assert ": conflict: " not in lab.sync().stderr
    assert lab.text.encode() == edited[0]
    run = lab.sync("--theirs", "title", "--only", KIRILLOV)
    assert lab.entry(KIRILLOV).fields["title"] == "Segment Anything Twice"
    assert lab.entry(KIRILLOV).fields["month"] == "may"
    assert_in_step(lab)


def test_a_publication_is_left_alone_where_you_named_another(lab: Lab) -> None:
    lab.sync()
    lab.edit(f"@misc{{{LIU},", f"@article{{{LIU},\n  journal = {{Proc. of Us}},")
    lab.next_week()
    lab.world("2402.02370", journal_ref="Journal of Forecasts 12 (2025) 34-56")
    mine = lab.text
    run = lab.sync()
    assert "journal: yours stays: Proc. of Us; arxiv: Journal of Forecasts" in run.stderr
    assert lab.text == mine
    assert_in_step(lab)


def test_what_you_removed_renamed_moved_and_added_stays_so(lab: Lab) -> None:
    lab.sync()
    entries = lab.text.split("\n\n")
    own = "@misc{mine,\n  title = {Segment Anything},\n  note = {eprint 2304.02643}\n}"
    moved = [entries[2].replace(LIU, "autotimes"), "% a word of ours", own, entries[0]]
    lab.bib.write_text("\n\n".join(moved) + "\n")
    mine = lab.text
    lab.next_week()
    lab.world("2304.02643", title="Segment Anything Twice")
    run = lab.sync()
    assert run.exit_code == 0
    assert "autotimes: you renamed liu2024autotimes" in run.stderr
    assert lab.text == mine  # nothing is known of its code or title that was not before
    assert lab.run("explain", "autotimes").exit_code == 0
    assert_in_step(lab)
    lab.world("2402.02370", github=REPOSITORY)
    lab.next_week()
    assert "code-found: autotimes" in lab.sync().stderr
    assert lab.entry("autotimes").fields["code"] == REPOSITORY
    lab.bib.write_text(lab.text.replace(own, ""))
    lab.next_week()
    run = lab.sync()
    assert "refs.bib: deleted: kirillov2023segment: stays out, you deleted it" in run.stderr
    assert KIRILLOV not in lab.text
    assert lab.sync("--restore", KIRILLOV).exit_code == 0
    assert lab.entry(KIRILLOV).fields["title"] == "Segment Anything Twice"


def test_keys_that_only_people_give_stand_in_nobodys_way(lab: Lab) -> None:
    own = "@misc{müller: auto times,\n  title = {Ours},\n  eprint = {2402.02370},\n}\n"
    lab.bib.write_text(own)
    assert lab.sync().exit_code == 0
    assert lab.text.startswith(own)
    assert LIU not in lab.text
    lab.edit(f"{{{KIRILLOV},", "{кириллов,")
    assert lab.sync().exit_code == 0
    lab.bib.write_text(own)
    assert "deleted: кириллов: stays out" in lab.sync().stderr
    run = lab.sync("--restore", "кириллов", "--restore", "nobody")
    assert run.exit_code == 0
    assert run.stderr.count("not-restored") == run.stderr.count("not-restored: nobody: ") == 1
    assert f"{{{KIRILLOV}," in lab.text
    assert_in_step(lab)


def test_sources_and_listings_that_vanish_take_nothing_with_them(lab: Lab) -> None:
    lab.world("2402.02370", github=REPOSITORY)
    lab.sync()
    before = lab.state
    for path in lab.pages:
        path.unlink()
    lab.services.papers = ()
    lab.next_week()
    run = lab.sync()
    assert run.exit_code == 0
    assert "pages/*: listing-missing: " in run.stderr
    assert lab.state == before
    lab.page("An unreadable page")
    lab.services.always = status(503)
    lab.publications.dblp_always = lab.publications.crossref_always = busy(503)
    lab.next_week()
    run = lab.sync()
    assert run.exit_code == 4
    assert "network_error" in run.stderr
    assert lab.state == before
    lab.services.always = lab.publications.dblp_always = lab.publications.crossref_always = None
    lab.services.papers = PAPERS
    lab.next_week()
    assert lab.sync().exit_code == 0
    assert lab.state == before


def test_a_less_trusted_source_takes_nothing_back(lab: Lab) -> None:
    """What arXiv said stays when only Hugging Face, or nobody, can be asked."""
    lab.publications.versions = (PUBLISHED,)
    lab.sync()
    lab.next_week()
    lab.sync()
    before = lab.state
    assert lab.entry(LIU).entry_type == "inproceedings"
    lab.next_week()
    assert lab.sync("--offline").exit_code == 0
    assert lab.state == before


def test_a_page_that_is_unreadable_stops_no_other(lab: Lab) -> None:
    lab.page("", name="empty.txt")
    (lab.folder / "bibkit.toml").write_text(
        '[bibliography]\noutput = "refs.bib"\n'
        f'listings = ["pages/*", "none/*.txt", "{lab.services.url}/no-such-page"]\n'
    )
    run = lab.sync()
    assert run.exit_code == 4
    assert "pages/empty.txt: listing-empty: " in run.stderr
    assert "none/*.txt: listing-missing: " in run.stderr
    assert len(read_bib(lab.bib.read_bytes(), origin="").entries) == 3


def test_what_cannot_be_told_is_left_alone(lab: Lab) -> None:
    """A broken entry, one in a comment, one key twice; and a conflict of git's is refused."""
    lab.sync()
    chen, kirillov, liu = lab.text.split("\n\n")
    broken = kirillov.replace("title = {Segment Anything}", "title = {Segment {Anything}")
    twice = liu + "\n\n" + liu
    commented = "\n".join(f"% {line}" for line in chen.splitlines())
    lab.bib.write_text("\n\n".join([twice.rstrip(), broken, commented, "@misc{last}"]) + "\n")
    mine = lab.text
    lab.next_week()
    for paper in PAPERS:
        lab.world(paper.id, title=f"{paper.title} Anew", github=REPOSITORY)
    run = lab.sync()
    assert (run.exit_code, lab.text) == (0, mine), run.stderr
    lab.bib.write_text(f"<<<<<<< ours\n{liu}\n=======\n{chen}\n>>>>>>> theirs\n")
    mine = lab.text
    run = lab.sync()
    assert run.exit_code == 1
    assert run.stderr.startswith("refs.bib:1: merge-conflict: ")
    assert lab.text == mine


@pytest.mark.parametrize(
    "tail",
    [
        "@misc{open,\n  title = {Never\n",
        "% not @cite{this\n",
        "@misc{a,\n  note = {x\n\n@misc{b,\n",
        "@misc{one} @misc{two,\n",
    ],
)
def test_new_papers_come_before_what_is_never_closed(lab: Lab, tail: str) -> None:
    lab.bib.write_text(f"% ours\n\n{tail}")
    assert lab.sync().exit_code == 0
    assert lab.text.startswith("% ours\n\n@misc{chen2024tokenunify,\n")
    assert lab.text.endswith(f"}}\n\n{tail}")
    assert_in_step(lab)
    lab.next_week()
    lab.world("2402.02370", github=REPOSITORY)
    assert lab.sync().exit_code == 0
    assert lab.entry(LIU).fields["code"] == REPOSITORY
    assert lab.text.endswith(f"}}\n\n{tail}")


def test_values_made_with_macros_are_yours(lab: Lab) -> None:
    lab.sync()
    lab.bib.write_text('@string{sam = "Segment Anything"}\n\n' + lab.text)
    lab.edit("title = {Segment Anything}", "title = sam")
    lab.next_week()
    lab.world("2304.02643", title="Segment Anything Twice")
    mine = lab.text
    assert ": conflict: kirillov2023segment: title: " in lab.sync().stderr
    assert lab.text == mine


@pytest.mark.parametrize("listed", [True, False])
def test_a_lost_lock_is_made_anew_from_what_is_surely_bibkits(lab: Lab, *, listed: bool) -> None:
    lab.sync()
    if not listed:
        lab.page("Something Else", name="first.txt")
    full = lab.lock.read_bytes()
    lab.lock.unlink()
    lab.edit("title = {Segment Anything}", "title = {Segment Everything}")
    lab.edit(f"@misc{{{LIU},", f"@misc{{{LIU},\n  keywords = {{ours}},")
    mine = lab.text
    run = lab.sync()
    assert run.exit_code == 0
    assert lab.text == mine
    entries, before = json.loads(lab.lock.read_bytes())["entries"], json.loads(full)["entries"]
    assert entries.keys() == {LIU, CHEN}  # the one with another title may be the user's own
    assert entries[LIU]["fields"] == before[LIU]["fields"]
    assert_in_step(lab)


def test_dry_run_diff_and_json_write_nothing(lab: Lab) -> None:
    lab.sync()
    lab.next_week()
    lab.world("2402.02370", github=REPOSITORY)
    lab.page("2407.10671")
    lab.services.papers += (PAPERS[0].__class__("2407.10671", "Qwen2 Technical Report"),)
    before = lab.state
    diff = lab.sync("--diff")
    assert diff.exit_code == 0
    assert "\n+  code = {https://github.com/thuml/AutoTimes},\n" in diff.stdout
    assert lab.state == before
    lines = lab.sync("--dry-run").stderr.splitlines()
    assert lines[-1].endswith("1 added, 1 changed, 2 unchanged, nothing written")
    assert lab.state == before
    done = subprocess.run(["patch", "-p0"], input=diff.stdout, text=True, capture_output=True)
    assert done.returncode == 0, done.stdout
    patched = lab.text
    lab.bib.write_bytes(before[0])
    assert lab.sync().exit_code == 0
    assert lab.text == patched


def test_undo_puts_back_what_was_there(lab: Lab) -> None:
    assert lab.run("undo").exit_code == 1
    lab.sync()
    before = lab.state
    lab.next_week()
    lab.world("2402.02370", github=REPOSITORY)
    lab.sync()
    after = lab.state
    lab.bib.write_bytes(after[0] + b"% ours\n")
    run = lab.run("undo")
    assert (run.exit_code, lab.bib.read_bytes()) == (1, after[0] + b"% ours\n")
    assert run.stderr.startswith("refs.bib: changed: ")
    lab.bib.write_bytes(after[0])
    run = lab.run("undo")
    assert (run.exit_code, lab.state) == (0, before)
    assert run.stderr.splitlines() == [
        "refs.bib: as it was before",
        "refs.bib.lock: as it was before",
    ]
    assert lab.run("undo").exit_code == 1
    lab.sync()
    assert lab.state == after
    assert lab.names == ["bibkit.toml", "pages", "refs.bib", "refs.bib.lock"]


def test_undo_of_the_first_sync_removes_what_it_made(lab: Lab) -> None:
    lab.sync()
    assert lab.run("undo").exit_code == 0
    assert lab.names == ["bibkit.toml", "pages"]


def test_a_new_version_is_told_once_and_changes_only_what_it_changes(lab: Lab) -> None:
    lab.sync()
    mine = lab.text
    lab.next_week()
    lab.world("2402.02370", version=3)
    assert lab.sync("--check").exit_code == 3
    run = lab.sync("--json")
    assert "new-version: liu2024autotimes: 1 → 3 at arXiv" in run.stderr
    assert json.loads(run.stdout)["new_versions"] == [{"key": LIU, "before": 1, "after": 3}]
    assert lab.text == mine
    assert_in_step(lab)
    assert "new-version" not in lab.sync().stderr
    lab.next_week()
    lab.world("2402.02370", version=4, abstract="Rewritten from the ground up.")
    run = lab.sync()
    assert "updated: liu2024autotimes: abstract: " in run.stderr
    assert "new-version: liu2024autotimes: 3 → 4" in run.stderr
    assert_in_step(lab)


@pytest.mark.parametrize(
    ("begin", "encoding"),
    [
        ("% \u00fcber uns\n", "latin-1"),
        ("% \u00fcber uns\r\n", "utf-16"),
        ("\ufeff% \u00fcber uns\n", "utf-8"),
        ("---\n---\n@misc{own, title = {T}}", "utf-8"),
    ],
)
def test_files_of_any_encoding_stay_what_they_are(lab: Lab, begin: str, encoding: str) -> None:
    lab.bib.write_bytes(begin.encode(encoding))
    assert lab.sync().exit_code == 0
    lab.next_week()
    lab.world("2402.02370", title="Fan\u00e7on: \u00dcber Series", github=REPOSITORY)
    assert lab.sync().exit_code == 0
    data = lab.bib.read_bytes()
    assert data.startswith(begin.encode(encoding))
    text = data.decode(encoding)
    assert text.count("\r\n") in (0, text.count("\n"))
    assert lab.entry(LIU).fields["code"] == REPOSITORY
    title = lab.entry(LIU).fields["title"]
    assert "ber" in title
    assert title.isascii() is (encoding == "latin-1")
    assert_in_step(lab)
    assert ": yours: " not in lab.run("status").stderr


def test_a_biblatex_file_stays_one(lab: Lab) -> None:
    lab.bib.write_text("@online{own,\n  title = {T},\n  date = {2020-01-02},\n}\n")
    lab.sync()
    assert lab.entry(LIU).entry_type == "online"
    assert lab.entry(LIU).fields["date"] == "2024-02-04"
    assert_in_step(lab)
    lab.next_week()
    lab.world("2402.02370", journal_ref="Journal of Forecasts 12 (2025) 34-56")
    plan = lab.plan()
    lab.sync()
    assert plan["changed"][0]["kinds"] == ["published"]
    fields = lab.entry(LIU).fields
    assert (fields["journaltitle"], fields["date"]) == ("Journal of Forecasts", "2025")
    assert not {"journal", "year", "month"} & fields.keys()
    assert_in_step(lab)


@pytest.mark.parametrize("command", ["sync", "status"])
def test_bad_use(lab: Lab, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    unknown = lab.run(command, "--only", "nobody")
    assert unknown.exit_code == 1
    assert unknown.stderr.startswith("--only nobody: config: ")
    toml = lab.folder / "bibkit.toml"
    toml.write_text('[bibliography]\noutput = "refs.json"\n')
    assert lab.run(command).exit_code == 1
    toml.write_text("[bibliography]\n")
    assert lab.run(command).exit_code == 2
    toml.unlink()
    run = lab.run(command)
    assert run.exit_code == 2
    assert "bibkit init" in run.stderr
    assert Path(lab.folder / "refs.bib").exists() is False
