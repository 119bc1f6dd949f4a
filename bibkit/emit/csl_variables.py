"""BibTeX's and BibLaTeX's fields ↔ CSL's variables (CSL 1.0.2, appendix IV)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bibkit.record import EntryType

_OWN = (
    "archive archive_collection archive_location archive-place authority call-number "
    "citation-label dimensions division jurisdiction medium part-title references "
    "reviewed-genre reviewed-title scale section source supplement-number volume-title"
)
"""Variables for which BibLaTeX has no field, kept under CSL's own name."""
VARIABLES: Mapping[str, str] = {
    "series": "collection-title",
    "chapter": "chapter-number",
    "edition": "edition",
    "address": "publisher-place",
    "eventtitle": "event-title",
    "venue": "event-place",
    "isbn": "ISBN",
    "issn": "ISSN",
    "pmid": "PMID",
    "pmcid": "PMCID",
    "language": "language",
    "keywords": "keyword",
    "annote": "annote",
    "pagetotal": "number-of-pages",
    "volumes": "number-of-volumes",
    "part": "part-number",
    "version": "version",
    "pubstate": "status",
    "shorttitle": "title-short",
    "shortjournal": "container-title-short",
    "origtitle": "original-title",
    "origpublisher": "original-publisher",
    "origlocation": "original-publisher-place",
    **{name: name for name in _OWN.split()},
}
"""Field → the variable with its text."""
NAME_LISTS: Mapping[str, str] = {
    "bookauthor": "container-author",
    **{
        name: name
        for name in (
            "chair collection-editor compiler composer contributor curator director "
            "editorial-director executive-producer guest host illustrator interviewer narrator "
            "organizer original-author performer producer recipient reviewed-author script-writer "
            "series-creator"
        ).split()
    },
}
"""Field → the variable with its names."""
DATES: Mapping[str, str] = {
    "urldate": "accessed",
    "origdate": "original-date",
    "eventdate": "event-date",
    "available-date": "available-date",
    "submitted": "submitted",
}
"""Field → the variable with its date."""
_SERIAL: frozenset[EntryType] = frozenset({"article", "inproceedings", "periodical"})
_IN_SERIES: frozenset[EntryType] = frozenset(
    {"book", "inbook", "incollection", "collection", "proceedings", "inreference", "booklet"}
)
_DAY = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")


def number_variable(entry_type: EntryType) -> str:
    """Return what the number of an entry is to CSL."""
    if entry_type in _SERIAL:
        return "issue"
    return "collection-number" if entry_type in _IN_SERIES else "number"


def date_span(value: str) -> list[list[int]]:
    """Return CSL's date parts of a day, month, year, or a span of them; empty for anything else.

    >>> date_span("2019-06/2020"), date_span("2019-06-01"), date_span("in press")
    ([[2019, 6], [2020]], [[2019, 6, 1]], [])
    """
    days = [_DAY.fullmatch(day) for day in value.split("/")]
    if len(days) > 2 or not all(days):
        return []
    return [[int(part) for part in day.groups() if part] for day in days if day]
