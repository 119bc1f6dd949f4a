"""How formats spell text, names and notes → plain Unicode, and what bibkit's own notes say."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from bibkit.emit.further import is_writable
from bibkit.emit.plain import LABELS
from bibkit.record import Author, Link, LinkKind
from bibkit.text.identifiers import arxiv_id

_ARXIV_LINE = re.compile(r"arXiv:(\S+)(?: \[([A-Za-z.-]{2,20})\])?", re.IGNORECASE)
_KINDS: Mapping[str, LinkKind] = {label.lower(): kind for kind, label in LABELS.items()}  # type: ignore[misc]


MORE_NAMES = "that there are more names"


@dataclass(frozen=True, slots=True)
class People:
    """A list of names as it was read."""

    people: tuple[Author, ...] = ()
    told: tuple[str, ...] = ()
    """What of the list could not be read, in words."""

    @property
    def whole(self) -> bool:
        """False where the list says "and others"."""
        return MORE_NAMES not in self.told


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a format spells text."""

    text: Callable[[str], str]
    address: Callable[[str], str]
    authors: Callable[[str], People]
    unspelled: Callable[[Mapping[str, str]], Iterable[str]] = lambda _: ()
    """Return what of the fields is lost when they are read, in words."""
    kept_in_notes: bool = True
    """True where lines `tex.name: value` of a note are fields."""


@dataclass(slots=True)
class Note:
    """A note, and what bibkit's own lines in it say."""

    text: str = ""
    arxiv_id: str | None = None
    primary_class: str | None = None
    links: list[Link] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)


def read_note(value: str, spelling: Spelling, *, kept: bool) -> Note:
    """Return the note proper, and what bibkit's own lines in it say."""
    text: list[str] = []
    note = Note()
    for line in filter(None, map(str.strip, value.split("\n"))):
        label, _, address = line.partition(": ")
        found = _ARXIV_LINE.fullmatch(line)
        name = label.removeprefix("tex.").lower()
        if label.lower() in _KINDS and re.match(r"https?://", address):
            note.links.append(Link(address, _KINDS[label.lower()]))
        elif found and arxiv_id(found[1]):
            note.arxiv_id, note.primary_class = arxiv_id(found[1]), found[2]
        elif kept and label.startswith("tex.") and is_writable(name):
            note.kept[name] = address
        else:
            text.append(line)
    note.text = spelling.text(" ".join(text))
    return note
