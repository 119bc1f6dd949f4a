"""Facts → rows. One batch is one transaction: papers, names, index and counts always agree."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING

from bibkit.catalog.abstracts import abstract_places
from bibkit.catalog.rows import PaperRow, key_of_words, main_names, name_hash
from bibkit.text.titles import title_key, title_tokens

if TYPE_CHECKING:
    from sqlite3 import Connection

    from bibkit.catalog.importing import Tally

_MOST_OTHER_TITLES = 20
_MOST_UNUSED = 0.1
"""Share of unused pages above which the file is written anew."""


@dataclass
class _Batch:
    """What one transaction is going to write."""

    papers: dict[int, PaperRow] = field(default_factory=dict)
    names: list[tuple[int, int]] = field(default_factory=list)
    index: list[tuple[int, str]] = field(default_factory=list)
    places: set[int] = field(default_factory=set)
    stale_places: set[int] = field(default_factory=set)

    def add_title(self, number: int, title: str, words: str) -> None:
        self.index.append((number, words))
        if words:
            self.names.append((name_hash(key_of_words(words)), number))
        self.names += main_names(number, title)

    def move_abstract(self, old: PaperRow | None, new: PaperRow) -> None:
        """Index the abstract of `new`, and no longer that of `old`."""
        if old and old.sketch:
            if old.sketch == new.sketch:
                return
            gone = abstract_places(old.number, old.sketch)
            self.stale_places.update(gone)
            self.places.difference_update(gone)
        if new.sketch:
            self.places.update(abstract_places(new.number, new.sketch))


def add_papers(
    connection: Connection, rows: list[PaperRow], words: list[str], tally: Tally
) -> None:
    """Add a batch, and count what became of it; nothing is written when nothing is new.

    Args:
        connection: to a catalogue, outside any transaction.
        rows: a paper may occur more than once.
        words: the title words of each row, joined by blanks.
        tally: is added to, once the batch is safe.

    """
    connection.execute("BEGIN IMMEDIATE")
    added, updated = put_papers(connection, rows, words)
    connection.execute("COMMIT")
    tally.count(len(rows), added, updated)


def put_papers(connection: Connection, rows: list[PaperRow], words: list[str]) -> tuple[int, int]:
    """Do the work of `add_papers` inside a transaction; return how many are added and updated."""
    known = _known_papers(connection, rows)
    batch = _Batch()
    added = updated = 0
    for new, title_words in zip(rows, words, strict=True):
        old = known.get(new.number)
        row = new
        if old is None:
            batch.add_title(new.number, new.title, title_words)
            added += 1
        else:
            row = _merged(old, new)
            retitled = _add_other_title(connection, batch, old, new)
            if row == old and not retitled:
                continue
            updated += 1
        if row.doi and (old is None or row.doi != old.doi):
            batch.names.append((name_hash(row.doi), row.number))
        batch.move_abstract(old, row)
        known[row.number] = batch.papers[row.number] = row
    _write(connection, batch, added)
    return added, updated


def remove_papers(connection: Connection, numbers: Sequence[int]) -> int:
    """Remove papers inside a transaction; return how many there were.

    Hashes and index entries that lead to them stay, and lead nowhere: every search ends at a row.
    """
    if not numbers:
        return 0
    each = [(number,) for number in numbers]
    connection.executemany("DELETE FROM other_title WHERE paper = ?", each)
    removed = connection.executemany("DELETE FROM paper WHERE number = ?", each).rowcount
    connection.execute("UPDATE fact SET value = value - ? WHERE name = 'papers'", (removed,))
    return removed


def finish(connection: Connection, files: Mapping[str, int]) -> None:
    """Make the file quick to search and small, if that has not been done since the last batch.

    Args:
        connection: to a catalogue, outside any transaction.
        files: digests of the files that are now in it to the last line, and the papers in each.

    """
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(
        "INSERT OR REPLACE INTO fact VALUES ('file:' || ?, ?)", sorted(files.items())
    )
    if connection.execute("SELECT 1 FROM fact WHERE name = 'unfinished'").fetchone():
        _tidy_up(connection)
    connection.execute("COMMIT")
    unused = connection.execute("PRAGMA freelist_count").fetchone()[0]
    if unused > connection.execute("PRAGMA page_count").fetchone()[0] * _MOST_UNUSED:
        connection.execute("VACUUM")


def _tidy_up(connection: Connection) -> None:
    connection.execute("INSERT INTO title_index (title_index) VALUES ('optimize')")
    connection.execute("DELETE FROM word")
    connection.execute("CREATE VIRTUAL TABLE temp.term USING fts5vocab(main, title_index, row)")
    connection.execute("INSERT INTO word SELECT term, doc FROM temp.term")
    connection.execute("DROP TABLE temp.term")
    connection.execute("DELETE FROM fact WHERE name = 'unfinished'")
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    connection.execute("INSERT OR REPLACE INTO fact VALUES ('imported', ?)", (now,))


def _known_papers(
    connection: Connection, rows: list[PaperRow], *, at_once: int = 500
) -> dict[int, PaperRow]:
    """Fetch what is there of these papers; always one statement, which SQLite keeps compiled."""
    query = f"SELECT * FROM paper WHERE number IN ({','.join('?' * at_once)})"  # noqa: S608
    numbers = [row.number for row in rows]
    numbers += numbers[-1:] * (-len(numbers) % at_once)
    known: dict[int, PaperRow] = {}
    for start in range(0, len(numbers), at_once):
        found = connection.execute(query, numbers[start : start + at_once])
        known.update((row[0], PaperRow(*row)) for row in found)
    return known


def _merged(old: PaperRow, new: PaperRow) -> PaperRow:
    """Let the newer state win, and the other fill the gaps; so the order of files is all one."""
    if new == old:
        return old
    if new.revision > old.revision:
        old, new = new, old
    return PaperRow._make(o if o is not None else n for o, n in zip(old, new, strict=True))


def _add_other_title(connection: Connection, batch: _Batch, old: PaperRow, new: PaperRow) -> bool:
    """Keep the title that `paper` has no room for, so that a retitled paper is found by both."""
    if new.title == old.title:
        return False
    key, old_key = title_key(new.title), title_key(old.title)
    others = connection.execute("SELECT title FROM other_title WHERE paper = ?", (new.number,))
    other_keys = {title_key(title) for (title,) in others}
    if key == old_key or len(other_keys) >= _MOST_OTHER_TITLES:
        return False
    if key not in other_keys:
        batch.add_title(new.number, new.title, " ".join(title_tokens(new.title)))
    newer = new.revision > old.revision
    if (old_key if newer else key) in other_keys:
        return False
    beside = old.title if newer else new.title
    connection.execute("INSERT INTO other_title VALUES (?, ?)", (new.number, beside))
    return True


def _write(connection: Connection, batch: _Batch, added: int) -> None:
    if not batch.papers:
        return
    marks = ",".join("?" * len(PaperRow._fields))
    connection.executemany(
        f"INSERT OR REPLACE INTO paper VALUES ({marks})",  # noqa: S608 - marks only
        sorted(batch.papers.values(), key=itemgetter(0)),
    )
    connection.executemany("INSERT OR IGNORE INTO name VALUES (?, ?)", sorted(batch.names))
    connection.executemany(
        "INSERT INTO title_index (rowid, words) VALUES (?, ?)", sorted(batch.index)
    )
    for statement, places in (
        ("DELETE FROM abstract_index WHERE place = ?", batch.stale_places),
        ("INSERT OR IGNORE INTO abstract_index VALUES (?)", batch.places),
    ):
        connection.executemany(statement, [(place,) for place in sorted(places)])
    _count(connection, batch, added)


def _count(connection: Connection, batch: _Batch, added: int) -> None:
    """Keep what `info` tells, so that it need not read the whole file."""
    newest = max(row.submitted or 0 for row in batch.papers.values())
    connection.executemany(
        "INSERT INTO fact VALUES (?, ?) "
        "ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)",
        [("newest_day", newest), ("newest_paper", max(batch.papers)), ("unfinished", 1)],
    )
    connection.execute(
        "INSERT INTO fact VALUES ('papers', ?) "
        "ON CONFLICT (name) DO UPDATE SET value = value + excluded.value",
        (added,),
    )
