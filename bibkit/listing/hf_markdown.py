"""A Hugging Face papers page saved as Markdown, or the page of one paper → records.

Browser extensions, pandoc, html2text and the readers that models use write it in as many ways;
what they share is read in `linked_text`, what the page shows in `hf_linked`.
"""

from __future__ import annotations

import datetime as dt
import re

from bibkit.listing.hf_linked import read_pieces, title_places
from bibkit.listing.hf_paper_page import paper_place, read_paper
from bibkit.listing.linked_text import is_numbered, markdown_pieces
from bibkit.listing.listing import Listing

_OTHER = re.compile(r"[\ufeff\s]*(?:<[!?]|<html|[{]|\[\s*[\[{\"\]])", re.IGNORECASE)
"""HTML and JSON; Markdown may begin with a tag, too."""
_TITLE = re.compile(r"^ {0,3}#{1,6}[ \t]|\*\*\[|__\[|^arxiv:", re.MULTILINE)


def sniff(text: str) -> bool:
    """Tell a papers page by its headings: they link to the pages of papers."""
    if _OTHER.match(text) or not _TITLE.search(text) or is_numbered(text):
        return False
    pieces = markdown_pieces(text)
    return paper_place(pieces) is not None or bool(title_places(pieces))


def read(text: str, *, origin: str, page_date: dt.date | None = None) -> Listing:
    """Read the card below each title; what is left over becomes a problem."""
    pieces = markdown_pieces(text)
    if (place := paper_place(pieces)) is not None:
        return read_paper(pieces, place, origin=origin, page_date=page_date)
    return read_pieces(
        pieces,
        title_places(pieces),
        origin=origin,
        page_date=page_date,
        is_whole=text.endswith(("\n", "\r")),
    )
