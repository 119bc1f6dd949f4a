"""Pairs → connected components, at eight bytes a record: 250 million papers take 2 GB."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator

import pyarrow as pa


def connected(pairs: Iterable[tuple[int, int]], *, size: int) -> array[int]:
    """Return for each of `size` records the first record of its component.

    >>> list(connected([(3, 1), (1, 4)], size=6))
    [0, 1, 2, 1, 1, 5]
    """
    parent = array("q", range(size))
    for left, right in pairs:
        a, b = _root(parent, left), _root(parent, right)
        parent[max(a, b)] = min(a, b)
    for number in range(size):  # a parent is never behind its child
        parent[number] = parent[parent[number]]
    return parent


def _root(parent: array[int], node: int) -> int:
    while parent[node] != node:
        parent[node] = parent[parent[node]]
        node = parent[node]
    return node


def parts_of(first: array[int], *, size: int = 2_000) -> Iterator[pa.RecordBatch]:
    """Yield the records of components, divided into parts of whole components."""
    members: dict[int, list[int]] = {}
    for number, root in enumerate(first):
        if root != number:
            members.setdefault(root, [root]).append(number)
    part = held = 0
    rows: list[tuple[int, int, int]] = []
    for root, numbers in members.items():
        rows += [(part, root, number) for number in numbers]
        held += len(numbers)
        if held >= size:
            part, held = part + 1, 0
    if rows:
        yield pa.record_batch(
            list(map(pa.array, zip(*rows, strict=True))), ["part", "first", "number"]
        )
