"""An entry of the .bib → the values that a Zotero item is to have.

All fields are read, whatever the entry type, and TeX becomes what a reader sees; what has no place
in Zotero stays in the file and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from bibkit.bibfile import BibFile, FileEntry, fixed_places, identify, inherit
from bibkit.convert.spellings import tex_address, tex_authors
from bibkit.emit.plain import plain
from bibkit.text.latex import decode
from bibkit.update.preprints import is_placeholder, is_preprint
from bibkit.zotero.dates import entry_date
from bibkit.zotero.item_types import ITEM_TYPES, THESIS_TYPES, number_name
from bibkit.zotero.names import name_lines
from bibkit.zotero.sides import EntrySide

_HTTP = re.compile(r"https?://[^\s/]\S*")
_NO_PAPERS = frozenset({"set", "xdata", "control", "preamble"})
_PLAIN: Mapping[str, tuple[str, ...]] = {
    "volume": ("volume",), "pages": ("pages", "eid"), "place": ("location", "address"),
    "series": ("series",), "edition": ("edition",), "ISBN": ("isbn",), "ISSN": ("issn",),
    "conferenceName": ("eventtitle",), "abstractNote": ("abstract",), "note": ("note",),
    "language": ("language", "langid"), "shortTitle": ("shorttitle",), "numPages": ("pagetotal",),
    "type": ("type",), "accessDate": ("urldate",),
}  # fmt: skip
"""Shared name → the fields that may hold it, the first that does counts."""
_PUBLISHERS = ("publisher", "school", "institution", "organization")
_CONTAINERS: Mapping[str, tuple[str, ...]] = {
    "journalArticle": ("journal", "journaltitle"),
    "webpage": ("organization",),
}
_IN_BOOKS = ("conferencePaper", "bookSection")
_CLASS = re.compile(r"[A-Za-z-]{2,12}(?:\.[A-Za-z-]{2,8})?")


def entry_sides(bib: BibFile, *, code_field: str = "code") -> list[EntrySide]:
    """Return the entries of a file that can be items; broken and commented ones cannot."""
    fixed = fixed_places(bib)
    lent = inherit(bib.entries)
    return [
        entry_side(index, entry, bib.origin, code_field=code_field)
        for index, (entry, block) in enumerate(zip(lent, bib.entry_blocks, strict=True))
        if block.kind == "entry" and index not in fixed and _is_paper(entry)
    ]


def _is_paper(entry: FileEntry) -> bool:
    return bool(entry.key) and entry.entry_type not in _NO_PAPERS and any(
        entry.fields.get(name, "").strip() for name in ("title", "booktitle", "author", "editor")
    )  # fmt: skip


def entry_side(index: int, entry: FileEntry, origin: str, *, code_field: str) -> EntrySide:
    """Return what an entry says, in the words that both sides have."""
    fields, identity = entry.fields, identify(entry.fields)
    item_type, unknown = item_type_of(entry)
    authors = tex_authors(fields.get("author", "")).people
    values = {
        "itemType": item_type,
        "citationKey": entry.key,
        "title": _title(fields),
        "author": _names(fields.get("author", "")),
        "editor": _names(fields.get("editor", "")),
        "date": entry_date(fields),
        "arXiv": identity.arxiv_id or "",
        "code": web(fields.get(code_field, "")),
        **dict(_texts(entry, item_type)),
        **dict(_addresses(fields, identity.arxiv_id, item_type)),
    }
    if identity.arxiv_id:
        values["primaryClass"] = _primary_class(fields)
    return EntrySide(
        index=index,
        entry=entry,
        origin=f"{origin}:{entry.line}",
        identity=identity,
        authors=authors,
        values={name: value for name, value in values.items() if value},
        tags=tuple(keywords(fields.get("keywords", ""))),
        unknown_type=unknown,
    )


def item_type_of(entry: FileEntry) -> tuple[str, bool]:
    """Return the item type of an entry, and whether it is only a makeshift."""
    if is_preprint(entry) and identify(entry.fields).arxiv_id:
        return "preprint", False
    return ITEM_TYPES.get(entry.entry_type, "document"), entry.entry_type not in ITEM_TYPES


def _names(value: str) -> str:
    """Return a name a line; nothing of a list that is cut, for Zotero's may be whole."""
    found = tex_authors(value)
    return name_lines(found.people) if found.whole else ""


def _title(fields: Mapping[str, str]) -> str:
    title = text(fields.get("title", "") or fields.get("booktitle", ""))
    subtitle = text(fields.get("subtitle", ""))
    return f"{title}: {subtitle}" if title and subtitle else title


def _texts(entry: FileEntry, item_type: str) -> Iterator[tuple[str, str]]:
    fields = entry.fields
    for name, candidates in _PLAIN.items():
        value = next((text(fields[n]) for n in candidates if fields.get(n, "").strip()), "")
        if name == "pages":
            value = re.sub(r"\s*[-–—]+\s*", "-", value)
        if name == "type" and not value:
            value = THESIS_TYPES.get(entry.entry_type, "")
        if not (item_type == "preprint" and is_placeholder(value)):
            yield name, value
    yield from _places(fields, item_type)


def _places(fields: Mapping[str, str], item_type: str) -> Iterator[tuple[str, str]]:
    """Yield where it was published, and its number there: of an issue, a series or its own."""
    containers = _CONTAINERS.get(item_type, ("booktitle",) if item_type in _IN_BOOKS else ())
    found = (fields[n] for n in containers if fields.get(n, "").strip())
    yield "publicationTitle", text(next(found, ""))
    publishers = [n for n in _PUBLISHERS if n not in containers]
    if item_type in ("thesis", "report"):
        publishers = ["school", "institution", "publisher", "organization"]
    found = (fields[n] for n in publishers if fields.get(n, "").strip())
    publisher = next(found, "")
    yield "publisher", "" if item_type == "preprint" else text(publisher)
    number = text(fields.get("issue", "") or fields.get("number", ""))
    if item_type != "preprint":
        yield number_name(item_type), number


def _addresses(
    fields: Mapping[str, str], identifier: str | None, item_type: str
) -> Iterator[tuple[str, str]]:
    own = re.sub(r"\{?\\([_%&#])\}?", r"\1", fields.get("doi", "")).strip()
    doi = re.sub(r"(?i)^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", "", own)
    url = web(fields.get("url", "")) or web(fields.get("howpublished", ""))
    if item_type == "preprint" and identifier:
        doi = doi or f"10.48550/arXiv.{identifier}"
        url = url or f"https://arxiv.org/abs/{identifier}"
    yield "DOI", doi if re.fullmatch(r"10\.\d{4,9}/\S+", doi) else ""
    yield "url", url


def _primary_class(fields: Mapping[str, str]) -> str:
    value = fields.get("primaryclass", "") or fields.get("eprintclass", "")
    return value if _CLASS.fullmatch(value) else ""


def text(value: str) -> str:
    r"""Return what a reader sees of a field.

    >>> text(r"{\L}ukasz \& the {BERT} of $L^p$")
    'Łukasz & the BERT of L^p'
    """
    return plain(decode(value)) if value else ""


def web(value: str) -> str:
    """Return a web address, without the TeX around it; nothing of any other kind."""
    address = tex_address(value)
    return address if _HTTP.fullmatch(address) else ""


def keywords(value: str) -> Iterator[str]:
    """Yield the keywords of a list; a comma in braces separates nothing.

    >>> list(keywords("deep learning, {Smith, Adam}; NLP"))
    ['deep learning', 'Smith, Adam', 'NLP']
    """
    depth = start = 0
    pieces = []
    for place, character in enumerate(value):
        depth += {"{": 1, "}": -1}.get(character, 0)
        if character in ",;" and depth <= 0:
            pieces.append(value[start:place])
            start = place + 1
    yield from dict.fromkeys(filter(None, map(text, [*pieces, value[start:]])))
