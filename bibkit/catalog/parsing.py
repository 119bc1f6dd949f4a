"""Blocks of lines → rows, in other processes: parsing takes longer than SQLite does.

The workers are plain subprocesses that read blocks on standard input and answer on standard
output. `multiprocessing` would import the caller's main script again, or fork its threads.
"""

from __future__ import annotations

import codecs
import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from queue import SimpleQueue
from typing import IO

import msgspec

from bibkit.catalog.reading import Block
from bibkit.catalog.rows import PaperRow
from bibkit.catalog.snapshot import BadLineError, read_line
from bibkit.errors import CatalogError
from bibkit.text.titles import title_tokens

_START = "import sys; sys.path[:] = sys.argv[1:]; from bibkit.catalog.parsing import serve; serve()"
_LENGTH = 8
"""Bytes of the length that precedes each message."""
_AHEAD = 32
"""Blocks given out before the first is fetched: what parsing does while a batch is written."""


class Parsed(msgspec.Struct, array_like=True, gc=False):
    """What one block holds: `rows[i]` has the title words `words[i]`."""

    rows: list[PaperRow]
    words: list[str]
    bad: list[tuple[int, str]]
    """Line numbers that hold no paper, and why."""


_request = msgspec.msgpack.Decoder(tuple[int, bytes])
_answer = msgspec.msgpack.Decoder(Parsed)
_encode = msgspec.msgpack.Encoder().encode


def default_workers(size: int, *, worth_it: int = 4_000_000) -> int:
    """Return how many processes to parse `size` bytes with; none where it is done sooner here."""
    startable = bool(sys.executable) and not getattr(sys, "frozen", False)
    return min((os.cpu_count() or 1) - 1, 4) if startable and size >= worth_it else 0


def parse_blocks(blocks: Iterable[Block], *, workers: int) -> Generator[tuple[Block, Parsed]]:
    """Yield each block with what it holds, in order."""
    if workers < 1:
        yield from ((block, parse_lines(block.first, block.lines)) for block in blocks)
        return
    with ExitStack() as stack:
        idle: SimpleQueue[subprocess.Popen[bytes]] = SimpleQueue()
        for _ in range(workers):
            idle.put(stack.enter_context(_worker()))
        threads = ThreadPoolExecutor(workers)
        stack.callback(threads.shutdown, cancel_futures=True)
        pending: deque[tuple[Block, Future[bytes] | Parsed]] = deque()
        for block in blocks:
            if len(pending) < _AHEAD:
                pending.append((block, threads.submit(_ask, idle, block)))
            else:  # the workers are behind, so this process has time to parse, too
                pending.append((block, parse_lines(block.first, block.lines)))
            while pending and (_is_done(pending[0][1]) or len(pending) > 2 * _AHEAD):
                done, parsed = pending.popleft()
                yield done, _parsed(parsed)
        for done, parsed in pending:
            yield done, _parsed(parsed)


def _is_done(parsed: Future[bytes] | Parsed) -> bool:
    return isinstance(parsed, Parsed) or parsed.done()


def _parsed(parsed: Future[bytes] | Parsed) -> Parsed:
    return parsed if isinstance(parsed, Parsed) else _answer.decode(parsed.result())


def parse_lines(first: int, lines: bytes) -> Parsed:
    """Read the lines of a block, the first of which has the number `first`."""
    parsed = Parsed([], [], [])
    if first == 1:
        lines = lines.removeprefix(codecs.BOM_UTF8)
    for number, line in enumerate(lines.split(b"\n"), first):
        if not line or line.isspace():
            continue
        try:
            row = read_line(line)
        except BadLineError as error:
            parsed.bad.append((number, str(error)))
        else:
            parsed.rows.append(row)
            parsed.words.append(" ".join(title_tokens(row.title)))
    return parsed


def serve() -> None:
    """Answer blocks until standard input ends; the body of a worker process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the importing process's affair
    while message := _receive(sys.stdin.buffer):
        _send(sys.stdout.buffer, _encode(parse_lines(*_request.decode(message))))


def _worker() -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own code, started with our own interpreter
        [sys.executable, "-c", _START, *sys.path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )


def _ask(idle: SimpleQueue[subprocess.Popen[bytes]], block: Block) -> bytes:
    worker = idle.get()
    assert worker.stdin
    assert worker.stdout
    try:
        _send(worker.stdin, _encode((block.first, block.lines)))
        answer = _receive(worker.stdout)
    except OSError:
        answer = b""
    idle.put(worker)
    if not answer:
        raise CatalogError("a parsing process has ended; run the import again", origin=block.origin)
    return answer


def _send(pipe: IO[bytes], message: bytes) -> None:
    pipe.write(len(message).to_bytes(_LENGTH))
    pipe.write(message)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> bytes:
    return pipe.read(int.from_bytes(pipe.read(_LENGTH)))
