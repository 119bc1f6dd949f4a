r"""An announcement that arXiv sends by e-mail, or its `.abs` files → records.

Each record stands between lines of two backslashes:

    \\ / arXiv:2502.00001 / Date: … / Title: … / Authors: … / \\ / abstract / \\ ( address , size)

A replacement has no abstract, and its date is not that of version 1.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bibkit.listing.dates import mail_day
from bibkit.listing.lines import excerpt, numbered_lines
from bibkit.listing.listing import Listing
from bibkit.listing.mime import is_mail, unquoted
from bibkit.record import Problem, Record
from bibkit.text.identifiers import arxiv_id, doi
from bibkit.text.links import extract_links
from bibkit.text.names import parse_authors

_SNIFF = re.compile(
    r"^[>| ]{0,8}\\\\[ \t]*\r?\n[>| ]{0,8}(?:arXiv:|Paper(?: \(\*cross-listing\*\))?:)",
    re.MULTILINE,
)
_HEAD = re.compile(
    r"(?:arXiv:|Paper(?: \(\*cross-listing\*\))?:) ?(?P<id>[\w.\-/]{8,40})"
    r"(?: \(\*cross-listing\*\))?"
)
_RULE = re.compile(r"-{20,}|(?:%-){8,}%?|(?:%%--){5,}[%-]*|(?:%%%---){4,}[%-]*")
_MARK = r"\\"
_LABEL = re.compile(
    r"(?P<name>Title|Authors?|Categories|Comments|Notes|Report-no|Journal-ref|DOI|Proxy|License"
    r"|(?:MSC|ACM|Subj)-class|From|Date(?: \(revised[^)]{0,20}\))?) ?:(?: (?P<value>.*))?"
)


@dataclass(slots=True)
class _Draft:
    """A record as far as it has been read."""

    line: int
    identifier: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    title_line: int | None = None
    label: str = ""
    abstract: list[str] | None = None
    """None while the fields are being read."""


def sniff(text: str) -> bool:
    """Tell an announcement by its records' beginnings; a whole message is `email`."""
    return _SNIFF.search(text) is not None and not is_mail(text)


def read(text: str, *, origin: str, page_date: dt.date | None = None) -> Listing:  # noqa: ARG001 - every date here is whole
    """Read every record; one that the text breaks off in is reported."""
    records: list[Record] = []
    problems: list[Problem] = []
    draft: _Draft | None = None
    after_mark = False
    for number, line in numbered_lines(unquoted(text)):
        if not line:
            continue
        head = _HEAD.fullmatch(line) if after_mark else None
        rule = _RULE.fullmatch(line) is not None
        mark = line.startswith(_MARK)
        if draft and (head or rule or (mark and (draft.abstract is not None or line != _MARK))):
            records.append(_record(draft, origin))
            draft = None
        elif draft and mark:
            draft.abstract = []
        elif draft:
            _add(draft, number, line)
        if head:
            identifier = arxiv_id(head["id"])
            draft = _Draft(number, identifier) if identifier else None
        outside = draft is None and not (mark or rule)
        if outside and line.startswith(("arXiv:", "Paper") if after_mark else "Title:"):
            problems.append(_stray(line, f"{origin}:{number}"))
        after_mark = mark
    if draft:
        if draft.abstract is not None:
            records.append(_record(draft, origin))
        if draft.abstract != []:  # monthly lists have no abstracts, and end so
            message = f"the text breaks off inside the record of {draft.identifier}"
            problems.append(Problem(f"{origin}:{draft.line}", "listing-cut", message))
    return Listing(tuple(records), tuple(problems))


def _stray(line: str, place: str) -> Problem:
    return Problem(place, "listing-stray", f"fits no record: “{excerpt(line)}”")


def _add(draft: _Draft, number: int, line: str) -> None:
    """Add a line: of the abstract, a new field, or more of the last one."""
    if draft.abstract is not None:
        draft.abstract.append(line)
    elif found := _LABEL.fullmatch(line):
        draft.label = found["name"]
        draft.fields.setdefault(draft.label, []).append(found["value"] or "")
        if draft.label == "Title" and draft.title_line is None:
            draft.title_line = number
    elif draft.label in draft.fields:
        draft.fields[draft.label].append(line)


def _record(draft: _Draft, origin: str) -> Record:
    fields = dict(_joined(draft.fields))
    abstract = " ".join(draft.abstract or [])
    authors = parse_authors(fields.get("Authors") or fields.get("Author") or "")
    return Record(
        f"{origin}:{draft.title_line or draft.line}",
        fields.get("Title", ""),
        abstract,
        authors=authors,
        authors_count=len(authors) or None,
        date=mail_day(fields.get("Date", "")),
        links=extract_links(f"{abstract}\n{fields.get('Comments', '')}"),
        arxiv_id=draft.identifier,
        doi=next((found for word in fields.get("DOI", "").split() if (found := doi(word))), None),
        venue=fields.get("Journal-ref", ""),
    )


def _joined(fields: Mapping[str, list[str]]) -> Iterator[tuple[str, str]]:
    for name, lines in fields.items():
        yield name, " ".join(filter(None, lines))
