from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bibkit.catalog import import_snapshot, open_catalog
from bibkit.catalog.schema import FORMAT_VERSION, open_for_writing
from bibkit.errors import CatalogError
from bibkit.resolve.query import Query
from tests.catalog.conftest import Imported, Line


@pytest.fixture
def catalog(line: Line, imported: Imported) -> Path:
    return imported(
        line(f"2402.{n:05d}", f"Paper {n} of a study on subject {n % 97}", authors="A. Author")
        for n in range(1, 2_000)
    )


def write_text(path: Path) -> None:
    path.write_text("@article{x, title = {No catalogue}}\n" * 50)


def write_foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE moz_places (url)")


def write_empty(path: Path) -> None:
    path.touch()


@pytest.mark.parametrize(
    ("write", "reason"),
    [
        (Path.exists, "no such catalogue"),
        (Path.mkdir, "is a folder, not a catalogue"),
        (write_empty, "is empty, not a catalogue"),
        (write_text, "not a bibkit catalogue"),
        (write_foreign, "not a bibkit catalogue"),
    ],
)
def test_what_is_no_catalogue_is_refused_in_one_line(
    tmp_path: Path, write: Callable[[Path], object], reason: str
) -> None:
    path = tmp_path / "strange name?#%.sqlite"
    write(path)
    with pytest.raises(CatalogError) as caught:
        open_catalog(path)
    assert str(caught.value) == f"{path}: catalog: {reason}"


@pytest.mark.parametrize(("version", "age"), [(0, "an older"), (FORMAT_VERSION + 1, "a newer")])
def test_another_format_version_says_what_to_do(catalog: Path, version: int, age: str) -> None:
    with closing(sqlite3.connect(catalog)) as connection:
        connection.execute(f"PRAGMA user_version = {version}")
    for use in (open_catalog, open_for_writing):
        with pytest.raises(
            CatalogError, match=f"made by {age} bibkit .* import the snapshot again"
        ):
            use(catalog)


@pytest.mark.parametrize(
    "change",
    [
        "DROP TABLE word",
        "ALTER TABLE paper ADD COLUMN more",
        "CREATE VIEW title_index_data2 AS SELECT 1",
        "CREATE TRIGGER title_index_idx2 AFTER INSERT ON paper BEGIN SELECT 1; END",
    ],
)
def test_a_changed_schema_is_refused(catalog: Path, change: str) -> None:
    with closing(sqlite3.connect(catalog)) as connection:
        connection.execute(change)
        connection.commit()
    with pytest.raises(CatalogError, match="damaged"):
        open_catalog(catalog)


def test_a_cut_catalogue_is_damaged(catalog: Path) -> None:
    content = catalog.read_bytes()
    catalog.write_bytes(content[: len(content) // 2])
    with pytest.raises(CatalogError, match="damaged"):
        open_catalog(catalog)


def test_flipped_bytes_give_an_answer_or_one_clear_error(catalog: Path) -> None:
    content = catalog.read_bytes()
    chance = random.Random(3)
    queries = [
        Query(title=f"Paper {n} of a study on subject {n % 97}", arxiv_id=f"2402.{n:05d}")
        for n in range(1, 2_000, 37)
    ] + [Query(title="A stdy of the subject 7", doi="10.1000/7")]
    refused: list[str] = []
    for _ in range(60):
        damaged = bytearray(content)
        for place in chance.sample(range(100, len(content)), 200):
            damaged[place] ^= 1 << chance.randrange(8)
        catalog.write_bytes(damaged)
        try:
            with open_catalog(catalog) as opened:
                opened.find(queries)
                opened.search("Paper 7 of a study")
                str(opened.info())
        except CatalogError as error:
            refused.append(str(error))
    assert len(refused) > 10
    assert not any("\n" in message for message in refused)


def test_a_read_only_catalogue_in_a_read_only_folder_is_readable(line: Line) -> None:
    """In a process without root's privileges; nothing may appear beside the file either."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source, path = folder / "lines.jsonl", folder / "catalog.sqlite"
        source.write_text(line("2402.12345", "A title"))
        import_snapshot([source], path)
        source.unlink()
        path.chmod(0o444)
        folder.chmod(0o555)
        script = (
            "import os, sys\n"
            "from pathlib import Path\n"
            "from bibkit.catalog import open_catalog\n"
            "import sqlite3, bibkit.text.names\n"
            "if os.geteuid() == 0: os.setegid(65534); os.seteuid(65534)\n"
            "with open_catalog(Path(sys.argv[1])) as c: print(c.info().papers)\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", script, str(path)],
            capture_output=True, text=True, env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
            check=False,
        )  # fmt: skip
        assert (done.stdout, done.stderr) == ("1\n", "")
        assert [p.name for p in folder.iterdir()] == ["catalog.sqlite"]
        folder.chmod(0o755)


def test_a_commit_that_was_killed_is_undone_by_the_next_reader(catalog: Path) -> None:
    before = catalog.read_bytes()
    script = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from bibkit.catalog.schema import open_for_writing\n"
        "connection = open_for_writing(Path(sys.argv[1]))\n"
        "connection.execute('PRAGMA cache_size = 5')\n"  # so that pages reach the file at once
        "connection.execute('BEGIN IMMEDIATE')\n"
        "connection.execute(\"UPDATE paper SET title = 'overwritten', authors = NULL\")\n"
        "os.kill(os.getpid(), 9)\n"
    )
    subprocess.run(
        [sys.executable, "-c", script, str(catalog)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}, check=False,
    )  # fmt: skip
    assert catalog.read_bytes() != before
    assert catalog.with_name(f"{catalog.name}-journal").stat().st_size > 0
    with open_catalog(catalog) as opened:
        (answer,) = opened.find([Query(arxiv_id="2402.00007")])
        assert answer.papers[0].title == "Paper 7 of a study on subject 7"
        assert opened.info().papers == 1_999
    assert not catalog.with_name(f"{catalog.name}-journal").exists()


OLD = Path(__file__).resolve().parents[1] / "data" / "catalog" / "format-2.sqlite"


def test_the_format_before_is_read_and_brought_up_to_date_by_writing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "catalog.sqlite"
    shutil.copy(OLD, path)
    with open_catalog(path) as opened:
        assert opened.info().format_version == 2
        assert [p.arxiv_id for p in opened.find([Query("Attention is all you need")])[0].papers]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM name").fetchone()[0] == 3
    open_for_writing(path).close()
    assert [r.message for r in caplog.records] == [f"{path}: brought up to date, to format 3"]
    with open_catalog(path) as opened:
        assert opened.info().format_version == FORMAT_VERSION
        assert [p.arxiv_id for p in opened.find([Query("LoRA")])[0].papers] == ["2106.09685"]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM name").fetchone()[0] == 5
    open_for_writing(path).close()
    assert len(caplog.records) == 1


def test_importing_what_is_imported_brings_up_to_date(tmp_path: Path, line: Line) -> None:
    path = tmp_path / "catalog.sqlite"
    snapshot = tmp_path / "snapshot.jsonl"
    snapshot.write_text(line("1810.04805", "BERT: Pre-training of Transformers"), "utf-8")
    import_snapshot([snapshot], path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 2")
    assert import_snapshot([snapshot], path).unchanged == 1
    with open_catalog(path) as opened:
        assert opened.info().format_version == FORMAT_VERSION
