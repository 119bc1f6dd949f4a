"""A web server on the loopback interface: what all the stand-ins for services have in common."""

from __future__ import annotations

import socket
import ssl
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self


class Handler(BaseHTTPRequestHandler):
    """Answers one request, as the stand-in says in `respond`; says nothing itself."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else head and body are 40 ms apart
    server: Server

    def do_GET(self) -> None:
        try:
            self.respond()
        except OSError:  # the client has hung up
            self.close_connection = True

    def do_HEAD(self) -> None:
        self.do_GET()

    def respond(self) -> None:
        raise NotImplementedError

    @property
    def over(self) -> threading.Event:
        """Set when the test is over: nobody hangs longer than that."""
        return self.server.over

    def reply(
        self,
        body: bytes | str,
        kind: str = "text/html",
        status: int = 200,
        headers: dict[str, str] | None = None,
    ) -> None:
        data = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        for name, value in {
            "Content-Type": kind, "Content-Length": str(len(data)), **(headers or {})
        }.items():  # fmt: skip
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    over: threading.Event

    def handle_error(self, *_: object) -> None:
        """Say nothing about clients that hang up."""


@dataclass(kw_only=True)
class Loopback:
    """Runs while the `with` block does; subclasses say with which handler."""

    certificate: Path | None = None
    """Certificate and key; with them the service speaks HTTPS."""

    def handler(self) -> type[Handler]:
        """Return the handler class; it finds the stand-in as its attribute."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        self._server = Server(("127.0.0.1", 0), self.handler())
        self._server.over = threading.Event()
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
        self._server.over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"{'https' if self.certificate else 'http'}://127.0.0.1:{self.port}"


def closed_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def hang(handler: Handler) -> None:
    """Accept the request and never answer."""
    handler.over.wait(30)
    handler.close_connection = True


def hang_up(handler: Handler) -> None:
    """Close the connection without a word."""
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)
