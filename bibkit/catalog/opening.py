"""The catalogues that a run consults: those named, or the user's own, and always the starter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from bibkit.catalog.importing import default_path
from bibkit.catalog.search import Catalog, open_catalog
from bibkit.catalog.starter import open_starter


def open_catalogs(paths: Sequence[Path], stack: ExitStack) -> Iterator[Catalog]:
    """Yield each catalogue when it is its turn; `stack` closes them."""
    default = default_path()
    for path in paths or ([default] if default.exists() else []):
        yield stack.enter_context(open_catalog(path))
    yield stack.enter_context(open_starter())
