"""Entries → BibTeX for the classic styles: `@misc`, `year` and `month`, authors in ASCII.

Both spellings of the eprint are written: `eprinttype` is what Zotero, ACL and ACM read,
`archiveprefix` and `primaryclass` are what arXiv exports and REVTeX reads.
"""

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
from bibkit.emit.kinds import INSTITUTIONAL, format_type
from bibkit.emit.options import WriteOptions
from bibkit.record import Entry
from bibkit.text.latex import encode_name
from bibkit.text.tex_ascii import in_ascii

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def write(entries: Sequence[Entry], *, options: WriteOptions = WriteOptions()) -> str:  # noqa: B008 - frozen
    """Return the entries as BibTeX, a blank line between them."""
    text = "\n".join(_entry(entry, options) for entry in entries)
    return in_ascii(text) if options.ascii else text


def _entry(entry: Entry, options: WriteOptions) -> str:
    authors = author_list(entry.authors, encode_name)
    shown = as_shown(entry, authors)
    kind = format_type(shown, "bibtex")
    printed: list[Field] = []
    if shown.entry_type == "preprint" and entry.eprint and options.arxiv_style != "misc":
        kind, printed = _printed_eprint(entry.eprint.id, options)
    further = encoded(_spelled(shown))
    place, others = divided(further)
    fields = [
        ("title", braced(title_of(entry))),
        *people(shown, authors, encode_name),
        *printed,
        *place,
        *_date(entry, dict(further)),
        *_eprint(entry),
        *shared_fields(entry, options),
        *others,
        *told_type(shown, "bibtex", kind),
    ]
    return layout(kind, entry.citation_key, unrepeated(fields))


def _date(entry: Entry, further: Mapping[str, str]) -> list[Field]:
    """Return year and month; the classic styles fail without a year, and want the month's macro."""
    if entry.date is None:
        return [("year", further.get("year", "{n.d.}"))]
    year: Field = ("year", braced(str(entry.date.year)))
    month = entry.date.month
    return [year, ("month", _MONTHS[month - 1])] if month else [year]


def _spelled(entry: Entry) -> dict[str, str]:
    """Return the further fields as the classic styles read them.

    They warn of an issue's number without a volume, and of one in a series without the series.
    """
    fields = further_fields(entry)
    needed = {"article": "volume", "inproceedings": "series"}.get(entry.entry_type)
    if needed and needed not in fields and "number" in fields and "issue" not in fields:
        fields = {"issue" if name == "number" else name: v for name, v in fields.items()}
    return renamed(fields, {"institution": _institution(entry)})


def _institution(entry: Entry) -> str:
    if entry.entry_type in ("phdthesis", "mastersthesis", "thesis"):
        return "school"
    return "institution" if entry.entry_type in INSTITUTIONAL - {"manual"} else "organization"


def _printed_eprint(identifier: str, options: WriteOptions) -> tuple[str, list[Field]]:
    """Return type and field that make styles print an eprint of which they know nothing."""
    text = braced(f"arXiv preprint arXiv:{verbatim(identifier)}")
    return ("article", [("journal", text)]) if options.arxiv_style == "article" else (
        "misc", [("howpublished", text)]
    )  # fmt: skip


def _eprint(entry: Entry) -> list[Field]:
    if entry.eprint is None:
        return []
    fields = {
        "eprint": verbatim(entry.eprint.id),
        "eprinttype": "arxiv",
        "archiveprefix": "arXiv",
        "primaryclass": verbatim(entry.eprint.primary_class or ""),
    }
    return [(name, braced(value)) for name, value in fields.items() if value]
