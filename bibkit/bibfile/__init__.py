"""Existing bibliographies: read whole, and changed without touching a byte that was not meant."""

from bibkit.bibfile.anatomy import true_values
from bibkit.bibfile.bib_file import BibFile, append, closed_part, read_bib
from bibkit.bibfile.blocks import Block, FileEntry
from bibkit.bibfile.crossref import inherit
from bibkit.bibfile.csl_file import CslFile, append_items, read_csl
from bibkit.bibfile.difference import unified_diff
from bibkit.bibfile.edits import (
    AddEntry,
    Arrange,
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
from bibkit.bibfile.flavour import is_biblatex
from bibkit.bibfile.html_file import append_html_items, read_html
from bibkit.bibfile.identity import Identity, identify
from bibkit.bibfile.markdown_file import append_list_items, read_markdown
from bibkit.bibfile.patching import edit, edit_each, rename_key
from bibkit.bibfile.places import fixed_places, is_commented
from bibkit.bibfile.rdf_file import append_nodes, read_rdf
from bibkit.bibfile.ris_file import append_references, read_ris
from bibkit.bibfile.text_file import TextFile
from bibkit.bibfile.values import literal, macro_names, parts_of

__all__ = [
    "AddEntry",
    "Arrange",
    "BibFile",
    "Block",
    "CslFile",
    "Edit",
    "EntryRef",
    "Expression",
    "FileEntry",
    "Identity",
    "MoveEntry",
    "RemoveEntry",
    "RemoveField",
    "RenameField",
    "RenameKey",
    "SetField",
    "SetType",
    "SortEntries",
    "TextFile",
    "append",
    "append_html_items",
    "append_items",
    "append_list_items",
    "append_nodes",
    "append_references",
    "closed_part",
    "edit",
    "edit_each",
    "fixed_places",
    "identify",
    "inherit",
    "is_biblatex",
    "is_commented",
    "literal",
    "macro_names",
    "parts_of",
    "read_bib",
    "read_csl",
    "read_html",
    "read_markdown",
    "read_rdf",
    "read_ris",
    "readable",
    "rename_key",
    "true_values",
    "unified_diff",
]  # fmt: skip
