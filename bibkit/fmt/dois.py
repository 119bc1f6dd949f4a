"""`doi = {https://doi.org/10.…}` → `{10.…}`: styles add the address themselves, twice then."""

from __future__ import annotations

import re

from bibkit.fmt.draft import Draft

_PREFIXED = re.compile(
    r"\s*(?:(?:https?://)?(?:dx\.|www\.)?doi\.org/|doi:\s*)(10\.\d{4,9}/[^\s?%]+)\s*", re.IGNORECASE
)
_URL = re.compile(r"\s*\\url\{([^{}]*)\}\s*")


def with_bare_dois(draft: Draft) -> Draft:
    """Take the address off a DOI; one with a query or percent signs stays."""
    text = draft.text("doi")
    bare = None if text is None else bare_doi(text)
    return draft if bare is None else draft.with_text("doi", bare)


def bare_doi(text: str) -> str | None:
    r"""Return a DOI without what stands before it; None where there is nothing to take off.

    >>> bare_doi("https://doi.org/10.1000/A_b"), bare_doi(r"\url{doi:10.1000/x}")
    ('10.1000/A_b', '10.1000/x')
    >>> bare_doi("10.1000/x"), bare_doi("https://doi.org/10.1000%2Fx")
    (None, None)
    """
    within = _URL.fullmatch(text)
    found = _PREFIXED.fullmatch(within[1] if within else text)
    return found[1] if found else None
