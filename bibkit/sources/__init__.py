"""Remote metadata services, the only code with a network. Nothing is loaded before it is used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from bibkit.errors import ConfigError
from bibkit.sources.http import Web

if TYPE_CHECKING:
    from bibkit.resolve.query import MetadataSource

__all__ = ["SOURCES", "Web", "open_source"]

SourceFactory = Callable[[Web], "MetadataSource"]


def _arxiv(web: Web) -> MetadataSource:
    from bibkit.sources.arxiv_api import ArxivApi

    return ArxivApi(web)


def _huggingface(web: Web) -> MetadataSource:
    from bibkit.sources.huggingface import HuggingFace

    return HuggingFace(web)


def _arxiv_abstracts(web: Web) -> MetadataSource:
    from bibkit.sources.arxiv_api import ArxivAbstracts

    return ArxivAbstracts(web)


SOURCES: Mapping[str, SourceFactory] = {
    "arxiv": _arxiv,
    "huggingface": _huggingface,
    "arxiv-abstracts": _arxiv_abstracts,
}
"""Name → how to open it on a session; in the order in which `build` asks them."""


def open_source(name: str, web: Web) -> MetadataSource:
    """Return the source of that name: ours, or one that another package declares.

    Another package declares a factory under the entry-point group `bibkit.sources`.
    """
    if name in SOURCES:
        return SOURCES[name](web)
    from importlib.metadata import entry_points

    for declared in entry_points(group="bibkit.sources", name=name):
        factory: SourceFactory = declared.load()
        return factory(web)
    raise ConfigError(f"there is no metadata source {name!r}")
