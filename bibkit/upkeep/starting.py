"""A folder → a commented bibkit.toml for it. Everything that can be found out is, nothing asked.

The mail address that git knows is proposed, not set: services get it only when somebody says so.
"""

from __future__ import annotations

import subprocess
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from bibkit.bibfile import read_bib
from bibkit.emit import WriteOptions
from bibkit.errors import BibkitError, ConfigError, ListingError
from bibkit.listing import decode, recognise
from bibkit.merge.citekey import DEFAULT_PATTERN
from bibkit.settings import FILE_NAME, read_settings
from bibkit.sync import lock_path
from bibkit.text.links import classify_link

_FOLDERS = ("listings", "pages", "papers")
"""Folders in which saved pages are kept."""
_PAGES = frozenset(".txt .html .htm .eml .mbox .mht .mhtml".split())
"""Files beside the .bib that may be saved pages; notes and READMEs are none."""
_ANY_TEXT = frozenset({"plain", "web_page", "references"})
"""Formats that take nearly any text: no proof that a file is a listing."""
_LARGEST = 20_000_000
"""Bytes; a saved page has at most a tenth of that."""
_MANY = 200
"""Entries; enough to see where the code links are."""


@dataclass(frozen=True, slots=True)
class Start:
    """What was found, and the file that says it."""

    path: Path
    text: str
    found: tuple[str, ...]
    """What was found out, a sentence each."""


def start(folder: Path) -> Start:
    """Return the bibkit.toml of a folder.

    Raises:
        ConfigError: there is one already.

    """
    path = folder / FILE_NAME
    if path.exists() or path.is_symlink():
        raise ConfigError("is there already, and stays as it is", origin=str(path), code="exists")
    bib, others = _bibliography(folder)
    listings = _listings(folder)
    code_field = _code_field(folder / bib)
    contact = _address(folder)
    above = read_settings(folder).path
    found = [
        f"bibliography: {bib}"
        if (folder / bib).exists()
        else f"no .bib here yet: {bib} it will be",
        *([f"not taken: {', '.join(others)}"] if others else []),
        f"listings: {', '.join(listings)}" if listings else "no listings here yet",
        *([f"code links stand in the field {code_field}"] if code_field != "code" else []),
        *([f"this folder no longer takes its settings from {above}"] if above else []),
    ]
    return Start(path, _text(bib, listings, code_field, contact), tuple(found))


def _bibliography(folder: Path) -> tuple[str, list[str]]:
    """Return the .bib of a folder: one that bibkit wrote, else refs.bib, else the largest."""
    files = [path for path in sorted(folder.glob("*.bib")) if path.is_file()]
    if not files:
        return "refs.bib", []
    best = max(files, key=lambda p: (lock_path(p).exists(), p.name == "refs.bib", p.stat().st_size))
    return best.name, [path.name for path in files if path != best]


def _listings(folder: Path) -> list[str]:
    found = [
        f"{name}/*"
        for name in _FOLDERS
        if (folder / name).is_dir() and any(map(_is_listing, (folder / name).iterdir()))
    ]
    pages = (path for path in sorted(folder.iterdir()) if path.suffix.lower() in _PAGES)
    return [*found, *(path.name for path in pages if _is_listing(path, surely=True))]


def _is_listing(path: Path, *, surely: bool = False) -> bool:
    """Tell whether a file can be read as a listing; `surely`: as one of a format of its own."""
    if not path.is_file() or path.name.startswith(".") or path.stat().st_size > _LARGEST:
        return False
    try:
        name = recognise(decode(path.read_bytes(), origin=str(path)), origin=str(path))
    except (ListingError, OSError):
        return False
    return not (surely and name in _ANY_TEXT)


def _code_field(bib: Path) -> str:
    """Return the field in which a .bib has most of its code links."""
    try:
        entries = read_bib(bib.read_bytes(), origin=str(bib)).entries[:_MANY]
    except (OSError, BibkitError):
        return "code"
    counts = Counter(
        name
        for entry in entries
        for name, value in entry.fields.items()
        if value.startswith("http") and (link := classify_link(value)) and link.kind == "code"
    )
    for name, _ in counts.most_common():
        try:
            return WriteOptions(code_field=name).code_field
        except ConfigError:  # `url` and the like have a meaning of their own
            continue
    return "code"


def _address(folder: Path) -> str:
    """Return the mail address that git would sign a commit with, if it is one to write to."""
    try:
        done = subprocess.run(
            ["git", "config", "user.email"],  # noqa: S607 - the user's own git
            cwd=folder, capture_output=True, text=True, timeout=5, check=False,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError, UnicodeError):
        return ""
    address = done.stdout.strip()
    usable = address.isprintable() and address.count("@") == 1 and " " not in address
    return "" if not usable or "noreply" in address or address.endswith(".local") else address


def _text(bib: str, listings: list[str], code_field: str, contact: str) -> str:
    pages = ", ".join(map(_quoted, listings))
    code = "" if code_field != "code" else "# "
    return f"""\
# Settings of bibkit. `bibkit sync` brings the bibliography in step with what is named here.

[bibliography]
output = {_quoted(bib)}
# Saved pages, folders, globs, addresses, arXiv ids, DOIs, for instance
# "listings/*", "https://huggingface.co/papers/trending", "2402.12345".
listings = [{pages}]
# Keys of new entries; those that are there never change.
# key_pattern = {_quoted(DEFAULT_PATTERN)}
# The field of the link to a paper's code.
{code}code_field = {_quoted(code_field)}

[sources]
# arXiv, DBLP and Crossref ask for an address to write to when something goes wrong.
# Without the # it is sent to them with every request.
# contact = {_quoted(contact or "lab@example.org")}

# [zotero]
# library = "groups/12345"   # or "user"; the key comes from ZOTERO_API_KEY or the keyring
# collection = "Related work"
"""


def _quoted(text: str) -> str:
    """Return a TOML string."""
    import json

    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
