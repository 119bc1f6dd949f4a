"""Entries → a Markdown list of references, one item a line, with an anchor for each citation key.

Titles are hostile text: what CommonMark, GitHub, pandoc, Jekyll or MathJax would act on is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from bibkit.emit.options import WriteOptions
from bibkit.emit.plain import plain
from bibkit.emit.reference import author_names, links_of, title_of, venue_of
from bibkit.record import Entry
from bibkit.text.visible import visible

_SPECIAL = re.compile(r"[\\`*_\[\]|~$@^#]")
_MARKUP = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "{": "&#123;", "}": "&#125;"}
"""Jekyll acts on braces before Markdown's own escapes are looked at."""
_ADDRESS = {"(": "%28", ")": "%29", "&": "&amp;"}


def write(entries: Sequence[Entry], *, options: WriteOptions = WriteOptions()) -> str:  # noqa: ARG001, B008 - nothing to choose; frozen
    """Return the entries as a Markdown list."""
    return "".join(f"{_item(entry)}\n" for entry in entries)


def markdown_text(text: str) -> str:
    r"""Return Markdown that shows a text, and does nothing else.

    >>> markdown_text("<b>*x*</b> [y](javascript:z) {{ a_b }}")
    '&lt;b&gt;\\*x\\*&lt;/b&gt; \\[y\\](javascript:z) &#123;&#123; a\\_b &#125;&#125;'
    """
    return "".join(_MARKUP.get(c, c) for c in _SPECIAL.sub(r"\\\g<0>", text))


def _item(entry: Entry) -> str:
    venue, place = venue_of(entry)
    authors, note = author_names(entry), plain(entry.note)
    published = f"*{markdown_text(venue)}*{markdown_text(place)}" if venue else ""
    year = str(entry.date.year) if entry.date else ""
    sentences = [
        markdown_text(authors),
        f"**{markdown_text(title_of(entry))}**",
        ", ".join(part for part in (published, year) if part),
        " · ".join(f"[{markdown_text(text)}]({_address(url)})" for text, url in links_of(entry)),
        markdown_text(note),
    ]
    anchor = f'<a id="{escape(visible(entry.citation_key))}"></a>'
    return f"- {anchor}{'. '.join(sentence for sentence in sentences if sentence)}"


def _address(url: str) -> str:
    return "".join(_ADDRESS.get(c, c) for c in url)
