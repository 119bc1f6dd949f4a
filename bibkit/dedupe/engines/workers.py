"""A function of Arrow batches → the same function in other processes, in order.

The workers are plain subprocesses that read on standard input and answer on standard output:
`multiprocessing` would import the caller's main script again, or fork DuckDB's threads.
"""

from __future__ import annotations

import gc
import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import chain, islice
from queue import SimpleQueue
from types import TracebackType
from typing import IO, Self

import pyarrow as pa

from bibkit.errors import EngineError

Function = Callable[[pa.RecordBatch], pa.RecordBatch]
_START = (
    "import sys; sys.path[:] = sys.argv[1:]; from bibkit.dedupe.engines.workers import serve; "
    "serve()"
)
_LENGTH = 8
"""Bytes of the length that precedes each message."""


class Workers:
    """Processes that work until the end of the `with` block.

    They start when there is more than one batch of something; until then this process does it.
    """

    def __init__(self, count: int | None = None, *, most: int = 8) -> None:
        self.count = min(os.cpu_count() or 1, most) if count is None else count

    def __enter__(self) -> Self:
        self._processes: list[subprocess.Popen[bytes]] = []
        self._threads = ThreadPoolExecutor(max(1, self.count))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            for process in self._processes:
                process.kill()  # what it is about nobody wants any more
        self._threads.shutdown(cancel_futures=True)
        for process in self._processes:
            with process, suppress(OSError):
                assert process.stdin
                process.stdin.close()

    def map(
        self, function: Function, batches: Iterable[pa.RecordBatch], *, ahead: int = 3
    ) -> Iterator[pa.RecordBatch]:
        """Yield what a function makes of each batch, in order.

        `ahead` batches a worker are fetched before the first answer is asked for.
        """
        coming = iter(batches)
        first = list(islice(coming, 2))
        if not self.count or len(first) < 2:
            yield from map(function, chain(first, coming))
            return
        idle: SimpleQueue[subprocess.Popen[bytes]] = SimpleQueue()
        for process in self._started():
            _ask(process, pickle.dumps(function))
            idle.put(process)
        pending: deque[Future[bytes]] = deque()
        for batch in chain(first, coming):
            pending.append(self._threads.submit(_turn, idle, _to_bytes(batch)))
            if len(pending) > ahead * self.count:
                yield _from_bytes(pending.popleft().result())
        while pending:
            yield _from_bytes(pending.popleft().result())

    def _started(self) -> list[subprocess.Popen[bytes]]:
        while len(self._processes) < self.count:
            self._processes.append(_worker())
        return self._processes


def serve() -> None:
    """Answer until standard input ends; the body of a worker process."""
    gc.set_threshold(100_000)  # batches are many small objects, and none of them in a cycle
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what anything may print goes elsewhere
    function: Function | None = None
    while message := _receive(requests):
        if message.startswith(b"\x80"):
            function = pickle.loads(message)  # noqa: S301 - from the process that started this one
            _send(answers, b"ready")
        elif function:
            _send(answers, _to_bytes(function(_from_bytes(message))))


def _worker() -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own code, started with our own interpreter
        [sys.executable, "-c", _START, *sys.path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is the parent's affair, also while they are starting
    )


def _turn(idle: SimpleQueue[subprocess.Popen[bytes]], message: bytes) -> bytes:
    process = idle.get()
    try:
        return _ask(process, message)
    finally:
        idle.put(process)


def _ask(process: subprocess.Popen[bytes], message: bytes) -> bytes:
    assert process.stdin
    assert process.stdout
    try:
        _send(process.stdin, message)
        answer = _receive(process.stdout)
    except OSError:
        answer = b""
    if not answer:
        raise EngineError("a worker process has ended: killed, or out of memory")
    return answer


def _send(pipe: IO[bytes], message: bytes) -> None:
    pipe.write(len(message).to_bytes(_LENGTH))
    pipe.write(message)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> bytes:
    return pipe.read(int.from_bytes(pipe.read(_LENGTH)))


def _to_bytes(batch: pa.RecordBatch) -> bytes:
    with pa.BufferOutputStream() as out:
        with pa.ipc.new_stream(out, batch.schema) as stream:
            stream.write_batch(batch)
        return bytes(out.getvalue())


def _from_bytes(data: bytes) -> pa.RecordBatch:
    with pa.ipc.open_stream(data) as stream:
        return stream.read_next_batch()
