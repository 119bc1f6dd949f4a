r"""Text that TeX cannot set, or sets as nobody meant it: open formulas, HTML, lost encodings.

What `fmt` would escape is told by its own rule; here is what it leaves because more may be meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bibkit.bibfile import macro_names
from bibkit.check.library import Item, Library
from bibkit.fmt.escapes import NAME_FIELDS, TEXT_FIELDS, unescaped
from bibkit.record import Problem

_NOT_PRINTED = frozenset({"abstract", "annote", "annotation"})
_HTML = re.compile(
    r"&(?:\#\d{1,7}|\#x[0-9A-Fa-f]{1,6}|amp|lt|gt|quot|apos|nbsp|[A-Za-z]{1,8}"
    r"(?:acute|grave|uml|circ|tilde|cedil|dash|quo));"
    r"|</?(?:i|b|em|strong|sub|sup|sc|span|p|br|(?:jats|mml):\w{1,20})(?:\s[^<>]{0,200})?/?>",
    re.IGNORECASE,
)
_DOLLAR = re.compile(r"\\.|\$", re.DOTALL)
_MOJIBAKE = re.compile(r"[ÃÂ][\x80-\xbf‚ƒ„…†‡ˆ‰Š‹Œ‘’“”•˜™š›œžŸ€]|â€[\x80-\xbf™œ“”˜¦¢“\x9d]")
"""UTF-8 that was read as Latin-1 or as Windows' code: `Ã¼`, `â€™`."""
_BAD = re.compile(
    "[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\xad\u200b\u2060\u2028\u2029\ufeff\ufffd"
    "\u202a-\u202e\u2066-\u2069\ue000-\uf8ff]"
)
"""Control characters, invisible ones, those that turn the direction of a line, private ones."""
_ADDRESSES = frozenset({"url", "doi"})
_ESCAPED = re.compile(r"\\[_%&#~]|\\textunderscore|\{\\_\}")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,20}:|\\|\{|/")


def untypeset(library: Library) -> Iterator[Problem]:
    """Yield a problem for each text that comes out wrong."""
    for file in library.files:
        for item in file.items:
            made = {name.lower() for name, raw in item.block.fields if macro_names(raw)}
            for field, text in item.entry.fields.items():
                if (field in TEXT_FIELDS or field in NAME_FIELDS) and field not in made:
                    yield from _of_text(item, field, text)
                yield from _of_characters(item, field, text, damaged=file.bib.encoding.damaged)
            yield from _of_addresses(item)


def _of_text(item: Item, field: str, text: str) -> Iterator[Problem]:
    if "$" in text and sum(found == "$" for found in _DOLLAR.findall(text)) % 2:
        message = "a formula begins with $ and is never closed; \\$ is the character"
        yield item.problem("open-formula", message, field=field)
    if field in _NOT_PRINTED:
        return
    if found := _HTML.search(text):
        yield item.problem("html", f"TeX prints {found[0][:40]!r} as it stands", field=field)
    elif left := _left(field, text):
        message = f"TeX stops at {left!r}; the character is \\{left}, a subscript stands in $…$"
        yield item.problem("unescaped", message, field=field)


def _left(field: str, text: str) -> str:
    """Return a character that stops TeX and that `fmt` does not escape."""
    if not any(character in text for character in "_&%#"):
        return ""
    names = field in NAME_FIELDS
    for special in unescaped(text) or ():
        if names and special.depth == 0 and special.character == "&":
            continue  # told as a name
        if not special.sure or (names and special.depth == 0):
            return special.character
    return ""


def _of_characters(item: Item, field: str, text: str, *, damaged: bool) -> Iterator[Problem]:
    if text.isascii() and text.isprintable():
        return
    if found := _MOJIBAKE.search(text):
        message = f"{found[0]!r}: UTF-8 that was read in another code"
        yield item.problem("mojibake", message, field=field)
    elif (bad := _BAD.search(text)) and not (damaged and bad[0] == "\N{REPLACEMENT CHARACTER}"):
        message = f"U+{ord(bad[0]):04X}, a character that cannot be seen or set"
        yield item.problem("bad-character", message, field=field)


def _of_addresses(item: Item) -> Iterator[Problem]:
    for field in _ADDRESSES & item.entry.fields.keys():
        if found := _ESCAPED.search(item.entry.fields[field]):
            message = f"{found[0]!r}: an address is taken as it stands, with the backslash"
            yield item.problem("escaped-url", message, field=field)
    url = item.entry.fields.get("url", "").strip()
    if url and not _SCHEME.match(url):
        yield item.problem("bad-url", f"{url[:60]!r} has no https:// before it", field="url")
    elif url and any(not _SCHEME.match(part) for part in url.replace(";", " ").split()):
        yield item.problem("bad-url", f"{url[:60]!r} has blanks in it", field="url")
