"""Processes by the clock: due timers every minute, absences that begin and tasks nobody has any more every morning."""

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
    """Fire what fell due, each timer once; whatever fell due while nothing ran is made up now."""
    fired = 0
    while more := services.fire_due(by=Viewer.system(), at=timezone.now()):
        fired += more
        progress.advance(more)
    return {"fired": fired} if fired else {}


@job("workflow.morning", title=_("整理审批任务"), schedule=Schedule(dt.time(0, 20)))
def tidy_tasks(progress: Progress, *, due_on: str) -> Mapping[str, Any]:
    """Show requests to substitutes whose days begin; queue tasks whose people have all left. Twice changes nothing
    more."""
    by, at = Viewer.system(), timezone.now()
    with progress.commit() as result:
        result["absences"] = services.show_absences(by=by, at=at)
        result["queued"] = services.queue_orphans(by=by, at=at)
    return result
