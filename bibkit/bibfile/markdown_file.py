"""An existing Markdown file → the papers it lists, and the same bytes with list items put in.

A paper is there when a list item has its anchor or title, or when a link to arXiv or its DOI stands
anywhere outside of code and comments. New items go below the last paper, so that what a page ends
with stays its end.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bibkit.bibfile.blocks import FileEntry
from bibkit.bibfile.encoding import decode, newline_of, readable, with_lf
from bibkit.bibfile.paper_links import paper_links
from bibkit.bibfile.text_file import TextFile, character_references, inserted, repeated_keys
from bibkit.errors import OutputError

_ITEM = re.compile(r"[ \t>]*(?:[-*+]|\d{1,9}[.)])[ \t]+(.*)")
_ANCHOR = re.compile(r"<a id=\"([^\"<>]{1,300})\"></a>")
_TITLE = re.compile(r"\*\*((?:[^*\\]|\\.)+)\*\*|(?<!!)\[((?:[^\[\]\\]|\\.)+)\]\(")
_TARGET = re.compile(r"(?<!\\)\]\(([^\s()]+)\)")
"""The address of a link; in what bibkit wrote, an address that is text leads to another paper."""
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_FENCE = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(`{3,}(?=[^`]*$)|~{3,})")
_SIGN = re.compile(r"<!--|-->|<(/?)(script|style|pre|textarea)\b", re.IGNORECASE)
_FRONT_MATTER = re.compile(r"(---|\.\.\.)[ \t]*")


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of the file."""

    start: int
    raw: str
    text: str
    """What of it is neither code nor comment."""
    inside: bool
    """True when code or a comment goes on where the line begins."""


def read_markdown(data: bytes, *, origin: str) -> TextFile:
    r"""Read a Markdown file; one that ends inside of code or a comment is refused.

    >>> page = read_markdown(b"- [GPT-4](https://arxiv.org/abs/2303.08774)\n", origin="README.md")
    >>> [(e.fields["title"], e.fields["eprint"]) for e in page.entries]
    [('GPT-4', '2303.08774')]
    """
    text, encoding = decode(data, origin=origin)
    lines, is_open = _lines(readable(text))
    found = [(n, entry) for n, line in enumerate(lines) for entry in _entries(line.text, n + 1)]
    entries = tuple(entry for _, entry in found)
    papers = [n for n, entry in found if entry.key or _is_identified(entry)]
    place = _below(lines, papers[-1]) if papers else None
    if place is None and is_open:
        message = "ends inside of code or a comment; what is added there would not be seen"
        raise OutputError(message, origin=origin, code="open-end")
    return TextFile(
        origin=origin,
        data=data,
        text=text,
        encoding=encoding,
        newline=newline_of(text),
        place=len(text) if place is None else lines[place].start,
        entries=entries,
        keys=frozenset(entry.key for entry in entries if entry.key),
        problems=tuple(repeated_keys(entries, origin)),
    )


def append_list_items(file: TextFile, text: str) -> bytes:
    r"""Return the file's bytes with lines of a list below the papers that are there.

    >>> page = read_markdown(b"- [A](https://arxiv.org/abs/2303.08774)\n\nBye.\n", origin="x")
    >>> append_list_items(page, "- B\n")
    b'- [A](https://arxiv.org/abs/2303.08774)\n- B\n\nBye.\n'
    """
    if not text:
        return file.data
    before = with_lf(readable(file.text[: file.place]))
    gap = "" if not before or before.endswith("\n") else "\n"
    above = (before + gap).removesuffix("\n").rpartition("\n")[2]
    if above.strip() and not above.startswith("- "):
        gap += "\n"
    return inserted(file, gap + text, character_references)


def _is_identified(entry: FileEntry) -> bool:
    return "eprint" in entry.fields or "doi" in entry.fields


def _below(lines: Sequence[_Line], paper: int) -> int | None:
    """Return the line before which a list goes on below a paper; None for the end of the file.

    What is indented below a list item is still the item, also after a blank line.
    """
    number = paper + 1
    while number < len(lines):
        line = lines[number]
        if line.inside or (line.raw[:1] in (" ", "\t") and line.raw.strip()):
            number += 1
        elif not line.raw.strip():
            after = number
            while after < len(lines) and not lines[after].raw.strip():
                after += 1
            if after == len(lines) or lines[after].raw[0] not in " \t":
                return number
            number = after
        elif line.raw.startswith(("#", "<!--")) or _FENCE.match(line.raw):
            return number
        else:
            number += 1
    return None


def _lines(text: str) -> tuple[list[_Line], bool]:
    """Return the lines, and whether code or a comment is still open at the end."""
    lines: list[_Line] = []
    start, closing = 0, ""
    for number, raw in enumerate(text.split("\n")):
        line, inside = raw.removesuffix("\r"), bool(closing)
        if number == 0 and line.rstrip() == "---":
            closing, seen = "front matter", ""
        else:
            seen, closing = _outside(line, closing)
        lines.append(_Line(start, line, seen, inside))
        start += len(raw) + 1
    return lines, bool(closing)


def _outside(line: str, closing: str) -> tuple[str, str]:
    """Return what of a line is neither code nor comment, and what is to close the rest."""
    if closing == "front matter":
        return "", "" if _FRONT_MATTER.fullmatch(line) else closing
    if closing[:1] in ("`", "~"):
        mark = line.strip(" \t>")
        ended = len(mark) >= len(closing) and not mark.strip(closing[0])
        return "", "" if ended else closing
    if not closing and (fence := _FENCE.match(line)):
        return "", fence[1]
    kept: list[str] = []
    at = 0
    for found in _SIGN.finditer(line):
        sign = f"</{found[2].lower()}" if found[2] else found[0]
        if closing:
            if sign == closing and found[0] != "<!--" and found[1] != "":
                at, closing = found.end(), ""
        elif found[0] != "-->" and not found[1]:
            kept.append(line[at : found.start()])
            closing = "-->" if found[0] == "<!--" else sign
    return "".join([*kept, "" if closing else line[at:]]), closing


def _entries(line: str, number: int) -> Iterator[FileEntry]:
    """Yield the papers of a line: one of an item, or one for each link to a paper."""
    item = _ITEM.fullmatch(line)
    anchor = _ANCHOR.search(line)
    ids = list(paper_links(" ".join(_TARGET.findall(line)) if anchor else line))
    if anchor or item:
        words = _ANCHOR.sub("", item[1] if item else line)
        yield FileEntry(
            html.unescape(anchor[1]) if anchor else "",
            "item",
            {"title": _title(words), "text": words.strip(), **(ids[0] if ids else {})},
            number,
        )
        ids = [] if anchor else ids[1:]
    for found in ids:
        yield FileEntry("", "link", found, number)


def _title(words: str) -> str:
    """Return what an item calls its paper: its first bold words or link, else all of it."""
    found = _TITLE.search(words)
    text = (found[1] or found[2]) if found else words
    return html.unescape(_ESCAPED.sub(r"\1", text)).strip(" *_`")
