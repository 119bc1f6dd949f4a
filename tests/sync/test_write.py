"""What is written into an existing OUT, and what never is."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from bibkit.errors import OutputError
from bibkit.sync import (
    Written,
    deleted_key,
    deleted_keys,
    key_in_lock,
    known_key,
    read_target,
    unlocked_keys,
    write_target,
)
from tests.sync.made_entries import ATTENTION, BERT, GPT3, bibtex, csl_json, wanted, written

CORPUS = Path(__file__).resolve().parents[1] / "data" / "bibfile"
USERS = '% ours\r\n@string{acl = "ACL"}\r\n@misc{mine, title = {Mine}, crossref = {p},}\r\n@misc{p}'


def lock_of(out: Path) -> dict[str, dict[str, str]]:
    lock = json.loads(out.with_name(out.name + ".lock").read_bytes())
    entries: dict[str, dict[str, str]] = lock["entries"]
    return entries


def test_out_is_made_with_its_lock(tmp_path: Path) -> None:
    out = tmp_path / "refs.bib"
    report = write_target(read_target(out), written(ATTENTION, BERT))
    assert out.read_text() == bibtex([ATTENTION, BERT])
    assert (report.changed, report.added) == (True, ("vaswani2017attention", "devlin2019bert"))
    assert lock_of(out)["vaswani2017attention"] == {
        "title": "Attention Is All You Need",
        "arxiv": "1706.03762",
        "entry_type": "misc",
        "fields": {
            "title": "Attention Is All You Need",
            "author": "Vaswani, Ashish and Shazeer, Noam",
            "eprint": "1706.03762",
        },
        "sources": {"title": "catalog", "date": "catalog"},
    }
    assert lock_of(out)["devlin2019bert"]["doi"] == "10.18653/v1/n19-1423"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["refs.bib", "refs.bib.lock"]


def test_users_bytes_stay_and_new_entries_take_the_files_line_ending(tmp_path: Path) -> None:
    out = tmp_path / "refs.bib"
    out.write_bytes(USERS.encode())
    write_target(read_target(out), written(ATTENTION))
    added = "\r\n\r\n" + bibtex([ATTENTION]).replace("\n", "\r\n")
    assert out.read_bytes() == (USERS + added).encode()


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*.bib")), ids=lambda path: path.stem)
def test_every_kind_of_file_keeps_its_bytes(path: Path, tmp_path: Path) -> None:
    out = tmp_path / "refs.bib"
    out.write_bytes(path.read_bytes())
    try:
        write_target(read_target(out), written(GPT3))
    except OutputError:
        assert out.read_bytes() == path.read_bytes()
        assert [p.name for p in tmp_path.iterdir()] == ["refs.bib"]
    else:
        assert out.read_bytes().startswith(path.read_bytes())
        assert known_key(read_target(out), wanted(GPT3)) is not None


def test_csl_json_is_added_to(tmp_path: Path) -> None:
    out = tmp_path / "refs.json"
    old = '[\n\t{"id":"mine","title":"Mine"}\n]\n'
    out.write_text(old)
    target = read_target(out, format="csl-json")
    write_target(target, Written((ATTENTION,), csl_json([ATTENTION])))
    text = out.read_text()
    assert text.startswith('[\n\t{"id":"mine","title":"Mine"},\n\t{"id":"vaswani2017attention",')
    assert text.endswith("}\n]\n")
    after = read_target(out, format="csl-json")
    assert known_key(after, wanted(ATTENTION)) == "vaswani2017attention"
    fields = lock_of(out)["vaswani2017attention"]["fields"]
    assert fields["number"] == "arXiv:1706.03762"  # type: ignore[index]


def test_nothing_new_touches_nothing(tmp_path: Path) -> None:
    out = tmp_path / "refs.bib"
    write_target(read_target(out), written(ATTENTION))
    lock = tmp_path / "refs.bib.lock"
    lock.write_bytes(lock.read_bytes().replace(b"\n", b"\r\n"))  # as git may check it out
    before = {path: (path.read_bytes(), path.stat()) for path in (out, lock)}
    report = write_target(read_target(out), Written(), written(ATTENTION))
    assert not report.changed
    for path, (data, status) in before.items():
        assert path.read_bytes() == data
        assert path.stat().st_mtime_ns == status.st_mtime_ns
        assert path.stat().st_ino == status.st_ino


def test_deleted_stays_deleted_until_restored(tmp_path: Path) -> None:
    out = tmp_path / "refs.bib"
    write_target(read_target(out), written(ATTENTION, BERT))
    out.write_text(bibtex([BERT]))
    target = read_target(out)
    assert known_key(target, wanted(ATTENTION)) is None
    assert deleted_key(target, wanted(ATTENTION)) == "vaswani2017attention"
    assert deleted_keys(target) == {"vaswani2017attention"}
    assert deleted_key(target, wanted(BERT)) is None
    assert "vaswani2017attention" in target.keys  # nobody else may have it
    for restore in (["vaswani2017attention"], ["all"]):
        assert deleted_key(target, wanted(ATTENTION), restore=restore) is None
    assert deleted_key(target, wanted(ATTENTION), restore=["other"]) == "vaswani2017attention"

    write_target(target, written(GPT3))  # what else happens does not bring it back
    assert deleted_key(read_target(out), wanted(ATTENTION)) == "vaswani2017attention"

    assert key_in_lock(target, wanted(ATTENTION)) == "vaswani2017attention"
    write_target(read_target(out), written(ATTENTION))
    assert deleted_keys(read_target(out)) == frozenset()


def test_an_emptied_out_is_a_deletion_and_a_removed_one_a_fresh_start(tmp_path: Path) -> None:
    out = tmp_path / "refs.bib"
    write_target(read_target(out), written(ATTENTION, BERT))
    out.write_bytes(b"")
    assert deleted_keys(read_target(out)) == {"vaswani2017attention", "devlin2019bert"}
    out.unlink()
    fresh = read_target(out)
    assert deleted_keys(fresh) == frozenset()
    assert key_in_lock(fresh, wanted(ATTENTION)) == "vaswani2017attention"

    write_target(fresh, written(BERT))
    after = read_target(out)
    assert deleted_keys(after) == frozenset()  # the other paper is not there, but not deleted
    assert key_in_lock(after, wanted(ATTENTION)) == "vaswani2017attention"
    assert lock_of(out)["vaswani2017attention"]["retired"] is True  # type: ignore[comparison-overlap]
    write_target(after, written(ATTENTION))
    assert "retired" not in lock_of(out)["vaswani2017attention"]


def test_a_run_killed_between_out_and_lock_is_made_good(tmp_path: Path) -> None:
    out, lock = tmp_path / "refs.bib", tmp_path / "refs.bib.lock"
    write_target(read_target(out), written(ATTENTION))
    old_lock = lock.read_bytes()
    write_target(read_target(out), written(BERT))
    full_lock = lock.read_bytes()
    lock.write_bytes(old_lock)
    target = read_target(out)
    assert unlocked_keys(target) == {"devlin2019bert"}
    report = write_target(target, Written(), written(BERT))
    assert (report.changed, report.adopted) == (False, ("devlin2019bert",))
    assert lock.read_bytes() == full_lock


def test_a_fresh_start_killed_before_its_lock_deletes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, lock = tmp_path / "refs.bib", tmp_path / "refs.bib.lock"
    write_target(read_target(out), written(ATTENTION, BERT))
    out.unlink()
    real_replace = os.replace

    def killed_after_out(source: Path, target: Path) -> None:
        real_replace(source, target)
        if target == out:
            raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", killed_after_out)
    with pytest.raises(KeyboardInterrupt):
        write_target(read_target(out), written(BERT))
    monkeypatch.undo()
    assert lock.exists()
    assert deleted_keys(read_target(out)) == frozenset()
    write_target(read_target(out), Written(), written(BERT))
    assert "retired" not in lock_of(out)["devlin2019bert"]


def test_an_entry_the_user_changed_is_not_adopted(tmp_path: Path) -> None:
    out = tmp_path / "refs.bib"
    out.write_text(bibtex([ATTENTION]).replace("All You", "Not All You"))
    report = write_target(read_target(out), Written(), written(ATTENTION))
    assert report.adopted == ()
    assert not (tmp_path / "refs.bib.lock").exists()


def test_an_entry_that_the_user_added_a_note_to_is_adopted_without_it(tmp_path: Path) -> None:
    out = tmp_path / "refs.bib"
    out.write_text(bibtex([ATTENTION]).replace("\n}", "\n  note = {mine}\n}"))
    report = write_target(read_target(out), Written(), written(ATTENTION))
    assert report.adopted == ("vaswani2017attention",)
    fields = read_target(out).lock.entries["vaswani2017attention"].fields
    assert fields.keys() == {"title", "author", "eprint"}


def test_what_the_lock_says_beyond_this_version_is_kept(tmp_path: Path) -> None:
    out, lock = tmp_path / "refs.bib", tmp_path / "refs.bib.lock"
    write_target(read_target(out), written(ATTENTION))
    value = json.loads(lock.read_bytes())
    value["decisions"] = [{"same": ["a", "b"]}]
    value["future"] = {"x": 1}
    value["entries"]["vaswani2017attention"]["later"] = [1, 2]
    lock.write_text(json.dumps(value))
    write_target(read_target(out), written(BERT))
    after = json.loads(lock.read_bytes())
    assert after["decisions"] == [{"same": ["a", "b"]}]
    assert after["future"] == {"x": 1}
    assert after["entries"]["vaswani2017attention"]["later"] == [1, 2]
    assert set(after["entries"]) == {"vaswani2017attention", "devlin2019bert"}


@pytest.mark.parametrize(
    "title", ["Broken } out", "Out}\n}\n@misc{extra, title = {Extra", "{Swallows"]
)
def test_an_entry_that_breaks_out_is_never_written(title: str, tmp_path: Path) -> None:
    out = tmp_path / "refs.bib"
    out.write_text(USERS)
    with pytest.raises(OutputError, match="unsafe-entry"):
        write_target(read_target(out), written(replace(ATTENTION, title=title), BERT))
    assert out.read_text() == USERS.replace("\r\n", "\n")
    assert [path.name for path in tmp_path.iterdir()] == ["refs.bib"]


@pytest.mark.parametrize("touched", ["refs.bib", "refs.bib.lock"])
def test_a_file_changed_meanwhile_is_left_alone(touched: str, tmp_path: Path) -> None:
    out = tmp_path / "refs.bib"
    write_target(read_target(out), written(ATTENTION))
    target = read_target(out)
    (tmp_path / touched).write_bytes(b"somebody else was here")
    with pytest.raises(OutputError, match=rf"{touched}: changed: "):
        write_target(target, written(BERT))
    assert (tmp_path / touched).read_bytes() == b"somebody else was here"
    assert len(list(tmp_path.iterdir())) == 2


def test_a_key_that_stands_in_out_already_is_never_written_again(tmp_path: Path) -> None:
    out = tmp_path / "refs.bib"
    out.write_text(USERS)
    entry = replace(ATTENTION, citation_key="MINE")
    with pytest.raises(OutputError, match=r"unsafe-entry: .*duplicate-key: 'MINE'"):
        write_target(read_target(out), written(entry))


def test_a_file_that_appeared_meanwhile_is_left_alone(tmp_path: Path) -> None:
    out = tmp_path / "refs.bib"
    target = read_target(out)
    out.write_text("mine")
    with pytest.raises(OutputError, match="changed"):
        write_target(target, written(BERT))
    assert out.read_text() == "mine"


def test_a_link_stays_a_link_and_mode_stays(tmp_path: Path) -> None:
    real = tmp_path / "shared" / "real.bib"
    real.parent.mkdir()
    real.write_text("% ours\n")
    real.chmod(0o640)
    link = tmp_path / "refs.bib"
    link.symlink_to(real)
    write_target(read_target(link), written(ATTENTION))
    assert link.is_symlink()
    assert real.read_text() == "% ours\n\n" + bibtex([ATTENTION])
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert lock_of(real).keys() == {"vaswani2017attention"}  # one memory for all links
    real.write_text("% ours\n")
    assert deleted_keys(read_target(link)) == deleted_keys(read_target(real)) != frozenset()


def test_a_link_to_nothing_makes_the_file_it_names(tmp_path: Path) -> None:
    link = tmp_path / "refs.bib"
    link.symlink_to(tmp_path / "real.bib")
    write_target(read_target(link), written(ATTENTION))
    assert link.is_symlink()
    assert (tmp_path / "real.bib").read_text() == bibtex([ATTENTION])


def test_a_failed_write_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "refs.bib"
    out.write_text("% ours\n")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match=r"refs\.bib: output: cannot be written: No space left"):
        write_target(read_target(out), written(ATTENTION))
    assert out.read_text() == "% ours\n"
    assert [path.name for path in tmp_path.iterdir()] == ["refs.bib"]


def test_a_leftover_of_a_killed_run_is_cleared(tmp_path: Path) -> None:
    out = tmp_path / "refs.bib"
    write_target(read_target(out), written(ATTENTION))
    (tmp_path / ".refs.bib.bibkit-tmp").write_text("half")
    (tmp_path / ".refs.bib.lock.bibkit-tmp").write_text("half")
    write_target(read_target(out), Written())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["refs.bib", "refs.bib.lock"]


def test_a_lone_surrogate_in_a_file_name_fits_into_the_lock(tmp_path: Path) -> None:
    out = tmp_path / "refs.bib"
    entry = replace(ATTENTION, sources={"title": "list\udce9.txt:1"})
    write_target(read_target(out), written(entry))
    again = read_target(out).lock.entries["vaswani2017attention"]
    assert again.sources == {"title": "list\udce9.txt:1"}
