"""What goes before any decision: listings → records, and the services that may be asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bibkit.errors import BibkitError, ListingError, SourceError
from bibkit.listing import decode, read_listing
from bibkit.listing.inputs import Page, collect
from bibkit.merge import with_links
from bibkit.record import Entry, Problem, Record
from bibkit.resolve import MetadataSource
from bibkit.sources import SOURCES, Web, open_source


def read_records(
    listings: Sequence[str],
    web: Web | None,
    *,
    from_format: str | None = None,
    page_date: dt.date | None = None,
    out: Path | None = None,
) -> tuple[list[Record], list[Problem]]:
    """Return what the listings say, and what in them is no paper.

    Raises:
        BibkitError: a listing cannot be read.

    """
    records: list[Record] = []
    problems: list[Problem] = []
    for page in _pages(listings, web, out):
        _read_page(page, page.origin, from_format, page_date, records, problems)
    return records, problems


def read_what_is_there(
    listings: Sequence[str], web: Web | None, *, root: Path, out: Path
) -> tuple[list[Record], list[Problem]]:
    """Return what those listings say that can be read; of the others, why they cannot be.

    Origins are relative to `root`: what is remembered of them goes from machine to machine.
    """
    records: list[Record] = []
    problems: list[Problem] = []
    pages: dict[str, Page] = {}
    for listing in listings:
        try:
            for page in _pages([listing], web, out):
                pages.setdefault(page.origin, page)
        except (ListingError, SourceError) as error:
            problems.append(_told(error, listing, root))
    for page in pages.values():
        try:
            _read_page(page, relative(page.origin, root), None, None, records, problems)
        except ListingError as error:
            problems.append(_told(error, page.origin, root))
    return records, problems


def _told(error: BibkitError, listing: str, root: Path) -> Problem:
    return Problem(relative(error.origin or listing, root), error.code, error.message)


def relative(origin: str, root: Path) -> str:
    """Return the name of a file within a folder; any other stays as it is.

    >>> relative("/lab/pages/a.txt", Path("/lab")), relative("2402.12345", Path("/lab"))
    ('pages/a.txt', '2402.12345')
    """
    path = Path(origin)
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else origin


def remote_sources(web: Web | None) -> Iterator[MetadataSource]:
    """Yield the services that know papers, in the order in which they are asked."""
    if web:
        for name in SOURCES:
            yield open_source(name, web)


def look_up_code(
    papers: Mapping[int, Entry], web: Web | None
) -> tuple[dict[int, Entry], list[Problem]]:
    """Ask Hugging Face once for each paper without a code link."""
    linked = dict(papers)
    asked = {
        cluster: entry.eprint.id
        for cluster, entry in papers.items()
        if entry.eprint and not any(link.kind == "code" for link in entry.links)
    }
    if web is None or not asked:
        return linked, []
    from bibkit.sources.huggingface import HuggingFace

    answers = HuggingFace(web).code_links(list(asked.values()))
    failed = [answer.error for answer in answers if answer.error]
    for cluster, answer in zip(asked, answers, strict=True):
        linked[cluster] = with_links(linked[cluster], answer.links, "huggingface")
    message = f"papers whose code links could not be asked for: {len(failed)}; "
    return linked, [Problem("huggingface", "code-lookup", message + failed[0])] if failed else []


def _pages(listings: Sequence[str], web: Web | None, out: Path | None) -> Iterator[Page]:
    def fetch(url: str) -> bytes:
        from bibkit.sources.page import fetch_page

        assert web is not None
        return fetch_page(web, url)

    return collect(listings, fetch=fetch if web else None, out=out)


def _read_page(
    page: Page,
    origin: str,
    from_format: str | None,
    page_date: dt.date | None,
    records: list[Record],
    problems: list[Problem],
) -> None:
    text = decode(page.data, origin=origin)
    listing = read_listing(text, origin=origin, format=from_format, page_date=page_date)
    records += listing.records
    problems += listing.problems
