"""The inbox 待办 · 已办 · 我发起的 · 抄送: query sets for lists, and capped counts for the rail.

A to-do is found by one look into the index of open seats with the keys that name the viewer; whoever stands in for
somebody is found by their keys as well.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from django.db.models import Q, QuerySet

from panshi.ground.base.viewer import Viewer
from panshi.workflow.models import Act, Copy, Request, Seat, SeatState, Task
from panshi.workflow.services.holding import standing_in

CAP: Final = 1000
"""Counts stop here."""


def to_do(*, viewer: Viewer, on: dt.date) -> QuerySet[Task]:
    """The open tasks a viewer may act on on a day, for themselves or for those they stand in for."""
    if viewer.person_id is None:
        none: QuerySet[Task] = Task.objects.none()
        return none
    absent = standing_in(viewer.person_id, on=on)
    seats = Seat.objects.filter(key__in=viewer.keys, state=SeatState.OPEN).values("task_id")
    mine = Q(pk__in=seats)
    for each in absent:
        theirs = Seat.objects.filter(key__in=sorted(each.keys), state=SeatState.OPEN).exclude(
            task__barred_id=each.person_id
        )
        if each.processes:
            theirs = theirs.filter(task__process__key__in=sorted(each.processes))
        mine |= Q(pk__in=theirs.values("task_id"))
    holders = [viewer.person_id, *(each.person_id for each in absent)]
    rows: QuerySet[Task] = Task.objects.open().filter(
        mine,
        Q(claimed_by=None) | Q(claimed_by_id__in=holders),
        Q(barred=None) | ~Q(barred_id=viewer.person_id),
    )
    return rows


def handled(*, viewer: Viewer) -> QuerySet[Act]:
    """What a viewer decided, handed on or handed in again, newest last; each line names its request and task."""
    rows: QuerySet[Act] = Act.objects.handled_by(viewer.person_id or 0)
    return rows


def applied_for(*, viewer: Viewer) -> QuerySet[Request]:
    """The requests a viewer handed in."""
    rows: QuerySet[Request] = Request.objects.of_applicant(viewer.person_id or 0)
    return rows


def copied(*, viewer: Viewer) -> QuerySet[Copy]:
    """What was sent to a viewer for information."""
    rows: QuerySet[Copy] = Copy.objects.visible_to(viewer).filter(person_id=viewer.person_id or 0)
    return rows


def overseen(*, viewer: Viewer) -> QuerySet[Request]:
    """Every request a viewer may see: own ones, those they have or had to do with, those of their units."""
    rows: QuerySet[Request] = Request.objects.visible_to(viewer)
    return rows


@dataclass(frozen=True, slots=True)
class Counts:
    """What the rail shows: at most `CAP` each, `CAP` meaning that many or more."""

    to_do: int
    overdue: int
    returned: int
    unread: int


def counts(*, viewer: Viewer, on: dt.date, at: dt.datetime) -> Counts:
    """To-dos, those overdue, own requests that came back, unread copies; four or five queries however much there is."""
    rows = to_do(viewer=viewer, on=on)
    return Counts(
        to_do=len(rows.order_by().values_list("pk")[:CAP]),
        overdue=len(rows.order_by().filter(due_at__lt=at).values_list("pk")[:CAP]),
        returned=len(applied_for(viewer=viewer).order_by().filter(state="returned").values_list("pk")[:CAP]),
        unread=len(copied(viewer=viewer).order_by().filter(read_at=None).values_list("pk")[:CAP]),
    )
