"""Entries → BibLaTeX for biber: `@online`, `date`, `eprintclass`, names in UTF-8."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bibkit.emit.bib_fields import (
    as_shown,
    divided,
    encoded,
    people,
    renamed,
    told_type,
    unrepeated,
)
from bibkit.emit.fields import (
    Field,
    author_list,
    braced,
    layout,
    shared_fields,
    title_of,
    verbatim,
)
from bibkit.emit.further import further_fields
from bibkit.emit.kinds import BIBLATEX_TYPE, INSTITUTIONAL, format_type
from bibkit.emit.options import WriteOptions
from bibkit.emit.plain import iso_date
from bibkit.record import Entry
from bibkit.text.latex import encode
from bibkit.text.tex_ascii import in_ascii

_NAMES = {"journal": "journaltitle", "address": "location", "annote": "annotation"}
"""BibTeX's name → BibLaTeX's."""


def write(entries: Sequence[Entry], *, options: WriteOptions = WriteOptions()) -> str:  # noqa: B008 - frozen
    """Return the entries as BibLaTeX, a blank line between them."""
    text = "\n".join(_entry(entry, options) for entry in entries)
    return in_ascii(text) if options.ascii else text


def _entry(entry: Entry, options: WriteOptions) -> str:
    authors = author_list(entry.authors, encode)
    shown = as_shown(entry, authors)
    further = encoded(_spelled(shown))
    place, others = divided(further)
    fields = [
        ("title", braced(title_of(entry))),
        *people(shown, authors, encode, sorting="sortkey"),
        *place,
        *_date(entry, dict(further)),
        *_eprint(entry),
        *shared_fields(entry, options),
        *others,
    ]
    kind = format_type(shown, "biblatex")
    if shown.entry_type == "preprint":
        kind = "online" if _is_online(fields) else "misc"
    told = told_type(shown, "biblatex", kind)
    return layout(kind, entry.citation_key, unrepeated([*fields, *told]))


def _is_online(fields: Sequence[Field]) -> bool:
    """Tell whether the data model lets it be `@online`: it must say where."""
    return any(name in ("url", "doi", "eprint") for name, _ in fields)


def _spelled(entry: Entry) -> dict[str, str]:
    """Return the further fields by their BibLaTeX names (manual §2.2.2)."""
    fields = further_fields(entry)
    if not entry.type and (known := BIBLATEX_TYPE.get(entry.entry_type)):
        fields["type"] = known
    institution = (
        "institution" if entry.entry_type in INSTITUTIONAL - {"manual"} else "organization"
    )
    return renamed(fields, {**_NAMES, "institution": institution})


def _date(entry: Entry, further: Mapping[str, str]) -> list[Field]:
    """Return the date; a span of dates stands in `extra`, beside the first of them."""
    if "date" in further:
        return [("date", further["date"])]
    if entry.date is None:
        return [("year", further["year"])] if "year" in further else []
    return [("date", braced(iso_date(entry.date)))]


def _eprint(entry: Entry) -> list[Field]:
    if entry.eprint is None:
        return []
    fields = {
        "eprint": verbatim(entry.eprint.id),
        "eprinttype": "arxiv",
        "eprintclass": verbatim(entry.eprint.primary_class or ""),
    }
    return [(name, braced(value)) for name, value in fields.items() if value]
