"""Zotero's Web API v3, its desktop's local API and connector, on the loopback interface.

    with FakeZotero() as zotero:
        os.environ |= zotero.environment          # the clients now ask here, without delays
        zotero.faults.append(status(503))         # the next request fails, the one after it works
        zotero.before_write.append(somebody)      # somebody is quicker than the next write

Stricter than the real one: what that would let pass, but nobody should send, is a complaint in
`zotero.complaints`, and every test ends with none. The fields of each item type are those of
zotero/zotero-schema as it was for years; `modern` adds what came later.
"""

from __future__ import annotations

import copy
import json
import re
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

KEY = "P9NiFoyLeZu2bZNvvuQPDWsd"
"""The key that zotero.org's manual shows."""
USER = 475425
GROUP = 12345
ALPHABET = "23456789ABCDEFGHIJKLMNPQRSTUVWXYZ"
_KEY = re.compile(f"[{ALPHABET}]{{8}}")
_EVERYWHERE = "title abstractNote date shortTitle language url accessDate rights extra"
_SHELVED = "archive archiveLocation libraryCatalog callNumber"
FIELDS = {
    "journalArticle": f"{_EVERYWHERE} {_SHELVED} publicationTitle volume issue pages series"
    " seriesTitle seriesText journalAbbreviation DOI ISSN",
    "conferencePaper": f"{_EVERYWHERE} {_SHELVED} proceedingsTitle conferenceName place publisher"
    " volume pages series DOI ISBN",
    "preprint": f"{_EVERYWHERE} {_SHELVED} genre repository archiveID place series seriesNumber"
    " DOI",
    "book": f"{_EVERYWHERE} {_SHELVED} series seriesNumber volume numberOfVolumes edition place"
    " publisher numPages ISBN",
    "bookSection": f"{_EVERYWHERE} {_SHELVED} bookTitle series seriesNumber volume numberOfVolumes"
    " edition place publisher pages ISBN",
    "thesis": f"{_EVERYWHERE} {_SHELVED} thesisType university place numPages",
    "report": f"{_EVERYWHERE} {_SHELVED} reportNumber reportType seriesTitle place institution"
    " pages",
    "manuscript": f"{_EVERYWHERE} {_SHELVED} manuscriptType place numPages",
    "webpage": f"{_EVERYWHERE} websiteTitle websiteType",
    "document": f"{_EVERYWHERE} {_SHELVED} publisher",
    "computerProgram": "title abstractNote date shortTitle url accessDate rights extra"
    f" {_SHELVED} seriesTitle versionNumber system place company programmingLanguage ISBN",
    "dataset": f"{_EVERYWHERE} {_SHELVED} identifier type versionNumber repository"
    " repositoryLocation format DOI",
    "patent": "title abstractNote shortTitle language url accessDate rights extra place country"
    " assignee issuingAuthority patentNumber filingDate pages applicationNumber priorityNumbers"
    " issueDate references legalStatus",
    "film": f"{_EVERYWHERE} {_SHELVED} distributor genre videoRecordingFormat runningTime",
    "attachment": "title url accessDate linkMode note contentType charset",
    "note": "note",
}
_ROLES = {
    "journalArticle": "author contributor editor reviewedAuthor translator",
    "conferencePaper": "author contributor editor seriesEditor translator",
    "preprint": "author contributor editor reviewedAuthor translator",
    "book": "author contributor editor seriesEditor translator",
    "bookSection": "author bookAuthor contributor editor seriesEditor translator",
    "thesis": "author contributor",
    "report": "author contributor seriesEditor translator",
    "manuscript": "author contributor translator",
    "webpage": "author contributor translator",
    "document": "author contributor editor reviewedAuthor translator",
    "computerProgram": "programmer contributor",
    "dataset": "author contributor",
    "patent": "inventor attorneyAgent contributor",
    "film": "director contributor producer scriptwriter",
}
_SHARED = {"key", "version", "itemType", "tags", "relations", "collections", "parentItem"}
_META = {"dateAdded", "dateModified", "deleted", "creators"}


@dataclass
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        zotero = self.server.zotero
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        asked = Asked(self.command, self.path, dict(self.headers), body)
        zotero.asked.append(asked)
        try:
            with zotero.guard:
                fault = zotero.faults.popleft() if zotero.faults else None
                if fault is None:
                    zotero.answer(self, asked)
                    return
            fault(self)
        except OSError:
            self.close_connection = True

    def do_POST(self) -> None:
        self.do_GET()

    def do_DELETE(self) -> None:
        self.do_GET()

    def reply(self, code: int, body: Any = b"", **headers: str) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = "text/plain" if isinstance(body, bytes) else "application/json"
        self.send_response(code)
        given = {"Content-Type": kind, "Content-Length": str(len(data)), **headers}
        zotero = self.server.zotero
        if zotero.local:
            given["Zotero-Server-ID"] = zotero.server_id
        if zotero.backoff:
            given["Backoff"] = str(zotero.backoff)
        for name, value in given.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    zotero: FakeZotero

    def handle_error(self, *_: object) -> None:
        """Say nothing about clients that hang up."""


Fault = Callable[[Handler], None]


@dataclass
class Library:
    version: int = 10
    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    collections: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass
class FakeZotero:
    modern: bool = False
    """Whether it has the fields of the newest schema: `citationKey` everywhere, DOIs for books."""
    local: bool = False
    """Whether it is the desktop."""
    enabled: bool = True
    """Whether its local API is switched on."""
    allows: str = "always"
    """What the user answers when asked for the right to write: always, once, never."""
    may_write: bool = True
    backoff: int = 0
    page: int = 100
    server_id: str = "3b0c6f1a"
    libraries: dict[str, Library] = field(default_factory=dict)
    faults: deque[Fault] = field(default_factory=deque)
    before_write: deque[Callable[[Library], object]] = field(default_factory=deque)
    refuse: Callable[[dict[str, Any]], tuple[int, str] | None] = lambda _: None
    """Refuses single objects, on top of what is wrong with them."""
    asked: list[Asked] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    imported: list[bytes] = field(default_factory=list)
    dialogs: int = 0

    def __enter__(self) -> Self:
        self.guard = threading.RLock()
        self.tokens: set[str] = set()
        self.sessions: set[str] = set()
        self.granted: set[str] = set()
        self.made = 0
        self.over = threading.Event()
        for name in ("users/0" if self.local else f"users/{USER}", f"groups/{GROUP}"):
            self.libraries.setdefault(name, Library())
        self._server = _Server(("127.0.0.1", 0), Handler)
        self._server.zotero = self
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def environment(self) -> dict[str, str]:
        name = "BIBKIT_ZOTERO_LOCAL" if self.local else "BIBKIT_ZOTERO_API"
        return {name: self.url, "BIBKIT_REQUEST_INTERVAL": "0"}

    @property
    def library(self) -> Library:
        """The user's own."""
        return self.libraries["users/0" if self.local else f"users/{USER}"]

    @property
    def writes(self) -> list[Asked]:
        return [a for a in self.asked if a.method != "GET" and not a.path.endswith("authorize")]

    def references(self, library: Library | None = None) -> list[dict[str, Any]]:
        items = (library or self.library).items.values()
        return [i for i in items if i["itemType"] not in ("attachment", "note")]

    def new_key(self) -> str:
        self.made += 1
        number, key = self.made, ""
        for _ in range(8):
            number, digit = divmod(number, len(ALPHABET))
            key = ALPHABET[digit] + key
        return key

    def put(self, library: Library | None = None, **data: Any) -> dict[str, Any]:
        """Do what a person does in Zotero: make an item, or change the one with that key."""
        place = library or self.library
        place.version += 1
        key = data.get("key") or self.new_key()
        old = place.items.get(key, {"tags": [], "collections": [], "relations": {}})
        place.items[key] = {**old, **data, "key": key, "version": place.version}
        return place.items[key]

    # The API

    def answer(self, handler: Handler, asked: Asked) -> None:
        parts = urlsplit(asked.path)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        path = parts.path
        if path.startswith("/connector/"):
            self._connector(handler, path, query, asked)
            return
        if self.local:
            if not self._is_let_in(handler, asked):
                return
            path = path.removeprefix("/api")
            if path == "/local/authorize":
                self._authorize(handler, asked)
                return
        elif asked.headers.get("Zotero-API-Key") != KEY:
            handler.reply(403, b"Invalid key")
            return
        self._check_headers(asked)
        if path == "/keys/current":
            rights = {"library": True, "files": True, "notes": True, "write": self.may_write}
            access = {"user": rights, "groups": {"all": {"library": True, "write": self.may_write}}}
            told = {"key": KEY, "userID": USER, "username": "lab", "access": access}
            handler.reply(200, told)
            return
        found = re.fullmatch(r"/((?:users|groups)/\d+)/(items|collections)", path)
        library = self.libraries.get(found[1]) if found else None
        if not found or library is None:
            handler.reply(404, b"Not found")
        elif asked.method == "GET":
            self._read(handler, library, found[2], query)
        elif asked.method == "POST":
            self._write(handler, library, found[2], asked)
        else:
            self.complaints.append(f"{asked.method} {asked.path}")
            handler.reply(405)

    def _check_headers(self, asked: Asked) -> None:
        if asked.headers.get("Zotero-API-Version") != "3":
            self.complaints.append("no Zotero-API-Version: 3")
        if "bibkit/" not in asked.headers.get("User-Agent", ""):
            self.complaints.append("no User-Agent of its own")
        if KEY in asked.path or any(
            KEY in v for n, v in asked.headers.items() if n != "Zotero-API-Key"
        ):
            self.complaints.append("the key is where it does not belong")

    def _read(self, handler: Handler, library: Library, kind: str, query: dict[str, str]) -> None:
        if unknown := query.keys() - {"format", "limit", "start", "since", "itemKey"}:
            self.complaints.append(f"unknown parameters {unknown}")
        limit, start = int(query.get("limit", "25")), int(query.get("start", "0"))
        if limit > 100:
            self.complaints.append(f"limit {limit}")
        limit = min(limit, self.page)
        objects = list(getattr(library, kind).values())
        if kind == "items":
            objects = [one for one in objects if not one.get("deleted")]
        # the newest first, as the server sorts: a page moves on when something is changed
        objects.sort(key=lambda one: (-one["version"], one["key"]))
        page = objects[start : start + limit]
        headers = {
            "Last-Modified-Version": str(library.version),
            "Total-Results": str(len(objects)),
        }
        if start + limit < len(objects):
            following = f"{self.url}/?start={start + limit}"
            headers["Link"] = f'<{following}>; rel="next", <{self.url}/>; rel="last"'
        handler.reply(200, [self._whole(one, kind) for one in page], **headers)

    def _whole(self, data: dict[str, Any], kind: str) -> dict[str, Any]:
        """Return an object as the API shows it, with all fields of its type."""
        whole = copy.deepcopy(data)
        if kind == "items":
            whole = {**dict.fromkeys(self.fields_of(data["itemType"]), ""), **whole}
        return {"key": data["key"], "version": data["version"], "library": {}, "data": whole}

    def fields_of(self, item_type: str) -> set[str]:
        fields = set(FIELDS[item_type].split())
        if self.modern and item_type not in ("attachment", "note"):
            fields |= {"citationKey", "DOI"}
        return fields

    def _write(self, handler: Handler, library: Library, kind: str, asked: Asked) -> None:
        if self.before_write:
            self.before_write.popleft()(library)
        headers = asked.headers
        if not self.may_write:
            handler.reply(403, b"Write access denied")
            return
        if self.local and not self._is_authorized(handler, asked):
            return
        token = headers.get("Zotero-Write-Token", "")
        since = headers.get("If-Unmodified-Since-Version")
        if token and not 5 <= len(token) <= 32:
            handler.reply(400, b"Write token must be 5-32 characters")
            return
        if since is None and not token:
            handler.reply(428, b"If-Unmodified-Since-Version or write token not provided")
            return
        if since is not None and int(since) < library.version:
            text = (
                f"Library has been modified since specified version ({since} < {library.version})"
            )
            handler.reply(412, text.encode(), Last_Modified_Version=str(library.version))
            return
        if token in self.tokens:
            handler.reply(412, b"Write token already used")
            return
        if headers.get("Content-Type") != "application/json":
            self.complaints.append("no JSON")
        objects = json.loads(asked.body)
        if not isinstance(objects, list) or not objects:
            handler.reply(400, b"not an array")
            return
        if len(objects) > 50:
            handler.reply(413, b"Cannot add more than 50 items at a time")
            return
        self.tokens.add(token)
        told = self._written(library, kind, objects)
        handler.reply(200, told, Last_Modified_Version=str(library.version))

    def _written(self, library: Library, kind: str, objects: list[Any]) -> Any:
        version = library.version + 1
        told: dict[str, dict[str, Any]] = {
            "successful": {},
            "success": {},
            "unchanged": {},
            "failed": {},
        }
        for place, one in enumerate(objects):
            shelf = getattr(library, kind)
            if wrong := self.refuse(one) or self._wrong(library, kind, one):
                told["failed"][str(place)] = {"code": wrong[0], "message": wrong[1]}
                continue
            key = one.get("key") or self.new_key()
            old = shelf.get(key, {})
            new = {**old, **one, "key": key}
            if kind == "items" and old and new["itemType"] != old["itemType"]:
                valid = self.fields_of(new["itemType"]) | _SHARED | _META
                new = {name: value for name, value in new.items() if name in valid}
            if old and {**new, "version": 0} == {
                **self._whole(old, kind)["data"],
                **old,
                "version": 0,
            }:
                told["unchanged"][str(place)] = key
                continue
            library.version = version
            shelf[key] = {**new, "version": version}
            told["success"][str(place)] = key
            told["successful"][str(place)] = self._whole(shelf[key], kind)
        return told

    def _wrong(self, library: Library, kind: str, one: Any) -> tuple[int, str] | None:
        if not isinstance(one, dict):
            return 400, "not an object"
        shelf = getattr(library, kind)
        if key := one.get("key"):
            if not _KEY.fullmatch(key):
                return 400, f"'{key}' is not a valid key"
            if "version" not in one:
                return 428, "Item version not provided"
            if key in shelf and one["version"] < shelf[key]["version"]:
                return 412, "Item has been modified since specified version"
            if key not in shelf and one["version"]:
                return 404, "Item doesn't exist"
        return self._wrong_item(library, one) if kind == "items" else None

    def _wrong_item(self, library: Library, one: dict[str, Any]) -> tuple[int, str] | None:
        kind = one.get("itemType")
        if kind not in FIELDS:
            return 400, f"'{kind}' is not a valid itemType"
        for name, value in one.items():
            if name not in self.fields_of(kind) | _SHARED | _META:
                return 400, f"'{name}' is not a valid field for type '{kind}'"
            if name in self.fields_of(kind) and not isinstance(value, str):
                return 400, f"'{name}' must be a string"
        if missing := set(one.get("collections", [])) - library.collections.keys():
            return 409, f"Collection {missing.pop()} not found"
        if one.get("parentItem") and one["parentItem"] not in library.items:
            return 409, "Parent item not found"
        for creator in one.get("creators", []):
            if creator.get("creatorType") not in _ROLES.get(kind, "").split():
                return 400, f"'{creator.get('creatorType')}' is not a valid creator type"
            if creator.keys() not in (
                {"creatorType", "name"},
                {"creatorType", "firstName", "lastName"},
            ):
                return 400, "creator names are not of one form"
        for tag in one.get("tags", []):
            if not isinstance(tag, dict) or not tag.get("tag"):
                return 400, "'tag' must not be empty"
        return None

    # The desktop

    def _is_let_in(self, handler: Handler, asked: Asked) -> bool:
        if asked.headers.get("User-Agent", "").startswith("Mozilla/") or "Origin" in asked.headers:
            handler.reply(403, b"Request not allowed")
            return False
        if not self.enabled:
            handler.reply(403, b"Local API is not enabled")
            return False
        if asked.method == "GET" and "Zotero-API-Key" in asked.headers:
            self.complaints.append("a key where none is needed")
        return True

    def _authorize(self, handler: Handler, asked: Asked) -> None:
        self.dialogs += 1
        if asked.headers.get("Zotero-Server-ID") != self.server_id:
            handler.reply(428, b"Zotero-Server-ID not provided")
        elif self.allows == "never":
            handler.reply(403, b"Denied")
        else:
            assert json.loads(asked.body)["appName"] == "bibkit"
            key = f"local{self.dialogs:019d}"
            self.granted.add(key)
            handler.reply(200, {"key": key, "remember": self.allows == "always"})

    def _is_authorized(self, handler: Handler, asked: Asked) -> bool:
        named = asked.headers.get("Zotero-Server-ID")
        key = asked.headers.get("Zotero-API-Key", "")
        if named != self.server_id:
            handler.reply(412 if named else 428, b"Zotero-Server-ID")
            return False
        if key not in self.granted:
            handler.reply(401, b"POST /api/local/authorize to obtain a key")
            return False
        if self.allows == "once":
            self.granted.discard(key)
        return True

    def _connector(self, handler: Handler, path: str, query: dict[str, str], asked: Asked) -> None:
        if path == "/connector/ping":
            handler.reply(200, b"Zotero is running")
            return
        session = query.get("session", "")
        if session in self.sessions:
            handler.reply(409, b"SESSION_EXISTS")
        elif not asked.body.lstrip().startswith((b"[", b"<rdf:RDF", b"@")):
            handler.reply(400, b"no translator")
        elif not self.may_write:
            handler.reply(500, b"Library is not editable")
        else:
            self.sessions.add(session)
            self.imported.append(asked.body)
            handler.reply(201, [{"itemType": "preprint"}])


# Faults


def status(code: int, body: bytes = b"busy", **headers: str) -> Fault:
    return lambda handler: handler.reply(code, body, **headers)


def hang(handler: Handler) -> None:
    """Accept the request and never answer."""
    handler.server.zotero.over.wait(30)
    handler.close_connection = True


def hang_up(handler: Handler) -> None:
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def done_but_lost(handler: Handler) -> None:
    """Do what was asked, and lose the answer."""
    zotero = handler.server.zotero

    class Nowhere:
        server = handler.server

        def reply(self, *_: object, **__: object) -> None:
            """Nobody hears it."""

    with zotero.guard:
        zotero.answer(Nowhere(), zotero.asked[-1])  # type: ignore[arg-type]
    hang_up(handler)


def nth_write(zotero: FakeZotero, number: int, fault: Fault) -> None:
    """Let a later write fail, and everything before it work."""

    def waiting(handler: Handler) -> None:
        if len(zotero.writes) == number:
            fault(handler)
            return
        zotero.faults.appendleft(waiting)
        with zotero.guard:
            zotero.answer(handler, zotero.asked[-1])

    zotero.faults.append(waiting)


def written(asked: Iterable[Asked]) -> list[Any]:
    """Return the objects that were sent."""
    return [one for write in asked for one in json.loads(write.body)]
