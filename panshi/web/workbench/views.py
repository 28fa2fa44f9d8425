"""The workbench: what waits for me today, what runs for me, and what changed among my accounts."""

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from panshi.domains.accounts.models import Account
from panshi.domains.accounts.reports import class_moves
from panshi.domains.accounts.reports.attention import attention_counts
from panshi.domains.accounts.reports.pools.standing import warning_counts
from panshi.domains.people.reports import Due, Reminder, reminders
from panshi.ground.settings.reports import value
from panshi.ground.work.kinds import all_kinds
from panshi.ground.work.models import Job, JobState
from panshi.web.request import PanshiRequest, page

MOST_QUIET = 8
MOST_MOVES = 8
RECENT = dt.timedelta(days=2)
MOST_JOBS = 5
MOST_DUE = 100
SHOWN_DUE = 10


@page
def home(request: PanshiRequest) -> HttpResponse:
    """The first page of the day."""
    context: dict[str, Any] = {"jobs": recent_jobs(request), "day": request.on}
    if request.viewer.may("accounts.view"):
        context |= _accounts(request)
    return render(request, "workbench/home.html", context)


def _accounts(request: PanshiRequest) -> dict[str, Any]:
    """Whom to contact, who is quiet, who moved class: of my own accounts, or of all I see where I own none."""
    me = request.viewer.person_id or 0
    visible = Account.objects.visible_to(request.viewer).standing()
    owns = visible.owned_by(me).exists()
    due = reminders(viewer=request.viewer, on=request.on, owner_id=me if owns else None)
    since = request.on - dt.timedelta(days=value("accounts.silent_days"))
    quiet = (visible.owned_by(me) if owns else visible).filter(
        last_contact_on__lt=since, next_contact_on__gt=request.on
    )
    columns = ("pk", "name", "abc_class", "last_contact_on")
    return {
        "groups": _by_due(due),
        "quiet": list(quiet.order_by("-sales_12m", "-pk").values(*columns)[:MOST_QUIET]),
        "moves": _moves(request),
        "pool_warnings": warning_counts(viewer=request.viewer, on=request.on),
        "attention": attention_counts(viewer=request.viewer, on=request.on),
        "complete_share": value("accounts.complete_share"),
        "owns": owns,
        "may_log": request.viewer.may("people.edit"),
    }


def _by_due(due: list[Reminder]) -> list[tuple[Due, list[Reminder], str]]:
    """Overdue, today and coming, the first of each, with how many there are (the report ends at 100)."""
    groups = [(kind, [each for each in due if each.due is kind]) for kind in Due]
    ends = len(due) >= MOST_DUE
    return [
        (kind, found[:SHOWN_DUE], f"{len(found)}+" if ends and found[-1] is due[-1] else str(len(found)))
        for kind, found in groups
        if found
    ]


def _moves(request: PanshiRequest) -> list[Any]:
    """Class moves of my accounts; of everybody's I see, where I own none."""
    if not request.viewer.may("analysis.view"):
        return []
    own = class_moves(viewer=request.viewer, owner_id=request.viewer.person_id, limit=MOST_MOVES)
    return own or class_moves(viewer=request.viewer, limit=MOST_MOVES)


@page
def jobs(request: PanshiRequest) -> HttpResponse:
    """My running work, as the part of the workbench that refreshes itself."""
    return render(request, "workbench/jobs.html", {"jobs": recent_jobs(request)})


def recent_jobs(request: PanshiRequest) -> list[dict[str, Any]]:
    """My jobs that are open or ended lately, newest first, in words."""
    rows = Job.objects.visible_to(request.viewer).filter(asked_by_id=request.viewer.person_id)
    found = rows.filter(asked_at__gte=request.at - RECENT).order_by("-pk")[:MOST_JOBS]
    kinds = all_kinds()
    return [
        {
            "pk": job.pk,
            "title": kinds[job.kind].title if job.kind in kinds else job.kind,
            "state": JobState(job.state).label,
            "tone": {JobState.DONE: "good", JobState.FAILED: "bad", JobState.RUNNING: "info"}.get(
                JobState(job.state), ""
            ),
            "open": job.state in {JobState.WAITING, JobState.RUNNING},
            "share": job.done / job.total if job.total else None,
            "step": gettext(said)
            if (said := job.error or job.step)
            else "",  # kept in the language of the source
            "at": job.finished_at or job.asked_at,
        }
        for job in found
    ]
