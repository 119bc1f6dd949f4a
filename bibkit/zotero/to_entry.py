"""Values of an item → fields of a .bib: for a new entry, or as edits of one that is there.

Letters that no TeX spelling has (视, 🚀) stay letters: this is the user's own library, and what
LaTeX cannot set is not for a copy to drop.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from bibkit.bibfile import Edit, Expression, FileEntry, RemoveField, SetField, SetType
from bibkit.bibfile.edits import Value
from bibkit.emit.fields import page_range, verbatim
from bibkit.text.latex import encode, encode_name, encode_title, lost_characters
from bibkit.text.names import bibtex_name
from bibkit.zotero.dates import MONTHS, entry_date, iso, partial_date, shared_date
from bibkit.zotero.from_item import thesis_entry_type
from bibkit.zotero.item_types import ENTRY_TYPES, THESIS_TYPES
from bibkit.zotero.names import authors_of
from bibkit.zotero.sides import ItemSide

_FIELDS: Mapping[str, tuple[str, str]] = {
    "volume": ("volume", "volume"), "issue": ("number", "number"), "number": ("number", "number"),
    "seriesNumber": ("number", "number"), "pages": ("pages", "pages"),
    "publisher": ("publisher", "publisher"), "place": ("address", "location"),
    "series": ("series", "series"), "edition": ("edition", "edition"),
    "conferenceName": ("eventtitle", "eventtitle"), "ISBN": ("isbn", "isbn"),
    "ISSN": ("issn", "issn"), "DOI": ("doi", "doi"), "url": ("url", "url"),
    "abstractNote": ("abstract", "abstract"), "language": ("language", "language"),
    "shortTitle": ("shorttitle", "shorttitle"), "numPages": ("pagetotal", "pagetotal"),
    "type": ("type", "type"), "accessDate": ("urldate", "urldate"), "note": ("note", "note"),
    "arXiv": ("eprint", "eprint"), "primaryClass": ("primaryclass", "eprintclass"),
    "title": ("title", "title"), "author": ("author", "author"), "editor": ("editor", "editor"),
}  # fmt: skip
"""Value → the field for the classic styles, and for biblatex."""
_OTHER_NAMES: Mapping[str, tuple[str, ...]] = {
    "place": ("address", "location"),
    "issue": ("issue", "number"),
    "publisher": ("publisher", "school", "institution", "organization"),
    "primaryClass": ("primaryclass", "eprintclass"),
    "language": ("language", "langid"),
    "pages": ("pages", "eid"),
}
"""Value → the fields that an entry may have it in already."""
_IN_BOOKS = frozenset({"conferencePaper", "bookSection", "encyclopediaArticle", "dictionaryEntry"})
_JOURNALS = frozenset({"journalArticle", "magazineArticle", "newspaperArticle"})
_DOI = re.compile(r"10\.\d{4,9}/[!$&'()*+,\-./0-9:;<=>?@A-Z\[\]_a-z]+")
_WHERE = (
    "publicationTitle conferenceName volume issue number seriesNumber pages publisher place "
    "series edition ISBN ISSN numPages type"
).split()


def entry_type_of(item: ItemSide, *, modern: bool) -> str:
    """Return the entry type of an item; `misc` where there is none."""
    kind = item.values["itemType"]
    if kind == "thesis" and (own := thesis_entry_type(item)):
        return own
    return ENTRY_TYPES.get(kind, ("misc", "misc"))[modern]


def new_fields(item: ItemSide, *, modern: bool, code_field: str) -> list[tuple[str, Value]]:
    """Return the fields of a new entry, in the order in which bibkit writes them."""
    kind, values = item.values["itemType"], dict(item.values)
    if values.get("type", "") == THESIS_TYPES.get(thesis_entry_type(item) or ""):
        values.pop("type", None)
    if kind == "preprint" and values.get("type", "").lower() == "preprint":
        del values["type"]
    fields: dict[str, Value] = {}

    def take(names: Sequence[str]) -> None:
        for name in names:
            if name in values:
                field = _field_name(name, kind, {}, modern=modern)
                fields.setdefault(field, spelled(name, values[name], modern=modern))

    take(("title", "author", "editor", *_WHERE))
    if "date" in values:
        fields |= _date_fields(values["date"], modern=modern)
    if "arXiv" in values:
        take(("arXiv",))
        fields |= {"eprinttype": "arxiv"} | ({} if modern else {"archiveprefix": "arXiv"})
        take(("primaryClass",))
    take(("DOI", "url", "accessDate"))
    if "code" in values:
        fields[code_field] = verbatim(values["code"])
    take(("language", "shortTitle", "note", "abstractNote"))
    if item.tags:
        fields["keywords"] = ", ".join(map(spelled_tag, item.tags))
    return list(fields.items())


def field_edits(
    index: int, entry: FileEntry, name: str, item: ItemSide, *, modern: bool, code_field: str
) -> list[Edit]:
    """Return the edits that give an entry an item's value; none where that cannot be."""
    value, there = item.values[name], entry.fields
    if name == "itemType":
        return [SetType(index, entry_type_of(item, modern=modern))]
    if name == "date":
        return list(_date_edits(index, there, value, modern=modern))
    if name == "title" and there.get("subtitle", "").strip():
        return []  # which part of it is the subtitle, no one can tell
    if name == "code":
        return [SetField(index, code_field, verbatim(value))]
    field = _field_name(name, item.values["itemType"], there, modern=modern)
    edits: list[Edit] = [SetField(index, field, spelled(name, value, modern=modern))]
    if name == "arXiv":
        edits += [
            SetField(index, other, kind)
            for other, kind in (("eprinttype", "arxiv"), ("archiveprefix", "arXiv"))
            if not (other == "archiveprefix" and modern) and not there.get(other, "").strip()
        ]
    return edits


def keyword_edit(index: int, entry: FileEntry, tags: Sequence[str]) -> Edit:
    """Return the edit that adds keywords to an entry, with the separator that it uses."""
    old = entry.fields.get("keywords", "").strip().rstrip(",;")
    separator = "; " if ";" in old and "," not in old else ", "
    new = separator.join(map(spelled_tag, tags))
    return SetField(index, "keywords", f"{old}{separator}{new}" if old else new)


def spelled_tag(tag: str) -> str:
    """Return a tag as a keyword; one with a comma goes in braces."""
    text = _unlost(tag, encode)
    return f"{{{text}}}" if "," in tag or ";" in tag else text


def spelled(name: str, value: str, *, modern: bool) -> Value:
    r"""Return a value as TeX spells it.

    >>> print(spelled("author", "van den Oord\tAäron\nLlama Team", modern=False))
    van den Oord, A{\"a}ron and {Llama Team}
    >>> print(spelled("title", "BERT & 视觉", modern=False))
    {BERT} \& 视觉
    """
    if name in ("author", "editor"):
        code = encode if modern else encode_name
        people = (bibtex_name(a, lambda part: _unlost(part, code)) for a in authors_of(value))
        return " and ".join(people)
    if name in ("url", "code"):
        return verbatim(value)
    if name == "DOI":
        return value if _DOI.fullmatch(value) else verbatim(value)
    if name == "title":
        return _unlost(value, encode_title)
    if name == "pages":
        return _unlost(value, page_range)
    return _unlost(value, encode)


def _unlost(text: str, code: Callable[[str], str]) -> str:
    """Encode a text but for the letters that would be lost by it."""
    lost = "".join(lost_characters(text))
    if not lost:
        return code(text)
    pieces = re.split(f"([{re.escape(lost)}]+)", text)
    return "".join(
        piece if place % 2 else _with_blanks(piece, code) for place, piece in enumerate(pieces)
    )


def _with_blanks(piece: str, code: Callable[[str], str]) -> str:
    inner = piece.strip()
    if not inner:
        return " " if piece else ""
    return f"{' ' * piece[0].isspace()}{code(inner)}{' ' * piece[-1].isspace()}"


def _field_name(name: str, kind: str, there: Mapping[str, str], *, modern: bool) -> str:
    """Return the field for a value: the one that the entry has it in, else the usual one."""
    others: tuple[str, ...]
    if name == "publicationTitle":
        if kind in _IN_BOOKS:
            return "booktitle"
        if kind not in _JOURNALS:
            return "organization"
        others = ("journal", "journaltitle")
        usual = "journaltitle" if modern else "journal"
    else:
        others, usual = _OTHER_NAMES.get(name, ()), _FIELDS[name][modern]
        if name == "publisher" and kind == "thesis":
            usual = "institution" if modern else "school"
        elif name == "publisher" and kind == "report":
            usual = "institution"
    return next((n for n in others if there.get(n, "").strip()), usual)


def _date_fields(value: str, *, modern: bool) -> dict[str, Value]:
    """Return the fields that say a date; what is none is said as a year, which styles print."""
    date = partial_date(value)
    if date is None or shared_date(value) != iso(date):
        range_of_years = modern and re.fullmatch(r"\d{4}(?:-\d\d)*/\d{4}(?:-\d\d)*", value)
        return {"date" if range_of_years else "year": _unlost(value, encode)}
    if modern:
        return {"date": iso(date)}
    fields: dict[str, Value] = {"year": str(date.year)}
    if date.month:
        fields["month"] = Expression(MONTHS[date.month - 1])
    return fields | ({"day": str(date.day)} if date.day else {})


def _date_edits(
    index: int, there: Mapping[str, str], value: str, *, modern: bool
) -> Iterator[Edit]:
    has_date = bool(there.get("date", "").strip())
    modern = has_date or (modern and not there.get("year", "").strip())
    new = _date_fields(value, modern=modern)
    if has_date and "year" in new:  # what only `year` may say, beside a date that says otherwise
        return
    if "day" not in there:  # an entry that tells no days is not to begin with it
        new.pop("day", None)
    if entry_date({name: _plain(v) for name, v in new.items()}) == entry_date(there):
        return  # it says no more than what stands there
    for name, text in new.items():
        yield SetField(index, name, text, replace_macros=True)
    if not modern:  # a month of the old date is none of the new one
        for name in ("month", "day"):
            if name in there and name not in new:
                yield RemoveField(index, name)


def _plain(value: Value) -> str:
    return value.text if isinstance(value, Expression) else value
