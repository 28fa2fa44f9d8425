"""Agreeing to many tasks at once: what will be agreed to, what cannot and why, and what came of each."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panshi.ground.base.viewer import Viewer
from panshi.ground.work.bulk import Outcome
from panshi.web.generic.bulk import BulkAct, Preview
from panshi.web.workflow.forms import ApproveForm
from panshi.workflow import reports, services
from panshi.workflow.models import Task, TaskKind
from panshi.workflow.reports.asking import asked_at

Values = Mapping[str, Any]


def _tasks(keys: Sequence[int], viewer: Viewer, on: dt.date) -> list[Task]:
    """The picked tasks that are still the viewer's to do."""
    rows = reports.to_do(viewer=viewer, on=on).filter(pk__in=list(keys))
    return list(rows.select_related("request__definition", "process").order_by("request_id", "pk"))


def _preview(keys: Sequence[int], values: Values, viewer: Viewer, on: dt.date) -> Preview:
    remark = str(values.get("remark") or "").strip()
    tasks = {task.pk: task for task in _tasks(keys, viewer, on)}
    refused = {key: _("此任务已不需要您处理。") for key in keys if key not in tasks}
    for pk, task in tasks.items():
        if words := _hinders(task, remark):
            refused[pk] = words
    will = len(keys) - len(refused)
    facts = [_("每个任务各自同意，互不影响；同意之后不能批量撤销")]
    if remark:
        facts.append(_("意见：%(text)s") % {"text": remark[:80]})
    return Preview(will, 0, refused, tuple(facts))


def _hinders(task: Task, remark: str) -> str:
    """Why a task cannot be agreed to without opening it."""
    if task.kind != TaskKind.NODE:
        return _("需要打开后单独处理。")
    asked = asked_at(task)
    if asked.comment and not remark:
        return _("此步骤必须填写意见。")
    return _("此步骤要填写表单，请单独处理。") if asked.missing else ""


def _approve(keys: Sequence[int], values: Values, by: Viewer, at: dt.datetime) -> Outcome:
    remark = str(values.get("remark") or "")
    rows = Task.objects.visible_to(by).filter(pk__in=list(keys))
    answers = services.approve_many(tasks=list(rows), remark=remark, by=by, at=at)
    done = [answer.task_id for answer in answers if not answer.problem]
    return Outcome(done, (), {answer.task_id: answer.problem for answer in answers if answer.problem})


def _form(*args: Any, viewer: Viewer) -> ApproveForm:
    return ApproveForm(*args, viewer=viewer)


APPROVE: Final = BulkAct(
    name="approve",
    label=gettext_lazy("批量同意"),
    permission="",
    icon="checks",
    about=gettext_lazy("同意所选的任务。要填写表单或必须写意见的步骤会留下来单独处理。"),
    form=_form,
    preview=_preview,
    act=_approve,
)
