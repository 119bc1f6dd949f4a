"""A table of papers (CSV, TSV) → records: lists of accepted papers, exports of databases.

Columns are known by the names that Scopus, Web of Science, PubMed, Zotero, Rayyan, Covidence and
conferences give them.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bibkit.listing.lines import excerpt, is_markup, printable
from bibkit.listing.listing import Listing
from bibkit.listing.reference import (
    Reference,
    identifiers,
    page_range,
    reference_record,
    title_text,
    year_in,
)
from bibkit.record import Author, Problem, Record
from bibkit.text.author_lists import read_author_list
from bibkit.text.names import parse_name

COLUMNS: Mapping[str, Sequence[str]] = {
    "title": ("title", "article title", "document title", "paper title", "paper_title",
              "papertitle", "paper", "name", "ti"),
    "authors": ("authors", "author", "author names", "author_names", "authornames", "author(s)",
                "author full names", "af", "au"),
    "year": ("year", "publication year", "published year", "publication_year", "py", "date",
             "published"),
    "venue": ("venue", "conference", "journal", "booktitle", "publication title", "source title",
              "source_title", "journal/book", "so", "secondary title"),
    "volume": ("volume", "vl"),
    "number": ("number", "issue", "is"),
    "pages": ("pages", "page"),
    "first": ("page start", "start page", "bp", "art. no.", "article number", "ar"),
    "last": ("page end", "end page", "ep"),
    "abstract": ("abstract", "abstract note", "summary", "ab"),
    "id": ("arxiv", "arxiv_id", "arxiv id", "arxivid", "doi", "di", "eprint"),
    "pmid": ("pmid", "pubmed id", "pubmed_id", "pm"),
    "pmcid": ("pmcid", "pmc_id"),
    "citation": ("citation",),
    "place": ("url", "link", "pdf", "paper_url", "paper url", "code", "github", "openreview"),
}  # fmt: skip
"""What the columns of a table, or the keys of an object, may be called, the best first."""
_BYLINE = re.compile(r"\([^()]{0,300}\)")
_IN_CITATION = re.compile(r";\s?(\d{1,5})(?:\((\w{1,12})\))?:\s?([\w-]{1,24})")
"""PubMed's `Nature. 2015 May 28;521(7553):436-44.`"""
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
"""What Excel writes and reads before a table."""


@dataclass(frozen=True, slots=True)
class Table:
    """How a text is a table."""

    separator: str
    columns: Mapping[str, Sequence[int]]
    start: int
    """Where the line with the names begins."""


def find_table(text: str) -> Table | None:
    """Return how a text is a table, when its first line names columns of papers."""
    if is_markup(text):
        return None
    start = len(text) - len(text.lstrip("\ufeff\r\n"))
    if mark := _SEPARATOR_LINE.match(text, start):
        start = mark.end()
    first = text[start : start + 4001].partition("\n")[0]
    if len(first) > 4000:
        return None
    for separator in ("\t", ",", ";"):
        names = [name.strip(' "\r\ufeff').lower() for name in first.split(separator)]
        columns = {
            kind: [names.index(name) for name in known if name in names]
            for kind, known in COLUMNS.items()
        }
        telling = any(columns[kind] for kind in ("authors", "id", "place"))
        if columns["title"] and len(names) > 1 and telling:
            return Table(separator, columns, start)
    return None


def read_rows(text: str, table: Table, origin: str) -> Listing:
    """Read rows; those of one title behind each other, with one author each, are one paper."""
    records: list[Record] = []
    problems: list[Problem] = []
    source = io.StringIO(text[table.start :], newline="")
    rows = csv.reader(source, delimiter=table.separator)
    offset = text.count("\n", 0, table.start)
    before = 0
    while True:
        begun, before = before + 1, 0
        try:
            row = next(rows, None)
        except csv.Error as error:
            message = f"the table cannot be read from here on: {error}"
            problems.append(Problem(f"{origin}:{begun + offset}", "listing-cut", message))
            break
        before = rows.line_num
        if row is None:
            break
        if begun == 1 or not any(map(str.strip, row)):
            continue
        fields = {
            kind: [row[place] for place in places if place < len(row)]
            for kind, places in table.columns.items()
        }
        record = row_record(fields, f"{origin}:{begun + offset}")
        if record is None:
            message = f"a row without a title: “{excerpt(printable(' '.join(row)))}”"
            problems.append(Problem(f"{origin}:{begun + offset}", "listing-stray", message))
        elif records and _is_next_author(record, records[-1]):
            authors = (*records[-1].authors, *record.authors)
            records[-1] = replace(records[-1], authors=authors, authors_count=len(authors))
        else:
            records.append(record)
    return Listing(tuple(records), tuple(problems))


def _is_next_author(record: Record, before: Record) -> bool:
    """Tell whether a row adds an author to the paper before it; one that repeats it does not."""
    if len(record.authors) != 1 or record.authors[0] in before.authors:
        return False
    alone = {"origin": "", "authors": (), "authors_count": None}
    return replace(record, **alone) == replace(before, **alone)  # type: ignore[arg-type]


def row_record(fields: Mapping[str, Sequence[str]], origin: str) -> Record | None:
    """Return the record of a row; None when it names no paper."""

    def first(kind: str) -> str:
        return next((printable(value) for value in fields.get(kind, ()) if value.strip()), "")

    cited = _IN_CITATION.search(first("citation")[:1000])
    volume, number, pages = cited.groups(default="") if cited else ("", "", "")
    said = Reference(
        title=title_text(first("title")),
        authors=listed_authors(first("authors")),
        abstract=first("abstract"),
        year=year_in(first("year")),
        venue=first("venue"),
        volume=first("volume") or volume,
        number=first("number") or number,
        pages=first("pages") or page_range(first("first"), first("last")) or pages,
        ids=tuple(value.strip() for value in fields.get("id", ())),
        places=tuple(value.strip() for value in fields.get("place", ())),
        identifiers=identifiers([(kind, fields.get(kind, ())) for kind in ("pmid", "pmcid")]),
    )
    return reference_record(said, origin=origin)


def listed_authors(names: str) -> tuple[Author, ...]:
    """Read a list of authors as tables have it.

    >>> [a.family for a in listed_authors("He, Kaiming (1); van der Berg, Jan (2)")]
    ['He', 'Berg']
    >>> [a.family for a in listed_authors("LeCun Y, Bengio Y.")]
    ['LeCun', 'Bengio']
    """
    bare = _BYLINE.sub("", names)
    if ";" not in bare:
        return read_author_list(bare)
    parts = [part.strip(" .,") if "," not in part else part.strip() for part in bare.split(";")]
    authors = [
        author
        for part in parts
        if part
        for author in ((parse_name(part),) if "," in part else read_author_list(part))
    ]
    return tuple(author for author in authors if author.family)
