"""Going back: to an earlier step or to the applicant, and straight back to the sender when it has been put right."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from panshi.engines.process import CannotComplete
from panshi.engines.process import CannotSendBack as EngineCannotSendBack
from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer
from panshi.workflow import events
from panshi.workflow.forms import clean_values, missing, modes
from panshi.workflow.models import (
    ActKind,
    Outcome,
    Request,
    RequestState,
    Return,
    SeatState,
    Task,
    TaskKind,
)
from panshi.workflow.outline import read_modes, rules_of
from panshi.workflow.services.acting import cut, keep_changes, store
from panshi.workflow.services.carrying import carry_on
from panshi.workflow.services.course import Course
from panshi.workflow.services.holding import Held, hold
from panshi.workflow.services.revising import back_to_applicant


class CannotSendBack(Refused):
    """The request cannot go back there, or the remark is missing."""


@transaction.atomic
def send_back(
    *, task: Task, to_node: str = "", remark: str, straight: bool = True, by: Viewer, at: dt.datetime
) -> Task:
    """Send a request back to an earlier step, or to its applicant (""), with a remark.

    `straight` lets it come straight back to this step afterwards, opinions given between being kept; otherwise
    everybody in between is asked again.
    """
    held = hold(asked=task, by=by, at=at)
    course, row = held.course, held.task
    if row.kind != TaskKind.NODE:
        raise CannotSendBack(_("此任务不能退回。"))
    if not rules_of(course.drawing, course.drawing.node(row.node)).sendback:
        raise CannotSendBack(_("流程规定此步骤不能退回。"))
    if not remark.strip():
        raise CannotSendBack(_("请填写退回的原因。"), field="remark")
    if to_node:
        _rewind(course, row, to_node)
    target = course.drawing.node(to_node).name if to_node else ""
    _mark(held)
    course.close_task(row, Outcome.SENT_BACK)
    course.act(ActKind.SENT_BACK, task=row, text=cut(remark), to_name=target, acted_for_id=held.acted_for)
    course.request.cycle += 1
    if to_node:
        if straight:
            Return.objects.create(
                request=course.request,
                task=row,
                node=row.node,
                to_node=to_node,
                cycle=course.request.cycle,
                at=at,
            )
        carry_on(course)
    else:
        back_to_applicant(course, row, straight=straight, remark=cut(remark))
        course.save()
    course.record(
        events.SENT_BACK, task_id=row.pk, node=row.node, to_node=to_node or "applicant", straight=straight
    )
    return row


def _rewind(course: Course, task: Task, to_node: str) -> None:
    """Let the engine go back within the branch; refuses with the reason."""
    if to_node == task.node:
        raise CannotSendBack(_("不能退回到自己这一步。"), field="to_node")
    try:
        course.run.send_back(to_node, task.waiting)
    except EngineCannotSendBack as refusal:
        words = {
            "parallel": _("不能退回到并行分支之外的步骤。"),
            "never_done": _("这份申请没有经过那一步。"),
        }
        raise CannotSendBack(words.get(refusal.code, _("不能退回到那一步。")), field="to_node") from refusal
    except CannotComplete as refusal:
        raise CannotSendBack(_("流程已经离开这一步。")) from refusal
    course.mark()


def _mark(held: Held) -> None:
    """Write down that this seat sent it back."""
    seat = held.seat
    seat.state, seat.outcome = SeatState.VOTED, Outcome.SENT_BACK
    seat.voted_by_id, seat.acted_for_id = held.course.person_id, held.acted_for
    seat.voted_at = held.course.at
    seat.save(update_fields=["state", "outcome", "voted_by", "acted_for", "voted_at"])


class CannotResubmit(Refused):
    """There is nothing to hand in again, or the form is not complete."""


@transaction.atomic
def resubmit(
    *,
    task: Task,
    values: Mapping[str, Any] | None = None,
    remark: str = "",
    by: Viewer,
    at: dt.datetime,
) -> Request:
    """Hand a returned request in again, with the form put right. It runs from its beginning: kept opinions stand where
    it goes straight back to the sender, and conditions look at the new values."""
    held = hold(asked=task, by=by, at=at)
    course, request = held.course, held.course.request
    if held.task.kind == TaskKind.REFUSED and by.person_id == request.applicant_id:
        request.cycle += 1
    elif held.task.kind != TaskKind.REVISE:
        raise CannotResubmit(_("此任务不能重新提交。"))
    start = next(node for node in course.drawing.nodes if node.kind == "start")
    allowed = modes(course.form, read_modes(start.settings.get("fields", "")), first=True)
    cleaned, errors = clean_values(course.form, values or {}, allowed=allowed)
    empty = missing(course.form, course.values | cleaned, allowed=allowed)
    changed = store(course, cleaned, errors | {name: w for name, w in empty.items() if name not in errors})
    act = course.numbered_act(
        ActKind.RESUBMITTED, task=held.task, text=cut(remark), acted_for_id=held.acted_for
    )
    keep_changes(course, act, changed)
    course.close_task(held.task, Outcome.RESUBMITTED)
    course.record(events.RESUBMITTED, fields=sorted(changed), cycle=request.cycle)
    start_over(course)
    return request


def start_over(course: Course) -> None:
    """Run the request from its beginning again."""
    request = course.request
    course.drop_tasks()
    request.state, request.remark, request.run_cycle = RequestState.RUNNING, "", request.cycle
    course.begin()
    carry_on(course)
