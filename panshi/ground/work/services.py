"""Writes a person causes: ask for work, take it back, ask for it again. How work is done is in `running`."""

import datetime as dt
from collections.abc import Mapping
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from panshi.ground.base.refusals import NotAllowed, Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.work.kinds import kind_of
from panshi.ground.work.models import Job, JobState
from panshi.ground.work.queue import tell


@transaction.atomic
def enqueue(
    *,
    kind: str,
    arguments: Mapping[str, Any],
    by: Viewer,
    at: dt.datetime,
    not_before: dt.datetime | None = None,
) -> Job:
    """Ask for background work, in the caller's transaction; a work process hears of it after the commit.

    `arguments` must be JSON: ids, words and numbers, never records or personal values. `LookupError` for an unknown
    kind.
    """
    kind_of(kind)
    job = Job.objects.create(
        kind=kind,
        arguments=dict(arguments),
        asked_by_id=by.person_id,
        asked_at=at,
        not_before=not_before or at,
    )
    if not_before is None or not_before <= at:
        transaction.on_commit(partial(tell, job.pk))
    return job


class CannotCancelJob(Refused):
    """The job has ended already."""


@transaction.atomic
def cancel(*, job_id: int, by: Viewer, at: dt.datetime) -> Job:
    """Take a job back: at once while it waits, at its next step while it runs. What it committed before stays."""
    job = _asked_for(job_id, by)
    if not job.is_open:
        raise CannotCancelJob(_("任务已经结束，无法取消。"))
    job.cancel_asked = True
    if job.state == JobState.WAITING:
        job.state, job.finished_at = JobState.CANCELLED, at
    job.save(update_fields=["cancel_asked", "state", "finished_at"])
    return job


class CannotRetryJob(Refused):
    """Only what failed or was cancelled can be asked for again."""


@transaction.atomic
def retry(*, job_id: int, by: Viewer, at: dt.datetime) -> Job:
    """Ask again for a job that failed or was cancelled."""
    job = _asked_for(job_id, by)
    if job.state not in {JobState.FAILED, JobState.CANCELLED}:
        raise CannotRetryJob(_("只有失败或已取消的任务可以重新执行。"))
    job.state, job.not_before, job.finished_at = JobState.WAITING, at, None
    job.failures, job.cancel_asked, job.error = 0, False, ""
    job.done, job.total, job.step = 0, 0, ""
    job.save()
    transaction.on_commit(partial(tell, job.pk))
    return job


def _asked_for(job_id: int, by: Viewer) -> Job:
    """The job under a row lock, if it is the person's own or they look after everybody's: seeing is not enough."""
    job: Job | None = Job.objects.select_for_update().visible_to(by).filter(pk=job_id).first()
    if job is None or (job.asked_by_id != by.person_id and not by.may("work.manage")):
        raise NotAllowed(_("这不是您的任务。"))
    return job
