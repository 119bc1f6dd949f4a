"""`month = {January}` → `month = jan`: the macro that every style prints in its own way."""

from __future__ import annotations

from bibkit.fmt.draft import Draft

MACROS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FULL = (
    "january february march april may june july august september october november december"
).split()
_NAMES = {
    **dict(zip(_FULL, MACROS, strict=True)),
    **{macro: macro for macro in MACROS},
    "sept": "sep",
}


def with_month_macros(draft: Draft) -> Draft:
    """Write a month that is named in English, or numbered, as its macro.

    biblatex wants numbers, and has them; a file that defines months itself keeps what it has.
    """
    text = draft.text("month")
    macro = None if text is None else month_macro(text, numbers=not draft.context.biblatex)
    if macro is None or macro in draft.context.macros:
        return draft
    return draft.with_raw("month", macro)


def month_macro(text: str, *, numbers: bool = True) -> str | None:
    """Return the macro of one month.

    >>> month_macro("Sept."), month_macro("06"), month_macro("May--June")
    ('sep', 'jun', None)
    """
    name = text.strip().strip("{}").rstrip(".").lower()
    if numbers and name.isascii() and name.isdecimal() and len(name) < 3:
        return MACROS[int(name) - 1] if 1 <= int(name) <= len(MACROS) else None
    return _NAMES.get(name)
