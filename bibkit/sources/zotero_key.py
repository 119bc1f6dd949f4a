"""The Zotero key: from the environment, else from the system's keyring; from no file, ever."""

from __future__ import annotations

import os

from bibkit.errors import ConfigError
from bibkit.sources.zotero_wire import Secret

VARIABLE = "ZOTERO_API_KEY"


def zotero_key() -> Secret:
    """Return the key, or raise with what to do (`keyring set bibkit zotero`)."""
    text = os.environ.get(VARIABLE, "").strip()
    if text:
        return Secret(text, origin=VARIABLE)
    if kept := _from_keyring():
        return Secret(kept.strip(), origin="keyring")
    message = (
        f"no key: set {VARIABLE}, or run `keyring set bibkit zotero` with bibkit-papers[keyring]; "
        "keys are made at https://www.zotero.org/settings/keys"
    )
    raise ConfigError(message, origin="zotero", code="zotero-key")


def _from_keyring() -> str | None:
    try:
        import keyring
    except ImportError:
        return None
    try:
        kept: str | None = keyring.get_password("bibkit", "zotero")
    except Exception as error:  # every backend has its own; what it says may hold anything
        message = f"the keyring cannot be read ({type(error).__name__})"
        raise ConfigError(message, origin="keyring") from None
    return kept
