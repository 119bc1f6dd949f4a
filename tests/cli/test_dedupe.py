from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bibkit.cli import main

BERT = "{BERT}: Pre-training of Deep Bidirectional Transformers for Language Understanding"
REFS = f"""\
% my own
@misc{{devlin2018,
  title = {{{BERT}}},
  author = {{Devlin, Jacob and Chang, Ming-Wei and Lee, Kenton and Toutanova, Kristina}},
  year = {{2018}},
  eprint = {{1810.04805}},
  archiveprefix = {{arXiv}},
}}

% keep me
@inproceedings{{devlin:naacl,
  title = {{{BERT}}},
  author = {{Devlin, Jacob and Chang, Ming-Wei and Lee, Kenton and Toutanova, Kristina}},
  booktitle = {{NAACL}},
  year = {{2019}},
}}

@article{{other, title = {{Chess and Machine Intelligence in Review}}, year = 1997}}
"""
MERGED = f"""\
% my own
@inproceedings{{devlin2018,
  title = {{{BERT}}},
  author = {{Devlin, Jacob and Chang, Ming-Wei and Lee, Kenton and Toutanova, Kristina}},
  year = {{2019}},
  eprint = {{1810.04805}},
  archiveprefix = {{arXiv}},
  booktitle = {{NAACL}},
  ids = {{devlin:naacl}},
}}

% keep me

@article{{other, title = {{Chess and Machine Intelligence in Review}}, year = 1997}}
"""
TEX = (
    "\\citep[see][]{other, devlin:naacl} % \\cite{devlin:naacl}\n\\cite{devlin:naacl,devlin2018}\n"
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("refs.bib").write_text(REFS)
    return tmp_path


def dedupe(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["dedupe", *arguments])


def test_clusters_are_printed_with_reasons_and_nothing_changes() -> None:
    result = dedupe("refs.bib")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[:3] == [
        "one paper, 2 entries:",
        "  refs.bib:2: devlin2018: "
        "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding",
        "  refs.bib:11: devlin:naacl: "
        "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding",
    ]
    assert "because devlin:naacl = devlin2018: title: exact" in result.stdout
    assert "3 entries, 1 papers stand more than once (1 entries too many)" in result.stderr
    assert Path("refs.bib").read_text() == REFS
    assert sorted(path.name for path in Path().iterdir()) == ["refs.bib"]


def test_exit_codes() -> None:
    assert dedupe("refs.bib", "--check").exit_code == 3
    Path("one.bib").write_text(MERGED)
    assert dedupe("one.bib", "--check").exit_code == 0
    missing = dedupe("none.bib")
    assert (missing.exit_code, missing.stderr[:15]) == (1, "none.bib: input")
    for wrong in (
        [], ["refs.bib", "--dry-run"], ["refs.bib", "--across"],
        ["refs.bib", "--apply", "--check"], ["refs.bib", "--key-map", "k.json"],
        ["refs.bib", "--apply", "--rewrite-tex", "none*.tex"],
        ["refs.bib", "refs.bib", "--across", "--apply"],
    ):  # fmt: skip
        assert dedupe(*wrong).exit_code == 2
    assert dedupe("refs.bib", "--apply", "--plan", "none.txt").exit_code == 1


def test_apply_merges_and_a_second_time_changes_nothing() -> None:
    result = dedupe("refs.bib", "--apply")
    assert result.exit_code == 0
    assert Path("refs.bib").read_text() == MERGED
    assert "not kept: devlin2018 (refs.bib:2): year = {2018}" in result.stdout
    assert "key: devlin:naacl → devlin2018" in result.stdout
    was = Path("refs.bib").stat()
    again = dedupe("refs.bib", "--apply")
    assert "0 entries merged; written: nothing" in again.stderr
    assert Path("refs.bib").stat().st_mtime_ns == was.st_mtime_ns


def test_the_key_that_documents_use_most_survives_and_cites_follow() -> None:
    Path("a.tex").write_bytes(TEX.replace("\n", "\r\n").encode())
    shown = dedupe("refs.bib", "--apply", "--rewrite-tex", "*.tex", "--dry-run",
                   "--key-map", "keys.json")  # fmt: skip
    assert shown.exit_code == 0
    assert "-\\cite{devlin:naacl,devlin2018}" in shown.stdout
    assert "+\\cite{devlin:naacl}" in shown.stdout
    assert '+  "devlin2018": "devlin:naacl"' in shown.stdout
    assert Path("refs.bib").read_text() == REFS
    assert not Path("keys.json").exists()
    assert Path("a.tex").read_bytes() == TEX.replace("\n", "\r\n").encode()

    assert dedupe("refs.bib", "--apply", "--rewrite-tex", "*.tex", "--key-map", "keys.json")
    assert json.loads(Path("keys.json").read_text()) == {"devlin2018": "devlin:naacl"}
    after = TEX.replace("{devlin:naacl,devlin2018}", "{devlin:naacl}")
    assert Path("a.tex").read_bytes() == after.replace("\n", "\r\n").encode()
    bib = Path("refs.bib").read_text()
    assert "@inproceedings{devlin:naacl,\n" in bib
    assert "ids = {devlin2018}" in bib
    assert "eprint = {1810.04805}" in bib
    checked = CliRunner().invoke(main, ["check", "refs.bib", "--tex", "a.tex"])
    assert "undefined-key" not in checked.stdout


def test_a_plan_is_edited_and_carried_out_and_remembered() -> None:
    assert dedupe("refs.bib", "--plan", "plan.txt").exit_code == 0
    plan = Path("plan.txt").read_text()
    assert plan.count("\ndecision: ") == 1
    assert "# not kept: devlin2018 (refs.bib:2): year = {2018}" in plan
    Path("plan.txt").write_text(plan.replace("\ndecision: same", "\ndecision:  NOT the  same"))
    dedupe("refs.bib", "--plan", "plan.txt")
    assert Path("plan.txt").read_text().endswith("\ndecision: not the same\n")
    result = dedupe("refs.bib", "--plan", "plan.txt", "--apply")
    assert result.exit_code == 0
    assert Path("refs.bib").read_text() == REFS
    lock = json.loads(Path("refs.bib.lock").read_text())
    assert lock["decisions"] == [
        {"decision": "not the same", "keys": ["devlin2018", "devlin:naacl"]}
    ]
    assert dedupe("refs.bib", "--check").exit_code == 0  # never asked again
    assert dedupe("refs.bib", "--apply").stderr.endswith("written: nothing\n")
    Path("plan.txt").write_text(plan)  # as bibkit wrote it: the lock knows better
    dedupe("refs.bib", "--plan", "plan.txt", "--apply")
    assert Path("refs.bib").read_text() == REFS
    own = "\n".join(line for line in plan.splitlines() if not line.startswith("bibkit:"))
    Path("plan.txt").write_text(own)  # a block of one's own
    assert dedupe("refs.bib", "--plan", "plan.txt", "--apply").exit_code == 0
    assert Path("refs.bib").read_text() == MERGED
    lock = json.loads(Path("refs.bib.lock").read_text())
    assert [one["decision"] for one in lock["decisions"]] == ["same"]
    assert "written: nothing" in dedupe("refs.bib", "--plan", "plan.txt", "--apply").stderr


def test_a_plan_leaves_alone_what_it_does_not_name() -> None:
    Path("plan.txt").write_text("# nothing\n")
    assert "written: nothing" in dedupe("refs.bib", "--plan", "plan.txt", "--apply").stderr
    assert Path("refs.bib").read_text() == REFS


@pytest.mark.parametrize(
    ("edit", "fault"),
    [
        ("decision: maybe", "'maybe' is none of"),
        ("", "has no line `decision:`"),
        ("something\ndecision: same", "not a line of a plan"),
    ],
)
def test_a_broken_plan_is_refused_with_its_line(edit: str, fault: str) -> None:
    dedupe("refs.bib", "--plan", "plan.txt")
    plan = Path("plan.txt").read_text()
    Path("plan.txt").write_text(plan.replace("\ndecision: same\n", f"\n{edit}\n"))
    result = dedupe("refs.bib", "--plan", "plan.txt", "--apply")
    assert result.exit_code == 1
    assert result.stderr.startswith("plan.txt:")
    assert fault in result.stderr
    assert Path("refs.bib").read_text() == REFS


def test_a_key_that_has_become_another_papers_is_noticed() -> None:
    dedupe("refs.bib", "--plan", "plan.txt")
    changed = REFS.replace(
        "@inproceedings{devlin:naacl,\n  title = {{BERT}: Pre", "@misc{devlin:naacl,\n  title = {Un"
    )
    Path("refs.bib").write_text(changed)
    result = dedupe("refs.bib", "--plan", "plan.txt", "--apply")
    assert "plan-stale: 'devlin:naacl' had another title" in result.stderr
    assert Path("refs.bib").read_text() == changed


def test_across_tells_what_is_lacking_and_under_which_other_key() -> None:
    Path("mine.bib").write_text(REFS.partition("\n% keep me")[0])
    theirs = REFS.partition("% keep me\n")[2]
    Path("theirs.bib").write_text(theirs)
    result = dedupe("--across", "mine.bib", "theirs.bib")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "lacking: theirs.bib:8: other: Chess and Machine Intelligence in Review",
        "other key: theirs.bib:1: devlin:naacl: "
        "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding",
        "  is devlin2018 (mine.bib:2)",
    ]
    assert result.stderr == "mine.bib lacks 1 papers of theirs.bib; both have 1; 0 pairs unsure\n"
    assert Path("theirs.bib").read_text() == theirs


def test_other_formats_are_compared_and_left_as_they_are() -> None:
    title = BERT.replace("{", "").replace("}", "")
    csl = json.dumps(
        [{"id": "x", "type": "article", "title": title, "DOI": "10.48550/arXiv.1810.04805"}]
    )
    ris = f"TY  - JOUR\nTI  - {title}\nAU  - Devlin, Jacob\nAU  - Chang, Ming-Wei\nPY  - 2019\nER  - \n"
    table = "title,authors,year\nChess and Machine Intelligence in Review,Ann Lee,1997\n"
    for name, text in (("a.json", csl), ("b.ris", ris), ("c.csv", table)):
        Path(name).write_text(text)
    result = dedupe("refs.bib", "a.json", "b.ris", "c.csv")
    assert "a.json:1: line 1: BERT" in result.stdout
    assert "b.ris:2: line 2: BERT" in result.stdout
    assert "c.csv:2" in result.stdout
    dedupe("refs.bib", "a.json", "b.ris", "c.csv", "--apply")
    assert Path("refs.bib").read_text() == MERGED
    assert (Path("a.json").read_text(), Path("b.ris").read_text()) == (csl, ris)


def test_terminal_escapes_of_a_title_do_not_reach_the_terminal() -> None:
    text = REFS.replace("Pre-training", "Pre-\x1b[2Jtraining")
    Path("refs.bib").write_text(text)
    for arguments in (["refs.bib"], ["refs.bib", "--apply", "--dry-run"]):
        assert "\x1b" not in dedupe(*arguments).output
    dedupe("refs.bib", "--plan", "plan.txt")
    assert "\x1b" not in Path("plan.txt").read_text()
