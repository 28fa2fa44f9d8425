"""How processes do: cycle time in working hours, what comes back, what is late; who has what is in `desks`.

Only requests the viewer may oversee are counted. Times are working minutes, counted when a task closed.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, Q, QuerySet

from panshi.ground.base.viewer import Viewer
from panshi.workflow.clock import minutes_used, working_calendar
from panshi.workflow.models import Outcome, Process, Request, Task, TaskKind, TaskState

OVERSEE: Final = "processes.view"
MOST: Final = 200_000
"""Tasks looked at for one page; a longer time is asked for in parts."""
MOST_TIMED: Final = 20_000
"""Requests whose working time is counted for one page, the newest first."""


@dataclass(frozen=True, slots=True)
class StepFigures:
    """One step of a process: how many tasks closed, the median and 90 % of their working minutes, the share sent back
    and the share late: of those closed or past their time, closed late or still open then."""

    node: str
    name: str
    closed: int
    median: int
    ninetieth: int
    sent_back: float
    late: float
    judged: int
    open: int


@dataclass(frozen=True, slots=True)
class ProcessFigures:
    """One process: requests started, ended and open, and its steps in order of their first use.

    `judged` requests were approved or rejected; `median` and `ninetieth` are their working minutes from start to end.
    `sent_back` is the share of all requests that came back at least once.
    """

    process: Process
    started: int
    approved: int
    rejected: int
    open: int
    judged: int
    median: int
    ninetieth: int
    sent_back: float
    steps: tuple[StepFigures, ...]


def process_figures(
    *, viewer: Viewer, since: dt.datetime, until: dt.datetime, at: dt.datetime, process: str = ""
) -> list[ProcessFigures]:
    """Figures of every process, or one, over requests started from `since` until before `until`; seven queries."""
    viewer.require(OVERSEE)
    requests = Request.objects.visible_to(viewer, OVERSEE).filter(started_at__gte=since, started_at__lt=until)
    if process:
        requests = requests.filter(process__key=process)
    totals = (
        requests.order_by()
        .values("process")
        .annotate(
            started=Count("pk"),
            approved=Count("pk", filter=Q(state="approved")),
            rejected=Count("pk", filter=Q(state="rejected")),
            open=Count("pk", filter=Q(state__in=["running", "returned", "stuck"])),
            came_back=Count("pk", filter=Q(cycle__gt=1)),
        )
    )
    rows = {row["process"]: row for row in totals}
    steps = _steps(requests.order_by().values("pk"), at)
    times = _times(requests)
    processes = Process.objects.in_bulk(rows)
    return [
        ProcessFigures(
            process=processes[pk],
            started=row["started"],
            approved=row["approved"],
            rejected=row["rejected"],
            open=row["open"],
            judged=len(times[pk]),
            median=quantile(times[pk], 0.5),
            ninetieth=quantile(times[pk], 0.9),
            sent_back=row["came_back"] / row["started"],
            steps=tuple(steps.get(pk, ())),
        )
        for pk, row in sorted(rows.items(), key=lambda each: -each[1]["started"])
    ]


def _times(requests: "QuerySet[Request]") -> dict[int, list[int]]:
    """Working minutes from start to end of the newest requests that were decided, in order, for each process."""
    calendar = working_calendar()
    rows = (
        requests.filter(state__in=["approved", "rejected"])
        .order_by("-started_at", "-pk")
        .values_list("process_id", "started_at", "ended_at")[:MOST_TIMED]
    )
    found: dict[int, list[int]] = defaultdict(list)
    for process, started, ended in rows:
        found[process].append(minutes_used(started, ended, calendar=calendar))
    for minutes in found.values():
        minutes.sort()
    return found


def _steps(requests: Any, at: dt.datetime) -> dict[int, list[StepFigures]]:
    """The steps of each process; what is open is late when its time has passed."""
    rows = (
        Task.objects.filter(request__in=requests, kind=TaskKind.NODE)
        .exclude(state=TaskState.DROPPED)
        .exclude(outcome=Outcome.PASSED)
        .order_by("pk")
        .values_list("process_id", "node", "name", "state", "outcome", "minutes", "closed_at", "due_at")[
            :MOST
        ]
    )
    groups: dict[tuple[int, str], list[tuple[str, str, str, int, bool]]] = defaultdict(list)
    for process, node, name, state, outcome, minutes, closed_at, due_at in rows:
        groups[process, node].append((name, state, outcome, minutes, min(closed_at, at) > due_at))
    found: dict[int, list[StepFigures]] = defaultdict(list)
    for (process, node), tasks in groups.items():
        found[process].append(_step(node, tasks))
    return found


def _step(node: str, tasks: Sequence[tuple[str, str, str, int, bool]]) -> StepFigures:
    done = [task for task in tasks if task[1] == TaskState.DONE]
    minutes = sorted(task[3] for task in done)
    judged = sum(task[1] == TaskState.DONE or task[4] for task in tasks)
    return StepFigures(
        node=node,
        name=tasks[-1][0],
        closed=len(done),
        median=quantile(minutes, 0.5),
        ninetieth=quantile(minutes, 0.9),
        sent_back=_share((task[2] == Outcome.SENT_BACK for task in done), len(done)),
        late=_share((task[4] for task in tasks), judged),
        judged=judged,
        open=len(tasks) - len(done),
    )


def _share(hits: Iterable[bool], total: int) -> float:
    return sum(hits) / total if total else 0.0


def quantile(ordered: Sequence[int], share: float) -> int:
    """The smallest value that at least `share` of the values do not exceed (nearest rank); 0 of none."""
    if not ordered:
        return 0
    rank = max(1, -(-len(ordered) * int(share * 100) // 100))
    return ordered[rank - 1]
