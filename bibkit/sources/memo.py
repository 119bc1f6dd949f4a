"""What each question was answered, however the questions were grouped into requests.

HTTP answers are kept too, but one more page groups the same titles into other requests; this is
what lets a rerun ask nothing twice. "There is none" is believed for a day.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from bibkit.record import Paper
from bibkit.resolve.query import Answer, Query
from bibkit.sources.cache import set_aside, usable
from bibkit.sources.candidates import plain
from bibkit.text.identifiers import arxiv_id

if TYPE_CHECKING:
    from bibkit.sources.http import Service, Web

_VERSION = 1
"""Raise it when papers are read differently: what an older version remembered is then dropped."""
_DAY = 24 * 60 * 60
_MONTH = 30 * _DAY

Papers = tuple[Paper, ...]
Ask = Callable[[Sequence[Query]], Iterator[tuple[Query, Answer]]]
"""Asks the service; yields each answer as it comes, and may answer more than it was asked."""
logger = logging.getLogger(__name__)


class Memo:
    """Question → papers, for each service; safe with several processes at once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db = sqlite3.connect(path if usable(path) else ":memory:", timeout=10)
        self._db.execute("PRAGMA synchronous=NORMAL")  # a crash may lose answers, not the file
        self._run(_prepare)

    def recall(self, service: str, questions: Iterable[str]) -> dict[str, Papers]:
        """Return the papers for each question that was answered not too long ago."""
        kept = ((question, self.recall_bytes(service, question)) for question in questions)
        read = ((question, _decoded(data)) for question, data in kept if data is not None)
        return {question: papers for question, papers in read if papers is not None}

    def recall_bytes(self, service: str, question: str) -> bytes | str | None:
        """Return what was kept for a question, as it lies in the file; None when nothing was."""
        statement = "SELECT papers FROM answers WHERE service = ? AND question = ? AND expires > ?"
        row = self._run(_first_row(statement, (service, question, time.time())))
        return row[0] if row else None

    def remember(self, service: str, question: str, papers: Papers, *, settled: bool) -> None:
        """Keep the papers for a question: for a month when settled, otherwise for a day."""
        self.remember_bytes(service, question, msgspec.json.encode(papers), settled=settled)

    def remember_bytes(
        self, service: str, question: str, data: bytes, *, settled: bool = False
    ) -> None:
        """Keep anything for a question: for a month when settled, otherwise for a day."""
        row = (service, question, data, time.time() + (_MONTH if settled else _DAY))
        self._run(lambda db: db.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?)", row))

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _run(self, work: Callable[[sqlite3.Connection], Any]) -> Any:
        """Return what `work` does with the file; None when the file fails, which then is left."""
        try:
            with self._db:
                return work(self._db)
        except sqlite3.Error as error:
            logger.warning("the memory of answers cannot be used (%s)", error)
            self._db.close()
            if not isinstance(error, sqlite3.OperationalError):
                set_aside(self._path)
            self._db = sqlite3.connect(":memory:")
            _prepare(self._db)
            return None


def _first_row(statement: str, values: tuple[Any, ...]) -> Callable[[sqlite3.Connection], Any]:
    return lambda db: db.execute(statement, values).fetchone()


def _prepare(db: sqlite3.Connection) -> None:
    db.execute("BEGIN IMMEDIATE")  # the caller commits
    if db.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
        db.execute("DROP TABLE IF EXISTS answers")
        db.execute(f"PRAGMA user_version = {_VERSION}")
    db.execute(
        "CREATE TABLE IF NOT EXISTS answers (service TEXT, question TEXT, papers BLOB,"
        " expires REAL, PRIMARY KEY (service, question)) WITHOUT ROWID"
    )
    db.execute("DELETE FROM answers WHERE expires < ?", (time.time(),))


def _decoded(kept: bytes | str) -> Papers | None:
    try:
        return msgspec.json.decode(kept, type=Papers)
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return None  # of another shape: as good as nothing


def answer_all(
    web: Web,
    service: Service,
    queries: Sequence[Query],
    ask: Ask,
    settled: Callable[[Query, Papers], bool],
) -> list[Answer]:
    """Answer each query in order: from memory, and the rest by asking, each question once.

    Args:
        web: whose memory is used.
        service: its base URL is part of what is remembered, so a test server's answers stay apart.
        queries: what is asked.
        ask: asks the service about the queries it is given.
        settled: tells whether an answer will not change soon.

    """
    place = f"{service.name} {service.base}"
    wanted = {question_of(query): query for query in queries}
    answers = {"": Answer()}  # nothing asked, nothing answered
    recalled = web.memo.recall(place, (q for q in wanted if q))
    web.cache_hits += len(recalled)
    answers |= {question: Answer(papers) for question, papers in recalled.items()}
    for query, answer in ask([wanted[q] for q in wanted if q not in answers]):
        question = question_of(query)
        answers[question] = answer
        if answer.error is None:
            final = settled(query, answer.papers)
            web.memo.remember(place, question, answer.papers, settled=final)
    return [answers[question_of(query)] for query in queries]


def question_of(query: Query) -> str:
    """Return what a query asks for, as it is remembered: the id, else the title, else the DOI.

    >>> question_of(Query("Segment  Anything")), question_of(Query("SAM", "2304.02643"))
    ('title:segment anything', 'id:2304.02643')
    """
    if identifier := arxiv_id(query.arxiv_id or ""):
        return f"id:{identifier}"
    if title := plain(query.title).casefold():
        return f"title:{title}"
    return f"doi:{query.doi}" if query.doi else ""
