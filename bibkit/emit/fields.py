"""What the BibTeX and the BibLaTeX writer share: the layout, and values that are never escaped."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from bibkit.emit.options import WriteOptions
from bibkit.errors import OutputError
from bibkit.record import Author, Entry
from bibkit.text.latex import encode, encode_title
from bibkit.text.names import bibtex_name
from bibkit.text.transliteration import to_ascii

Field = tuple[str, str]
"""A name and its value as written, with its braces."""

_KEY = re.compile(r"[A-Za-z0-9:/_+.&-]+")
_HTTP = re.compile(r"https?://[^/\s]", re.IGNORECASE)
_DOI = re.compile(r"10\.\d{4,9}/[!&'()*+,\-./0-9:;<=>?@A-Z\[\]_a-z]+")
"""Styles print a DOI as it is, so a character that TeX would act on cannot be encoded away."""
_ANY_DOI = re.compile(r"10\.\d{4,9}/[!-~]+")
_UNSAFE = re.compile(r"[^!&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~#%]|%(?![0-9A-Fa-f]{2})")
"""A dollar too: citation-js and Better BibTeX refuse the whole file for a formula without end."""
_WORD = re.compile(r"[A-Za-z0-9]+")


def is_writable_key(key: str) -> bool:
    """Tell whether every BibTeX would read a citation key.

    >>> is_writable_key("liu2024autotimes"), is_writable_key("müller2024")
    (True, False)
    """
    return bool(_KEY.fullmatch(key))


def layout(entry_type: str, key: str, fields: Iterable[Field]) -> str:
    """Return an entry, one field a line: Zotero does not recognise one on a single line."""
    if not is_writable_key(key):
        raise OutputError(f"no BibTeX would read the citation key {key!r}", code="citation-key")
    lines = [f"@{entry_type}{{{key},", *(f"  {name} = {value}," for name, value in fields), "}"]
    return "\n".join(lines) + "\n"


def braced(value: str) -> str:
    """Return a value in its braces."""
    return f"{{{value}}}"


def verbatim(text: str) -> str:
    r"""Percent-encode what would end the field, or stop TeX, in a value that is never escaped.

    >>> verbatim(r"https://a.org/x y_z}\%20%")
    'https://a.org/x%20y_z%7D%5C%20%25'
    """
    return _UNSAFE.sub(_percent_encoded, text)


def web_address(url: str | None) -> str | None:
    """Return an http(s) address fit for a field; None for any other scheme.

    >>> web_address("https://github.com/o/r_x"), web_address("javascript:alert(1)")
    ('https://github.com/o/r_x', None)
    """
    stripped = (url or "").strip()
    return verbatim(stripped) if _HTTP.match(stripped) else None


def doi_of(entry: Entry, *, typeset: bool = False) -> str | None:
    """Return the publisher's DOI, else arXiv's own, bare; one that is broken is left out.

    Args:
        entry: whose DOI.
        typeset: leave out one that TeX would act on: styles print it as it is.

    """
    doi = entry.doi or (f"10.48550/arXiv.{entry.eprint.id}" if entry.eprint else "")
    return doi if (_DOI if typeset else _ANY_DOI).fullmatch(doi) and doi.isprintable() else None


def title_of(entry: Entry) -> str:
    """Return the title with its capitals protected; biber demands one."""
    return encode_title(entry.title) or "[Untitled]"


def author_list(authors: Iterable[Author], encode_part: Callable[[str], str]) -> str:
    """Return the names as BibTeX separates them; empty when no name is left of them."""
    names = (bibtex_name(author, encode_part) for author in authors)
    return " and ".join(name for name in names if name.strip("{}"))


def code_address(entry: Entry) -> str | None:
    """Return the address of the paper's code."""
    return next((web_address(link.url) for link in entry.links if link.kind == "code"), None)


def shared_fields(entry: Entry, options: WriteOptions) -> list[Field]:
    """Return the fields that end an entry in both flavours."""
    values = {
        "doi": doi_of(entry, typeset=True),
        "url": web_address(entry.url),
        options.code_field: code_address(entry),
        "note": encode(entry.note),
        "abstract": encode(entry.abstract) if options.abstract else "",
    }
    return [(name, braced(value)) for name, value in values.items() if value]


def sort_key(entry: Entry) -> str:
    """Return what sorts an entry without authors: the first words of its title.

    Styles warn without it: "to sort, need author or key".
    """
    words = _WORD.findall(to_ascii(entry.title))
    return " ".join(words[:3]) or entry.citation_key


def page_range(pages: str) -> str:
    """Return pages with the dash that TeX wants.

    >>> page_range("12-34"), page_range("12–34"), page_range("e17")
    ('12--34', '12--34', 'e17')
    """
    return encode(re.sub(r"\s*(?:[-–—]|--)+\s*", "–", pages))


def _percent_encoded(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "replace"))
