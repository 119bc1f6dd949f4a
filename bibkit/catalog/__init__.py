"""The embedded arXiv index: a SQLite file of facts, searched by id, DOI and title, offline."""

from __future__ import annotations

from bibkit.catalog.importing import ImportReport, default_path, import_snapshot
from bibkit.catalog.opening import open_catalogs
from bibkit.catalog.search import Catalog, CatalogInfo, open_catalog
from bibkit.catalog.starter import open_starter
from bibkit.catalog.updating import UpdateReport, update

__all__ = [
    "Catalog",
    "CatalogInfo",
    "ImportReport",
    "UpdateReport",
    "default_path",
    "import_snapshot",
    "open_catalog",
    "open_catalogs",
    "open_starter",
    "update",
]
