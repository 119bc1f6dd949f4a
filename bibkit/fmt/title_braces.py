"""`title = {{The Whole Title}}` → `{The Whole Title}`: the style may choose the case again."""

from __future__ import annotations

from bibkit.bibfile import literal
from bibkit.fmt.draft import Draft

_TITLES = frozenset({"title", "subtitle", "booktitle", "booksubtitle", "maintitle"})


def without_title_braces(draft: Draft) -> Draft:
    r"""Take the second braces off titles; `{{\'E}tude}` and one word alone keep them."""
    for name, text in draft.texts(_TITLES):
        bare = text
        while (inner := _inner(bare)) is not None:
            bare = inner
        if bare != text:
            draft = draft.with_text(name, bare)
    return draft


def _inner(text: str) -> str | None:
    inner = literal(text.strip()) if text.strip()[:1] == "{" else None
    return inner if inner and " " in inner.strip() and not inner.startswith("\\") else None
