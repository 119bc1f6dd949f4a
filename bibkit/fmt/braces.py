"""`title = "A"` → `title = {A}`: braces can hold a quote."""

from __future__ import annotations

from dataclasses import replace

from bibkit.bibfile import parts_of
from bibkit.fmt.draft import Draft


def with_braces(draft: Draft) -> Draft:
    """Put braces in the place of quotes, also where `#` joins them with macros."""
    fields = tuple(
        replace(one, raw=braced_value(one.raw))
        if '"' in one.raw and draft.raw(one.name.lower()) is not None
        else one
        for one in draft.fields
    )
    return replace(draft, fields=fields, in_braces=True)


def braced_value(raw: str) -> str:
    r"""Return a value without quotes around its texts; one that ends in a backslash stays.

    >>> print(braced_value('"A {"}B{"}"'), braced_value('jan # "~1"'), braced_value('"A\\"'))
    {A {"}B{"}} jan # {~1} "A\"
    """
    try:
        parts = list(parts_of(raw))
    except ValueError:
        return raw
    at, pieces = 0, []
    for part in parts:
        start = raw.index(part, at)
        at, between = start + len(part), raw[at:start]
        quoted = part[0] == '"' and not part.endswith('\\"')
        pieces += [between, f"{{{part[1:-1]}}}" if quoted else part]
    return "".join([*pieces, raw[at:]])
