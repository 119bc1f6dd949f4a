"""The lines of arXiv's pages (lists, search results, one paper), from HTML or from text → records.

    [1] arXiv:2502.00001 [pdf, html, other]        list: the head of a record
    Title: …                                       then a line of authors, `Comments:`, `Subjects:`,
                                                   and on today's list the abstract
    1. arXiv:2502.00001 [pdf, other] cs.CL         search result: the title has no label
    arXiv:2502.00001 (cs)                          one paper: everything has a label

A list does not tell the day a paper was submitted; the other pages do.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bibkit.listing.dates import mail_day
from bibkit.listing.lines import excerpt
from bibkit.listing.listing import Listing
from bibkit.record import Problem, Record
from bibkit.text.identifiers import arxiv_id, doi
from bibkit.text.links import extract_links
from bibkit.text.names import parse_authors

Row = tuple[int, str]
"""A line with its number."""

_MARKDOWN = re.compile(r"\[([^\[\]]{0,300})\]\([^()\s]{0,1000}(?: \"[^\"]{0,100}\")?\)")
_MARKDOWN_NUMBER = re.compile(r"\[(\[ ?\d{1,5} ?\])\]\([^()\s]{0,1000}\)")
_NUMBERED = r"(?:\[ ?\d{1,5} ?\]|\d{1,5}\.)"
_ID = r"arXiv: ?(?P<id>\d{4}\.\d{4,5}|[a-z-]{2,12}(?:\.[A-Z]{2})?/\d{7})(?:v\d{1,3})?"
_TYPE = r"(?: \((?:cross-list from|replaced|new)[^()]{0,40}\))?"
_FORMATS = r"\[ ?(?:pdf|ps|html|other|src|x-|view|tex|withdrawn|no pdf)[^\[\]]{0,200}\]"
_HEAD = re.compile(
    rf"(?:{_NUMBERED} ?)?{_ID}{_TYPE}"
    rf"(?: {_FORMATS}| \([a-z-]{{2,12}}(?:\.[A-Za-z-]{{2,6}})?\))(?P<rest> .{{0,300}})?",
    re.IGNORECASE,
)
_NUMBER_ALONE = re.compile(_NUMBERED)
_FORMATS_ALONE = re.compile(_FORMATS, re.IGNORECASE)
_ID_ALONE = re.compile(_ID + _TYPE)
_LABEL = re.compile(
    r"(?P<name>Title|Authors?|Abstract|Comments|Subjects|Subj-class|Journal[- ]ref(?:erence)?"
    r"|Related DOI|DOI|Report-no|Report number|(?:MSC|ACM)[- ]class(?:es)?|Cite as|Submitted)"
    r"(?: ?:| (?=\d{1,2} [A-Z]))\s*(?P<value>.*)"
)
_SUBMITTED = re.compile(
    r"\[?(?:v1 submitted|Submitted(?: on)?) (?P<day>\d{1,2} [A-Za-z]{3,9},? \d{4})"
)
_V1 = re.compile(r"\bv1 submitted (?P<day>\d{1,2} [A-Za-z]{3,9},? \d{4})")
_SECTION = re.compile(
    r"(?:New|Cross|Replacement) submissions(?: \(.*)?"
    r"|(?:Cross-lists|Replacements|New submissions) .{0,40}|Showing (?:up to|new|\d).{0,100}"
    r"|Total of \d[\d,]* (?:entries|results).{0,200}|\[ ?(?:total|showing).*"
    r"|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},? \d{1,2} [A-Z][a-z]{2,8},? \d{4}.{0,60}"
    r"|Submission history.{0,100}|Current browse context:?.{0,40}|References & Citations"
    r"|Access Paper:?"
    r"|Bibliographic (?:and Citation )?Tools|arXivLabs.{0,80}|Links to:.{0,80}|Search v\d.{0,60}"
    r"|(?:About|Help|Contact|Subscribe|Copyright|Privacy Policy|Next|Previous|Go|Full-text links:)"
    r"|Web Accessibility.{0,40}|arXiv Operational Status.{0,40}"
)
_FURNITURE = re.compile(
    r"View (?:a )?PDF.{0,400}|HTML \(experimental\)|TeX Source|Other Formats|view license|PDF"
    r"|Focus to learn more|\(or .{5,60} for this version\)|https://doi\.org/\S+|arXiv-issued DOI.*"
)
_CATEGORY = (
    r"(?:(?:cs|math|stat|eess|econ|physics|astro-ph|cond-mat|q-bio|q-fin|nlin)\.[A-Za-z-]{2,12}"
    r"|hep-(?:th|ph|ex|lat)|gr-qc|quant-ph|nucl-(?:th|ex)|math-ph|astro-ph|cond-mat)"
)
_TAGS = re.compile(rf"(?:{_CATEGORY} ?)*(?:doi (?P<doi>10\.\S+))?")
"""The categories of a search result, and its DOI."""
_CITED = re.compile(rf"Cite as: {_ID}")
_LESS = re.compile(r"\s*[△▲] ?Less\s*$")
_MORE = re.compile(r"^.*[▽▼] ?More\s*", re.DOTALL)
_SHORTEST_ABSTRACT = 40


@dataclass(slots=True)
class _Block:
    """The lines of one record."""

    line: int
    identifier: str
    fields: dict[str, str] = field(default_factory=dict)
    title_line: int = 0
    authors_line: int = 0
    loose: list[Row] = field(default_factory=list)
    """Lines without a label, before the subjects: a search result's title, a list's authors."""
    after: list[Row] = field(default_factory=list)
    """Lines without a label behind the subjects: the abstract."""
    label: str = ""
    day: dt.date | None = None
    ended: bool = False
    """True behind what no record contains."""


def is_head(row: str) -> bool:
    """Tell the line that begins a record.

    >>> is_head("[1] arXiv:2502.00001 [pdf, html, other]"), is_head("arXiv:2502.00001 is fine")
    (True, False)
    """
    return _HEAD.fullmatch(_plain(row)) is not None


def page_listing(rows: Sequence[Row], *, origin: str, cut: bool) -> Listing:
    """Read every record of a page's lines; of one that is `cut`, the last may be incomplete."""
    blocks: list[_Block] = []
    for number, row in _with_head(list(_whole_heads(rows))):
        head = _HEAD.fullmatch(row)
        identifier = arxiv_id(head["id"]) if head else None
        if identifier:
            blocks.append(_Block(number, identifier))
        found = _SUBMITTED.match(row)
        if found and blocks and not blocks[-1].day:
            blocks[-1].day = mail_day((_V1.search(row) or found)["day"])
        if blocks and not identifier:
            _add(blocks[-1], number, row)
    last = blocks[-1] if blocks else None
    problems: list[Problem] = []
    if last and (_lacks(last, blocks[:-1]) or not _is_whole(last, cut=cut)):
        message = f"the page breaks off inside the record of {last.identifier}"
        problems.append(Problem(f"{origin}:{last.line}", "listing-cut", message))
        blocks = blocks[:-1]
    records = [_record(block, origin) for block in blocks]
    for block in blocks:
        problems += _left_over(block, origin)
    return Listing(tuple(records), tuple(problems))


def _lacks(last: _Block, others: Sequence[_Block]) -> bool:
    """Tell whether the last record lacks what each of the others has."""
    names = [set(block.fields) & {"Subjects", "Authors", "Title"} for block in others]
    return bool(names) and not set.intersection(*names) <= set(last.fields)


def _is_whole(last: _Block, *, cut: bool) -> bool:
    """Tell whether the title of the last record is there, and all of it."""
    if cut and last.fields.keys().isdisjoint(("Subjects", "Submitted")):
        return False
    return bool(_title_and_authors(last)[1])


def _plain(row: str) -> str:
    """Return a line without the marks of Markdown."""
    if "](" in row:
        row = _MARKDOWN.sub(r"\1", _MARKDOWN_NUMBER.sub(r"\1", row))
    return row.lstrip(":>#*•| ").replace("**", "")


def _with_head(rows: Sequence[Row]) -> Sequence[Row]:
    """Give the page of one paper a head where it has none but `Cite as:`."""
    if any(_HEAD.fullmatch(row) for _, row in rows):
        return rows
    for (_, before), (_, row) in itertools.pairwise([(0, ""), *rows]):
        if found := _CITED.search(f"{before} {row}"):
            return [(rows[0][0], f"arXiv:{found['id']} (cs)"), *rows]
    return rows


def _whole_heads(rows: Sequence[Row]) -> Iterator[Row]:
    """Join heads that a renderer broke over lines: the number, the id, the formats."""
    place = 0
    plain = [(number, text) for number, row in rows if (text := _plain(row))]
    while place < len(plain):
        number, row = plain[place]
        taken = 1
        after = plain[place + 1] if place + 1 < len(plain) else (0, "")
        if _NUMBER_ALONE.fullmatch(row) and _ID_ALONE.match(after[1]):
            number, row, taken = *after, 2
        after = plain[place + taken] if place + taken < len(plain) else (0, "")
        if _ID_ALONE.fullmatch(row) and _FORMATS_ALONE.match(after[1]):
            row, taken = f"{row} {after[1]}", taken + 1
        yield number, row
        place += taken


def _add(block: _Block, number: int, row: str) -> None:
    """Add a line: a field, what belongs to the last one, or a line without a label."""
    found = _LABEL.fullmatch(row)
    if block.label and not block.fields[block.label] and not found:
        block.fields[block.label] = row
        if block.label == "Title":
            block.title_line = number
    elif block.ended or _SECTION.fullmatch(row):
        block.ended, block.label = True, ""
    elif found:
        name = {"Author": "Authors", "Subj-class": "Subjects"}.get(found["name"], found["name"])
        block.label = name if name not in block.fields else ""
        block.fields.setdefault(name, found["value"])
        if name == "Title" and not block.title_line:
            block.title_line = number if found["value"] else 0
        elif name == "Authors":
            block.authors_line = block.authors_line or number
    elif block.label == "Abstract":
        block.fields["Abstract"] += f" {row}"
    elif "Subjects" in block.fields:
        block.after.append((number, row))
    else:
        block.loose.append((number, row))


def _record(block: _Block, origin: str) -> Record:
    line, title, names = _title_and_authors(block)
    abstract = _abstract(block)
    authors = parse_authors(names.partition("△")[0])
    spellings = [block.fields.get(name, "") for name in ("Related DOI", "DOI")]
    spellings += [tags["doi"] or "" for _, row in block.loose if (tags := _TAGS.fullmatch(row))]
    number = next((found for text in spellings for w in text.split() if (found := doi(w))), None)
    journal = [block.fields.get(f"Journal{end}", "") for end in ("-ref", " ref", " reference")]
    return Record(
        f"{origin}:{line}",
        title,
        abstract,
        authors=authors,
        authors_count=len(authors) or None,
        date=block.day,
        links=extract_links(f"{abstract}\n{block.fields.get('Comments', '')}"),
        arxiv_id=block.identifier,
        doi=number,
        venue=next(filter(None, journal), ""),
    )


def _title_and_authors(block: _Block) -> tuple[int, str, str]:
    """Return the title with its line, and the names.

    In a list the names stand on the line behind the title; where they have a label, the lines
    between are the title's.
    """
    loose = [
        (number, row)
        for number, row in block.loose
        if not (_TAGS.fullmatch(row) or _FURNITURE.fullmatch(row))
    ]
    before = [row for row in loose if not block.authors_line or row[0] <= block.authors_line]
    names = block.fields.get("Authors", "")
    if "Title" not in block.fields:
        line = before[0][0] if before else block.line
        return line, " ".join(text for _, text in before), names
    line, title = block.title_line or block.line, block.fields["Title"]
    if "Authors" not in block.fields:
        return line, title, loose[0][1] if loose else ""
    more = [text for number, text in before if number >= line]
    return line, " ".join([title, *more]), names


def _abstract(block: _Block) -> str:
    """Return the abstract: labelled, or what stands behind the subjects of a list."""
    if labelled := block.fields.get("Abstract", ""):
        full = _MORE.sub("", _LESS.sub("", labelled))
        half = len(full) // 2
        return full[:half].strip() if full[:half].strip() == full[half:].strip() else full
    text = " ".join(row for _, row in block.after)
    return text if len(text) >= _SHORTEST_ABSTRACT else ""


def _left_over(block: _Block, origin: str) -> Iterator[Problem]:
    """Report lines behind a record that are too short for an abstract."""
    text = " ".join(row for _, row in block.after if not block.fields.get("Abstract"))
    if text and len(text) < _SHORTEST_ABSTRACT and not _FURNITURE.fullmatch(text):
        place = f"{origin}:{block.after[0][0]}"
        yield Problem(place, "listing-stray", f"fits no record: “{excerpt(text)}”")
