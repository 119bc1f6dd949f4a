"""An e-mail file (.eml), or several in one mbox file, or a page saved as MHTML → records.

What a message says is read by the format that recognises it; what none does is read as a digest,
whose papers are its links. Of a saved page, links are never taken for its papers.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bibkit.listing.digest import digest_records
from bibkit.listing.html_lines import cut_problems, html_lines, is_cut
from bibkit.listing.listing import Listing
from bibkit.listing.mime import Part, is_mail, mail_parts, unquoted
from bibkit.record import Problem, Record

_FIRST = ("arxiv_email", "scholar", "arxiv_html", "arxiv_text")
"""What mails mostly are, and no digest tells better; the other formats have their own order."""
_SAVED_PAGE = re.compile(r"^(?:Snapshot-Content-Location:|From: <Saved by )", re.MULTILINE)
_NEVER = ("email", "plain")
"""Greetings and signatures would be titles of a plain list."""


def sniff(text: str) -> bool:
    """Tell an e-mail by its headers."""
    return is_mail(text)


def read(text: str, *, origin: str, page_date: dt.date | None = None) -> Listing:
    """Read every message of a file."""
    records: list[Record] = []
    problems: list[Problem] = []
    digests = _SAVED_PAGE.search(text[:5000]) is None
    for _, group in itertools.groupby(mail_parts(text), key=lambda part: part.message):
        parts = list(group)
        problems += [
            Problem(
                f"{origin}:{part.line(1)}", "listing-cut", "too many parts: the rest is not read"
            )
            for part in parts
            if not part.kind
        ]
        listings = [
            _chosen(list(choice), origin, page_date, digests=digests)
            for _, choice in itertools.groupby(parts, key=lambda part: part.choice)
        ]
        records += [record for listing in listings for record in listing.records]
        problems += [problem for listing in listings for problem in listing.problems]
        if not any(listing.records or listing.problems for listing in listings):
            place = f"{origin}:{parts[0].line(1)}"
            problems.append(Problem(place, "listing-stray", "no paper in this message"))
    return Listing(tuple(records), tuple(problems))


def _chosen(
    parts: Sequence[Part], origin: str, page_date: dt.date | None, *, digests: bool
) -> Listing:
    """Read the best of the parts that say the same: HTML first, for it tells more."""
    rich = [part for part in parts if part.kind == "text/html"]
    plain = [replace(p, text=unquoted(p.text)) for p in parts if p.kind != "text/html"]
    as_text = [_as_text(part) for part in rich]
    for part in (*rich, *plain, *as_text):
        if found := _read_by(_FIRST, part, page_date, only=True):
            return _placed(found, part, origin)
    readings = [
        (found, part)
        for part in (*rich, *plain)
        for found in (_read_by(_others(), part, page_date), _digest(part) if digests else None)
        if found
    ]
    if not readings:
        return Listing()
    return _placed(*max(readings, key=lambda reading: _weight(reading[0])), origin)


def _as_text(part: Part) -> Part:
    """Return a part in HTML as text: what was forwarded keeps its lines."""
    lines = html_lines(part.text)
    text = "\n".join(line.text for line in lines)
    return replace(part, text=text, lines=tuple(part.line(line.line) for line in lines) or (1,))


def _others() -> Sequence[str]:
    from bibkit.listing import FORMATS  # here: this format is in it

    return [name for name in FORMATS if name not in (*_FIRST, *_NEVER)]


def _read_by(
    names: Iterable[str], part: Part, page_date: dt.date | None, *, only: bool = False
) -> Listing | None:
    """Read a part by the first of some formats that recognises it and, or `only`, finds a paper."""
    from bibkit.listing import FORMATS

    for name in names:
        if FORMATS[name].sniff(part.text):
            listing = FORMATS[name].read(part.text, origin="", page_date=page_date)
            if listing.records or only:
                return listing
    return None


def _digest(part: Part) -> Listing | None:
    records = () if part.attached else digest_records(part.text, origin="")
    problems = cut_problems(part.text, html_lines(part.text), "") if is_cut(part.text) else ()
    return Listing(records, tuple(problems)) if records else None


def _weight(listing: Listing) -> tuple[int, int]:
    return len(listing.records), sum(1 for record in listing.records if record.title)


def _placed(listing: Listing, part: Part, origin: str) -> Listing:
    """Turn the lines of a part into lines of the file."""

    def place(origin_in_part: str) -> str:
        return f"{origin}:{part.line(int(origin_in_part.rpartition(':')[2]))}"

    return Listing(
        tuple(replace(record, origin=place(record.origin)) for record in listing.records),
        tuple(replace(problem, origin=place(problem.origin)) for problem in listing.problems),
    )
