"""Links in running text → repaired, classified, each once. Only http and https ever come out.

Abstracts reach us after TeX, a renderer and sometimes a proxy; a link that cannot be repaired with
certainty is left out, because a wrong code link is worse than none.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

from bibkit.record import Link
from bibkit.text.link_kinds import classified

_HINTS = (
    *("//", "www.", "github", "gitlab", "git@", "huggingface.co", "bitbucket.org", "codeberg.org"),
    *("4open.science", "sites.google"),
)
"""One of these is in every text with a link; most abstracts have none."""
_LETTERS = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl"}
    | dict.fromkeys(map(chr, [0xAD, *range(0x200B, 0x2010), 0x2060, 0xFEFF]), "")
)
"""Ligatures, and characters that nobody sees."""
_ENTITY = re.compile(r"&(?:amp|quot|#\d{1,6}|#x[0-9a-f]{1,5});|&[lg]t\b;?", re.IGNORECASE)
_ESCAPED = re.compile(r"\\(?=[_%&#~{}$])")
_TEX_IN_ADDRESS = re.compile(
    r"\{\\?([_%&#~])\}|\$\\sim\$|\\textasciitilde(?:\{\}|\s)?|\\~(?:\{\s*\})?"
)
_BROKEN_SCHEME = re.compile(r"(https?)\s?:\s?//\s?(?=\w)")
_BROKEN_HOST = re.compile(r"(github|gitlab|huggingface)\.\s(?=com?/)")
_BROKEN_NAME = re.compile(r"-\s\w")
"""A hyphen and a blank: the name was broken there, as in `a/3d-face- reconstruction`."""
_SINGLE_SLASH = re.compile(r"(https?):/(?=[\w-]+\.[\w-])")
_MATH_SIGN = re.compile(r"\$\\?([.~_-])\$")
_BLANK_BEFORE_OWNER = re.compile(
    r"((?:github|gitlab)\.com/)\s(?=(?!and/or\b)[\w.-]+/[\w.-]*[\w-])", re.IGNORECASE
)
_GIT_SCHEME = re.compile(r"(?:git\+https?|git\+ssh|ssh|git)://(?:git@)?(?=[\w.-]+\.\w)")
_SCP_FORM = re.compile(r"git@([\w.-]+\.[a-z]+):(?=[\w.-]+/)")
_BODY = r"(?:(?![,;]https?://)[\w\-.~:/?\#@!&()+,;=%])"
_URL = re.compile(
    rf"""https?://{_BODY}+
    | (?<![\w./@~-])
      (?:www\.(?=[\w-]+\.[a-z])
        |(?:gist\.)?github\.com/|gitlab\.com/|bitbucket\.org/|codeberg\.org/|huggingface\.co/
        |anonymous\.4open\.science/|sites\.google\.com/view/
        |[\w-]+\.github\.io(?![\w-]|\.\w))
      {_BODY}*
    """,
    re.IGNORECASE | re.ASCII | re.VERBOSE,
)
"""With scheme: any host. Without: only hosts that mean a link wherever they stand."""
_TRAILING = ".,;:!?&#("
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,24}")
_OWN_PAGE = re.compile(
    r"\b(?:project|web\s?(?:site|page)|home\s?page|videos?|demos?|visuali[sz]ations|supplementary"
    r"|code|models?|datasets?|data)\b[^.;]*\Z",
    re.IGNORECASE,
)
"""What a sentence says before the address of the paper's own page."""
_OF_OTHERS = re.compile(
    r"\b(?:(?:based|built|builds) (?:up)?on|adapted from|fork(?:ed)? (?:of|from)|modified from"
    r"|(?:code|original) references?|compared (?:to|with))\b"
    r"(?:\W{1,3}(?!(?:a[st]|are|is|in)\b)\w+){0,3}\W{0,8}\Z",
    re.IGNORECASE,
)
"""What a sentence says right before the address of code that the paper uses. (`Reference
implementation: …` is the paper's own.)"""
_DATA_NAME = re.compile(r"(?:[-_.]|/)(?:data|data-?sets?)\Z", re.IGNORECASE)
"""A repository of data; the code, if any, is in another one."""
_LONGEST = 2000
"""Characters in an address; browsers and servers refuse longer ones."""


def extract_links(text: str) -> tuple[Link, ...]:
    r"""Return the links in a text, each once, in order; repositories of data after those of code.

    >>> extract_links(r"Code: \url{https://github.com/a/JiuZhang3.0.git}. See github.com/a/b).")
    (Link(url='https://github.com/a/JiuZhang3.0', kind='code', detail=''),
     Link(url='https://github.com/a/b', kind='code', detail=''))
    """
    lower = text.lower()
    if not any(hint in lower for hint in _HINTS):
        return ()
    plain = _prepared(text)
    links: list[Link] = []
    for found in _URL.finditer(plain):
        before = max(0, found.start() - 80)
        own_page = _OWN_PAGE.search(plain, before, found.start())
        link = _link(found[0], own_page=own_page is not None)
        if link and link.kind == "code":
            broken = _BROKEN_NAME.match(plain, found.end() - 1)
            if broken or _OF_OTHERS.search(plain, before, found.start()):
                link = Link(link.url, "other")
        if link:
            links.append(link)
    return _data_last(each_link_once(links))


def _data_last(links: tuple[Link, ...]) -> tuple[Link, ...]:
    """Let the code links change places among themselves, and no other link."""
    code = [link for link in links if link.kind == "code"]
    if len(code) < 2:
        return links
    following = iter(sorted(code, key=lambda link: bool(_DATA_NAME.search(link.url))))
    return tuple(next(following) if link.kind == "code" else link for link in links)


def classify_link(url: str, *, own_page: bool = False) -> Link | None:
    """Return the repaired link that one address is (from a metadata field), or None.

    With `own_page` an address that tells nothing by itself is the paper's project page.

    >>> classify_link("https://github.com/NVlabs/VILA/tree/main/longvila")
    Link(url='https://github.com/NVlabs/VILA', kind='code', detail='longvila')
    >>> classify_link("javascript:alert(1)"), classify_link("https://github.com")
    (None, None)
    """
    found = _URL.match(_prepared(url).strip())
    return _link(found[0], own_page=own_page) if found else None


def addresses(text: str) -> tuple[str, ...]:
    r"""Return the http(s) addresses in a TeX text as they were meant, none of them judged.

    >>> addresses(r"\url{http://example.org/{\_}a/\~{}b} and www.example.org/x.")
    ('http://example.org/_a/~b', 'https://www.example.org/x')
    """
    plain = _prepared(_TEX_IN_ADDRESS.sub(lambda found: found[1] or "~", text))
    found = (_trimmed(match[0]) for match in _URL.finditer(plain))
    return tuple(each if "://" in each[:8] else f"https://{each}" for each in found)


def each_link_once(links: Iterable[Link]) -> tuple[Link, ...]:
    """Keep the first of links that differ only in scheme, case or a final slash."""
    once: dict[str, Link] = {}
    for link in links:
        once.setdefault(link.url.partition("://")[2].rstrip("/").lower(), link)
    return tuple(once.values())


def canonical_repository(url: str) -> str | None:
    """Return the one spelling of a code repository's address, or None when it is none.

    >>> canonical_repository("http://www.github.com/Wan-Video/Wan2.1.git/")
    'https://github.com/Wan-Video/Wan2.1'
    """
    link = classify_link(url)
    return link.url if link and link.kind == "code" else None


def _prepared(text: str) -> str:
    """Undo what TeX, renderers and typesetting did to addresses."""
    if not text.isascii():
        text = text.translate(_LETTERS)
    if "\\" in text:
        text = _ESCAPED.sub("", text)
    if "&" in text:
        text = _ENTITY.sub(lambda found: html.unescape(found[0]), text)
    if "git@" in text or "git+" in text or "git:" in text:
        text = _SCP_FORM.sub(r"https://\1/", _GIT_SCHEME.sub("https://", text))
    if "$" in text:
        text = _MATH_SIGN.sub(r"\1", text)
    text = _SINGLE_SLASH.sub(r"\1://", _BROKEN_HOST.sub(r"\1.", text))
    return _BLANK_BEFORE_OWNER.sub(r"\1", _BROKEN_SCHEME.sub(r"\1://", text))


def _link(spelling: str, *, own_page: bool) -> Link | None:
    parts = _split(_trimmed(spelling))
    return classified(parts, own_page=own_page) if parts else None


def _trimmed(spelling: str) -> str:
    """Cut at the first parenthesis that closes nothing, then drop the sentence's punctuation."""
    depth = 0
    for place, char in enumerate(spelling):
        depth += (char == "(") - (char == ")")
        if depth < 0:
            return spelling[:place].rstrip(_TRAILING)
    return spelling.rstrip(_TRAILING)


def _split(url: str) -> SplitResult | None:
    """Parse an address; None when its host is no public name or it carries credentials."""
    if len(url) > _LONGEST:
        return None
    try:
        parts = urlsplit(url if "://" in url[:8] else f"https://{url}")
        _ = parts.port  # raises when it is no number
    except ValueError:
        return None
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or not _HOST.fullmatch(host):
        return None
    port = f":{parts.port}" if parts.port else ""
    return parts._replace(netloc=host + port)
