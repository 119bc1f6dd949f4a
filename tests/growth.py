"""How the cost of something grows with its input: a ratio, since seconds depend on the machine."""

from __future__ import annotations

import time
from collections.abc import Callable


def grows_linearly(run: Callable[[int], object], size: int, *, times: int = 8) -> None:
    """Assert that an input of `size` costs about `times` as much CPU as one that many times smaller.

    What grows with the square would cost the square of `times`; up to three times the linear cost
    is put down to caches and noise, and a hundredth of a second to the clock. The best of three.
    """
    for _ in range(3):
        small, large = _cost(run, size // times), _cost(run, size)
        if large <= 3 * times * max(small, 0.01):
            return
    raise AssertionError(f"{size}: {large:.2f} s of CPU, {size // times}: {small:.2f} s")


def _cost(run: Callable[[int], object], size: int) -> float:
    started = time.process_time()
    run(size)
    return time.process_time() - started
