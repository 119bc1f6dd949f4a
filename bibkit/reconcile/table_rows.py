"""A row of a table (JSON line, Parquet, catalogue) → a record; what it cannot say is reported.

A value of the wrong type is left out and told; the row is still compared by the others.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from bibkit.listing.reference import arxiv_id_in, doi_in, year_in
from bibkit.record import Author, Problem, Record
from bibkit.text.author_lists import read_author_list
from bibkit.text.identifiers import arxiv_id, doi
from bibkit.text.names import parse_authors, parse_name

COLUMNS: Mapping[str, Sequence[str]] = {
    "id": ("id", "key", "citation_key", "citekey", "record_id"),
    "title": ("title",),
    "authors": ("authors", "author"),
    "year": ("year", "publication_year", "published_year"),
    "date": ("date", "published", "publication_date", "issued"),
    "venue": ("venue", "journal", "booktitle", "container_title", "conference"),
    "volume": ("volume",),
    "number": ("number", "issue"),
    "pages": ("pages", "page"),
    "doi": ("doi",),
    "arxiv": ("arxiv", "arxiv_id", "eprint"),
    "pmid": ("pmid",),
    "pmcid": ("pmcid",),
    "isbn": ("isbn",),
    "url": ("url",),
    "abstract": ("abstract",),
}
"""What a column may be called; case does not matter, and `-` and a blank are `_`."""
_MEANING = {name: meaning for meaning, names in COLUMNS.items() for name in names}
_ARXIVS = ("versions", "authors_parsed")
"""Columns of arXiv's own metadata, where `id` is the arXiv id."""
_OTHER_IDS = ("pmid", "pmcid", "isbn")
_LONGEST = 200_000
"""Characters of a value that are read; the longest list of authors has some 100,000."""
_NAME_PARTS = ("family", "given", "name", "literal")

Reading = tuple[str, Record | None, tuple[Problem, ...]]
"""What to call a row, its record if it has title or identifier, and what is wrong with it."""


class _WrongTypeError(ValueError):
    """A value that is not of its column's type."""


def read_row(row: Mapping[str, Any], *, origin: str) -> Reading:
    """Read a row by the names of its columns.

    >>> label, found, problems = read_row({"id": 7, "Title": "T", "year": "x"}, origin="a.jsonl:1")
    >>> label, found.title, str(*problems)
    ('7', 'T', "a.jsonl:1: bad-value: year: 'x' is no year")
    """
    values = {meaning: value for name, value in row.items() if (meaning := _meaning(name))}
    complaints: list[str] = []

    def read(meaning: str, reader: Any, default: Any) -> Any:
        value = values.get(meaning)
        if value is None or value == "" or value != value:  # the last: not a number
            return default
        try:
            return reader(value)
        except (ValueError, OverflowError) as error:
            complaints.append(f"{meaning}: {error}")
            return default

    label = read("id", _text, "")
    of_arxiv = any(name in row for name in _ARXIVS)
    date = read("date", _date, None)
    record = Record(
        origin,
        read("title", _text, ""),
        read("abstract", _text, ""),
        read("authors", _arxiv_authors if of_arxiv else _authors, ()),
        date=date if isinstance(date, dt.date) else None,
        arxiv_id=arxiv_id(label) if of_arxiv else read("arxiv", _arxiv, None),
        doi=read("doi", _doi, None),
        identifiers=tuple(
            f"{kind}:{value}" for kind in _OTHER_IDS if (value := read(kind, _text, ""))
        ),
        year=read("year", _year, None) or (date if isinstance(date, int) else None),
        venue=read("venue", _text, ""),
        volume=read("volume", _text, ""),
        number=read("number", _text, ""),
        pages=read("pages", _text, ""),
    )  # fmt: skip
    url = read("url", _text, "")
    record = _with_ids_of(record, url) if "/" in url else record
    problems = [Problem(origin, "bad-value", complaint) for complaint in complaints]
    if not (record.title or record.arxiv_id or record.doi or record.identifiers):
        problems.append(Problem(origin, "no-title", "a row without title and identifier"))
        return label, None, tuple(problems)
    return label or f"line {origin.rpartition(':')[2]}", record, tuple(problems)


@lru_cache(maxsize=1_000)
def _meaning(name: str) -> str | None:
    return _MEANING.get(name.strip().lower().replace("-", "_").replace(" ", "_"))


def has_title(names: Sequence[str]) -> bool:
    """Tell whether a table's columns say which papers it is about."""
    return not {"title", "doi", "arxiv"}.isdisjoint(map(_meaning, names))


def _with_ids_of(record: Record, url: str) -> Record:
    return replace(
        record,
        arxiv_id=record.arxiv_id or arxiv_id_in(url),
        doi=record.doi or doi_in(url),
    )


def _text(value: object) -> str:
    if isinstance(value, list | tuple) and len(value) == 1:
        value = value[0]
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # what a data frame makes of a column with gaps
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _WrongTypeError(f"{_shown(value)} is no text")
    return " ".join(str(value)[:_LONGEST].split())


def _year(value: object) -> int:
    number = value if isinstance(value, int) else None
    if isinstance(value, float) and value.is_integer():
        number = int(value)
    year = year_in(str(number if number is not None else value)[:100])
    if year is None or isinstance(value, bool):
        raise _WrongTypeError(f"{_shown(value)} is no year")
    return year


def _date(value: object) -> dt.date | int:
    """Return a day, or the year where there is no more."""
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    if isinstance(value, Mapping):  # CSL: {"date-parts": [[2017, 6, 12]]}
        parts = next(_flat(value.get("date-parts")), None)
        return _year(parts if parts is not None else value)
    if isinstance(value, str):
        try:
            return dt.date.fromisoformat(value.strip()[:10])
        except ValueError:
            return _year(value)
    return _year(value)


def _flat(value: object) -> Iterator[object]:
    if isinstance(value, list):
        for one in value:
            yield from _flat(one)
    else:
        yield value


def _doi(value: object) -> str | None:
    text = _text(value)
    found = doi(text) or doi_in(text)
    if not found and not arxiv_id(text):
        raise _WrongTypeError(f"{_shown(value)} is no DOI")
    return found or text.lower()


def _arxiv(value: object) -> str | None:
    found = arxiv_id(_text(value))
    if not found:
        raise _WrongTypeError(f"{_shown(value)} is no arXiv id")
    return found


def _arxiv_authors(value: object) -> tuple[Author, ...]:
    return parse_authors(_text(value)) if isinstance(value, str) else _authors(value)


def _authors(value: object) -> tuple[Author, ...]:
    """Read one text, or a list of names, each a text or an object as CSL has it."""
    if isinstance(value, str):
        return read_author_list(value[:_LONGEST])
    if not isinstance(value, list | tuple):
        raise _WrongTypeError(f"{_shown(value)} is no list of authors")
    authors = map(_author, value)
    return tuple(author for author in authors if author.family)


@lru_cache(maxsize=50_000)
def _named(name: str) -> Author:
    return parse_name(name)  # most names of a large table stand there several times


def _author(value: object) -> Author:
    if isinstance(value, str):
        return _named(value)
    if not isinstance(value, Mapping):
        raise _WrongTypeError(f"{_shown(value)} is no author")
    family, given, name, literal = (
        part if isinstance(part := value.get(n), str) else "" for n in _NAME_PARTS
    )
    if family and given:
        return parse_name(f"{family}, {given}")
    return parse_name(family or name or literal)


def _shown(value: object, *, most: int = 60) -> str:
    text = repr(value)
    return text if len(text) <= most else f"{text[:most]}…"
