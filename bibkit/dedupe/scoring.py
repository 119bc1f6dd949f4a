"""Two records → one paper, two, or unsure: score, and the evidence in words.

No sum of weights: each rule says what a librarian would say, and each number what it was chosen on
(docs/dedupe.md). What a record does not say speaks neither for nor against.
"""

from __future__ import annotations

from typing import Any, Literal

from bibkit.dedupe.author_match import AuthorMatch, match_authors
from bibkit.dedupe.features import Features
from bibkit.dedupe.match import Match
from bibkit.dedupe.place_match import PlaceMatch, match_places
from bibkit.dedupe.title_match import TitleMatch, match_titles
from bibkit.text.identifiers import is_preprint_doi
from bibkit.text.similarity import sketch_similarity

_Verdict = Literal["same", "fragile", "different", "unsure"]


_DOUBTFUL = frozenset({"words differ", "authors differ"})
"""Reasons that show no difference, only too little likeness."""
_OTHER = Match("different", 0.0, ("titles differ",))


def compare(a: Features, b: Features) -> Match:
    """Decide whether two records are one paper; symmetric."""
    if b.key < a.key or (a.key == b.key and _says(b) < _says(a)):
        a, b = b, a
    title = match_titles(a, b)
    if title.grade == "other" and not _linked(a, b):
        return _OTHER
    authors = match_authors(a, b)
    place = match_places(a, b)
    abstract = sketch_similarity(a.sketch, b.sketch) if a.sketch and b.sketch else None
    verdict, reason = _decide(a, b, title, authors, place, abstract)
    slip = place.slip and not reason and (abstract or 0) < 0.5
    return Match(
        "same" if verdict == "fragile" else verdict,
        _score(title, authors, place, abstract),
        _evidence(reason, title, authors, place, abstract),
        fragile=verdict == "fragile",
        weak=slip or _is_weak(title, place),
        veto=verdict != "same" and bool(_clash(a, b)),
        doubtful=slip if verdict == "same" else reason in _DOUBTFUL,
    )


def _says(f: Features) -> tuple[Any, ...]:
    ids = (f.doi, f.arxiv, f.identifiers)
    place = (f.venue, f.volume, f.number, f.first_page, f.last_page)
    return f.title, f.families, f.initials, f.year or 0, place, ids


def _is_weak(title: TitleMatch, place: PlaceMatch) -> bool:
    """Tell whether a pair rests on titles of which each may be a paper's own."""
    reworded = title.grade in ("inserted", "similar") and title.score < 0.8
    return (reworded or title.grade in ("reordered", "continued")) and place.grade != "same"


def _linked(a: Features, b: Features) -> bool:
    """Tell whether two records of other titles may still be one paper."""
    return bool(
        (a.doi and a.doi == b.doi)
        or (a.arxiv and a.arxiv == b.arxiv)
        or (a.identifiers and not set(a.identifiers).isdisjoint(b.identifiers))
        or (a.first_page and a.first_page == b.first_page and a.volume == b.volume)
        or (a.sketch and b.sketch)
    )


def _decide(
    a: Features,
    b: Features,
    title: TitleMatch,
    authors: AuthorMatch,
    place: PlaceMatch,
    abstract: float | None,
) -> tuple[_Verdict, str]:
    if identity := _identity(a, b, title, place):
        return identity
    if title.veto and not _overruled(title, authors, place):
        return "different", title.veto
    if clash := _clash(a, b):
        one_place = title.grade in ("exact", "misspelt") and place.grade == "same"
        return ("unsure" if one_place else "different"), clash
    alike = abstract is not None and abstract >= 0.5 and title.grade not in ("other", "silent")
    if alike and place.grade != "differ":
        return "same", ""
    if place.grade == "same":
        return _in_one_place(a, b, title, authors, place)
    if place.grade == "differ":
        close = title.grade in ("exact", "misspelt")
        if place.homeless and close and authors.all_found and a.length > 3:
            return "same", "one year apart, and neither names a venue"
        named = authors.all_found and (authors.found > 1 or authors.whole)
        if place.vague and named and (close or title.grade == "longer") and a.length > 3:
            return "same", "a citation that says little of its place"
        twice = place.moved and title.grade == "exact" and authors.nearly_whole and not a.generic
        return ("same", "two places in one volume") if twice else ("different", place.reason)
    return _by_text(a, b, title, authors, place, abstract)


def _overruled(title: TitleMatch, authors: AuthorMatch, place: PlaceMatch) -> bool:
    """Tell whether a number that one title lacks was merely left out, or misread."""
    if place.grade == "same":
        return title.mild and authors.grade != "none"  # a letter and its reply share a page
    nearly = title.grade == "misspelt" or (title.grade == "inserted" and title.score >= 0.97)
    return title.mild and nearly and place.grade == "agree" and place.gap != 1


def _identity(
    a: Features, b: Features, title: TitleMatch, place: PlaceMatch
) -> tuple[_Verdict, str] | None:
    """One id is one paper, unless the titles are worlds apart: then somebody erred."""
    shared = ""
    if a.arxiv and a.arxiv == b.arxiv:
        shared = f"arXiv {a.arxiv}"
    elif a.doi and a.doi == b.doi:
        shared = f"DOI {a.doi}"
    elif common := set(a.identifiers) & set(b.identifiers):
        kind, value = min(common)
        shared = f"{kind} {value}"
        if {name for name, _ in common} == {"isbn"} and (place.gap or 0) > 1:
            return "unsure", f"{shared}, but years apart: another printing or edition"
    if not shared:
        return None
    if title.grade == "other" or (title.veto and not title.mild):
        return "unsure", f"conflict: {shared}, but the titles differ"
    if place.grade == "differ" and place.venue == "different" and a.first_page != b.first_page:
        return "unsure", f"conflict: {shared}, but {place.reason}"
    return "same", shared


def _clash(a: Features, b: Features) -> str:
    """Return the ids of one kind that differ."""
    if a.arxiv and b.arxiv and a.arxiv != b.arxiv:
        return f"arXiv ids differ: {a.arxiv} / {b.arxiv}"
    of_preprints = is_preprint_doi(a.doi), is_preprint_doi(b.doi)
    if a.doi and b.doi and a.doi != b.doi and of_preprints in ((True, True), (False, False)):
        return f"DOIs differ: {a.doi} / {b.doi}"
    if not a.identifiers or not b.identifiers:
        return ""
    for kind in sorted({k for k, _ in a.identifiers} & {k for k, _ in b.identifiers}):
        ours, theirs = ({v for k, v in f.identifiers if k == kind} for f in (a, b))
        if ours.isdisjoint(theirs):
            return f"{kind} ids differ: {min(ours)} / {min(theirs)}"
    return ""


def _in_one_place(
    a: Features, b: Features, title: TitleMatch, authors: AuthorMatch, place: PlaceMatch
) -> tuple[_Verdict, str]:
    """Decide about two records of one volume and page: the title has little left to prove."""
    short = title.grade == "misspelt" and min(a.length, b.length) < 4 and title.score < 0.9
    if short and authors.grade == "silent":
        return "unsure", "short titles of one page"
    if title.grade in ("exact", "misspelt", "reordered", "longer", "cut", "continued", "inserted"):
        return (
            ("same", "")
            if authors.grade != "none" or not a.generic
            else ("unsure", "generic title")
        )
    if title.grade == "similar" and title.score >= 0.8 and authors.grade != "none":
        return "same", ""
    if authors.grade == "agree":
        # nobody else fills these pages: one article, its title translated or shortened
        filled = a.last_page == b.last_page and a.last_page not in ("", a.first_page)
        issues = {a.number, b.number} - {""}
        filled = filled and (len(issues) < 2 or authors.found > 1 or title.grade != "other")
        known = authors.counts[0] > 1 or (place.venue == "same" and a.volume and place.gap == 0)
        whole = authors.whole and known and title.grade != "silent"
        return (
            ("same", "") if filled and whole else ("unsure", "one place and authors, another title")
        )
    return "different", "titles differ"


def _by_text(
    a: Features,
    b: Features,
    title: TitleMatch,
    authors: AuthorMatch,
    place: PlaceMatch,
    abstract: float | None,
) -> tuple[_Verdict, str]:
    """Decide by title and authors where the place does not speak, or not loudly."""
    if title.grade in ("other", "silent"):
        return "different", "titles differ"
    if a.generic or b.generic:
        near = title.grade in ("exact", "longer", "cut", "continued") and place.grade == "agree"
        if near and authors.grade == "agree" and place.gap == 0 and not place.other_page:
            return "fragile", "a title that names no paper, but the only one"
        return "unsure", "a title that names no paper"
    if a.related and authors.grade == "none":
        return "different", "several people comment on one paper"
    words = min(a.length, b.length)
    if title.grade in ("exact", "misspelt"):
        days = abs(a.day - b.day) if a.day and b.day else 0
        doubt = _doubt(words, title, authors, place)
        return ("unsure", doubt) if doubt else _by_full_title(words, days, authors, place, abstract)
    if place.gap == 1:
        return "unsure", f"another title and year: {a.year} / {b.year}"
    if authors.grade == "agree":
        return _by_part_of_title(words, title, authors, place)
    agree = place.grade == "agree"
    if title.grade == "longer" and (agree or title.score >= 0.9) and words >= 4:
        return ("same", "") if authors.grade in ("some", "silent") else ("unsure", "authors differ")
    telling = authors.grade == "silent" and place.gap == 0 and words >= 7
    if telling and title.grade in ("longer", "cut"):
        return "same", "the beginning of a long title, and one year"
    part = title.grade in ("longer", "cut", "continued") and title.score >= 0.9
    if part and words >= 7 and authors.grade == "silent" and (abstract is None or abstract >= 0.2):
        return "same", "nearly the whole of a long title, and no authors"
    cut = title.grade in ("longer", "cut", "continued") and words >= 5
    if cut and authors.grade == "some" and place.gap is None:
        return "same", "part of a long title, and a torn list of authors"
    torn = authors.grade == "some" or (agree and authors.grade == "none")
    return ("unsure" if torn and title.score >= 0.8 else "different"), "authors differ"


def _doubt(words: int, title: TitleMatch, authors: AuthorMatch, place: PlaceMatch) -> str:
    """Return why one title may still be that of two papers."""
    slip = words >= 7 and title.score >= 0.97 and place.grade == "agree"
    if title.grade == "misspelt" and authors.grade == "none" and not slip:
        return "another word in the title, and other authors"
    if title.grade == "misspelt" and authors.grade == "silent" and words < 5:
        return "another word in a short title, and no authors"
    if words < 6 and place.other_page and min(authors.counts) < 2:
        return "a short title, and another page"  # a column has one title in every issue
    return ""


def _by_full_title(
    words: int, days: int, authors: AuthorMatch, place: PlaceMatch, abstract: float | None
) -> tuple[_Verdict, str]:
    """Decide about two records of one title."""
    agree = place.grade == "agree"
    if authors.grade == "agree":
        return "same", ""
    if authors.grade == "some":
        few = min(authors.counts)
        enough = words >= 4 and (few < 7 or 2 * authors.found > few)
        return ("same", "") if agree or enough else ("unsure", "few authors agree")
    if abstract is not None and abstract < 0.2:
        return "different", "abstracts differ"
    if authors.grade == "silent":
        if days > 31:
            return "unsure", f"no authors, and {days} days apart"
        return ("same", "") if words >= 5 or agree else ("unsure", "a short title and no authors")
    if words >= (4 if agree else 7) and place.gap != 1:
        return "same", ""  # nobody else has this title: the list of authors is damaged
    return ("unsure" if agree else "different"), "authors differ"


def _by_part_of_title(
    words: int, title: TitleMatch, authors: AuthorMatch, place: PlaceMatch
) -> tuple[_Verdict, str]:
    """Decide about records of the same authors whose titles have most words in common."""
    agree = place.grade == "agree"
    if title.grade == "longer":
        if words >= 3 or agree:
            return "same", ""
        return "unsure", "a short title inside a longer one"
    if title.grade == "reordered" and words >= 4:
        return "same", ""
    if title.grade == "cut" and words >= 4:
        if agree or place.gap is None or place.sided or title.score >= 0.92:
            return "same", ""
        return "unsure", "one title goes on after the end of the other"
    if place.other_page:
        return "unsure", "other words and another page"
    added = title.grade == "continued" and words < 5 and title.score < 0.85
    if added and place.gap is not None:
        return "unsure", "other words before a short title"
    if title.grade != "similar" and title.score >= (0.7 if agree else 0.9):
        return "same", ""
    named = authors.all_found and (authors.found > 1 or authors.whole)
    if named and place.gap is None and words >= 5 and title.score >= 0.85:
        return "same", "a citation that says no year"
    all_known = place.gap == 0 and authors.all_found and authors.found > 1
    if agree and title.score >= (0.75 if all_known else 0.8):
        return "same", ""
    return ("unsure" if title.score >= 0.8 else "different"), "words differ"


def _score(
    title: TitleMatch, authors: AuthorMatch, place: PlaceMatch, abstract: float | None
) -> float:
    by = {"agree": 1.0, "some": 0.6, "silent": 0.5, "none": 0.0}[authors.grade]
    where = {"same": 1.0, "agree": 0.7, "silent": 0.5, "differ": 0.0}[place.grade]
    where += 0.1 * (place.gap == 0 and where < 1)  # what is known to agree goes before silence
    text = 0.5 if abstract is None else abstract
    return round(0.55 * title.score + 0.2 * by + 0.2 * where + 0.05 * text, 3)


def _evidence(
    reason: str, title: TitleMatch, authors: AuthorMatch, place: PlaceMatch, abstract: float | None
) -> tuple[str, ...]:
    said = [reason] if reason else []
    said.append(f"title: {title.grade}" + ("" if title.grade == "exact" else f" {title.score:.2f}"))
    if authors.grade != "silent":
        said.append(f"authors: {authors.found} of {authors.counts[0]} / {authors.counts[1]}")
    if place.reason and place.reason != reason:
        said.append(place.reason)
    if abstract is not None:
        said.append(f"abstract: {abstract:.2f}")
    return tuple(said)
