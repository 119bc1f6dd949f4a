"""When a host may be asked again, by whichever bibkit runs on this machine.

The time of the last request lies in a file beside the kept answers; its lock is held from reading
that time until the request goes out, so several runs come one after the other. The system drops the
lock of a process that ends. What cannot be shared (no folder, no locks) is kept to by each alone.
"""

from __future__ import annotations

import hashlib
import logging
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

logger = logging.getLogger(__name__)


class Pace:
    """Keeps requests to one host apart, here and, as far as `folder` allows, in other processes.

    Args:
        folder: where the times of all hosts lie; made when needed.
        sleep: what waits.
        patience: seconds to wait for a process that holds the lock without ever asking (stopped
            by a debugger, say) before going on without it.

    """

    def __init__(
        self, folder: Path, *, sleep: Callable[[float], None], patience: float = 60.0
    ) -> None:
        self._folder = folder
        self._sleep = sleep
        self._patience = patience
        self._sent_at: dict[str, float] = {}

    def wait(self, host: str, interval: float) -> None:
        """Return when the host may be asked, at most `interval` seconds after its turn came."""
        if interval <= 0:
            return
        file = self._folder / f"{hashlib.sha256(host.encode()).hexdigest()[:32]}.pace"
        with _locked(file, self._patience):
            last = max(self._sent_at.get(host, -math.inf), _read(file))
            # One clock for all processes, whatever is done to the time of day; a later time than
            # now is from before the machine was started anew, or from another machine.
            since = max(time.monotonic() - last, 0.0)
            if since < interval:
                self._sleep(interval - since)
            self._sent_at[host] = time.monotonic()
            _write(file, self._sent_at[host])


@contextmanager
def _locked(file: Path, patience: float) -> Iterator[None]:
    from filelock import FileLock, Timeout

    lock = None
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(f"{file}.lock")
        lock.acquire(timeout=patience)
    except (OSError, NotImplementedError, Timeout) as error:
        logger.info("the pace of requests is not shared with other runs (%s)", error)
    try:
        yield
    finally:
        if lock:
            lock.release()


def _read(file: Path) -> float:
    """Return when the last request of any process went out; long ago where nothing sound says."""
    try:
        with file.open(encoding="ascii") as opened:
            last = float(opened.read(64))
    except (OSError, ValueError):
        return -math.inf
    return last if math.isfinite(last) else -math.inf


def _write(file: Path, sent_at: float) -> None:
    try:
        file.write_text(repr(sent_at), "ascii")
    except OSError as error:
        logger.info("the pace of requests is not shared with other runs (%s)", error)
