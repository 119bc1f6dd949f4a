"""What each reader makes of a file: key → title and names, as plain Unicode.

A name is `Family, Given`, its particle before and its suffix behind the family: readers differ in
which of the two stands apart, and agree in what is printed.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from bibkit.record import Author
from tests.consumers.programs import answer, need, node

Reading = dict[str, tuple[str, tuple[str, ...]]]
_MARKUP = re.compile(r"</?(?:sup|sub|span|i|b)\b[^>]*>")
_FORMULA = re.compile(r"(?<!\\)\$.*?(?<!\\)\$")
_QUOTED = {"SingleQuote": ("‘", "’"), "DoubleQuote": ("“", "”")}


def name_of(family: str, given: str = "", particle: str = "", suffix: str = "") -> str:
    glue = "" if particle.endswith(("'", "’", "-")) else " "
    whole = f"{particle}{glue}{family} {suffix}".strip()
    return f"{whole}, {given}" if given else whole


def meant_by(author: Author) -> str:
    """Return what a reader must make of a name; of one word, any part of a name will do."""
    return name_of(author.family, author.given, author.particle, author.suffix)


def read_by_citation_js(path: Path, format: str) -> Reading:  # noqa: A002
    return {
        item["id"]: (item.get("title", ""), tuple(map(_csl_name, item.get("author", []))))
        for item in node("citation_js.mjs", format, str(path))
    }


def read_by_better_bibtex(path: Path, format: str) -> Reading:  # noqa: A002
    library = node("better_bibtex.mjs", str(path))
    outside = _FORMULA.sub("", path.read_text(encoding="utf-8"))  # it knows few macros of formulas
    assert [e for e in library["errors"] if e["input"] in outside] == []
    return {
        entry["key"]: (entry["fields"]["title"], tuple(map(_zotero_name, entry["fields"].get("author", []))))
        for entry in library["entries"]
    }  # fmt: skip


def read_by_citeproc(path: Path, format: str) -> Reading:  # noqa: A002
    printed = node("citeproc.mjs", str(path))
    names = {key: tuple(text.split(" ;; ")) for key, text in printed["author"].items()}
    return {
        key: (title, tuple(name.replace(" | ", ", ") for name in names[key]))
        for key, title in printed["title"].items()
    }


def read_by_pandoc(path: Path, format: str) -> Reading:  # noqa: A002
    need("pandoc")
    command = ["pandoc", "--fail-if-warnings", "-f", format.replace("-", ""), str(path)]
    tree = json.loads(answer(*command, "-t", "json"))
    found: Reading = {}
    for reference in tree["meta"]["references"]["c"]:
        item = reference["c"]
        names = item.get("author", {"c": []})["c"]
        found[_text(item["id"])] = (
            _text(item["title"]),
            tuple(_pandoc_name(n["c"]) for n in names),
        )
    return found


def _pandoc_name(parts: Mapping[str, Any]) -> str:
    said = {name: _text(value) for name, value in parts.items()}
    return _csl_name(said)


def _csl_name(parts: Mapping[str, str]) -> str:
    particle = parts.get("non-dropping-particle") or parts.get("dropping-particle") or ""
    family = parts.get("family") or parts.get("literal") or ""
    return name_of(family, parts.get("given", ""), particle, parts.get("suffix", ""))


def _zotero_name(parts: Mapping[str, str]) -> str:
    family = parts.get("name") or parts.get("lastName") or ""
    given, particle = parts.get("firstName", ""), parts.get("prefix", "")
    name = name_of(family, given, particle, parts.get("suffix", ""))
    return unicodedata.normalize("NFC", name)  # the parser leaves composing to its caller


def _text(node: Any) -> str:
    """Return the text of a piece of pandoc's tree."""
    if isinstance(node, list):
        return "".join(map(_text, node))
    kind, content = node["t"], node.get("c")
    match kind:
        case "MetaString" | "Str":
            return str(content)
        case "Space" | "SoftBreak":
            return " "
        case "Quoted":
            opening, closing = _QUOTED[content[0]["t"]]
            return opening + _text(content[1]) + closing
        case "Math":
            return _formula(content[1])
        case "Span":
            return _text(content[1])
        case "Superscript" if _text(content) == "TM":
            return "™"
        case _:  # MetaInlines, Strong, Superscript and the like: what is in them
            return _text(content)


@cache
def _formula(source: str) -> str:
    """Return what pandoc prints for a formula where it has no formulas: the TeX, if it must."""
    return answer("pandoc", "--quiet", "-f", "latex", "-t", "plain", said=f"${source}$").strip()


def without_markup(text: str) -> str:
    """Fold what readers write differently of formulas: raised, lowered, blanks, fonts."""
    plain = re.sub(r"[_^{}()*\s$]|<[^>]*>", "", _MARKUP.sub("", text))
    return unicodedata.normalize("NFKC", plain)


def typed(text: str) -> str:
    """Fold typographic quotes: TeX's `'` is an apostrophe, and citeproc has rules of its own."""
    return re.sub("[‘’'`]+", "'", re.sub("[“”\"]|''|``", "'", text))


def all_nfc(texts: Iterable[str]) -> bool:
    return all(unicodedata.is_normalized("NFC", text) for text in texts)
