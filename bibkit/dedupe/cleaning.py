"""A title as a source gives it → the title: notes, presentation, names and venue around it go."""

from __future__ import annotations

import html
import re
from zlib import crc32

from bibkit.text.titles import title_key
from bibkit.text.venues import ACRONYMS

_LONG = 2_000
"""Characters of a title that are compared."""
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,40}>")
_NOTE = re.compile(
    r"(?:(?<=[\s.])|^)\[\s*[^\W\d_][^\[\]\d]{0,20}\](?=[\s.]|$)"
    r"|\[\d+ ref(?:erence)?s?\.?\]"
    r"|\.{0,3}\s*\[(?:erratum|corrected|published|see|retract|comment|review)[^\]]*\]?",
    re.IGNORECASE,
)
"""What an index adds to a title: `[Review]`, `[Chinese]`, `[Erratum appears in …]`, cut or not."""
_LANGUAGE = re.compile(r"\s+LA:\s*\w+\s*$")
_REFERENCE_HEAD = re.compile(
    r"^[^():;?!]{0,60}?[(\[]\s?((?:19|20)\d\d)[a-z]?\s?[)\]]\s?[.,:]?\s+(?=\S+\s+\S)"
)
"""The end of the authors and the year of a reference cut too late: `Mansour (1996). Title`."""
_UNBRACKETED_HEAD = re.compile(
    r"^(?=.{0,60}?\b[a-z]\s?\.|\d)[^():;?!]{0,60}?((?:19|20)\d\d)\s?[.,:]\s+(?=\S+\s+\S)",
    re.IGNORECASE,
)
"""The same without brackets; an initial shows that there are names."""
_PRESENTATION = re.compile(
    r"\(\s*(?:(?:extended|demo|demonstration|panel|tutorial|poster|invited|experience)\s)?"
    r"(?:abstract|session|paper|panel|tutorial|demo(?:nstration)?|poster|talk|description|summary)\s*\)"
    r"|^\s*(?:panel|demo|poster|tutorial)\s*[.:]|\s[-–]\s*book review\s*$",
    re.IGNORECASE,
)
"""How the paper was presented, which one source says and the other does not."""
_SPILL = re.compile(
    r"[.,;:(\"'’”]\W{0,5}(?:in\W{1,3})?(?:the\s)?(?:\d{1,4}(?:\s?(?:st|nd|rd|th))?\s?)?"
    r"(?:proc\b|procs\b|proceedings? of|int(?:l|ernational)?\b.{0,12}?\bconf"
    r"|\w{0,12}\s?conf(?:erence)? on\b"
    rf"|(?:acm|ieee)\s|(?:{'|'.join(sorted(ACRONYMS))})\b|unpublished|tech(?:nical)?\.? ?rep"
    r"|extended version|available (?:by|from|at)\b"
    r"|vol(?:ume|\.)? ?\d|pp?\.? ?\d|pages \d|\d{1,3} ?\( ?\d{1,3} ?\)"
    r"|\d{1,4} ?[-–—] ?\d{1,4}\s*\)?\W*$).*$"
    r"|\sin\s(?:procs?|proceedings)\b.*$"
    r"|\sproceedings of(?: the)?\s*$"
    r"|[.,;]\s*(?:in\s)?\d{1,2}\s?(?:st|nd|rd|th)(?:\s?int\w{0,10})?\s*$"
    r"|\s[-–]\s?group of \d+ .{0,12}$",
    re.IGNORECASE,
)
"""The venue behind the title, when a reference was cut too late: `Title. In: Proc. 21st VLDB`."""
_YEAR_AT_END = re.compile(r"\s?[.,;]\s*((?:19|20)\d\d)(?:\s?[.,]\s*\d{1,3}\s?pp?)?\s?[.,]?\s*$")
_DEBRIS = re.compile(r"(?:[âãåÃÂÅ]\s?(?:cents|[?¬€™œž])[\s?¬]*)+")
"""What is left of quotation marks that were read wrongly twice: `ã cents â ? ¬`."""
_CYRILLIC, _LATIN = re.compile("[\u0401-\u045f]"), re.compile("[A-Za-z]")
_MIXED = re.compile(r"\w*(?:[A-Za-z][\u0401-\u045f]|[\u0401-\u045f][A-Za-z])\w*")
"""A word of two scripts: `жzsu` is ISO 8859-1 that was read as ISO 8859-5."""
_MOJIBAKE = re.compile("[ÃÂâÅÄ][\u0080-\u00bf\u0152-\u2122]")
_BREAK = re.compile(r"[:;.?!,(\[]\s|\s[-–—(\[]+\s?|--|[—(\[]|\s/\s")


def clean_title(title: str) -> tuple[str, int | None]:
    """Return the title without what is not its own, and the year that stood before it."""
    year = None
    title = mended(_bounded(title))
    if not title.isascii():
        title = _DEBRIS.sub(" ", title)
    if "<" in title:
        title = _TAG.sub("", title)
    if "&" in title and ";" in title:
        title = html.unescape(title)
    if "[" in title:
        title = _NOTE.sub(" ", title)
    if "LA:" in title:
        title = _LANGUAGE.sub("", title)
    if head := _REFERENCE_HEAD.match(title) or _UNBRACKETED_HEAD.match(title):
        year, title = int(head[1]), title[head.end() :]
    elif tail := _YEAR_AT_END.search(title):
        year, title = int(tail[1]), title[: tail.start()]
    for pattern in (_PRESENTATION, _SPILL):
        stripped = pattern.sub(" ", title)
        if len(stripped) > 10 and stripped.count(" ") > 1:
            title = stripped
    return title, year


def _bounded(title: str) -> str:
    """Cut a title of absurd length, and put a number for what was cut."""
    return title if len(title) <= _LONG else f"{title[:_LONG]} {crc32(title.encode())}"


def mended(text: str) -> str:
    """Undo UTF-8 that was read as Latin-1: `KÃ¶nig`, and Latin-1 that was read as Cyrillic.

    >>> mended("KÃ¶nig"), mended("жzsu"), mended("Özsu"), mended("Жуков")
    ('König', 'Özsu', 'Özsu', 'Жуков')
    """
    if text.isascii():
        return text
    if _CYRILLIC.search(text) and _LATIN.search(text):
        text = _MIXED.sub(_latin, text)
    if not _MOJIBAKE.search(text):
        return text
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return text


def _latin(word: re.Match[str]) -> str:
    """Return a word of Latin and Cyrillic letters as it stood before it was misread."""
    try:
        return word[0].encode("iso8859-5").decode("latin-1")
    except UnicodeError:
        return word[0]


def title_breaks(title: str) -> frozenset[int]:
    """Return the lengths of the key at which a new part of the title begins."""
    found: set[int] = set()
    length = 0
    last = 0
    for separator in _BREAK.finditer(title):
        length += len(title_key(title[last : separator.start()]))
        last = separator.end()
        found.add(length)
    return frozenset(found)
