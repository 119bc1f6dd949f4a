"""A web site on the loopback interface for the checking of links: every answer, and every fault."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    headers: dict[str, str]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        site = self.server.site
        site.asked.append(Asked(self.command, self.path, dict(self.headers)))
        answer = site.pages.get((self.command, self.path)) or site.pages.get(("*", self.path))
        try:
            (answer or status(404))(self)
        except OSError:
            self.close_connection = True

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    site: FakeWeb

    def handle_error(self, *_: object) -> None:
        """Say nothing about clients that hang up."""


Answer = Callable[[Handler], None]


@dataclass
class FakeWeb:
    certificate: Path | None = None
    pages: dict[tuple[str, str], Answer] = field(default_factory=dict)
    """What is answered to method (`*`: any) and path; 404 to all else."""
    asked: list[Asked] = field(default_factory=list)

    def __enter__(self) -> Self:
        self.over = threading.Event()
        self._server = _Server(("127.0.0.1", 0), Handler)
        self._server.site = self
        if self.certificate:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(self.certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
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
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"{'https' if self.certificate else 'http'}://127.0.0.1:{self.port}"

    def on(self, path: str, answer: Answer, method: str = "*") -> str:
        """Answer so at a path, and return its address."""
        self.pages[method, path] = answer
        return self.url + path


def status(code: int, **headers: str) -> Answer:
    def answer(handler: Handler) -> None:
        body = b"" if handler.command == "HEAD" or code in (204, 304) else b"a page"
        handler.send_response(code)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def redirect(code: int, target: str) -> Answer:
    return status(code, Location=target)


def in_turn(*answers: Answer) -> Answer:
    """Answer so first, so then; the last one from then on."""
    waiting = list(answers)
    return lambda handler: (waiting.pop(0) if len(waiting) > 1 else waiting[0])(handler)


def hang(handler: Handler) -> None:
    handler.server.site.over.wait(30)
    handler.close_connection = True


def trickle(handler: Handler) -> None:
    """Send an endless head, one line at a time."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while not handler.server.site.over.wait(0.02):
        handler.wfile.write(b"X: y\r\n")


def endless_body(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n\r\n")
    handler.close_connection = True
    while not handler.server.site.over.wait(0.001):
        handler.wfile.write(b" " * 65536)


def hang_up(handler: Handler) -> None:
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def nonsense(handler: Handler) -> None:
    handler.wfile.write(b"\x00\x1b[2J this is no HTTP\r\n\r\n")
    handler.close_connection = True
