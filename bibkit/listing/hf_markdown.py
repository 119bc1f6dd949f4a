"""A Hugging Face papers page saved as Markdown, or the page of one paper → records.

Browser extensions, pandoc, html2text and the readers that models use write it in as many ways;
what they share is read in `linked_text`, what the page shows in `hf_linked`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

from bibkit.listing.hf_linked import first_links, is_papers_page, read_pieces, title_places
from bibkit.listing.hf_paper_page import paper_place, read_paper
from bibkit.listing.hf_site import paper_id
from bibkit.listing.linked_text import Piece, is_numbered, markdown_pieces, with_addresses_below
from bibkit.listing.listing import Listing
from bibkit.text.identifiers import arxiv_id

_OTHER = re.compile(r"[\ufeff\s]*(?:<[!?]|<html|[{]|\[\s*[\[{\"\]])", re.IGNORECASE)
"""HTML and JSON; Markdown may begin with a tag, too."""
_TITLE = re.compile(r"^ {0,3}#{1,6}[ \t]|\*\*\[|__\[|^arxiv:|^https?://\S*/papers/\d", re.MULTILINE)

_NO_NAME = re.compile(r"\b(?:arxiv|pdf|paper|abs)\b", re.IGNORECASE)


def sniff(text: str) -> bool:
    """Tell a papers page by its headings: they link to the pages of papers."""
    if _OTHER.match(text) or not _TITLE.search(text) or is_numbered(text):
        return False
    pieces, titles = _titled_pieces(text)
    if paper_place(pieces) is not None:
        return True
    return bool(titles) and (is_papers_page(pieces) or len(titles) > _other_papers(pieces))


def _other_papers(pieces: Iterable[Piece]) -> int:
    """Count the papers that are linked elsewhere by their names: a reading list has such."""
    return sum(
        1
        for piece in pieces
        if piece.target
        and arxiv_id(piece.target)
        and not paper_id(piece.target)
        and not _NO_NAME.search(piece.words)
    )


def read(text: str, *, origin: str, page_date: dt.date | None = None) -> Listing:
    """Read the card below each title; what is left over becomes a problem."""
    pieces, titles = _titled_pieces(text)
    is_whole = text.endswith(("\n", "\r"))
    if (place := paper_place(pieces)) is not None:
        return read_paper(pieces, place, origin=origin, page_date=page_date, is_whole=is_whole)
    return read_pieces(pieces, titles, origin=origin, page_date=page_date, is_whole=is_whole)


def _titled_pieces(text: str) -> tuple[list[Piece], list[int]]:
    pieces = markdown_pieces(text)
    titles = title_places(pieces)
    if not titles and is_papers_page(pieces):
        pieces = with_addresses_below(pieces)
        titles = list(first_links(pieces))
    return pieces, titles
