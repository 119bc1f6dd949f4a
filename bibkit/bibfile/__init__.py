"""Existing bibliographies: read whole, and changed without touching a byte that was not meant."""

from bibkit.bibfile.bib_file import BibFile, append, read_bib
from bibkit.bibfile.blocks import Block, FileEntry
from bibkit.bibfile.crossref import inherit
from bibkit.bibfile.csl_file import CslFile, append_items, read_csl
from bibkit.bibfile.edits import (
    AddEntry,
    Edit,
    EntryRef,
    Expression,
    MoveEntry,
    RemoveEntry,
    RemoveField,
    RenameField,
    RenameKey,
    SetField,
    SetType,
    SortEntries,
)
from bibkit.bibfile.encoding import readable
from bibkit.bibfile.identity import Identity, identify
from bibkit.bibfile.patching import edit, rename_key
from bibkit.bibfile.places import fixed_places
from bibkit.bibfile.values import macro_names

__all__ = [
    "AddEntry", "BibFile", "Block", "CslFile", "Edit", "EntryRef", "Expression", "FileEntry",
    "Identity", "MoveEntry", "RemoveEntry", "RemoveField", "RenameField", "RenameKey",
    "SetField", "SetType", "SortEntries", "append", "append_items", "edit", "fixed_places",
    "identify", "inherit", "macro_names", "read_bib", "read_csl", "readable", "rename_key",
]  # fmt: skip
