"""Render known papers in the citation styles of journals, to measure how they are read back."""

from __future__ import annotations

import random
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Paper:
    """What is known of a paper before it is rendered."""

    title: str
    authors: Sequence[tuple[str, str]]
    """Family and given name."""
    year: int
    venue: str = "Journal of Machine Learning Research"
    volume: int = 12
    number: int = 3
    pages: tuple[int, int] = (1137, 1155)
    arxiv_id: str = ""


def initials(given: str, *, dot: str = ".", gap: str = " ") -> str:
    words = [word for word in given.replace("-", " ").split() if word[0].isalpha()]
    return gap.join(word[0].upper() + dot for word in words)


def _joined(names: Sequence[str], *, last: str = " and ", gap: str = ", ") -> str:
    if len(names) == 1:
        return names[0]
    return gap.join(names[:-1]) + last + names[-1]


def _range(paper: Paper, dash: str = "–") -> str:
    return f"{paper.pages[0]}{dash}{paper.pages[1]}"


def _stopped(title: str) -> str:
    return title if title[-1] in "?!." else f"{title}."


def plain(p: Paper) -> str:
    names = _joined(
        [f"{given} {family}" for family, given in p.authors],
        last=", and " if len(p.authors) > 2 else " and ",
    )
    return f"{names}. {_stopped(p.title)} In {p.venue}, pages {_range(p)}, {p.year}."


def abbreviated(p: Paper) -> str:
    names = _joined(
        [f"{initials(given)} {family}" for family, given in p.authors],
        last=", and " if len(p.authors) > 2 else " and ",
    )
    return f"{names}. {_stopped(p.title)} {p.venue}, {p.volume}({p.number}):{_range(p)}, {p.year}."


def apa(p: Paper) -> str:
    names = _joined([f"{family}, {initials(given)}" for family, given in p.authors], last=", & ")
    return f"{names} ({p.year}). {_stopped(p.title)} {p.venue}, {p.volume}({p.number}), {_range(p)}. https://doi.org/10.1000/xyz{p.volume}"


def acl(p: Paper) -> str:
    names = _joined(
        [f"{given} {family}" for family, given in p.authors],
        last=", and " if len(p.authors) > 2 else " and ",
    )
    return f"{names}. {p.year}. {_stopped(p.title)} In Proceedings of the 2019 Conference of the North American Chapter, pages {_range(p)}, Minneapolis, Minnesota. Association for Computational Linguistics."


def acm(p: Paper) -> str:
    names = _joined(
        [f"{given} {family}" for family, given in p.authors],
        last=", and " if len(p.authors) > 2 else " and ",
    )
    return f"{names}. {p.year}. {_stopped(p.title)} {p.venue} {p.volume}, {p.number} ({p.year}), {_range(p)}. https://doi.org/10.1145/3292500.3330701"


def ieee(p: Paper) -> str:
    names = _joined(
        [f"{initials(given)} {family}" for family, given in p.authors],
        last=", and " if len(p.authors) > 2 else " and ",
    )
    comma = "" if p.title[-1] in "?!" else ","
    return f"{names}, “{p.title}{comma}” {p.venue}, vol. {p.volume}, no. {p.number}, pp. {_range(p)}, Jun. {p.year}."


def vancouver(p: Paper) -> str:
    names = [f"{family} {initials(given, dot='', gap='')[:3]}" for family, given in p.authors]
    shown = ", ".join(names[:6]) + (", et al" if len(names) > 6 else "")
    return (
        f"{shown}. {_stopped(p.title)} {p.venue}. {p.year};{p.volume}({p.number}):{_range(p, '-')}."
    )


def nature(p: Paper) -> str:
    names = [f"{family}, {initials(given)}" for family, given in p.authors]
    shown = f"{names[0]} et al." if len(names) > 5 else _joined(names, last=" & ")
    return f"{shown} {_stopped(p.title)} {p.venue} {p.volume}, {_range(p)} ({p.year})."


def lncs(p: Paper) -> str:
    names = ", ".join(f"{family}, {initials(given)}" for family, given in p.authors)
    return f"{names}: {_stopped(p.title)} In: {p.venue}, pp. {_range(p)}. Springer, Heidelberg ({p.year})."


def harvard(p: Paper) -> str:
    names = _joined([f"{family}, {initials(given, gap='')}" for family, given in p.authors])
    return f"{names} ({p.year}) ‘{p.title}’, {p.venue}, {p.volume}({p.number}), pp. {_range(p)}."


def chicago(p: Paper) -> str:
    first = f"{p.authors[0][0]}, {p.authors[0][1]}"
    names = _joined(
        [first, *(f"{given} {family}" for family, given in p.authors[1:])], last=", and "
    )
    return f"{names}. “{_stopped(p.title)}” {p.venue} {p.volume}, no. {p.number} ({p.year}): {_range(p)}."


def elsevier(p: Paper) -> str:
    names = ", ".join(f"{initials(given, gap='')} {family}" for family, given in p.authors)
    return f"{names}, {p.title}, {p.venue} {p.volume} ({p.year}) {_range(p)}."


def icml(p: Paper) -> str:
    names = _joined(
        [f"{family}, {initials(given)}" for family, given in p.authors],
        last=", and " if len(p.authors) > 2 else " and ",
    )
    return (
        f"{names} {_stopped(p.title)} arXiv preprint arXiv:{p.arxiv_id or '1706.03762'}, {p.year}."
    )


def neurips(p: Paper) -> str:
    names = _joined(
        [f"{given} {family}" for family, given in p.authors],
        last=", and " if len(p.authors) > 2 else " and ",
    )
    return f"{names}. {_stopped(p.title)} CoRR, abs/{p.arxiv_id or '1706.03762'}, {p.year}. URL http://arxiv.org/abs/{p.arxiv_id or '1706.03762'}."


STYLES: dict[str, Callable[[Paper], str]] = {
    style.__name__: style
    for style in (plain, abbreviated, apa, acl, acm, ieee, vancouver, nature, lncs, harvard, chicago, elsevier, icml, neurips)
}  # fmt: skip


def section(references: Sequence[str], *, label: str, width: int, chance: random.Random) -> str:
    """Set a reference section as a PDF's text has it: wrapped, hyphenated, with page furniture."""
    lines: list[str] = ["References"]
    for number, reference in enumerate(references, 1):
        text = label.format(number) + reference
        lines += hyphenated(text, width, chance) if width else [text]
        if width and number % 12 == 0:
            lines += [str(10 + number // 12), "Smith et al.: A Running Head of the Paper"]
    return "\n".join(lines) + "\n"


def hyphenated(text: str, width: int, chance: random.Random) -> list[str]:
    """Wrap a text, and break some long words at the ends of lines."""
    lines: list[str] = []
    for line in textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False):
        head, _, word = line.rpartition(" ")
        if len(word) > 7 and word.isalpha() and word.islower() and head and chance.random() < 0.5:
            lines += [f"{head} {word[:4]}-", word[4:]]
        else:
            lines.append(line)
    merged: list[str] = []
    for line in lines:
        if merged and merged[-1].endswith("-") and len(merged) > 1 and len(line) < 12:
            merged.append(line)
        elif (
            merged
            and len(merged[-1]) < 12
            and len(merged[-1]) + len(line) < width
            and lines[0] != line
        ):
            merged[-1] = f"{merged[-1]} {line}"
        else:
            merged.append(line)
    return merged
