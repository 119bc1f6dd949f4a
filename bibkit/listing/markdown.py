"""Markdown lists and tables of papers → items: what stands together, with its links.

A Markdown parser would tell blocks from each other, but not which of them is one paper: a title may
be a bullet, a table's row, a bold line or a heading, and its links the next line or nested bullets.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from bibkit.listing.lines import numbered_lines, printable

Kind = Literal["bullet", "row", "heading", "paragraph"]

_BULLET = re.compile(r"(?:[-*+•]|\d{1,4}[.)])\s+(?:\[[ xX]\]\s+)?|[-•](?=\*\*|\[)")
_RULE = re.compile(r"\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{1,}:?\s*)*\|?")
_FENCE = re.compile(r"```|~~~")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_ANCHOR = re.compile(
    r"<a\s[^<>]{0,400}?href\s*=\s*[\"']([^\"'<>]{1,800})[\"'][^<>]{0,200}>((?:(?!</?a[\s>])[^\n]){0,600}?)</a>",
    re.IGNORECASE,
)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,800}>")
_IMAGE = re.compile(r"!\[[^\[\]]{0,300}\]\(([^()\s]{0,800}(?:\([^()\s]{0,200}\))?)[^()]{0,200}\)")
_STARS = re.compile(
    r"shields\.io/github/(?:stars|last-commit|forks)/([\w.-]+/[\w.-]+?)(?:\.svg)?(?=[?)\"'\s]|$)"
)
_LINK = re.compile(
    r"(\[\s{0,2})?\[((?:[^\[\]\\]|\\.|\[[^\[\]]{0,400}\]){0,800})\]"
    r"\(\s{0,4}<?([^()\s<>]{0,2000}(?:\([^()\s]{0,200}\)[^()\s]{0,400})*)>?"
    r"(?:\s{1,4}[\"'][^\"']{0,200}[\"'])?\s{0,4}\)(\s{0,2}\])?"
)
_DEFINITION = re.compile(
    r"^ {0,3}\[([^\[\]\n]{1,80})\]:[ \t]+<?(\S{1,800}?)>?(?:[ \t]+.{0,200})?$", re.M
)
_BY_NAME = re.compile(r"(?<!\])\[([^\[\]\n]{1,300})\]\s?\[([^\[\]\n]{0,80})\]")
_BARE = re.compile(r"(?<![\w/(\"'=])https?://[^\s<>|\"'\]]{4,2000}")
_EMOJI = re.compile(r":[a-z_0-9+-]{2,30}:|[\u2600-\u27bf\U0001f000-\U0001faff\ufe0f\u2b50]")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+.!|~<>-])|\\$")
_LONGEST_LINE = 20_000
"""Characters; no item is longer."""


@dataclass(frozen=True, slots=True)
class ItemLink:
    """A link of an item."""

    label: str
    url: str
    bracketed: bool = False
    """Written `[[label](url)]`: a name for what it leads to, never a title."""


@dataclass(slots=True)
class Item:
    """What stands together."""

    line: int
    kind: Kind
    parts: list[str | ItemLink] = field(default_factory=list)
    """Text and links in order; lines are separated by a line break."""
    header: tuple[str, ...] = ()
    """The names of a table's columns."""
    cells: tuple[tuple[str | ItemLink, ...], ...] = ()
    indent: int = 0
    parent: bool = False
    """True when other items hang below."""
    stars: list[str] = field(default_factory=list)
    """Repositories named by badges: `owner/name`."""

    def add(self, parts: list[str | ItemLink], stars: list[str]) -> None:
        """Append a line."""
        self.parts += ["\n", *parts]
        self.stars += stars

    @property
    def links(self) -> list[ItemLink]:
        """The links, in order."""
        return [part for part in self.parts if isinstance(part, ItemLink)]


def items(text: str) -> Iterator[Item]:
    """Yield everything that could be an item, in order."""
    text = _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), text.removeprefix("\ufeff"))
    targets = {name.lower(): url for name, url in _DEFINITION.findall(text)}
    current: Item | None = None
    header: tuple[str, ...] | None = None
    fenced, blank, previous = False, True, ""
    raw_lines = re.split(r"\r\n|\r|\n", text)
    for (number, line), raw in zip(numbered_lines(text), raw_lines, strict=True):
        if _FENCE.match(line):
            fenced = not fenced
            continue
        if fenced or len(raw) > _LONGEST_LINE:
            continue
        if not line:
            blank, header = True, None
            continue
        if _RULE.fullmatch(line) and "|" in previous + line:
            header = tuple(_plain(cell) for cell in _cells(previous, targets))
            current = None
            continue
        previous = line
        indent = len(raw.expandtabs(4)) - len(raw.expandtabs(4).lstrip())
        if header is not None and "|" in line:
            yield from _finished(current)
            current = None
            yield _row(number, line, header, targets)
            continue
        item = _begun(number, line, indent, targets, current, blank=blank)
        if item is None:
            continue
        if item is not current:
            if current and item.kind == "bullet" and item.indent > current.indent:
                current.parent = True
            yield from _finished(current)
            current = item
        blank = False
    yield from _finished(current)


def _begun(
    number: int,
    line: str,
    indent: int,
    targets: Mapping[str, str],
    current: Item | None,
    *,
    blank: bool,
) -> Item | None:
    """Return the item that a line begins, or the current one, to which it was added."""
    bullet = _BULLET.match(line)
    kind: Kind = "bullet" if bullet else "heading" if line.startswith("#") else "paragraph"
    body = line[bullet.end() :] if bullet else line.lstrip("#").strip()
    parts, stars = _parsed(body, targets)
    attached = current is not None and (
        (kind == "bullet" and only_labels(parts) and (indent > 0 or current.kind != "bullet"))
        or (kind == "paragraph" and (not blank or indent >= 2 or only_labels(parts)))
    )
    if attached and current:
        current.add(parts, stars)
        return current
    return Item(number, kind, parts, indent=indent, stars=stars)


def _finished(item: Item | None) -> Iterator[Item]:
    if item:
        yield item


def _row(number: int, line: str, header: tuple[str, ...], targets: Mapping[str, str]) -> Item:
    cells: list[tuple[str | ItemLink, ...]] = []
    parts: list[str | ItemLink] = []
    stars: list[str] = []
    for cell in _cells(line, targets):
        own, found = _parsed(cell, targets)
        cells.append(tuple(own))
        parts += [*own, " | "]
        stars += found
    return Item(number, "row", parts, header, tuple(cells), stars=stars)


def _cells(line: str, targets: Mapping[str, str]) -> list[str]:  # noqa: ARG001 - as every reader of a line
    return [cell.strip() for cell in line.strip().strip("|").replace("\\|", "¦").split("|")]


def _plain(cell: str) -> str:
    return printable(_EMOJI.sub("", _TAG.sub("", cell)).strip("*_ ")).lower()


def _parsed(line: str, targets: Mapping[str, str]) -> tuple[list[str | ItemLink], list[str]]:
    """Split a line into text and links; images go, badges of repositories are kept aside."""
    stars = [found[1] for found in _STARS.finditer(line)]
    line = _ANCHOR.sub(lambda found: f"[{_TAG.sub('', found[2])}]({found[1]})", line)
    line = _IMAGE.sub("", re.sub(r"<br\s{0,2}/?>", " ", line, flags=re.IGNORECASE))
    line = html.unescape(_TAG.sub("", line)) if "<" in line or "&" in line else line
    if targets:
        line = _BY_NAME.sub(lambda found: _by_name(found, targets), line)
    parts: list[str | ItemLink] = []
    at = 0
    for found in _LINK.finditer(line):
        parts += _bare(line[at : found.start()])
        label = found[2].strip()
        wrapped = label[:1] == "[" and label.find("]") == len(label) - 1
        label = label[1:-1] if wrapped else label
        parts.append(ItemLink(_clean(label), found[3], wrapped or bool(found[1] and found[4])))
        at = found.end()
    parts += _bare(line[at:])
    return parts, stars


def _by_name(found: re.Match[str], targets: Mapping[str, str]) -> str:
    url = targets.get((found[2] or found[1]).lower())
    return f"[{found[1]}]({url})" if url else found[0]


def _bare(text: str) -> Iterator[str | ItemLink]:
    at = 0
    for found in _BARE.finditer(text):
        if text[at : found.start()]:
            yield _clean(text[at : found.start()])
        yield ItemLink("", found[0].rstrip(".,;:!?)*_`"), bracketed=True)
        at = found.end()
    if text[at:]:
        yield _clean(text[at:])


def _clean(text: str) -> str:
    return _ESCAPE.sub(r"\1", _EMOJI.sub(" ", text))


_LABEL_WORDS = frozenset(
    (
        "the a an our official offical unofficial original open source main full short long "
        "journal workshop paper papers pdf arxiv ar5iv preprint abs abstract html link url doi "
        "acm ieee springer elsevier openreview code codes github gitlab git repo repository "
        "implementation impl project page pages web website webpage site home homepage homeoage "
        "demo demos video videos slide slides talk talks poster blog blogs post data dataset "
        "datasets model models weights checkpoint checkpoints hugging face huggingface hf bib "
        "bibtex cite citation supp suppl supplementary supplemental material appendix tweet "
        "twitter x youtube bilibili colab notebook tutorial doc docs documentation news api app "
        "space spaces star stars fork forks review reviews version python pytorch torch "
        "tensorflow tf keras jax flax caffe theano matlab mxnet paddle paddlepaddle lua author "
        "authors tldr summary note notes benchmark leaderboard eval tool tools construction "
        "thecvf cvf acl aclanthology anthology pmlr neurips nips nature science here download "
        "book ps text media replicate modelscope online live playground extended camera ready and "
        "or in for of with to on by only all"
    ).split()
)
"""Words of link texts that only name what a link leads to."""
_WORD = re.compile(r"[^\W\d_]+")
_LONGEST_LABEL = 80


def is_label(link: ItemLink) -> bool:
    """Tell whether a link's text only names what it leads to: `code`, `Paper (PDF)`, a badge."""
    return link.bracketed or _says_nothing(link.label)


def only_labels(parts: list[str | ItemLink]) -> bool:
    """Tell whether a line has nothing but names of links and links: `Code: https://…`."""
    links = [part for part in parts if isinstance(part, ItemLink)]
    text = "".join(part for part in parts if isinstance(part, str))
    return bool(links) and all(map(is_label, links)) and _says_nothing(text)


def _says_nothing(text: str) -> bool:
    words = _WORD.findall(text.lower()) if len(text) <= _LONGEST_LABEL else [text]
    return len(words) <= 6 and _LABEL_WORDS.issuperset(words)
