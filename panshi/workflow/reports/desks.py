"""Whose desk open tasks lie on: by name, or through a role; what several people share lies on each of their desks
until one of them takes it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, Min, Q, QuerySet

from panshi.ground.base.viewer import Viewer, keys_of
from panshi.ground.identity.models import Assignment
from panshi.ground.identity.reports import names_of
from panshi.workflow.models import Request, Seat, SeatState, Task, TaskState

OVERSEE: Final = "processes.view"


@dataclass(frozen=True, slots=True)
class PersonWaiting:
    """How many open tasks one person could act on, how many of them others could as well, how many are late, and since
    when the oldest waits."""

    person_id: int
    name: str
    open: int
    shared: int
    overdue: int
    oldest: dt.datetime


@dataclass(slots=True)
class _Desk:
    """Counts while they are added up."""

    open: int
    shared: int
    overdue: int
    oldest: dt.datetime


def waiting_by_person(*, viewer: Viewer, at: dt.datetime, on: dt.date, most: int = 50) -> list[PersonWaiting]:
    """Who has how many open tasks of the requests the viewer may oversee, the fullest desk first; three queries."""
    viewer.require(OVERSEE)
    requests = Request.objects.visible_to(viewer, OVERSEE).open().order_by().values("pk")
    rows = list(
        Seat.objects.filter(request__in=requests, state=SeatState.OPEN, task__state=TaskState.OPEN)
        .order_by()
        .values("person_id", "role", "unit_id", "task__claimed_by_id", "task__barred_id")
        .annotate(
            open=Count("task", distinct=True),
            overdue=Count("task", filter=Q(task__due_at__lt=at), distinct=True),
            oldest=Min("task__opened_at"),
        )
    )
    behind = _people_of({row["role"] for row in rows if row["role"]}, on=on)
    desks: dict[int, _Desk] = {}
    for row in rows:
        people = _able(row, behind)
        for person in people:
            _add(desks, person, row, shared=len(people) > 1)
    first = sorted(desks, key=lambda person: (-desks[person].open, person))[:most]
    names = names_of(first)
    return [
        PersonWaiting(
            person,
            names.get(person, ""),
            desks[person].open,
            desks[person].shared,
            desks[person].overdue,
            desks[person].oldest,
        )
        for person in first
    ]


def _people_of(roles: Iterable[str], *, on: dt.date) -> dict[tuple[str, int | None], set[int]]:
    """Who holds each of these roles, in each unit and anywhere."""
    found: dict[tuple[str, int | None], set[int]] = defaultdict(set)
    held = Assignment.objects.valid(on).filter(role__in=sorted(roles), person__is_active=True)
    for person, role, unit in held.values_list("person_id", "role", "unit_id"):
        found[role, unit].add(person)
        found[role, None].add(person)
    return found


def _able(row: Mapping[str, Any], behind: Mapping[tuple[str, int | None], set[int]]) -> Sequence[int]:
    """The people who could act from a seat: whoever took the task, otherwise all behind it who are not barred."""
    named = row["person_id"]
    people = {named} if named is not None else behind.get((row["role"], row["unit_id"]), set())
    if row["task__claimed_by_id"] is not None:
        people = people & {row["task__claimed_by_id"]}
    return sorted(people - {row["task__barred_id"]})


def _add(desks: dict[int, _Desk], person: int, row: Mapping[str, Any], *, shared: bool) -> None:
    desk = desks.setdefault(person, _Desk(0, 0, 0, row["oldest"]))
    desk.open += row["open"]
    desk.shared += row["open"] if shared else 0
    desk.overdue += row["overdue"]
    desk.oldest = min(desk.oldest, row["oldest"])


def waiting_at(person_id: int | None, *, on: dt.date) -> "QuerySet[Any]":
    """Keys of the requests with an open task a person could act on; for None those in the administrator's queue.

    The caller narrows the requests themselves to what its viewer may see.
    """
    if person_id is None:
        queued: QuerySet[Any] = Task.objects.open().filter(queued=True).values("request_id")
        return queued
    held = Assignment.objects.valid(on).filter(person_id=person_id).values_list("role", "unit_id")
    seats: QuerySet[Any] = (
        Seat.objects.filter(
            Q(task__claimed_by=None) | Q(task__claimed_by_id=person_id),
            Q(task__barred=None) | ~Q(task__barred_id=person_id),
            key__in=keys_of(person_id, held),
            state=SeatState.OPEN,
            task__state=TaskState.OPEN,
        )
        .order_by()
        .values("request_id")
    )
    return seats
