"""Titles that name a kind of piece and no paper: "Editorial", "Book Review Column"."""

from __future__ import annotations

_KINDS = frozenset(
    "treasurer secretary editorial editorials editor editors foreword preface introduction "
    "introductory welcome message note notes letter letters reply response comment commentary "
    "correspondence discussion announcement announcements news calendar column columns review "
    "reviews book books obituary memoriam index contents table abstract abstracts abstractband "
    "report reports proceedings acknowledgment acknowledgments acknowledgement acknowledgements "
    "reviewers referees erratum errata corrigendum corrigenda addendum correction corrections "
    "chair chairs chairman president presidential address guest special issue section "
    "reminiscences influential papers paper session panel poster posters keynote workshop "
    "conference symposium annual meeting remarks opening closing highlights summary questions "
    "answers interview case".split()
)
"""Words of which such titles are made."""
_FILLERS = frozenset(
    "a an the of for in on to and with by from at s this that our your this from front back page "
    "pages part no vol volume year january february march april may june july august september "
    "october november december i ii iii iv v".split()
)


def is_generic(words: tuple[str, ...]) -> bool:
    """Tell whether a title says only what kind of piece it is; an empty one does not even that.

    >>> is_generic(("editor", "s", "notes")), is_generic(("segment", "anything"))
    (True, False)
    """
    telling = [w for w in words if w not in _FILLERS and not w[0].isdigit()]
    if sum(map(len, telling)) < 6 and all(map(str.isascii, telling)):
        return True  # a letter, an abbreviation: nothing that only one paper could be called
    return all(w in _KINDS for w in telling)
