"""Spark finds the same clusters; in local mode, where PySpark and Java are installed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest
from click.testing import CliRunner

from bibkit.cli import main
from bibkit.dedupe import find_duplicates
from tests.dedupe.made_records import made_records
from tests.dedupe.test_engines import in_order
from tests.dedupe.test_find_duplicates import RECORDS

pytest.importorskip("pyspark", reason="PySpark is not installed: bibkit-papers[spark]")
if not shutil.which("java"):
    pytest.skip("Spark needs Java", allow_module_level=True)
pytestmark = pytest.mark.filterwarnings("ignore")  # PySpark's own

LOCAL = {
    "spark.master": "local[2]",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.adaptive.enabled": "false",  # a few records: what pays off later costs most here
    "spark.sql.codegen.wholeStage": "false",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1",
}


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    from bibkit.dedupe.engines.in_spark import session

    with session(LOCAL) as running:
        running.sparkContext.setLogLevel("ERROR")
        yield running


def test_spark_finds_the_same(spark: Any) -> None:
    from bibkit.dedupe.engines.in_spark import find_duplicates_in_spark

    many = [replace(RECORDS[n % 11], origin=f"b:{n}", year=2000 + n % 3) for n in range(150)]
    records = [*many, *made_records(200, seed=5)]
    found = find_duplicates_in_spark(records, spark)
    assert found == in_order(find_duplicates(records))
    assert found.joined
    assert found.unsure


def test_the_command_writes_the_same_with_spark(
    spark: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    title = "Deep Residual Learning for Image Recognition"
    Path("refs.bib").write_text(f"@misc{{he, title = {{{title}}}, year = 2016}}\n")
    lines = [json.dumps({"id": n, "title": f"{title}{'.' * n}", "year": 2016}) for n in range(3)]
    Path("t.jsonl").write_text("\ufeff" + "\n\n".join([*lines[:2], '{"broken', lines[2]]) + "\n")
    columns = {"title": [title, None], "authors": [["He, Kaiming"], None], "year": [2016.0, 1.5]}
    pyarrow.parquet.write_table(pyarrow.table(columns), "t.parquet")
    told = []
    for engine in ("memory", "spark"):
        command = ["dedupe", "t.jsonl", "refs.bib", "t.parquet", "--engine", engine]
        done = CliRunner().invoke(main, [*command, "--clusters", "out.jsonl"])
        assert done.exit_code == 0, done.output
        told.append((Path("out.jsonl").read_text(), done.stderr.splitlines()[:3]))
    assert told[0] == told[1]
    assert told[0][0].count('"cluster":1,') == 5
    assert told[0][1][0] == "t.jsonl:5: json-line: is no JSON object"
