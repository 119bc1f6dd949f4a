"""LISTING arguments → pages: files, folders, globs, standard input, identifiers, addresses."""

from __future__ import annotations

import glob
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bibkit.errors import ListingError
from bibkit.text.identifiers import arxiv_id, doi

_PAGE_SUFFIXES = frozenset(
    {
        *("", ".txt", ".text", ".list", ".json", ".html", ".htm", ".md", ".markdown"),
        *(".eml", ".mbox", ".mht", ".mhtml", ".xml", ".rss", ".atom"),
        *(".ris", ".nbib", ".enw", ".ciw", ".csv", ".tsv"),
    }
)
"""What a folder is searched for: it may also hold OUT's own .bib, its lock, PDFs."""


@dataclass(frozen=True, slots=True)
class Page:
    """The bytes of one listing and the name that messages call it by."""

    origin: str
    data: bytes


def collect(
    listings: Iterable[str],
    *,
    fetch: Callable[[str], bytes] | None = None,
    out: Path | None = None,
) -> Iterator[Page]:
    """Yield the pages that LISTING arguments name, each file once, folders and globs in order.

    Args:
        listings: files, folders, globs, `-`, arXiv ids, DOIs, addresses.
        fetch: reads an address; None when the network must not be used.
        out: the bibliography being built, no page of the folder that it may lie in.

    Raises:
        ListingError: one of them names nothing, or cannot be read.

    """
    seen: set[Path] = set()
    own = out.resolve() if out else None
    for listing in listings:
        if listing == "-":
            yield Page("<stdin>", sys.stdin.buffer.read())
        elif arxiv_id(listing) or doi(listing) or listing.lower().startswith("10.48550/arxiv."):
            yield Page(listing, listing.encode())
        elif listing.startswith(("http://", "https://")):
            if fetch is None:
                raise ListingError("an address needs the network", origin=listing, code="offline")
            yield Page(listing, fetch(listing))
        else:
            for path in _files(listing):
                if path.resolve() == own and str(path) != listing:
                    continue
                if path.resolve() not in seen:
                    seen.add(path.resolve())
                    yield Page(str(path), _read(path))


def _files(listing: str) -> list[Path]:
    path = Path(listing)
    if path.is_dir():
        found = sorted(
            p
            for p in path.iterdir()
            if p.is_file() and not p.name.startswith(".") and p.suffix.lower() in _PAGE_SUFFIXES
        )
        if not found:
            raise ListingError("no pages in this folder", origin=listing, code="listing-empty")
        return found
    if path.exists():
        return [path]
    matches = sorted(Path(p) for p in glob.glob(listing, recursive=True))  # noqa: PTH207 - the user's own pattern may be absolute
    files = [p for p in matches if p.is_file()]
    if not files:
        raise ListingError(
            "no such file, folder, arXiv id or DOI", origin=listing, code="listing-missing"
        )
    return files


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise ListingError(reason, origin=str(path), code="listing-unreadable") from error
