"""The notice board of one optimisation: the best schedule, the best bound and the wish to stop.

Two searches run in two threads and never call each other; they only read and write here.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from panshi.calc.scheduling.resources import IntArray


@dataclass(frozen=True)
class Improvement:
    """A better schedule or bound and when it was found, in seconds after the beginning."""

    seconds: float
    cost: int | None
    bound: int


class Board:
    """What the searches know together."""

    def __init__(
        self,
        bound: int,
        seconds: float,
        stop: Callable[[], bool],
        on_improvement: Callable[[Improvement], None] | None,
    ) -> None:
        self.starts: IntArray | None = None
        self.cost: int | None = None
        self.bound = bound
        self.impossible = False
        self.cancelled = False
        self._seconds = seconds
        self._began = time.monotonic()  # a stopwatch, not the calendar
        self._stop = stop
        self._on_improvement = on_improvement
        self._finished = threading.Event()
        self._lock = threading.Lock()

    @property
    def elapsed(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self._began

    @property
    def remaining(self) -> float:
        """Seconds left."""
        return max(0.0, self._seconds - self.elapsed)

    def offer(self, starts: IntArray, cost: int) -> bool:
        """Post a schedule; tells whether it is the new best."""
        with self._lock:
            if self.cost is not None and cost >= self.cost:
                return False
            self.starts, self.cost = starts, cost
        self._announce()
        return True

    def raise_bound(self, bound: int) -> None:
        """Post a lower bound of the cost."""
        with self._lock:
            if bound <= self.bound:
                return
            self.bound = bound if self.cost is None else min(bound, self.cost)
        self._announce()

    def finish(self) -> None:
        """Say that nothing remains to be searched."""
        self._finished.set()

    def wait(self, seconds: float) -> None:
        """Sleep until the time is over or the search is finished."""
        self._finished.wait(min(seconds, self.remaining))

    @property
    def is_over(self) -> bool:
        """Whether to stop: proven, finished, out of time or cancelled."""
        if not self.cancelled and self._stop():
            self.cancelled = True
        proven = self.cost is not None and self.cost <= self.bound
        return self.cancelled or proven or self._finished.is_set() or self.remaining <= 0

    def _announce(self) -> None:
        if self._on_improvement is not None:
            self._on_improvement(Improvement(self.elapsed, self.cost, self.bound))
