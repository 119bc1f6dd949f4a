"""Entries → an HTML page with a list of references; each item has its citation key as id.

Everything is escaped, only http and https addresses are linked, and nothing on the page runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from bibkit.emit.options import WriteOptions
from bibkit.emit.plain import iso_date, plain
from bibkit.emit.reference import author_names, links_of, title_of, venue_of
from bibkit.emit.styled import StyledItem, styled_items
from bibkit.record import Entry
from bibkit.text.visible import visible

_HEAD = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>References</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 50em; margin: 2em auto; padding: 0 1em; }
.bibliography li { margin: 0 0 .8em; }
</style>
</head>
<body>
<h1>References</h1>
<ul class="bibliography">
"""
_FOOT = """\
</ul>
</body>
</html>
"""


def write(entries: Sequence[Entry], *, options: WriteOptions = WriteOptions()) -> str:  # noqa: B008 - frozen
    """Return the entries as an HTML page."""
    if options.style:
        items = [_styled(item) for item in styled_items(entries, options)]
    else:
        items = [". ".join(part for part in _sentences(entry) if part) for entry in entries]
    listed = (_item(*pair, options) for pair in zip(entries, items, strict=True))
    return _HEAD + "".join(f"{item}\n" for item in listed) + _FOOT


def _item(entry: Entry, reference: str, options: WriteOptions) -> str:
    abstract = escape(plain(entry.abstract)) if options.abstract else ""
    details = f"<details><summary>Abstract</summary><p>{abstract}</p></details>" if abstract else ""
    return f'<li id="{escape(visible(entry.citation_key))}">{reference}{details}</li>'


def _sentences(entry: Entry) -> Iterator[str]:
    yield escape(author_names(entry))
    yield f'<b class="title">{escape(title_of(entry))}</b>'
    venue, place = venue_of(entry)
    published = f"<i>{escape(venue)}</i>{escape(place)}" if venue else ""
    date = entry.date
    year = f'<time datetime="{iso_date(date)}">{date.year}</time>' if date else ""
    yield ", ".join(part for part in (published, year) if part)
    yield _links(links_of(entry))
    yield escape(plain(entry.note))


def _styled(item: StyledItem) -> str:
    return " · ".join(part for part in (item.html(), _links(item.further)) if part)


def _links(links: Iterable[tuple[str, str]]) -> str:
    return " · ".join(f'<a href="{escape(url)}">{escape(text)}</a>' for text, url in links)
