"""Files drawn from a grammar: none is harmed, and no entry is missed that another parser finds."""

from __future__ import annotations

import contextlib
import io
import re
from collections import Counter
from collections.abc import Iterable

import pybtex.errors
from bibtexparser.model import Entry, ParsingFailedBlock
from bibtexparser.splitter import Splitter
from hypothesis import example, given, settings
from pybtex.database.input.bibtex import LowLevelParser

from bibkit.bibfile import read_bib
from bibkit.errors import OutputError
from tests.bibfile.grammar import EXAMPLES, KEYS, TYPES, bytes_of_files, damaged, files


@given(bytes_of_files())
@settings(max_examples=EXAMPLES, deadline=None)
def test_the_blocks_are_the_file(data: bytes) -> None:
    try:
        bib = read_bib(data, origin="refs.bib")
    except OutputError:
        return  # UTF-16 that lost its mark and reads as something else
    joined = "".join(bib.text[block.start : block.end] for block in bib.blocks)
    assert bib.encoding.bom + bib.encoding.encode(joined) == data
    assert [b.start for b in bib.blocks] == [0, *(b.end for b in bib.blocks)][: len(bib.blocks)]


@given(files() | damaged())
@example("@comment{@misc{in, title={c}}}")
@settings(max_examples=EXAMPLES, deadline=None)
def test_no_entry_is_missed_that_others_find(text: str) -> None:
    text = text.replace("\r", "\n")
    bib = read_bib(text.encode(), origin="refs.bib")
    ours = Counter(entry.key for entry in bib.entries)
    inside = "".join(  # what BibTeX skips, and what stands in a value or before a broken value
        text[block.start : block.end] for block in bib.blocks if block.kind != "text"
    )
    for theirs in (found_by_bibtexparser(text), found_by_pybtex(text)):
        for key, count in theirs.items():
            nested = max(len(re.findall(rf"@[^@]*[{{(]\s*{re.escape(key)}(?!\w)", inside)), 0)
            assert ours[key] >= count or nested >= count


def found_by_bibtexparser(text: str) -> Counter[str]:
    blocks = [
        block.ignore_error_block if isinstance(block, ParsingFailedBlock) else block
        for block in Splitter(text).split().blocks
    ]
    return counted((block.entry_type, block.key) for block in blocks if isinstance(block, Entry))


def found_by_pybtex(text: str) -> Counter[str]:
    with contextlib.redirect_stderr(io.StringIO()), pybtex.errors.capture():
        found = list(LowLevelParser(text, handle_error=print))
    return counted((command, str(body[0])) for command, body in found if body)


def counted(found: Iterable[tuple[str, str]]) -> Counter[str]:
    """Count the entries of the grammar; what else a parser makes of damage is none we promise."""
    return Counter(
        key.strip() for kind, key in found if kind.lower() in TYPES and key.strip() in KEYS
    )
