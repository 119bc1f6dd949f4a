"""A source asked a little at a time, so that a long wait shows how far it is.

For sources that answer each query by itself (catalogues). Services group queries into requests, so
they get all of them at once and tell their progress themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bibkit.resolve.query import Answer, MetadataSource, Query


class InSteps:
    """The same source, with progress: a `MetadataSource`."""

    def __init__(
        self,
        source: MetadataSource,
        on_progress: Callable[[str, int, int], None],
        *,
        size: int = 100,
    ) -> None:
        self._source = source
        self._on_progress = on_progress
        self._size = size

    @property
    def name(self) -> str:
        """The source's own name."""
        return self._source.name

    def find(self, queries: Sequence[Query]) -> list[Answer]:
        """Answer each query, in order, and tell after every few how many are answered."""
        answers: list[Answer] = []
        for start in range(0, len(queries), self._size):
            answers += self._source.find(queries[start : start + self._size])
            self._on_progress(f"asking {self.name}", len(answers), len(queries))
        return answers
