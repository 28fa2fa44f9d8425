"""What the clock does: fire what fell due, once, however long nobody looked; remind, escalate, decide when told to."""

import datetime as dt
import logging
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from panshi.ground.base.viewer import Viewer
from panshi.ground.settings.reports import value
from panshi.workflow import events
from panshi.workflow.clock import aware, local
from panshi.workflow.models import (
    ActKind,
    Origin,
    Outcome,
    Performed,
    Seat,
    SeatState,
    Task,
    TaskState,
    Timer,
    TimerKind,
)
from panshi.workflow.outline import rules_of
from panshi.workflow.roles import Place
from panshi.workflow.services.acting import settle
from panshi.workflow.services.carrying import Done, carry_on
from panshi.workflow.services.course import CannotChangeEnded, Course
from panshi.workflow.services.opening import announce, new_seat, queue_task
from panshi.workflow.services.talking import people_at

log = logging.getLogger(__name__)

AT_ONCE: Final = 200
"""Timers fired in one look; the next look takes the rest."""


def fire_due(*, by: Viewer, at: dt.datetime) -> int:
    """Fire every timer that fell due, each in a transaction of its own; answers how many.

    One that fails is left for the next look and hinders no other.
    """
    fired = 0
    for timer_id in list(
        Timer.objects.due(at).order_by("due_at", "pk").values_list("pk", flat=True)[:AT_ONCE]
    ):
        try:
            fired += fire_timer(timer_id=timer_id, by=by, at=at)
        except Exception:
            log.exception("timer %s could not be fired", timer_id)
    return fired


@transaction.atomic
def fire_timer(*, timer_id: int, by: Viewer, at: dt.datetime) -> bool:
    """Fire one timer if it is still open and due; the lock of its request decides between two who try."""
    request_id = Timer.objects.filter(pk=timer_id).values_list("request_id", flat=True).first()
    if request_id is None:
        return False
    try:
        course = Course.locked(request_id, by=by, at=at)
    except CannotChangeEnded:
        Timer.objects.filter(pk=timer_id).update(open=False)
        return False
    timer = Timer.objects.due(at).select_related("task").filter(pk=timer_id).first()
    if timer is None:
        return False
    timer.open, timer.fired_at = False, at
    timer.save(update_fields=["open", "fired_at"])
    if timer.kind in (TimerKind.TIMER, TimerKind.DEADLINE):
        _of_drawing(course, timer)
    elif timer.task is not None and timer.task.state == TaskState.OPEN:
        _of_task(course, timer, timer.task)
    course.record(events.TIMER_FIRED, timer=str(timer.kind), node=timer.node, task_id=timer.task_id)
    return True


def _of_drawing(course: Course, timer: Timer) -> None:
    """A timer or deadline the process was drawn with: the engine goes on from it."""
    node = course.drawing.node(timer.node)
    if timer.kind == TimerKind.TIMER:
        Performed.objects.update_or_create(
            request=course.request,
            node=node.id,
            defaults={"action": "timer", "cycle": course.request.cycle, "at": course.at},
        )
    course.act(ActKind.TIMED_OUT, person_id=None, node=node.id, node_name=node.name)
    carry_on(course, [Done(timer.waiting, fired=True)])


def _of_task(course: Course, timer: Timer, task: Task) -> None:
    """A task's own deadline."""
    task.request, task.process = course.request, course.request.process
    due = f"{timezone.localtime(task.due_at):%Y-%m-%d %H:%M}"
    people = people_at(task, on=course.on)
    people |= set(course.substitutes(people))
    if timer.kind == TimerKind.REMIND:
        course.tell(events.TOLD_DUE, people, node=task.name, due=due)
        return
    rules = rules_of(course.drawing, course.drawing.node(task.node))
    match rules.overdue:
        case "escalate":
            _escalate(course, task)
        case "approve" | "reject":
            agreed = rules.overdue == "approve"
            course.act(
                ActKind.TIMED_OUT,
                task=task,
                person_id=None,
                text=_("到期自动通过") if agreed else _("到期自动驳回"),
            )
            settle(course, task, Outcome.APPROVED if agreed else Outcome.REJECTED)
        case _:
            course.act(ActKind.REMINDED, task=task, person_id=None)
            course.tell(events.TOLD_OVERDUE, people, node=task.name, due=due)
            if rules.overdue == "remind" and timer.number < value("processes.reminders"):
                again = course.calendar.after_days(local(course.at), 1)
                Timer.objects.create(
                    request=course.request,
                    task=task,
                    kind=TimerKind.OVERDUE,
                    node=task.node,
                    number=timer.number + 1,
                    due_at=aware(again.at),
                    provisional=again.provisional,
                )


def _escalate(course: Course, task: Task) -> None:
    """Hand every open seat to the superior of whoever sits there; without one to the administrator's queue."""
    above: dict[str, Place] = {}
    seats = list(Seat.objects.filter(task=task, state=SeatState.OPEN).order_by("pk"))
    for seat in seats:
        place = (
            course.staffing.superior(seat.person_id, course.staffing.unit_of(seat.person_id), "escalated")
            if seat.person_id
            else course.staffing.leader_above(seat.role, seat.unit_id)
        )
        if place is None or set(place.holders) <= {task.barred_id}:
            continue
        seat.state = SeatState.HANDED
        seat.save(update_fields=["state"])
        new_seat(task, place, origin=Origin.ESCALATED, parent=seat).save(force_insert=True)
        above[place.key] = place
    task.escalated_at = course.at
    task.claimed_by = None
    task.save(update_fields=["escalated_at", "claimed_by"])
    course.act(ActKind.ESCALATED, task=task, person_id=None)
    course.record(events.ESCALATED, task_id=task.pk, node=task.node)
    if not above:
        queue_task(course, task)
        return
    people = {pk for place in above.values() for pk in place.holders} - {task.barred_id or 0}
    announce(course, task, people, keys=above)
    course.tell(events.TOLD_ESCALATED, people, node=task.name)
