"""An existing RIS file → its references, and the same bytes with references after them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from bibkit.bibfile.blocks import FileEntry
from bibkit.bibfile.encoding import decode, newline_of, readable, with_lf
from bibkit.bibfile.text_file import TextFile, inserted, repeated_keys
from bibkit.errors import OutputError

_LINE = re.compile(r"\s{0,3}([A-Z][A-Z0-9]) {0,3}-(?: +(.*)|$)")
_NAMES = {
    "ID": "id",
    **dict.fromkeys(("TI", "T1", "CT"), "title"),
    **dict.fromkeys(("AU", "A1"), "author"),
    **dict.fromkeys(("T2", "JO", "JF"), "journal"),
    **dict.fromkeys(("L2", "L3", "LK"), "link"),
    "L1": "pdf",
    "UR": "url",
    **dict.fromkeys(("AB", "N2"), "abstract"),
    "AN": "archive_location",
    "DO": "doi",
    "KW": "keywords",
    "N1": "note",
    "PY": "year",
    "VL": "volume",
    "IS": "number",
}
"""Tag → the field whose name says the same in a .bib; other tags keep theirs."""
_JOINED = {"author": " and ", "keywords": ", ", **dict.fromkeys(("url", "link", "pdf"), " ")}


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
            last = _NAMES.get(tag, tag.lower())
            fields.setdefault(last, []).append([value])
        elif value and last:
            fields[last][-1].append(value)
    if fields is not None:
        raise _unclosed(origin, start)


def _entry(kind: str, fields: Mapping[str, list[list[str]]], line: int) -> FileEntry:
    joined = {
        name: _JOINED.get(name, "\n").join(dict.fromkeys(" ".join(value) for value in values))
        for name, values in fields.items()
    }
    return FileEntry(joined.get("id", ""), kind, joined, line)


def _unclosed(origin: str, line: int) -> OutputError:
    message = "a reference without its line `ER  - `; one added after it would be swallowed"
    return OutputError(message, origin=f"{origin}:{line}", code="broken-entry")
