"""Any saved web page → a record for each paper that it links to.

The last of the formats for HTML: a blog post, a group's list of publications, a README as the
browser saved it. What is not linked is not read: prose has no titles that could be told.
"""

from __future__ import annotations

import datetime as dt
import re

from bibkit.listing.digest import digest_records
from bibkit.listing.lines import is_markup
from bibkit.listing.listing import Listing

_PAGE = re.compile(r"<(?:!doctype html|html|head|body|div|ul|ol|p|h\d|a)\b", re.IGNORECASE)


def sniff(text: str) -> bool:
    """Tell a page in HTML that links to papers."""
    return (
        is_markup(text)
        and _PAGE.search(text, 0, 5000) is not None
        and bool(digest_records(text, origin=""))
    )


def read(text: str, *, origin: str, page_date: dt.date | None = None) -> Listing:  # noqa: ARG001 - links have no dates
    """Read every link to a paper, each paper once."""
    return Listing(digest_records(text, origin=origin))
