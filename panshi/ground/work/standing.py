"""How work stands, in figures for monitors: what waits, what runs, what failed, whether anybody is at work."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Min

from panshi.ground.work.models import Job, JobState
from panshi.ground.work.pulse import latest_pulse


@dataclass(frozen=True, slots=True)
class Standing:
    """`open` and `failed` count jobs by kind; `oldest` is the age of the job that waits longest, in seconds; `silence`
    the seconds since a work process was last seen, None when there is none."""

    waiting: Mapping[str, int]
    running: Mapping[str, int]
    failed: Mapping[str, int]
    oldest: float
    silence: float | None


def work_standing(*, at: dt.datetime, days: int = 1) -> Standing:
    """Jobs that wait or run, those that failed within `days`, and the last sign of life. Figures only, no rows."""
    counted: dict[str, dict[str, int]] = {"waiting": {}, "running": {}, "failed": {}}
    for kind, state, count in (
        Job.objects.open().values_list("kind", "state").annotate(Count("pk")).order_by()
    ):
        counted[state][kind] = count
    failed = Job.objects.filter(state=JobState.FAILED, finished_at__gte=at - dt.timedelta(days=days))
    for kind, count in failed.values_list("kind").annotate(Count("pk")).order_by():
        counted["failed"][kind] = count
    due = Job.objects.filter(state=JobState.WAITING, not_before__lte=at).aggregate(first=Min("not_before"))
    seen = latest_pulse()
    return Standing(
        counted["waiting"],
        counted["running"],
        counted["failed"],
        oldest=(at - due["first"]).total_seconds() if due["first"] else 0.0,
        silence=(at - seen).total_seconds() if seen else None,
    )
