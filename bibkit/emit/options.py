"""What a user may choose about the output."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

from bibkit.errors import ConfigError

ArxivStyle = Literal["misc", "article", "howpublished"]
_FIELD_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_TAKEN = frozenset(
    "abstract archiveprefix author booktitle crossref date day doi editor eid entryset eprint "
    "eprintclass eprinttype file howpublished ids institution journal journaltitle key "
    "keywords month note number options organization pages primaryclass publisher related "
    "school series sortkey title type url urldate volume xdata xref year".split()
)
"""Fields with a meaning of their own, to BibTeX, biber or bibkit."""


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """How entries are written; the defaults suit everyone."""

    code_field: str = "code"
    """Field of the code link (`custom` variable in CSL-JSON)."""
    arxiv_style: ArxivStyle = "misc"
    """How the bibtex writer lets a preprint be printed: `plain` and `unsrt` show no eprint."""
    abstract: bool = True
    ascii: bool = False
    """Spell every character of a .bib in ASCII, for styles and programs that know no UTF-8."""
    style: str | None = None
    """Citation style of Markdown and HTML: a pybtex style, a CSL file, or a CSL style by name."""
    first_number: int = 1
    """Where a style that numbers begins."""

    def __post_init__(self) -> None:
        """Refuse a field name that would break or shadow the entry."""
        if not _FIELD_NAME.fullmatch(self.code_field):
            raise ConfigError(f"no field name: {self.code_field!r}", origin="code_field")
        if self.code_field.lower() in _TAKEN:
            raise ConfigError(f"has a meaning already: {self.code_field}", origin="code_field")
        if self.arxiv_style not in get_args(ArxivStyle):
            raise ConfigError(f"no such style: {self.arxiv_style!r}", origin="arxiv_style")

    def check_format(self, format: str) -> None:  # noqa: A002 - the users' word
        """Refuse what a format cannot do."""
        if self.ascii and format not in ("bibtex", "biblatex"):
            raise ConfigError(f"{format} is UTF-8; only a .bib can do without", origin="--ascii")
        if self.style and format not in ("markdown", "html"):
            message = f"{format} has no citation style; Markdown and HTML have"
            raise ConfigError(message, origin="--style")
