"""Entries → references in a CSL style, by citeproc-py (docs/decisions/0014-citeproc-py.md).

What citeproc-py leaves undone and citeproc-js does is done here: apostrophes, punctuation inside of
quotes, doubled punctuation, the blank after a number.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from io import BytesIO
from types import SimpleNamespace
from typing import Any

from bibkit.emit.csl_files import read_style
from bibkit.emit.csl_json import csl_item
from bibkit.emit.marked import held, tagged
from bibkit.emit.options import WriteOptions
from bibkit.errors import ConfigError
from bibkit.record import Entry
from bibkit.text.transliteration import to_ascii

_INSTALL = "needs citeproc-py: pip install 'bibkit-papers[csl]'"
_SILENT = frozenset(
    {"id", "citation-key", "type", "abstract", "note", "annote", "custom", "keyword"}
)
_DASH = "\ue050"
_MARK = "[\ue020-\ue041]*"
_FINISHES = (
    (re.compile(r"(?<=\w)'|'(?=\d\d\b)"), "’"),
    (re.compile(rf"([?!.]{_MARK}[”’]?{_MARK})\.(?!\.)"), r"\1"),
)


def render(entries: Sequence[Entry], style: str, *, first: int = 1) -> list[tuple[int, str]]:
    """Return place and marked text of each entry, in the style's own order.

    Args:
        entries: what to render.
        style: a path or a name.
        first: the number of the first reference, in a style that numbers.

    Raises:
        ConfigError: there is no such style, it cannot be used, or citeproc-py is not installed.

    """
    rules = read_style(style)
    try:
        import citeproc
    except ImportError as error:
        raise ConfigError(_INSTALL, origin="--style", code="not-installed") from error
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of variables that its schema does not know
        try:
            loaded = citeproc.CitationStylesStyle(BytesIO(rules), validate=False)
            items = [_item(entry, number) for number, entry in enumerate(entries)]
            listed = _registered(loaded, [_folded(item) for item in items])
            listed.sort()
            places = [int(key) for key in listed.keys]
            bibliography = _registered(loaded, [items[place] for place in places])
            bibliography.keys = [*(f"there {n}" for n in range(1, first)), *bibliography.keys]
            texts = [str(text) for text in bibliography.bibliography()]
        except Exception as error:  # what citeproc-py raises is unknown
            message = f"citeproc-py cannot work with this style: {type(error).__name__}: {error}"
            raise ConfigError(message, origin=style) from error
    return [(n, _finished(t, loaded.root)) for n, t in zip(places, texts, strict=True)]


def _registered(style: Any, items: Sequence[dict[str, Any]]) -> Any:
    """Return a bibliography of citeproc-py's with the items."""
    import citeproc
    from citeproc.source.json import CiteProcJSON

    bibliography = citeproc.CitationStylesBibliography(style, CiteProcJSON(items), _formatter())
    for item in items:
        bibliography.register(citeproc.Citation([citeproc.CitationItem(item["id"])]))
    return bibliography


def _folded(value: Any) -> Any:
    """Return an item as it is sorted: citeproc-py knows no alphabet, and has `é` behind `z`."""
    if isinstance(value, list):
        return [_folded(part) for part in value]
    if isinstance(value, dict):
        kept = ("id", "type")
        return {name: part if name in kept else _folded(part) for name, part in value.items()}
    return to_ascii(value).casefold() if isinstance(value, str) else value


def _item(entry: Entry, number: int) -> dict[str, Any]:
    """Return the variables that can be printed, with nothing in them that citeproc-py acts on."""
    item = csl_item(entry, WriteOptions(abstract=False))
    shown = {name: _held(value) for name, value in item.items() if name not in _SILENT}
    if "arXiv" in str(shown.get("publisher", "")) or "arXiv" in str(shown.get("number", "")):
        for name in ("publisher", "number"):
            shown[name] = f'<span class="nocase">{shown.get(name, "")}</span>'
    first, _, last = str(shown.get("page", "")).partition("-")
    if first and first == last:  # no range to shorten: 230–230 would become 230–
        shown["page"] = f"{first}{_DASH}{last}"
    return {"id": str(number), "type": item["type"], **shown}


def _held(value: Any) -> Any:
    if isinstance(value, list):
        return [_held(part) for part in value]
    if isinstance(value, dict):
        return {name: _held(part) for name, part in value.items()}
    return held(value) if isinstance(value, str) else value


def _formatter() -> SimpleNamespace:
    from citeproc.string import String  # what citeproc-py goes on with

    def tag(name: str) -> Any:
        return lambda text: String(tagged(name, str(text)))

    return SimpleNamespace(
        preformat=lambda text: text, Italic=tag("i"), Oblique=tag("i"), Bold=tag("b"), Light=String,
        Underline=tag("u"), Superscript=tag("sup"), Subscript=tag("sub"),
        SmallCaps=tag("small-caps"),
    )  # fmt: skip


def _finished(text: str, root: Any) -> str:
    text = text.replace(_DASH, "–")
    for pattern, replacement in _FINISHES:
        text = pattern.sub(replacement, text)
    text = _nested(text)
    if root.get_locale_option("punctuation-in-quote").lower() == "true":
        text = re.sub(rf"([”’]{_MARK}[”’]?{_MARK})([.,])", r"\2\1", text)
    if root.bibliography.get("second-field-align"):
        text = re.sub(rf"^({_MARK}[\[(]?\d+[\])]?\.?)(?=[^\s\d.\])])", r"\1 ", text)
    return " ".join(text.split())


def _nested(text: str) -> str:
    """Return text with single quotes inside of double ones.

    >>> _nested("“A “B” C” “D”")
    '“A ‘B’ C” “D”'
    """
    depth = 0
    written: list[str] = []
    for character in text:
        inner = depth > 1 if character == "”" else depth > 0
        depth = max(0, depth + (character == "“") - (character == "”"))
        written.append({"“": "‘", "”": "’"}.get(character, character) if inner else character)
    return "".join(written)
