"""What a format has no place for, of the entries that are to be written in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bibkit.emit.fields import doi_of, web_address
from bibkit.emit.plain import LABELS, plain
from bibkit.record import Entry, Link, Problem
from bibkit.text.visible import visible

_LACKS = {
    "bibtex": frozenset({"links", "day"}),
    "biblatex": frozenset({"links"}),
    "markdown": frozenset({"abstract", "month", "day", "class"}),
    "html": frozenset({"class"}),
}
"""Format → the parts of an entry that its writer does not write; other formats hold all."""


def not_held(entries: Sequence[Entry], format: str) -> list[Problem]:  # noqa: A002 - the users' word
    """Return one problem for each entry of which a part is not written.

    >>> entry = Entry("k", "preprint", "T", abstract="Long.", doi="no doi")
    >>> [str(problem) for problem in not_held([entry], "markdown")]
    ["k: not-held: not written: the DOI 'no doi', which is none; the abstract"]
    """
    found = ((entry, "; ".join(_missing(entry, format))) for entry in entries)
    return [
        Problem(entry.citation_key, "not-held", f"not written: {parts}")
        for entry, parts in found
        if parts
    ]


def _missing(entry: Entry, format: str) -> Iterator[str]:  # noqa: A002 - the users' word
    if entry.doi and not doi_of(entry):
        yield f"the DOI {entry.doi!r}, which is none"
    if entry.url and not web_address(entry.url):
        yield f"the address {entry.url!r}, which is none of the web"
    if format not in ("bibtex", "biblatex") and plain(entry.title) != visible(entry.title):
        yield "the TeX of the formulas in its title, which are plain text now"
    lacks = _LACKS.get(format, frozenset())
    if "abstract" in lacks and entry.abstract:
        yield "the abstract"
    date = entry.date
    if date and "month" in lacks and date.month:
        yield "month and day" if date.day else "the month"
    elif date and "day" in lacks and date.day:
        yield "the day"
    if "class" in lacks and entry.eprint and entry.eprint.primary_class:
        yield "arXiv's class"
    code = next((link for link in entry.links if link.kind == "code"), None)
    for link in entry.links:
        if not _is_written(link) or ("links" in lacks and link is not code):
            yield f"the link {link.url}"


def _is_written(link: Link) -> bool:
    return link.kind in LABELS and web_address(link.url) is not None
