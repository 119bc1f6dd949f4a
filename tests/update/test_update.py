"""Whole runs against DBLP and Crossref on the loopback interface, healthy and broken."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bibkit.bibfile import SetField, read_bib
from bibkit.catalog import import_snapshot
from bibkit.cli import main
from bibkit.errors import OutputError
from bibkit.record import Author, PublishedVersion
from bibkit.update.applying import apply_changes
from bibkit.update.changes import Change, change
from bibkit.update.preprints import preprints
from tests.sources.fake_publications import (
    ATTENTION,
    RESNET,
    VERSIONS,
    FakePublications,
    Fault,
    Handler,
    Version,
    html,
    status,
    truncated,
)

BIB = r"""% The lab's papers.
@string{here = "Somewhere"}

@article{vaswani2017attention,
  title   = {Attention Is All You Need},
  author  = {Vaswani, Ashish and Shazeer, Noam and Parmar, Niki and Uszkoreit, Jakob and
             Jones, Llion and Gomez, Aidan N and Kaiser, {\L}ukasz and Polosukhin, Illia},
  journal = {arXiv preprint arXiv:1706.03762},
  year    = {2017},
  code    = {https://github.com/tensorflow/tensor2tensor}
}

@misc{He2015,
  author = {He, Kaiming and Zhang, Xiangyu and Ren, Shaoqing and Sun, Jian},
  title = "Deep Residual Learning for Image Recognition",
  eprint = {1512.03385}, archivePrefix = {arXiv},
  year = 2015, month = dec
}

@misc{buchoff,
  title = {Perturbative renormalization of neutron-antineutron operators},
  author = {Michael I. Buchoff and Michael Wagman},
  eprint = {1506.00647}, archivePrefix = {arXiv}, year = 2015,
}

@misc{nobody,
  title = {Bees and Their Dances in the Dark of the Hive},
  author = {Nobody, A.}, eprint = {2401.00001}, year = 2024
}

@inproceedings{there, title = {A Paper}, author = {A. Body}, booktitle = here, year = 2001}
"""
UPDATED = {"vaswani2017attention", "He2015", "buchoff"}


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakePublications]:
    with FakePublications() as running:
        for name, value in running.environment.items():
            monkeypatch.setenv(name, value)
        yield running


@pytest.fixture
def bib(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "refs.bib"
    path.write_bytes(BIB.encode())
    return path


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(main, ["update", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def changed(err: str) -> set[str]:
    return {line.split(": ")[2] for line in err.splitlines() if ": published: " in line}


def test_preprints_become_what_they_are(services: FakePublications, bib: Path) -> None:
    result = run("refs.bib")
    text = bib.read_text("utf-8")
    assert result.exit_code == 0
    assert changed(result.stderr) == UPDATED
    assert "@inproceedings{vaswani2017attention," in text
    assert "  booktitle = {Advances in Neural Information Processing Systems},\n" in text
    assert "@inproceedings{He2015," in text
    assert "booktitle = {2016 IEEE Conference on Computer Vision" in text
    assert "@article{buchoff," in text
    assert "pages = {016005}" in text
    assert "code    = {https://github.com/tensorflow/tensor2tensor}" in text
    assert "4 preprints, 3 changed" in result.stderr


def test_all_else_keeps_its_bytes(services: FakePublications, bib: Path) -> None:
    run("refs.bib")
    text = bib.read_text("utf-8")
    head, tail = BIB.partition("@article{vas")[0], BIB[BIB.index("@misc{nobody") :]
    assert text.startswith(head)
    assert text.endswith(tail)
    gone = [line for line in BIB.splitlines() if line not in text.splitlines()]
    assert gone == [
        "@article{vaswani2017attention,",
        "  journal = {arXiv preprint arXiv:1706.03762},",
        "  code    = {https://github.com/tensorflow/tensor2tensor}",
        "@misc{He2015,",
        "  year = 2015, month = dec",
        "@misc{buchoff,",
        "  eprint = {1506.00647}, archivePrefix = {arXiv}, year = 2015,",
    ]


def test_a_second_run_changes_nothing(services: FakePublications, bib: Path) -> None:
    run("refs.bib")
    after, when = bib.read_bytes(), bib.stat().st_mtime_ns
    services.requests.clear()
    result = run("refs.bib")
    assert (bib.read_bytes(), bib.stat().st_mtime_ns) == (after, when)
    assert result.exit_code == 0
    assert changed(result.stderr) == set()
    assert services.requests == [], "what nobody has published is remembered for a day"


def test_a_dry_run_prints_a_diff_that_patch_takes(services: FakePublications, bib: Path) -> None:
    result = run("refs.bib", "--dry-run")
    assert bib.read_text("utf-8") == BIB
    assert result.exit_code == 0
    assert "3 would be changed" in result.stderr
    assert changed(result.stderr) == UPDATED
    patched = bib.with_name("patched.bib")
    subprocess.run(
        ["patch", "-s", "-o", str(patched), str(bib)], input=result.stdout.encode(), check=True
    )
    run("refs.bib")
    assert patched.read_bytes() == bib.read_bytes()


@pytest.mark.parametrize(
    "convert",
    [
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.replace("lab's", "laböratory's").encode("latin-1"),
        lambda text: text.encode("utf-16"),
        lambda text: text.rstrip("\n").encode(),
    ],
    ids=["CRLF", "BOM", "Latin-1", "UTF-16", "no last line ending"],
)
def test_any_file_keeps_its_own_ways(
    services: FakePublications, bib: Path, convert: Callable[[str], bytes]
) -> None:
    bib.write_bytes(convert(BIB))
    assert run("refs.bib", "--dry-run").exit_code == 0
    assert bib.read_bytes() == convert(BIB)
    assert changed(run("refs.bib").stderr) == UPDATED
    kept = convert(BIB)[-200:]
    assert bib.read_bytes().endswith(kept)
    assert bib.read_bytes()[:20] == convert(BIB)[:20]


@pytest.mark.parametrize("fault", [status(429), status(503), html, truncated])
def test_dblp_is_down(services: FakePublications, bib: Path, fault: Fault) -> None:
    """Nothing it might have said is taken for "not published"; the rest is not done either."""
    services.dblp_always = fault
    result = run("refs.bib")
    assert result.exit_code == 4
    assert bib.read_text("utf-8") == BIB
    assert result.stderr.count(": network_error: ") == 4
    services.dblp_always = None
    assert run("refs.bib").exit_code == 0


def test_crossref_is_down_and_the_rest_is_done(services: FakePublications, bib: Path) -> None:
    services.crossref_always = status(503)
    result = run("refs.bib")
    assert result.exit_code == 4
    assert changed(result.stderr) == {"vaswani2017attention"}
    failed = [line for line in result.stderr.splitlines() if ": network_error: " in line]
    assert [line.split(": ")[2] for line in failed] == ["He2015", "buchoff", "nobody"]
    assert all("503 (Service Unavailable)" in line or "not asked again" in line for line in failed)
    services.crossref_always = None
    result = run("refs.bib")
    assert result.exit_code == 0
    assert changed(result.stderr) == UPDATED - {"vaswani2017attention"}


def test_what_a_publisher_links_needs_no_other_service(
    services: FakePublications, bib: Path
) -> None:
    named = {"has-preprint": [{"id-type": "doi", "id": "10.48550/arXiv.1506.00647"}]}
    services.versions = (*VERSIONS[:4], replace(VERSIONS[4], relation=named))
    services.dblp_always = status(503)
    result = run("refs.bib")
    assert result.exit_code == 4
    assert changed(result.stderr) == {"buchoff"}


def test_the_unsure_is_reported_with_both(services: FakePublications, bib: Path) -> None:
    rival = Version(
        "Attention Is All You Need", ATTENTION, "KDD", 2017, doi="10.1145/1", key="conf/kdd/1"
    )
    services.versions = (*VERSIONS, rival)
    result = run("refs.bib")
    [line] = [line for line in result.stderr.splitlines() if ": unsure: " in line]
    assert line.startswith("refs.bib:4: unsure: vaswani2017attention: two publications")
    assert "KDD, 2017, 10.1145/1" in line
    assert "Advances in Neural Information Processing Systems, 2017" in line
    assert result.exit_code == 0
    assert "@article{vaswani2017attention," in bib.read_text("utf-8")


def test_dblp_and_crossref_differ_about_a_doi(services: FakePublications, bib: Path) -> None:
    wrong = replace(VERSIONS[3], title="Bees in the Dark", authors=("A. Nobody",), dblp=False)
    services.versions = (replace(VERSIONS[3], crossref=False), wrong)
    result = run("refs.bib")
    assert "He2015: DBLP and Crossref differ about the DOI" in result.stderr
    assert changed(result.stderr) == set()


def test_a_journal_version_is_told_beside_the_meeting(
    services: FakePublications, bib: Path
) -> None:
    journal = Version(
        "Deep Residual Learning for Image Recognition", RESNET, "IEEE Trans. X", 2019, "journal",
        doi="10.1109/x.1", key="journals/x/1",
    )  # fmt: skip
    services.versions = (*VERSIONS, journal)
    result = run("refs.bib")
    assert "refs.bib:13: also-published: He2015:" in result.stderr
    assert "IEEE Trans. X, 2019" in result.stderr
    assert "@inproceedings{He2015," in bib.read_text("utf-8")


def test_a_change_that_is_refused_does_not_stop_the_others() -> None:
    file = read_bib(BIB.encode(), origin="refs.bib")
    found = preprints(file)
    notes = ("read {this}", "lost {brace", "read that", "and that")
    changes = [
        Change(preprint, (SetField(preprint.index, "note", note),), (note,), ())
        for preprint, note in zip(found, notes, strict=True)
    ]
    data, done, refused = apply_changes(file, changes)
    assert [change.listed for change in done] == [("read {this}",), ("read that",), ("and that",)]
    assert [str(p) for p in refused] == [
        "refs.bib:13: unsafe-value: He2015: unbalanced braces in 'lost {brace'"
    ]
    assert data.count(b"note") == 3


NASTY = sorted((Path(__file__).parents[1] / "data" / "bibfile").glob("*.bib"))


@pytest.mark.parametrize("path", NASTY, ids=[path.stem for path in NASTY])
def test_nasty_files_survive(path: Path) -> None:
    """Whatever is a preprint in them is published; keys stay, and no preprint is left."""
    try:
        file = read_bib(path.read_bytes(), origin=path.name)
    except OutputError:
        return  # no text: the command says so
    version = PublishedVersion("T", "dblp", "article", "A Journal", (Author("X"),), 2031)
    changes = [change(file, found, version, modern=False) for found in preprints(file)]
    data, done, refused = apply_changes(file, changes)
    after = read_bib(data, origin=path.name)
    assert [entry.key for entry in after.entries] == [entry.key for entry in file.entries]
    assert len(done) + len(refused) == len(changes)
    assert len(preprints(after)) == len(refused)


def test_the_contact_goes_to_crossref(services: FakePublications, bib: Path) -> None:
    bib.with_name("bibkit.toml").write_text('[sources]\ncontact = "lab@example.org"\n', "utf-8")
    run("refs.bib")
    asked = [request for request in services.requests if not request.is_dblp]
    assert asked
    assert all(request.query["mailto"] == ["lab@example.org"] for request in asked)


@pytest.mark.parametrize("name", ["missing.bib", "data.json"])
def test_what_is_no_bib_file(services: FakePublications, bib: Path, name: str) -> None:
    bib.with_name("data.json").write_text('[{"id": "x"}]', "utf-8")
    result = run(name)
    assert result.exit_code == 1
    assert name in result.stderr


def test_an_empty_file_asks_nobody(services: FakePublications, bib: Path) -> None:
    bib.write_bytes(b"% nothing here\n")
    assert run("refs.bib").exit_code == 0
    assert services.requests == []


def test_a_link_to_the_file_stays_a_link(services: FakePublications, bib: Path) -> None:
    link = bib.with_name("link.bib")
    link.symlink_to(bib)
    run("link.bib")
    assert link.is_symlink()
    assert "@inproceedings{He2015," in bib.read_text("utf-8")


def test_quiet_prints_problems_only(services: FakePublications, bib: Path) -> None:
    assert run("refs.bib", "-q").stderr == ""


def test_a_title_that_steers_the_terminal(services: FakePublications, bib: Path) -> None:
    bib.write_text(BIB.replace("{2017},", "{2017},\n  volume = {\x1b[2J},"), "utf-8")
    assert "\x1b" not in run("refs.bib").stderr


def test_no_more_than_two_requests_for_an_entry(services: FakePublications, bib: Path) -> None:
    run("refs.bib")
    assert len(services.requests) == 4 + 3


def test_a_read_only_file_is_told_before_anybody_is_asked(
    services: FakePublications, bib: Path
) -> None:
    bib.chmod(0o444)
    result = run("refs.bib")
    assert result.exit_code == 1
    assert "is read-only" in result.stderr
    assert services.requests == []
    assert run("refs.bib", "--dry-run").exit_code == 0


def test_a_file_that_changes_meanwhile_is_left_alone(services: FakePublications, bib: Path) -> None:
    def edited_by_the_user(handler: Handler) -> None:
        bib.write_text(BIB + "% one more line\n", "utf-8")
        status(503, Retry_After="0")(handler)

    services.dblp_faults.append(edited_by_the_user)
    result = run("refs.bib")
    assert result.exit_code == 1
    assert "changed while bibkit was at work" in result.stderr
    assert bib.read_text("utf-8") == BIB + "% one more line\n"


def cataloged(folder: Path, identifier: str, doi: str) -> Path:
    """Make a catalogue of one paper with the DOI that arXiv has."""
    source, path = folder / "source.jsonl", folder / "catalog.sqlite"
    source.write_text(json.dumps({"id": identifier, "title": "A Title", "doi": doi}), "utf-8")
    import_snapshot([source], path)
    return path


RENAMED = BIB.replace("{Perturbative renormalization of ", "{Non-perturbative thoughts on ")


def test_arxivs_doi_finds_what_was_renamed(services: FakePublications, bib: Path) -> None:
    bib.write_text(RENAMED, "utf-8")
    assert "buchoff" not in changed(run("refs.bib", "--dry-run").stderr)
    catalog = cataloged(bib.parent, "1506.00647", "10.1103/PhysRevD.93.016005")
    services.requests.clear()
    result = run("refs.bib", "--catalog", str(catalog))
    assert "buchoff" in changed(result.stderr)
    assert "title = {Non-perturbative thoughts on" in bib.read_text("utf-8")
    assert [r.path for r in services.requests] == ["/crossref/works/10.1103%2Fphysrevd.93.016005"]


def test_a_wrong_doi_at_arxiv_is_told(
    services: FakePublications, bib: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog = cataloged(bib.parent, "1506.00647", "10.1109/cvpr.2016.90")
    monkeypatch.setenv("BIBKIT_CATALOG", str(catalog))
    result = run("refs.bib")
    assert "refs.bib:20: unsure: buchoff: the identifier's paper has another title" in result.stderr
    assert "@misc{buchoff," in bib.read_text("utf-8")


def test_a_doi_that_crossref_does_not_have_is_no_answer(
    services: FakePublications, bib: Path
) -> None:
    catalog = cataloged(bib.parent, "1506.00647", "10.5281/zenodo.1234")
    assert changed(run("refs.bib", "--catalog", str(catalog)).stderr) == UPDATED


def test_a_build_afterwards_changes_nothing(services: FakePublications, bib: Path) -> None:
    """The published entries are the same papers, so nothing is added beside them."""
    bib.unlink()
    bib.with_name("list.txt").write_text("Attention Is All You Need\n1512.03385\n", "utf-8")
    build = ["build", "refs.bib", "list.txt", "--offline", "-q"]
    assert CliRunner().invoke(main, build).exit_code == 0
    before = bib.read_text("utf-8")
    result = run("refs.bib")
    after = bib.read_text("utf-8")
    assert len(changed(result.stderr)) == before.count("@misc{") > 0
    assert CliRunner().invoke(main, build).exit_code == 0
    assert bib.read_text("utf-8") == after
