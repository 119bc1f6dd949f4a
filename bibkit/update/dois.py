"""The publishers' DOIs that arXiv knows of preprints, as far as the local catalogues have them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import ExitStack
from pathlib import Path

from bibkit.catalog import open_catalogs
from bibkit.resolve.query import Query
from bibkit.text.identifiers import doi


def known_dois(arxiv_ids: Collection[str], catalogs: Sequence[Path]) -> dict[str, str]:
    """Return arXiv id → DOI: the authors' own word, so it is asked before any title."""
    wanted = sorted(arxiv_ids)
    found: dict[str, str] = {}
    if not wanted:
        return found
    with ExitStack() as stack:
        for catalog in open_catalogs(catalogs, stack):
            for answer in catalog.find([Query(arxiv_id=identifier) for identifier in wanted]):
                for paper in answer.papers:
                    if given := doi(paper.doi or ""):
                        found.setdefault(paper.arxiv_id, given)
    return {identifier: found[identifier] for identifier in wanted if identifier in found}
