"""Processes by the clock: due timers and tasks whose people left every minute, absences that begin every morning."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from panshi.ground.base.viewer import Viewer
from panshi.ground.work.kinds import Schedule, job
from panshi.ground.work.progress import Progress
from panshi.workflow import services


@job(
    "workflow.timers",
    title=_("处理到期的审批期限"),
    schedule=Schedule(dt.time(0, 0), every=dt.timedelta(minutes=1)),
)
def fire_timers(progress: Progress, *, due_on: str) -> Mapping[str, Any]:
    """Fire what fell due, each timer once; whatever fell due while nothing ran is made up now. Tasks whose people have
    all left reach the administrator's queue within the minute."""
    fired = 0
    while more := services.fire_due(by=Viewer.system(), at=timezone.now()):
        fired += more
        progress.advance(more)
    queued = services.queue_orphans(by=Viewer.system(), at=timezone.now())
    return {name: count for name, count in (("fired", fired), ("queued", queued)) if count}


@job("workflow.morning", title=_("整理审批任务"), schedule=Schedule(dt.time(0, 20)))
def tidy_tasks(progress: Progress, *, due_on: str) -> Mapping[str, Any]:
    """Show requests to substitutes whose days begin. Twice changes nothing more."""
    by, at = Viewer.system(), timezone.now()
    with progress.commit() as result:
        result["absences"] = services.show_absences(by=by, at=at)
    return result
