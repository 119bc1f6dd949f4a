"""arXiv ids and DOIs, from any spelling to the one that is compared.

Ids are strings, never numbers (`1906.02940` loses its zero), and are compared without version.
Source: arXiv identifier scheme (info.arxiv.org/help/arxiv_identifier.html); DOI Handbook §2.
"""

from __future__ import annotations

import re

_NEW = r"\d{2}(?:0[1-9]|1[0-2])\.(?:\d{5}|\d{4})"
_OLD = r"[a-z]+(?:-[a-z]+)?(?:\.[A-Za-z]{2})?/\d{2}(?:0[1-9]|1[0-2])\d{3}"
_ID = rf"(?P<id>{_NEW}|{_OLD})(?:v[1-9]\d*)?"
_BARE = re.compile(rf"(?:arxiv:\s*)?{_ID}(?:\s*\[[^\]]*\])?", re.IGNORECASE)
_IN_URL = re.compile(
    rf"(?:arxiv\.org/(?:abs|pdf|html|format|ps|src|e-print)/"
    rf"|huggingface\.co/papers/"
    rf"|alphaxiv\.org/(?:abs|pdf|overview)/"
    rf"|10\.48550/arxiv\.){_ID}(?:\.pdf)?(?![\d])",
    re.IGNORECASE,
)
_DOI = re.compile(
    r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?"
    r"(?P<doi>10\.\d{4,9}/(?:\(sici\)[\w():.-]+<\w*::[\w.-]+>[\w.;-]+|[^\s\"<>{}\\]+))",
    re.I,
)

_PREPRINT_DOI = re.compile(
    r"10\.(?:48550/arxiv|1101/[\d.]+(?:v\d+)?$|2139/ssrn|26434/|21203/rs|31234/"
    r"|20944/preprints|36227/)"
)
"""arXiv, bioRxiv, medRxiv, SSRN, ChemRxiv, Research Square, PsyArXiv, Preprints.org, TechRxiv."""


def arxiv_id(text: str) -> str | None:
    """Return the arXiv id that `text` is (bare, prefixed, DOI or URL), without version.

    >>> arxiv_id("arXiv:2402.12345v2"), arxiv_id("https://arxiv.org/pdf/hep-th/9901001v1.pdf")
    ('2402.12345', 'hep-th/9901001')
    >>> arxiv_id("math.GT/0309136"), arxiv_id("https://huggingface.co/papers/1906.02940")
    ('math/0309136', '1906.02940')
    >>> arxiv_id("10.48550/arXiv.2402.12345"), arxiv_id("section 1906.0294x")
    ('2402.12345', None)
    """
    stripped = text.strip()
    found = _BARE.fullmatch(stripped) or _IN_URL.search(stripped)
    return _canonical(found["id"]) if found and _valid(found["id"]) else None


def _valid(identifier: str) -> bool:
    """Four digits up to 1412, five from 1501."""
    if "/" in identifier:
        return True
    month, number = identifier.split(".")
    return "0704" <= month <= "1412" if len(number) == 4 else month >= "1501"


def _canonical(identifier: str) -> str:
    """Drop the subject class of an old id: arXiv itself files math.GT/0309136 as math/0309136."""
    if "/" not in identifier:
        return identifier
    archive, number = identifier.split("/")
    return f"{archive.split('.')[0].lower()}/{number}"


def is_preprint_doi(doi: str) -> bool:
    """Tell whether a DOI is a preprint server's: another one for the published paper is no clash.

    >>> is_preprint_doi("10.1101/2020.03.22.002386"), is_preprint_doi("10.1101/gr.229102")
    (True, False)
    """
    return _PREPRINT_DOI.match(doi) is not None


def doi(text: str) -> str | None:
    """Return the DOI that `text` is, bare and lower-case; None for arXiv's own DOIs.

    >>> doi("https://doi.org/10.1145/3292500.3330701"), doi("10.48550/arXiv.2402.12345")
    ('10.1145/3292500.3330701', None)
    """
    found = _DOI.fullmatch(text.strip())
    if not found:
        return None
    value = found["doi"].lower().rstrip(".,;")
    return None if value.startswith("10.48550/arxiv.") else value
