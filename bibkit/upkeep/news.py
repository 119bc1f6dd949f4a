"""A paper as the sources know it now + what bibkit wrote → whether there may be any news in it.

Of 5,000 papers a few dozen have changed in a week. This tells most of the others without writing
and reading back their entries; where in doubt, it says that there may be news.
"""

from __future__ import annotations

from collections.abc import Mapping

from bibkit.emit.fields import code_address
from bibkit.record import Author, Entry, PartialDate
from bibkit.sync.lock import LockedEntry
from bibkit.text.identifiers import doi
from bibkit.text.titles import title_key
from bibkit.upkeep.settling import is_published

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()


def may_be_news(entry: Entry, base: LockedEntry, *, code_field: str) -> bool:
    """Return False only if every field would be written as it was, or say the same."""
    fields = base.fields
    code = code_address(entry)
    return not (
        entry.entry_type == "preprint"
        and entry.authors
        and title_key(entry.title) == title_key(fields.get("title", ""))
        and _names(entry.authors) == title_key(fields.get("author", ""))
        and entry.eprint is not None
        and entry.eprint.id == fields.get("eprint")
        and entry.eprint.primary_class in (None, _category(fields))
        and (is_published(fields) or _is_same_date(entry.date, fields))
        and (entry.doi is None or entry.doi == doi(fields.get("doi", "")))
        and (code is None or code == fields.get(code_field))
        and entry.note in ("", fields.get("note"))
        and _is_same_abstract(entry, base)
        and (entry.eprint.version or 0) <= (base.version or 0)
    )


def _names(authors: tuple[Author, ...]) -> str:
    return title_key(" and ".join(f"{a.particle} {a.family} {a.suffix} {a.given}" for a in authors))


def _category(fields: Mapping[str, str]) -> str | None:
    return fields.get("primaryclass") or fields.get("eprintclass")


def _is_same_date(date: PartialDate | None, fields: Mapping[str, str]) -> bool:
    if date is None:
        return True
    if "date" in fields:
        parts = (date.year, date.month, date.day)
        return fields["date"] == "-".join(f"{part:02d}" for part in parts if part)
    month = _MONTHS[date.month - 1] if date.month else fields.get("month")
    return fields.get("year") == str(date.year) and fields.get("month") == month


def _is_same_abstract(entry: Entry, base: LockedEntry) -> bool:
    if not entry.abstract:
        return True
    if "abstract" not in base.fields:
        return "abstract" in base.sources  # it was known, and not wanted
    return title_key(entry.abstract) == title_key(base.fields["abstract"])
