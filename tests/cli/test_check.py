from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bibkit.cli import main
from tests.sources.fake_web import FakeWeb, redirect, status
from tests.sources.loopback import closed_port

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
        ["bad.bib:1", "undefined-macro"], ["bad.bib:4", "bad-doi"], ["bad.bib:4", "bad-character"],
    ]  # fmt: skip
    assert "\x1b" not in result.stdout
    assert result.stderr == "2 entries, 3 problems\n"
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
        ("bad.bib", 1, "undefined-macro"), ("bad.bib", 4, "bad-doi"), ("bad.bib", 4, "bad-character"),
    ]  # fmt: skip
    assert json.loads(check("good.bib", "--format", "json").stdout) == []


def test_github_annotations() -> None:
    lines = check("bad.bib", "--format", "github").stdout.splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("::error file=bad.bib,line=1,title=undefined-macro::@misc 'a': ")
    assert "50%25" in lines[1]


def test_sarif() -> None:
    log = json.loads(check("bad.bib", "--format", "sarif").stdout)
    run = log["runs"][0]
    assert log["version"] == "2.1.0"
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [
        "bad-character", "bad-doi", "undefined-macro",
    ]  # fmt: skip
    result = run["results"][1]
    assert (result["ruleId"], result["ruleIndex"]) == ("bad-doi", 1)
    place = result["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "bad.bib"}, "region": {"startLine": 4}}


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeWeb]:
    with FakeWeb() as site:
        monkeypatch.setenv("BIBKIT_PRIVATE_HOSTS", f"127.0.0.1:{site.port}")
        monkeypatch.setenv("BIBKIT_REQUEST_INTERVAL", "0")
        monkeypatch.setenv("NO_PROXY", "*")
        site.on("/lab/alive", status(200))
        site.on("/lab/new", status(200))
        site.on("/lab/old", redirect(301, "/lab/new"))
        site.on("/lab/wary", status(403))
        yield site


def linked(*urls: str) -> str:
    return "".join(f"@misc{{k{n}, title = {{T}},\n {url}}}\n" for n, url in enumerate(urls))


def test_links_are_asked_for_only_when_wanted(site: FakeWeb) -> None:
    Path("links.bib").write_text(linked(f"code = {{{site.url}/lab/gone}}"))
    assert check("links.bib").exit_code == 0
    assert site.asked == []


def test_dead_and_moved_links_have_their_lines(site: FakeWeb) -> None:
    at = site.url
    fields = [
        f"code = {{{at}/lab/alive}}",
        f"website = {{{at}/lab/old}}",
        f"howpublished = {{\\url{{{at}/lab/gone\\_1}}}}",
        f"note = {{Code: {at}/lab/gone\\_1.}}",
        f"url = {{{at}/lab/wary}}",
        "pdf = {paper.pdf}, url = {https://arxiv.org/abs/2402.12345}",
    ]
    Path("links.bib").write_text(linked(*fields))
    result = check("links.bib", "--links")
    assert result.exit_code == 3
    assert result.stdout.splitlines() == [
        f"links.bib:4: moved-link: @misc 'k1': {at}/lab/old moved permanently to {at}/lab/new",
        f"links.bib:6: dead-link: @misc 'k2': {at}/lab/gone_1 answers 404 (Not Found)",
        f"links.bib:8: dead-link: @misc 'k3': {at}/lab/gone_1 answers 404 (Not Found)",
    ]
    assert result.stderr.splitlines() == [
        f"links.bib:10: unclear-link: @misc 'k4': {at}/lab/wary answers 403 (Forbidden)",
        "6 entries, 3 problems",
    ]
    assert len([asked for asked in site.asked if asked.path == "/lab/gone_1"]) == 2


def test_wary_servers_alone_are_no_problem(site: FakeWeb) -> None:
    Path("links.bib").write_text(linked(f"url = {{{site.url}/lab/wary}}"))
    assert check("links.bib", "--links").exit_code == 0


def test_what_cannot_be_reached_is_exit_4_and_not_dead(
    site: FakeWeb, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = f"http://127.0.0.1:{closed_port()}/code"
    monkeypatch.setenv("BIBKIT_PRIVATE_HOSTS", f"127.0.0.1:{site.port} {at[7:-5]}")
    Path("links.bib").write_text(linked(f"code = {{{at}}}", f"code = {{{site.url}/lab/gone}}"))
    result = check("links.bib", "--links")
    assert result.exit_code == 4
    assert result.stdout.startswith("links.bib:4: dead-link: ")
    assert f"links.bib:2: network_error: @misc 'k0': {at} cannot be reached" in result.stderr


def test_a_link_inside_the_network_is_not_asked(
    site: FakeWeb, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BIBKIT_PRIVATE_HOSTS")
    Path("links.bib").write_text(linked(f"url = {{{site.url}/lab/alive}}"))
    result = check("links.bib", "--links")
    assert result.exit_code == 0
    assert "unclear-link: " in result.stderr
    assert "is inside a private network" in result.stderr
    assert site.asked == []


def test_code_field_of_the_settings_is_a_link(site: FakeWeb) -> None:
    Path("bibkit.toml").write_text('[bibliography]\ncode_field = "Software"\n')
    Path("links.bib").write_text(linked(f"software = {{{site.url}/lab/gone}}"))
    assert check("links.bib", "--links").exit_code == 3
