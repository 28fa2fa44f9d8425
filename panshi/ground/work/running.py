"""How work is done: claim a job by a conditional update, run it under a beating lease, end it; sweep up after the dead.

Every transition names the state it starts from and the attempt it belongs to, so that two work processes cannot both
hold a job and one that was given up for dead cannot save anything when it wakes.
"""

import datetime as dt
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event as Flag
from threading import Thread
from typing import Final

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from panshi.ground.base.logs import belonging
from panshi.ground.base.refusals import Refused
from panshi.ground.identity.models import Person
from panshi.ground.work import queue
from panshi.ground.work.kinds import JobKind, all_kinds, kind_of
from panshi.ground.work.models import Due, Job, JobQuerySet, JobState
from panshi.ground.work.progress import LEASE, Cancelled, Interrupted, LeaseLost, Progress

log = logging.getLogger(__name__)

BEAT: Final = 1.0
"""Seconds between two beats of a running job."""

MOST_INTERRUPTIONS: Final = 10
"""A job whose process died this often is not started again: it is likely what kills it."""


def claim(job_id: int, *, worker: str, at: dt.datetime) -> Job | None:
    """Take a waiting job that is due; None when another took it, it is not due, or it is no longer wanted."""
    claimed = Job.objects.filter(pk=job_id, state=JobState.WAITING, not_before__lte=at).update(
        state=JobState.RUNNING,
        worker=worker,
        lease_until=at + LEASE,
        started_at=at,
        attempts=F("attempts") + 1,
        done=0,
        total=0,
        step="",
    )
    if not claimed:
        return None
    job: Job | None = Job.objects.filter(pk=job_id, worker=worker, state=JobState.RUNNING).first()
    return job


def run_job(
    job_id: int,
    *,
    worker: str = "",
    at: dt.datetime | None = None,
    started: Callable[[Progress], None] | None = None,
) -> bool:
    """Claim a job and do its work here; False when there was nothing to claim. Without `worker` no thread beats
    (tests)."""
    job = claim(job_id, worker=worker, at=at or timezone.now())
    if job is None:
        return False
    progress = Progress(job, at=at or timezone.now())
    if started is not None:
        started(progress)
    with (
        belonging(job=job.pk, kind=job.kind),
        translation.override(_language(job)),
        _beating(progress) if worker else _still(),
    ):
        _do(job, progress)
    return True


def _language(job: Job) -> str:
    """The language of the person who asked: sentences about the job are for them."""
    chosen = Person.objects.filter(pk=job.asked_by_id).values_list("language", flat=True).first()
    return chosen or "zh-hans"


@contextmanager
def _still() -> Iterator[None]:
    yield


@contextmanager
def _beating(progress: Progress) -> Iterator[None]:
    """Let the job's heart beat in a thread of its own while the block runs."""
    stop = Flag()

    def beat() -> None:
        while not stop.wait(BEAT):
            try:
                progress.beat(at=timezone.now())
            except Exception:
                log.warning("job %s missed a beat", progress.job_id, exc_info=True)
        connection.close()

    heart = Thread(target=beat, name=f"beat-{progress.job_id}", daemon=True)
    heart.start()
    try:
        yield
    finally:
        stop.set()
        heart.join()


def _do(job: Job, progress: Progress) -> None:
    """Run the kind's function and write down how it ended."""
    try:
        kind = kind_of(job.kind)
        result = kind.work(progress, **job.arguments)
        if not progress.completed:
            progress.end(JobState.DONE, at=timezone.now(), result=dict(result or {}))
    except Cancelled:
        progress.end(JobState.CANCELLED, at=timezone.now())
    except Interrupted:
        progress.end(JobState.WAITING, at=timezone.now())
    except LeaseLost:
        log.warning("job %s was taken over by another process", job.pk)
    except Refused as refusal:
        progress.end(JobState.FAILED, at=timezone.now(), error=refusal.message)
    except Exception:
        log.exception("job %s (%s) failed", job.pk, job.kind)
        _failed(job, progress, at=timezone.now())


def _failed(job: Job, progress: Progress, *, at: dt.datetime) -> None:
    """Let the job wait for another try, or give it up with a sentence."""
    kind, failures = all_kinds().get(job.kind), job.failures + 1
    if kind is not None and failures < kind.tries:
        again = at + kind.pause_after(failures)
        progress.end(JobState.WAITING, at=at, failures=failures, not_before=again)
    else:
        sentence = _("任务因系统错误没有完成，请稍后重试或联系管理员。")
        progress.end(JobState.FAILED, at=at, failures=failures, error=sentence)


def sweep(*, at: dt.datetime) -> None:
    """Take jobs back from processes that fell silent, and wake workers for what is due but not in the queue."""
    _take_back(Job.objects.filter(state=JobState.RUNNING, lease_until__lt=at), at)
    if queue.is_empty():
        waiting = Job.objects.filter(state=JobState.WAITING, not_before__lte=at).order_by("not_before", "pk")
        for job_id in waiting.values_list("pk", flat=True)[:100]:
            queue.tell(job_id)


def release(*, worker: str, at: dt.datetime) -> None:
    """Take jobs back from workers whose names begin so, which are known to be dead; the next sweep wakes others."""
    _take_back(Job.objects.filter(state=JobState.RUNNING, worker__startswith=worker), at)


def _take_back(held: JobQuerySet, at: dt.datetime) -> None:
    """Let jobs wait again, unless they were cancelled meanwhile or bring down every process that runs them."""
    end = {"finished_at": at, "worker": "", "lease_until": None}
    held.filter(cancel_asked=True).update(state=JobState.CANCELLED, **end)
    fatal = held.filter(attempts__gt=F("failures") + MOST_INTERRUPTIONS)
    fatal.update(state=JobState.FAILED, error=_("任务多次被中断，已停止。"), **end)
    held.update(state=JobState.WAITING, worker="", lease_until=None)


def ask_due(*, at: dt.datetime) -> list[int]:
    """Write the jobs of every schedule that fell due; of several work processes exactly one succeeds for each moment.

    A schedule seen for the first time starts counting from now. A moment missed while nothing ran is made up once.
    """
    return [job_id for kind in all_kinds().values() if (job_id := _ask(kind, at)) is not None]


@transaction.atomic
def _ask(kind: JobKind, at: dt.datetime) -> int | None:
    """Move the schedule on and write its job, in one transaction."""
    if kind.schedule is None:
        return None
    due = kind.schedule.last_due(timezone.localtime(at))
    _row, is_new = Due.objects.get_or_create(kind=kind.name, defaults={"at": due})
    if is_new or not Due.objects.filter(kind=kind.name, at__lt=due).update(at=due):
        return None
    if kind.schedule.every is not None:
        Job.objects.filter(kind=kind.name, state=JobState.DONE, asked_by_id=None).delete()
    job = Job.objects.create(
        kind=kind.name, arguments={"due_on": due.date().isoformat()}, asked_at=at, not_before=at
    )
    transaction.on_commit(lambda: queue.tell(job.pk))
    return int(job.pk)
