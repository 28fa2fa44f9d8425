"""Whether somebody may act at a task, and by which seat: their own, a role's, or one they stand in for."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panshi.ground.base.refusals import NotAllowed, Refused
from panshi.ground.base.viewer import Viewer, keys_of
from panshi.ground.identity.models import Assignment
from panshi.ground.identity.reports import names_of
from panshi.workflow.models import Absence, Seat, SeatState, Task, TaskState
from panshi.workflow.services.course import Course

_WAITING: Final[Mapping[str, Promise]] = {
    SeatState.VOTED: gettext_lazy("您已经表过态，正在等待其他人。"),
    SeatState.HANDED: gettext_lazy("您已经转交了此任务。"),
    SeatState.HELD: gettext_lazy("请等待另一位加签的人先表态。"),
}


class CannotAct(Refused):
    """The task is no longer this person's to act on: somebody was faster, or it was taken back."""


class CannotFindTask(NotAllowed):
    """No such task, or none this person has to do with."""


@dataclass(slots=True)
class Held:
    """A task under the lock of its request, with all its seats and the one `by` acts from (for whom, if not their
    own)."""

    course: Course
    task: Task
    seats: list[Seat]
    seat: Seat
    acted_for: int | None = None


@dataclass(frozen=True, slots=True)
class StandingIn:
    """Somebody a person stands in for today: the keys that name them, and the processes it is limited to."""

    person_id: int
    keys: frozenset[str]
    processes: frozenset[str]


def standing_in(person_id: int | None, *, on: dt.date) -> list[StandingIn]:
    """Everybody a person stands in for on a day; one query when it is nobody."""
    if person_id is None:
        return []
    rows = list(Absence.objects.on(on).filter(substitute_id=person_id).order_by("pk"))
    if not rows:
        return []
    seats: dict[int, set[tuple[str, int]]] = {row.person_id: set() for row in rows}
    held = Assignment.objects.valid(on).filter(person_id__in=seats)
    for person, role, unit in held.values_list("person_id", "role", "unit_id"):
        seats[person].add((role, unit))
    return [
        StandingIn(row.person_id, frozenset(keys_of(row.person_id, seats[row.person_id])), row.process_keys)
        for row in rows
    ]


def hold(*, asked: Task, by: Viewer, at: dt.datetime, seated: bool = True) -> Held:
    """Lock the request of a task and find the seat `by` acts from; refuses everything that makes acting impossible.

    Without `seated` an administrator may hold a task at which they have no seat.
    """
    if asked.request_id is None:
        raise CannotFindTask(_("没有这个任务。"))
    course = Course.locked(asked.request_id, by=by, at=at, ended=True)
    task, seats, course.checkpoint = _read(asked)
    task.request, task.process = course.request, course.request.process
    if task.state != TaskState.OPEN:
        raise CannotAct(_already(task, seats))
    found = seat_for(task, seats, by=by, on=course.on)
    if found is None:
        if seated or not by.may("processes.manage"):
            raise _nothing_to_do(task, seats, by)
        return Held(course, task, seats, Seat(task=task))
    seat, acted_for = found
    if task.claimed_by_id not in (None, by.person_id, acted_for):
        name = names_of([task.claimed_by_id]).get(task.claimed_by_id or 0, "")
        raise CannotAct(_("此任务已由%(name)s领取。") % {"name": name})
    return Held(course, task, seats, seat, acted_for)


def _read(asked: Task) -> tuple[Task, list[Seat], str]:
    """A task as it stands now, with all its seats, and the engine's state of its request (empty where nobody sits at
    it). One query after the lock and not with it: what is joined to a locked row may be older than the lock."""
    rows = Seat.objects.filter(task_id=asked.pk, task__request_id=asked.request_id)
    found = list(rows.select_related("task").annotate(run=F("request__run__state")).order_by("pk"))
    state = str(found[0].run or "") if found else ""
    seats: list[Seat] = list(found)
    task = seats[0].task if seats else Task.objects.filter(pk=asked.pk, request_id=asked.request_id).first()
    if task is None:
        raise CannotFindTask(_("没有这个任务。"))
    for seat in seats:
        seat.task = task
    return task, seats, state


def seat_for(task: Task, seats: Iterable[Seat], *, by: Viewer, on: dt.date) -> tuple[Seat, int | None] | None:
    """The open seat a person acts from, their own before one they stand in for; None when there is none."""
    if by.person_id is None or task.barred_id == by.person_id:
        return None
    open_seats = [seat for seat in seats if seat.state == SeatState.OPEN]
    own = set(by.keys)
    direct = sorted((seat for seat in open_seats if seat.key in own), key=lambda seat: seat.person_id is None)
    if direct:
        return direct[0], None
    for absent in standing_in(by.person_id, on=on):
        if absent.person_id == task.barred_id:
            continue
        if absent.processes and task.process.key not in absent.processes:
            continue
        for seat in open_seats:
            if seat.key in absent.keys:
                return seat, absent.person_id
    return None


def _already(task: Task, seats: Iterable[Seat]) -> str:
    """What became of a task that is no longer open."""
    voted = [seat for seat in seats if seat.state == SeatState.VOTED and seat.voted_at is not None]
    last = max(voted, key=lambda seat: (seat.outcome == task.outcome, seat.voted_at), default=None)
    who = last.voted_by_id if last is not None else None
    name = names_of([who]).get(who or 0, "")
    if task.state == TaskState.PAUSED:
        return _("申请已退回申请人修改，此任务暂停。")
    if name:
        return _("此任务已由%(name)s处理（%(outcome)s）。") % {
            "name": name,
            "outcome": task.get_outcome_display(),
        }
    return _("此任务已不需要处理。")


def _nothing_to_do(task: Task, seats: Iterable[Seat], by: Viewer) -> Refused:
    """Why somebody has no seat at an open task."""
    if task.barred_id == by.person_id:
        return CannotAct(_("申请人不能审批自己的申请。"))
    for seat in seats:
        mine = seat.key in by.keys or (by.person_id is not None and seat.voted_by_id == by.person_id)
        if mine and seat.state in _WAITING:
            return CannotAct(str(_WAITING[seat.state]))
    return CannotFindTask(_("这不是您的任务。"))
