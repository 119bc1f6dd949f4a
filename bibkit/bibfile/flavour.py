"""Whether a file is written for biblatex: its own types or fields stand in it."""

from __future__ import annotations

import re

from bibkit.bibfile.bib_file import BibFile

_TYPES = frozenset(
    "bookinbook collection dataset inreference mvbook mvcollection mvproceedings online patent "
    "periodical reference report software suppbook suppcollection suppperiodical thesis "
    "xdata".split()
)
_FIELDS = frozenset(
    "journaltitle location subtitle maintitle booksubtitle eventtitle eventdate eprintclass "
    "langid origdate shortjournal editortype pagetotal entryset xdata related".split()
)
_YEAR = re.compile(r"\d{4}")


def is_biblatex(bib: BibFile) -> bool:
    """Tell whether a file has a type, or a field with a value, that only biblatex knows.

    `ids` is none of them: bibkit writes it into BibTeX too, where it is ignored.

    >>> from bibkit.bibfile import read_bib
    >>> is_biblatex(read_bib(b"@online{k, title = {T}}", origin="my.bib"))
    True
    """
    return any(
        entry.entry_type in _TYPES
        or any(entry.fields[name] for name in _FIELDS & entry.fields.keys())
        or _YEAR.match(entry.fields.get("date", ""))
        for entry in bib.entries
    )
