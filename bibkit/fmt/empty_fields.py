"""`note = {}` → nothing: an empty field says what a missing one says."""

from __future__ import annotations

from bibkit.fmt.draft import Draft

_HEIRS = ("crossref", "xdata")
_OPTIONS = ("ctl", "control")
"""IEEEtran's and REVTeX's entries that are no references."""


def without_empty_fields(draft: Draft) -> Draft:
    """Take out fields without a value; not where one keeps a parent's from being inherited.

    Nor in the entries that set the options of a style: there an empty value is one.
    """
    if draft.entry_type.endswith(_OPTIONS) or any(name in draft for name in _HEIRS):
        return draft
    empty = [
        one.name.lower()
        for one in draft.fields
        if one.raw[:1] in ("{", '"') and not one.raw[1:-1].strip()
    ]
    return draft.without(*empty) if empty else draft
