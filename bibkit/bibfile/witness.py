"""A second reader: the entries of a .bib file that bibtexparser's splitter reads as BibTeX does.

The splitter takes backslashed delimiters as escaped, runs on where a comma is missing, and makes a
`%` line part of a field's name (bibtexparser 2.1). All of it shows in the names and values, and of
such entries it is no witness.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

from bibkit.bibfile.blocks import Block
from bibkit.bibfile.scanning import closing_brace, closing_quote

if TYPE_CHECKING:
    from bibtexparser import model

_NAME = re.compile(r"[^\s=,{}()\"#%]+")
_PLAIN_VALUE = re.compile(r'\{[^{}]*\}|"[^"{}]*"|\w+')


def blocks_by_place(text: str) -> dict[int, Block]:
    """Return the entries on which bibtexparser and BibTeX agree, by where they start."""
    from bibtexparser.model import Entry, ParsingFailedBlock
    from bibtexparser.splitter import Splitter

    # Its warnings say in other words what becomes a problem line here.
    logging.getLogger("bibtexparser.splitter").setLevel(logging.CRITICAL)
    found: dict[int, Block] = {}
    at = 0
    for block in Splitter(text).split().blocks:
        # A duplicate key or field is a failed block, with the entry inside.
        entry = block.ignore_error_block if isinstance(block, ParsingFailedBlock) else block
        if isinstance(entry, Entry) and entry.raw:
            at = text.index(entry.raw, at)
            if _agreed(entry):
                found[at] = _block(entry, at)
            at += len(entry.raw)
    return found


def _agreed(entry: model.Entry) -> bool:
    return (
        bool(entry.key)
        and "@" not in entry.entry_type
        and "%" not in entry.key
        and all(_NAME.fullmatch(field.key) and _whole(field.value) for field in entry.fields)
    )


def _whole(value: str) -> bool:
    """Tell whether a value is one word, or one pair of delimiters around all of it."""
    if _PLAIN_VALUE.fullmatch(value):
        return True
    closing = {"{": closing_brace, '"': closing_quote}.get(value[:1])
    return closing is not None and closing(value, 0, len(value)) == len(value) - 1


def _block(entry: model.Entry, start: int) -> Block:
    fields = tuple((field.key, str(field.value)) for field in entry.fields)
    end = start + len(entry.raw or "")
    return Block("entry", start, end, entry.entry_type.lower(), " ".join(entry.key.split()), fields)
