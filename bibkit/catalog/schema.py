"""The catalogue as a file: its tables, its format version, and opening it safely.

A paper's row number is its arXiv id (`numbering`), so it needs neither an id column nor an index.
The rollback journal is kept (no WAL): a finished catalogue is one file, readable in a folder that
is not writable; readers wait for the short commits of an import.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from bibkit.catalog.rows import PaperRow, main_names
from bibkit.errors import CatalogError

if TYPE_CHECKING:
    from sqlite3 import Connection

_log = logging.getLogger(__name__)

APPLICATION_ID = 0x6269626B
"""`bibk` in SQLite's header, so that `file` and this module know a catalogue."""
FORMAT_VERSION = 3
"""Raise it when a table, `title_key`, `title_tokens`, `abstract_sketch` or a place changes."""
_MIGRATED_FROM = 2
"""The older format that is read as far as it goes, and brought up to date by writing."""
DAMAGED = "damaged; import the snapshot again into a new file"
_PATIENCE = 60.0
"""Seconds to wait for another process's commit."""

_TABLES = {
    "paper": f"CREATE TABLE paper (number INTEGER PRIMARY KEY, {', '.join(PaperRow._fields[1:])})",
    # One row for each title and each DOI: its hash (`name_hash`) and the paper that bears it.
    "name": "CREATE TABLE name (hash, paper, PRIMARY KEY (hash, paper)) WITHOUT ROWID",
    # Titles that a paper has besides the one in `paper`: earlier ones, a listing's own.
    "other_title": "CREATE TABLE other_title (paper, title, PRIMARY KEY (paper, title)) "
    "WITHOUT ROWID",
    # Papers by the smallest hashes of their abstracts (`abstracts.abstract_places`).
    "abstract_index": "CREATE TABLE abstract_index (place INTEGER PRIMARY KEY) WITHOUT ROWID",
    # How many titles have a word; columns as FTS5 names them.
    "word": "CREATE TABLE word (term PRIMARY KEY, doc) WITHOUT ROWID",
    "fact": "CREATE TABLE fact (name PRIMARY KEY, value) WITHOUT ROWID",
    "title_index": "CREATE VIRTUAL TABLE title_index USING fts5(words, content='', columnsize=0, "
    "detail=none, tokenize=\"ascii tokenchars '.'\")",
}
_FTS5_OWN = {"title_index_data", "title_index_idx", "title_index_config"}
"""Tables that FTS5 makes for itself; their wording is SQLite's."""


def create(connection: Connection) -> None:
    """Lay out an empty catalogue in an empty database."""
    for statement in _TABLES.values():
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {FORMAT_VERSION}")


def open_for_reading(path: Path, *, immutable: bool = False) -> Connection:
    """Open an existing catalogue; nothing can be written through the connection.

    Args:
        path: the file.
        immutable: promise that nobody writes to it (the starter catalogue): saves all locking.

    """
    _refuse_no_file(path)
    with clear_errors(path):
        connection = _connect(path, "mode=ro&immutable=1" if immutable else "mode=ro")
        try:
            if _needs_rollback(connection):
                connection.close()
                _roll_back(path)
                connection = _connect(path, "mode=ro")
            check(connection, path)
            _count_words_afresh(connection)
        except BaseException:
            connection.close()
            raise
    return connection


def open_for_writing(path: Path) -> Connection:
    """Open a catalogue to import into; an absent file becomes an empty catalogue."""
    if path.is_dir():
        _refuse_no_file(path)
    with clear_errors(path):
        connection = _connect(path, "mode=rwc")
        try:
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA cache_size = -16384")
            connection.execute("BEGIN IMMEDIATE")
            if not connection.execute("SELECT 1 FROM sqlite_master").fetchone():
                create(connection)
            check(connection, path)
            if format_version(connection) == _MIGRATED_FROM:
                _log.warning("%s: brought up to date, to format %d", path, FORMAT_VERSION)
                _file_main_titles(connection)
            connection.execute("COMMIT")
        except BaseException:
            connection.close()
            raise
    return connection


def migrate(path: Path) -> None:
    """Bring a catalogue of the format before this one up to date; leave any other as it is."""
    with clear_errors(path):
        with closing(open_for_reading(path)) as connection:
            version = format_version(connection)
        if version == _MIGRATED_FROM:
            open_for_writing(path).close()


def format_version(connection: Connection) -> int:
    """Return the format version of a catalogue."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _file_main_titles(connection: Connection) -> None:
    """Add what format 2 lacks: titles without their subtitles."""
    titles = connection.execute(
        "SELECT number, title FROM paper UNION ALL SELECT paper, title FROM other_title"
    )
    names = (name for number, title in titles for name in main_names(number, title))
    while batch := list(islice(names, 50_000)):
        connection.executemany("INSERT OR IGNORE INTO name VALUES (?, ?)", sorted(batch))
    connection.execute(f"PRAGMA user_version = {FORMAT_VERSION}")


@contextmanager
def clear_errors(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into one clear line about the file."""
    import sqlite3

    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise CatalogError(_reason(error), origin=str(path)) from error


def check(connection: Connection, path: Path) -> None:
    """Refuse what is no catalogue of this format version.

    The tables must be exactly ours: a made-up schema (views, triggers) never gets to run.
    """
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = format_version(connection)
    if application != APPLICATION_ID:
        raise CatalogError("not a bibkit catalogue", origin=str(path))
    if version not in (_MIGRATED_FROM, FORMAT_VERSION):
        age = "an older" if version < FORMAT_VERSION else "a newer"
        raise CatalogError(
            f"made by {age} bibkit (format {version}, this one reads {FORMAT_VERSION}); "
            "import the snapshot again into a new file",
            origin=str(path),
        )
    found = {
        name: sql
        for kind, name, sql in connection.execute("SELECT type, name, sql FROM sqlite_master")
        if kind != "table" or name not in _FTS5_OWN
    }
    if found != _TABLES:
        raise CatalogError(DAMAGED, origin=str(path))


def _refuse_no_file(path: Path) -> None:
    if path.is_dir():
        raise CatalogError("is a folder, not a catalogue", origin=str(path))
    if not path.exists():
        raise CatalogError("no such catalogue", origin=str(path))
    if path.stat().st_size == 0:
        raise CatalogError("is empty, not a catalogue", origin=str(path))


def _connect(path: Path, mode: str) -> Connection:
    import sqlite3

    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{mode}", uri=True, timeout=_PATIENCE, isolation_level=None
    )
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    return connection


def _count_words_afresh(connection: Connection) -> None:
    """Let the index itself tell word counts where an import has not come to counting them."""
    if connection.execute("SELECT 1 FROM fact WHERE name = 'unfinished'").fetchone():
        connection.execute("CREATE VIRTUAL TABLE temp.word USING fts5vocab(main, title_index, row)")


def _needs_rollback(connection: Connection) -> bool:
    """Return whether an import was killed in mid-commit; only a writer can undo that."""
    import sqlite3

    try:
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_READONLY_ROLLBACK:
            return True
        raise
    return False


def _roll_back(path: Path) -> None:
    connection = _connect(path, "mode=rw")
    try:
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    finally:
        connection.close()


def _reason(error: Exception) -> str:
    import sqlite3

    if isinstance(error, OSError):
        return error.strerror or str(error)
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    known = {
        sqlite3.SQLITE_NOTADB: "not a bibkit catalogue",
        sqlite3.SQLITE_CORRUPT: DAMAGED,
        sqlite3.SQLITE_READONLY: "cannot be written to",
        sqlite3.SQLITE_CANTOPEN: "cannot be opened (permission, or no such folder)",
        sqlite3.SQLITE_BUSY: "in use by another import; try again when it is done",
        sqlite3.SQLITE_FULL: "no space left to write it",
    }
    return known.get(code, f"cannot be used: {error}")
