"""What a push did, or would do."""

from __future__ import annotations

from dataclasses import dataclass, field

from bibkit.errors import SourceError
from bibkit.record import Problem


@dataclass(slots=True)
class PushResult:
    """What was done, or would be."""

    added: list[str] = field(default_factory=list)
    """A line for each item made."""
    changed: list[str] = field(default_factory=list)
    attached: list[str] = field(default_factory=list)
    trashed: list[str] = field(default_factory=list)
    collections: list[str] = field(default_factory=list)
    """Names of collections made."""
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)
    writes: int = 0
    """Write requests that were sent."""

    @property
    def network_failed(self) -> bool:
        """True when another run has to finish this one."""
        return any(problem.code == "network_error" for problem in self.problems)

    @property
    def refused(self) -> bool:
        """True when Zotero would not take something."""
        return any(problem.code == "refused" for problem in self.problems)


def network_line(error: SourceError) -> Problem:
    """Return the line about what another run has to finish."""
    return Problem(error.origin, error.code, error.message)
