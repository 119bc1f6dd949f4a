"""Entries → references in a style of pybtex: `plain`, `unsrt`, `alpha`, `unsrtalpha`, plug-ins.

pybtex reads TeX; an entry's text is no TeX, so what TeX would act on goes in as private characters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bibkit.emit.fields import doi_of, web_address
from bibkit.emit.further import further_fields
from bibkit.emit.kinds import INSTITUTIONAL, format_type
from bibkit.emit.marked import held, tagged
from bibkit.emit.plain import as_published, pages_of, plain
from bibkit.errors import ConfigError
from bibkit.record import Author, Entry
from bibkit.text.capitals import capital_spans
from bibkit.text.visible import visible

_TEX = "\\{}$%&#~^_`'\"<"
_HIDDEN = {ord(c): chr(0xE060 + n) for n, c in enumerate(_TEX)}
_SEEN = {0xE060 + n: held(c) for n, c in enumerate(_TEX)}
_NOTHING = "\ue07f"
"""Between two hyphens: they are no dash."""
_TAGS = {"em": "i", "i": "i", "strong": "b", "b": "b", "sup": "sup", "sub": "sub"}
_MONTHS = (
    "January February March April May June July August September October November December".split()
)


def is_pybtex_style(name: str) -> bool:
    """Tell whether pybtex, or a plug-in of it, has a style of that name."""
    from pybtex.plugin import PluginNotFound, find_plugin  # here: only a style needs it

    try:
        find_plugin("pybtex.style.formatting", name)
    except PluginNotFound:
        return False
    return True


def render(entries: Sequence[Entry], style: str, *, first: int = 1) -> list[tuple[int, str]]:
    """Return place and marked text of each entry, in the style's own order, with its label.

    Raises:
        ConfigError: the style does not work.

    """
    from pybtex.plugin import find_plugin

    try:
        found = find_plugin("pybtex.style.formatting", style)()
        made = [_entry(entry, str(number)) for number, entry in enumerate(entries)]
        ordered = found.sort(made)
        labels = list(found.format_labels(ordered))
        return [
            (int(entry.key), f"[{_label(label, first)}] {_formatted(found, entry)}")
            for label, entry in zip(labels, ordered, strict=True)
        ]
    except Exception as error:  # what a plug-in raises is unknown
        message = f"pybtex cannot work with this style: {type(error).__name__}: {error}"
        raise ConfigError(message, origin=style) from error


def _label(label: str, first: int) -> str:
    seen = str(label).translate(_SEEN)
    return str(int(seen) + first - 1) if seen.isdigit() else seen


def _formatted(style: Any, entry: Any) -> str:
    """Format an entry; as `misc`, where it lacks what the style demands of its type."""
    from pybtex.style.template import FieldIsMissing

    try:
        formatted = style.format_entry("", entry)
    except (FieldIsMissing, AttributeError):
        entry.type = "misc"
        formatted = style.format_entry("", entry)
    return str(formatted.text.render(_backend())).replace(_NOTHING, "").translate(_SEEN)


def _entry(entry: Entry, key: str) -> Any:
    from pybtex.database import Entry as PybtexEntry

    shown = as_published(entry)
    owner = {"phdthesis": "school", "mastersthesis": "school", "thesis": "school"}
    institution = "institution" if shown.entry_type in INSTITUTIONAL else "organization"
    names = {"institution": owner.get(shown.entry_type, institution)}
    fields = {names.get(n, n): _tex_free(plain(v)) for n, v in further_fields(shown).items()}
    fields["key"] = _tex_free(entry.citation_key)
    if shown.pages:
        fields["pages"] = pages_of(shown).replace("-", "–").translate(_HIDDEN)
    fields["title"] = _title(plain(entry.title))
    if entry.date:
        fields["year"] = str(entry.date.year)
        fields |= {"month": _MONTHS[entry.date.month - 1]} if entry.date.month else {}
    fields |= {"note": _tex_free(plain(entry.note))} if entry.note else {}
    if doi := doi_of(entry):
        fields["doi"] = _tex_free(doi)
    elif address := web_address(entry.url):
        fields["url"] = _tex_free(address)
    if entry.eprint:
        fields |= {"eprint": _tex_free(entry.eprint.id), "archiveprefix": "arXiv"}
    people = {"author": entry.authors, "editor": entry.editors}
    persons = {role: [_person(one) for one in named] for role, named in people.items() if named}
    made = PybtexEntry(format_type(shown, "bibtex"), fields=fields, persons=persons)
    made.key = key
    return made


def _person(author: Author) -> Any:
    from pybtex.database import Person

    person = Person()
    if author.collective:
        person.last_names = [_tex_free(author.family)]
        return person
    person.first_names = _tex_free(author.given).split()
    person.prelast_names = _tex_free(author.particle).split()
    person.last_names = _tex_free(author.family or author.given).split()
    person.lineage_names = _tex_free(author.suffix).split()
    return person


def _tex_free(text: str) -> str:
    return visible(text).translate(_HIDDEN).replace("--", "-" + _NOTHING + "-")


def _title(title: str) -> str:
    """Return a title in which only the braces around capitals are TeX."""
    written, place = "", 0
    for start, end in capital_spans(title):
        kept = title[start:end].translate(_HIDDEN)
        written += f"{title[place:start].translate(_HIDDEN)}{{{kept}}}"
        place = end
    return written + title[place:].translate(_HIDDEN)


def _backend() -> Any:
    from pybtex.backends import BaseBackend

    class Backend(BaseBackend):  # type: ignore[misc]
        """Renders into marks."""

        symbols: Mapping[str, str] = {"ndash": "–", "newblock": " ", "nbsp": " "}

        def format_str(self, text: str) -> str:
            return text

        def format_tag(self, name: str, text: str) -> str:
            return tagged(_TAGS[name], text) if name in _TAGS else text

        def format_href(self, url: str, text: str, external: bool = False) -> str:  # noqa: ARG002
            return text

        def format_protected(self, text: str) -> str:
            return text

        def render_sequence(self, rendered: Sequence[str]) -> str:
            return "".join(rendered)

    return Backend("utf-8")
