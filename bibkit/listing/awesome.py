"""An awesome list (a Markdown README full of papers) → records.

An item is a paper when it links to one, or names a venue; tools, blogs, courses and tables of
contents are not made into papers: an item with a link that is no paper is reported.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence

from bibkit.listing.lines import excerpt, is_markup, printable
from bibkit.listing.listing import Listing
from bibkit.listing.markdown import Item, ItemLink, is_label, items
from bibkit.listing.reference import Reference, doi_in, reference_record, year_in
from bibkit.record import Author, Problem, Record
from bibkit.text.identifiers import arxiv_id
from bibkit.text.links import classify_link
from bibkit.text.names import parse_authors

_PAPER_URL = re.compile(
    r"\.pdf(?:$|[?#])|/papers?/|arxiv\.org/|doi\.org/|/pdf/|openaccess\.|/abs(?:tract)?[/_]|ieee\.org/|acm\.org/"
    r"|papers\.(?:nips|ssrn)|proceedings|jmlr|dl\.acm|cell\.com|bmj|/article|/hash/|sciencedirect|wiley",
    re.IGNORECASE,
)
_NO_PAPER_HOST = re.compile(
    r"//(?:www\.)?(?:github\.com|youtube|youtu\.be|twitter|x\.com|medium|huggingface\.co/(?!papers/))",
    re.I,
)
_PAPER_LABEL = re.compile(
    r"\b(?:papers?|pdf|arxiv|preprint|abs(?:tract)?|openreview|acl|cvf|thecvf|ieee|acm|pmlr|neurips|springer)\b",
    re.IGNORECASE,
)
_VENUES = (
    "NeurIPS NIPS ICML ICLR CVPR ICCV ECCV WACV BMVC ACCV 3DV ACL EMNLP NAACL EACL AACL "
    "COLING CoNLL TACL LREC AAAI IJCAI KDD SIGKDD WWW TheWebConf SIGIR CIKM WSDM ICDM SDM "
    "PAKDD RecSys SIGMOD VLDB ICDE INTERSPEECH ICASSP ISMIR CoRL ICRA IROS RSS RAL RA-L "
    "SIGGRAPH TOG TVCG PAMI TPAMI IJCV TIP TMM TNNLS TKDE TCSVT JMLR TMLR MICCAI MIDL TMI UAI "
    "AISTATS COLT ALT CHI UIST OSDI SOSP NSDI MLSys ASPLOS USENIX CCS NDSS ACMMM arXiv ArXiv "
    "Arxiv arxiv Preprint preprint bioRxiv Nature Science PNAS COLM Findings"
).split()
_VENUE = re.compile(
    rf"\b(?:{'|'.join(_VENUES)}|ACM MM)\b"
    r"(?:[ \-@]?(?:Findings|Workshops?|W|Asia|Oral|Spotlight|preprint))?"
    r"(?:[\s,.:@(]{0,3}[’'‘]?((?:19|20)?\d\d)(?!\d))?"
)
_HANDLE = re.compile(r"\(@[^()]*\)?")
_VENUE_BEHIND = re.compile(
    rf"\s*[(\[](?:(?:IEEE|ACM|In)\s)?(?:{_VENUE.pattern})[^()\[\]]{{0,30}}[)\]]$"
)
_EDGE = " \t\n|,;:.-–—·•*_~`>"
_QUOTED = re.compile(r"[“\"]([^“”\"\n]{8,400})[”\"]")
_BOLD = re.compile(r"\*\*\s?([^*\n]{3,400}?)\s?\*\*|__([^_\n]{3,400}?)__")
_ITALIC = re.compile(r"(?<![*\w])[*_]([^*_\n]{3,3000}?)[*_](?![*\w])")
_TAGGED = re.compile(
    r"(?:(?:\[[^\[\]]{1,40}\]|\([^()]{1,40}\)|【[^】]{1,40}】|\d{4}[-./]\d{1,2}(?:[-./]\d{1,2})?)"
    r" ?[:：|-]? ?){1,6}"
)
"""Marks before a title: `[2023/05]`, `(NeurIPS 2023)`, `[DETR]`."""
_BEHIND = re.compile(
    r" ?[(\[（][^()\[\]]{0,60}(?:(?:19|20)\d\d|et al|@)[^()\[\]]{0,30}[)\]）]?.*$| ?\(@.*$"
    r"|, (?:[A-Z]\.[ -]?){1,4}[A-Z][a-z].*$|, (?:19|20)\d\d.*$"
    r"|, [A-Z][\w.-]+(?: [\w.-]+){0,2} et al.*$"
    r"|\. (?=[A-Z\[(*_]).*$| [-–—|] .*$| ?: ?$"
)
"""What follows a title that nothing sets off: year, authors, the next sentence."""
_SHORT_YEAR = re.compile(r"(?<=[a-zA-Z ])[’'‘](\d\d)\b")
_DATE = re.compile(r"\b((?:19|20)\d\d)[-./](?:0?[1-9]|1[0-2])\b")
_NAME = re.compile(r"[^\W\d_][\w.'’-]*(?: [^\W\d_][\w.'’-]*){1,4}")
_NO_TITLE = re.compile(
    r"(?:table of contents?|contents?|contribut\w+|license|citation|back to top|top|introduction"
    r"|acknowledge?ments?|star history|related (?:work|projects|repos\w*)|awesome .*)",
    re.IGNORECASE,
)
_TITLE_COLUMN = re.compile(r"title|标题|题目|论文")
_PAPER_COLUMN = re.compile(r"paper|article|publication|reference")
_NAME_COLUMN = re.compile(r"name|method|work|model")
_YEAR_COLUMN = re.compile(r"year|date|time|when|release|published")
_VENUE_COLUMN = re.compile(r"venue|publication|conf|journal|published|pub|where")
_DANGLING = frozenset("on in at our the a an is are of to see by from for with here via as".split())
"""Words that end no title: before a link they end a sentence about it."""
_FEWEST_WORDS = 2
_PAPER_LINK = re.compile(
    r"\]\(\s?<?https?://[^()\s]{0,80}(?:arxiv\.org/|doi\.org/|openreview\.net/|aclanthology|aclweb\.org|thecvf|papers\.nips"
    r"|proceedings\.|huggingface\.co/papers/)|\[\[?(?:paper|pdf|arxiv)\]?\]?\(|(?:paper|pdf)\]?: ?<?https?://",
    re.IGNORECASE,
)
_DAILY = re.compile(r"^#{1,5} \[[^\[\]\n]*\]\([^()\s]*/papers/\d{4}\.\d{5}", re.MULTILINE)
"""A heading that is a link to a Hugging Face paper page: the Daily Papers as Markdown."""
_MARKED = re.compile(r"^#{1,6}\s|^\s*\|?\s*:?-{2,}:?\s*\||\]\(", re.MULTILINE)
_FEWEST_LINKS = 3


def sniff(text: str) -> bool:
    """Tell Markdown with links to papers and headings, tables or badges around them."""
    if is_markup(text) and not text.lstrip("\ufeff \t\r\n").lower().startswith(
        ("<p", "<h", "<div", "<!--", "<a", "<img", "<center")
    ):
        return False
    if _DAILY.search(text) or "](" not in text:
        return False
    headings = len(re.findall(r"^#{1,6}\s+\S|^\s*\|?\s*:?-{2,}:?\s*\|", text, re.MULTILINE))
    links = sum(1 for _ in _PAPER_LINK.finditer(text))
    bracketed = len(re.findall(r"\[\[[^\[\]\n]{2,20}\]?\]?\(", text))
    return links >= _FEWEST_LINKS and (headings >= 2 or bracketed >= _FEWEST_LINKS)


def read(text: str, *, origin: str, page_date: dt.date | None = None) -> Listing:  # noqa: ARG001 - the dates in it are whole
    """Read every item that is a paper; what only links elsewhere is reported."""
    records: list[Record] = []
    problems: list[Problem] = []
    for item in items(text):
        place = f"{origin}:{item.line}"
        found = list(_records(item, place))
        records += found
        if not found and _is_entry(item):
            message = f"links to no paper: “{excerpt(printable(_text(item.parts)))}”"
            problems.append(Problem(place, "listing-stray", message))
    return Listing(tuple(records), tuple(problems))


def _is_entry(item: Item) -> bool:
    """Tell whether an item that is no paper is worth a remark: not headings, prose, contents."""
    outside = [link for link in item.links if link.url.startswith(("http://", "https://"))]
    return item.kind in ("bullet", "row") and bool(outside) and not item.parent


def _records(item: Item, place: str) -> Iterator[Record]:
    links = item.links
    titled = [link for link in links if not is_label(link) and _is_title(link.label)]
    with_ids = [link for link in titled if arxiv_id(link.url)]
    several = len({arxiv_id(link.url) for link in with_ids}) > 1
    if several and item.kind != "paragraph":
        for link in with_ids:
            yield from _record(item, place, _tidied(link.label), [link])
        return
    title = _title(item, titled)
    if (title or _names_little(item)) and _is_paper(item, title, links):
        yield from _record(item, place, title, links)


def _names_little(item: Item) -> bool:
    """Tell whether an item without a title is no sentence: an abbreviation beside its link."""
    words = _lead(item).strip(_EDGE + "[]()").split()
    return item.kind in ("bullet", "row") and len(words) <= 3


def _record(item: Item, place: str, title: str, links: Sequence[ItemLink]) -> Iterator[Record]:
    addresses = [link.url for link in links if not link.url.startswith("#")]
    identifier = _arxiv_id(links)
    rest = _text(item.parts).replace(title, "\n", 1) if title else _text(item.parts)
    year, venue = _year_and_venue(item, rest)
    said = Reference(
        title=title if len(title.split()) >= _FEWEST_WORDS or not identifier else "",
        authors=(authors := _authors(rest)),
        all_authors=bool(authors) and "et al" not in rest and "others" not in rest,
        year=year,
        venue=venue,
        ids=(identifier,) if identifier else (),
        places=(*_linked(addresses), *(f"https://github.com/{name}" for name in item.stars)),
    )
    record = reference_record(said, origin=place)
    if record and (record.title or record.arxiv_id or record.doi):
        yield record


def _linked(addresses: Sequence[str]) -> Iterator[str]:
    """Yield the addresses but those of other papers' ids."""
    seen = None
    for address in addresses:
        identifier = arxiv_id(address)
        if identifier and seen and identifier != seen:
            continue
        seen = seen or identifier
        yield address


def _arxiv_id(links: Sequence[ItemLink]) -> str | None:
    """Return the id that the title links to, else the one called the paper, else the only one."""
    found = [(link, identifier) for link in links if (identifier := arxiv_id(link.url))]
    for wanted in (lambda link: not is_label(link), lambda link: _PAPER_LABEL.search(link.label)):
        for link, identifier in found:
            if wanted(link):
                return identifier
    return found[0][1] if found else None


def _is_paper(item: Item, title: str, links: Sequence[ItemLink]) -> bool:
    if any(arxiv_id(link.url) or _leads_to_paper(link) for link in links):
        return True
    if not title or not any(link.url.startswith("http") for link in links):
        return False
    rest = _text(item.parts).replace(title, "\n", 1)
    named = _VENUE.search(rest)
    return bool(named and (named[1] or item.kind == "row")) or " et al" in rest


def _leads_to_paper(link: ItemLink) -> bool:
    kind = getattr(classify_link(link.url), "kind", "")
    if kind == "paper" or doi_in(link.url):
        return True
    if not link.url.startswith("http"):
        return False
    if _NO_PAPER_HOST.search(link.url):
        return ".pdf" in link.url
    labelled = is_label(link) and _PAPER_LABEL.search(link.label) is not None
    return labelled or _PAPER_URL.search(link.url) is not None


def _title(item: Item, titled: Sequence[ItemLink]) -> str:
    if item.kind == "row" and (cell := _title_cell(item)):
        return cell
    lead = _lead(item)
    quoted = _QUOTED.search(lead)
    if quoted and (len(quoted[1].split()) >= 3 or lead.strip(_EDGE).startswith(quoted[0])):
        return _tidied(quoted[1])
    if linked := next((link.label for link in titled if link.label in lead), ""):
        before = lead[: lead.find(linked)]
        prose = item.kind == "paragraph" and any(map(str.isalpha, before))
        if not prose and not _bold_title(before):
            return _tidied(linked)
    return _bold_title(lead) or _plain_title(item, lead)


def _bold_title(lead: str) -> str:
    for bold in _BOLD.finditer(lead):
        text = (bold[1] or bold[2]).strip()
        if _is_title(title := _tidied(text)) and not (text.startswith("[") and text.endswith("]")):
            return title
    return ""


def _plain_title(item: Item, lead: str) -> str:
    """Return the text before the links of a bullet or row, up to what follows a title."""
    first = lead.strip("\n ").partition("\n")[0].strip(" *_")
    title = _tidied(_BEHIND.sub("", _untagged(first)))
    last = title.rpartition(" ")[2].lower()
    prose = item.kind in ("paragraph", "heading") or last in _DANGLING
    return title if _is_title(title) and not prose else ""


def _untagged(text: str) -> str:
    return _TAGGED.sub("", text, count=1) if _TAGGED.match(text) else text


def _lead(item: Item) -> str:
    """Return the text before the first link that is only a label, titles' links as text."""
    lead = ""
    for part in item.parts:
        if isinstance(part, ItemLink):
            if is_label(part):
                if _is_title(lead.strip(_EDGE + "[]()0123456789/")):
                    break
                continue
            lead += part.label
        else:
            lead += part
    return lead


def _title_cell(item: Item) -> str:
    """Return the cell of the title's column, else the one that reads most like a title."""
    columns = [*item.header, *[""] * (len(item.cells) - len(item.header))]
    for pattern in (_TITLE_COLUMN, _PAPER_COLUMN, _NAME_COLUMN):
        for name, cell in zip(columns, item.cells, strict=False):
            if (
                pattern.search(name)
                and _is_title(title := _cell_title(cell))
                and len(title.split()) > 2
            ):
                return title
    found = [_cell_title(cell) for cell in item.cells]
    named = [title for title in found if _is_title(title) and len(title.split()) > 3]
    return max(named, key=len, default="")


def _cell_title(cell: Sequence[str | ItemLink]) -> str:
    linked = [part.label for part in cell if isinstance(part, ItemLink) and not is_label(part)]
    text = "".join(part for part in cell if isinstance(part, str))
    for label in linked:
        if len(label.split()) >= 3 and len(label) > len(text.strip(_EDGE)) / 2:
            return _tidied(label)
    whole = _text([part for part in cell if not isinstance(part, ItemLink) or not is_label(part)])
    return _tidied(_HANDLE.sub("", _untagged(whole.strip(" *_"))))


def _tidied(title: str) -> str:
    title = printable(title.replace("**", "").replace("__", "").replace("`", ""))
    if match := re.match(r"[“\"](.{5,}?)[”\"][.,]?$", title):
        title = match[1]
    if len(_untagged(title).split()) > 1:
        title = _untagged(title)
    title = _VENUE_BEHIND.sub("", title)
    return title.strip(" \t\n|,;:·•*_~`>").removesuffix(".").strip("*_ ").rstrip(",;:")


def _is_title(text: str) -> bool:
    return (
        len(text) <= 400
        and len(re.findall(r"[^\W\d_]", text)) >= 4
        and not _NO_TITLE.fullmatch(text.strip(" *_#"))
        and "://" not in text
    )


def _text(parts: Sequence[str | ItemLink]) -> str:
    return "".join(part if isinstance(part, str) else part.label for part in parts)


def _year_and_venue(item: Item, rest: str) -> tuple[int | None, str]:
    found = next((m for m in _VENUE.finditer(rest) if m[1]), None) or _VENUE.search(rest)
    venue = printable(found[0]).strip(" ,.:@('’‘") if found else ""
    if found and found[1]:
        digits = found[1]
        venue = venue.removesuffix(digits).strip(" ,.:@(-'’‘")
        return (int(digits) if len(digits) == 4 else 2000 + int(digits)), venue
    for name, cell in zip(item.header, item.cells, strict=False):
        if _YEAR_COLUMN.search(name) and (year := year_in(_text(cell))):
            return year, venue
    if (dated := _DATE.search(rest)) or (dated := _SHORT_YEAR.search(rest)):
        return (int(dated[1]) if len(dated[1]) == 4 else 2000 + int(dated[1])), venue
    return year_in(rest) if re.search(
        r"[(\[,.]\s?(?:\w+\.?,? )?(?:19|20)\d\d\b", rest
    ) else None, venue


def _authors(rest: str) -> tuple[Author, ...]:
    """Read the names where they surely are names: in italics, two or more, nothing else beside."""
    for found in _ITALIC.finditer(rest):
        names = re.split(
            r"\s*(?:,|;|&|\band\b)\s*", found[1].strip(" .").removesuffix("et al").strip(" .,")
        )
        names = [name for name in names if name]
        if len(names) >= 2 and all(_NAME.fullmatch(name) for name in names):
            return parse_authors(", ".join(names))
    return ()
