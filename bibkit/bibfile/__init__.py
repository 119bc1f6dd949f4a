"""Existing bibliographies: read whole, added to without changing a byte that was there."""

from bibkit.bibfile.bib_file import BibFile, append, read_bib
from bibkit.bibfile.blocks import Block, FileEntry
from bibkit.bibfile.crossref import inherit
from bibkit.bibfile.csl_file import CslFile, append_items, read_csl
from bibkit.bibfile.identity import Identity, identify

__all__ = [
    "BibFile", "Block", "CslFile", "FileEntry", "Identity",
    "append", "append_items", "identify", "inherit", "read_bib", "read_csl",
]  # fmt: skip
