"""An entry of the file and an item of the library, each as the values that both can hold.

Values are plain text under Zotero's shared field names (`publicationTitle`, `publisher`, `number`)
and a few of our own: `author` and `editor` (a name a line), `arXiv`, `primaryClass`, `code`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bibkit.bibfile import FileEntry, Identity
from bibkit.record import Author

TEXTS = (
    "publicationTitle volume issue number seriesNumber pages publisher place series edition "
    "conferenceName ISBN ISSN DOI url abstractNote language shortTitle numPages type accessDate"
).split()
"""The plain values besides title, date and names."""
ORDER = (
    "itemType", "citationKey", "title", "author", "editor", "date", *TEXTS, "arXiv",
    "primaryClass", "note", "code",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class EntrySide:
    """An entry of the .bib."""

    index: int
    """In `BibFile.entries`."""
    entry: FileEntry
    origin: str
    identity: Identity
    authors: tuple[Author, ...]
    values: Mapping[str, str]
    tags: tuple[str, ...] = ()
    unknown_type: bool = False
    """True when Zotero has no item type for it, and it becomes a document."""

    @property
    def key(self) -> str:
        """The citation key."""
        return self.entry.key


@dataclass(frozen=True, slots=True)
class ItemSide:
    """An item of the library."""

    key: str
    """Zotero's key of it."""
    data: Mapping[str, Any] = field(repr=False)
    """As the API gave it."""
    identity: Identity
    authors: tuple[Author, ...]
    values: Mapping[str, str]
    tags: tuple[str, ...] = ()
    code: Mapping[str, Any] | None = None
    """The attachment that leads to the code."""
    links: tuple[str, ...] = ()
    """The addresses of all its linked attachments."""

    @property
    def citation_key(self) -> str:
        """The citation key, from its own field or from Extra."""
        return self.values.get("citationKey", "")

    @property
    def collections(self) -> tuple[str, ...]:
        """The keys of the collections that it is in."""
        found = self.data.get("collections")
        return tuple(c for c in found if isinstance(c, str)) if isinstance(found, list) else ()
