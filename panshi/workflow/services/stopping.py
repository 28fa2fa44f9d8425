"""What takes a request off its way or puts it back on: withdraw, cancel, run a refused decision again, give up, mend a
stuck request, move it to the version in use, find somebody for a task nobody has."""

import datetime as dt
from collections.abc import Iterable
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from panshi.engines.process import Waiting
from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer, person_key
from panshi.ground.identity.models import Person
from panshi.workflow import events
from panshi.workflow.models import (
    ActKind,
    Origin,
    Outcome,
    ProcessVersion,
    Request,
    RequestState,
    Return,
    Seat,
    SeatState,
    Task,
    TaskKind,
    TaskState,
    VersionState,
)
from panshi.workflow.services.acting import cut
from panshi.workflow.services.carrying import Done, carry_on, perform
from panshi.workflow.services.course import Course
from panshi.workflow.services.ending import close, decide
from panshi.workflow.services.holding import hold
from panshi.workflow.services.opening import announce
from panshi.workflow.services.returning import start_over
from panshi.workflow.ways import ways_at

MANAGE: Final = "processes.manage"


class CannotWithdraw(Refused):
    """Only its applicant may take a request back, and only while it runs."""


@transaction.atomic
def withdraw(*, request: Request, remark: str = "", by: Viewer, at: dt.datetime) -> Request:
    """Take one's own request back while it has not ended; nobody has to act on it any more."""
    course = Course.locked(request.pk, by=by, at=at)
    if by.person_id != course.request.applicant_id:
        raise CannotWithdraw(_("只有申请人可以撤回。"))
    course.act(ActKind.WITHDRAWN, text=cut(remark))
    course.record(events.WITHDRAWN)
    _stop(course, RequestState.WITHDRAWN, cut(remark))
    return course.request


def _stop(course: Course, state: RequestState, remark: str) -> None:
    course.run.cancel()
    course.request.outcome = str(state)
    close(course, state, text=remark)
    course.save()


class CannotCancelRequest(Refused):
    """Ending somebody's request wants a reason."""


@transaction.atomic
def cancel_request(*, request: Request, remark: str, by: Viewer, at: dt.datetime) -> Request:
    """End a request that cannot go on, with the reason; for those who manage processes."""
    by.require(MANAGE)
    if not remark.strip():
        raise CannotCancelRequest(_("请填写终止的原因。"), field="remark")
    course = Course.locked(request.pk, by=by, at=at)
    course.act(ActKind.CANCELLED, text=cut(remark))
    course.record(events.CANCELLED)
    _stop(course, RequestState.CANCELLED, cut(remark))
    return course.request


class CannotRepeat(Refused):
    """There is no refused decision here."""


@transaction.atomic
def repeat_decision(*, task: Task, remark: str = "", by: Viewer, at: dt.datetime) -> Request:
    """Run a refused decision or action again, after the world was put right; refused again it comes back again."""
    held = hold(asked=task, by=by, at=at)
    course, row = held.course, held.task
    if row.kind != TaskKind.REFUSED:
        raise CannotRepeat(_("此任务没有被退回的决定。"))
    course.act(ActKind.REPEATED, task=row, text=cut(remark), acted_for_id=held.acted_for)
    course.close_task(row, Outcome.REPEATED)
    course.request.state, course.request.remark = RequestState.RUNNING, ""
    if not row.waiting:
        decide(course)
        course.save()
        return course.request
    found = perform(course, Waiting(row.waiting, row.node, "service"))
    if found is None:
        course.save()
    else:
        carry_on(course, [Done(row.waiting, found)])
    return course.request


class CannotGiveUp(Refused):
    """There is nothing to give up, or the reason is missing."""


@transaction.atomic
def give_up(*, task: Task, remark: str, by: Viewer, at: dt.datetime) -> Request:
    """End a request whose decision was refused without it, with the reason."""
    held = hold(asked=task, by=by, at=at)
    if held.task.kind not in (TaskKind.REFUSED, TaskKind.REVISE):
        raise CannotGiveUp(_("此任务不能这样处理。"))
    if not remark.strip():
        raise CannotGiveUp(_("请填写原因。"), field="remark")
    held.course.act(ActKind.REJECTED, task=held.task, text=cut(remark), acted_for_id=held.acted_for)
    held.course.close_task(held.task, Outcome.REJECTED)
    held.course.record(
        events.REJECTED,
        task_id=held.task.pk,
        node=held.task.node,
        outcome=str(Outcome.REJECTED),
        acted_for_id=held.acted_for,
    )
    _stop(held.course, RequestState.REJECTED, cut(remark))
    return held.course.request


class CannotAssign(Refused):
    """Nobody was chosen, or nobody who can act here."""


@transaction.atomic
def assign_task(*, task: Task, to: Iterable[Person], remark: str = "", by: Viewer, at: dt.datetime) -> Task:
    """Find people for a task nobody can do; for those who manage processes.

    Whoever has a task keeps it: managing processes is no way past an approver. Nor does it make one: nobody puts
    himself into a step of approval, and the applicant chooses nobody for his own request.
    """
    by.require(MANAGE)
    held = hold(asked=task, by=by, at=at, seated=False)
    if not held.task.queued and held.task.kind not in {TaskKind.REFUSED, TaskKind.STUCK}:
        raise CannotAssign(_("这个任务有人在办，不能改派。"))
    barred = {held.task.barred_id}
    if held.task.kind == TaskKind.NODE:
        barred.add(by.person_id)
        if held.course.request.applicant_id == by.person_id:
            raise CannotAssign(_("这是您自己的申请，请由其他流程管理员指派。"))
    people = list(
        Person.objects.active()
        .filter(pk__in=[person.pk for person in to if person.pk not in barred])
        .order_by("pk")
    )
    if not people:
        raise CannotAssign(_("请选择在职且可以审批这份申请的人。"), field="to")
    course = held.course
    Seat.objects.filter(task=held.task, state__in=[SeatState.OPEN, SeatState.HELD]).update(
        state=SeatState.MOOT, outcome=Outcome.MOOT
    )
    Seat.objects.bulk_create(
        [
            Seat(
                request_id=held.task.request_id,
                task=held.task,
                key=person_key(person.pk),
                person=person,
                origin=Origin.ASSIGNED,
            )
            for person in people
        ]
    )
    held.task.queued, held.task.claimed_by = False, None
    held.task.save(update_fields=["queued", "claimed_by"])
    for person in people:
        course.act(ActKind.ASSIGNED, task=held.task, target_id=person.pk, text=cut(remark))
    announce(
        course,
        held.task,
        [person.pk for person in people],
        keys=[person_key(person.pk) for person in people],
    )
    course.record(events.ASSIGNED, task_id=held.task.pk, person_ids=[person.pk for person in people])
    return held.task


class CannotRetry(Refused):
    """The request is not stuck."""


@transaction.atomic
def retry_request(*, request: Request, by: Viewer, at: dt.datetime) -> Request:
    """Try again to go on with a stuck request, after what stopped it was put right."""
    by.require(MANAGE)
    course = Course.locked(request.pk, by=by, at=at)
    stuck = Task.objects.filter(request=request, kind=TaskKind.STUCK, state=TaskState.OPEN).first()
    if stuck is None:
        raise CannotRetry(_("这份申请没有停滞。"))
    course.close_task(stuck, Outcome.REPEATED)
    course.request.state, course.request.remark = RequestState.RUNNING, ""
    course.act(ActKind.REPEATED, task=stuck)
    carry_on(course)
    return course.request


class CannotChooseWay(Refused):
    """The request does not stand before a choice, there is no such way, or the reason is missing."""


@transaction.atomic
def choose_way(*, request: Request, flow: str, remark: str, by: Viewer, at: dt.datetime) -> Request:
    """Send a request that stopped before a choice its conditions cannot make on one of the ways drawn there, with the
    reason. Nobody chooses for a request of their own."""
    by.require(MANAGE)
    if not remark.strip():
        raise CannotChooseWay(_("请填写选择这条路线的原因。"), field="remark")
    course = Course.locked(request.pk, by=by, at=at)
    if course.request.applicant_id == by.person_id:
        raise CannotChooseWay(_("这是您自己的申请，请由其他流程管理员选择。"))
    stuck = Task.objects.filter(request=request, kind=TaskKind.STUCK, state=TaskState.OPEN).first()
    way = (
        next((each for each in ways_at(stuck, course.drawing) if each.flow == flow), None) if stuck else None
    )
    if stuck is None or way is None:
        raise CannotChooseWay(_("没有这条路线。"), field="flow")
    course.close_task(stuck, Outcome.REPEATED)
    course.request.state, course.request.remark = RequestState.RUNNING, ""
    course.act(ActKind.CHOSEN, task=stuck, text=cut(remark), to_name=way.words[:120])
    course.record(events.WAY_CHOSEN, node=stuck.node, flow=flow)
    course.run.choose(stuck.node, flow)
    course.mark()
    carry_on(course)
    return course.request


class CannotMove(Refused):
    """There is no other version to move to."""


@transaction.atomic
def move_request(*, request: Request, remark: str, by: Viewer, at: dt.datetime) -> Request:
    """Move a running request to the version in use, on purpose: opinions given are kept as far as its steps exist there
    and it goes on where it stood."""
    by.require(MANAGE)
    course = Course.locked(request.pk, by=by, at=at)
    row = course.request
    present = ProcessVersion.objects.filter(process=row.process, state=VersionState.PUBLISHED).first()
    if present is None or present.pk == row.definition_id:
        raise CannotMove(_("没有可以换到的新版本。"))
    row.cycle += 1
    for task in Task.objects.filter(request=row, kind=TaskKind.NODE, state=TaskState.OPEN).order_by("pk"):
        Return.objects.create(request=row, task=task, node=task.node, to_node="", cycle=row.cycle, at=at)
    row.definition = present
    row.save(update_fields=["definition"])
    course.act(ActKind.MOVED, text=cut(remark), to_name=str(present.number))
    start_over(course)
    return row
