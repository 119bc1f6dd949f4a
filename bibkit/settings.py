"""`bibkit.toml` → the settings of a project. Found upwards from the working folder.

A name that nobody knows is an error with the nearest right one: a typo must not be silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from bibkit.errors import ConfigError

FILE_NAME = "bibkit.toml"
_KNOWN = {
    "bibliography": ("output", "listings", "key_pattern", "code_field"),
    "sources": ("contact",),
    "zotero": ("library", "collection"),
}
_SECRET = re.compile(r"api|key|token|secret|password", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a project; None or empty where the file is silent."""

    path: Path | None = None
    """The bibkit.toml that says so; None where there is none."""
    output: str | None = None
    listings: tuple[str, ...] = ()
    key_pattern: str | None = None
    code_field: str | None = None
    contact: str | None = None
    """Mail address for the User-Agent."""
    zotero_library: str | None = None
    """`user` or `groups/12345`."""
    zotero_collection: str | None = None


def read_settings(start: Path) -> Settings:
    """Return the settings of the nearest bibkit.toml at or above `start`.

    Paths in the file are relative to its folder.

    Raises:
        ConfigError: the file is not TOML, has an unknown name, or a value of the wrong kind.

    """
    for folder in (start, *start.parents):
        path = folder / FILE_NAME
        if path.is_file():
            return _parse(path)
    return Settings()


def _parse(path: Path) -> Settings:
    import tomllib

    try:
        text = path.read_text("utf-8-sig")
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ConfigError(str(error), origin=str(path)) from error
    _refuse_unknown(data, _KNOWN, "table", path, text)
    tables = {name: _table(data, name, path) for name in _KNOWN}
    for name, table in tables.items():
        _refuse_unknown(table, _KNOWN[name], f"setting of [{name}]", path, text)
    bibliography, zotero = tables["bibliography"], tables["zotero"]
    listings = bibliography.get("listings", [])
    if not isinstance(listings, list) or not all(isinstance(x, str) for x in listings):
        raise ConfigError("listings must be a list of strings", origin=str(path))
    output = _string(bibliography, "output", path)
    return Settings(
        path=path,
        output=str(path.parent / output) if output else None,
        listings=tuple(_located(x, path.parent) for x in listings),
        key_pattern=_string(bibliography, "key_pattern", path),
        code_field=_string(bibliography, "code_field", path),
        contact=_string(tables["sources"], "contact", path),
        zotero_library=_string(zotero, "library", path),
        zotero_collection=_string(zotero, "collection", path),
    )


def _refuse_unknown(
    found: Mapping[str, Any], known: Iterable[str], what: str, path: Path, text: str
) -> None:
    """Refuse the first name that is not known, with its line and the nearest one that is."""
    known = list(known)
    for name in found:
        if name in known:
            continue
        near = get_close_matches(name, known, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(known)}"
        if _SECRET.search(name) and "zotero" in what:
            hint = "; the Zotero key never stands in a file: set ZOTERO_API_KEY or use the keyring"
        line = re.search(rf"^[\[ \t\"']*{re.escape(name)}\b", text, re.MULTILINE)
        number = text.count("\n", 0, line.start()) + 1 if line else 1
        message = f"no {what} is called {name!r}{hint}"
        raise ConfigError(message, origin=f"{path}:{number}", code="unknown-setting")


def _located(listing: str, folder: Path) -> str:
    """Make a file or glob relative to the folder of bibkit.toml; leave addresses and ids alone."""
    from bibkit.text.identifiers import arxiv_id, doi

    if "://" in listing or arxiv_id(listing) or doi(listing):
        return listing
    return str(folder / listing)


def _table(data: dict[str, Any], name: str, path: Path) -> dict[str, Any]:
    table = data.get(name, {})
    if not isinstance(table, dict):
        raise ConfigError(f"[{name}] must be a table", origin=str(path))
    return table


def _string(table: dict[str, Any], name: str, path: Path) -> str | None:
    value = table.get(name)
    if value is not None and not isinstance(value, str):
        raise ConfigError(f"{name} must be a string", origin=str(path))
    return value
