"""Which type each format has for an entry, and which entry each of their types is.

A format often has one type for several of ours. The type that a reader would not get back is
written beside it (`referencetype`, as Better BibTeX calls it, and biblatex's `entrysubtype`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, cast, get_args

from bibkit.record import Entry, EntryType

Column = Literal["bibtex", "biblatex", "csl", "ris", "zotero"]

ENTRY_TYPES: frozenset[str] = frozenset(get_args(EntryType))
INSTITUTIONAL: frozenset[EntryType] = frozenset(
    {"techreport", "manual", "phdthesis", "mastersthesis", "thesis", "unpublished"}
)
"""Types whose publisher, to CSL and its like, is an institution."""
DEFAULT_TYPE: Mapping[EntryType, str] = {
    "phdthesis": "PhD thesis",
    "mastersthesis": "Master’s thesis",
    "software": "Computer software",
}
"""What the type is called in words where a format needs them and the entry has none."""
BIBLATEX_TYPE: Mapping[EntryType, str] = {
    "phdthesis": "phdthesis",
    "mastersthesis": "mathesis",
    "techreport": "techreport",
}
"""What biblatex calls it, in any language; its `@thesis` and `@report` need it."""
_LOOSE: frozenset[EntryType] = frozenset({"misc", "online", "unpublished"})


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of ours in each format's word."""

    entry_type: EntryType
    subtype: str
    bibtex: str
    biblatex: str
    csl: str
    """One that Zotero accepts: it refuses the whole file for one `software`."""
    ris: str
    zotero: str


_TABLE = """
misc          -           =            =            document           GEN     document
article       -           =            =            article-journal    JOUR    journalArticle
article       magazine    =            =            article-magazine   MGZN    magazineArticle
article       newspaper   =            =            article-newspaper  NEWS    newspaperArticle
article       review      =            =            =                  JOUR    journalArticle
article       review-book =            =            =                  JOUR    journalArticle
inproceedings -           =            =            paper-conference   CPAPER  conferencePaper
book          -           =            =            book               BOOK    book
book          classic     =            =            =                  CLSWK   book
incollection  -           =            =            chapter            CHAP    bookSection
inbook        -           =            =            chapter            CHAP    bookSection
collection    -           book         =            collection         EDBOOK  book
proceedings   -           =            =            book               CONF    book
inreference   -           incollection =            entry-encyclopedia ENCYC   encyclopediaArticle
inreference   dictionary  incollection =            entry-dictionary   DICT    dictionaryEntry
inreference   entry       incollection =            =                  ENCYC   encyclopediaArticle
periodical    -           misc         =            periodical         JFULL   document
booklet       -           =            =            pamphlet           PAMP    book
techreport    -           =            report       report             RPRT    report
manual        -           =            =            report             RPRT    report
phdthesis     -           =            thesis       thesis             THES    thesis
mastersthesis -           =            thesis       thesis             THES    thesis
thesis        -           phdthesis    =            thesis             THES    thesis
unpublished   -           =            =            manuscript         MANSCPT manuscript
unpublished   talk        =            =            speech             SLIDE   presentation
patent        -           misc         =            patent             PAT     patent
software      -           misc         =            document           COMP    computerProgram
dataset       -           misc         =            dataset            DATA    dataset
online        -           misc         =            webpage            ELEC    webpage
online        blog        misc         =            post-weblog        BLOG    blogPost
online        forum       misc         =            post               ELEC    forumPost
misc          bill        =            =            =                  BILL    bill
misc          broadcast   =            =            =                  MPCT    tvBroadcast
misc          graphic     =            artwork      =                  ART     artwork
misc          figure      =            =            =                  FIGURE  artwork
misc          hearing     =            =            =                  HEAR    hearing
misc          interview   =            =            =                  GEN     interview
misc          legal_case  =            jurisdiction =                  CASE    case
misc          legislation =            legislation  =                  STAT    statute
misc          map         =            =            =                  MAP     map
misc          motion_picture =         video        =                  VIDEO   film
misc          musical_score =          =            =                  MUSIC   document
misc          performance =            performance  =                  GEN     document
misc          personal_communication = letter       =                  PCOMM   letter
misc          regulation  =            =            =                  STAT    statute
misc          song        =            audio        =                  SOUND   audioRecording
misc          standard    =            standard     =                  STAND   standard
misc          treaty      =            =            =                  GEN     document
preprint      -           misc         online       article            UNPB    preprint
"""
"""Type and subtype, then the columns; `=` is the type again, or to CSL the subtype.

The first line with a format's type says what its readers make of it.
"""
_COLUMNS: tuple[Column, ...] = get_args(Column)


def _kinds() -> Iterator[Kind]:
    for line in _TABLE.strip().splitlines():
        entry_type, subtype, *words = line.split()
        same = (entry_type, entry_type, subtype, "", "")
        columns = (own if word == "=" else word for word, own in zip(words, same, strict=True))
        yield Kind(cast(EntryType, entry_type), subtype.strip("-"), *columns)


_KINDS = tuple(_kinds())
_OF_ENTRY = {(kind.entry_type, kind.subtype): kind for kind in _KINDS}
_ALIASES: Mapping[str, tuple[EntryType, str]] = {
    "conference": ("inproceedings", ""),
    **dict.fromkeys(("mvbook", "ebook", "reference", "mvreference", "ser"), ("book", "")),
    **dict.fromkeys(("bookinbook", "suppbook"), ("inbook", "")),
    **dict.fromkeys(("suppcollection", "echap"), ("incollection", "")),
    "mvcollection": ("collection", ""),
    "mvproceedings": ("proceedings", ""),
    **dict.fromkeys(("suppperiodical", "ejour", "abst", "inpr"), ("article", "")),
    **dict.fromkeys(("electronic", "www", "web", "website"), ("online", "")),
    "masterthesis": ("mastersthesis", ""),
    "govdoc": ("techreport", ""),
    **dict.fromkeys(("softwareversion", "comp"), ("software", "")),
    **dict.fromkeys(("aggr", "dbase"), ("dataset", "")),
    **dict.fromkeys(("movie", "mpct", "videorecording"), ("misc", "motion_picture")),
    "music": ("misc", "song"),
    "image": ("misc", "graphic"),
    "event": ("misc", "event"),
    **dict.fromkeys(("email", "icomm", "instantmessage"), ("misc", "personal_communication")),
    **dict.fromkeys(("radiobroadcast", "podcast"), ("misc", "broadcast")),
}
"""Other types that are read; none of them means two things in two formats."""
_DOCTORAL = re.compile(r"\bph\.?\s?d\b|phdthesis|doctora|\bdphil\b", re.IGNORECASE)
_MASTERS = re.compile(r"master|mathesis|\bm\.?\s?sc\b|magister|diplom|bachelor", re.IGNORECASE)


def _of_types() -> Iterator[tuple[tuple[Column, str], tuple[EntryType, str]]]:
    for kind in reversed(_KINDS):
        for column in _COLUMNS:
            yield (column, getattr(kind, column).lower()), (kind.entry_type, kind.subtype)


_OF_TYPE = dict(_of_types())


def entry_kind(column: Column, word: str, type_words: str = "") -> tuple[EntryType, str] | None:
    """Return the type and subtype that a format's type means; None for an unknown one.

    >>> entry_kind("csl", "article-magazine"), entry_kind("ris", "THES", "PhD thesis")
    (('article', 'magazine'), ('phdthesis', ''))
    """
    word = word.lower()
    if word in ("thesis", "thes"):
        return _thesis(type_words), ""
    found = _OF_TYPE.get((column, word)) or _ALIASES.get(word)
    return found or ((cast(EntryType, word), "") if word in ENTRY_TYPES else None)


def settled_type(entry_type: EntryType, subtype: str, *, eprint: bool) -> EntryType:
    """Return what a type is for a paper on arXiv: one that says no more is a preprint."""
    return "preprint" if eprint and not subtype and entry_type in _LOOSE else entry_type


def format_type(entry: Entry, column: Column) -> str:
    """Return the type to write.

    >>> format_type(Entry("k", "misc", "T", subtype="motion_picture"), "biblatex")
    'video'
    """
    kind = _OF_ENTRY.get((entry.entry_type, entry.subtype)) or _OF_ENTRY[(entry.entry_type, "")]
    if column == "bibtex" and entry.entry_type == "thesis" and _MASTERS.search(entry.type or ""):
        return "mastersthesis"
    if column == "biblatex" and kind.biblatex == "thesis" and entry.type:
        return entry.entry_type  # biber knows the old names, and `type` says which thesis it is
    word: str = getattr(kind, column)
    return word


def type_words(entry: Entry) -> str:
    """Return what the type is called in words, for formats with one type for all theses."""
    return entry.type or DEFAULT_TYPE.get(entry.entry_type, "")


def untold_type(entry: Entry, column: Column, word: str) -> dict[str, str]:
    """Return the fields that say what the format's own type does not.

    >>> untold_type(Entry("k", "proceedings", "T"), "csl", "book")
    {'referencetype': 'proceedings'}
    """
    if entry.entry_type == "preprint":
        return {}
    entry_type, subtype = entry_kind(column, word, _words(entry, column)) or ("misc", "")
    entry_type = settled_type(entry_type, subtype, eprint=entry.eprint is not None)
    told: dict[str, str] = {}
    if entry_type != entry.entry_type:
        told["referencetype"] = entry.entry_type
    if subtype != entry.subtype:
        told["entrysubtype"] = entry.subtype
    return told


def _words(entry: Entry, column: Column) -> str:
    return type_words(entry) if column not in ("bibtex", "biblatex") else (
        entry.type or BIBLATEX_TYPE.get(entry.entry_type, "")
    )  # fmt: skip


def _thesis(words: str) -> EntryType:
    if _DOCTORAL.search(words):
        return "phdthesis"
    return "mastersthesis" if _MASTERS.search(words) else "thesis"
