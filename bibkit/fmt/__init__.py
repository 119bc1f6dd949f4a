"""A .bib file → the same file, tidier: rules, one small file each, and few changed bytes.

A rule takes a draft of an entry and returns one; what became of it is patched into the file, so
everything that no rule is about stays byte for byte. Broken entries are left as they are.
"""

from __future__ import annotations

from bibkit.fmt.files import FormattedFile, format_files, format_stream
from bibkit.fmt.formatting import Formatted, format_bib, format_problems
from bibkit.fmt.rules import DEFAULT, RULES, Rule, choose

__all__ = [
    "DEFAULT", "RULES", "Formatted", "FormattedFile", "Rule", "choose", "format_bib",
    "format_files", "format_problems", "format_stream",
]  # fmt: skip
