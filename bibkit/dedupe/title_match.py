"""How two titles stand to each other: not how alike they are, but in what they differ.

"Fast rules" and "Fast generalised rules" are 90 % alike and two papers; a title with and without
its subtitle is 50 % alike and one. So the words that differ are looked at, not their number.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

from bibkit.dedupe.features import Features, beheaded

Grade = Literal[
    "exact",
    "misspelt",
    "reordered",
    "longer",
    "cut",
    "continued",
    "inserted",
    "similar",
    "other",
    "silent",
]
_FILLERS = frozenset(
    "a an the of for in on to and with via by from at as is are its their using s de la le der die "
    "das des et und".split()
)
_HARMLESS = _FILLERS | {"jr", "panel", "demo", "tutorial", "eds", "pp", "others"}
_PART_WORDS = frozenset(
    "part parts volume vol chapter phase stage episode lecture section type level version edition "
    "series teil partie tome parte tomo".split()
)
"""Words that begin the number of a part."""
_PARTS = _PART_WORDS | frozenset(
    "january february march april may june july august september october november december".split()
)
"""The same, and those of which the date of an issue is made."""
_READERS = frozenset(
    "student students pupil pupils teacher teachers instructor instructors".split()
)
"""For whom a book is: the student's manual is not the teacher's."""
_OPPOSITES = (
    ("hyper", "hypo"), ("inter", "intra"), ("pre", "post"), ("over", "under"), ("macro", "micro"),
    ("mono", "multi"), ("mono", "poly"), ("super", "sub"), ("ante", "anti"), ("endo", "exo"),
    ("homo", "hetero"), ("maxim", "minim"), ("increas", "decreas"), ("afferent", "efferent"),
)  # fmt: skip
"""Word beginnings that look like slips of each other and mean the contrary."""


@dataclass(frozen=True, slots=True)
class TitleMatch:
    """What two titles have in common."""

    grade: Grade
    """exact; misspelt: the same words but for slips; reordered: in another order;
    longer: one has a subtitle; cut: one goes on
    without a break; continued: one has other words before it; inserted: one has more words in
    between; similar: words are replaced."""
    score: float
    """0.0 to 1.0."""
    veto: str = ""
    """What makes them two papers, or empty."""
    mild: bool = False
    """True when one volume and page overrule it: the word or number may have been left out."""


SILENT = TitleMatch("silent", 0.0)
OTHER = TitleMatch("other", 0.0)


def match_titles(a: Features, b: Features, *, least: float = 60.0) -> TitleMatch:
    """Compare two titles; below `least` of 100 they are simply other titles."""
    if not a.key or not b.key:
        return SILENT
    if a.key == b.key:
        return _vetoed(a, b, "exact", 1.0)

    if a.words and b.words and a.words[0] != b.words[0]:
        bare = _without_authors(a, b), _without_authors(b, a)
        if bare != (a, b):
            return _behind_names(match_titles(*bare, least=least))
    short, long = (a, b) if len(a.key) <= len(b.key) else (b, a)
    score = fuzz.ratio(a.key, b.key)
    if more := _continues(short, long):
        return _vetoed(a, b, more, max(score, 80.0) / 100)
    if len(a.key) == len(b.key) and sorted(a.words) == sorted(b.words):
        return _vetoed(a, b, "reordered", 0.95)
    if score < least:
        return OTHER
    return _vetoed(a, b, _grade(a, b), score / 100)


def _behind_names(match: TitleMatch) -> TitleMatch:
    """Return what two titles have in common of which one had authors before it."""
    return replace(match, grade="misspelt", score=0.95) if match.grade == "exact" else match


def _without_authors(long: Features, short: Features, *, head: int = 15) -> Features:
    """Return a record without the authors before its title, when the other title begins later.

    >>> from bibkit.dedupe.features import read_features
    >>> from bibkit.record import Author, Record
    >>> torn = Record("a:1", "8. S. Rizvi and J. Haritsa. Data privacy", authors=(Author("Rizvi"),))
    >>> whole = Record("b:1", "Data privacy", authors=(Author("Haritsa"), Author("Rizvi")))
    >>> _without_authors(read_features(torn), read_features(whole)).words
    ('data', 'privacy')
    """
    words, start = long.words, short.words[:2]
    if start[0] not in words[1 : head + 1]:
        return long
    places = range(1, min(head, len(words) - 1) + 1)
    place = next((p for p in places if words[p : p + len(start)] == start), 0)
    if not place or not _name_authors(list(words[:place]), long.names | short.names):
        return long
    return beheaded(long, place)


def _continues(short: Features, long: Features, *, letters: int = 12) -> Grade | None:
    """Tell how the longer title is the shorter one and something before or after it, if it is."""
    size, more = len(short.key), len(long.key) - len(short.key)
    if size < letters or short.length < 2 or more < 4:
        return None
    if (
        size * 10 <= len(long.key) * 9
        or long.key.startswith(short.key)
        or long.key.endswith(short.key)
    ):
        if _alike(short.key, long.key[:size]):
            return "longer" if not long.breaks.isdisjoint(range(size - 2, size + 3)) else "cut"
        if _alike(short.key, long.key[-size:]):
            return _before(short, long, more)
    return None


def _alike(x: str, y: str, *, close: float = 0.95) -> bool:
    if x == y:
        return True
    if x[:3] != y[:3] and x[-3:] != y[-3:]:
        return False

    return Indel.normalized_similarity(x, y, score_cutoff=close) >= close


def _before(short: Features, long: Features, more: int) -> Grade:
    """Judge what stands before the title: names of authors do no harm, other words do."""
    before: list[str] = []
    for word in long.words:
        if more <= 0:
            break
        more -= len(word)
        before.append(word)
    if _are_names(before, short.names | long.names):
        return "misspelt" if any(len(w) > 2 for w in before) or len(before) <= 2 else "continued"
    return "misspelt" if _name_authors(before, short.names | long.names) else "continued"


def _are_names(words: list[str], names: frozenset[str]) -> bool:
    """Tell whether words are names of the authors, initials and the like."""
    strange = [w for w in words if len(w) > 2 and not w[0].isdigit() and w not in _HARMLESS]
    return all(w in names or any(is_slip(w, n) for n in names if n[0] == w[0]) for w in strange)


def _name_authors(words: list[str], names: frozenset[str]) -> bool:
    """Tell whether words name authors of the paper, given names and torn pieces between them.

    >>> _name_authors(["andj", "widom"], frozenset({"widom", "zhuge"}))
    True
    >>> _name_authors(["demonstration", "of", "the"], frozenset({"widom", "zhuge"}))
    False
    """
    said = [w for w in words if len(w) > 2 and not w[0].isdigit() and w not in _HARMLESS]
    said = [bare for w in said if len(bare := w.removeprefix("and")) > 2]
    known = sum(w in names or any(is_slip(w, n) for n in names) for w in said)
    torn = any(len(w) < 3 for w in words)  # an initial shows that there are names
    return known > 0 and (known == len(said) or (torn and 2 * known >= len(said)))


def _without_names(
    words: tuple[str, ...], other: tuple[str, ...], names: frozenset[str]
) -> tuple[str, ...]:
    """Return a title's words without the authors before it, when the other title begins later."""
    for place, word in enumerate(words[:12]):
        if word == other[0] or (place and is_slip(word, other[0])):
            return words[place:] if place and _are_names(list(words[:place]), names) else words
    return words


def _grade(a: Features, b: Features) -> Grade:
    """Look at the runs of words that differ."""
    names = a.names | b.names
    runs = _differences(
        _without_names(a.words, b.words, names), _without_names(b.words, a.words, names)
    )
    replaced = [(x, y) for x, y, _ in runs if x and y and not is_slip(x, y)]
    if replaced:
        return "similar"
    inserted = [(x, y) for x, y, _ in runs if not (x and y)]
    if not inserted:
        return "misspelt"
    if len({bool(x) for x, _ in inserted}) > 1:
        return "similar"  # each has a word that the other has not
    return "cut" if all(at_end for x, y, at_end in runs if not (x and y)) else "inserted"


def _differences(a: tuple[str, ...], b: tuple[str, ...]) -> list[tuple[str, str, bool]]:
    """Return the runs of words that differ, fillers left out, and whether a run is at the end."""
    x = [w for w in a if w not in _FILLERS]
    y = [w for w in b if w not in _FILLERS]
    runs: list[tuple[int, int, int, int]] = []
    for step in Indel.opcodes(x, y):
        if step.tag == "equal":
            continue
        i, j, k, m = step.src_start, step.src_end, step.dest_start, step.dest_end
        if runs and runs[-1][1] == i and runs[-1][3] == k:
            runs[-1] = (runs[-1][0], j, runs[-1][2], m)
        else:
            runs.append((i, j, k, m))
    texts = (("".join(x[i:j]), "".join(y[k:m]), j == len(x) and m == len(y)) for i, j, k, m in runs)
    return [(p, q, end) for p, q, end in texts if p != q]


@lru_cache(maxsize=50_000)
def is_slip(x: str, y: str, *, alike: float = 72.0) -> bool:
    """Tell whether two words, or two short runs of words, are one but for a slip of the pen.

    >>> is_slip("emperiment", "experiment"), is_slip("stable", "unstable")
    (True, False)
    >>> is_slip("hypertension", "hypotension")
    False
    """
    if not x.isascii() or not y.isascii():
        return min(len(x), len(y)) < 3  # a letter that was lost on the way, not a word
    if x[0] != y[0]:
        short, long = sorted((x, y), key=len)
        return len(short) > 3 and long[0] != "a" and long[1:] == short  # not "atypical"
    if x[0].isdigit() or min(len(x), len(y)) < 3:
        return False
    for one, other in _OPPOSITES:
        if (x.startswith(one) and y.startswith(other)) or (
            x.startswith(other) and y.startswith(one)
        ):
            return False

    longer = abs(len(x) - len(y)) > 3  # a whole word more is no slip
    return bool(fuzz.ratio(x, y) >= (90 if longer else alike))


def _vetoed(a: Features, b: Features, grade: Grade, score: float) -> TitleMatch:
    """Add what makes two papers of two like titles: other numbers, errata, replies."""
    if a.related != b.related:
        words = ", ".join(sorted(a.related ^ b.related))
        return TitleMatch(grade, score, f"another kind of paper: {words}", mild=True)
    readers = _READERS.intersection(a.words), _READERS.intersection(b.words)
    if readers[0] and readers[1] and readers[0] != readers[1]:
        return TitleMatch(grade, score, "for other readers")
    if a.numbers == b.numbers or a.key == b.key:
        return TitleMatch(grade, score)  # "oneto-one" has the number of "one-to-one"
    left, right = Counter(dict(a.numbers)), Counter(dict(b.numbers))
    only_left, only_right = left - right, right - left
    if grade == "longer" and not (only_left and only_right):
        short, long = sorted((a.words, b.words), key=len)
        if not _is_part(long[len(short) :]) and not _is_part(long[: len(long) - len(short)]):
            return TitleMatch(
                grade, score
            )  # "(VLDB 98)", "a study of 300 patients": the subtitle's
    if grade in ("cut", "continued", "inserted", "similar"):
        only_left, only_right = _without_years(only_left), _without_years(only_right)
        if not only_left and not only_right:
            return TitleMatch(grade, score)
    listed = " / ".join(" ".join(sorted(n)) or "none" for n in (only_left, only_right))
    mild = not (only_left and only_right)
    return TitleMatch(grade, score, f"numbers differ: {listed}", mild=mild)


def _is_part(words: tuple[str, ...]) -> bool:
    """Tell whether what one title has more is the number of a part, or the date of an issue."""
    if all(w in _PARTS or w[0].isdigit() or len(w) < 3 for w in words):
        return True
    return any(
        w in _PART_WORDS and (n[0].isdigit() or len(n) < 4) for w, n in pairwise(words) if n != "of"
    )


def _without_years(numbers: Counter[str]) -> Counter[str]:
    return Counter(
        {n: c for n, c in numbers.items() if not (len(n) == 4 and n[:2] in ("19", "20"))}
    )
