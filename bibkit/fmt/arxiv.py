"""arXiv ids in the fields that readers know: `eprint`, `eprinttype`, `archiveprefix`, class.

BibTeX has `eprinttype` (Zotero, ACL, ACM) and `archiveprefix`, `primaryclass` (arXiv, REVTeX);
biblatex has `eprinttype` and `eprintclass`. An id is taken from any field that is surely this
paper's; a version that somebody gave stays.
"""

from __future__ import annotations

import re

from bibkit.bibfile import identify
from bibkit.fmt.draft import Draft
from bibkit.text.identifiers import arxiv_id

_SPELLED = re.compile(
    r"\s*(?:(?:https?://)?(?:www\.)?arxiv\.org/(?:abs|pdf)/|arxiv:\s*)?"
    r"(\S+?)(?:\.pdf)?(?:\s*\[([a-z-]+(?:\.[A-Za-z-]{2,})?)\])?\s*",
    re.IGNORECASE,
)
_OF_THE_PAPER = frozenset(
    "eprint archiveprefix eprinttype primaryclass eprintclass arxiv arxivid doi journal "
    "journaltitle volume howpublished url".split()
)
"""Not `note`, nor `pages` and `number`: another paper may be named there."""


_OF_THE_EPRINT = frozenset("eprint archiveprefix eprinttype primaryclass eprintclass".split())


def with_arxiv_fields(draft: Draft) -> Draft:
    """Give an arXiv paper its fields, spelled as readers want them."""
    texts = dict(draft.texts(_OF_THE_PAPER))
    if "eprint" in draft:
        texts = {name: text for name, text in texts.items() if name in _OF_THE_EPRINT}
    identifier = identify(texts).arxiv_id
    if identifier is None:
        return draft
    written, subject = _taken_apart(texts.get("eprint", ""))
    draft = _set(draft, "eprint", written if arxiv_id(written) else identifier)
    draft = _set(draft, "eprinttype", "arxiv")
    if draft.context.biblatex:
        draft = draft.renamed("primaryclass", "eprintclass").without("archiveprefix")
    else:
        draft = _set(draft.renamed("eprintclass", "primaryclass"), "archiveprefix", "arXiv")
    class_field = "eprintclass" if draft.context.biblatex else "primaryclass"
    return draft.with_text(class_field, subject) if subject and class_field not in draft else draft


def _taken_apart(text: str) -> tuple[str, str]:
    """Return the id as it is written, without what stands around it, and the subject class."""
    found = _SPELLED.fullmatch(text)
    return (found[1], found[2] or "") if found else ("", "")


def _set(draft: Draft, name: str, text: str) -> Draft:
    old = draft.text(name)
    if old == text or (old is None and name in draft):
        return draft
    return draft.with_text(name, text)
