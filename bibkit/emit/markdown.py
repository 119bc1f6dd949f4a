"""Entries → a Markdown list of references, one item a line, with an anchor for each citation key.

Titles are hostile text: what CommonMark, GitHub, pandoc, Jekyll or MathJax would act on is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from bibkit.emit.escaping import markdown_address, markdown_text
from bibkit.emit.options import WriteOptions
from bibkit.emit.plain import plain
from bibkit.emit.reference import author_names, links_of, title_of, venue_of
from bibkit.emit.styled import StyledItem, styled_items
from bibkit.record import Entry
from bibkit.text.visible import visible


def write(entries: Sequence[Entry], *, options: WriteOptions = WriteOptions()) -> str:  # noqa: B008 - frozen
    """Return the entries as a Markdown list."""
    if options.style:
        items = zip(entries, styled_items(entries, options), strict=True)
        return "".join(f"- {_anchor(entry)}{_styled(item)}\n" for entry, item in items)
    return "".join(f"- {_anchor(entry)}{_reference(entry)}\n" for entry in entries)


def _reference(entry: Entry) -> str:
    venue, place = venue_of(entry)
    authors, note = author_names(entry), plain(entry.note)
    published = f"*{markdown_text(venue)}*{markdown_text(place)}" if venue else ""
    year = str(entry.date.year) if entry.date else ""
    sentences = [
        markdown_text(authors),
        f"**{markdown_text(title_of(entry))}**",
        ", ".join(part for part in (published, year) if part),
        _links(links_of(entry)),
        markdown_text(note),
    ]
    return ". ".join(sentence for sentence in sentences if sentence)


def _styled(item: StyledItem) -> str:
    return " · ".join(part for part in (item.markdown(), _links(item.further)) if part)


def _anchor(entry: Entry) -> str:
    return f'<a id="{escape(visible(entry.citation_key))}"></a>'


def _links(links: Iterable[tuple[str, str]]) -> str:
    return " · ".join(f"[{markdown_text(text)}]({markdown_address(url)})" for text, url in links)
