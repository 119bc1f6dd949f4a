"""Entries → the items of a reference list in a citation style, for Markdown and HTML.

The style says what is printed and how; the title leads to the paper, and what the style leaves out
of the ways to it (arXiv, DOI, the code) stands behind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from bibkit.emit.fields import doi_of
from bibkit.emit.marked import linked, to_html, to_markdown
from bibkit.emit.options import WriteOptions
from bibkit.emit.plain import arxiv_mark
from bibkit.emit.reference import arxiv_address, links_of, title_of
from bibkit.record import Entry


@dataclass(frozen=True, slots=True)
class StyledItem:
    """One rendered reference."""

    text: str
    """With its formatting and links as marks (`emit.marked`)."""
    addresses: tuple[str, ...]
    """Where the links in the text lead."""
    further: tuple[tuple[str, str], ...]
    """Text and address of the links that stand behind it."""

    def html(self) -> str:
        """Return the reference as HTML, without its further links."""
        return to_html(self.text, self.addresses)

    def markdown(self) -> str:
        """Return the reference as Markdown, without its further links."""
        return to_markdown(self.text, self.addresses)


def check_style(options: WriteOptions) -> None:
    """Refuse a style that cannot be used, before any other work.

    Raises:
        ConfigError: there is no such style, or nothing to render it with.

    """
    if options.style:
        _rendered([Entry("key", "misc", "Title")], options)


def in_style_order(entries: Sequence[Entry], options: WriteOptions) -> list[Entry]:
    """Return entries as the style sorts them; without a style, as they are."""
    if not options.style or not entries:
        return list(entries)
    return [entries[place] for place, _ in _rendered(entries, options)]


def styled_items(entries: Sequence[Entry], options: WriteOptions) -> list[StyledItem]:
    """Return the rendered references, in the order of the entries."""
    texts = dict(_rendered(entries, options)) if entries else {}
    return [_item(entry, texts[place]) for place, entry in enumerate(entries)]


def _rendered(entries: Sequence[Entry], options: WriteOptions) -> list[tuple[int, str]]:
    from bibkit.emit import csl_style, pybtex_style  # here: most lists have no style

    style = options.style or ""
    render = pybtex_style.render if pybtex_style.is_pybtex_style(style) else csl_style.render
    return render(entries, style, first=options.first_number)


def _item(entry: Entry, text: str) -> StyledItem:
    links = list(links_of(entry))
    targets = [(address, address) for _, address in links]
    if doi := doi_of(entry):
        address = f"https://doi.org/{quote(doi, safe='/')}"
        targets += [(f"https://doi.org/{doi}", address), (doi, address)]
    targets.append((arxiv_mark(entry), arxiv_address(entry)))
    if links:
        title = title_of(entry)
        targets += [(words, links[0][1]) for words in (title, title.replace("'", "’"))]
    marked, addresses = linked(text, targets)
    further = [link for link in links if link[1] not in addresses]
    return StyledItem(marked, tuple(addresses), tuple(further))
