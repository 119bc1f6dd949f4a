"""The fields of an entry, by their BibTeX names → an `Entry`, and which of them it cannot hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from bibkit.bibfile import FileEntry, identify
from bibkit.convert.dates import date_parts, take_date
from bibkit.convert.notes import Spelling, read_note
from bibkit.emit.fields import sort_key
from bibkit.emit.further import (
    CONTAINERS,
    FIELD_NAME,
    is_address,
    is_raw,
    is_writable,
    split_keywords,
)
from bibkit.emit.kinds import (
    BIBLATEX_TYPE,
    DEFAULT_TYPE,
    ENTRY_TYPES,
    INSTITUTIONAL,
    Column,
    entry_kind,
    settled_type,
)
from bibkit.record import Entry, EntryType, Eprint, Link, PartialDate
from bibkit.text.identifiers import arxiv_id

_ROLES = ("author", "editor", "translator")
_TEXTS: Mapping[str, tuple[str, ...]] = {
    "volume": ("volume",),
    "number": ("number", "issue"),
    "pages": ("pages",),
    "publisher": ("publisher",),
    "place": ("address", "location"),
    "edition": ("edition",),
    "series": ("series",),
    "chapter": ("chapter",),
    "event": ("eventtitle",),
    "howpublished": ("howpublished",),
    "isbn": ("isbn",),
    "issn": ("issn",),
    "pmid": ("pmid",),
    "language": ("language",),
    "annotation": ("annote", "annotation"),
}
"""Attribute of an entry → the fields that can have it, the usual one first."""
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}/\S+)", re.IGNORECASE)
_WEB = re.compile(r"https?://[^/\s]\S*")
_FILES = re.compile(r"(?:s?ftp|gopher|file)://", re.IGNORECASE)
"""Addresses that are none of the web, and kept; what else a scheme can do is not."""
_HTTP = re.compile(r"https?://[^\s;,]+")
_DASHES = re.compile(r"\s*[-–—]+\s*")
_ARXIV_CLASS = re.compile(
    r"[a-z-]{2,8}\.[A-Za-z-]{2,8}|(?:hep-(?:th|ph|ex|lat)|nucl-(?:th|ex)|gr-qc|(?:quant|math)-ph)"
)


@dataclass(frozen=True, slots=True)
class ReadEntry:
    """An entry as it was read."""

    entry: Entry
    line: int
    lost: tuple[str, ...] = ()
    """What the entry cannot hold, in words."""


def fields_entry(
    there: FileEntry,
    fields: Mapping[str, str],
    spelling: Spelling,
    column: Column,
    *,
    code_field: str,
) -> ReadEntry:
    """Return the entry; what it has no attribute for is in `extra`, what is lost in `lost`."""
    rest = {name: value for name, value in fields.items() if value.strip()}
    identity = identify({"journal": rest.get("container", ""), **rest})
    noted = read_note(rest.pop("note", ""), spelling, kept=spelling.kept_in_notes)
    rest.update(noted.kept)

    def text(*names: str) -> str:
        found = spelling.text(next((rest.pop(name) for name in names if name in rest), ""))
        return _DASHES.sub("-", found) if names == ("pages",) else found

    people = {role: spelling.authors(rest.pop(role, "")) for role in _ROLES}
    lost = [told for role in _ROLES for told in people[role].told]
    eprint = identity.arxiv_id or noted.arxiv_id
    told_subtype = text("entrysubtype")
    kind, subtype, lost_type = _kind(there.entry_type, rest, column, eprint=bool(eprint))
    subtype = told_subtype or subtype
    own_type = _type_words(rest, kind, there.entry_type, spelling)
    container = _container(rest, kind, spelling)
    if kind in ("article", "inproceedings") and eprint and not container:
        lost.append(f"the type {kind}, for it says not where it was published")
        kind = "preprint"
    _name_publisher(rest, kind)
    links = [*_code(rest, code_field, spelling), *noted.links]
    url = _address(rest, spelling)
    primary = _primary_class(rest, eprint=bool(eprint)) or noted.primary_class
    entry = Entry(
        citation_key=there.key,
        entry_type=kind,
        subtype=subtype,
        title=text("title"),
        authors=people["author"].people,
        editors=people["editor"].people,
        translators=people["translator"].people,
        date=take_date(rest),
        eprint=Eprint(eprint, primary or None) if eprint else None,
        doi=_doi(rest),
        url=url or None,
        container=container or None,
        abstract=text("abstract"),
        links=tuple({link.url: link for link in links}.values()),
        note=noted.text,
        type=own_type or None,
        accessed=_accessed(rest),
        keywords=_keywords(rest, spelling),
        **{name: text(*names) or None for name, names in _attributes(kind, rest)},  # type: ignore[arg-type]
    )
    _drop_arxivs_own(rest, entry)
    _drop_sort_key(rest, entry)
    extra = {name: _extra(name, v, spelling) for name, v in rest.items() if _is_kept(name, v)}
    lost += [*lost_type, *sorted(rest.keys() - extra.keys()), *spelling.unspelled(fields)]
    return ReadEntry(replace(entry, extra=extra), there.line, tuple(lost))


def _is_kept(name: str, value: str) -> bool:
    """Tell whether a field can be kept by name; an address that could do anything is not."""
    return is_writable(name) and (name != "url" or bool(_FILES.match(value.strip())))


def _attributes(kind: EntryType, rest: Mapping[str, str]) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield the attributes that are plain text, and the fields that can have it."""
    for name, names in _TEXTS.items():
        if name not in ("volume", "number", "pages") or kind != "preprint":
            yield name, names
    owners = [name for name in ("school", "institution", "organization") if name in rest]
    yield "institution", owners[:1]


def _kind(
    word: str, rest: MutableMapping[str, str], column: Column, *, eprint: bool
) -> tuple[EntryType, str, list[str]]:
    """Return type, subtype, and what to tell of a type that nobody knows."""
    found = entry_kind(column, word, rest.get("genre") or rest.get("type", ""))
    kind, subtype = found or ("misc", word if FIELD_NAME.fullmatch(word) else "")
    told = [] if found else [f"the type {word or '(none)'}"]
    named = rest.get("referencetype", "").strip().lower()
    if named in ENTRY_TYPES:
        del rest["referencetype"]
        return cast(EntryType, named), subtype, told
    return settled_type(kind, subtype, eprint=eprint), subtype, told


def _type_words(
    rest: MutableMapping[str, str], kind: EntryType, word: str, spelling: Spelling
) -> str:
    """Take the type in words; the words that a writer puts in for want of others are none."""
    native = spelling.text(rest.pop("genre", ""))
    if "type" in rest:
        own = spelling.text(rest.pop("type"))
        made = word in ("thesis", "report") and own == BIBLATEX_TYPE.get(kind)
        return "" if made else own
    return "" if native == DEFAULT_TYPE.get(kind) else native


def _container(rest: MutableMapping[str, str], kind: EntryType, spelling: Spelling) -> str:
    """Take what it is in; of types that are in nothing, the field stays one."""
    if kind in CONTAINERS:
        order = ("journal", "journaltitle", "booktitle")
        names = ("container", *(order if kind == "article" else order[::-1]))
        return spelling.text(next((rest.pop(name) for name in names if name in rest), ""))
    if native := rest.pop("container", ""):
        rest.setdefault("booktitle", native)
    return ""


def _name_publisher(rest: MutableMapping[str, str], kind: EntryType) -> None:
    """Name the one publisher of CSL and its like: of a thesis or report it is an institution."""
    imprint = rest.pop("imprint", "")
    if kind == "preprint" and imprint.lower() == "arxiv":
        return
    if imprint and not (kind in INSTITUTIONAL and rest.get("publisher") == imprint):
        rest.setdefault("institution" if kind in INSTITUTIONAL else "publisher", imprint)


def _code(rest: MutableMapping[str, str], name: str, spelling: Spelling) -> Iterator[Link]:
    if _WEB.fullmatch(code := spelling.address(rest.get(name, ""))):
        del rest[name]
        yield Link(code, "code")


def _accessed(rest: MutableMapping[str, str]) -> PartialDate | None:
    if date := date_parts(rest.get("urldate", "")):
        del rest["urldate"]
    return date


def _keywords(rest: MutableMapping[str, str], spelling: Spelling) -> tuple[str, ...]:
    words = split_keywords(rest.pop("keywords", ""))
    return tuple(word for word in map(spelling.text, words) if word)


def _extra(name: str, value: str, spelling: Spelling) -> str:
    if is_raw(name):
        return value.strip()
    return spelling.address(value) if is_address(name) else spelling.text(value)


def _doi(rest: MutableMapping[str, str]) -> str | None:
    found = _DOI.fullmatch(re.sub(r"\{?\\([_%&#])\}?", r"\1", rest.get("doi", "").strip()))
    if not found:
        return None
    del rest["doi"]
    return None if arxiv_id(found[1]) else found[1]


def _address(rest: MutableMapping[str, str], spelling: Spelling) -> str:
    """Take the address, the first where a field has several; one that is none of the web stays."""
    address = spelling.address(rest.get("url", ""))
    several = [address] if _WEB.fullmatch(address) else _HTTP.findall(address)
    if not several:
        return ""
    del rest["url"]
    if others := " ".join([*several[1:], rest.get("otherurls", "")]).strip():
        rest["otherurls"] = others
    return several[0]


def _primary_class(rest: MutableMapping[str, str], *, eprint: bool) -> str | None:
    """Take arXiv's primary class: a field of its own, or the first keyword where that is one."""
    if not eprint:
        return None
    for name in ("primaryclass", "eprintclass"):
        if _ARXIV_CLASS.fullmatch(rest.get(name, "").strip()):
            return rest.pop(name).strip()
    first, _, others = rest.get("keywords", "").partition(";")
    if _ARXIV_CLASS.fullmatch(first.strip()):
        rest["keywords"] = others
        return first.strip()
    return None


def _drop_arxivs_own(rest: MutableMapping[str, str], entry: Entry) -> None:
    """Drop the fields that say again which arXiv paper it is; the writers say that themselves."""
    if entry.eprint is None:
        return
    for name in ("eprint", "archive_location", "number", "issue"):
        if arxiv_id(rest.get(name, "")) == entry.eprint.id:
            del rest[name]
    for name in ("eprinttype", "archiveprefix", "publisher", "db", "archive"):
        if rest.get(name, "").lower() == "arxiv":
            del rest[name]


def _drop_sort_key(rest: MutableMapping[str, str], entry: Entry) -> None:
    """Drop what sorts an entry without authors, if the writers would write the same."""
    for name in ("key", "sortkey"):
        if not entry.authors and rest.get(name, "").strip() == sort_key(entry):
            rest.pop(name, None)
