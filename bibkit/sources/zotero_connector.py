"""The desktop's connector: a bibliography goes in as a file would, into the selected collection.

It looks for no duplicates, so whoever calls this must have done so.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from bibkit.errors import ConfigError, SourceError
from bibkit.sources.http import Web
from bibkit.sources.zotero_local import local_service
from bibkit.sources.zotero_wire import ZoteroWire

_REASONS: Mapping[int, str] = {
    400: "Zotero does not recognise what it was sent",
    403: "Zotero refuses programs from outside",
    500: "the library that is selected in Zotero cannot be edited, or the import failed",
}


def import_text(web: Web, text: str) -> int | None:
    """Let the desktop import a bibliography; return how many items it made, where it tells.

    Raises:
        ConfigError: it refuses.
        SourceError: it cannot be reached, or it is not known whether it was done.

    """
    wire = ZoteroWire(web, local_service(), patience=180.0)
    try:
        wire.exchange("GET", "/connector/ping")
        reply = wire.exchange(
            "POST",
            f"/connector/import?session={secrets.token_hex(8)}",
            content=text.encode(),
            headers={"Content-Type": "text/plain; charset=utf-8"},
            busy=frozenset({429, 503}),
        )
    finally:
        wire.close()
    if reply.status == 409:  # this session is ours alone: an earlier try, whose answer was lost
        return None
    if reply.status in _REASONS:
        raise ConfigError(_REASONS[reply.status], origin="zotero", code="zotero-connector")
    if reply.status not in (200, 201):
        raise SourceError(f"{wire.service.host} answers {reply.status}", origin="zotero")
    items = reply.json()
    return len(items) if isinstance(items, list) else None
