"""Existing bibliographies: read whole, and changed without touching a byte that was not meant."""

from bibkit.bibfile.bib_file import BibFile, append, closed_part, read_bib
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
from bibkit.bibfile.html_file import append_html_items, read_html
from bibkit.bibfile.identity import Identity, identify
from bibkit.bibfile.markdown_file import append_list_items, read_markdown
from bibkit.bibfile.patching import edit, rename_key
from bibkit.bibfile.places import fixed_places
from bibkit.bibfile.rdf_file import append_nodes, read_rdf
from bibkit.bibfile.ris_file import append_references, read_ris
from bibkit.bibfile.text_file import TextFile
from bibkit.bibfile.values import macro_names

__all__ = [
    "AddEntry", "BibFile", "Block", "CslFile", "Edit", "EntryRef", "Expression", "FileEntry",
    "Identity", "MoveEntry", "RemoveEntry", "RemoveField", "RenameField", "RenameKey",
    "SetField", "SetType", "SortEntries", "TextFile", "append", "append_html_items",
    "append_items", "append_list_items", "append_nodes", "append_references", "closed_part", "edit",
    "fixed_places", "identify", "inherit", "macro_names", "read_bib", "read_csl", "read_html",
    "read_markdown", "read_rdf", "read_ris", "readable", "rename_key",
]  # fmt: skip
