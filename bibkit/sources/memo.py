"""What each question was answered, however the questions were grouped into requests.

HTTP answers are kept too, but one more page groups the same titles into other requests; this is
what lets a rerun ask nothing twice. "There is none" is believed for a day; how long the rest is
believed, `Lifetime` tells (docs/decisions/0004-network.md).
"""

from __future__ import annotations

import datetime as dt
import enum
import logging
import math
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

Papers = tuple[Paper, ...]
Answered = tuple[Query, Answer]
Ask = Callable[[Sequence[Query]], Iterator[Sequence[Answered]]]
"""Asks the service; yields what each request brought, and may answer more than it was asked."""
logger = logging.getLogger(__name__)


class Lifetime(enum.Enum):
    """How many seconds an answer is believed."""

    OPEN = _DAY
    """Nothing was found, or not surely the paper: it may come any day."""
    CURRENT = 30 * _DAY
    """The paper, of which a new version or a publication may still tell more."""
    FINAL = math.inf
    """The paper, which will not change any more: never asked for again."""


def lifetime_of(paper: Paper, *, years: int = 2) -> Lifetime:
    """Return how long an account of the right paper holds: for ever once it has been published.

    So does that of a preprint of more than `years` years, with whatever arXiv says of it by then.
    """
    if paper.journal_ref or paper.doi:
        return Lifetime.FINAL
    oldest = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=365 * years)
    old = paper.submitted is not None and paper.submitted < oldest
    return Lifetime.FINAL if old else Lifetime.CURRENT


class Memo:
    """Question → papers, for each service; safe with several processes at once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db = sqlite3.connect(path if usable(path) else ":memory:", timeout=10)
        self._db.execute("PRAGMA synchronous=NORMAL")  # a crash may lose answers, not the file
        self._run(_prepare)

    def recall(
        self, service: str, questions: Iterable[str], *, fresh: bool = False
    ) -> dict[str, Papers]:
        """Return the papers for each question that was answered not too long ago.

        Fresh answers are those of the last day, and what cannot change any more.
        """
        asked = list(questions)
        now = time.time() + (Lifetime.CURRENT.value - _DAY if fresh else 0)
        found: dict[str, Papers] = self._run(lambda db: _kept(db, service, asked, now)) or {}
        return found

    def remember(self, service: str, answers: Iterable[tuple[str, Papers, Lifetime]]) -> None:
        """Keep the papers for some questions, all or none of them: one request's answers.

        Were only a few of them kept, the next run would group the others into another request.
        """
        now, encode = time.time(), msgspec.json.encode
        rows = [
            (service, question, encode(papers), now + lifetime.value)
            for question, papers, lifetime in answers
        ]
        statement = "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?)"
        self._run(lambda db: db.executemany(statement, rows))

    def recall_bytes(self, service: str, question: str) -> bytes | str | None:
        """Return what was kept for a question, as it lies in the file; None when nothing was."""
        statement = "SELECT papers FROM answers WHERE service = ? AND question = ? AND expires > ?"
        values = (service, question, time.time())
        row = self._run(lambda db: db.execute(statement, values).fetchone())
        return row[0] if row else None

    def remember_bytes(self, service: str, question: str, data: bytes) -> None:
        """Keep anything for a question, for a day."""
        row = (service, question, data, time.time() + Lifetime.OPEN.value)
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


def _kept(
    db: sqlite3.Connection, service: str, questions: Iterable[str], now: float
) -> dict[str, Papers]:
    statement = "SELECT papers FROM answers WHERE service = ? AND question = ? AND expires > ?"
    found = {}
    for question in questions:
        row = db.execute(statement, (service, question, now)).fetchone()
        papers = _decoded(row[0]) if row else None
        if papers is not None:
            found[question] = papers
    return found


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
    lifetime: Callable[[Query, Papers], Lifetime],
    *,
    question: Callable[[Query], str] | None = None,
) -> list[Answer]:
    """Answer each query in order: from memory, and the rest by asking, each question once.

    Args:
        web: whose memory is used, and who is told of the progress.
        service: its base URL is part of what is remembered, so a test server's answers stay apart.
        queries: what is asked.
        ask: asks the service about the queries it is given.
        lifetime: tells how long an answer will hold.
        question: what a query asks for; `question_of` when None. "" is not asked.

    """
    of = question or question_of
    place = f"{service.name} {service.base}"
    wanted = {of(query): query for query in queries}
    answers = {"": Answer()}  # nothing asked, nothing answered
    recalled = web.memo.recall(place, (q for q in wanted if q), fresh=web.recheck)
    web.cache_hits += len(recalled)
    answers |= {asked: Answer(papers) for asked, papers in recalled.items()}
    pending = {q: query for q, query in wanted.items() if q not in answers}
    total = len(pending)
    for brought in ask(list(pending.values())):
        named = [(of(query) or question_of(query), query, answer) for query, answer in brought]
        known = [(q, a.papers, lifetime(query, a.papers)) for q, query, a in named if not a.error]
        web.memo.remember(place, known)
        for asked, _, answer in named:
            if pending.pop(asked, None):
                answers[asked] = answer
        if web.on_progress and total:
            web.on_progress(f"asking {service.name}", total - len(pending), total)
    return [answers[of(query)] for query in queries]


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
