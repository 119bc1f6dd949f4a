"""A .bib file before and after → a diff that `patch` takes."""

from __future__ import annotations

import difflib
import re

from bibkit.bibfile.bib_file import BibFile
from bibkit.bibfile.encoding import decode


def unified_diff(bib: BibFile, data: bytes, name: str) -> str:
    """Return the unified diff between a file as it was read and its new bytes; empty for none."""
    if data == bib.data:
        return ""
    after, _ = decode(data, origin=bib.origin)
    lines = difflib.unified_diff(_lines(bib.text), _lines(after), name, name)
    ended = (
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )
    return "".join(ended)


def _lines(text: str) -> list[str]:
    """Split after each LF only, as `patch` does."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)
