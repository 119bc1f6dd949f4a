"""The facts of one reference, whatever format spelled them → a record.

RIS, CSL-JSON, BibTeX and pasted references name the same facts; ids hide in addresses, notes and
journal names in all of them, so they are looked for here, once.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bibkit.listing.lines import printable
from bibkit.record import Author, Link, Record
from bibkit.text.identifiers import arxiv_id, doi
from bibkit.text.latex import decode
from bibkit.text.links import each_link_once, extract_links

_ARXIV = re.compile(
    r"(?:arxiv(?:\.org)?(?:[\s,]+(?:e-?prints?|preprint|abs))?[\s,:/(\[]{0,3}(?:arxiv\s?:\s?)?"
    r"|\babs/|\bcorr[\s,]{1,2}(?:abs/)?)"
    r"(\d{4}\.\d{4,5}|[a-z]{2,8}(?:-[a-z]{2,4})?(?:\.[a-z]{2})?/\d{7})(?!\d)",
    re.IGNORECASE,
)
"""`arXiv preprint arXiv:1706.03762`, `CoRR abs/1706.03762`."""
_BARE = re.compile(
    r"(?<![\d.])(\d{4}\.\d{4,5})(?:v\d{1,2})?\s?\[[a-z-]{2,8}(?:\.[A-Za-z-]{2,8})?\]"
)
_DOI = re.compile(
    r"\b10\.\d{4,9}/(?:\(sici\)[\w():.-]{1,80}<\w{0,20}::[\w.-]{1,40}>[\w.;-]{1,20}"
    r"|[^\s\"<>{}\\]{1,200}(?P<cut><\w{0,20}::)?)",
    re.IGNORECASE,
)
"""Those of the nineties have `<693::AID-ASI4>` inside: cut there, a whole issue has one DOI."""
_ANGLE = re.compile(r"\\text(less|greater)\s*(?:\{\s*\}\s*)?|\$([<>])\$")
_ACL = (
    r"acl(?:anthology\.org|web\.org/anthology)/(?:papers/\w/|\w/)?(?:\w\d\d/)?"
    r"([A-Za-z0-9][\w-]{2,30}(?:\.[\w-]{1,20})*?)"
)
_DBLP_KEYS = r"(?:conf|journals|books|phd|reference|series)/[\w-]+/[\w-]+"
_NAMED = (
    ("acl", re.compile(_ACL + r"(?:\.pdf|\.bib)?/?(?![\w./-]*\w)")),
    ("openreview", re.compile(r"openreview\.net/\w{2,12}\?(?:[\w=&]{0,40}&)?id=([\w-]{4,40})")),
    ("dblp", re.compile(rf"dblp\.[\w.-]{{3,16}}/(?:db|rec)/(?:bibtex/|html/|bib/)?({_DBLP_KEYS})")),
    ("pmid", re.compile(
        r"(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/pubmed|europepmc\.org/\w{3,9}/med)/(\d{1,9})\b"
        r"|\bPMID:?\s?(\d{1,9})\b", re.IGNORECASE)),
    ("pmcid", re.compile(r"\b(PMC\d{3,9})\b")),
)  # fmt: skip
"""Identifiers that are parts of addresses, by kind."""
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_TAG = re.compile(
    r"</?(?:i|b|em|strong|sub|sup|span|sc|u|p|jats:[a-z]{1,20})(?:\s[^<>]{0,80})?/?>", re.IGNORECASE
)
_ENTITY = re.compile(r"&(?:[a-z]{2,8}|#\d{1,6}|#x[0-9a-f]{1,5});", re.IGNORECASE)
_CLINGING = ".,;:'’”)]"


@dataclass(frozen=True, slots=True)
class Reference:
    """What one reference says, before ids are looked for."""

    title: str = ""
    authors: tuple[Author, ...] = ()
    all_authors: bool = True
    """False when the list ended in `et al.`."""
    abstract: str = ""
    year: int | None = None
    venue: str = ""
    volume: str = ""
    number: str = ""
    pages: str = ""
    ids: tuple[str, ...] = ()
    """Fields that are an arXiv id or a DOI, whole."""
    places: tuple[str, ...] = ()
    """Fields in which an id or a link may stand: addresses, notes, the journal's name."""
    identifiers: tuple[str, ...] = ()
    """Others, as `kind:value`."""


def reference_record(said: Reference, *, origin: str) -> Record | None:
    """Return the record of a reference; None when it has neither title nor arXiv id nor DOI."""
    identifier = next(filter(None, map(arxiv_id, said.ids)), None) or next(
        filter(None, map(arxiv_id_in, (*said.ids, *said.places))), None
    )
    digital = next(filter(None, map(doi_in, (*said.ids, *said.places))), None)
    if not (said.title or identifier or digital):
        return None
    return Record(
        origin,
        said.title,
        abstract=said.abstract,
        authors=said.authors,
        authors_count=len(said.authors) or None if said.all_authors else None,
        links=_links(said),
        arxiv_id=identifier,
        doi=digital,
        identifiers=_identifiers(said),
        year=said.year,
        venue=said.venue,
        volume=said.volume,
        number=said.number,
        pages=said.pages,
    )


def arxiv_id_in(text: str) -> str | None:
    """Return the first arXiv id that stands in a text and is called one there.

    >>> arxiv_id_in("arXiv preprint arXiv:1706.03762v5, 2017"), arxiv_id_in("CoRR abs/1810.04805")
    ('1706.03762', '1810.04805')
    >>> arxiv_id_in("Phys. Rev. D 1706.03762"), arxiv_id_in("[arXiv:hep-th/9711200]")
    (None, 'hep-th/9711200')
    """
    if "10.48550" in text and (found := arxiv_id(text)):
        return found
    lower = text.lower()
    if "arxiv" not in lower and "abs/" not in lower and "corr" not in lower and "[" not in lower:
        return None
    for match in _ARXIV.finditer(text):
        if found := arxiv_id(match[1]):
            return found
    if bare := _BARE.search(text):
        return arxiv_id(bare[1])
    return arxiv_id(text) if "://" in text else None


def doi_in(text: str) -> str | None:
    r"""Return the first DOI in a text, never arXiv's own.

    >>> doi_in("Nature 521 (2015). https://doi.org/10.1038/nature14539.")
    '10.1038/nature14539'
    >>> doi_in(r"10.1002/(SICI)1097(199806)49:8\textless{}693::AID-A4\textgreater{}3.0.CO;2-O")
    '10.1002/(sici)1097(199806)49:8<693::aid-a4>3.0.co;2-o'
    """
    if "10." not in text:
        return None
    text = html.unescape(text).replace("\\_", "_")
    text = _ANGLE.sub(lambda m: m[2] or "<>"[m[1] == "greater"], text)
    for match in _DOI.finditer(text):
        if match["cut"] is None and (found := doi(_unclung(match[0]))):
            return found
    return None


def year_in(text: str) -> int | None:
    """Return the first year in a text.

    >>> year_in("2017-06-12"), year_in("June 2017/18"), year_in("12/3456")
    (2017, 2017, None)
    """
    found = _YEAR.search(text)
    return int(found[0]) if found else None


def title_text(text: str) -> str:
    """Return a title without HTML, on one line.

    >>> title_text("The <i>E. coli</i> &amp;  <span class='nocase'>AlphaFold</span>")
    'The E. coli & AlphaFold'
    """
    if "<" in text or "&" in text:
        text = _TAG.sub("", _ENTITY.sub(lambda found: html.unescape(found[0]), _TAG.sub("", text)))
    return printable(text)


def tex_text(text: str) -> str:
    """Return the text that a TeX spelling stands for, on one line."""
    return printable(decode(text))


def page_range(first: str, last: str) -> str:
    """Return `first–last` as BibTeX writes it, or what there is.

    >>> page_range("11", "21"), page_range("e0123", ""), page_range("11-21", "21")
    ('11--21', 'e0123', '11-21')
    """
    if first and last and first != last and last not in first:
        return f"{first}--{last}"
    return first or last


def _links(said: Reference) -> tuple[Link, ...]:
    return each_link_once(
        link
        for text in (*said.places, said.abstract)
        if "/" in text
        for link in extract_links(text)
    )


def _identifiers(said: Reference) -> tuple[str, ...]:
    found = dict.fromkeys(said.identifiers)
    for kind, pattern in _NAMED:
        for text in (*said.places, *said.ids):
            if match := pattern.search(text) if "/" in text or "PM" in text else None:
                found.setdefault(f"{kind}:{match[match.lastindex or 1]}")
    return tuple(found)


def _unclung(spelling: str) -> str:
    """Drop the punctuation of the sentence around a DOI; its own parentheses are balanced."""
    while spelling and spelling[-1] in _CLINGING:
        if spelling[-1] == ")" and spelling.count("(") >= spelling.count(")"):
            break
        if spelling[-1] == "]" and spelling.count("[") >= spelling.count("]"):
            break
        spelling = spelling[:-1]
    return spelling


def identifiers(kinds: Sequence[tuple[str, Iterable[str]]]) -> tuple[str, ...]:
    """Return `kind:value` for every value there is, without blanks.

    >>> identifiers([("pmid", ["123 "]), ("isbn", ["", "978-1-4503"])])
    ('pmid:123', 'isbn:978-1-4503')
    """
    named = ((kind, "".join(value.split())) for kind, values in kinds for value in values)
    return tuple(dict.fromkeys(f"{kind}:{value}" for kind, value in named if value))
