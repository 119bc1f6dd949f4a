"""BibTeX's names of types and fields ↔ biblatex's; what has no sure counterpart stays as it is.

biblatex reads most of the old names (manual, §2.2.5), so an entry that stays is no loss there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from bibkit.fmt.draft import Draft
from bibkit.fmt.months import MACROS, month_macro

_TO_BIBLATEX = {
    "journal": "journaltitle", "address": "location", "annote": "annotation",
    "primaryclass": "eprintclass", "key": "sortkey", "school": "institution",
}  # fmt: skip
_TO_BIBTEX = {
    "journaltitle": "journal", "location": "address", "annotation": "annote",
    "eprintclass": "primaryclass", "sortkey": "key",
}  # fmt: skip
_WITH_TYPE = {"phdthesis": "phdthesis", "mastersthesis": "mathesis", "techreport": "techreport"}
"""BibTeX's type → what biblatex's `type` says of a `@thesis` or a `@report`."""
_NEW_TYPES = {
    "phdthesis": "thesis", "mastersthesis": "thesis", "techreport": "report",
    "conference": "inproceedings", "electronic": "online", "www": "online",
}  # fmt: skip
_OLD_TYPES = {
    "online": "misc", "electronic": "misc", "www": "misc", "software": "misc", "dataset": "misc",
    "patent": "misc", "collection": "book", "mvbook": "book", "mvcollection": "book",
    "mvproceedings": "proceedings", "reference": "book", "mvreference": "book",
    "inreference": "incollection", "suppcollection": "incollection", "suppperiodical": "article",
    "bookinbook": "incollection", "report": "techreport",
}  # fmt: skip
_THESES = {
    "phdthesis": "phdthesis", "phd thesis": "phdthesis", "ph.d. thesis": "phdthesis",
    "doctoral thesis": "phdthesis", "doctoral dissertation": "phdthesis",
    "mathesis": "mastersthesis", "master's thesis": "mastersthesis", "mscthesis": "mastersthesis",
    "master thesis": "mastersthesis",
}  # fmt: skip
_SAID_BY_THE_TYPE = frozenset({"phdthesis", "mathesis", "techreport"})
_ELSEWHERE = "howpublished publisher journal journaltitle booktitle organization".split()
_YEAR = re.compile(r"\d{4}")
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_DAY = re.compile(r"0?[1-9]|[12]\d|3[01]")


def to_biblatex(draft: Draft) -> Draft:
    """Write an entry with biblatex's own types and fields."""
    if draft.entry_type in _WITH_TYPE and "type" not in draft:
        draft = draft.with_text("type", _WITH_TYPE[draft.entry_type])
    draft = _as_online(_typed(draft, _NEW_TYPES))
    for old, new in _TO_BIBLATEX.items():
        draft = draft.renamed(old, new)
    return _with_date(_with_eprint_type(draft))


def to_bibtex(draft: Draft) -> Draft:
    """Write an entry with the types and fields of the classic styles."""
    kind = draft.entry_type
    if kind == "thesis":
        draft = _as_thesis(draft)
    elif kind == "inbook" and "booktitle" in draft:
        draft = draft.typed("incollection")  # BibTeX's own @inbook has the book's title as `title`
    if kind in ("thesis", "phdthesis", "mastersthesis"):
        draft = draft.renamed("institution", "school")
    if draft.text("type") in _SAID_BY_THE_TYPE and kind == "report":
        draft = draft.without("type")
    draft = _typed(draft, _OLD_TYPES)
    for old, new in _TO_BIBTEX.items():
        draft = draft.renamed(old, new)
    if (draft.text("eprinttype") or "").lower() == "arxiv" and "archiveprefix" not in draft:
        draft = draft.with_text("archiveprefix", "arXiv")
    return _with_year(draft)


def _typed(draft: Draft, types: Mapping[str, str]) -> Draft:
    new = types.get(draft.entry_type)
    return draft.typed(new) if new else draft


def _as_online(draft: Draft) -> Draft:
    """Make `@online` of what was published nowhere else."""
    if draft.entry_type != "misc" or any(name in draft for name in _ELSEWHERE):
        return draft
    return draft.typed("online") if "eprint" in draft or "url" in draft else draft


def _as_thesis(draft: Draft) -> Draft:
    written = draft.text("type") or ""
    kind = _THESES.get(written.lower())
    if kind is None:
        return draft
    draft = draft.typed(kind)
    return draft.without("type") if written in _SAID_BY_THE_TYPE else draft


def _with_eprint_type(draft: Draft) -> Draft:
    prefix = draft.text("archiveprefix")
    if prefix is None:
        return draft
    if "eprinttype" in draft:
        same = (draft.text("eprinttype") or "").lower() == prefix.lower()
        return draft.without("archiveprefix") if same else draft
    draft = draft.renamed("archiveprefix", "eprinttype")
    return draft.with_text("eprinttype", "arxiv") if prefix.lower() == "arxiv" else draft


def _with_date(draft: Draft) -> Draft:
    """Join year, month and day in `date`, if all that is there can be."""
    year = draft.text("year")
    if year is None or "date" in draft or not _YEAR.fullmatch(year.strip()):
        return draft
    date, gone = year.strip(), []
    if "month" in draft:
        raw = draft.raw("month") or ""
        defined = raw.lower() in draft.context.macros
        macro = month_macro(raw if draft.text("month") is None else draft.text("month") or "")
        if macro is None or defined:
            return draft
        date, gone = f"{date}-{MACROS.index(macro) + 1:02d}", ["month"]
        day = draft.text("day")
        if day and _DAY.fullmatch(day.strip()):
            date, gone = f"{date}-{int(day):02d}", ["month", "day"]
    return draft.renamed("year", "date").with_raw("date", f"{{{date}}}").without(*gone)


def _with_year(draft: Draft) -> Draft:
    """Write a date as year, month and day; a span of time stays."""
    found = _DATE.fullmatch((draft.text("date") or "").strip())
    if not found or any(name in draft for name in ("year", "month", "day")):
        return draft
    year, month, day = found.groups()
    if month and not 1 <= int(month) <= len(MACROS):
        return draft
    draft = draft.renamed("date", "year").with_raw("year", f"{{{year}}}")
    if month:
        draft = draft.with_raw("month", MACROS[int(month) - 1])
    return draft.with_raw("day", f"{{{int(day)}}}") if day else draft
