"""Objects → writes of fifty, each for the library as it was left by the one before.

A write that is refused whole is halved until it is clear what for.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from bibkit.sources.zotero_api import MOST_WRITTEN, Kind, Refusal, Written, ZoteroLibrary

T = TypeVar("T")
Progress = Callable[[str, int, int], None]


class Stale(Exception):  # noqa: N818 - no error: the library is read again
    """Somebody wrote to the library meanwhile."""


class Batches:
    """What writes into one library, from the version that was read."""

    def __init__(self, library: ZoteroLibrary, on_progress: Progress | None) -> None:
        self.version = 0
        """Of the library, after the last write."""
        self.done = 0
        """Objects that were written."""
        self._library = library
        self._on_progress = on_progress

    def write(
        self,
        wanted: Sequence[T],
        data: Callable[[T], Mapping[str, Any]],
        taken: Callable[[T, Mapping[str, Any]], None],
        refused: Callable[[T, Refusal], None],
        stage: str,
    ) -> None:
        """Write all that is wanted; say of each one whether it was taken.

        Args:
            wanted: what is written.
            data: its JSON.
            taken: told of each one that was written, with its JSON as it is now.
            refused: told of each one that Zotero does not take.
            stage: what the progress is called.

        Raises:
            Stale: somebody wrote meanwhile; what was written until then was told.

        """
        size = MOST_WRITTEN
        queue = deque(wanted[i : i + size] for i in range(0, len(wanted), size))
        stale, done = False, 0
        while queue:
            batch = queue.popleft()
            answer = self.send("items", [data(one) for one in batch])
            if isinstance(answer, Refusal):
                if answer.stale:
                    raise Stale
                if len(batch) == 1:
                    refused(batch[0], answer)
                else:
                    middle = len(batch) // 2
                    queue.extendleft((batch[middle:], batch[:middle]))
                continue
            for place, one in enumerate(batch):
                if place in answer.objects:
                    self.done += 1
                    taken(one, answer.objects[place])
                elif answer.refused[place].stale:
                    stale = True
                else:
                    refused(one, answer.refused[place])
            done += len(batch)
            if self._on_progress:
                self._on_progress(stage, done, len(wanted))
        if stale:
            raise Stale

    def send(self, kind: Kind, objects: Sequence[Mapping[str, Any]]) -> Written | Refusal:
        """Write some objects at once."""
        answer = self._library.write(kind, objects, version=self.version)
        if isinstance(answer, Written):
            self.version = answer.version
        return answer
