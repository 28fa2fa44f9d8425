"""Jobs in words: title, state with its colour, who asked, what came of it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import Person
from panshi.ground.work.kinds import all_kinds
from panshi.ground.work.models import Job, JobState

TONES: Final = {
    JobState.RUNNING: "info",
    JobState.DONE: "good",
    JobState.FAILED: "bad",
}

RESULTS: Final[dict[str, Promise]] = {
    "created": _("新建"),
    "updated": _("更新"),
    "unchanged": _("未变"),
    "rejected": _("被拒"),
    "lines": _("行"),
    "lines_added": _("新增行"),
    "lines_replaced": _("更正行"),
    "accounts": _("客户"),
}
"""What the figures of a job's result are called; others are for programs only."""


@dataclass(frozen=True, slots=True)
class ShownJob:
    """One job as a page shows it."""

    job: Job
    title: str
    state: str
    tone: str
    who: str
    took: dt.timedelta | None
    results: list[tuple[str, int]]
    step: str
    error: str


def in_words(kept: str) -> str:
    """What a job wrote down in the language of the source, in that of the reader where it is translated."""
    return gettext(kept) if kept else ""


def shown(jobs: Sequence[Job], *, viewer: Viewer, at: dt.datetime) -> list[ShownJob]:
    """Jobs in words; one query for the names of those who asked."""
    people = Person.objects.visible_to(viewer).filter(pk__in={job.asked_by_id for job in jobs})
    names, kinds = dict(people.values_list("pk", "name")), all_kinds()
    return [
        ShownJob(
            job=job,
            title=str(kinds[job.kind].title) if job.kind in kinds else job.kind,
            state=str(JobState(job.state).label),
            tone=TONES.get(JobState(job.state), ""),
            who=names.get(job.asked_by_id, "") if job.asked_by_id else str(_("按计划自动执行")),
            took=(job.finished_at or at) - job.started_at if job.started_at else None,
            results=[
                (str(RESULTS[name]), value)
                for name, value in job.result.items()
                if name in RESULTS and isinstance(value, int)
            ],
            step=in_words(job.step),
            error=in_words(job.error),
        )
        for job in jobs
    ]
