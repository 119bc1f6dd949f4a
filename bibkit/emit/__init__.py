"""Entries → text. One module for each format, loaded when it is used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import PurePath
from typing import Protocol

from bibkit.emit.holding import not_held
from bibkit.emit.options import ArxivStyle, WriteOptions
from bibkit.emit.styled import check_style, in_style_order
from bibkit.errors import ConfigError
from bibkit.record import Entry, Problem

__all__ = [
    "SUFFIXES",
    "WRITERS",
    "ArxivStyle",
    "WriteOptions",
    "Writer",
    "check_style",
    "format_of",
    "in_style_order",
    "losses",
    "not_held",
    "write",
    "writer",
]

WRITERS: Mapping[str, str] = {
    "bibtex": "bibkit.emit.bibtex",
    "biblatex": "bibkit.emit.biblatex",
    "csl-json": "bibkit.emit.csl_json",
    "ris": "bibkit.emit.ris",
    "zotero-rdf": "bibkit.emit.zotero_rdf",
    "markdown": "bibkit.emit.markdown",
    "html": "bibkit.emit.html_page",
    "arxiv-ids": "bibkit.emit.arxiv_ids",
}
"""Format → the module whose `write` makes it."""

SUFFIXES: Mapping[str, str] = {
    ".bib": "bibtex",
    ".json": "csl-json",
    ".ris": "ris",
    ".rdf": "zotero-rdf",
    ".md": "markdown",
    ".html": "html",
}
"""Suffix of OUT → format."""


class Writer(Protocol):
    """What every format's `write` is."""

    def __call__(self, entries: Sequence[Entry], *, options: WriteOptions = ...) -> str:
        """Return the entries in the format."""
        ...


def write(
    entries: Sequence[Entry],
    *,
    format: str = "bibtex",  # noqa: A002 - the users' word
    options: WriteOptions = WriteOptions(),  # noqa: B008 - frozen
) -> str:
    """Return the entries in a format, in the order given.

    >>> from bibkit import Author, Entry
    >>> knuth = Author("Knuth", "Donald E.")
    >>> print(write([Entry("knuth1984texbook", "preprint", "The TeXbook", (knuth,))]))
    @misc{knuth1984texbook,
      title = {The {TeXbook}},
      author = {Knuth, Donald E.},
      year = {n.d.},
    }
    """
    return writer(format)(entries, options=options)


def writer(format: str) -> Writer:  # noqa: A002 - the users' word
    """Return the writer of a format: this package's, or an entry point of `bibkit.writers`.

    Raises:
        ConfigError: nobody writes that format.
    """
    if format in WRITERS:
        found: Writer = import_module(WRITERS[format]).write
        return found
    from importlib.metadata import entry_points  # here: it reads every installed package

    others = {point.name: point for point in entry_points(group="bibkit.writers")}
    if format not in others:
        known = ", ".join([*WRITERS, *others])
        raise ConfigError(f"no such format: {format}; there are {known}", origin="--to")
    try:
        declared: Writer = others[format].load().write
    except Exception as error:  # what another package raises is unknown
        message = f"the writer of {format} from another package fails: {error}"
        raise ConfigError(message, origin="--to") from error
    return declared


def losses(entries: Sequence[Entry], format: str) -> list[Problem]:  # noqa: A002 - the users' word
    """Return one problem for each entry with characters that a format's readers cannot set.

    pdfLaTeX has no 视 and no 🚀; they are written in a form that compiles, and it is said.

    >>> [str(p) for p in losses([Entry("k", "preprint", "视觉 in a Nutshell")], "bibtex")]
    ['k: lost-characters: pdfLaTeX cannot set 视 觉; written in another form']
    """
    if format not in ("bibtex", "biblatex"):
        return []
    from bibkit.emit.further import texts
    from bibkit.text.latex import lost_characters
    from bibkit.text.names import full_name

    problems = []
    for entry in entries:
        people = (*entry.authors, *entry.editors, *entry.translators)
        text = " ".join([*(text for _, text in texts(entry)), *map(full_name, people)])
        lost = " ".join(lost_characters(text))
        if lost:
            message = f"pdfLaTeX cannot set {lost}; written in another form"
            problems.append(Problem(entry.citation_key, "lost-characters", message))
    return problems


def format_of(out: str, format: str | None = None) -> str:  # noqa: A002 - the users' word
    """Return the format to write at `out`: the one asked for, else by the suffix; `-` is BibTeX.

    Raises:
        ConfigError: nobody writes the format asked for, or the suffix says nothing.

    >>> format_of("refs.bib"), format_of("refs.JSON"), format_of("-"), format_of("x", "biblatex")
    ('bibtex', 'csl-json', 'bibtex', 'biblatex')
    """
    if format:
        writer(format)
        return format
    suffix = PurePath(out).suffix.lower()
    if out != "-" and suffix not in SUFFIXES:
        known = ", ".join(SUFFIXES)
        raise ConfigError(f"its suffix names no format ({known}); say --to", origin=out)
    return SUFFIXES.get(suffix, "bibtex")
