"""Carrying a request on: tell the engine what was done, let it advance, open what it waits for, until people must act.

Actions, kept opinions and passed approvers complete places at once, so it goes round until nothing is completed.
"""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from panshi.engines.process import BadState, CannotAdvance, CannotComplete, Step, Waiting
from panshi.ground.base.refusals import Refused
from panshi.workflow import events
from panshi.workflow.bindings import INFORM, actions
from panshi.workflow.clock import aware, fires_at
from panshi.workflow.models import ActKind, Performed, RequestState, TaskKind, Timer, TimerKind
from panshi.workflow.roles import parts_of
from panshi.workflow.services.copying import copy_to
from panshi.workflow.services.course import Course
from panshi.workflow.services.ending import finish, refused
from panshi.workflow.services.opening import open_task, own_task
from panshi.workflow.wording import engine_words

MOST_ROUNDS: Final = 200


@dataclass(frozen=True, slots=True)
class Done:
    """A place of the engine that is done: completed with values, or a timer that fired."""

    waiting: str
    values: dict[str, Any] = field(default_factory=dict)
    fired: bool = False


def carry_on(course: Course, done: Iterable[Done] = ()) -> None:
    """Advance as far as possible and save. What cannot go on stops before a person, with the reason."""
    completed = list(done)
    for _round in range(MOST_ROUNDS):
        try:
            _tell(course, completed)
            step = course.run.advance(course.names)
        except (CannotAdvance, CannotComplete, BadState) as refusal:
            course.back_to_checkpoint()
            _tell(course, completed)
            stop(course, engine_words(refusal, course.drawing), node=refusal.params.get("node", ""))
            break
        completed = _settle(course, step, {each.waiting for each in completed})
        if course.run.ended and _nobody_looked(course):
            completed = []
            continue
        if course.run.ended:
            finish(course)
            break
        if not completed:
            break
        course.mark()
    else:
        stop(course, _("流程一直在原地循环。"))
    course.save()


def _nobody_looked(course: Course) -> bool:
    """A request that was put right took another way, past the sender it should have come back to, on kept opinions
    alone: then nothing is kept and everybody is asked anew."""
    if not course.returns:
        return False
    request = course.request
    request.returns.filter(open=True).update(open=False)
    course.returns.clear()
    request.cycle += 1
    request.run_cycle = request.cycle
    course.begin()
    return True


def _tell(course: Course, completed: Iterable[Done]) -> None:
    for each in completed:
        if each.fired:
            course.run.fire(each.waiting)
        else:
            course.run.complete(each.waiting, each.values)


def _settle(course: Course, step: Step, known: Collection[str]) -> list[Done]:
    """Do what an advance asks for; answers what is done at once. Places in `known` were completed by somebody, so their
    tasks are closed already."""
    if left := [place.id for place in step.left if place.id not in known]:
        course.drop_tasks(waiting=left)
    done = []
    for place in step.entered:
        values: dict[str, Any] | None = None
        if place.kind == "user":
            values = open_task(course, place)
        elif place.kind == "service":
            values = perform(course, place)
        elif _set_timer(course, place):
            done.append(Done(place.id, fired=True))
        if values is not None:
            done.append(Done(place.id, values))
    return done


def _set_timer(course: Course, place: Waiting) -> bool:
    """Write the moment a timer or deadline waits for; True when it already passed on the way back to a sender."""
    node = course.drawing.node(place.node)
    if place.kind == "timer" and course.request.cycle > 1:
        passed = Performed.objects.filter(
            request=course.request, node=node.id, cycle__lt=course.request.cycle
        )
        if passed.exists():
            return True
    assert node.duration is not None
    found = fires_at(course.at, node.duration, calendar=course.calendar)
    Timer.objects.create(
        request=course.request,
        kind=TimerKind.TIMER if place.kind == "timer" else TimerKind.DEADLINE,
        node=node.id,
        waiting=place.id,
        due_at=aware(found.at),
        provisional=found.provisional,
    )
    return False


def perform(course: Course, place: Waiting) -> dict[str, Any] | None:
    """Perform the action of a service task once; what was performed in an earlier cycle is not done again.

    None when it was refused: somebody has to decide what to do about it.
    """
    node = course.drawing.node(place.node)
    name = node.settings.get("action", "")
    if name in INFORM:
        copy_to(course, _people(course, node.role or node.settings.get("who", "")), by_definition=True)
        return {}
    known = Performed.objects.filter(request=course.request, node=node.id).first()
    if known is not None and known.cycle < course.request.cycle:
        Performed.objects.filter(pk=known.pk).update(cycle=course.request.cycle)
        kept: dict[str, Any] = json.loads(known.result)
        return kept
    try:
        with transaction.atomic():
            found = dict(actions()[name].perform(course.request, node.settings, course.at) or {})
    except Refused as refusal:
        refused(course, refusal.message, node=node.id, name=node.name, waiting=place.id)
        return None
    Performed.objects.update_or_create(
        request=course.request,
        node=node.id,
        defaults={
            "action": name,
            "result": json.dumps(found, ensure_ascii=False),
            "cycle": course.request.cycle,
            "at": course.at,
        },
    )
    course.act(ActKind.PERFORMED, person_id=None, node=node.id, node_name=node.name)
    return found


def _people(course: Course, who: str) -> set[int]:
    return {pk for place in course.staffing.resolve(who) for pk in place.holders} if parts_of(who) else set()


def stop(course: Course, reason: str, *, node: str = "") -> None:
    """The engine cannot go on: nothing is lost, an administrator gets the request with the reason and, where there is
    one, the node whose way on they may choose."""
    request = course.request
    request.state, request.remark = RequestState.STUCK, reason
    course.act(ActKind.STUCK, person_id=None, text=reason)
    own_task(course, TaskKind.STUCK, [], node=node)
    course.record(events.STOPPED, node=node, reason=reason)
    course.tell(events.TOLD_STUCK, [request.applicant_id], reason=reason)
