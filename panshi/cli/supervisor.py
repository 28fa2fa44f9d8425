"""Keeps child processes running: starts them, restarts what dies, stops all when asked. No Django: it stays small."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Event as Flag
from time import monotonic
from typing import Final

LOOK: Final = 0.3
QUICK: Final = 30.0
"""A child that lives shorter than this many seconds failed to start."""

MOST_QUICK_DEATHS: Final = 3
GRACE: Final = 30.0


@dataclass(slots=True)
class Child:
    """One process to keep running; `words` says how to start it, given the pid of its dead predecessor (or None)."""

    name: str
    words: Callable[[int | None], Sequence[str]]
    environment: Mapping[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    not_before: float = 0.0
    quick_deaths: int = 0

    def start(self) -> None:
        """Start it, after a dead one or for the first time."""
        dead = self.process.pid if self.process else None
        self.process = subprocess.Popen(self.words(dead), env={**os.environ, **self.environment})  # noqa: S603 - our own words
        self.started = monotonic()

    def look(self) -> bool:
        """Restart it when it died, a little later each time; False when it cannot be kept running."""
        if self.process is None or self.process.poll() is None:
            return True
        if self.not_before < self.started:
            print(f"panshi: {self.name} ended with {self.process.returncode}", file=sys.stderr, flush=True)
            quick = monotonic() - self.started < QUICK
            self.quick_deaths = self.quick_deaths + 1 if quick else 0
            self.not_before = monotonic() + 2**self.quick_deaths - 1
        if self.quick_deaths >= MOST_QUICK_DEATHS:
            return False
        if monotonic() >= self.not_before:
            self.start()
        return True


class Supervisor:
    """Watches the children until it is told to stop."""

    def __init__(self, children: Sequence[Child]) -> None:
        self._children = children
        self._stop = Flag()

    def run(self) -> int:
        """Serve; 0 after a stop that was asked for, 1 when a child cannot be kept running."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_: self._stop.set())
        for child in self._children:
            child.start()
        code = 0
        while not self._stop.wait(LOOK):
            failed = [child.name for child in self._children if not child.look()]
            if failed:
                print(f"panshi: {failed[0]} does not start; giving up", file=sys.stderr, flush=True)
                code = 1
                break
        self._end()
        return code

    def _end(self) -> None:
        """Ask every child to stop, wait, and kill what stays."""
        processes = [child.process for child in self._children if child.process is not None]
        for process in processes:
            process.terminate()
        end = monotonic() + GRACE
        for process in processes:
            try:
                process.wait(max(0.1, end - monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
