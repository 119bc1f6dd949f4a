"""Record → what is compared, computed once, so that a pair costs microseconds.

Whatever a field carries besides its own value is taken off here: notes in brackets, a year before
the title, the issue inside the volume.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import unquote

from bibkit.dedupe.cleaning import clean_title, mended, title_breaks
from bibkit.dedupe.generic import is_generic
from bibkit.record import Author, Record
from bibkit.text.identifiers import arxiv_id
from bibkit.text.names import full_name
from bibkit.text.similarity import RELATED_WORK, abstract_sketch, title_numbers
from bibkit.text.titles import TitleKey, title_key, title_tokens
from bibkit.text.venues import read_venue

_RELATED = RELATED_WORK | {"errata", "discussion", "letter"}
_MANY = 200
"""Authors of one record that are compared; papers of ten thousand exist."""
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_SPREADSHEET = re.compile(
    r"(\d{1,2})-(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)-(\d{1,2})",
    re.IGNORECASE,
)
_PAGE = re.compile(r"[a-z]{0,3}\d+", re.IGNORECASE)
_VOLUME_IN_PAGES = re.compile(r"\D*(\d{1,4})\s*,\s*(\d{1,5})\s*[-–]")
_ARXIV_IN_VENUE = re.compile(r"(?:arxiv[:\s]+|abs/)([^\s,;\[\]]+)", re.IGNORECASE)
_NUMBER = re.compile(r"\d+")
_ISBN = re.compile(r"(?<![\d-])(?:97[89][- ]?)?(?:\d[- ]?){9}[\dXx](?![\dXx])")
_ACL_DOI = re.compile(r"10\.(?:18653|3115)/v1/(.+)")
_BOGUS = re.compile(
    r"^\W*(?:anon(?:ymous)?|unknown|n/?a|none|nan|no authors? listed)\W*$", re.IGNORECASE
)
_NO_FAMILY = frozenset("anthology edition disc introduction abstract jr sr ii iii".split())
"""Words that an extractor takes for family names: "ACM's Anthology", "P. Edition", "R. Jr."."""


@dataclass(frozen=True, slots=True)
class Features:
    """One record as it is compared."""

    title: str
    """As a person reads it, for evidence."""
    key: TitleKey
    words: tuple[str, ...]
    length: int
    """How many words that is; two characters of Chinese or Japanese count as one."""
    breaks: frozenset[int]
    """Places in the key where a colon, a full stop or the like stands in the title."""
    numbers: tuple[tuple[str, int], ...]
    related: frozenset[str]
    """Words that make another paper of it: erratum, reply, part."""
    generic: bool
    """True for "Editorial": such a title names no paper."""
    families: tuple[str, ...]
    initials: tuple[str, ...]
    names: frozenset[str]
    """All words of all names, for lists that were split wrongly."""
    complete: bool
    """False when the list of authors says that it was cut."""
    year: int | None
    day: int
    """Ordinal of the day, where the record has one; else 0."""
    venue: str
    volume: str
    number: str
    first_page: str
    last_page: str
    arxiv: str
    doi: str
    identifiers: tuple[tuple[str, str], ...]
    sketch: bytes


def read_features(record: Record) -> Features:
    """Return what is compared of a record."""
    title, year_in_title = clean_title(record.title)
    words = title_tokens(title)
    authors = [a for a in record.authors[:_MANY] if _is_name(a)]
    volume, number = _volume(record.volume, record.number)
    pages = _pages(record.pages)
    inside = _VOLUME_IN_PAGES.match(record.pages[:60])
    if not volume and inside and int(inside[2]) - int(inside[1]) > 50:
        volume, pages = inside[1], _pages(record.pages[inside.start(2) :])
    if pages[0] == "1" and not volume:
        pages = ("", "")  # not yet in an issue: such pages count from 1
    place = "" if _is_publisher(record.venue, authors) else record.venue
    venue = read_venue(place)
    year = record.year or (record.date.year if record.date else None) or year_in_title or venue.year
    return Features(
        title=record.title,
        key=title_key(title),
        words=words,
        length=len(words) if title.isascii() else sum(map(_length, words)),
        breaks=title_breaks(title),
        numbers=_numbers(words),
        related=_RELATED.intersection(words),
        generic=is_generic(words),
        families=tuple(map(_family, authors)),
        initials=tuple(map(_initial, authors)),
        names=frozenset(
            w for a in authors for w in title_tokens(mended(full_name(a))) if len(w) > 2
        ),
        complete=len(record.authors) <= _MANY,
        year=year,
        day=record.date.toordinal() if record.date else 0,
        venue=place,
        volume=volume,
        number=number,
        first_page=pages[0],
        last_page=pages[1],
        arxiv=_arxiv(record),
        doi=_doi(record),
        identifiers=tuple(sorted(_identifiers(record))),
        sketch=abstract_sketch(record.abstract) if record.abstract else b"",
    )


def beheaded(feature: Features, count: int) -> Features:
    """Return a record without the first words of its title."""
    words = feature.words[count:]
    size = len("".join(feature.words[:count]))
    return replace(
        feature,
        key=TitleKey(feature.key[size:]),
        words=words,
        length=feature.length - count,
        breaks=frozenset(b - size for b in feature.breaks if b > size),
        numbers=_numbers(words),
        related=_RELATED.intersection(words),
        generic=is_generic(words),
    )


def _numbers(words: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
    """Return the numbers of a title; "4th", "fourth" and "4" are one."""
    found = title_numbers(words)
    if not found:
        return ()
    plain: dict[str, int] = {}
    for number, count in found.items():
        bare = number[:-2] if number[-2:] in ("st", "nd", "rd", "th") else number
        plain[bare] = plain.get(bare, 0) + count
    return tuple(sorted(plain.items()))


def _length(word: str) -> int:
    return max(1, len(word) // 2) if word[0] > "\u2e80" else 1


def _is_name(author: Author) -> bool:
    """Tell whether this is a name: not "Anonymous", and not an initial without the rest."""
    if author.family.lower().strip(".") in _NO_FAMILY:
        return False
    return not _BOGUS.match(author.family) and (
        len(author.family.strip(".")) > 1 or bool(author.given)
    )


def _family(author: Author) -> str:
    """Return the family name as it is compared; an initial that was taken for one is no name."""
    key = title_key(mended(author.family))
    return key if len(key) > 1 or not author.given else title_key(author.given)


def _is_publisher(venue: str, authors: list[Author]) -> bool:
    """Tell whether the venue is the author once more: a company prints its own manuals."""
    key = title_key(venue)
    names = [title_key(full_name(author)) for author in authors[:3]] if len(key) > 3 else []
    return any(name.startswith(key) or (name and key.startswith(name)) for name in names)


def _initial(author: Author) -> str:
    return title_key(author.given)[:1]


def _volume(volume: str, number: str) -> tuple[str, str]:
    """Return volume and issue: `44(3)` has both."""
    found = _NUMBER.findall(volume[:60])
    inside = found[1] if len(found) > 1 and "(" in volume else ""
    issues = _NUMBER.findall(number[:60])
    return (found[0].lstrip("0") if found else ""), (issues[0].lstrip("0") if issues else inside)


def _pages(pages: str) -> tuple[str, str]:
    """Return the first and the last page: `221-8` ends on 228, `06-Oct` was 6-10 before Excel.

    >>> _pages("pp. 221--8"), _pages("S327-S328"), _pages("06-Oct"), _pages("322330")
    (('221', '228'), ('s327', 's328'), ('6', '10'), ('322', '330'))
    """
    pages = pages[:100].lower()
    if spoiled := _SPREADSHEET.search(pages):
        day, month = (spoiled[1], spoiled[2]) if spoiled[1] else (spoiled[4], spoiled[3])
        two = sorted((int(day), _MONTHS.index(month) + 1))
        return str(two[0]), str(two[1])
    found = [p.removeprefix("pp").removeprefix("p") for p in _PAGE.findall(pages)][:2]
    if len(found) == 1 and len(found[0]) in (6, 8) and found[0].isdigit():
        half = len(found[0]) // 2  # the dash got lost
        if found[0][:half] < found[0][half:] and found[0][0] == found[0][half]:
            found = [found[0][:half], found[0][half:]]
    if not found:
        return "", ""
    first, last = found[0].lstrip("0"), (found[1] if len(found) > 1 else "")
    if last.isdigit() and first.isdigit() and len(last) < len(first):
        last = first[: len(first) - len(last)] + last
    return first, last


def _arxiv(record: Record) -> str:
    """Return the arXiv id, from wherever it stands: its own field, DOI, links, venue."""
    spellings = [record.arxiv_id, record.doi, *record.identifiers, *(x.url for x in record.links)]
    if record.venue:
        spellings += _ARXIV_IN_VENUE.findall(record.venue[:200])
    return next((found for s in spellings if s and (found := arxiv_id(s))), "")


def _doi(record: Record) -> str:
    """Return the DOI; arXiv's own says no more than the id."""
    value = unquote(record.doi or "").lower().rstrip(".")
    return "" if value.startswith("10.48550/arxiv") else value


def _identifiers(record: Record) -> set[tuple[str, str]]:
    """Return the other ids, each in one spelling: that of an ACL paper is a part of its DOI."""
    found = set()
    for identifier in record.identifiers:
        kind, _, value = identifier.partition(":")
        if not (kind == "arxiv" and arxiv_id(value)):
            found |= {
                (kind.lower(), spelled) for spelled in _spellings(kind.lower(), value) if spelled
            }
    if acl := _ACL_DOI.fullmatch(_doi(record)):
        found.add(("acl", acl[1]))
    return found


def _spellings(kind: str, value: str) -> list[str]:
    """Return the values of an identifier as they are compared.

    >>> _spellings("isbn", "3-540-97903-4, 978-3-540-97903-1"), _spellings("pmcid", "PMC123")
    (['9783540979036', '9783540979031'], ['123'])
    >>> _spellings("openreview", "nZeVKee"), _spellings("acl", "P18-1001")
    (['nZeVKee'], ['p18-1001'])
    """
    value = value.strip()
    if kind == "isbn":
        return [_isbn13(found[0]) for found in _ISBN.finditer(value)]
    if kind in ("pmid", "pmcid", "pmc"):
        return [found[0].lstrip("0") for found in [_NUMBER.search(value)] if found]
    return [value if kind == "openreview" else value.lower()]  # there alone capitals count


def _isbn13(isbn: str) -> str:
    digits = isbn.replace("-", "").replace(" ", "").upper()
    if len(digits) == 13:
        return digits
    body = f"978{digits[:9]}"
    total = sum(int(d) * (3 if place % 2 else 1) for place, d in enumerate(body))
    return f"{body}{-total % 10}"
