"""Whether two records stand in one place: year, venue, volume, pages.

A paper at a conference and its longer version in a journal have one title and are two papers, so
a place that is known to differ speaks against a pair; a place that is not known says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bibkit.dedupe.features import Features
from bibkit.text.identifiers import is_preprint_doi
from bibkit.text.venues import UNPUBLISHED, Relation, read_venue, same_venue

Grade = Literal["same", "agree", "silent", "differ"]


@dataclass(frozen=True, slots=True)
class PlaceMatch:
    """What two records say about where they appeared."""

    grade: Grade
    """same: one volume and page; agree: one venue and year; differ: another version."""
    reason: str
    gap: int | None
    """Years between them; None when one does not say."""
    venue: Relation
    homeless: bool = False
    """True when it differs by one year, and neither has a venue: books, theses, preprints."""
    other_page: bool = False
    """True when both name a first page, and another one, not one mistyped."""
    moved: bool = False
    """True when it differs by nothing but the page: the volume is the same."""
    sided: bool = False
    """True when one record says where it appeared and the other does not."""
    slip: bool = False
    """True when it is silent only if a year is: one off, in a record that names no place."""
    vague: bool = False
    """True when one citation says too little for its venue to count against it: no year, volume or
    page, and not a journal where the other has a conference."""


def match_places(a: Features, b: Features) -> PlaceMatch:
    """Compare where two records appeared."""
    gap = abs(a.year - b.year) if a.year and b.year else None
    venue = _venues(a, b)
    ahead = max(_years_ahead(a) or 0, _years_ahead(b) or 0)
    if ahead and a.venue != b.venue:
        return _of_preprint(a, b, gap, ahead)
    if gap == 1 and (_is_early(a, b) or _is_early(b, a)):
        return PlaceMatch("silent", f"years: {a.year} / {b.year}", gap, "silent", slip=True)
    volume = _equal(a.volume, b.volume)
    issue = _equal(a.number, b.number)
    if reason := _other_issue(a, b, gap, volume, issue):
        return PlaceMatch("differ", reason, gap, venue, other_page=a.first_page != b.first_page)
    first = _equal(a.first_page, b.first_page)
    last = _equal(a.last_page, b.last_page)
    near = gap is None or gap <= 1
    if first and near and (volume or (last and venue != "different")):
        return PlaceMatch("same", _where(a, b, volume=bool(volume)), gap, venue)
    if first and last and volume and venue == "same":
        return PlaceMatch("same", f"{_where(a, b, volume=True)}; a year mistyped", gap, venue)
    if first and near and volume is None and venue in ("same", "alike"):
        return PlaceMatch("same", f"first page {a.first_page} in one venue", gap, venue)
    if first and last and near and volume is None and a.first_page != a.last_page:
        return PlaceMatch("same", _where(a, b, volume=False), gap, venue)
    if near and venue == "same" and (_shifted(a, b) or _shifted(b, a)):
        return PlaceMatch("same", f"volume {a.volume or b.volume}, columns shifted", gap, venue)
    other_page = first is False and not _near(a.first_page, b.first_page)
    reason = _difference(a, b, gap, venue, volume, first)
    if reason:
        moved = bool(volume) and venue == "same" and gap == 0
        homeless = gap == 1 and _is_homeless(a) and _is_homeless(b)
        vague = _is_vague(a, b) or _is_vague(b, a)
        return PlaceMatch(
            "differ", reason, gap, venue, homeless, other_page, moved=moved, vague=vague
        )
    if near and (venue == "same" or (volume and venue == "alike")):
        return PlaceMatch(
            "agree",
            "venue" + (f" and year {a.year}" if gap == 0 else ""),
            gap,
            venue,
            other_page=other_page,
        )
    sided = _is_homeless(a) != _is_homeless(b)
    return PlaceMatch("silent", f"year {a.year}" if gap == 0 else "", gap, venue, sided=sided)


def _venues(a: Features, b: Features) -> Relation:
    """Compare the venues; a torn reference has anything in the place of its own."""
    if not (a.venue and b.venue):
        return "silent"
    venue = "same" if a.venue == b.venue else same_venue(*sorted((a.venue, b.venue)))
    return "silent" if venue == "different" and not (_is_sure(a) and _is_sure(b)) else venue


def _years_ahead(f: Features) -> int | None:
    """Return how many years before its publication a record may be; None for a published one."""
    kind = read_venue(f.venue).kind if f.venue else ""
    if kind == "preprint" or (f.arxiv and not f.venue) or is_preprint_doi(f.doi):
        return 3
    return 1 if kind in UNPUBLISHED else None


def _is_sure(f: Features) -> bool:
    """Tell whether the venue is one: it says what it is, or has a volume or pages."""
    return bool(f.volume or f.first_page or read_venue(f.venue).kind)


def _of_preprint(a: Features, b: Features, gap: int | None, years: int) -> PlaceMatch:
    """Compare with a preprint or a report, which is printed elsewhere, and some years later."""
    if gap is not None and gap > years:
        return PlaceMatch("differ", f"years: {a.year} / {b.year}", gap, "silent")
    return PlaceMatch("silent", "before publication", gap, "silent")


def _is_early(f: Features, other: Features) -> bool:
    """Tell whether a record that names no place may be what was handed round before it appeared."""
    return _is_homeless(f) and not _is_homeless(other) and (f.year or 0) < (other.year or 0)


def _is_homeless(f: Features) -> bool:
    nowhere = not f.venue or read_venue(f.venue).kind == "thesis"
    return nowhere and not (f.volume or f.first_page)


def _is_vague(f: Features, other: Features) -> bool:
    """Tell whether a citation is so short that its venue may be a slip.

    One paper is not read at two conferences under one title; but it is printed in a journal later.
    """
    if f.year or f.volume or f.first_page:
        return False
    return {read_venue(f.venue).kind, read_venue(other.venue).kind} != {"journal", "conference"}


def _shifted(a: Features, b: Features) -> bool:
    """Tell whether volume and issue of `b` stand in the columns of issue and page in `a`."""
    return bool(b.volume and b.number) and (a.volume, a.number, a.first_page) == (
        "",
        b.volume,
        b.number,
    )


def _difference(
    a: Features,
    b: Features,
    gap: int | None,
    venue: Relation,
    volume: bool | None,
    first: bool | None,
) -> str:
    """Return what shows that these are two publications, or nothing."""
    if volume is False and first is False:
        return f"volumes {a.volume} / {b.volume}, pages {a.first_page} / {b.first_page}"
    if venue == "different" and not (volume and first is not False):
        return f"venues: {a.venue} / {b.venue}"
    if gap is not None and gap > 1:
        return f"years: {a.year} / {b.year}"
    if gap == 1 and (volume is False or venue != "same"):
        return f"years: {a.year} / {b.year}"
    if first is False and not _near(a.first_page, b.first_page):
        number = _equal(a.number, b.number)
        if not volume or number is False:
            return f"pages {a.first_page} / {b.first_page}"
    return ""


def _other_issue(
    a: Features, b: Features, gap: int | None, volume: bool | None, issue: bool | None
) -> str:
    """Return what shows that these are two issues: a column has one title, and often one page.

    A number alone may be mistyped; one that differs together with the year, or the page, is not.
    """
    if gap == 1 and volume is False:
        return f"volumes {a.volume} ({a.year}) / {b.volume} ({b.year})"
    if gap == 1 and volume is None and issue is False:
        return f"issues {a.number} ({a.year}) / {b.number} ({b.year})"
    writers = min(len(a.families), len(b.families))
    other_page = _equal(a.first_page, b.first_page) is False
    if volume and issue is False and (writers == 0 or (writers == 1 and other_page)):
        return f"issues {a.number} / {b.number} of volume {a.volume}"
    return ""


def _near(x: str, y: str) -> bool:
    """Tell whether two page numbers may be one mistyped: 149 / 148, 2231 / 231."""
    if x.isdigit() and y.isdigit() and abs(int(x) - int(y)) <= 2:
        return True
    return len(x) != len(y) and (
        x.endswith(y) or y.endswith(x) or x.startswith(y) or y.startswith(x)
    )


def _equal(x: str, y: str) -> bool | None:
    return x == y if x and y else None


def _where(a: Features, b: Features, *, volume: bool) -> str:
    pages = (
        f"page {a.first_page}"
        if a.last_page != b.last_page
        else f"pages {a.first_page}-{a.last_page}"
    )
    return f"volume {a.volume}, {pages}" if volume else pages
