"""An existing RIS file → its references, and the same bytes with references after them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from bibkit.bibfile.blocks import FileEntry
from bibkit.bibfile.encoding import decode, newline_of, readable, with_lf
from bibkit.bibfile.text_file import TextFile, inserted, repeated_keys, undivided
from bibkit.errors import OutputError

_LINE = re.compile(r"\s{0,3}([A-Z][A-Z0-9]) {0,3}-(?: +(.*)|$)")
_NAMES = {
    "ID": "id",
    **dict.fromkeys(("TI", "T1", "CT"), "title"),
    **dict.fromkeys(("AU", "A1"), "author"),
    **dict.fromkeys(("ED", "A2"), "editor"),
    "A4": "translator",
    **dict.fromkeys(("T2", "JF", "BT"), "journal"),
    **dict.fromkeys(("J2", "JA"), "shortjournal"),
    "T3": "series",
    "ET": "edition",
    "CY": "address",
    "PB": "publisher",
    "LA": "language",
    "ST": "shorttitle",
    "NV": "volumes",
    "M3": "type",
    "Y2": "urldate",
    **dict.fromkeys(("L2", "L3", "LK"), "link"),
    "L1": "pdf",
    "UR": "url",
    **dict.fromkeys(("AB", "N2"), "abstract"),
    "AN": "archive_location",
    "DO": "doi",
    "KW": "keywords",
    "N1": "note",
    **dict.fromkeys(("PY", "Y1"), "year"),
    "VL": "volume",
    "IS": "number",
}
"""Tag → the field whose name says the same in a .bib; other tags keep theirs."""
_NAMED = ("author", "editor", "translator")
_JOINED = {
    **dict.fromkeys(_NAMED, " and "),
    "keywords": "; ",
    **dict.fromkeys(("url", "link", "pdf"), " "),
}


def read_ris(data: bytes, *, origin: str) -> TextFile:
    r"""Read an RIS file; one whose last reference is never closed, or that is none, is refused.

    >>> ris = read_ris(b"TY  - JOUR\nID  - k\nDO  - 10.1234/x\nER  - \n", origin="refs.ris")
    >>> [(e.key, e.entry_type, dict(e.fields)) for e in ris.entries]
    [('k', 'jour', {'id': 'k', 'doi': '10.1234/x'})]
    """
    text, encoding = decode(data, origin=origin)
    entries = tuple(_references(with_lf(readable(text)), origin))
    if text.strip() and not entries:
        message = "no RIS file: it has no reference, so nothing is added to it"
        raise OutputError(message, origin=origin, code="not-ris")
    return TextFile(
        origin=origin,
        data=data,
        text=text,
        encoding=encoding,
        newline=newline_of(text),
        place=len(text),
        entries=entries,
        keys=frozenset(entry.key for entry in entries if entry.key),
        problems=tuple(repeated_keys(entries, origin)),
    )


def append_references(file: TextFile, text: str) -> bytes:
    r"""Return the file's bytes with references after the last one.

    >>> old = read_ris(b"TY  - JOUR\r\nER  -\r\n", origin="refs.ris")
    >>> append_references(old, "TY  - UNPB\nER  - \n")
    b'TY  - JOUR\r\nER  -\r\n\r\nTY  - UNPB\r\nER  - \r\n'
    """
    tail = with_lf(file.text[-256:]).rstrip(" \t")
    gap = "" if not tail or tail.endswith("\n\n") else "\n" if tail.endswith("\n") else "\n\n"
    return inserted(file, gap + text) if text else file.data


def _references(text: str, origin: str) -> Iterator[FileEntry]:
    """Yield the references; what databases print between them is left alone."""
    fields: dict[str, list[list[str]]] | None = None
    kind, start, last = "", 0, ""
    for number, line in enumerate(text.split("\n"), 1):
        found = _LINE.fullmatch(line)
        tag, value = (found[1], (found[2] or "").strip()) if found else ("", line.strip())
        if tag == "TY":
            if fields is not None:
                raise _unclosed(origin, start)
            fields, kind, start, last = {}, value.lower(), number, ""
        elif fields is None:
            continue
        elif tag == "ER":
            yield _entry(kind, fields, start)
            fields = None
        elif tag:
            last = tag
            fields.setdefault(tag, []).append([value])
        elif value and last:
            fields[last][-1].append(value)
    if fields is not None:
        raise _unclosed(origin, start)


def _entry(kind: str, tags: Mapping[str, list[list[str]]], line: int) -> FileEntry:
    """Make an entry; of what several tags say the second time, nothing is repeated."""
    fields: dict[str, list[str]] = {}
    for tag, lines in tags.items():
        values = [" ".join(value) for value in lines]
        name = _NAMES.get(tag, tag.lower())
        if name in _NAMED:  # two authors can have the same name
            values = [value if "," in value else undivided(value) for value in values]
        else:
            values = list(dict.fromkeys(values))
        said = fields.get(name, [])
        fields[name] = said + [value for value in values if value not in said]
    joined = {name: _JOINED.get(name, "\n").join(values) for name, values in fields.items()}
    if short := joined.pop("jo", ""):  # the name itself, or its abbreviation beside it
        whole = joined.setdefault("journal", short)
        joined.setdefault("shortjournal", short if short != whole else "")
    return FileEntry(joined.get("id", ""), kind, {n: v for n, v in joined.items() if v}, line)


def _unclosed(origin: str, line: int) -> OutputError:
    message = "a reference without its line `ER  - `; one added after it would be swallowed"
    return OutputError(message, origin=f"{origin}:{line}", code="broken-entry")
