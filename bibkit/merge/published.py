"""Where a paper was published: arXiv's free-text `journal-ref` read, and an entry that says it.

The field is written by authors in every style there is; what is not recognised stays in the
container's name, so nothing that it says is lost.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bibkit.record import Entry, EntryType, PartialDate, PublishedVersion

_MEETING = re.compile(
    r"\b(?:proc(?:eedings|\.)?|conf(?:erence|\.)?|workshops?|symposi(?:a|um)|congress|"
    r"meeting|advances in neural|NeurIPS|NIPS|ICML|ICLR|CVPR|ICCV|ECCV|WACV|BMVC|ACL|EMNLP|NAACL|"
    r"EACL|COLING|AAAI|IJCAI|KDD|Neural Information Processing Systems|SIGIR|SIGGRAPH|"
    r"INTERSPEECH|ICASSP|ICRA|IROS|CoRL|COLM|MICCAI|PoS)(?:\b|(?=\d))",
    re.IGNORECASE,
)
_JOURNAL = re.compile(r"\b(?:journal|transactions|letters|review|annals|PVLDB)\b", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_VOLUME = re.compile(r"\bvol(?:ume)?\b[.:]?\s*(\w?\d+\w?)\b", re.IGNORECASE)
_NUMBER = re.compile(r"\b(?:no|number|issue|iss)\b[.:]?\s*(\d+)\b", re.IGNORECASE)
_PAGES = re.compile(r"\b(?:pp?\b\.?|pages?\b)\s*(\w?\d+)(?:\s*[-–—]+\s*(\w?\d+))?", re.IGNORECASE)
_PHYSICS = re.compile(
    r"^(?P<name>[^\d(]+?[.\s])(?P<volume>[A-Z]?\d{1,4})(?:\((?P<number>\d+)\))?"
    r"(?:\s*[:,]?\s*\((?P<year>(?:19|20)\d\d)\)\s*[:,]?\s*(?:no\.\s*(?P<no>\d+)\s*,\s*)?"
    r"|\s*[:,]\s*|\s+)(?P<first>[a-zA-Z]{0,4}\d+)(?:\s*[-–—]+\s*(?P<last>\w?\d+))?"
    r"\s*[,(]*\s*(?:(?:19|20)\d\d)?\)?\.?$"
)
"""`Phys.Rev. D93 (2015) 016005`, `Phys.Lett.B573:94-100,2003`, `Foo Bar, 35(2):e1914, 2025`."""
_VOLUME_WORD = re.compile(r"[\s,]*\bvol(?:ume)?\b[.:]?\s*$", re.IGNORECASE)
_WHOLE_CITATION = re.compile(r"\bet al\b|[\"“”]|,\s[A-Z]\.(?:,|$|\s?&|\s[A-Z]\.)")
"""Authors' names or a quoted title: the field holds a reference, not a place."""
_DASHES = re.compile(r"\s*[-–—]+\s*")
_LEAD = re.compile(
    r"^(?:published in|in|to appear in|accepted (?:to|at|by|in))\s+(?:the\s+)?", re.I
)
_TAIL = re.compile(
    r"\.\s*(?:(?:19|20)\d\d\.\s*)?pp?\.\s*\d.*$"
    r"|\s*(?:[,;(]|--)\s*(?:(?:19|20)\d\d\b|vol|volume|no\.|issue|pp?\.|pages?\b).*$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Publication:
    """Where and when a paper was published."""

    entry_type: EntryType
    container: str
    volume: str | None = None
    number: str | None = None
    pages: str | None = None
    year: int | None = None


def read_journal_ref(journal_ref: str) -> Publication | None:
    """Return the publication a `journal-ref` names; None when it names none.

    >>> read_journal_ref("IEEE Access, vol. 7, no. 3, pp. 7644-7651, July 2022")
    Publication(entry_type='article', container='IEEE Access', volume='7',
                number='3', pages='7644--7651', year=2022)
    >>> read_journal_ref("Phys.Rev. D93 (2015) 016005")
    Publication(entry_type='article', container='Phys.Rev.', volume='D93', number=None,
                pages='016005', year=2015)
    >>> read_journal_ref("NeurIPS 2025").entry_type
    'inproceedings'
    """
    text = _LEAD.sub("", " ".join(journal_ref.split()))
    if not any(c.isalpha() for c in text) or re.match(r"(?:https?:|www\.)", text):
        return None
    if _WHOLE_CITATION.search(text):
        return None
    years = _YEAR.findall(text)
    year = int(years[-1]) if years else None
    physics = _PHYSICS.match(text)
    if physics and not _YEAR.fullmatch(physics["volume"]):
        return Publication(
            entry_type="article",
            container=_VOLUME_WORD.sub("", physics["name"]).strip(" ,"),
            volume=physics["volume"],
            number=physics["number"] or physics["no"],
            pages=_range(physics["first"], physics["last"]),
            year=int(physics["year"]) if physics["year"] else year,
        )
    volume, number, pages = _VOLUME.search(text), _NUMBER.search(text), _PAGES.search(text)
    meeting = bool(_MEETING.search(text)) and not _JOURNAL.search(text)
    return Publication(
        entry_type="inproceedings" if meeting else "article",
        container=_TAIL.sub("", text).strip(" ,.") or text,
        volume=volume[1] if volume else None,
        # BibTeX styles warn of a number without a volume, and of both in proceedings
        number=number[1] if number and volume and not meeting else None,
        pages=_range(pages[1], pages[2]) if pages else None,
        year=year,
    )


def as_published(entry: Entry, version: PublishedVersion) -> Entry:
    """Return a preprint's entry as that of its publication; key, eprint, links and title stay.

    >>> from bibkit.record import Eprint
    >>> preprint = Entry("k", "preprint", "A Title", eprint=Eprint("2402.12345"))
    >>> said = PublishedVersion("A Title", "dblp", "article", "TMLR", year=2025, pages="1-9")
    >>> entry = as_published(preprint, said)
    >>> entry.entry_type, entry.container, entry.pages, entry.eprint.id
    ('article', 'TMLR', '1--9', '2402.12345')
    """
    told = ("volume", "number", "pages", "doi")
    said = {"container", *(name for name in told if getattr(version, name))}
    if version.year:
        said.add("date")
    return replace(
        entry,
        entry_type=version.entry_type,
        authors=entry.authors or version.authors,
        container=version.container,
        volume=version.volume,
        number=version.number,
        pages=_DASHES.sub("--", version.pages) if version.pages else None,
        date=PartialDate(version.year) if version.year else entry.date,
        doi=version.doi or entry.doi,
        sources={**entry.sources, **dict.fromkeys(sorted(said), version.source)},
    )


def _range(first: str, last: str | None) -> str:
    return f"{first}--{last}" if last else first
