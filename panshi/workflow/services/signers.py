"""Who acts at a task, changed by those who sit at it: hand on, ask another signer, take one of several, put it back."""

import datetime as dt
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer, person_key
from panshi.ground.identity.models import Person
from panshi.workflow import events
from panshi.workflow.models import ActKind, Origin, Seat, SeatState, Task, TaskKind
from panshi.workflow.outline import rules_of
from panshi.workflow.services.acting import cut
from panshi.workflow.services.holding import Held, hold
from panshi.workflow.services.opening import announce

PLACES: Final = ("before", "after")


class CannotDelegate(Refused):
    """The task cannot be handed on, or not to this person."""


@transaction.atomic
def delegate(*, task: Task, to: Person, remark: str = "", by: Viewer, at: dt.datetime) -> Task:
    """Hand one's seat on to somebody else, whose voice then counts instead."""
    held = hold(asked=task, by=by, at=at)
    if held.task.kind == TaskKind.NODE and not _rules_allow(held):
        raise CannotDelegate(_("流程规定此步骤不能转交。"))
    if problem := _unfit(held, to):
        raise CannotDelegate(problem, field="to")
    held.seat.state = SeatState.HANDED
    held.seat.voted_by_id, held.seat.voted_at = by.person_id, at
    held.seat.save(update_fields=["state", "voted_by", "voted_at"])
    _seat(held, to, Origin.DELEGATED, SeatState.OPEN)
    _free(held)
    held.course.act(
        ActKind.DELEGATED,
        task=held.task,
        target_id=to.pk,
        text=cut(remark),
        acted_for_id=held.acted_for,
    )
    announce(held.course, held.task, [to.pk], keys=[person_key(to.pk)])
    held.course.record(events.DELEGATED, task_id=held.task.pk, to_id=to.pk)
    return held.task


class CannotAddSigner(Refused):
    """This person cannot sign here as well."""


@transaction.atomic
def add_signer(
    *, task: Task, signer: Person, place: str, remark: str = "", by: Viewer, at: dt.datetime
) -> Task:
    """Ask another signer: `before` one's own opinion (the asker then decides), or `after` it (both must agree)."""
    held = hold(asked=task, by=by, at=at)
    if held.task.kind != TaskKind.NODE:
        raise CannotAddSigner(_("此任务不能加签。"))
    if place not in PLACES:
        raise CannotAddSigner(_("请选择前加签或后加签。"), field="place")
    if problem := _unfit(held, signer):
        raise CannotAddSigner(problem, field="signer")
    before = place == "before"
    if before:
        held.seat.state = SeatState.HELD
        held.seat.save(update_fields=["state"])
        _free(held)
    _seat(
        held,
        signer,
        Origin.ADDED_BEFORE if before else Origin.ADDED_AFTER,
        SeatState.OPEN if before else SeatState.HELD,
    )
    held.course.act(
        ActKind.ADDED_BEFORE if before else ActKind.ADDED_AFTER,
        task=held.task,
        target_id=signer.pk,
        text=cut(remark),
        acted_for_id=held.acted_for,
    )
    if before:
        announce(held.course, held.task, [signer.pk], keys=[person_key(signer.pk)])
    held.course.record(events.SIGNER_ADDED, task_id=held.task.pk, to_id=signer.pk, place=place)
    return held.task


class CannotClaim(Refused):
    """There is nothing to take: the task has one person, or somebody has it."""


@transaction.atomic
def claim(*, task: Task, by: Viewer, at: dt.datetime) -> Task:
    """Take a task that several people could do; the others then leave it alone."""
    held = hold(asked=task, by=by, at=at)
    if held.task.claimed_by_id is not None:
        raise CannotClaim(_("您已经领取了此任务。"))
    if held.seat.person_id is not None and sum(seat.state == SeatState.OPEN for seat in held.seats) == 1:
        raise CannotClaim(_("此任务只有您一个人处理，不需要领取。"))
    held.task.claimed_by_id = by.person_id
    held.task.save(update_fields=["claimed_by"])
    held.course.act(ActKind.CLAIMED, task=held.task)
    held.course.record(events.CLAIMED, task_id=held.task.pk, released=False)
    return held.task


class CannotRelease(Refused):
    """Somebody else has the task, or nobody."""


@transaction.atomic
def release(*, task: Task, by: Viewer, at: dt.datetime) -> Task:
    """Put a task that was taken back for the others."""
    held = hold(asked=task, by=by, at=at)
    if held.task.claimed_by_id is None:
        raise CannotRelease(_("此任务没有被领取。"))
    held.task.claimed_by = None
    held.task.save(update_fields=["claimed_by"])
    held.course.act(ActKind.RELEASED, task=held.task)
    held.course.record(events.CLAIMED, task_id=held.task.pk, released=True)
    return held.task


def _free(held: Held) -> None:
    """Nobody has taken the task any more: another person is asked."""
    if held.task.claimed_by_id is not None:
        held.task.claimed_by = None
        held.task.save(update_fields=["claimed_by"])


def _rules_allow(held: Held) -> bool:
    return rules_of(held.course.drawing, held.course.drawing.node(held.task.node)).delegate


def _unfit(held: Held, person: Person) -> str:
    """Why somebody cannot get a seat at this task, or nothing."""
    if not Person.objects.active().filter(pk=person.pk).exists():
        return _("此人已停用。")
    if person.pk == held.course.person_id:
        return _("请选择其他人。")
    if person.pk == held.task.barred_id:
        return _("申请人不能审批自己的申请。")
    open_seats = [seat for seat in held.seats if seat.state in (SeatState.OPEN, SeatState.HELD)]
    if any(seat.person_id == person.pk for seat in open_seats):
        return _("此人已在这一步的处理人之中。")
    return ""


def _seat(held: Held, person: Person, origin: str, state: str) -> Seat:
    """Store a seat that hangs from the one acted from."""
    seat = Seat.objects.create(
        request_id=held.task.request_id,
        task=held.task,
        key=person_key(person.pk),
        person=person,
        state=state,
        origin=origin,
        parent=held.seat,
    )
    held.seats.append(seat)
    return seat
