"""A .bib ↔ a Zotero library: entries and items made comparable, settled three-way, then written."""

from bibkit.zotero.connector import import_file
from bibkit.zotero.pull import PullResult, pull_file
from bibkit.zotero.push import push_file
from bibkit.zotero.results import PushResult

__all__ = ["PullResult", "PushResult", "import_file", "pull_file", "push_file"]
