"""What a row holds, and the small encodings inside it that writing and searching must share."""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Sequence
from types import NoneType
from typing import NamedTuple, cast

from bibkit.catalog.numbering import is_paper_number
from bibkit.record import Link, LinkKind
from bibkit.text.titles import TitleKey, main_titles, title_key

MOST_VERSIONS = 1_000
"""More than any paper has: a revision is a day times this, plus the number of versions."""


class PaperRow(NamedTuple):
    """A row of `paper`."""

    number: int
    """The arXiv id, as `numbering.paper_number` writes it."""
    title: str
    authors: str | None
    """One line, as arXiv has it; split when it is looked at."""
    categories: str | None
    submitted: int | None
    """Day of version 1, as `date.toordinal`."""
    revision: int
    """Orders two states of one paper: the day of the last change, then the number of versions."""
    doi: str | None
    journal_ref: str | None
    links: str | None
    """Links of the abstract and the comments, one a line: kind, address, detail."""
    sketch: bytes | None
    """`text.similarity.abstract_sketch`."""


_TEXT = (str, NoneType)
_TYPES: tuple[type | tuple[type, ...], ...] = (
    int,
    str,
    _TEXT,
    _TEXT,
    (int, NoneType),
    int,
    _TEXT,
    _TEXT,
    _TEXT,
    (bytes, NoneType),
)


def is_sound(row: PaperRow) -> bool:
    """Return whether a row holds what its columns promise; a flipped bit escapes SQLite."""
    return (
        all(isinstance(value, kind) for value, kind in zip(row, _TYPES, strict=True))
        and is_paper_number(row.number)
        and 0 <= (row.submitted or 0) <= dt.date.max.toordinal()
    )


def key_of_words(words: str) -> TitleKey:
    """Return the title key of joined title tokens, in a tenth of the time of `title_key`."""
    return TitleKey(words.replace(" ", "").replace(".", ""))


def name_hash(name: str) -> int:
    """Return the hash under which a title key or a DOI is filed.

    32 bits, signed because SQLite then needs four bytes: what is found is compared in full.
    """
    return zlib.crc32(name.encode()) - 0x8000_0000


def main_name_hash(key: TitleKey) -> int:
    """Return the hash under which a title without its subtitle is filed, apart from whole titles.

    It may be no paper's whole title: "Editorial" heads thousands.
    """
    return name_hash(f":{key}")


def main_names(number: int, title: str) -> list[tuple[int, int]]:
    """Return the rows of `name` that lead from a title without its subtitle to its paper."""
    return [(main_name_hash(title_key(main)), number) for main in main_titles(title)]


def links_as_text(links: Sequence[Link]) -> str | None:
    r"""Write links as lines of kind, address and detail; none as None.

    >>> links_from_text(links_as_text([Link("https://github.com/a/b", "code", "sub dir")]))
    (Link(url='https://github.com/a/b', kind='code', detail='sub dir'),)
    """
    if not links:
        return None
    return "\n".join(
        dict.fromkeys(f"{link.kind} {link.url} {link.detail}".rstrip() for link in links)
    )


def links_from_text(text: str | None) -> tuple[Link, ...]:
    """Read what `links_as_text` wrote."""
    parts = (line.split(" ", 2) for line in (text or "").split("\n"))
    return tuple(
        Link(url, cast("LinkKind", kind), "".join(detail))
        for kind, url, *detail in (p for p in parts if len(p) > 1)
    )
