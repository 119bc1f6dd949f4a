"""How an entry looks: the order of its fields, lines, columns, commas, case. No value changes."""

from __future__ import annotations

from bibkit.fmt.draft import Draft

ORDER = tuple(
    "title subtitle titleaddon author editor translator journal journaltitle booktitle "
    "booksubtitle maintitle eventtitle howpublished edition series volume number issue chapter "
    "pages pagetotal type school institution organization publisher address location date year "
    "month day eprint eprinttype archiveprefix primaryclass eprintclass isbn issn doi url urldate "
    "code website".split()
)
"""What a reader looks for first; then the fields that are not named here, as they stood."""
_LAST = ("note", "addendum", "annote", "annotation", "keywords", "abstract", "file", "crossref")
_INDENT = "  "
_COLUMN = 14
"""The column of `=`; the longest usual name is `archiveprefix`."""


def with_field_order(draft: Draft) -> Draft:
    """Put the fields in the usual order."""
    return draft.laid_out(order=(*ORDER, "", *_LAST))


def with_indent(draft: Draft) -> Draft:
    """Put each field on a line of its own, two blanks in, and the closing brace on the last."""
    return draft.laid_out(indent=_INDENT)


def with_columns(draft: Draft) -> Draft:
    """Put the values in one column."""
    return draft.laid_out(column=_COLUMN)


def with_trailing_comma(draft: Draft) -> Draft:
    """Put a comma after the last field: a field added below it is a diff of one line."""
    return draft.laid_out(trailing_comma=True)


def with_lower_case(draft: Draft) -> Draft:
    """Write types and names of fields in lower case."""
    return draft.laid_out(lower_case=True)
