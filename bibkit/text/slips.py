"""Whether two titles differ by slips of the pen only.

A slip makes a word that is no word; a change that makes another word makes another title.
"""

from __future__ import annotations

from collections.abc import Collection
from difflib import SequenceMatcher

from bibkit.text.similarity import FILLERS, leading_name, title_differences, title_veto
from bibkit.text.titles import title_key, title_tokens

_QUOTES = "\"'“”‘’`([{$"


def is_misspelling(left: str, right: str, *, strange: Collection[str] | None = None) -> bool:
    """Return whether two titles differ only by slips of the pen.

    Args:
        left: a title as a listing has it.
        right: the title that may be meant.
        strange: words of `left` that are in no title known; None where nothing can tell. With it
            nearly every slip is found; without it only those inside long words.

    >>> is_misspelling("Scaling Language Model Pretraining", "Scaling Langauge Model Pretrainng")
    True
    >>> is_misspelling("Learning stable dynamics from data", "Learning unstable dynamics from data")
    False
    """
    veto = title_veto(left, right)
    if strange is None:
        return not veto and _slips_inside_words(left, right)
    return not (veto and (veto.absolute or _is_one_word(leading_name(left)))) and _strange_slips(
        left, right, strange
    )


def _slips_inside_words(
    left: str, right: str, *, edits: int = 2, min_length: int = 6, letters: int = 30
) -> bool:
    """Return whether two long words at most differ, neither at the beginning nor at the end.

    "stable" / "unstable" and "polynomial" / "polynomials" are no slips.
    """
    if min(len(title_key(left)), len(title_key(right))) < letters:
        return False
    runs = title_differences(left, right)
    return (
        bool(runs)
        and len(runs) <= 2
        and all(
            min(len(a), len(b)) >= min_length
            and a[0] == b[0]
            and a[-1] == b[-1]
            and _edits(a, b) <= edits
            for a, b in runs
        )
    )


def _strange_slips(
    left: str, right: str, strange: Collection[str], *, edits: int = 3, letters: int = 20
) -> bool:
    """Return whether few letters differ, and the listing's words are no words where they do."""
    key, other = title_key(left), title_key(right)
    if min(len(key), len(other)) < letters or _edits(key, other) > edits:
        return False
    a, b = title_tokens(left), title_tokens(right)
    changes = SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
    differing = [(a[i:j], b[k:m]) for tag, i, j, k, m in changes if tag != "equal"]
    runs = [pair for x, y in differing for pair in _word_by_word(x, y)]
    return all(_is_slip(x, y, strange) for x, y in runs) and not any(
        _is_coined(word, left) for x, _ in runs for word in x
    )


def _word_by_word(
    written: tuple[str, ...], meant: tuple[str, ...]
) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return a run as pairs of words where they are as many and no blank has only moved."""
    if len(written) != len(meant) or "".join(written) == "".join(meant):
        return [(written, meant)]
    return [((x,), (y,)) for x, y in zip(written, meant, strict=True)]


def _is_slip(written: tuple[str, ...], meant: tuple[str, ...], strange: Collection[str]) -> bool:
    """Return whether a run of words may be a slip for another.

    A short word needs a small slip: two letters of five make another word.
    """
    joined, other = "".join(written), "".join(meant)
    if joined == other:
        return True
    distance = _edits(joined, other)
    if len(meant) == 1 and other in FILLERS:
        return len(written) == 1 and len(other) > 1 and distance <= 1
    if not any(word in strange for word in written) or _is_derived(joined, other):
        return False
    return min(len(joined), len(other)) >= 4 and distance <= (1 if len(other) < 7 else 2)


def _is_derived(left: str, right: str) -> bool:
    """Return whether one word is the other with something before it: "bilattice", "coclosed"."""
    shorter, longer = sorted((left, right), key=len)
    return len(longer) - len(shorter) >= 2 and longer.endswith(shorter)


def _edits(left: str, right: str) -> int:
    from rapidfuzz.distance import OSA

    return int(OSA.distance(left, right))


def _is_one_word(head: str) -> bool:
    return len(title_tokens(head)) == 1


def _is_coined(token: str, title: str) -> bool:
    """Return whether a token stands in a title as a made-up name (`QLoRA`), which is no slip.

    One capital behind the first letter is how "eLarning" comes about.
    """
    if title.isupper():
        return False
    return any(
        token in title_tokens(word) and any(map(str.isupper, word.strip(_QUOTES)[2:]))
        for word in title.replace("-", " ").split()
    )
