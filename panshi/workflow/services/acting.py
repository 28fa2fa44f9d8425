"""Acting on a task: agree, turn down, agree to many at once. Whoever comes second is told; nothing happens twice."""

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from panshi.engines.process import Plain
from panshi.ground.audit.kinds import EventKind
from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer
from panshi.workflow import events
from panshi.workflow.forms import clean_values, missing, modes
from panshi.workflow.models import (
    Act,
    ActKind,
    Origin,
    Outcome,
    RequestState,
    Seat,
    SeatState,
    Task,
    TaskKind,
    ValueChange,
)
from panshi.workflow.outline import TaskRules, rules_of
from panshi.workflow.references import naming_problems
from panshi.workflow.roles import holders_of
from panshi.workflow.services.carrying import Done, carry_on
from panshi.workflow.services.course import Course
from panshi.workflow.services.ending import close
from panshi.workflow.services.holding import Held, hold
from panshi.workflow.services.opening import announce
from panshi.workflow.services.revising import back_to_applicant
from panshi.workflow.votes import verdict

LONGEST_REMARK: Final = 2000


class CannotApprove(Refused):
    """The step wants something that is missing: an opinion, a field of the form."""


@transaction.atomic
def approve(
    *,
    task: Task,
    remark: str = "",
    values: Mapping[str, Any] | None = None,
    by: Viewer,
    at: dt.datetime,
) -> Task:
    """Agree, or say that work is done; the form's fields the step may write come in `values`."""
    held = hold(asked=task, by=by, at=at)
    rules = _rules(held)
    if rules.comment == "always" and not remark.strip():
        raise CannotApprove(_("此步骤必须填写意见。"), field="remark")
    changed = fill(held.course, values or {}, rules)
    said: dict[str, Any] = {"task": held.task, "text": cut(remark), "acted_for_id": held.acted_for}
    with held.course.gathering():
        if changed:
            keep_changes(held.course, held.course.numbered_act(ActKind.APPROVED, **said), changed)
        else:
            held.course.act(ActKind.APPROVED, **said)
        _vote(held, Outcome.APPROVED)
        _record(held, events.APPROVED)
    return held.task


def _record(held: Held, kind: EventKind) -> None:
    """The event of a voice; `outcome` says what it made of the task."""
    held.course.record(
        kind,
        task_id=held.task.pk,
        node=held.task.node,
        outcome=held.task.outcome,
        acted_for_id=held.acted_for,
    )


class CannotReject(Refused):
    """Turning down wants a reason."""


@transaction.atomic
def reject(*, task: Task, remark: str, by: Viewer, at: dt.datetime) -> Task:
    """Turn down, with the reason. What follows is the definition's: the request ends, goes back to its applicant, or
    takes the way drawn for it."""
    held = hold(asked=task, by=by, at=at)
    rules = _rules(held)
    if not remark.strip():
        raise CannotReject(_("请填写驳回的原因。"), field="remark")
    if rules.kind == "do":
        raise CannotReject(_("此步骤不是审批，不能驳回；可以退回。"))
    with held.course.gathering():
        held.course.act(ActKind.REJECTED, task=held.task, text=cut(remark), acted_for_id=held.acted_for)
        held.course.request.remark = cut(remark)
        _vote(held, Outcome.REJECTED)
        _record(held, events.REJECTED)
    return held.task


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one task of many: `problem` is empty where it was agreed to."""

    task_id: int
    problem: str = ""


@transaction.atomic
def approve_many(
    *, tasks: Iterable[Task], remark: str = "", by: Viewer, at: dt.datetime
) -> tuple[Answer, ...]:
    """Agree to many tasks, each for itself: one that cannot be agreed to is reported and hinders no other."""
    answers = []
    for task in sorted(tasks, key=lambda each: (each.request_id, each.pk)):
        try:
            with transaction.atomic():
                approve(task=task, remark=remark, by=by, at=at)
        except Refused as refusal:
            answers.append(Answer(task.pk, refusal.message))
        else:
            answers.append(Answer(task.pk))
    return tuple(answers)


class CannotFillForm(Refused):
    """Fields of the form are wrong or missing."""


def fill(course: Course, given: Mapping[str, Any], rules: TaskRules) -> dict[str, tuple[Plain, Plain]]:
    """Take over what a step writes into the form; answers what changed, before and after."""
    if not given and not rules.fields:
        return {}
    allowed = modes(course.form, rules.fields, first=False)
    values, errors = clean_values(course.form, given, allowed=allowed)
    return store(course, values, errors | _empty(course, values, allowed, errors))


def _empty(
    course: Course, values: Mapping[str, Plain], allowed: Mapping[str, str], errors: Mapping[str, str]
) -> dict[str, str]:
    found = missing(course.form, course.values | dict(values), allowed=allowed)
    return {name: words for name, words in found.items() if name not in errors}


def store(
    course: Course, values: Mapping[str, Plain], errors: Mapping[str, str]
) -> dict[str, tuple[Plain, Plain]]:
    """Keep cleaned values; refuses all of them when one is wrong."""
    before = course.values
    changed = {name: (before.get(name), value) for name, value in values.items() if before.get(name) != value}
    wrong = dict(errors) | naming_problems(
        course.form,
        {name: after for name, (_before, after) in changed.items()},
        drawing=course.drawing,
        applicant_id=course.request.applicant_id,
        by=course.by,
    )
    if wrong:
        raise CannotFillForm(next(iter(wrong.values())), errors=wrong)
    if changed:
        course.request.values = json.dumps(before | dict(values), ensure_ascii=False)
        course.request.save(update_fields=["values"])
    return changed


def keep_changes(course: Course, act: Act, changed: Mapping[str, tuple[Plain, Plain]]) -> None:
    """The history of the form: what an act changed."""
    ValueChange.objects.bulk_create(
        [
            ValueChange(request=course.request, act=act, field=name, before=_text(before), after=_text(after))
            for name, (before, after) in changed.items()
        ]
    )


def _text(value: Plain) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def cut(remark: str) -> str:
    """A remark without the space around it, as long as remarks may be."""
    return remark.strip()[:LONGEST_REMARK]


class CannotDecideHere(Refused):
    """This task is none of those that are agreed to or turned down."""


def _rules(held: Held) -> TaskRules:
    """The rules of the task's node."""
    if held.task.kind != TaskKind.NODE:
        raise CannotDecideHere(_("此任务不能这样处理。"))
    return rules_of(held.course.drawing, held.course.drawing.node(held.task.node))


def vote_of(held: Held, outcome: str) -> None:
    """Write down what a seat says, and let those speak who waited for it."""
    seat, course = held.seat, held.course
    seat.state, seat.outcome = SeatState.VOTED, outcome
    seat.voted_by_id, seat.acted_for_id, seat.voted_at = course.person_id, held.acted_for, course.at
    course.change(seat, "state", "outcome", "voted_by", "acted_for", "voted_at")
    children = [each for each in held.seats if each.parent_id == seat.pk and each.state == SeatState.HELD]
    if outcome == Outcome.APPROVED and children:
        _open(held, children)
    if seat.origin == Origin.ADDED_BEFORE:
        asker = next(each for each in held.seats if each.pk == seat.parent_id)
        waited_for = [
            each
            for each in held.seats
            if each.parent_id == asker.pk
            and each.origin == Origin.ADDED_BEFORE
            and each.state in (SeatState.OPEN, SeatState.HELD)
        ]
        if asker.state == SeatState.HELD and not waited_for:
            _open(held, [asker])


def _open(held: Held, seats: Iterable[Seat]) -> None:
    """Let held seats speak."""
    rows = list(seats)
    for seat in rows:
        seat.state = SeatState.OPEN
        held.course.change(seat, "state")
    people = holders_of([(seat.person_id, seat.role, seat.unit_id) for seat in rows], on=held.course.on) - {
        held.task.barred_id
    }
    announce(held.course, held.task, people, keys={seat.key for seat in rows})


def _vote(held: Held, outcome: str) -> None:
    """Count the voice; when it decides, close the task and carry the request on."""
    vote_of(held, outcome)
    task, course = held.task, held.course
    found = verdict(held.seats, sign=task.sign, percent=task.percent)
    if not found:
        course.save()
        return
    settle(course, task, found, seats=held.seats)


def settle(course: Course, task: Task, found: str, *, seats: Iterable[Seat] | None = None) -> None:
    """A task is decided: agreed to it goes on; turned down it ends, goes back, or takes the way drawn for it."""
    rules = rules_of(course.drawing, course.drawing.node(task.node))
    course.close_task(task, found, seats=seats)
    if course.request.state == RequestState.STUCK and not _waits_for_mending(course):
        course.request.state = RequestState.RUNNING
    if found == Outcome.REJECTED and rules.reject == "end":
        course.run.cancel()
        course.request.outcome = "rejected"
        close(course, RequestState.REJECTED, text=course.request.remark)
        course.save()
        return
    if found == Outcome.REJECTED and rules.reject == "return":
        course.request.cycle += 1
        back_to_applicant(course, task, straight=False, remark=course.request.remark)
        course.save()
        return
    carry_on(course, [Done(task.waiting, {"outcome": str(found)})])


def _waits_for_mending(course: Course) -> bool:
    """Whether another branch waits for somebody to handle a refusal."""
    kinds = (TaskKind.REFUSED, TaskKind.STUCK)
    return Task.objects.open().filter(request=course.request, kind__in=kinds).exists()
