"""The reference section of a paper, pasted from a PDF or a word processor → records.

What such a text has lost is where one reference ends: labels, blank lines, indentation or, at last,
a line that begins with names behind one that ends a reference tell. `citation` reads each.
"""

from __future__ import annotations

import datetime as dt
import re
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bibkit.listing.citation import begins_like_reference, parse_citation
from bibkit.listing.lines import excerpt, is_markup, numbered_lines
from bibkit.listing.listing import Listing
from bibkit.listing.reference import reference_record
from bibkit.record import Problem, Record

_HEADING = re.compile(
    r"(?:\d{1,2}\.? |[A-Z]\.? )?(?:references?(?: and notes)?|bibliography|works cited"
    r"|literature(?: cited)?|literatur"
    r"|références|referencias|参考文献|citations?)\s?:?",
    re.IGNORECASE,
)
_PAGE_NUMBER = re.compile(
    r"[-–— ]{0,3}(?:[Pp]age )?\d{1,5}(?: of \d{1,5}| ?/ ?\d{1,5})?[-–— ]{0,3}|\f"
)
_STAMP = re.compile(r"arXiv:\d{4}\.\d{4,5}(?:v\d+)?\s+\[[\w.-]+\]\s+\d{1,2} \w{3} \d{4}")
"""What arXiv prints on the margin of a first page."""
_BRACKETED = re.compile(r"\[\s?(\d{1,4}|[A-Z][\w+’'.&-]{0,24}?\d{2,4}[a-z]?)\s?\](?=\s|$|[A-Z“\"])")
_NUMBERED = re.compile(r"\(?(\d{1,4})[.)\]](?=\s|$|[A-Z“\"])|(\d{1,4})(?=\s+[^\W\d_a-z])")
_ENDED = re.compile(r"[.!?)\]}”\"’]$|\d[a-z]?$|/\S*$|https?://\S+$|10\.\d{4,9}/\S+$")
_INITIAL_AT_END = re.compile(
    r"(?:^|[\s.,-])[A-Z]\.$|\b(?:et al|vs|pp|Proc|Conf|Int|Trans|vol|no|eds?|Symp|J|Phys|Rev|Lett"
    r"|IEEE|Am|Soc|Comput|Sci|Math|Adv|Ann|Mach|Learn|Res|Intell|Syst|Process|Workshop)\.$"
)
_NO_NAME = re.compile(
    r"(?:Curran|Springer|Association|Elsevier|Wiley|ACM|IEEE|USENIX|University|Cambridge|Oxford"
    r"|MIT|Morgan|Academic|Press"
    r"|New York|London|Berlin|Amsterdam|Heidelberg|Montreal|Vancouver|Minneapolis|Minnesota"
    r"|Melbourne|Sydney|Paris|Beijing|USA|UK"
    r"|Canada|China|Germany|PMLR|AAAI|In |Proceedings|Advances|Transactions|Journal|Nature"
    r"|Science|URL|Available|Accessed|Retrieved"
    r"|January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Society|Linguistics|Inc|CA|MA|NY)\b"
)
_YEAR = re.compile(r"(?<!\d)(?:1[6-9]|20)\d\d(?!\d)")
_KEPT_HYPHEN = frozenset(
    "self multi pre semi non co cross end state large high low real time long short few zero one "
    "two three fine meta sub super inter intra anti post re un over under well human machine data "
    "model text image video graph context task".split()
)
"""Words before a hyphen that is their own, not the line's."""
_FEW = 2
"""Lines that may hold less than a reference: its authors and its year."""
_LOOKED_AT = 400
"""Lines that `sniff` judges by."""


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    text: str
    indent: int
    after_blank: bool


def sniff(text: str) -> bool:
    """Tell a text most of whose paragraphs read as authors, title and year."""
    if is_markup(text) or "](" in text:
        return False
    head = re.split(r"\r\n|\r|\n", text, maxsplit=_LOOKED_AT)[:_LOOKED_AT]
    found = list(_references(_lines("\n".join(head))))[:60]
    if not any(_YEAR.search(line.text) for lines in found for line in lines):
        return False
    good = sum(1 for lines in found if _is_whole(lines))
    return good > 0 and good >= 0.6 * len(found)


def read(text: str, *, origin: str, page_date: dt.date | None = None) -> Listing:  # noqa: ARG001 - references carry no day of a page
    """Read every reference; one in which neither a title nor an id can be told is reported."""
    records: list[Record] = []
    problems: list[Problem] = []
    for lines in _references(_lines(text)):
        joined = _joined(lines)
        said = parse_citation(joined)
        place = f"{origin}:{_title_line(lines, said.title)}"
        if record := reference_record(said, origin=place):
            records.append(record)
        else:
            message = f"no title can be told in it: “{excerpt(joined)}”"
            problems.append(Problem(place, "listing-stray", message))
    return Listing(tuple(records), tuple(problems))


def _is_whole(lines: Sequence[_Line]) -> bool:
    said = parse_citation(_joined(lines))
    dated = bool(said.year or (said.volume and said.pages))
    return bool(said.title and said.authors and dated and len(said.title.split()) > 1)


def _lines(text: str) -> list[_Line]:
    """Return the lines that belong to references, without what a page prints around them."""
    raw = re.split(r"\r\n|\r|\n", text)
    numbered = numbered_lines(text)
    seen = Counter(re.sub(r"\d+", "#", line) for _, line in numbered if len(line) < 90)
    kept: list[_Line] = []
    blank = False
    for place, ((number, line), source) in enumerate(zip(numbered, raw, strict=True)):
        if not line:
            blank = True
            continue
        around = [text for _, text in numbered[max(0, place - 1) : place + 2] if text is not line]
        at_edge = any(not text or _PAGE_NUMBER.fullmatch(text) for text in around)
        if _is_furniture(line, seen, at_edge=at_edge and bool(kept)):
            continue
        expanded = source.lstrip("\ufeff").expandtabs(4)
        kept.append(_Line(number, line, len(expanded) - len(expanded.lstrip()), blank))
        blank = False
    return kept


def _is_furniture(line: str, seen: Counter[str], *, at_edge: bool) -> bool:
    if _PAGE_NUMBER.fullmatch(line) or _STAMP.fullmatch(line) or _HEADING.fullmatch(line):
        return True
    repeated = seen[re.sub(r"\d+", "#", line)] > 1 and len(line) < 90
    return (
        repeated
        and at_edge
        and not _BRACKETED.match(line)
        and not re.match(r"[—–_]{2,}", line)
        and not _YEAR.search(line)
    )


def _references(lines: list[_Line]) -> Iterator[list[_Line]]:
    """Cut the lines where references begin."""
    if not lines:
        return
    starts = (
        _labelled(lines, _BRACKETED)
        or _labelled(lines, _NUMBERED)
        or _each_line(lines)
        or _indented(lines)
        or _by_names(lines)
    )
    marks = sorted(starts | {0})
    for begin, end in zip(marks, [*marks[1:], len(lines)], strict=True):
        yield lines[begin:end]


def _labelled(lines: Sequence[_Line], label: re.Pattern[str]) -> set[int]:
    """Return where labels stand that count upwards, or that are no numbers."""
    found = [(place, m) for place, line in enumerate(lines) if (m := label.match(line.text))]
    starts: set[int] = set()
    last: int | None = None
    for place, match in found:
        name = match[1] or match[2]
        if not name.isdigit():
            starts.add(place)
            continue
        value = int(name)
        if last is None or last < value <= last + 3:
            if last is None and place > 2:
                break
            starts.add(place)
            last = value
    fewest = 1 if label is _BRACKETED else 2
    return starts if len(starts) >= fewest and min(starts) <= 2 else set()


def _each_line(lines: Sequence[_Line]) -> set[int]:
    """Return every line when each is a reference: pasted from a word processor, unwrapped."""
    if statistics.median(len(line.text) for line in lines) < 90 and len(lines) > 1:
        return set()
    begun = sum(1 for line in lines if begins_like_reference(line.text) and _YEAR.search(line.text))
    ended = sum(1 for line in lines if _ENDED.search(line.text))
    return set(range(len(lines))) if min(begun, ended) >= 0.7 * len(lines) else set()


def _indented(lines: Sequence[_Line]) -> set[int]:
    """Return the lines that stand out, or in, when the others do not."""
    indents = Counter(line.indent for line in lines)
    low = min(indents)
    out = {place for place, line in enumerate(lines) if line.indent <= low + 1}
    deeper = {place for place in range(len(lines)) if place not in out}
    if not deeper or len(indents) > max(6, len(lines) / 4):
        return set()
    starts = out if 0 in out else deeper
    named = sum(1 for place in starts if begins_like_reference(lines[place].text))
    return starts if len(starts) > 1 and named >= 0.6 * len(starts) else set()


def _by_names(lines: Sequence[_Line]) -> set[int]:
    """Return the lines that begin with names behind a line that ends a reference."""
    starts, begun = {0}, 0
    dated = bool(_YEAR.search(lines[0].text))
    for place in range(1, len(lines)):
        line, before = lines[place], lines[place - 1].text
        ended = bool(_ENDED.search(before)) and not _INITIAL_AT_END.search(before[-12:])
        new = line.after_blank and ended and (dated or not line.text[:1].islower())
        if not new and ended and dated and not _NO_NAME.match(line.text):
            following = lines[place + 1].text if place + 1 < len(lines) else ""
            new = begins_like_reference(f"{line.text} {following}")
            if new and place - begun <= _FEW:  # else authors and year alone would be one
                new = bool(parse_citation(_joined(lines[begun:place])).title)
        if new:
            starts.add(place)
            begun, dated = place, False
        dated = dated or bool(_YEAR.search(line.text))
    return starts


def _joined(lines: Sequence[_Line]) -> str:
    text = ""
    for line in lines:
        text = _appended(text, line.text)
    return text


def _appended(text: str, line: str) -> str:
    """Join two lines, undoing the hyphen at the end of the first and breaks inside addresses."""
    if not text:
        return line
    last = text.rpartition(" ")[2]
    if text.endswith(("-", "‐", "\u00ad")) and len(last) > 1:
        word = last.rstrip("-‐\u00ad").rpartition("-")[2].lower()
        own = not line[:1].islower() or word in _KEPT_HYPHEN or "/" in last
        return text + line if own else text.rstrip("-‐\u00ad") + line
    if (
        ("://" in last or last.lower().startswith(("doi", "10.")))
        and last[-1] in "/_=.-:"
        and not line[:1].isupper()
    ):
        return text + line
    return f"{text} {line}"


def _title_line(lines: Sequence[_Line], title: str) -> int:
    """Return the number of the line on which the title begins."""
    words = title.split(" ")
    for width in (3, 2, 1):
        head = " ".join(words[:width])
        for line in lines if title else ():
            if head in line.text:
                return line.number
    return lines[0].number
