"""Values that cannot be what their field says: arXiv ids, DOIs, years, citation keys."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from functools import partial

from bibkit.check.library import Item, Library
from bibkit.record import Problem
from bibkit.text.identifiers import arxiv_id

_NAMED = re.compile(
    r"(?:arxiv(?:\.org/(?:abs|pdf|html)/|\s*:\s*)|10\.48550/arxiv\.)(\d{3,6}\.\d{3,7})",
    re.IGNORECASE,
)
"""What calls itself an arXiv id wherever it stands."""
_BARE = re.compile(r"\d{3,5}\.\d{3,6}(?:v\d+)?")
_PREFIX = re.compile(r"(?:https?://)?(?:www\.)?arxiv(?:\.org/(?:abs|pdf)/|\s*:)\s*", re.IGNORECASE)
_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/\S|10/[a-z0-9]+$", re.IGNORECASE)
"""The second form is that of shortdoi.org."""
_BAD_KEY = re.compile(r"[\s#%\\~]")
_ARCHIVES = frozenset(
    "acc-phys adap-org alg-geom ao-sci astro-ph atom-ph bayes-an chao-dyn chem-ph cmp-lg comp-gas "
    "cond-mat cs dg-ga funct-an gr-qc hep-ex hep-lat hep-ph hep-th math math-ph mtrl-th nlin "
    "nucl-ex nucl-th patt-sol physics plasm-ph q-alg q-bio quant-ph solv-int supr-con".split()
)
"""Archives with ids of the old form, August 1991 to March 2007."""
_NEW_ARCHIVES = frozenset({"econ", "eess", "stat"})
_SUBJECT = re.compile(r"[A-Z]{2}|[a-z]{2,}(?:-[a-z]{2,})*")
_ID_FIELDS = ("journal", "journaltitle", "howpublished", "note", "url", "doi", "volume", "number")


def bad_values(library: Library, *, today: dt.date | None = None) -> Iterator[Problem]:
    """Yield a problem for each value that is impossible.

    Args:
        library: the files.
        today: newer arXiv ids are impossible; the day of the run when None.

    """
    day = today or dt.datetime.now(dt.UTC).date() + dt.timedelta(days=1)  # it is tomorrow somewhere
    possible = partial(is_possible, latest=f"{day:%y%m}")
    for item in library.items:
        for field, value in _claimed_ids(item):
            if not possible(value):
                message = f"{value!r} cannot be an arXiv id"
                yield item.problem("bad-arxiv-id", message, field=field)
        doi = item.entry.fields.get("doi", "").replace("\\", "").replace("{", "").replace("}", "")
        if doi and not _DOI.search(doi):
            yield item.problem("bad-doi", f"{doi!r} cannot be a DOI", field="doi")
        year = item.entry.fields.get("year", "").strip("{} ")
        if year.isdecimal() and len(year) != 4:
            yield item.problem("bad-year", f"{year!r} is no year", field="year")
        subject = _bare(item.entry.fields.get("primaryclass", ""))
        if subject and _is_arxiv(item) and not _is_subject(subject):
            message = f"{subject!r} is no subject class of arXiv"
            yield item.problem("bad-arxiv-class", message, field="primaryclass")
        if found := _BAD_KEY.search(item.entry.key):
            message = f"LaTeX cannot cite a key with {found[0]!r}"
            yield item.problem("bad-key", message)


def _is_arxiv(item: Item) -> bool:
    fields = item.entry.fields
    return (fields.get("archiveprefix") or fields.get("eprinttype") or "").lower() == "arxiv"


def _is_subject(text: str) -> bool:
    archive, _, part = text.partition(".")
    return archive in _ARCHIVES | _NEW_ARCHIVES and (
        not part or _SUBJECT.fullmatch(part) is not None
    )


def is_possible(text: str, *, latest: str) -> bool:
    """Return whether arXiv can have given an id.

    Args:
        text: the id, bare, with or without a version.
        latest: year and month, `2512`; ids of a later month do not exist yet.

    >>> [is_possible(i, latest="2512") for i in ("2402.12345", "2413.12345", "hep-th/9901001")]
    [True, False, True]
    >>> [is_possible(i, latest="2512") for i in ("2402.1234", "2601.00001", "hep-xx/9901001")]
    [False, False, False]
    """
    found = arxiv_id(text)
    if found is None:
        return False
    if "/" in found:
        archive, number = found.split("/")
        month = ("20" if number < "5" else "19") + number[:4]
        return archive in _ARCHIVES and "199107" <= month <= "200703" and number[4:] != "000"
    month, number = found.split(".")
    return month <= latest and number.strip("0") != ""


def _claimed_ids(item: Item) -> Iterator[tuple[str, str]]:
    """Yield field and value of everything that is said to be an arXiv id."""
    fields = item.entry.fields
    eprint = _bare(fields.get("eprint", ""))
    archive = (fields.get("archiveprefix") or fields.get("eprinttype") or "").strip("{} ").lower()
    if eprint and (archive == "arxiv" or (not archive and _BARE.fullmatch(eprint))):
        category = fields.get("primaryclass") or fields.get("eprintclass") or ""
        yield "eprint", f"{category}/{eprint}" if eprint.isdecimal() and category else eprint
    for name in ("arxiv", "arxivid"):
        if value := _bare(fields.get(name, "")):
            yield name, value
    for name in ("eprint", "arxiv", *_ID_FIELDS):
        for found in _NAMED.finditer(fields.get(name, "")):
            yield name, found[1]


def _bare(value: str) -> str:
    """Return what stands for an id in a field of its own; nothing where it is an address."""
    bare = _PREFIX.sub("", value.strip("{} "), count=1).removesuffix(".pdf")
    return "" if bare.startswith(("http:", "https:", "\\")) else bare
