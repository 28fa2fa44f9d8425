"""How processes do: cycle times in working hours, who waits, what comes back, what is late.

Each chart and process leads to its requests.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panshi.web.request import PanshiRequest, page
from panshi.workflow.reports import PersonWaiting, ProcessFigures, process_figures, waiting_by_person

PERIODS: Final[tuple[tuple[str, Promise, int], ...]] = (
    ("30", gettext_lazy("近 30 天"), 30),
    ("90", gettext_lazy("近 90 天"), 90),
    ("365", gettext_lazy("近一年"), 365),
)
MOST_BARS: Final = 20


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step as the table shows it; times are working hours."""

    name: str
    closed: int
    median: str
    ninetieth: str
    sent_back: str
    late: str
    open: int


@dataclass(frozen=True, slots=True)
class ProcessLine:
    """One process with its steps and where its requests are; `cycle` is the median and 90 % of their whole time."""

    figures: ProcessFigures
    cycle: tuple[str, str] | None
    sent_back: str
    url: str
    open_url: str
    steps: tuple[StepLine, ...]


@page
def statistics(request: PanshiRequest) -> HttpResponse:
    """Figures over the requests of a period, of every process or one; two charts and the tables behind them."""
    request.viewer.require("processes.view")
    period = request.GET.get("period", "90")
    days = next((length for code, _label, length in PERIODS if code == period), 90)
    since_on = request.on - dt.timedelta(days=days - 1)
    since = timezone.make_aware(dt.datetime.combine(since_on, dt.time.min))
    everything = process_figures(viewer=request.viewer, since=since, until=request.at, at=request.at)
    chosen = request.GET.get("process", "")
    found = [one for one in everything if one.process.key == chosen] or everything
    waiting = waiting_by_person(viewer=request.viewer, at=request.at, on=request.on)
    context: dict[str, Any] = {
        "periods": PERIODS,
        "period": str(days),
        "choices": [(one.process.key, one.process.name) for one in everything],
        "chosen": chosen if len(found) == 1 else "",
        "lines": [_line(one, since_on) for one in found],
        "started": sum(one.started for one in found),
        "open": sum(one.open for one in found),
        "slow": _slowest(found),
        "times": _times_chart(found, since_on),
        "waiting": [(one, _requests(holder=str(one.person_id))) for one in waiting],
        "desks": _desk_chart(waiting),
    }
    return render(request, "workflow/statistics.html", context)


def _requests(**conditions: str) -> str:
    return f"{reverse('workflow:overseen')}?{urlencode(conditions)}"


def _since(process: str, on: dt.date) -> dict[str, str]:
    """The conditions of the list of requests for a process since a day."""
    return {"process": process, "started.from": on.isoformat()}


def _line(one: ProcessFigures, since_on: dt.date) -> ProcessLine:
    key = str(one.process.pk)
    return ProcessLine(
        figures=one,
        cycle=(hours(one.median), hours(one.ninetieth)) if one.judged else None,
        sent_back=share(one.sent_back),
        url=_requests(**_since(key, since_on)),
        open_url=_requests(process=key, state="running"),
        steps=tuple(
            StepLine(
                name=step.name,
                closed=step.closed,
                median=hours(step.median) if step.closed else "–",
                ninetieth=hours(step.ninetieth) if step.closed else "–",
                sent_back=share(step.sent_back) if step.closed else "–",
                late=share(step.late) if step.judged else "–",
                open=step.open,
            )
            for step in one.steps
        ),
    )


def hours(minutes: int) -> str:
    """Working minutes as hours with one decimal."""
    return f"{minutes / 60:,.1f}"


def share(part: float) -> str:
    """A share as a percentage."""
    return f"{part * 100:.0f} %"


def _slowest(found: Sequence[ProcessFigures]) -> tuple[str, str, str] | None:
    """The step with the longest 90 % time: process, step, hours."""
    steps = [
        (step.ninetieth, one.process.name, step.name) for one in found for step in one.steps if step.closed
    ]
    if not steps:
        return None
    minutes, process, step = max(steps)
    return process, step, hours(minutes)


def _times_chart(found: Sequence[ProcessFigures], since_on: dt.date) -> dict[str, Any] | None:
    """Median and 90 % of the slowest steps, each leading to the requests of its process."""
    steps = sorted(
        ((step, one) for one in found for step in one.steps if step.closed),
        key=lambda pair: -pair[0].ninetieth,
    )[:MOST_BARS]
    if not steps:
        return None
    several = len(found) > 1
    return {
        "kind": "bars",
        "lying": True,
        "labels": [f"{one.process.name} · {step.name}" if several else step.name for step, one in steps],
        "series": [
            {"name": _("中位数"), "values": [round(step.median / 60, 1) for step, _one in steps]},
            {"name": _("九成不超过"), "values": [round(step.ninetieth / 60, 1) for step, _one in steps]},
        ],
        "unit": _("工作小时"),
        "links": [_requests(**_since(str(one.process.pk), since_on)) for _step, one in steps],
    }


def _desk_chart(waiting: Sequence[PersonWaiting]) -> dict[str, Any] | None:
    """How much waits on whose desk, the late part apart."""
    if not waiting:
        return None
    first = waiting[:MOST_BARS]
    return {
        "kind": "bars",
        "stacked": True,
        "labels": [one.name for one in first],
        "series": [
            {"name": _("未超期"), "values": [one.open - one.overdue for one in first]},
            {"name": _("已超期"), "values": [one.overdue for one in first]},
        ],
        "unit": _("项"),
        "links": [_requests(holder=str(one.person_id)) for one in first],
    }
