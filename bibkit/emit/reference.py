"""Entry → the parts of a printed reference, for formats that people read.

One fixed style: authors in reading order, title, venue with volume and pages, year, links. All of
it is plain Unicode; the format escapes.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from bibkit.emit.fields import doi_of, verbatim, web_address
from bibkit.emit.plain import arxiv_mark, as_published, labelled_links, pages_of, plain
from bibkit.record import Entry
from bibkit.text.names import full_name
from bibkit.text.visible import visible

UNTITLED = "[Untitled]"


def author_names(entry: Entry) -> str:
    """Return all authors, as they are read.

    >>> from bibkit.record import Author
    >>> author_names(Entry("k", "preprint", "T", (Author("Oord", "A.", "van den"), Author("Li"))))
    'A. van den Oord, Li'
    """
    return ", ".join(name for author in entry.authors if (name := visible(full_name(author))))


def title_of(entry: Entry) -> str:
    """Return the title, or what stands for one."""
    return plain(entry.title) or UNTITLED


def venue_of(entry: Entry) -> tuple[str, str]:
    """Return the name of journal or proceedings, and the place in it.

    >>> venue_of(Entry("k", "article", "T", container="J.", volume="7", number="2", pages="1--9"))
    ('J.', ' 7(2):1–9')
    """
    if as_published(entry).entry_type == "preprint" or not plain(entry.container):
        return "", ""
    volume, number = plain(entry.volume), plain(entry.number)
    pages = pages_of(entry).replace("-", "–")
    issue = f"{volume}({number})" if number else volume
    place = f"{issue}:{pages}" if issue and pages else issue or (f"pp. {pages}" if pages else "")
    return plain(entry.container), f" {place}" if place else ""


def arxiv_address(entry: Entry) -> str:
    """Return the address of the paper on arXiv, or nothing."""
    return f"https://arxiv.org/abs/{verbatim(entry.eprint.id)}" if entry.eprint else ""


def links_of(entry: Entry) -> Iterator[tuple[str, str]]:
    """Yield text and address of each link: arXiv, the publisher's DOI, code and the others."""
    if entry.eprint:
        yield arxiv_mark(entry), arxiv_address(entry)
    doi = doi_of(entry)
    if doi and entry.doi:
        yield "DOI", f"https://doi.org/{quote(doi, safe='/')}"
    if not entry.eprint and not entry.doi and (address := web_address(entry.url)):
        yield "link", address
    for label, address in labelled_links(entry):
        yield label.removesuffix(" URL").lower(), address
