"""The work process: a few threads that do jobs, and the house's pulse — sealing, sweeping, the clock.

One runs beside the web workers; more may run, on this machine or others. Stopped politely it lets jobs reach their next
step and puts them back; killed, it leaves leases that run out.
"""

import datetime as dt
import logging
import os
import signal
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event as Flag
from threading import Thread
from time import monotonic
from typing import Final

from django.conf import settings
from django.db import close_old_connections, connection
from django.utils import timezone

from panshi.ground.audit.sealing import seal_pending
from panshi.ground.work import queue
from panshi.ground.work.progress import Progress
from panshi.ground.work.pulse import EVERY, end_life, show_life
from panshi.ground.work.running import ask_due, release, run_job, sweep

log = logging.getLogger(__name__)

LOOK: Final = 0.25
"""Seconds between two looks into an empty queue."""

TICK: Final = 1.0
GRACE: Final = 20.0
"""Seconds a running job gets to reach its next step when the process is asked to stop."""


@dataclass(slots=True)
class Duty:
    """Something the process does again and again, `every` so many seconds."""

    act: Callable[[dt.datetime], object]
    every: float
    due: float = field(default=0.0)


class WorkProcess:
    """The threads of one work process; `run` returns when it was asked to stop."""

    def __init__(self, *, threads: int = 2) -> None:
        self.name = worker_name(os.getpid())
        self._threads = threads
        self._stop = Flag()
        self._running: dict[str, Progress] = {}
        born = timezone.now()
        self._duties = [
            Duty(lambda at: seal_pending(settings.AUDIT_KEY, at=at), every=1),
            Duty(lambda at: sweep(at=at), every=5),
            Duty(lambda at: ask_due(at=at), every=20),
            Duty(lambda at: show_life(name=self.name, threads=threads, started_at=born, at=at), every=EVERY),
        ]

    def run(self) -> None:
        """Work until SIGTERM or SIGINT."""
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)
        names = [f"{self.name}/{number}" for number in range(self._threads)]
        threads = [Thread(target=self._work, args=(name,), name=name, daemon=True) for name in names]
        for thread in threads:
            thread.start()
        while not self._stop.is_set():
            self._tick()
            self._stop.wait(TICK)
        for progress in list(self._running.values()):
            progress.interrupt()
        end = monotonic() + GRACE
        for thread in threads:
            thread.join(max(0.0, end - monotonic()))
        seal_pending(settings.AUDIT_KEY, at=timezone.now())
        end_life(name=self.name)

    def stop(self, *_signal: object) -> None:
        """Take no more jobs; `run` then ends."""
        self._stop.set()

    def _tick(self) -> None:
        """Do the duties that are due; one that fails is tried again when it is due again."""
        for duty in self._duties:
            if monotonic() >= duty.due:
                duty.due = monotonic() + duty.every
                _survive(lambda duty=duty: duty.act(timezone.now()))  # type: ignore[misc]

    def _work(self, name: str) -> None:
        """One thread: look, take, do."""

        def started(progress: Progress) -> None:
            self._running[name] = progress
            if self._stop.is_set():
                progress.interrupt()

        def look() -> bool:
            job_id = queue.take()
            if job_id is None:
                return False
            close_old_connections()
            run_job(job_id, worker=name, started=started)
            self._running.pop(name, None)
            return True

        while not self._stop.is_set():
            if not _survive(look):
                self._stop.wait(LOOK)
        connection.close()


def _survive(act: Callable[[], object]) -> object:
    """Do something whose failure must not end the process: the database or the queue may be away for a while."""
    try:
        return act()
    except Exception:
        log.exception("the work process could not do one of its duties")
        connection.close()
        return False


def worker_name(pid: int) -> str:
    """What a work process of this machine is called in the jobs it holds."""
    return f"{socket.gethostname()[:40]}:{pid}"


def bury(pid: int) -> None:
    """Take back, without waiting for its leases, the jobs of a work process of this machine that is known to be
    dead."""
    release(worker=f"{worker_name(pid)}/", at=timezone.now())
