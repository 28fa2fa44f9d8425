"""Whoever leaves while a task waits for them: it reaches the administrator's queue, and comes off it again when
somebody holds the role anew."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import Assignment, Person
from panshi.workflow.models import ActKind, Seat, SeatState, Task, TaskState
from panshi.workflow.models.requests import OPEN_STATES
from panshi.workflow.services.course import Course
from panshi.workflow.services.opening import queue_task
from panshi.workflow.services.talking import people_at

Place = tuple[int | None, str, int | None]
"""A person, or a role in a unit (anywhere, without a unit)."""


@transaction.atomic
def queue_orphans(*, by: Viewer, at: dt.datetime) -> int:
    """Put tasks whose people have all left into the administrator's queue, and take back those somebody can do again;
    answers how many were put there. Asks for places and not for tasks, so it may run every minute."""
    on = timezone.localdate(at)
    for task in _claimed_by_who_left():
        course = Course.locked(task.request_id, by=by, at=at)
        course.act(ActKind.RELEASED, task=task, person_id=None, target_id=task.claimed_by_id)
        Task.objects.filter(pk=task.pk, claimed_by=task.claimed_by_id).update(claimed_by=None)
    found = 0
    for task_id, request_id in _orphans(on):
        course = Course.locked(request_id, by=by, at=at, ended=True)
        fresh = Task.objects.get(pk=task_id)
        fresh.request, fresh.process = course.request, course.request.process
        if fresh.state == TaskState.OPEN and not fresh.queued and not people_at(fresh, on=on):
            queue_task(course, fresh)
            found += 1
    _take_back(on)
    return found


def _claimed_by_who_left() -> list[Task]:
    rows = Task.objects.open().filter(claimed_by__is_active=False, request__state__in=OPEN_STATES)
    return list(rows.order_by("request_id", "pk"))


def _orphans(on: dt.date) -> list[tuple[int, int]]:
    """Tasks (with their requests) one of whose open places nobody holds, or only whoever is barred from the task."""
    places = set(
        Seat.objects.filter(state=SeatState.OPEN, task__state=TaskState.OPEN, task__queued=False)
        .order_by()
        .values_list("person_id", "role", "unit_id")
        .distinct()
    )
    held = _held(places, on)
    rows = Task.objects.open().filter(queued=False, request__state__in=OPEN_STATES)
    found: dict[int, int] = {}
    for place in places:
        holders = held[place]
        if len(holders) > 1:
            continue
        at_place = rows.filter(
            seats__state=SeatState.OPEN,
            seats__person_id=place[0],
            seats__role=place[1],
            seats__unit_id=place[2],
        )
        if holders:
            at_place = at_place.filter(barred_id__in=holders)
        found |= dict(at_place.values_list("pk", "request_id"))
    return sorted(found.items(), key=lambda pair: (pair[1], pair[0]))


def _held(places: Iterable[Place], on: dt.date) -> dict[Place, set[int]]:
    """Who holds each place on a day; two queries."""
    wanted = set(places)
    active = set(
        Person.objects.active().filter(pk__in={place[0] for place in wanted}).values_list("pk", flat=True)
    )
    by_role: dict[tuple[str, int | None], set[int]] = defaultdict(set)
    rows = Assignment.objects.valid(on).filter(
        role__in={place[1] for place in wanted if place[0] is None}, person__is_active=True
    )
    for person, role, unit in rows.values_list("person_id", "role", "unit_id"):
        by_role[role, unit].add(person)
        by_role[role, None].add(person)
    return {
        place: by_role[place[1], place[2]] if place[0] is None else {place[0]} & active for place in wanted
    }


def _take_back(on: dt.date) -> None:
    """Tasks that waited in the queue although a place of theirs is held again."""
    rows = Task.objects.open().filter(Q(queued=True), seats__state=SeatState.OPEN).distinct()
    held = [task.pk for task in rows if people_at(task, on=on)]
    if held:
        Task.objects.filter(pk__in=held).update(queued=False)
