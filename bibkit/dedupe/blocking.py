"""Records → the pairs worth comparing.

A pair lost here is lost for good, so keys err on the loose side; a block that many records share
says little, so its size is bounded, and fifty thousand editorials cost no square.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from bibkit.dedupe.features import Features
from bibkit.text.similarity import sketch_hashes

Frequency = Mapping[str, int]
"""In how many titles a word stands; a word that is not there stands in one at most."""
Keys = Callable[[Features], Iterable[str]]
LARGEST = 50
"""Records of a block in which all meet."""
WINDOW = 6
"""Neighbours that a record meets in a larger block."""


def candidate_pairs(
    features: Sequence[Features], *, largest: int = LARGEST, window: int = WINDOW
) -> Iterator[tuple[int, int]]:
    """Yield the pairs worth comparing, each once, the smaller index first.

    In a block of more than `largest` records, each meets only its `window` next neighbours in the
    order of what they say, which is enough where the block is one paper.
    """
    frequency = word_frequency(features)
    seen: set[int] = set()
    count = len(features)
    for keys, sorts in _kinds(frequency):
        blocks: defaultdict[str, list[int]] = defaultdict(list)
        for index, feature in enumerate(features):
            for key in dict.fromkeys(keys(feature)):
                blocks[key].append(index)
        for block in blocks.values():
            if len(block) < 2:
                continue
            for left, right in _pairs(block, features, largest, window if sorts else 0):
                pair = left * count + right
                if pair not in seen:
                    seen.add(pair)
                    yield left, right


def word_frequency(features: Sequence[Features]) -> Counter[str]:
    """Count in how many titles each word stands."""
    return Counter(word for feature in features for word in set(feature.words))


def _kinds(frequency: Frequency) -> list[tuple[Keys, bool]]:
    return [*own_kinds(), (lambda feature: word_keys(feature.words, frequency), False)]


def own_kinds() -> list[tuple[Keys, bool]]:
    """Return the kinds of keys that a record has by itself, whatever the others are.

    With each: whether a large block of the kind is still worth a look.
    """
    return [
        (identifier_keys, True),
        (title_keys, True),
        (place_keys, True),
        (author_keys, False),
        (abstract_keys, False),
    ]


def identifier_keys(feature: Features) -> Iterator[str]:
    """Yield the identifiers."""
    if feature.arxiv:
        yield f"arxiv:{feature.arxiv}"
    if feature.doi:
        yield f"doi:{feature.doi}"
    for kind, value in feature.identifiers:
        yield f"{kind}:{value}"


def title_keys(feature: Features, *, letters: int = 14) -> Iterator[str]:
    """Yield the title's beginning and end, for subtitles and for what was put before it."""
    if feature.key:
        yield feature.key
        yield f"^{feature.key[:letters]}"
        yield f"{feature.key[-letters:]}$"


def place_keys(feature: Features) -> Iterator[str]:
    """Yield volume and page, for titles that were translated or lost."""
    if feature.first_page and feature.volume:
        yield f"{feature.volume}|{feature.first_page}"


def word_keys(
    title_words: Iterable[str], frequency: Frequency, *, rarest: int = 5, rare: int = 50
) -> Iterator[str]:
    """Yield the rarest words alone and by twos; a word that no other title has finds nothing."""
    shared = {w for w in title_words if len(w) > 1 and frequency.get(w, 0) > 1}
    words = sorted(shared, key=lambda w: (frequency[w], w))[:rarest]
    for word in words:
        if frequency[word] <= rare:
            yield word
    for one, other in combinations(sorted(words), 2):
        if frequency[one] > rare or frequency[other] > rare:
            yield f"{one} {other}"


def author_keys(feature: Features) -> Iterator[str]:
    """Yield the first author and the year, for titles that were reworded."""
    if feature.families and feature.year:
        yield f"{feature.families[0]} {feature.year}"


def abstract_keys(feature: Features, *, hashes: int = 4) -> Iterator[str]:
    """Yield the smallest hashes of the abstract, for papers that were renamed."""
    for smallest in sketch_hashes(feature.sketch)[:hashes]:
        yield smallest.hex()


def _pairs(
    block: list[int], features: Sequence[Features], largest: int, window: int
) -> Iterator[tuple[int, int]]:
    if len(block) <= largest:
        yield from combinations(block, 2)
        return
    ordered = sorted(block, key=lambda i: (neighbourhood(features[i]), i)) if window else []
    for place, one in enumerate(ordered):
        for other in ordered[place + 1 : place + 1 + window]:
            yield (one, other) if one < other else (other, one)


def neighbourhood(feature: Features) -> tuple[str, ...]:
    """Return what orders a large block, so that records of one paper are neighbours."""
    return (
        feature.key,
        " ".join(feature.families[:3]),
        str(feature.year or ""),
        feature.volume,
        feature.first_page,
        feature.venue,
    )
