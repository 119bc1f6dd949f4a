"""Two words that are one slip of the pen apart."""

from __future__ import annotations


def is_one_slip(word: str, right: str) -> bool:
    """Tell whether a letter is missing, too many, another, or in its neighbour's place.

    >>> [is_one_slip(word, "volume") for word in ("volme", "vollume", "voluma", "voulme", "volume")]
    [True, True, True, True, False]
    """
    if word == right or abs(len(word) - len(right)) > 1:
        return False
    start = 0
    while start < min(len(word), len(right)) and word[start] == right[start]:
        start += 1
    one, other = word[start:], right[start:]
    swapped = one[:2] == other[1::-1] and one[2:] == other[2:]
    return swapped or one[1:] == other or one == other[1:] or one[1:] == other[1:]
