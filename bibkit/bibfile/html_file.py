"""An existing HTML page → the items of its bibliography, and the same bytes with items in it.

The bibliography is the last list of the class `bibliography`; a page without one is refused, for
nobody can say where on it a paper belongs.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bibkit.bibfile.blocks import FileEntry
from bibkit.bibfile.encoding import decode, newline_of, readable
from bibkit.bibfile.paper_links import paper_links
from bibkit.bibfile.text_file import TextFile, character_references, inserted, repeated_keys
from bibkit.errors import OutputError

_TOKEN = re.compile(r"<!--|<(/?)([A-Za-z][\w:-]*)((?:[^<>\"']|\"[^\"]{0,9999}\"|'[^']{0,9999}')*)>")
_ATTRIBUTE = re.compile(r"([A-Za-z_:][\w:.-]*)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>=`]+))")
_RAW = frozenset("script style textarea title xmp iframe noembed noframes noscript".split())
"""Elements whose content is no HTML, or none that is seen."""
_NAMING = frozenset("b strong cite a em i".split())
"""Elements the first of which in an item has its title."""
_LISTS = frozenset({"ul", "ol"})


@dataclass(frozen=True, slots=True)
class _Tag:
    """A tag of the page that is neither in a comment nor in a script."""

    start: int
    end: int
    name: str
    closes: bool
    attributes: dict[str, str]


@dataclass(slots=True)
class _Item:
    """One `<li>` while it is read."""

    start: int
    key: str
    addresses: list[str] = field(default_factory=list)
    naming: str = ""
    title: tuple[int, int] | None = None


def read_html(data: bytes, *, origin: str) -> TextFile:
    """Read an HTML page; an empty file is an empty bibliography.

    >>> page = b'<ul class="bibliography"><li id="k"><b>T</b> <a href="https://arxiv.org/abs/2303.08774">'
    >>> [(e.key, dict(e.fields)) for e in read_html(page + b"x</a></li></ul>", origin="x").entries]
    [('k', {'title': 'T', 'text': 'T x', 'eprint': '2303.08774'})]
    """
    text, encoding = decode(data, origin=origin)
    plain = readable(text)
    tags = list(_tags(plain))
    entries, place = _bibliography(plain, tags)
    if place is None and text.strip():
        message = 'has no <ul class="bibliography"> … </ul>, so nobody can say where to add to it'
        raise OutputError(message, origin=origin, code="no-list")
    return TextFile(
        origin=origin,
        data=data,
        text=text,
        encoding=encoding,
        newline=newline_of(text),
        place=len(text) if place is None else place,
        entries=tuple(entries),
        keys=frozenset(tag.attributes["id"] for tag in tags if tag.attributes.get("id")),
        problems=tuple(repeated_keys(entries, origin)),
    )


def append_html_items(file: TextFile, text: str) -> bytes:
    """Return the file's bytes with the items of a whole page, as our writer makes it."""
    if not file.text.strip():
        return inserted(file, text, character_references)
    items = [line for line in text.splitlines(keepends=True) if line.startswith("<li ")]
    if not items:
        return file.data
    lead = "" if file.text[: file.place].endswith(("\n", "\r")) else "\n"
    return inserted(file, lead + "".join(items), character_references)


def _tags(text: str) -> Iterator[_Tag]:
    at = 0
    while found := _TOKEN.search(text, at):
        at = found.end()
        if found[0] == "<!--":
            end = text.find("-->", found.start() + 2)
            if end < 0:
                return
            at = end + 3
            continue
        name = found[2].lower()
        values: dict[str, str] = {}
        for attribute in _ATTRIBUTE.finditer(found[3]):
            value = attribute[2] or attribute[3] or attribute[4] or ""
            values.setdefault(attribute[1].lower(), html.unescape(value))
        yield _Tag(found.start(), found.end(), name, bool(found[1]), values)
        if name in _RAW and not found[1]:
            closing = re.compile(rf"</{name}\b", re.IGNORECASE).search(text, at)
            if closing is None:
                return
            at = closing.start()


def _bibliography(text: str, tags: list[_Tag]) -> tuple[list[FileEntry], int | None]:
    """Return the items of the lists of the class, and where the last of these lists ends."""
    entries: list[FileEntry] = []
    place: int | None = None
    depth, item = 0, None
    counted, line = 0, 1
    for tag in tags:
        opens = tag.name in _LISTS and not tag.closes
        if not depth:
            depth = int(opens and "bibliography" in tag.attributes.get("class", "").split())
            continue
        depth += opens - (tag.name in _LISTS and tag.closes)
        top = depth == 1 and tag.name == "li" and not opens
        if item and (top or not depth):
            line += text.count("\n", counted, item.start)
            counted = item.start
            entries.append(_entry(text, item, tag.start, line))
            item = None
        if not depth:
            place = _line_start(text, tag.start)
        elif top and not tag.closes:
            item = _Item(tag.start, tag.attributes.get("id", ""))
        elif item:
            _look_at(item, tag)
    return entries, place


def _look_at(item: _Item, tag: _Tag) -> None:
    """Take an address or the title from a tag inside of an item."""
    if tag.name == "a" and not tag.closes:
        item.addresses.append(tag.attributes.get("href", ""))
    if not item.naming and tag.name in _NAMING and not tag.closes:
        item.naming, item.title = tag.name, (tag.end, tag.end)
    elif item.title and item.title[0] == item.title[1] and tag.closes and tag.name == item.naming:
        item.title = (item.title[0], tag.start)


def _entry(text: str, item: _Item, end: int, line: int) -> FileEntry:
    words = _text(text[item.start : end])
    title = _text(text[slice(*item.title)]) if item.title else ""
    addresses = item.addresses if item.key else [*item.addresses, words]
    found = next(paper_links(" ".join(addresses)), {})
    return FileEntry(item.key, "item", {"title": title or words, "text": words, **found}, line)


def _text(markup: str) -> str:
    return " ".join(html.unescape(_TOKEN.sub("", markup)).split())


def _line_start(text: str, place: int) -> int:
    """Return the start of the line of a place, where only blanks are before it."""
    start = text.rfind("\n", 0, place) + 1
    return place if text[start:place].strip() else start
