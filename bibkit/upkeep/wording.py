"""Entries as the sources know them now → the fields that bibkit would write for them in OUT.

Written as bibkit wrote each entry before (flavour, style, with or without abstract), and read back:
only so can they be compared with what it wrote then, and with what stands there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bibkit.bibfile import FileEntry, read_bib
from bibkit.bibfile.encoding import tex_ascii
from bibkit.emit import ArxivStyle, WriteOptions, writer
from bibkit.errors import OutputError
from bibkit.record import Entry
from bibkit.sync.lock import LockedEntry

_BIBLATEX = frozenset("date journaltitle eprintclass sortkey".split())
_FROM_MODERN = {"journaltitle": "journal", "eprintclass": "primaryclass"}


def worded(entries: Sequence[tuple[Entry, LockedEntry]], options: WriteOptions) -> list[FileEntry]:
    """Return for each entry what bibkit would write now, as OUT's readers would see it."""
    groups: defaultdict[tuple[str, WriteOptions], list[int]] = defaultdict(list)
    for place, (_, base) in enumerate(entries):
        groups[_manner(base, options)].append(place)
    found: dict[int, FileEntry] = {}
    for (format_, manner), places in groups.items():
        # Whatever the users call their entries, the writer takes these keys.
        named = [replace(entries[p][0], citation_key=f"k{p}") for p in places]
        text = writer(format_)(named, options=manner)
        read = read_bib(text.encode(), origin="")
        if [entry.key for entry in read.entries] != [entry.citation_key for entry in named]:
            raise OutputError("what the sources say cannot be written", code="unsafe-entry")
        found.update(zip(places, read.entries, strict=True))
    return [found[place] for place in range(len(entries))]


def _manner(base: LockedEntry, options: WriteOptions) -> tuple[str, WriteOptions]:
    """Return format and options with which bibkit wrote an entry."""
    fields = base.fields
    style: ArxivStyle = "misc"
    if fields.get("journal", "").startswith("arXiv preprint arXiv:"):
        style = "article"
    elif fields.get("howpublished", "").startswith("arXiv preprint arXiv:"):
        style = "howpublished"
    modern = base.entry_type == "online" or not _BIBLATEX.isdisjoint(fields)
    # An abstract that was known and not written was not wanted.
    abstract = "abstract" in fields or "abstract" not in base.sources
    return "biblatex" if modern else "bibtex", replace(
        options, arxiv_style=style, abstract=abstract and options.abstract
    )


def in_ascii(said: FileEntry, *, origin: str) -> FileEntry:
    """Return an entry as it is written into a file whose code is not really known."""

    def spelled(value: str) -> str:
        try:
            return tex_ascii(value, origin=origin)
        except OutputError:  # then it cannot be written, and that is told where it is tried
            return value

    fields = {name: spelled(value) for name, value in said.fields.items()}
    return replace(said, fields=fields)


def in_names_of(there: Mapping[str, str], fields: Mapping[str, str]) -> dict[str, str]:
    """Return fields under the names that an entry uses: BibTeX's or biblatex's.

    >>> in_names_of({"date": "2024", "journaltitle": "J"}, {"year": "2025", "month": "mar"})
    {'date': '2025-03'}
    >>> in_names_of({"year": "2024"}, {"date": "2025-03", "journaltitle": "J"})
    {'journaltitle': 'J', 'year': '2025', 'month': 'mar'}
    """
    named = dict(fields)
    for modern, classic in _FROM_MODERN.items():
        for name, other in ((modern, classic), (classic, modern)):
            if name in named and name not in there and other in there and other not in named:
                named[other] = named.pop(name)
    if "date" in there and "year" not in there and "year" in named and "date" not in named:
        year, month = named.pop("year"), named.pop("month", "")
        named["date"] = f"{year}-{_MONTHS.index(month) + 1:02d}" if month in _MONTHS else year
    elif "year" in there and "date" not in there and "date" in named and "year" not in named:
        year, month, *_ = [*named.pop("date").split("-"), ""]
        named["year"] = year
        if month.isdecimal() and 1 <= int(month) <= len(_MONTHS):
            named["month"] = _MONTHS[int(month) - 1]
    return named


_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
