"""`bibkit dedupe` on tables and catalogues, with every engine, and cut off in the middle."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pytest
from click.testing import CliRunner, Result

from bibkit.catalog import import_snapshot
from bibkit.cli import main
from tests.conftest import ROOT

RESNET = "Deep Residual Learning for Image Recognition"
ROWS: list[dict[str, Any]] = [
    {"id": "a", "title": RESNET, "authors": "He, K. and Zhang, X.", "year": 2016, "venue": "CVPR"},
    {"id": "b", "title": f"{RESNET}.", "authors": ["Kaiming He", "Xiangyu Zhang"], "year": 2016},
    {"id": "c", "title": "Chess and Machine Intelligence in Review", "year": 1997},
    {"id": "d", "title": "Editorial", "author": "R. Snodgrass", "year": 2001},
    {"id": "e", "title": "Editorial", "author": "R. Snodgrass", "year": 2001},
    {"id": "f", "doi": "10.1109/cvpr.2016.90"},
]
BAD = b"""\
{"id": "a", "title": "Deep Residual Learning for Image Recognition", "year": "none"}
{"id": "b", "title": "Deep Residual Learning for Image Rec
[1, 2]

{"id": "c", "title": {"en": "Chess"}}
{"id": "d", "title": "Chess and Machine Intelligence in Review", "author": 7, "doi": "twelve"}
\xff\xfe
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    lines = "\n".join(json.dumps(row) for row in ROWS)
    Path("t.jsonl").write_text(f"\ufeff{lines}\n", "utf-8")
    Path("t.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    named = {"id", "title", "authors", "year", "venue", "doi"}
    flat = [
        {name: row.get(name) for name in named}
        | {"authors": "; ".join(a) if isinstance(a := row.get("authors"), list) else a or row.get("author")}
        for row in ROWS
    ]  # fmt: skip
    pa.parquet.write_table(pa.Table.from_pylist(flat), "t.parquet", row_group_size=2)
    Path("refs.bib").write_text(
        f"@misc{{he, title = {{{RESNET}}}, author = {{He, K. and Zhang, X.}}, year = 2015}}\n"
        "@misc{chess, title = {Chess and Machine Intelligence in Review}, year = 1997}\n"
    )
    return tmp_path


def dedupe(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["dedupe", *arguments])


def told(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_table_tells_every_record_with_its_cluster_and_why() -> None:
    result = dedupe("t.jsonl", "--engine", "duckdb", "--check")
    assert result.exit_code == 3
    assert result.stderr == "6 records, 5 papers (1 records too many), 1 pairs unsure\n"
    rows = told(result)
    assert [row["cluster"] for row in rows] == [1, 1, 2, 3, 4, 5]
    assert rows[1] == {
        "id": "b",
        "origin": "t.jsonl:2",
        "cluster": 1,
        "because": ["a (t.jsonl:1): title: exact; authors: 2 of 2 / 2; year 2016"],
        "unsure": [],
    }
    assert str(rows[4]["unsure"]).startswith("['d (t.jsonl:4): ")


@pytest.mark.parametrize(
    "files",
    [
        ["t.jsonl"], ["t.jsonl.gz"], ["t.parquet"], ["refs.bib", "t.parquet"],
        ["t.jsonl", "refs.bib", "t.jsonl"],
    ],
)  # fmt: skip
def test_engines_write_the_same_bytes(files: list[str]) -> None:
    written = set()
    for engine in ("memory", "duckdb"):
        done = dedupe(*files, "--engine", engine, "--clusters", "out.jsonl")
        assert done.exit_code == 0
        assert not done.stdout
        dedupe(*files, "--engine", engine, "--clusters", "out.parquet")
        rows = pa.parquet.read_table("out.parquet").to_pylist()
        assert rows == [json.loads(line) for line in Path("out.jsonl").read_text().splitlines()]
        assert any(row["because"] for row in rows)
        written.add((Path("out.jsonl").read_bytes(), Path("out.parquet").read_bytes()[:4]))
    assert len(written) == 1


def test_a_catalogue_is_compared_with_a_bibliography() -> None:
    paper = {
        "id": "1512.03385", "title": RESNET, "authors": "Kaiming He, Xiangyu Zhang", "abstract": "",
        "categories": "cs.CV", "update_date": "2015-12-11", "versions": [
            {"version": "v1", "created": "Thu, 10 Dec 2015 19:51:55 GMT"}],
    }  # fmt: skip
    Path("snapshot.jsonl").write_text(json.dumps(paper) + "\n")
    import_snapshot([Path("snapshot.jsonl")], Path("papers.sqlite"))
    expected = ["one paper, 2 entries:", f"  refs.bib:1: he: {RESNET}",
                f"  papers.sqlite:1512.03385: 1512.03385: {RESNET}"]  # fmt: skip
    assert dedupe("refs.bib", "papers.sqlite").stdout.splitlines()[:3] == expected
    rows = told(dedupe("refs.bib", "papers.sqlite", "--engine", "duckdb"))
    assert [(row["id"], row["cluster"]) for row in rows] == [
        ("he", 1),
        ("chess", 2),
        ("1512.03385", 1),
    ]
    snapshot = told(dedupe("snapshot.jsonl", "papers.sqlite", "--engine", "duckdb"))
    assert "1512.03385 (snapshot.jsonl:1): arXiv 1512.03385" in str(snapshot[1]["because"])


def test_what_cannot_be_read_is_told_with_its_line_and_the_rest_is_compared() -> None:
    Path("bad.jsonl").write_bytes(BAD)
    problems = []
    for engine in ("memory", "duckdb"):
        result = dedupe("bad.jsonl", "--engine", engine, "--clusters", "-")
        assert result.exit_code == 0
        assert [row["id"] for row in told(result)] == ["a", "d"]
        problems.append(result.stderr.splitlines()[:-1])
    assert problems[0] == problems[1] == [
        "bad.jsonl:1: bad-value: year: 'none' is no year",
        "bad.jsonl:2: json-line: is no JSON object",
        "bad.jsonl:3: json-line: is no JSON object",
        "bad.jsonl:5: bad-value: title: {'en': 'Chess'} is no text",
        "bad.jsonl:5: no-title: a row without title and identifier",
        "bad.jsonl:6: bad-value: authors: 7 is no list of authors",
        "bad.jsonl:6: bad-value: doi: 'twelve' is no DOI",
        "bad.jsonl:7: json-line: is no JSON object",
    ]  # fmt: skip


@pytest.mark.parametrize("engine", ["memory", "duckdb"])
def test_bad_files_are_one_clear_line(engine: str) -> None:
    Path("empty.sqlite").write_bytes(b"SQLite format 3\0" + b"x" * 100)
    Path("broken.parquet").write_bytes(b"PAR1 no more")
    pa.parquet.write_table(pa.table({"name": ["x"]}), "other.parquet")
    for name, said in (
        ("none.jsonl", "cannot be read: No such file"),
        ("none.parquet", "cannot be read"),
        ("broken.parquet", "cannot be read"),
        ("other.parquet", "has no column `title`, but name"),
        ("empty.sqlite", "catalog: "),
    ):
        result = dedupe(name, "--engine", engine)
        assert result.exit_code == 1, name
        assert result.stderr.startswith(f"{name}: ")
        assert said in result.stderr
        assert result.stderr.count("\n") == 1


def test_typed_columns_of_parquet_are_read() -> None:
    title = "A Study of Dates, Numbers and Lists in Columns"
    rows = [
        {"ID": 1, "Title": title, "Author": [{"family": "Doe", "given": "Ann"}], "Year": 2019.0,
         "Published": dt.date(2019, 5, 17), "Pages": "11-21", "DOI": "https://doi.org/10.1000/X"},
        {"ID": 2, "Title": title, "Author": None, "Year": float("nan"),
         "Published": None, "Pages": None, "DOI": "10.1000/x"},
    ]  # fmt: skip
    pa.parquet.write_table(pa.Table.from_pylist(rows), "typed.parquet")
    result = dedupe("typed.parquet")
    assert "because 2 = 1: DOI 10.1000/x; title: exact" in result.stdout
    assert "bad-value" not in result.stderr


def test_above_the_bound_duckdb_is_taken_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bibkit.reconcile.large.MOST_IN_MEMORY", 5)
    result = dedupe("t.jsonl")
    assert result.stderr.startswith("6 rows: compared with --engine duckdb")
    assert len(told(result)) == 6
    assert "one paper" in dedupe("t.jsonl", "--engine", "memory").stdout
    monkeypatch.setattr("bibkit.reconcile.large.has_duckdb", lambda: False)
    result = dedupe("t.jsonl")
    assert result.exit_code == 1
    assert "pip install 'bibkit-papers[duckdb]', or say --engine memory" in result.stderr


def test_what_makes_no_sense_is_refused() -> None:
    for wrong in (
        ["t.jsonl", "--engine", "duckdb", "--apply"],
        ["t.jsonl", "--engine", "duckdb", "--plan", "p.txt"],
        ["t.jsonl", "--clusters", "out.csv"],
        ["t.jsonl", "--clusters", "t.jsonl"],
    ):
        assert dedupe(*wrong).exit_code == 2, wrong
    assert dedupe("t.jsonl", "--clusters", "none/out.jsonl").exit_code == 1


def test_a_pipe_is_read_once() -> None:
    os.mkfifo("pipe.bib")
    feeding = subprocess.Popen(["cp", "refs.bib", "pipe.bib"])
    assert dedupe("pipe.bib", "refs.bib").stdout.count("one paper, 2 entries:") == 2
    assert feeding.wait() == 0


def test_ctrl_c_leaves_nothing_behind(tmp_path: Path) -> None:
    lines = (
        json.dumps(
            {"title": f"A study number {n} of things that {n % 97} words tell", "year": 2000}
        )
        for n in range(60_000)
    )
    Path("many.jsonl").write_text("\n".join(lines))
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(temporary)}
    command = ["dedupe", "many.jsonl", "--engine", "duckdb", "--clusters", "out.parquet"]
    run = subprocess.Popen(
        [sys.executable, "-m", "bibkit", *command],
        env=environment, stderr=subprocess.PIPE,
    )  # fmt: skip
    while run.poll() is None and not list(temporary.iterdir()):
        time.sleep(0.05)
    time.sleep(2)  # among the first batches, or anywhere else
    run.send_signal(signal.SIGINT)
    _, said = run.communicate(timeout=60)  # until no worker holds its end of the pipe
    assert run.returncode == 130, said
    assert b"Traceback" not in said
    assert not list(temporary.iterdir())
    assert not Path("out.parquet").exists()
