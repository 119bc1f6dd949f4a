"""The links of entries, and what their states mean for the entries.

Papers at arXiv are not asked for: arXiv wants robots to stay away from its pages, and whether an id
can be one is told without it (`bad-arxiv-id`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bibkit.check.library import Item, Library
from bibkit.record import Problem
from bibkit.sources.links import LinkState
from bibkit.text.links import addresses

_FIELDS = (
    "url code github gitlab repository project website homepage webpage html pdf demo video slides "
    "poster blog data dataset model models supplementary supp link howpublished note".split()
)
"""Where BibTeX, biblatex and al-folio keep addresses."""
_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)
_ARXIV = re.compile(r"https?://(?:\w+\.)?arxiv\.org(?::\d+)?/", re.IGNORECASE)
_PROBLEMS = {"dead": "dead-link", "moved": "moved-link"}


@dataclass(frozen=True, slots=True)
class LinkPlace:
    """An address and where it stands."""

    url: str
    field: str
    item: Item


def link_places(library: Library, *, code_field: str = "code") -> list[LinkPlace]:
    """Return every address in the fields of every entry, in order; those at arXiv left out."""
    return [
        place
        for item in library.items
        for field in dict.fromkeys((code_field.lower(), *_FIELDS))
        for place in _of_field(item, field)
    ]


def link_problems(
    places: Sequence[LinkPlace], states: Mapping[str, LinkState]
) -> tuple[list[Problem], list[Problem]]:
    """Return what is wrong with the links, and which of them could not be judged, and why."""
    wrong: list[Problem] = []
    untold: list[Problem] = []
    for place in places:
        state = states[place.url]
        if code := _PROBLEMS.get(state.kind):
            wrong.append(_problem(place, code, state))
        elif state.kind != "alive":
            code = "network_error" if state.kind == "unreachable" else "unclear-link"
            untold.append(_problem(place, code, state))
    return wrong, untold


def _problem(place: LinkPlace, code: str, state: LinkState) -> Problem:
    to = f" to {state.target}" if state.target else ""
    return place.item.problem(code, f"{place.url} {state.sentence}{to}", field=place.field)


def _of_field(item: Item, field: str) -> Iterator[LinkPlace]:
    value = item.entry.fields.get(field, "")
    if field in ("github", "gitlab") and _REPOSITORY.fullmatch(value):
        value = f"https://{field}.com/{value}"  # al-folio takes both
    for url in dict.fromkeys(addresses(value)):
        if not _ARXIV.match(url):
            yield LinkPlace(url, field, item)
