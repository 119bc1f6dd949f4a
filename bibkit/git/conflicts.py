"""What could not be merged → the conflict markers that git and every editor know."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Markers:
    """How conflicts are marked."""

    size: int = 7
    ours: str = "ours"
    theirs: str = "theirs"
    newline: str = "\n"

    def around(self, ours: str, theirs: str) -> str:
        r"""Return two readings, whole lines or nothing, between markers; without a line end.

        >>> Markers(3).around("a\n", "")
        '<<< ours\na\n===\n>>> theirs'
        """
        newline, size = self.newline, self.size
        return (
            f"{'<' * size} {self.ours}{newline}{ours}{'=' * size}{newline}"
            f"{theirs}{'>' * size} {self.theirs}"
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What has become of one piece."""

    text: str
    """With markers where there is a conflict."""
    ours: str | None
    """As it will be when every conflict is resolved this way; None when it is gone then."""
    theirs: str | None
    conflict: str = ""
    """What is in conflict, in words; empty when nothing is."""


def settled(text: str) -> Outcome:
    """Return a piece that is merged."""
    return Outcome(text, text, text)


def whole_conflict(ours: str | None, theirs: str | None, why: str, markers: Markers) -> Outcome:
    """Return the conflict between two readings of a whole piece; None is its absence."""
    lines = [one + markers.newline if one is not None else "" for one in (ours, theirs)]
    return Outcome(markers.around(*lines), ours, theirs, why)
