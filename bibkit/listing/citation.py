"""One reference as a bibliography prints it, in any style → its facts.

    AUTHORS [(YEAR)] TITLE [VENUE VOLUME PAGES YEAR]

Names have few forms and one list keeps to one form, so the list of authors is read first; the title
begins where it ends. Quotation marks around a title beat everything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bibkit.listing.cited_names import cited_author, cited_names
from bibkit.listing.lines import printable
from bibkit.listing.reference import Reference, year_in

_YEAR = (
    r"(?:(?:c\. ?)?(?:1[5-9]|20)\d\d ?[a-h]?(?:[-–/](?:\d{2,4}))?|in press|forthcoming|to appear"
    r"|submitted|n\.d\.)"
)
_YEAR_NEXT = re.compile(
    rf"[,.]?\s?(?:[(\[]\s?{_YEAR}(?:, [A-Z][a-z]{{2,8}}\.?(?:[ -–]\d{{1,2}})?"
    rf"(?:[-–][A-Z]?\w{{1,9}})?)?\s?[)\]]\s?[.,:;]?"
    rf"|(?<=[,. ]){_YEAR}\s?[.,:;])(?=\s|[“\"‘]|$)\s?"
)
_ARXIV_ID = re.compile(r"arxiv\S*\s?\d{4}\.\d{4,5}(?:v\d+)?", re.IGNORECASE)
_YEAR_AT_END = re.compile(r", ((?:19|20)\d\d)$")
_TITLE_BEGINS = re.compile(r"\s?[.,:;]\s?|\s+(?=[“\"‘'`A-Z0-9])|(?<=\.)(?=[A-Z])")
_QUOTES = (
    re.compile(r"[“„]([^“”„]{6,500}?)[”“](?=[\s,.;:)(\[]|$)"),
    re.compile(r"(?<![\w\"])\"(?=\S)([^\"]{6,500}?)\"(?=[\s,.;:)(\[]|$)"),
    re.compile(r"``(?=\S)([^`]{6,500}?)(?:''|\"|”)"),
    re.compile(r"«\s?([^«»]{6,500}?)\s?»"),
    re.compile(
        r"(?<![\w’'])[‘'](?=\S)([^‘]{10,400}?)[,.?!]?[’'](?=[,.]?\s(?:[A-Z(]|in\b|\d)|[,.]|$)"
    ),
)
_VENUE_START = (
    r"(?:[Ii]n ?: |[Ii]n (?=[A-Z(“\"])|[Pp]roc(?:eedings|\.)|[Aa]r[Xx]iv|CoRR|ACM |IEEE |Ph\.? ?D"
    r"|PhD|[Mm]aster|MSc|[Tt]ech"
    r"(?:nical [Rr]ep|\.|\.? [Rr]ep)|[Tt]hesis|[Dd]octoral|[Dd]issertation|Unpublished|Preprint"
    r"|preprint|Available|Retrieved|Accessed"
    r"|https?:|doi|DOI|URL|[Vv]ol(?:ume|\.)|[Nn]o\. ?\d|pp?\. ?\d|pages? \d|[Tt]o appear"
    r"|[Ss]ubmitted|[Ff]orthcoming|[Ii]n press"
    r"|(?:[A-Z]\w+ )?University|Springer|Elsevier|Wiley|MIT Press|Cambridge|Oxford"
    r"|Morgan Kaufmann|Addison|Prentice|McGraw|Academic"
    r"|Press\b|Report\b|Working [Pp]aper|Lecture Notes|LNCS|LNAI|Advances in |Journal"
    r"|Trans(?:actions|\.)|Annals|Annual"
    r"|(?:ICML|ICLR|NeurIPS|NIPS|CVPR|ICCV|ECCV|ACL|EMNLP|NAACL|AAAI|IJCAI|KDD|WWW|SIGIR"
    r"|INTERSPEECH|ICASSP|SIGMOD|VLDB)\b)"
)
_VENUE_LIKE = re.compile(_VENUE_START)
_JOURNAL_LIKE = re.compile(
    r"(?:[A-Z][\w&'’-]*\.? (?:(?:(?:of|the|and|on|for|in|de|la)\b"
    r"|&) ?){0,2}){0,8}[A-Z][\w&'’-]*\.?,? (?:[Vv]ol\. ?)?\(?\d{1,4}\b"
)
"""Words with capitals, then a number: `Phys. Rev. Lett. 12`, `Nature, 521`, `Cell (2019)`."""
_ABBREVIATED = re.compile(
    r"(?:[A-Z][a-z]{0,7}\.[ ,-]?){2,}|(?:[A-Z][a-z]{1,9}\.? ?){1,3}[A-Z]?[a-z]{0,4}\.,? \d"
)
_VENUE_SIGNS = (
    _VENUE_LIKE,
    _JOURNAL_LIKE,
    re.compile(r"[A-Z][\w&. ]{2,60}[,.] ?\(?\d"),
)
_JOURNAL_ONLY = re.compile(
    r"(?:[A-Z][\w&]{0,12}\.? ?(?:of |and "
    r"|& )?){1,7}[A-Z]? ?\(?\d{1,4}\)?[,:;(] ?(?:no\. ?)?[(\dA-Z]"
)
"""`Phys. Lett. B 716, 1`: what stands where a title would, in styles that leave titles out."""
_PUBLISHED = re.compile(r"[A-Z][\w .’'-]{2,40}: [A-Z]|[A-Z][\w .&’'/-]{2,60}, (?:19|20)\d\d")
"""`London: Geoffrey Chapman`, `Gallimard, 2000`."""
_STOP = re.compile(
    r"([.?!][”\"’']?)\s+|\s+(?=(?:[Ii]n ?: |In: |\[[A-Z][A-Za-z /]{0,25}\]))|,\s+(?=in ?: |In ?: "
    r"|[Ii]n [Pp]roc)"
)
_NO_STOP = re.compile(
    r"(?:\b(?:vs?|cf|e\.?g|i\.?e|etc|approx|resp|ca|St|Mt|Dr|Mr|Mrs|Ms|Prof|Jr|Sr|Inc|Ltd|Co|No"
    r"|no|Vol|vol|Eq|Fig|Sec|Ch|Ed"
    r"|al|aff|sp|spp|var|subsp|cv|ser|Nr|Bd)|\b[A-Z]\.[A-Z]|(?:^|\s)[A-Z])\.$"
)
_LABEL = re.compile(
    r"\s*(?:\[\s?(?:\d{1,4}[a-z]?"
    r"|[A-Z][A-Za-z+*’'. &-]{0,28}[,;]? ?\(?(?:\d{2,4}[a-z]?)?\)?)\s?\]\.?|\(\d{1,4}\)\.?"
    r"|\d{1,4}[.)\]](?=\s?\D)|\d{1,4}\s(?=[A-Z])"
    r"|[•▪◦*-](?=\s)|[—–―_]{1,8}[.,]?(?=\s))\s*"
)
_AFTERTHOUGHT = re.compile(
    r"\s*(?:,? ?(?:[Uu][Rr][Ll]:? |[Aa]vailable(?: online| at| from)?[:.]? ?"
    r"|[Rr]etrieved (?:[A-Z]\w+ \d{1,2}, \d{4},? )?from:? ?|[Aa]ccessed\b|Cited on|Cited by"
    r"|\[Online\]|https?:|www\.)|"
    r",? ?(?:doi|DOI)\s?[:.]? ?(?:https?://(?:dx\.)?doi\.org/)?10\.).*$",
    re.DOTALL,
)
_PAGES = re.compile(
    r"(?:\bpp?\.? ?|\bpages? |[Ss]\. ?|: ?|, ?|\) ?)([A-Za-z]{0,2}\d{1,6}(?:[-–—‐‑]{1,2}"
    r"|--)[A-Za-z]{0,2}\d{1,6})(?=[\s.,;:)]|$)"
)
_PAGE = re.compile(
    r"\b(?:pp?\.|pages?) ?([A-Za-z]?\d{1,6})\b|: ?([A-Za-z]{0,2}\d{2,7})(?=[.,; )]|$)"
)
_VOLUME = re.compile(
    r"\b(?:[Vv]ol(?:ume)?\.? ?(\d{1,4}))|\b(\d{1,4}) ?\((?:no\. ?)?(\d{1,5}(?:[-–/]\d{1,5})?"
    r"|[A-Z][\w ]{0,12})\)|(?:19|20)\d\d(?: \w{3}(?: \d{1,2})?)?; ?(\d{1,4})(?:\((\w{1,8})\))?"
    r"|(?<=[a-z.,] )(\d{1,4})(?=[:,]? ?(?:\((?:19|20)\d\d\)|: ?\w?\d|, ?\w?\d{1,6}[-–. (]|, no))"
)
_NUMBER = re.compile(r"\b(?:[Nn]o|[Ii]ssue|[Nn]r)\.? ?(\d{1,3})\b")
_BEFORE_NUMBERS = re.compile(
    r"[,.;:]? ?(?:\(?(?:[Vv]ol(?:ume)?\.?|[Nn]o\.|pp?\.|pages?|[Ss]er(?:ies|\.)?|[Ii]ssue"
    r"|[Ee]d(?:ition|s)?\.|[Ee]ditors?)\b|\(?\d|[“\"]|\[|arXiv:|abs/).*$",
    re.DOTALL,
)
_LONGEST = 3000
"""Characters; a reference of more authors than fit has no title that could be told."""
_LONGEST_TITLE = 400
_FEWEST_WORDS_ALONE = 3
"""Words of a title without authors; less may be anything."""


def parse_citation(text: str) -> Reference:
    """Return what a reference says; one without a title that can be told has none.

    >>> said = parse_citation("[3] A. Oord and N. Li. Attention is all you need. In NIPS, 2017.")
    >>> said.title, [a.family for a in said.authors], said.year, said.venue
    ('Attention is all you need', ['Oord', 'Li'], 2017, 'NIPS')
    """
    text = printable(text)[:_LONGEST]
    labelled = _LABEL.match(text)
    body = text[labelled.end() :] if labelled else text
    names = cited_names(body)
    rest = body[names.end :]
    dated = _YEAR_NEXT.match(rest)
    year = year_in(dated[0]) if dated else None
    title, after = _quoted(body, names.end)
    if not title:
        rest, comma = _title_start(rest, dated, bool(names.names))
        title, after = _title(rest, comma=comma)
    if not names.names and len(title.split()) < _FEWEST_WORDS_ALONE:
        title, after = "", body
    if not dated and (ending := _YEAR_AT_END.search(title)):  # natbib's plainnat, unpublished
        title, after = title[: ending.start()], f"{ending[1]}. {after}"
    after = _AFTERTHOUGHT.sub("", after)
    numbers = _ARXIV_ID.sub(" ", after)  # its digits are no page
    pages = _pages(numbers)
    volume, number = _volume(numbers)
    return Reference(
        title=title,
        authors=tuple(a for a in map(cited_author, names.names) if a.family),
        all_authors=names.whole and bool(names.names),
        year=year
        or _year(after)
        or _year(body[len(body) - len(after) :])
        or (_year(body) if not title else None),
        venue=_venue(after),
        volume=volume,
        number=number,
        pages=pages,
        places=(text,),
    )


def begins_like_reference(line: str) -> bool:
    """Tell whether a line begins with names as references do."""
    names = cited_names(line[:300])
    if not names.names:
        return False
    rest = line[names.end : names.end + 40]
    return bool(
        not names.whole
        or len(names.names) > 1
        or _YEAR_NEXT.match(rest)
        or re.match(r"[.,:;]|\s?$|\s?\(|,? [“\"]", rest)
        or names.names[0].endswith(".")
    )


def _quoted(body: str, names_end: int) -> tuple[str, str]:
    """Return a title in quotation marks that stands where a title stands, and what follows it."""
    for pattern in _QUOTES:
        found = pattern.search(body)
        if not found or found.start() > names_end + 60:
            continue
        between = body[names_end : found.start()] if found.start() >= names_end else ""
        outside = _YEAR_NEXT.sub("", between, count=1).strip(" ,.:;()[]")
        follows = body[found.end() :]
        if len(re.findall(r"[^\W\d_]{2,}", outside)) > 2 or len(found[1].split()) < 2:
            continue
        inside = found[1].strip()
        ended = (
            inside[-1] in ",.?!"
            or not follows[:1]
            or follows[:1] in ",.;"
            or bool(_VENUE_LIKE.match(follows.strip()))
            or follows.startswith((" (", " ["))
        )
        if ended and not re.match(
            r"[:]|\s(?:[a-z]{2,}|[a-z] )(?!n )", follows.replace(" in ", " In ", 1)
        ):
            return _clean(inside), follows.lstrip(" ,.;")
    return "", ""


def _title_start(rest: str, dated: re.Match[str] | None, named: bool) -> tuple[str, bool]:
    """Return the text from the title on, and whether a comma stood before it."""
    if dated:
        return rest[dated.end() :].lstrip(" .,:;"), False
    found = _TITLE_BEGINS.match(rest) if named else None
    comma = bool(found and found[0].strip() in (",", ";"))
    return (rest[found.end() :] if found else rest).strip(" ,;"), comma


def _title(text: str, *, comma: bool) -> tuple[str, str]:
    """Return the title with which a text begins, and what follows it."""
    journal = _JOURNAL_ONLY.match(text)
    if journal and "." in journal[0]:
        return "", text
    stops = list(_stops(text))
    first = text[: stops[0][0]] if stops else text
    if comma or not stops or _has_venue_after_comma(first):
        title, after = _to_comma(text, len(first) + 2)
        if title:
            return _checked(title, after)
    last_venue = 0
    for end, begin in stops:
        title, after = text[:end], text[begin:]
        if title[-1:] in "?!" and not _VENUE_LIKE.match(after):
            last_venue = last_venue or max((b for _, b in stops if _is_venue(text, b)), default=0)
            if last_venue > begin or not _is_venue(text, begin):
                continue
        return _checked(title, after)
    return _checked(text, "")


def _stops(text: str) -> Iterator[tuple[int, int]]:
    """Yield where a sentence ends that could be the title, and where the next begins."""
    for found in _STOP.finditer(text):
        if not found[1]:
            yield found.start(), found.end()
            continue
        before = text[: found.start() + 1]
        following = text[found.end() : found.end() + 1]
        if (
            found[1][0] == "."
            and _NO_STOP.search(before[-14:])
            and not _VENUE_LIKE.match(text, found.end())
        ):
            continue
        if re.match(
            r"(?:Part )?(?:I{1,3}|IV|VI{0,3}|\d)[.:,]\s", text[found.end() : found.end() + 12]
        ):
            continue
        if (
            following.islower()
            and not _VENUE_LIKE.match(text, found.end())
            and not re.match(r"(?:arxiv|in |e[A-Z]|npj|bio)", text[found.end() : found.end() + 8])
        ):
            continue
        yield found.start() + (found[1][0] != "."), found.end()


def _is_venue(text: str, at: int = 0) -> bool:
    return at >= len(text) or any(pattern.match(text, at) for pattern in _VENUE_SIGNS)


def _has_venue_after_comma(sentence: str) -> bool:
    return any(
        _VENUE_LIKE.match(sentence, found.end())
        and not re.match(r"[Ii]n (?!Proc|Adv|Int)", sentence[found.end() :])
        for found in re.finditer(r", ", sentence)
    )


def _to_comma(text: str, limit: int) -> tuple[str, str]:
    """Return the title up to the comma behind which a venue begins."""
    for found in re.finditer(r", | \((?=[A-Z][\w. ]+[:,])", text[:limit]):
        after = text[found.end() :]
        if (
            found[0] == " ("
            or _VENUE_LIKE.match(after)
            or _PUBLISHED.match(after)
            or _JOURNAL_LIKE.match(after)
            or _ABBREVIATED.match(after)
            or re.match(rf"\(?{_YEAR}\b", after)
        ):
            return text[: found.start()], after
    return "", text


def _checked(title: str, after: str) -> tuple[str, str]:
    """Return a title that could be one; a journal's name with a volume is none."""
    title = _clean(title)
    words = re.findall(r"[^\W\d_]{2,}", title)
    dotted = len(re.findall(r"[A-Za-z]\.(?=\s|$|[A-Z])", title))
    wrong = (
        not words
        or len(title) > _LONGEST_TITLE
        or re.match(r"(?:and|And|AND|&) ", title)
        or (dotted >= 2 and dotted >= len(words) / 2)
        or (
            _VENUE_LIKE.match(title)
            and re.match(r"(?:https?:|doi|URL|[Ii]n ?:|arXiv:|pp?\. ?\d|[Vv]ol\. ?\d)", title)
        )
        or (
            re.fullmatch(r"(?:[A-Z][\w.]*,? ){1,4}\d[\w:,() –-]*", title)
            and len(words) < 4
            and re.search(r"\d[:, (–-]+\d", title)
        )
    )
    return ("", f"{title} {after}") if wrong else (title, after)


def _clean(title: str) -> str:
    title = re.sub(
        r"\s*\[(?:Online|online|J|C|M|D|R|OL|Paper|paper|Abstract|Internet|Preprint|Data set"
        r"|Computer software|Conference paper)[^\[\]]{0,12}\]",
        "",
        title,
    )
    title = re.sub(
        r"\s*\((?:[Pp]reprint|[Tt]echnical [Rr]eport|[Ee]xtended [Aa]bstract|[Mm]aster.{0,20}"
        r"|(?:Doctoral|PhD|Ph\. ?D).{0,40})\)$",
        "",
        title,
    )
    title = title.strip(" ,;:*_")
    if title[:1] in "“\"‘'`«" and title[-1:] in "”\"’'»":
        title = title[1:-1]
    return title.strip(" ,;:").removesuffix(".").rstrip()


def _pages(text: str) -> str:
    found = None
    for candidate in _PAGES.finditer(text):
        low, high = (
            re.sub(r"\D", "", part) for part in re.split(r"[-–—‐‑]+", candidate[1], maxsplit=1)
        )
        if not re.fullmatch(r"(?:19|20)\d\d", low) or (
            len(high) > 2 and not re.fullmatch(r"(?:19|20)\d\d", high)
        ):
            found = candidate
            break
    if found:
        return re.sub(r"[-–—‐‑]+", "--", found[1])
    single = _PAGE.search(text)
    return (single[1] or single[2]) if single else ""


def _volume(text: str) -> tuple[str, str]:
    found = _VOLUME.search(text)
    number = _NUMBER.search(text)
    if not found:
        return "", number[1] if number else ""
    volume = found[1] or found[2] or found[4] or found[6] or ""
    return volume, found[3] or found[5] or (number[1] if number else "")


def _year(text: str) -> int | None:
    """Return the year in brackets, else the last one that is no page."""
    text = re.sub(
        r"arxiv\S*\s?\d{4}\.\d{4,5}|abs/\S+|10\.\d{4,9}/\S+|https?://\S+",
        " ",
        text,
        flags=re.IGNORECASE,
    )
    if bracketed := re.findall(r"[(\[](?:\w{3,9}\.? )?((?:1[6-9]|20)\d\d)[a-h]?[)\]]", text):
        return int(bracketed[-1])
    years = re.findall(
        r"(?<![\d:–—-])(?<!pp\. )(?<!pages )(1[6-9]\d\d|20[0-4]\d)[a-h]?(?![\d–—-])", text
    )
    return int(years[-1]) if years else None


def _venue(text: str) -> str:
    text = re.sub(r"^(?:[Ii]n ?: ?|[Ii]n )", "", text.lstrip(" .,;:"))
    text = (
        re.sub(r"^(?:[^()]{3,120}?\(?[Ee]ds?\.?\)?(?:itors)?[,.:]? )", "", text)
        if re.search(r"\b[Ee]d(?:s|itors)?\b", text[:160])
        else text
    )
    head = _BEFORE_NUMBERS.sub("", text).strip(" .,;:(")
    for stop in re.finditer(r"\. ", head):
        if not re.search(r"\b[A-Z][a-z]{0,8}$", head[: stop.start()]):
            head = head[: stop.start()]
            break
    return printable(head)[:200] if re.search(r"[^\W\d_]{2}", head) else ""
