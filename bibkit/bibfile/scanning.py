r"""Read one entry as BibTeX's own grammar has it, and go on where that grammar is broken.

Braces are counted as BibTeX counts them, `\{` included ("BibTeXing", §4); only where that does not
close the entry and the other reading does, the other one is taken, with a complaint.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

BRACE = re.compile(r"[{}]")
UNESCAPED_BRACE = re.compile(r"(?<!\\)[{}]")
_QUOTE_OR_BRACE = re.compile(r'["{}]')
_PAREN_QUOTE_BRACE = re.compile(r'[)"{}]')
_KEY = {"}": re.compile(r"[^,={}]*"), ")": re.compile(r"[^,={})]*")}
_BARE = {"}": re.compile(r'[^,{}"#\n]*'), ")": re.compile(r'[^,{}"#\n)]*')}
_FIELD = re.compile(r"([^\s=,{}()\"#%]+)\s*=\s*")
_GAP = re.compile(r"(?:[\s,]+|%[^\n]*)*")
_COMMENTED_GAP = re.compile(r"[\s,%]*")
_BLANKS = re.compile(r"\s*")
_COMMENTED_BLANKS = re.compile(r"[\s%]*")
_NEXT_FIELD = re.compile(r"\s*\n\s*([A-Za-z][\w-]*)\s*=\s*(?=[{\"\w])")
_JUNK = re.compile(r"[^\s,{}()%]+|.", re.DOTALL)
_LINE = re.compile(r"[^\n]*")
_GROUP = r"\{[^{}]*+(?:\{[^{}]*+(?:\{[^{}]*+\}[^{}]*+)*+\}[^{}]*+)*+\}"
ONE_GROUP = re.compile(_GROUP)
"""A group with at most two groups nested in it, nearly all there are; one pass, no backtracking."""
_QUOTED = rf"\"[^\"{{}}]*+(?:{_GROUP}[^\"{{}}]*+)*+\""
ONE_QUOTED = re.compile(_QUOTED)
"""A text in quotes, with such groups."""
_PLAIN_FIELD = {
    close: re.compile(
        r"[\s,]*+([^\s=,{}()\"#%]++)\s*+=\s*+"
        rf"({_GROUP}|{_QUOTED}|[^\s,{{}}()\"#%]++)\s*+(?:,|(?=\{close}))"
    )
    for close in "})"
}
"""A field without fault: read by one regular expression, twice as fast as step by step."""
UNCLOSED = "a value that is never closed"
_MAX_UNCLOSED = 12
"""Values never closed in one entry before it is given up: each costs a look at all that follows."""


Place = tuple[int, int, int]
"""Where a field's name begins, where its value begins, and one past the value."""


@dataclass(frozen=True, slots=True)
class Scanned:
    """What could be read of an entry."""

    end: int
    """One past its last character."""
    key: str
    fields: tuple[tuple[str, str], ...]
    """Name and value as they stand."""
    places: tuple[Place, ...]
    """Where each field stands, in the same order."""
    closed: bool
    """False when the entry, or a value in it, goes on to the next block or the end of the file."""
    complaint: str
    """The first thing that is wrong; empty when BibTeX's grammar is kept."""


def scan_entry(text: str, opening: int, limit: int, *, commented: bool = False) -> Scanned:
    """Read the entry whose own brace or parenthesis is at `opening`.

    It ends at the latest at `limit`, where the next block starts. One that is `commented` stands in
    `%` lines, so `%` hides nothing inside it.

    >>> scan_entry("@misc{k, title = {A {B}}, year = 2024}", 5, 38).fields
    (('title', '{A {B}}'), ('year', '2024'))
    >>> scan_entry("@misc{k, title = {A} year = 2024", 5, 32).complaint
    "no comma after field 'title'"
    """
    scanned = _scan(text, opening, limit, commented, BRACE)
    if scanned.closed and not scanned.complaint:
        return scanned
    if re.compile(r"\\[{}]").search(text, opening, limit):
        escaped = _scan(text, opening, limit, commented, UNESCAPED_BRACE)
        if escaped.closed and not escaped.complaint:
            return replace(escaped, complaint=r"an unbalanced \{ or \}, which BibTeX counts")
    return scanned


def scan_string(text: str, opening: int, limit: int) -> Scanned:
    """Read the one field of an `@string`."""
    end = closing_delimiter(text, opening, limit)
    found = _FIELD.match(text, _after(_BLANKS, text, opening + 1, limit), limit)
    if end < 0 or not found:
        complaint = "never closed" if end < 0 else "a macro without a value"
        return Scanned(limit if end < 0 else end + 1, "", (), (), end >= 0, complaint)
    field = (found[1], text[found.end() : end].strip())
    place = (found.start(), found.end(), found.end() + len(field[1]))
    return Scanned(end + 1, "", (field,), (place,), True, "")


def closing_delimiter(text: str, opening: int, limit: int) -> int:
    """Return where the brace or parenthesis of a whole block is closed, or -1."""
    if text[opening] == "{":
        return closing_brace(text, opening, limit)
    depth, quoted = 0, False
    for found in _PAREN_QUOTE_BRACE.finditer(text, opening, limit):
        if found[0] in "{}":
            depth += 1 if found[0] == "{" else -1
        elif depth == 0 and found[0] == '"':
            quoted = not quoted
        elif depth == 0 and not quoted:
            return found.start()
    return -1


def closing_brace(text: str, opening: int, limit: int, braces: re.Pattern[str] = BRACE) -> int:
    """Return where the brace at `opening` is closed, or -1."""
    depth = 0
    for found in braces.finditer(text, opening, limit):
        depth += 1 if found[0] == "{" else -1
        if depth == 0:
            return found.start()
    return -1


def closing_quote(text: str, opening: int, limit: int) -> int:
    """Return where the quote at `opening` is closed, by the next one outside braces, or -1."""
    depth = 0
    for found in _QUOTE_OR_BRACE.finditer(text, opening + 1, limit):
        if found[0] != '"':
            depth += 1 if found[0] == "{" else -1
        elif depth <= 0:
            return found.start()
    return -1


def _scan(text: str, opening: int, limit: int, commented: bool, braces: re.Pattern[str]) -> Scanned:
    close = "}" if text[opening] == "{" else ")"
    plain = None if commented or braces is not BRACE else _PLAIN_FIELD[close]
    gap, blanks = (_COMMENTED_GAP, _COMMENTED_BLANKS) if commented else (_GAP, _BLANKS)
    key, at, complaint = _key(text, opening + 1, limit, close)
    fields: list[tuple[str, str]] = []
    places: list[Place] = []
    unclosed = 0
    while unclosed < _MAX_UNCLOSED:
        while plain and (found := plain.match(text, at, limit)):
            fields.append((found[1], found[2]))
            places.append((found.start(1), found.start(2), found.end(2)))
            at = found.end()
        if (at := _after(gap, text, at, limit)) >= limit:
            break
        if text[at] == close:
            closed = not unclosed
            return Scanned(at + 1, key, tuple(fields), tuple(places), closed, complaint)
        found = _FIELD.match(text, at, limit)
        if not found:
            complaint = complaint or "something that is no field"
            at, opened = _after_junk(text, at, limit, None if unclosed else braces)
            unclosed += opened
            continue
        end, wrong = _value(text, found.end(), limit, close, braces)
        value = text[found.end() : end].strip()
        fields.append((found[1], value))
        places.append((found.start(), found.end(), found.end() + len(value)))
        at = _after(blanks, text, end, limit)
        unclosed += wrong == UNCLOSED
        if not wrong and at < limit and text[at] not in (",", close):
            wrong = f"no comma after field {found[1]!r}"
        complaint = complaint or wrong
    complaint = complaint or "never closed"
    return Scanned(limit, key, tuple(_freed(fields)), tuple(places), False, complaint)


def _freed(fields: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Give back the fields that a value without its closing brace has swallowed."""
    for name, value in fields:
        first, *rest = _NEXT_FIELD.split(value)
        yield name, first
        yield from zip(rest[::2], rest[1::2], strict=True)


def _key(text: str, at: int, limit: int, close: str) -> tuple[str, int, str]:
    """Return the citation key, where the fields begin, and what is wrong with the key."""
    end = _after(_KEY[close], text, at, limit)
    words = text[at:end].replace("%", " ").split()
    stop = text[end] if end < limit else ""
    if stop in (",", close):
        return " ".join(words), end, "" if words else "no citation key"
    if stop == "=" and words:  # `{title = …`, or `{key title = …`: a comma is missing
        key = " ".join(words[:-1])
        wrong = "no comma after the citation key" if key else "no citation key"
        return key, text.rindex(words[-1], at, end), wrong
    return words[0] if words else "", end, "no comma after the citation key"


def _after_junk(text: str, at: int, limit: int, braces: re.Pattern[str] | None) -> tuple[int, bool]:
    """Return where something that is no field ends, and whether it is a group never closed.

    Without `braces` groups are not looked for: an open one before makes these open too.
    """
    if text[at] != "{" or braces is None:
        return _after(_JUNK, text, at, limit), False
    end = closing_brace(text, at, limit, braces)
    return (end + 1, False) if end >= 0 else (at + 1, True)


def _value(text: str, at: int, limit: int, close: str, braces: re.Pattern[str]) -> tuple[int, str]:
    """Return where the value at `at` ends, parts joined by `#` included, and what is wrong."""
    while True:
        end, wrong = _part(text, at, limit, close, braces)
        joint = _after(_BLANKS, text, end, limit)
        if wrong or joint >= limit or text[joint] != "#":
            return end, wrong
        at = _after(_BLANKS, text, joint + 1, limit)


def _part(text: str, at: int, limit: int, close: str, braces: re.Pattern[str]) -> tuple[int, str]:
    opener = text[at] if at < limit else ""
    if opener not in ("{", '"'):
        end = _after(_BARE[close], text, at, limit)
        one_word = len(text[at:end].split()) == 1
        return end, "" if one_word else "a value without braces or quotes"
    if opener == "{":
        end = closing_brace(text, at, limit, braces)
    else:
        end = closing_quote(text, at, limit)
    return (end + 1, "") if end >= 0 else (_after(_LINE, text, at, limit), UNCLOSED)


def _after(pattern: re.Pattern[str], text: str, at: int, limit: int) -> int:
    """Return where a match at `at` ends, or `at`."""
    found = pattern.match(text, at, limit)
    return found.end() if found else at
