"""The links in a line of Markdown or an item of HTML → which papers they lead to."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from urllib.parse import unquote

from bibkit.text.identifiers import arxiv_id, doi

_URL = re.compile(r"https?://[^\s<>\[\]\"'|]+|\barXiv:\s?[\w./-]+", re.IGNORECASE)
_CLINGING = ".,;:*_"


def paper_links(text: str) -> Iterator[dict[str, str]]:
    """Yield `eprint` and `doi` of the papers linked; one arXiv id beside one DOI is one paper.

    >>> list(paper_links("[x](https://arxiv.org/abs/2303.08774v2), https://doi.org/10.1234/a(b)."))
    [{'eprint': '2303.08774', 'doi': '10.1234/a(b)'}]
    """
    eprints: dict[str, None] = {}
    dois: dict[str, None] = {}
    for found in _URL.finditer(text):
        address = _unclung(unquote(html.unescape(found[0])))
        if eprint := arxiv_id(address):
            eprints.setdefault(eprint)
        elif digital := doi(address):
            dois.setdefault(digital)
    if len(eprints) == len(dois) == 1:
        yield {"eprint": next(iter(eprints)), "doi": next(iter(dois))}
        return
    yield from ({"eprint": eprint} for eprint in eprints)
    yield from ({"doi": digital} for digital in dois)


def _unclung(address: str) -> str:
    """Drop what the sentence around an address sets behind it."""
    bare = address.rstrip(_CLINGING)
    surplus = bare.count(")") - bare.count("(")
    while surplus > 0 and bare.endswith(")"):
        bare, surplus = bare[:-1].rstrip(_CLINGING), surplus - 1
    return bare
