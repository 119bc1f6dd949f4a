"""Every error bibkit raises for bad *use*; bad *data* is a value (`bibkit.record.Problem`).

BibkitError
├── ListingError    a listing that cannot be read at all
├── CatalogError    a catalogue that is missing, damaged or of another version
├── OutputError     OUT cannot be written, or must not be
├── ConfigError     bibkit.toml, an environment variable or an option makes no sense
├── EngineError     an engine of `dedupe` cannot start or go on: no memory, no disk, no cluster
└── SourceError     a remote service failed (caught where the answer becomes a value)
"""

from __future__ import annotations


class BibkitError(Exception):
    """The root: one line to show, made of a place, a code and a sentence."""

    code = "error"

    def __init__(self, message: str, *, origin: str = "", code: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.origin = origin
        """The file, `file:line`, option or address that the error is about; may be empty."""
        if code:
            self.code = code

    def __str__(self) -> str:
        """Render as `origin: code: message`, the form of every problem line."""
        return ": ".join(part for part in (self.origin, self.code, self.message) if part)


class ListingError(BibkitError):
    """A listing that cannot be read at all: missing, empty, not text, of no known format."""

    code = "listing"


class CatalogError(BibkitError):
    """A catalogue that is missing, damaged or of another version."""

    code = "catalog"


class OutputError(BibkitError):
    """OUT cannot be written (folder, permission) or must not be (it would lose something)."""

    code = "output"


class ConfigError(BibkitError):
    """A setting that makes no sense, from bibkit.toml, the environment or an option."""

    code = "config"


class EngineError(BibkitError):
    """An engine of `dedupe` cannot start or go on: no memory, no disk, no cluster."""

    code = "engine"


class SourceError(BibkitError):
    """A remote service failed: no connection, refused, timed out, or answered nonsense."""

    code = "network_error"
