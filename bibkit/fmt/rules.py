"""The rules by their names, and which of them run when nothing is said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from bibkit.errors import ConfigError
from bibkit.fmt.arxiv import with_arxiv_fields
from bibkit.fmt.braces import with_braces
from bibkit.fmt.capitals import with_protected_capitals
from bibkit.fmt.conversion import to_biblatex, to_bibtex
from bibkit.fmt.dois import with_bare_dois
from bibkit.fmt.draft import Draft
from bibkit.fmt.empty_fields import without_empty_fields
from bibkit.fmt.escapes import with_escapes
from bibkit.fmt.layout import (
    with_columns,
    with_field_order,
    with_indent,
    with_lower_case,
    with_trailing_comma,
)
from bibkit.fmt.months import with_month_macros
from bibkit.fmt.names import with_family_first
from bibkit.fmt.page_dashes import with_page_dashes
from bibkit.fmt.title_braces import without_title_braces

SORT = "sort"
"""The one rule that is about the whole file."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What one rule does."""

    apply: Callable[[Draft], Draft]
    wants: str
    """What it is that should be so, for messages."""


RULES: Mapping[str, Rule] = {
    "empty-fields": Rule(without_empty_fields, "no field without a value"),
    "arxiv": Rule(with_arxiv_fields, "an arXiv id stands in eprint, with eprinttype"),
    "biblatex": Rule(to_biblatex, "biblatex's types and fields"),
    "bibtex": Rule(to_bibtex, "BibTeX's types and fields"),
    "title-braces": Rule(without_title_braces, "no braces around a whole title"),
    "months": Rule(with_month_macros, "a month is written as its macro"),
    "page-dashes": Rule(with_page_dashes, "a range of pages has two hyphens"),
    "doi": Rule(with_bare_dois, "a DOI stands without an address"),
    "escape": Rule(with_escapes, "what TeX acts on is escaped"),
    "capitals": Rule(with_protected_capitals, "acronyms and names in titles are in braces"),
    "names": Rule(with_family_first, "names have the family name first"),
    "braces": Rule(with_braces, "values stand in braces"),
    "lower-case": Rule(with_lower_case, "types and fields are in lower case"),
    "field-order": Rule(with_field_order, "fields stand in the usual order"),
    "indent": Rule(with_indent, "each field is on a line of its own, two blanks in"),
    "align": Rule(with_columns, "values stand in one column"),
    "trailing-comma": Rule(with_trailing_comma, "the last field has a comma"),
    SORT: Rule(lambda draft: draft, "entries are in the order of their keys"),
}
"""In the order in which they are applied."""
DEFAULT = ("empty-fields", "months", "page-dashes", "doi", "escape")
"""Those that change no meaning, and mend what some reader or style gets wrong."""
BY_NAME_ONLY = ("biblatex", "bibtex", "title-braces")
"""Those that `all` does not mean: another flavour of file, and a choice that somebody made."""


def choose(names: Iterable[str], ignored: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the rules that are asked for, in the order in which they are applied.

    >>> choose(["default", "sort"], ["doi"])
    ('empty-fields', 'months', 'page-dashes', 'escape', 'sort')
    """
    groups = {"default": DEFAULT, "all": tuple(name for name in RULES if name not in BY_NAME_ONLY)}
    chosen = {rule for name in names for rule in groups.get(name, (name,))}
    ignored = frozenset(ignored)
    for name in sorted(chosen | ignored):
        if name not in RULES:
            message = f"there is no rule {name!r}; there are {', '.join(RULES)}"
            raise ConfigError(message)
    return tuple(name for name in RULES if name in chosen and name not in ignored)
