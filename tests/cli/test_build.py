"""`bibkit build` as its users run it; offline unless a test asks for the services."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from itertools import permutations
from pathlib import Path

import pytest

from bibkit.emit import SUFFIXES
from tests.cli.conftest import Bibkit
from tests.conftest import ROOT

DEMO = str(ROOT / "examples" / "daily-papers.txt")
READING = str(ROOT / "examples" / "reading-list.txt")
Page = Callable[..., str]


def keys(bib: str) -> list[str]:
    return re.findall(r"^@\w+\{(.+),$", bib, re.MULTILINE)


def test_the_demo(bibkit: Bibkit) -> None:
    run = bibkit(DEMO, READING, "--offline")
    assert run.code == 0
    assert run.summary["records"] == 16
    assert run.summary["papers"] == 15
    assert run.summary["resolved"] == 15
    assert run.summary["not_found"] == 1
    assert "reading-list.txt:6: not_found: The Elements of Statistical Learning" in run.err
    assert "code = {https://github.com/thuml/AutoTimes}" in run.text
    assert not re.search(r"^\s*code = .*awesome", run.text, re.IGNORECASE | re.MULTILINE)
    assert len(keys(run.text)) == len(set(map(str.casefold, keys(run.text)))) == 14


def test_a_second_run_changes_nothing(bibkit: Bibkit) -> None:
    first = bibkit(DEMO, "--offline")
    lock = first.bib.with_name("refs.bib.lock")
    before = [(p.read_bytes(), p.stat().st_mtime_ns) for p in (first.bib, lock)]
    second = bibkit(DEMO, "--offline")
    assert [(p.read_bytes(), p.stat().st_mtime_ns) for p in (first.bib, lock)] == before
    assert "refs.bib: 0 added, 11 there already" in second.err


def test_another_pattern_is_for_new_papers_only(bibkit: Bibkit, page: Page) -> None:
    first = bibkit(page("2402.02370"), "--offline")
    before = first.bib.read_bytes()
    second = bibkit(DEMO, "--offline", "--key-pattern", "{Auth}:{yy}")
    assert second.bib.read_bytes().startswith(before)
    assert keys(second.text)[0] == keys(first.text)[0] == "liu2024autotimes"
    assert all(re.fullmatch(r"[A-Za-z]+:2\d[a-z]?", key) for key in keys(second.text)[1:])
    given = sorted(keys(second.text))
    second.bib.unlink()  # the lock remembers every key
    assert sorted(keys(bibkit(DEMO, "--offline", "--key-pattern", "{title}").text)) == given


def test_keys_do_not_depend_on_the_order_of_the_files(bibkit: Bibkit, page: Page) -> None:
    lists = [
        page("2402.02370", "2508.02739", name="a.txt"),
        page("POA: Pre-training Once for Models of All Sizes", name="b.txt"),
        READING,
    ]
    found = set()
    for number, order in enumerate(permutations(lists)):
        found.add(bibkit(*order, "--offline", out=f"refs{number}.bib").text)
    assert len(found) == 1


def test_the_report_has_every_record_once_in_order(bibkit: Bibkit) -> None:
    run = bibkit(READING, DEMO, "--offline")
    origins = [r["origin"] for r in run.report["records"]]
    assert len(origins) == len(set(origins)) == 16
    assert origins[0] == f"{READING}:2"
    by_cluster = {o: c["id"] for c in run.report["clusters"] for o in c["records"]}
    assert all(by_cluster[r["origin"]] == r["cluster"] for r in run.report["records"])
    assert set(run.report["records"][0]) == {
        "origin", "title", "authors_count", "date", "year_inferred", "organisation", "comments",
        "links", "status", "arxiv_id", "source", "score", "evidence", "runner_up", "cluster",
        "citation_key",
    }  # fmt: skip


def test_an_existing_file_keeps_every_byte(bibkit: Bibkit, tmp_path: Path) -> None:
    old = (
        b"% mine\r\n@string{nips = {NeurIPS}}\r\n@article{Liu24,\r\n  title = {AutoTimes: "
        b"Autoregressive Time Series Forecasters via Large Language Models},\r\n"
        b"  eprint = {2402.02370},\r\n}\r\n@comment{keep}"
    )
    (tmp_path / "work" / "refs.bib").write_bytes(old)
    run = bibkit(DEMO, "--offline")
    assert run.bib.read_bytes().startswith(old)
    assert b"\n" not in run.bib.read_bytes().replace(b"\r\n", b"")
    assert "refs.bib: 10 added, 1 there already" in run.err
    assert run.report["records"][0]["citation_key"] == "Liu24"


def test_a_deleted_entry_stays_deleted_until_restored(bibkit: Bibkit) -> None:
    first = bibkit(DEMO, "--offline")
    without = re.sub(r"@misc\{shi2025kronos,.*?\n\}\n\n?", "", first.text, flags=re.DOTALL)
    assert without != first.text
    first.bib.write_text(without, "utf-8")
    again = bibkit(DEMO, "--offline")
    assert again.text == without
    assert "1 left out: you deleted them" in again.err
    restored = bibkit(DEMO, "--offline", "--restore", "shi2025kronos")
    assert sorted(keys(restored.text)) == sorted(keys(first.text))


def test_csl_json_and_biblatex(bibkit: Bibkit) -> None:
    csl = bibkit(DEMO, "--offline", out="refs.json")
    assert "Code URL: https://github.com/thuml/AutoTimes" in csl.text
    biblatex = bibkit(DEMO, "--offline", "--to", "biblatex")
    assert biblatex.text.count("@online{") == 11


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_format_is_built_and_then_left_alone(bibkit: Bibkit, suffix: str) -> None:
    run = bibkit(DEMO, "--offline", out=f"refs{suffix}")
    assert run.code == 0
    assert "https://github.com/thuml/AutoTimes" in run.text
    assert "11 added" in run.err
    written, time = run.text, run.bib.stat().st_mtime_ns
    again = bibkit(DEMO, "--offline", out=f"refs{suffix}")
    assert "0 added, 11 there already" in again.err
    assert (again.text, again.bib.stat().st_mtime_ns) == (written, time)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_out_in_the_folder_of_the_pages_is_no_page(bibkit: Bibkit, suffix: str) -> None:
    folder = bibkit("1706.03762", "--offline", out="x.bib").bib.parent
    (folder / "page.txt").write_bytes(Path(DEMO).read_bytes())
    for times in range(2):
        run = bibkit(str(folder), "--offline", "--keep-unresolved", out=f"refs{suffix}")
        assert (times, run.summary["records"]) == (times, 11)
        assert "11 there already" in run.err or not times


def test_standard_output_gets_the_bibliography_only(bibkit: Bibkit) -> None:
    run = bibkit(DEMO, "--offline", "--to", "bibtex", out="-")
    assert run.out.startswith("@misc{")
    assert run.out.count("@misc{") == 11
    assert not run.bib.exists()


def test_keep_unresolved_says_so_in_the_entry(bibkit: Bibkit, page: Page) -> None:
    run = bibkit(page("Bees and Their Dances in the Dark"), "--offline", "--keep-unresolved")
    assert "Not resolved (not\\_found); as listed by list.txt" in run.text
    assert "eprint" not in run.text


def test_strict(bibkit: Bibkit) -> None:
    assert bibkit(DEMO, "--offline", "--strict").code == 0
    assert bibkit(READING, "--offline", "--strict").code == 3


def test_without_abstract_and_with_another_code_field(bibkit: Bibkit) -> None:
    run = bibkit(DEMO, "--offline", "--no-abstract", "--code-field", "repository")
    assert "abstract = " not in run.text
    assert "repository = {https://github.com/thuml/AutoTimes}" in run.text


def test_ascii(bibkit: Bibkit, page: Page) -> None:
    listing = page(
        "@misc{x, title={Étude of “Łódź” in 5 °C}, author={Åke Þór}, year={2020}}", name="a.bib"
    )
    keep = ("--offline", "--keep-unresolved", "--from", "bibtex", "--no-abstract")
    plain = bibkit(listing, *keep).text
    spelled = bibkit(listing, *keep, "--ascii", out="ascii.bib").text
    assert not plain.isascii()
    assert spelled.isascii()
    assert r"{\'E}tude of ``{\L}{\'o}d{\'z}'' in 5 {\textdegree}" in spelled.replace(
        "{{", "{"
    ).replace("}}", "}")
    assert bibkit(listing, *keep, "--ascii", out="refs.json").code == 1


def test_bibkit_toml_names_everything(bibkit: Bibkit, tmp_path: Path) -> None:
    work = tmp_path / "work"
    (work / "pages").mkdir()
    (work / "pages" / "one.txt").write_text("2402.02370\n")
    (work / "bibkit.toml").write_text(
        '[bibliography]\noutput = "lab.bib"\nlistings = ["pages/*.txt"]\n'
        'key_pattern = "{auth}{yy}"\ncode_field = "website"\n'
    )
    done = subprocess.run(
        [sys.executable, "-m", "bibkit", "build", "--offline"],
        cwd=work, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert keys((work / "lab.bib").read_text()) == ["liu24"]


# --- bad use: one clear line, the right exit code, nothing written


def _bad_inputs(folder: Path) -> dict[str, tuple[list[str], str, str]]:
    (folder / "empty.txt").write_bytes(b"")
    (folder / "latin1.txt").write_bytes("Título de una página\n".encode("latin-1"))
    (folder / "binary.txt").write_bytes(bytes(range(256)))
    (folder / "no-pages").mkdir()
    (folder / "file-as-folder").write_text("x")
    (folder / "broken.bib").write_text("@misc{a,\n  title = {never closed\n")
    (folder / "broken.json").write_text('[{"id": ')
    return {
        "missing": (["missing.txt"], "refs.bib", "missing.txt: listing-missing"),
        "empty": (["empty.txt"], "refs.bib", "empty.txt: listing-empty"),
        "encoding": (["latin1.txt"], "refs.bib", "latin1.txt"),
        "binary": (["binary.txt"], "refs.bib", "binary.txt"),
        "folder": (["no-pages"], "refs.bib", "no-pages: listing-empty"),
        "out folder": ([DEMO], "no-such-folder/refs.bib", "no-such-folder/refs.bib: output"),
        "out in file": ([DEMO], "file-as-folder/refs.bib", "file-as-folder/refs.bib: output"),
        "out is folder": ([DEMO], "no-pages", "no-pages"),
        "suffix": ([DEMO], "refs.docx", "refs.docx"),
        "broken bib": ([DEMO], "broken.bib", "broken.bib:1: "),
        "broken json": ([DEMO], "broken.json", "broken.json"),
        "catalog": ([DEMO, "--catalog", "none.sqlite"], "refs.bib", "none.sqlite: catalog"),
        "from": ([DEMO, "--from", "nonsense"], "refs.bib", "nonsense"),
        "pattern": ([DEMO, "--key-pattern", "{nonsense}"], "refs.bib", "nonsense"),
        "code field": ([DEMO, "--code-field", "a},b"], "refs.bib", "a},b"),
    }


CASES = [
    "missing", "empty", "encoding", "binary", "folder", "out folder", "out in file",
    "out is folder", "suffix", "broken bib", "broken json", "catalog", "from", "pattern",
    "code field",
]  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_bad_use_is_one_line_and_nothing_written(case: str, bibkit: Bibkit, tmp_path: Path) -> None:
    work = tmp_path / "work"
    arguments, out, expected = _bad_inputs(work)[case]
    before = {p: p.read_bytes() for p in work.rglob("*") if p.is_file()}
    run = bibkit(*arguments, "--offline", out=out)
    assert run.code == 1, run.err
    assert len(run.err.strip().splitlines()) == 1
    assert expected in run.err
    assert {p: p.read_bytes() for p in work.rglob("*") if p.is_file()} == before


def test_no_listing_is_wrong_usage(bibkit: Bibkit) -> None:
    assert bibkit().code == 2


@pytest.mark.parametrize("report", ["no/r.json", "."])
def test_a_report_that_cannot_be_written_is_said_first(report: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bibkit", "build", "x.bib", DEMO, "--offline", "--report", report],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert not (tmp_path / "x.bib").exists()


def test_interruption_is_130(tmp_path: Path) -> None:
    script = (
        "import os, signal, sys\n"
        "import bibkit.pipeline as p\n"
        "p.dedupe = lambda r: os.kill(os.getpid(), signal.SIGINT)\n"
        "from bibkit.cli import main\n"
        f"main(['build', 'refs.bib', {DEMO!r}, '--offline'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ},
        check=False,
    )
    assert done.returncode == 130
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "refs.bib").exists()


def test_a_page_cannot_steer_the_terminal(bibkit: Bibkit, page: Page) -> None:
    run = bibkit(page("Evil \x1b[2J title \u202e of a paper"), "--offline")
    assert "\x1b" not in run.err
    assert "\u202e" not in run.err


def test_api_and_command_give_the_same_bytes(bibkit: Bibkit, tmp_path: Path) -> None:
    import bibkit as package

    run = bibkit(DEMO, "--offline")
    result = package.build(tmp_path / "api.bib", [DEMO], offline=True)
    assert (tmp_path / "api.bib").read_bytes() == run.bib.read_bytes() == result.text.encode()


def test_a_list_in_a_style_goes_on_with_its_numbers(bibkit: Bibkit) -> None:
    out = bibkit(READING, "--offline", "--style", "unsrt", out="refs.md").bib
    before = out.read_text("utf-8")
    again = bibkit(DEMO, "--offline", "--style", "unsrt", out="refs.md")
    text = out.read_text("utf-8")
    assert text.startswith(before)
    numbers = [
        int(found) for found in re.findall(r"^- <a id=\"[^\"]+\"></a>\\\[(\d+)\\\]", text, re.M)
    ]
    assert numbers == list(range(1, len(numbers) + 1))
    assert "https://github.com/thuml/AutoTimes" in text
    bibkit(DEMO, "--offline", "--style", "unsrt", out="refs.md")
    assert (again.code, out.read_text("utf-8")) == (0, text)
