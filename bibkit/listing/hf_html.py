"""The HTML of a Hugging Face papers page → records.

The page carries its own data as JSON in an attribute; the cards are read only where that is
missing. The attribute is found by its text: a page that was cut has no element to ask for it.
"""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Iterable
from dataclasses import replace

from bibkit.listing.hf_cards import card_records
from bibkit.listing.hf_paper import paper_record
from bibkit.listing.json_items import json_items
from bibkit.listing.lines import is_markup, line_finder
from bibkit.listing.listing import Listing
from bibkit.record import Problem, Record
from bibkit.text.identifiers import arxiv_id

_PROPS = re.compile(
    r'data-target="(?:(?:Daily|Trending)?Papers|PaperContent)"\s+data-props="(?P<json>[^"]*)(?P<end>"?)'
)
_PAPER_ADDRESS = re.compile(r"""href=["']?[^"'\s>]{0,200}/papers/([\w.-]{4,30}(?:/\d{7})?)""")


def sniff(text: str) -> bool:
    """Tell a papers page by its embedded data, or by headings that link to papers."""
    if not (is_markup(text) and text.lstrip("\ufeff \t\r\n").startswith("<")):
        return False
    if _PROPS.search(text):
        return True
    return bool(_card_lines(text)) and any(card_records(_whole_cards(text), origin=""))


def read(text: str, *, origin: str, page_date: dt.date | None = None) -> Listing:  # noqa: ARG001 - every date here is whole
    """Read the papers of a page from its data, or else from its cards."""
    records, problems = _from_data(text, origin)
    if not records:
        whole = _whole_cards(text)
        records = list(card_records(whole, origin=origin))
        if len(whole) < len(text):
            place = f"{origin}:{line_finder(text)(len(whole))}"
            problems.append(Problem(place, "listing-cut", "the page breaks off here"))
    return Listing(_each_once(records), tuple(problems))


def _from_data(text: str, origin: str) -> tuple[list[Record], list[Problem]]:
    records: list[Record] = []
    problems: list[Problem] = []
    card_lines = _card_lines(text)
    line_of = line_finder(text)
    for props in _PROPS.finditer(text):
        place = f"{origin}:{line_of(props.start())}"
        found = json_items(html.unescape(props["json"]))
        for item in found.items:
            record = paper_record(item.value, origin=place)
            if record and record.arxiv_id in card_lines:
                record = replace(record, origin=f"{origin}:{card_lines[record.arxiv_id]}")
            records += [record] if record else []
        if found.broken_at is not None or not props["end"]:
            problems.append(Problem(place, "listing-cut", "the data in the page breaks off here"))
    return records, problems


def _whole_cards(text: str) -> str:
    """Cut off a last link that does not end: its title may be half a title."""
    start = text.rfind("<a ")
    return text[:start] if text.rfind("</a>") < start else text


def _card_lines(text: str) -> dict[str, int]:
    """Return the line where each paper is first linked: its card."""
    lines: dict[str, int] = {}
    line_of = line_finder(text)
    for found in _PAPER_ADDRESS.finditer(text):
        identifier = arxiv_id(found[1])
        if identifier:
            lines.setdefault(identifier, line_of(found.start()))
    return lines


def _each_once(records: Iterable[Record]) -> tuple[Record, ...]:
    """Keep each paper once: a trending page shows it twice."""
    once: dict[str, Record] = {}
    for record in records:
        once.setdefault(record.arxiv_id or record.title, record)
    return tuple(once.values())
