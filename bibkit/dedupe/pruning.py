"""Which candidate pairs need no comparison: nine of ten share a few words and nothing else.

To look at titles alone takes a fifth of the time of `scoring.compare`, and engines need not carry
whole records to it. Nothing that could be the same or unsure is left out; a test proves it.
"""

from __future__ import annotations

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

from bibkit.dedupe.blocking import abstract_keys, identifier_keys
from bibkit.dedupe.features import Features


def shared_facts(feature: Features) -> frozenset[str]:
    """Return what makes two records worth comparing whatever their titles are.

    An issue stands for a page, too: some tables are shifted by a column.
    """
    facts = {*identifier_keys(feature), *abstract_keys(feature)}
    if feature.first_page:
        facts.add(f"page {feature.first_page}")
    if feature.volume and feature.number:
        facts.add(f"page {feature.number}")
    return frozenset(facts)


def title_start(feature: Features) -> str:
    """Return two words by which a title is found again behind the authors of a torn reference."""
    return "".join(feature.words[:2]).replace(".", "")


def are_strangers(
    x: str, y: str, starts: tuple[str, str], *, least: float = 60.0, close: float = 0.95
) -> bool:
    """Tell whether two title keys are no more alike than any two; `least` is `match_titles`'s.

    >>> are_strangers("segmentanything", "physicsoflanguagemodels", ("segment", "physicsof"))
    True
    >>> are_strangers("segmentanything", "segmentanythinganewtask", ("segment", "segment"))
    False
    """
    if not x or not y or fuzz.ratio(x, y, score_cutoff=least):
        return False
    if x.find(starts[1], 1) > 0 or y.find(starts[0], 1) > 0:
        return False
    short, long = (x, y) if len(x) <= len(y) else (y, x)
    size, more = len(short), len(long) - len(short)
    if not more:
        return sorted(x) != sorted(y)
    first, last, tail = short[:3], short[-3:], max(0, size - 3)
    alike = Indel.normalized_similarity
    if (first == long[:3] or last == long[tail:size]) and alike(
        short, long[:size], score_cutoff=close
    ):
        return False
    return not (
        (first == long[more : more + 3] or last == long[-3:])
        and alike(short, long[more:], score_cutoff=close)
    )
