"""A web site on the loopback interface for the checking of links: every answer, and every fault."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.sources import loopback


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    headers: dict[str, str]


class Handler(loopback.Handler):
    site: FakeWeb

    def respond(self) -> None:
        pages = self.site.pages
        self.site.asked.append(Asked(self.command, self.path, dict(self.headers)))
        answer = pages.get((self.command, self.path)) or pages.get(("*", self.path))
        (answer or status(404))(self)


Answer = Callable[[Handler], None]


@dataclass
class FakeWeb(loopback.Loopback):
    pages: dict[tuple[str, str], Answer] = field(default_factory=dict)
    """What is answered to method (`*`: any) and path; 404 to all else."""
    asked: list[Asked] = field(default_factory=list)

    def handler(self) -> type[Handler]:
        return type("Handler", (Handler,), {"site": self})

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


def trickle(handler: Handler) -> None:
    """Send an endless head, one line at a time."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while not handler.over.wait(0.02):
        handler.wfile.write(b"X: y\r\n")


def endless_body(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n\r\n")
    handler.close_connection = True
    while not handler.over.wait(0.001):
        handler.wfile.write(b" " * 65536)


def nonsense(handler: Handler) -> None:
    handler.wfile.write(b"\x00\x1b[2J this is no HTTP\r\n\r\n")
    handler.close_connection = True
