"""A .bib file before and after → what changes, as a unified diff that `patch` takes."""

from __future__ import annotations

import difflib
import re

from bibkit.bibfile.encoding import decode


def unified_diff(before: bytes, after: bytes, name: str) -> str:
    r"""Return the diff; empty when nothing changes.

    >>> print(unified_diff(b"a\nb", b"a\nc\n", "refs.bib"))
    --- refs.bib
    +++ refs.bib
    @@ -1,2 +1,2 @@
     a
    -b
    \ No newline at end of file
    +c
    <BLANKLINE>
    """
    if before == after:
        return ""
    lines = difflib.unified_diff(_lines(before, name), _lines(after, name), name, name)
    ended = (
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )
    return "".join(ended)


def _lines(data: bytes, name: str) -> list[str]:
    """Split after each LF only, as `patch` does."""
    return re.findall(r"[^\n]*\n|[^\n]+", decode(data, origin=name)[0])
