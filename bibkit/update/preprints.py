"""The entries of a .bib that are preprints, as records to look up; all others are left alone.

What arXiv, DBLP, Google Scholar, Semantic Scholar, ADS and Zotero write where a journal would stand
is a placeholder; whatever else stands there is the user's word, and the entry no preprint.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bibkit.bibfile import BibFile, FileEntry, fixed_places, identify
from bibkit.record import Record
from bibkit.text.identifiers import arxiv_id
from bibkit.text.latex import decode
from bibkit.text.names import parse_name

_TYPES = frozenset(
    "misc article online electronic www unpublished preprint techreport report".split()
)
_VENUES = (
    "journal journaltitle booktitle maintitle school crossref xdata chapter volumes issuetitle"
).split()
"""Fields that say where something was published; `publisher` and the like do not."""
_PLACEHOLDER_FIELDS = (
    "journal journaltitle booktitle volume number pages eid publisher institution howpublished"
).split()
_WORDS = frozenset(
    "arxiv corr abs preprint preprints eprint eprints e print prints available online at on as in "
    "from the via published repository computing research cornell university url href pdf http "
    "https www org doi number no vol volume version id identifier".split()
)
_CATEGORY = re.compile(
    r"\[?\b(?:cs|math|stat|eess|q-bio|q-fin|econ|physics|quant-ph|astro-ph|cond-mat|nlin|hep-\w+"
    r"|gr-qc|math-ph|nucl-\w+)(?:\.[A-Za-z]{2}(?:-[a-z]+)?)?\b(?!/)\]?"
)
_PIECE = re.compile(r"[\s(),;<>\"“”]+")
_BREAK = re.compile(r"[{}\\~]")
_LONGEST = 200
"""Characters; no placeholder is longer."""
_SCHOLAR_PAGES = re.compile(r"arxiv\s*[-–—:]+\s*\d{4}(?:\.\d{0,5})?", re.IGNORECASE)
"""`arXiv--2402`: Google Scholar's pages."""
_BRACE_OR_AND = re.compile(r"[{}]|\s+and\s+", re.IGNORECASE)
_OTHERS = frozenset({"others", "et al", "et al."})
_YEAR = re.compile(r"(?<!\d)[12]\d{3}(?!\d)")


@dataclass(frozen=True, slots=True)
class Preprint:
    """An entry that nobody has said to be published."""

    index: int
    """In `BibFile.entries`."""
    entry: FileEntry
    record: Record
    """What is looked up; `year` is that of the first version where the arXiv id tells."""


def preprints(bib: BibFile) -> list[Preprint]:
    """Return the preprints of a file, in order; broken and commented entries are none."""
    fixed = fixed_places(bib)
    return [
        Preprint(index, entry, _record(entry, f"{bib.origin}:{entry.line}"))
        for index, (entry, block) in enumerate(zip(bib.entries, bib.entry_blocks, strict=True))
        if block.kind == "entry" and index not in fixed and is_preprint(entry)
    ]


def is_preprint(entry: FileEntry) -> bool:
    """Tell whether an entry is a preprint on arXiv, and says nothing of any other place.

    >>> is_preprint(FileEntry("k", "article", {"title": "T", "journal": "CoRR"}, 1))
    True
    >>> fields = {"title": "T", "eprint": "2402.12345", "journal": "Nature"}
    >>> is_preprint(FileEntry("k", "article", fields, 1))
    False
    """
    fields = entry.fields
    if entry.entry_type not in _TYPES or not fields.get("title", "").strip():
        return False
    if any(fields.get(n, "").strip() and not is_placeholder(fields[n]) for n in _VENUES):
        return False
    if fields.get("type", "") and "thesis" in fields["type"].lower():
        return False
    on_arxiv = any(is_placeholder(fields.get(name, "")) for name in ("publisher", *_VENUES))
    return on_arxiv or identify(fields).arxiv_id is not None


def is_placeholder(value: str) -> bool:
    r"""Tell whether a value says no more than "on arXiv".

    >>> [is_placeholder(v) for v in ("arXiv preprint arXiv:2402.12345v2 [cs.CL]", "{CoRR}",
    ...                              "abs/2402.12345", "arXiv--2402", "ArXiv e-prints")]
    [True, True, True, True, True]
    >>> [is_placeholder(v) for v in ("Nature", "", "arXiv Workshop 2024", "preprint", "12")]
    [False, False, False, False, False]
    """
    if not value.strip() or len(value) > _LONGEST:
        return False
    text = _BREAK.sub(" ", value)
    if _SCHOLAR_PAGES.fullmatch(text.strip()):
        return True
    pieces = [piece.strip(".:'[]") for piece in _PIECE.split(_CATEGORY.sub(" ", text))]
    ids = [piece for piece in pieces if arxiv_id(piece.removeprefix("abs/"))]
    words = [
        word for piece in pieces if piece not in ids for word in re.split(r"[:/.-]+", piece.lower())
    ]
    return bool(ids or {"arxiv", "corr"} & set(words)) and all(
        not word or word in _WORDS for word in words
    )


def placeholders(fields: Mapping[str, str]) -> tuple[str, ...]:
    """Return the fields of a preprint that say no more than "on arXiv"."""
    return tuple(name for name in _PLACEHOLDER_FIELDS if is_placeholder(fields.get(name, "")))


def first_year(identifier: str) -> int:
    """Return the year in which an arXiv id was given.

    >>> first_year("hep-th/9901001"), first_year("1706.03762")
    (1999, 2017)
    """
    number = int(identifier.rsplit("/", 1)[-1][:2])
    return 1900 + number if number > 90 else 2000 + number


def year_of(fields: Mapping[str, str]) -> int | None:
    """Return the year that an entry gives."""
    found = _YEAR.search(fields.get("year", "") or fields.get("date", ""))
    return int(found[0]) if found else None


def _record(entry: FileEntry, origin: str) -> Record:
    identity = identify(entry.fields)
    title = entry.fields["title"]
    if subtitle := entry.fields.get("subtitle", ""):
        title = f"{title}: {subtitle}"
    names = [name.strip() for name in _names(entry.fields.get("author", ""))]
    authors = tuple(
        author
        for name in names
        if name.strip("{}").lower() not in _OTHERS and (author := parse_name(name)).family
    )
    return Record(
        origin=origin,
        title=decode(title),
        authors=authors,
        authors_count=len(authors) if authors and len(authors) == len(names) else None,
        arxiv_id=identity.arxiv_id,
        doi=identity.doi,
        year=first_year(identity.arxiv_id) if identity.arxiv_id else year_of(entry.fields),
    )


def _names(value: str) -> Iterator[str]:
    """Yield the names of a list, split at each `and` outside braces."""
    depth, start = 0, 0
    for found in _BRACE_OR_AND.finditer(value):
        if found[0] in "{}":
            depth += 1 if found[0] == "{" else -1
        elif depth <= 0:
            yield value[start : found.start()]
            start = found.end()
    if value[start:].strip():
        yield value[start:]
