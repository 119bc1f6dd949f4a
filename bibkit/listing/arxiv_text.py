"""arXiv's pages saved or copied as text (lists, search results, one paper) → records."""

from __future__ import annotations

import datetime as dt

from bibkit.listing.arxiv_pages import is_head, page_listing
from bibkit.listing.lines import is_markup, numbered_lines
from bibkit.listing.listing import Listing
from bibkit.listing.mime import is_mail


def sniff(text: str) -> bool:
    """Tell a page by the lines that begin its records."""
    if is_markup(text) and not text.lstrip("\ufeff \t\r\n").startswith("["):
        return False
    rows = [row for _, row in numbered_lines(text)] if "arXiv:" in text else []
    return any("arXiv:" in row and is_head(row) for row in rows) and not is_mail(text)


def read(text: str, *, origin: str, page_date: dt.date | None = None) -> Listing:  # noqa: ARG001 - a list tells no days of submission
    """Read every record of a page; the last one is reported where it is incomplete."""
    rows = [(number, row) for number, row in numbered_lines(text) if row]
    return page_listing(rows, origin=origin, cut=not text.endswith(("\n", "\r")))
