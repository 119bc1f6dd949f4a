"""A preprint → where it was published, asked of DBLP and then of Crossref.

DBLP tells meetings, journals and workshops apart; Crossref has the other sciences, and the names
that publishers themselves use. Whatever a service that failed might have changed stays open.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bibkit.errors import SourceError
from bibkit.record import PublishedVersion, Record
from bibkit.resolve.published import (
    NotPublished,
    PublicationDecision,
    PublishedAs,
    UnsurePublication,
    decide_published,
    joined,
)
from bibkit.sources import Web
from bibkit.sources.crossref import Crossref
from bibkit.sources.dblp import Dblp


@dataclass(frozen=True, slots=True)
class Unreached:
    """A service that had to be asked could not be; this is never "not published"."""

    sentence: str


Finding = PublicationDecision | Unreached


class PublicationFinder:
    """Looks preprints up on a session, at most three requests each, mostly two."""

    def __init__(self, web: Web) -> None:
        self._dblp = Dblp(web)
        self._crossref = Crossref(web)

    def find(self, record: Record, doi: str | None = None) -> Finding:
        """Return where a preprint was published, as far as the services could be asked.

        Args:
            record: the preprint.
            doi: the publisher's, where arXiv knows one.

        """
        try:
            by_doi = self._by_doi(record, record.doi or doi)
        except SourceError as error:
            return Unreached(error.message)
        return by_doi or self._by_title(record)

    def _by_doi(self, record: Record, doi: str | None) -> PublicationDecision | None:
        """Look up a DOI that is known already; None where that tells nothing."""
        version = self._crossref.by_doi(doi) if doi else None
        decision = decide_published(replace(record, doi=doi), [version]) if version else None
        return None if isinstance(decision, NotPublished) else decision

    def _by_title(self, record: Record) -> Finding:
        versions: list[PublishedVersion] = []
        failures: list[str] = []
        try:
            versions += self._dblp.by_title(record.title, record.authors)
        except SourceError as error:
            failures.append(error.message)
        decision = decide_published(record, versions)
        if isinstance(decision, PublishedAs):
            return self._completed(record, decision)
        try:
            versions += self._crossref.by_title(record.title, record.authors)
        except SourceError as error:
            failures.append(error.message)
        decision = decide_published(record, versions)
        if failures and not (isinstance(decision, PublishedAs) and decision.linked):
            return Unreached("; ".join(failures))
        return decision

    def _completed(self, record: Record, decision: PublishedAs) -> Finding:
        """Add what the publisher says of a version that DBLP knows: the journal's whole name."""
        known = decision.version
        if not known.doi:
            return decision
        try:
            full = self._crossref.by_doi(known.doi)
        except SourceError as error:
            return Unreached(error.message)
        if full is None:
            return decision
        checked = decide_published(replace(record, doi=known.doi), [full])
        if not isinstance(checked, PublishedAs):
            return UnsurePublication("DBLP and Crossref differ about the DOI", (known, full))
        version = replace(joined(full, known), entry_type=known.entry_type, year=known.year)
        return replace(decision, version=version)
