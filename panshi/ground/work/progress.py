"""What a running job holds: it reports how far it is, hears that it should stop, and commits its result exactly once.

Numbers are only kept here; `beat` writes them about every second from a thread with a connection of its own, so that
progress is seen, and the lease extended, while the job is inside a long transaction.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Event as Flag
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.reports import viewer_of
from panshi.ground.work.ended import tell_ended
from panshi.ground.work.models import Job, JobState

LEASE: Final = dt.timedelta(seconds=30)
"""How long a work process may be silent before its job is taken over; it beats every second."""


class Stopped(Exception):
    """The job must end here; the work process knows why. Let it pass through."""


class Cancelled(Stopped):
    """The person took the job back."""


class Interrupted(Stopped):
    """The work process is shutting down; the job will be run again from its start."""


class LeaseLost(Stopped):
    """Another work process runs the job by now; nothing of this run may be saved."""


class Progress:
    """The running job's side of the `Job` row. `at` is when this run began."""

    def __init__(self, job: Job, *, at: dt.datetime) -> None:
        self.job_id: int = job.pk
        self.asked_by_id: int | None = job.asked_by_id
        self.at = at
        self.completed = False
        self._fence = {
            "pk": job.pk,
            "state": JobState.RUNNING,
            "attempts": job.attempts,
            "worker": job.worker,
        }
        self._done, self._total, self._step = 0, 0, ""
        self._cancelled, self._interrupted, self._lost = Flag(), Flag(), Flag()

    @property
    def viewer(self) -> Viewer | None:
        """The person who asked, with the rights of today; None for a scheduled job."""
        if self.asked_by_id is None:
            return None
        return viewer_of(self.asked_by_id, on=timezone.localdate(self.at))

    def total(self, count: int) -> None:
        """Say how much there is to do and start counting from nothing."""
        self._done, self._total = 0, count
        self.check()

    def step(self, sentence: str) -> None:
        """Say in words what is being done now."""
        self._step = sentence[:200]
        self.check()

    def advance(self, count: int = 1) -> None:
        """Count what has been done."""
        self._done += count
        self.check()

    def check(self) -> None:
        """Raise when the job must stop. Cheap: no query."""
        if self._lost.is_set():
            raise LeaseLost
        if self._cancelled.is_set():
            raise Cancelled
        if self._interrupted.is_set():
            raise Interrupted

    @contextmanager
    def commit(self, result: Mapping[str, Any] | None = None) -> Iterator[dict[str, Any]]:
        """One transaction for the job's effect and its completion: both are saved or neither, so nothing doubles.

        Yields the result, which the block may still fill. Raises `LeaseLost`, and saves nothing, if the job was taken
        over.
        """
        self.check()
        answer = dict(result or {})
        with transaction.atomic():
            yield answer
            if not self.end(JobState.DONE, at=timezone.now(), result=answer):
                raise LeaseLost
        self.completed = True

    def interrupt(self) -> None:
        """Ask the job to stop because its work process does."""
        self._interrupted.set()

    def beat(self, *, at: dt.datetime) -> None:
        """Write the numbers, extend the lease, and hear whether to stop."""
        held = Job.objects.filter(**self._fence).update(
            lease_until=at + LEASE, done=self._done, total=self._total, step=self._step
        )
        if not held:
            self._lost.set()
        elif Job.objects.filter(pk=self.job_id, cancel_asked=True).exists():
            self._cancelled.set()

    def end(self, state: JobState, *, at: dt.datetime, **fields: Any) -> bool:
        """End this run, or send the job back to wait; False, and nothing saved, if the job is no longer ours."""
        if state == JobState.DONE:
            fields |= {"done": self._done, "total": self._total, "error": ""}
        if state != JobState.WAITING:
            fields["finished_at"] = at
        with transaction.atomic():
            changed = Job.objects.filter(**self._fence).update(
                state=state, lease_until=None, worker="", **fields
            )
            if changed and state != JobState.WAITING:
                tell_ended(self.job_id)
        return bool(changed)
