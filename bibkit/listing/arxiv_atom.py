"""An answer of arXiv's API (Atom) or of an OAI-PMH service (arXiv, arXivRaw, oai_dc) → records.

arXiv answers a wrong question with a feed whose one entry is titled `Error`: that is no paper.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from bibkit.listing.dates import iso_day, mail_day
from bibkit.listing.lines import excerpt, printable
from bibkit.listing.listing import Listing
from bibkit.listing.safe_xml import child_texts, local_name, root_name, text_line, xml_root
from bibkit.record import Author, Problem, Record
from bibkit.text.identifiers import arxiv_id, doi
from bibkit.text.links import extract_links
from bibkit.text.names import parse_authors, parse_name

_API = ("a9.com/-/spec/opensearch", "arxiv.org/api/")
_ENDS = "feed|OAI-PMH"


def sniff(text: str) -> bool:
    """Tell arXiv's API by what no other feed has, and OAI-PMH by its name."""
    root = root_name(text)
    return root == "OAI-PMH" or (root == "feed" and any(mark in text[:5000] for mark in _API))


def read(text: str, *, origin: str, page_date: dt.date | None = None) -> Listing:  # noqa: ARG001 - every date here is whole
    """Read every paper of an answer; one that was cut gives those before the cut."""
    root, problems = xml_root(text, origin=origin, items="entry|record", closing=_ENDS)
    records: list[Record] = []
    for element in () if root is None else root.iter():
        name = local_name(element)
        if name == "error":
            what = _joined(element) or printable(element.get("code") or "")
            message = f"the service answers with an error: {excerpt(what)}"
            problems.append(Problem(f"{origin}:{element.sourceline}", "listing-error", message))
        elif name == "entry":
            _add(_entry(element, origin), records, problems)
        elif name == "record" and not element.xpath("*[@status='deleted']"):
            _add(_oai(element, origin), records, problems)
    return Listing(tuple(records), tuple(problems))


def _add(found: Record | Problem, records: list[Record], problems: list[Problem]) -> None:
    if isinstance(found, Record):
        records.append(found)
    else:
        problems.append(found)


def _joined(element: Any) -> str:
    return printable("".join(element.itertext()))


def _first(element: Any, *names: str) -> str:
    """Return the first text of the first name that a child has."""
    return next((printable(text) for name in names for text in child_texts(element, name)), "")


def _entry(entry: Any, origin: str) -> Record | Problem:
    place = _place(entry, origin)
    address = _first(entry, "id")
    if "/api/errors" in address:
        message = f"arXiv answers with an error: {excerpt(_first(entry, 'summary'))}"
        return Problem(place, "listing-error", message)
    names = [_first(child, "name") for child in entry if local_name(child) == "author"]
    return _record(
        place,
        entry,
        identifier=arxiv_id(address),
        authors=[parse_name(name) for name in names if name],
        abstract=_first(entry, "summary"),
        day=iso_day(_first(entry, "published")),
    )


def _oai(record: Any, origin: str) -> Record | Problem:
    """Read a record of OAI-PMH in whichever form it is."""
    metadata = next((child for child in record if local_name(child) == "metadata"), None)
    form = next(iter(metadata), None) if metadata is not None else None
    if form is None:
        message = "a record without metadata"
        return Problem(f"{origin}:{record.sourceline}", "listing-stray", message)
    identifiers = [*child_texts(form, "id"), *child_texts(form, "identifier")]
    people = [
        author
        for group in form
        if local_name(group) == "authors"
        for author in group
        if local_name(author) == "author"
    ]
    creators = [printable(text) for text in child_texts(form, "creator")]
    authors = [author for person in people for author in _person(person)]
    authors = authors or [parse_name(name) for name in creators]
    versions = [child for child in form if local_name(child) == "version"]
    day = iso_day(_first(form, "created", "date"))
    return _record(
        _place(form, origin),
        form,
        identifier=next((found for text in identifiers if (found := arxiv_id(text))), None),
        authors=authors or parse_authors(_first(form, "authors")),
        abstract=_first(form, "abstract", "description"),
        day=day or (mail_day(_first(versions[0], "date")) if versions else None),
        other=[printable(text) for text in identifiers],
    )


def _person(person: Any) -> tuple[Author, ...]:
    """Read a name; that of a collaboration is not in two parts, though arXiv's answer has them."""
    names = ("keyname", "suffix", "forenames")
    family, suffix, given = (_first(person, name) for name in names)
    if "ollaboration" in f"{given} {family}":
        return parse_authors(f"{given} {family}")
    return (parse_name(", ".join(filter(None, (family, suffix, given)))),)


def _place(element: Any, origin: str) -> str:
    title = next((child for child in element if local_name(child) == "title"), element)
    return f"{origin}:{text_line(title)}"


def _record(
    place: str,
    element: Any,
    *,
    identifier: str | None,
    authors: Iterable[Author],
    abstract: str,
    day: dt.date | None,
    other: Iterable[str] = (),
) -> Record | Problem:
    title = _first(element, "title")
    if not title and not identifier:
        return Problem(place, "listing-stray", "an entry with neither title nor arXiv id")
    people = tuple(author for author in authors if author.family)
    spellings = [*_first(element, "doi").split(), *other]
    return Record(
        place,
        title,
        abstract,
        authors=people,
        authors_count=len(people) or None,
        date=day,
        links=extract_links(f"{abstract}\n{_first(element, 'comment', 'comments')}"),
        arxiv_id=identifier,
        doi=next((found for spelling in spellings if (found := doi(spelling))), None),
        venue=_first(element, "journal_ref", "journal-ref"),
    )
