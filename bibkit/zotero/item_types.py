"""Entry types ↔ Zotero's item types, and which fields each of those has.

The fields are those that every server of the last years knows (zotero/zotero-schema): one that it
does not know would cost the whole item. What an item itself shows to have comes on top.
"""

from __future__ import annotations

from collections.abc import Mapping

ITEM_TYPES: Mapping[str, str] = {
    "article": "journalArticle", "suppperiodical": "journalArticle",
    "book": "book", "mvbook": "book", "booklet": "book", "manual": "book", "collection": "book",
    "mvcollection": "book", "proceedings": "book", "mvproceedings": "book", "reference": "book",
    "inbook": "bookSection", "incollection": "bookSection", "bookinbook": "bookSection",
    "suppbook": "bookSection", "suppcollection": "bookSection", "inreference": "bookSection",
    "inproceedings": "conferencePaper", "conference": "conferencePaper",
    "phdthesis": "thesis", "mastersthesis": "thesis", "thesis": "thesis",
    "techreport": "report", "report": "report", "unpublished": "manuscript",
    "misc": "document", "online": "webpage", "electronic": "webpage", "www": "webpage",
    "software": "computerProgram", "dataset": "dataset", "patent": "patent",
}  # fmt: skip
"""Entry type → item type; a preprint is one whatever its type (`from_entry`)."""

ENTRY_TYPES: Mapping[str, tuple[str, str]] = {
    "journalArticle": ("article", "article"), "magazineArticle": ("article", "article"),
    "newspaperArticle": ("article", "article"), "book": ("book", "book"),
    "bookSection": ("incollection", "incollection"),
    "encyclopediaArticle": ("incollection", "inreference"),
    "dictionaryEntry": ("incollection", "inreference"),
    "conferencePaper": ("inproceedings", "inproceedings"),
    "thesis": ("phdthesis", "thesis"), "report": ("techreport", "report"),
    "manuscript": ("unpublished", "unpublished"), "preprint": ("misc", "online"),
    "document": ("misc", "misc"), "webpage": ("misc", "online"), "blogPost": ("misc", "online"),
    "forumPost": ("misc", "online"), "computerProgram": ("misc", "software"),
    "dataset": ("misc", "dataset"), "patent": ("misc", "patent"),
    "presentation": ("misc", "misc"),
}  # fmt: skip
"""Item type → entry type for the classic styles, and for biblatex; any other is a `misc`."""

THESIS_TYPES: Mapping[str, str] = {
    "phdthesis": "PhD thesis",
    "mastersthesis": "Master's thesis",
}

_COMMON = "title abstractNote date shortTitle language url accessDate rights extra"
_KEPT = "archive archiveLocation libraryCatalog callNumber"
_FIELDS: Mapping[str, str] = {
    "journalArticle": f"{_KEPT} publicationTitle volume issue pages series seriesTitle seriesText "
    "journalAbbreviation DOI ISSN",
    "conferencePaper": f"{_KEPT} proceedingsTitle conferenceName place publisher volume pages "
    "series DOI ISBN",
    "preprint": f"{_KEPT} genre repository archiveID place series seriesNumber DOI",
    "book": f"{_KEPT} series seriesNumber volume numberOfVolumes edition place publisher numPages "
    "ISBN",
    "bookSection": f"{_KEPT} bookTitle series seriesNumber volume numberOfVolumes edition place "
    "publisher pages ISBN",
    "thesis": f"{_KEPT} thesisType university place numPages",
    "report": f"{_KEPT} reportNumber reportType seriesTitle place institution pages",
    "manuscript": f"{_KEPT} manuscriptType place numPages",
    "webpage": "websiteTitle websiteType",
    "computerProgram": f"{_KEPT} seriesTitle versionNumber system place company "
    "programmingLanguage ISBN",
    "dataset": f"{_KEPT} identifier type versionNumber repository repositoryLocation format DOI",
    "patent": "issueDate patentNumber place country assignee issuingAuthority pages",
    "document": f"{_KEPT} publisher",
}
_LACKED: Mapping[str, frozenset[str]] = {
    "computerProgram": frozenset({"language"}),
    "patent": frozenset({"date"}),
}
_FIELD_SETS = {
    kind: frozenset(f"{_COMMON} {own}".split()) - _LACKED.get(kind, frozenset())
    for kind, own in _FIELDS.items()
}

_OWN_NAMES: Mapping[str, Mapping[str, str]] = {
    "conferencePaper": {"publicationTitle": "proceedingsTitle"},
    "bookSection": {"publicationTitle": "bookTitle"},
    "encyclopediaArticle": {"publicationTitle": "encyclopediaTitle"},
    "dictionaryEntry": {"publicationTitle": "dictionaryTitle"},
    "preprint": {"publisher": "repository", "number": "archiveID", "type": "genre"},
    "thesis": {"publisher": "university", "type": "thesisType"},
    "report": {"publisher": "institution", "number": "reportNumber", "type": "reportType"},
    "manuscript": {"type": "manuscriptType", "publisher": "institution"},
    "webpage": {"publicationTitle": "websiteTitle", "type": "websiteType"},
    "blogPost": {"publicationTitle": "blogTitle", "type": "websiteType"},
    "forumPost": {"publicationTitle": "forumTitle", "type": "postType"},
    "computerProgram": {"publisher": "company"},
    "dataset": {"publisher": "repository", "number": "identifier", "place": "repositoryLocation"},
    "patent": {"number": "patentNumber", "date": "issueDate"},
    "presentation": {"type": "presentationType"},
    "email": {"title": "subject"},
    "case": {"title": "caseName", "date": "dateDecided", "number": "docketNumber"},
    "statute": {"title": "nameOfAct", "date": "dateEnacted", "number": "publicLawNumber"},
    "bill": {"number": "billNumber"},
    "hearing": {"number": "documentNumber"},
}
"""Item type → what it calls the fields that other types share under one name."""

_AUTHORS: Mapping[str, str] = {
    "computerProgram": "programmer", "patent": "inventor", "presentation": "presenter",
    "artwork": "artist", "audioRecording": "performer", "bill": "sponsor", "film": "director",
    "hearing": "contributor", "interview": "interviewee", "map": "cartographer",
    "podcast": "podcaster", "radioBroadcast": "creator", "tvBroadcast": "director",
    "videoRecording": "creator",
}  # fmt: skip
_JOURNALS = frozenset({"journalArticle", "magazineArticle", "newspaperArticle"})
_WITH_EDITORS = frozenset(
    "journalArticle conferencePaper preprint book bookSection document encyclopediaArticle "
    "dictionaryEntry".split()
)
NO_REFERENCES = frozenset({"attachment", "note", "annotation"})
"""Item types that belong to an item."""


def fields_of(item_type: str) -> frozenset[str]:
    """Return the fields that every server knows for an item type."""
    return _FIELD_SETS.get(item_type, frozenset(_COMMON.split()))


def own_name(item_type: str, name: str) -> str:
    """Return what an item type calls a shared field.

    >>> own_name("conferencePaper", "publicationTitle"), own_name("book", "volume")
    ('proceedingsTitle', 'volume')
    """
    return _OWN_NAMES.get(item_type, {}).get(name, name)


def shared_name(item_type: str, own: str) -> str:
    """Return the shared name of a field of an item type.

    >>> shared_name("thesis", "university")
    'publisher'
    """
    names = _OWN_NAMES.get(item_type, {})
    return next((name for name, called in names.items() if called == own), own)


def number_name(item_type: str) -> str:
    """Return what the field `number` of a .bib is to an item type.

    >>> [number_name(t) for t in ("journalArticle", "conferencePaper", "report")]
    ['issue', 'seriesNumber', 'number']
    """
    if item_type in ("book", "bookSection", "conferencePaper"):
        return "seriesNumber"
    return "issue" if item_type in _JOURNALS else "number"


def author_role(item_type: str) -> str:
    """Return what an item type calls its authors."""
    return _AUTHORS.get(item_type, "author")


def editor_role(item_type: str) -> str:
    """Return what editors are to an item type; not all have them."""
    return "editor" if item_type in _WITH_EDITORS else "contributor"
