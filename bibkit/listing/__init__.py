"""A listing (saved page, API answer, plain list) → records. One module for each format."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from bibkit.errors import ListingError
from bibkit.listing import (
    accepted,
    arxiv_atom,
    arxiv_email,
    arxiv_html,
    arxiv_text,
    awesome,
    bibtex,
    csl_json,
    feed,
    hf_api,
    hf_daily,
    hf_html,
    hf_markdown,
    hf_numbered,
    mail,
    plain,
    references,
    ris,
    scholar,
    web_page,
)
from bibkit.listing.decoding import decode
from bibkit.listing.listing import Listing, ListingFormat

if TYPE_CHECKING:
    from importlib.metadata import EntryPoints

__all__ = ["FORMATS", "Listing", "ListingFormat", "decode", "read_listing", "recognise"]

_log = logging.getLogger(__name__)

FORMATS: Mapping[str, ListingFormat] = {
    "email": mail,
    "arxiv_atom": arxiv_atom,
    "feed": feed,
    "arxiv_email": arxiv_email,
    "scholar": scholar,
    "arxiv_html": arxiv_html,
    "arxiv_text": arxiv_text,
    "hf_api": hf_api,
    "hf_html": hf_html,
    "hf_markdown": hf_markdown,
    "hf_numbered": hf_numbered,
    "hf_daily": hf_daily,
    "awesome": awesome,
    "bibtex": bibtex,
    "csl_json": csl_json,
    "ris": ris,
    "accepted": accepted,
    "references": references,
    "web_page": web_page,
    "plain": plain,
}
"""Strict formats first: the first that recognises a text reads it."""
_LAST = ("web_page", "plain")
"""These take any page that links to papers, and any list."""


def read_listing(
    text: str,
    *,
    origin: str,
    format: str | None = None,  # noqa: A002 - what users and the other registries call it
    page_date: dt.date | None = None,
) -> Listing:
    """Read one listing; its format is recognised from the content.

    Args:
        text: the listing (see `decode` for bytes).
        origin: what messages call it: the file's name as the user gave it.
        format: a name in `FORMATS` or of another package's entry point, instead of recognising.
        page_date: the day the page was saved; otherwise inferred.

    Raises:
        ListingError: unknown format, or no paper in it.

    >>> [r.arxiv_id for r in read_listing("2402.12345  # mine", origin="list.txt").records]
    ['2402.12345']

    """
    if not text.strip("\ufeff \t\r\n\f"):
        raise ListingError("the listing is empty", origin=origin, code="listing-empty")
    name, reader = _named(format, origin) if format else _recognised(text, origin)
    listing = reader.read(text, origin=origin, page_date=page_date)
    if not listing.records:
        found = f"; {listing.problems[0]}" if listing.problems else ""
        message = f"no paper in it (read as {name}){found}"
        raise ListingError(message, origin=origin, code="listing-empty")
    return listing


def recognise(text: str, *, origin: str) -> str:
    """Return the name of the format that a listing is in.

    Raises:
        ListingError: no format recognises it.

    >>> recognise("@misc{k, title = {T}}", origin="my.bib")
    'bibtex'

    """
    return _recognised(text, origin)[0]


def _named(name: str, origin: str) -> tuple[str, ListingFormat]:
    known = name.replace("-", "_")
    if known in FORMATS:
        return known, FORMATS[known]
    others = {point.name: point for point in _declared()}
    if name not in others:
        message = f"no listing format “{name}”; there are {', '.join([*FORMATS, *others])}"
        raise ListingError(message, origin=origin, code="listing-format")
    try:
        return name, others[name].load()
    except Exception as error:  # what another package raises is unknown
        message = f"the listing format “{name}” of another package fails: {error}"
        raise ListingError(message, origin=origin, code="listing-format") from error


def _recognised(text: str, origin: str) -> tuple[str, ListingFormat]:
    for name, reader in _in_turn():
        if reader.sniff(text):
            return name, reader
    message = "no format recognises it: no Daily Papers page, no API answer, no list of papers"
    raise ListingError(message, origin=origin, code="listing-format")


def _in_turn() -> Iterator[tuple[str, ListingFormat]]:
    """Yield this package's strict formats, then those of other packages, then what takes any."""
    for name, reader in FORMATS.items():
        if name not in _LAST:
            yield name, reader
    for point in _declared():
        try:
            yield point.name, point.load()
        except Exception:  # the listing may still be readable without it
            _log.warning("the listing format %s cannot be loaded", point.value, exc_info=True)
    yield from ((name, FORMATS[name]) for name in _LAST)


def _declared() -> EntryPoints:
    """Return what other packages declare as formats; loading them is left to need."""
    from importlib.metadata import entry_points  # here: it reads every installed package

    return entry_points(group="bibkit.listings")
