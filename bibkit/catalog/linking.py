"""A file of paper-to-code links → code links of papers in a catalogue.

The format is that of the archived Papers with Code dump ("links-between-papers-and-code.json.gz"):
a JSON array of objects with `paper_arxiv_id`, `repo_url`, `is_official`, `mentioned_in_paper`. Only
what the authors call their own is taken: most of that file are other people's versions.
"""

from __future__ import annotations

import gzip
from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bibkit.catalog.numbering import paper_number
from bibkit.catalog.rows import links_as_text, links_from_text
from bibkit.catalog.schema import clear_errors, open_for_reading, open_for_writing
from bibkit.errors import CatalogError
from bibkit.record import Link
from bibkit.text.identifiers import arxiv_id
from bibkit.text.links import classify_link

_MOST_BYTES = 500_000_000
"""Unpacked; the last dump has 100 million. A gzip bomb ends here."""


@dataclass(frozen=True, slots=True)
class LinkReport:
    """What an import of links did."""

    added: int
    """Papers that got a code link."""
    unchanged: int
    """Papers that had theirs already."""
    absent: int
    """Papers that the catalogue does not have."""
    left_out: int
    """Rows that name no arXiv paper, no repository, or one that is not the authors' own."""


def import_links(file: Path, catalog: Path) -> LinkReport:
    """Add the code repositories of a Papers with Code dump to the papers of a catalogue.

    Raises:
        CatalogError: the file cannot be read or is no such dump, or the catalogue cannot be used.
    """
    rows = sorted(_read(file), key=_mentioned_only)
    wanted: defaultdict[int, list[Link]] = defaultdict(list)
    left_out = 0
    for row in rows:
        found = _own_repository(row)
        if found is None:
            left_out += 1
        elif found[1] not in wanted[found[0]]:
            wanted[found[0]].append(found[1])
    with clear_errors(catalog):
        open_for_reading(catalog).close()  # a catalogue that is not there is not made
        with closing(open_for_writing(catalog)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            outcomes = [_add(connection, number, links) for number, links in wanted.items()]
            connection.execute("COMMIT")
    return LinkReport(
        added=outcomes.count("added"),
        unchanged=outcomes.count("unchanged"),
        absent=outcomes.count("absent"),
        left_out=left_out,
    )


def _read(file: Path) -> list[Any]:
    import msgspec

    try:
        with file.open("rb") as raw:
            packed = raw.peek(2)[:2] == b"\x1f\x8b"
            stream = gzip.GzipFile(fileobj=raw) if packed else raw
            data = stream.read(_MOST_BYTES + 1)
        if len(data) > _MOST_BYTES:
            raise CatalogError("is larger than any file of links", origin=str(file))
        rows = msgspec.json.decode(data)
    except (OSError, EOFError, msgspec.DecodeError, RecursionError, UnicodeError) as error:
        reason = f"is no JSON file of paper-to-code links ({error})"
        raise CatalogError(reason, origin=str(file)) from error
    if not isinstance(rows, list):
        raise CatalogError("is no JSON array of paper-to-code links", origin=str(file))
    return rows


def _mentioned_only(row: object) -> bool:
    """Tell rows that the paper only mentions from those that are its authors' own for sure."""
    return not (isinstance(row, dict) and row.get("is_official") is True)


def _own_repository(row: object) -> tuple[int, Link] | None:
    """Return paper number and repository of a row in which the authors name their own code."""
    if not isinstance(row, dict):
        return None
    paper, url = row.get("paper_arxiv_id") or row.get("paper_url_abs"), row.get("repo_url")
    if not isinstance(paper, str) or not isinstance(url, str):
        return None
    if not (row.get("is_official") is True or row.get("mentioned_in_paper") is True):
        return None
    link = classify_link(url)
    number = paper_number(arxiv_id(paper) or "")
    return (number, link) if number is not None and link and link.kind == "code" else None


def _add(connection: Any, number: int, links: list[Link]) -> str:
    found = connection.execute("SELECT links FROM paper WHERE number = ?", (number,)).fetchone()
    if found is None:
        return "absent"
    known = links_from_text(found[0])
    urls = {link.url.casefold() for link in known}
    fresh = [link for link in links if link.url.casefold() not in urls]
    if not fresh:
        return "unchanged"
    text = links_as_text([*known, *fresh])
    connection.execute("UPDATE paper SET links = ? WHERE number = ?", (text, number))
    return "added"
