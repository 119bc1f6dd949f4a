"""What a format has no place for, of the entries that are to be written in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bibkit.emit.bib_fields import as_shown
from bibkit.emit.fields import author_list, doi_of, web_address
from bibkit.emit.further import further_fields, texts, unwritable
from bibkit.emit.plain import LABELS, plain
from bibkit.emit.reference import venue_of
from bibkit.record import Entry, Link, Problem
from bibkit.text.names import full_name
from bibkit.text.visible import visible

_LACKS = {
    "bibtex": frozenset({"links", "day"}),
    "biblatex": frozenset({"links"}),
    "markdown": frozenset({"abstract", "month", "day", "class", "further"}),
    "html": frozenset({"class", "further"}),
}
"""Format → the parts of an entry that its writer does not write; other formats hold all."""
_SHOWN = frozenset({"journal", "booktitle", "volume", "number", "pages"})
"""Further fields that Markdown and HTML show of what was published."""


def not_held(
    entries: Sequence[Entry],
    format: str,  # noqa: A002 - the users' word
    *,
    style: str | None = None,
) -> list[Problem]:
    """Return one problem for each entry of which a part is not written; with a style, one for all.

    >>> entry = Entry("k", "preprint", "T", abstract="Long.", doi="no doi")
    >>> [str(problem) for problem in not_held([entry], "markdown")]
    ["k: not-held: not written: the DOI 'no doi', which is none; the abstract"]
    """
    if style:
        message = "only what the style prints is written; no keywords, notes or fields of one’s own"
        return [Problem(style, "not-held", message)] if entries else []
    if format == "arxiv-ids":
        message = "not written: it has no arXiv id"
        return [Problem(e.citation_key, "not-held", message) for e in entries if not e.eprint]
    found = ((entry, "; ".join(_missing(entry, format))) for entry in entries)
    return [
        Problem(entry.citation_key, "not-held", f"not written: {parts}")
        for entry, parts in found
        if parts
    ]


def _missing(entry: Entry, format: str) -> Iterator[str]:  # noqa: A002 - the users' word
    lacks = _LACKS.get(format, frozenset())
    if entry.doi and not doi_of(entry, typeset=format in ("bibtex", "biblatex")):
        yield f"the DOI {entry.doi!r}, which is none"
    if entry.url and not web_address(entry.url):
        yield f"the address {entry.url!r}, which is none of the web"
    yield from _changed(entry, format)
    if format == "ris":
        for name in _with_comma(entry):
            yield f"the comma of the name {name!r}"
    yield from (f"the field {name!r}" for name in unwritable(entry))
    if "abstract" in lacks and entry.abstract:
        yield "the abstract"
    yield from _missing_date(entry, lacks)
    if "class" in lacks and entry.eprint and entry.eprint.primary_class:
        yield "arXiv's class"
    if "further" in lacks:
        yield from _not_printed(entry)
    code = next((link for link in entry.links if link.kind == "code"), None)
    for link in entry.links:
        if not _is_written(link) or ("links" in lacks and link is not code):
            yield f"the link {link.url}"


def _changed(entry: Entry, format: str) -> Iterator[str]:  # noqa: A002 - the users' word
    if format not in ("bibtex", "biblatex"):
        dressed = [name for name, text in texts(entry) if plain(text) != visible(text)]
        if dressed:
            yield f"the TeX of the formulas in its {', '.join(dressed)}, which are plain text now"
    elif as_shown(entry, author_list(entry.authors, str)).entry_type != entry.entry_type:
        why = "where" if entry.authors else "by whom"
        yield f"the type {entry.entry_type}, for it says not {why} it was published"
        yield from sorted(_SHOWN & further_fields(entry).keys())


def _with_comma(entry: Entry) -> Iterator[str]:
    """Yield the names with a comma of their own; RIS has them between the parts of a name."""
    for person in (*entry.authors, *entry.editors, *entry.translators):
        parts = (person.family, person.given, person.particle, person.suffix)
        if any(mark in part for part in parts for mark in ",;"):
            yield full_name(person)


def _missing_date(entry: Entry, lacks: frozenset[str]) -> Iterator[str]:
    date = entry.date
    if date and "month" in lacks and date.month:
        yield "month and day" if date.day else "the month"
    elif date and "day" in lacks and date.day:
        yield "the day"


def _not_printed(entry: Entry) -> Iterator[str]:
    """Yield what the fixed style of Markdown and HTML does not show."""
    if entry.entry_type not in ("preprint", "article", "inproceedings"):
        yield f"the type {entry.entry_type}"
    for name, people in (("editors", entry.editors), ("translators", entry.translators)):
        if people:
            yield f"the {name}"
    shown = _SHOWN if venue_of(entry)[0] else frozenset()
    yield from (name for name in further_fields(entry) if name not in shown)


def _is_written(link: Link) -> bool:
    return link.kind in LABELS and web_address(link.url) is not None
