"""A bibliography of any readable format → entries, and a problem for all that no entry can hold.

Formats that `bibfile` reads keep citation keys, dates and notes; every other listing gives what its
records say. Nothing is looked up, nothing is merged, and the order stays.
"""

from bibkit.convert.fields_entry import ReadEntry
from bibkit.convert.keys import keyed
from bibkit.convert.reading import Converted, read_entries

__all__ = ["Converted", "ReadEntry", "keyed", "read_entries"]
