from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bibkit.cli import main

BAD = "@misc{a, title = {T}, month = april}\n@misc{b,\n title = {T},\n doi = {x: \x1b[2Jy, 50%}}\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("bad.bib").write_text(BAD)
    Path("good.bib").write_text("@misc{a, title = {T}}\n")
    return tmp_path


def check(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["check", *arguments])


def test_problems_are_lines_on_standard_output_and_exit_3() -> None:
    result = check("bad.bib")
    assert result.exit_code == 3
    lines = result.stdout.splitlines()
    assert [line.split(": ")[:2] for line in lines] == [
        ["bad.bib:1", "undefined-macro"], ["bad.bib:4", "bad-doi"],
    ]  # fmt: skip
    assert "\x1b" not in result.stdout
    assert result.stderr == "2 entries, 2 problems\n"
    assert Path("bad.bib").read_text() == BAD


def test_a_clean_file_is_exit_0() -> None:
    result = check("good.bib", "-q")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")


def test_bad_use() -> None:
    assert check().exit_code == 2
    assert check("paper.tex").exit_code == 2
    missing = check("none.bib")
    assert missing.exit_code == 1
    assert missing.stderr.startswith("none.bib: input: cannot be read")


def test_latex_files_may_follow_as_a_shell_expands_them() -> None:
    Path("a.tex").write_text("\\cite{a}")
    Path("b.tex").write_text("\\cite{b}")
    result = check("good.bib", "--tex", "a.tex", "b.tex")
    assert result.exit_code == 3
    assert result.stdout.startswith("b.tex:1: undefined-key: 'b' ")


def test_json() -> None:
    rows = json.loads(check("bad.bib", "--format", "json").stdout)
    assert [(row["file"], row["line"], row["code"]) for row in rows] == [
        ("bad.bib", 1, "undefined-macro"), ("bad.bib", 4, "bad-doi"),
    ]  # fmt: skip
    assert json.loads(check("good.bib", "--format", "json").stdout) == []


def test_github_annotations() -> None:
    lines = check("bad.bib", "--format", "github").stdout.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("::error file=bad.bib,line=1,title=undefined-macro::@misc 'a': ")
    assert "50%25" in lines[1]


def test_sarif() -> None:
    log = json.loads(check("bad.bib", "--format", "sarif").stdout)
    run = log["runs"][0]
    assert log["version"] == "2.1.0"
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["bad-doi", "undefined-macro"]
    result = run["results"][1]
    assert (result["ruleId"], result["ruleIndex"]) == ("bad-doi", 0)
    place = result["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "bad.bib"}, "region": {"startLine": 4}}
