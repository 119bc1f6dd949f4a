"""arXiv's pages saved as HTML (lists, search results, one paper) → records."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

from bibkit.listing.arxiv_pages import page_listing
from bibkit.listing.html_lines import cut_problems, html_lines, is_cut
from bibkit.listing.lines import is_markup
from bibkit.listing.listing import Listing

_SNIFF = re.compile(
    r"""class=["'](?:list-title|arxiv-result\b|title mathjax["'])|name=["']citation_arxiv_id"""
)


def sniff(text: str) -> bool:
    """Tell arXiv's pages by the classes of their titles."""
    return is_markup(text) and _SNIFF.search(text) is not None and "arXiv" in text


def read(text: str, *, origin: str, page_date: dt.date | None = None) -> Listing:  # noqa: ARG001 - a list tells no days of submission
    """Read every record of a page; the last one of a page that is cut is reported."""
    lines = html_lines(text)
    rows = [(line.line, line.text) for line in lines]
    listing = page_listing(rows, origin=origin, cut=is_cut(text))
    if any(problem.code == "listing-cut" for problem in listing.problems):
        return listing
    return replace(listing, problems=(*listing.problems, *cut_problems(text, lines, origin)))
