"""How a request ends: agreed with the decision it was made for, turned down, withdrawn or cancelled."""

from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from panshi.ground.base.approval import Approval
from panshi.ground.base.refusals import Refused
from panshi.workflow import events
from panshi.workflow.models import ActKind, RequestState, Seat, TaskKind
from panshi.workflow.roles import parts_of
from panshi.workflow.services.copying import copy_to
from panshi.workflow.services.course import Course
from panshi.workflow.services.opening import own_task
from panshi.workflow.votes import AGREED

APPROVED: Final = "approved"
REJECTED: Final = "rejected"
LONGEST_REASON: Final = 200
"""Of the reason so much stands in the notice; the request's page has all of it."""


def finish(course: Course) -> None:
    """The run reached its end: by the end's `outcome` it was agreed to or turned down. The decision runs in a savepoint
    of this transaction; when it is refused, somebody gets the request with the reason and nothing is lost."""
    end = course.run.end_node
    outcome = course.drawing.node(end).settings.get("outcome", "") if end else ""
    course.request.outcome = outcome or APPROVED
    if outcome == REJECTED:
        close(course, RequestState.REJECTED, text=course.request.remark)
        return
    decide(course)


def decide(course: Course) -> None:
    """Run the decision and end the request, or hand the refusal to a person."""
    request, binding = course.request, course.binding
    if binding.decide is not None:
        approval = approval_of(course)
        try:
            with transaction.atomic():
                binding.decide(approval, request, course.at)
        except Refused as refusal:
            refused(course, refusal.message)
            return
    close(course, RequestState.APPROVED, decided=binding.decide is not None)


def refused(course: Course, reason: str, *, node: str = "", name: str = "", waiting: str = "") -> None:
    """A decision or action was refused because the world has changed: somebody gets it with the reason."""
    request = course.request
    request.state, request.remark = RequestState.STUCK, reason
    person = person_for_refusal(course)
    course.act(ActKind.REFUSED, person_id=None, node=node, node_name=name, text=reason)
    own_task(course, TaskKind.REFUSED, [person], node=node, waiting=waiting)
    course.record(events.DECISION_REFUSED, process=request.process.key)
    course.tell(events.TOLD_REFUSED, {person, request.applicant_id}, reason=reason)


def approval_of(course: Course) -> Approval:
    """What the decision is handed."""
    request = course.request
    return Approval(
        request_id=request.pk,
        number=request.number,
        process=request.process.key,
        version=request.definition.number,
        deciders=deciders(course),
        outcome=request.outcome,
        at=course.at,
        applicant_id=request.applicant_id,
    )


def deciders(course: Course) -> tuple[int, ...]:
    """Who agreed in the run that ended, each once: the seats of each node's last task."""
    course.send()
    rows = (
        Seat.objects.filter(
            request=course.request,
            task__cycle__gte=course.request.run_cycle,
            task__kind=TaskKind.NODE,
            task__outcome__in=AGREED,
            outcome__in=AGREED,
        )
        .order_by("task_id", "voted_at", "pk")
        .values_list("task__node", "task_id", "voted_by_id")
    )
    last: dict[str, int] = {}
    for node, task_id, _person in rows:
        last[node] = task_id
    found = [person for node, task_id, person in rows if last[node] == task_id and person is not None]
    return tuple(dict.fromkeys(found))


def person_for_refusal(course: Course) -> int:
    """Who gets a refused decision: whoever the process names, the last decider, or the applicant."""
    who = course.drawing.settings.get("refused", "")
    if who == "last":
        return (deciders(course) or (course.request.applicant_id,))[-1]
    for place in course.staffing.resolve(who) if parts_of(who) else ():
        return place.holders[0]
    return course.request.applicant_id


def close(course: Course, state: RequestState, *, text: str = "", decided: bool = False) -> None:
    """End the request: nothing stays open, everybody concerned is told. `decided` says that its decision just ran."""
    request = course.request
    request.state, request.ended_at, request.remark = state, course.at, text
    if request.cycle > 1:
        request.returns.filter(open=True).update(open=False)
    course.drop_tasks()
    if decided:
        course.act(ActKind.DECIDED, person_id=None)
        course.record(events.DECIDED, process=request.process.key, outcome=request.outcome)
    course.act(ActKind.ENDED, person_id=None, text=text)
    course.record(events.ENDED, state=str(state), outcome=request.outcome)
    if course.binding.ended is not None:
        course.binding.ended(request, course.by, course.at)
    who = course.drawing.settings.get("copy", "")
    if state == RequestState.APPROVED and parts_of(who):
        copy_to(
            course, {pk for place in course.staffing.resolve(who) for pk in place.holders}, by_definition=True
        )
    words = str(state.label)
    if text and state != RequestState.APPROVED:
        words = _("%(state)s（%(reason)s）") % {"state": words, "reason": text[:LONGEST_REASON]}
    course.tell(events.TOLD_ENDED, [request.applicant_id], state=words)
