"""Zotero on this computer: its local API, which the user switches on, and what a write needs there.

Reading needs no key. For a write the user is asked in a window of Zotero's; the key that comes of
it stays in memory (docs/zotero.md).
"""

from __future__ import annotations

import json

from bibkit.errors import ConfigError, SourceError
from bibkit.sources.http import Service, Web, service_from_environment
from bibkit.sources.zotero_api import ZoteroLibrary, check_library
from bibkit.sources.zotero_wire import Secret, ZoteroWire

_FOR_THE_DIALOG = 180.0
"""Seconds in which the user may answer Zotero's question."""


def local_service() -> Service:
    """Return where the desktop listens."""
    return service_from_environment(
        "zotero", variable="BIBKIT_ZOTERO_LOCAL", default="http://127.0.0.1:23119", interval=0.0
    )


def open_local(web: Web, library: str) -> ZoteroLibrary:
    """Return a library of the Zotero on this computer."""
    check_library(library)
    wire = ZoteroWire(web, local_service(), patience=_FOR_THE_DIALOG)
    wire.key_for_reads = False
    name = library if library.startswith("groups/") else "users/0"
    return ZoteroLibrary(wire, f"api/{name}", authorize=lambda: _authorized(wire))


def _authorized(wire: ZoteroWire) -> Secret:
    """Ask the user, in a window of Zotero's, for the right to write."""
    wire.key = None
    reply = wire.exchange(
        "POST",
        "/api/local/authorize",
        content=json.dumps({"appName": "bibkit"}).encode(),
        headers={"Content-Type": "application/json"},
    )
    if reply.status == 403:
        message = "Zotero was told not to let bibkit write; run again and allow it"
        raise ConfigError(message, origin="zotero", code="zotero-access")
    if reply.status in (400, 404, 405, 501):
        message = "this Zotero cannot be written to from outside; version 10 can"
        raise ConfigError(message, origin="zotero", code="zotero-local")
    told = reply.json()
    key = told.get("key") if isinstance(told, dict) else None
    if reply.status not in (200, 201) or not isinstance(key, str):
        raise SourceError(f"{wire.service.host} grants no key", origin="zotero")
    return Secret(key, origin="zotero")
