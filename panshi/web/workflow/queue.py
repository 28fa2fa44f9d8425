"""The administrator's queue: tasks nobody can do, requests that stopped, and what can be done about each."""

from dataclasses import dataclass
from typing import Final

from django import forms
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.reports import active_people
from panshi.web.generic.answers import saved
from panshi.web.generic.confirm import Question, agreed, ask
from panshi.web.generic.forms import FormPage, PanshiForm, form_page
from panshi.web.generic.keys import key_or_none
from panshi.web.generic.pickers import PickerField
from panshi.web.request import PanshiRequest, page
from panshi.web.workflow.forms import PEOPLE_SOURCE, person_name
from panshi.workflow import services
from panshi.workflow.models import ProcessVersion, Request, Seat, SeatState, Task, TaskKind, VersionState
from panshi.workflow.outline import load_drawing
from panshi.workflow.reports import queue as queued
from panshi.workflow.reports import stuck
from panshi.workflow.ways import WayOut, ways_at

MANAGE: Final = "processes.manage"
MOST: Final = 100
"""Rows of each table; the oldest come first, and what is mended makes room."""


class AssignForm(PanshiForm):
    """Who takes the task, and why."""

    to = PickerField(PEOPLE_SOURCE, person_name, label=gettext_lazy("交给"))
    remark = forms.CharField(
        label=gettext_lazy("说明"), max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class ReasonForm(PanshiForm):
    """Why a request is ended or moved."""

    remark = forms.CharField(
        label=gettext_lazy("原因"), max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class WayForm(PanshiForm):
    """Which way a request takes that cannot choose by itself, and why."""

    flow = forms.ChoiceField(label=gettext_lazy("路线"), widget=forms.RadioSelect)
    remark = forms.CharField(
        label=gettext_lazy("原因"), max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


@dataclass(frozen=True, slots=True)
class StuckLine:
    """A request that stopped: the task that mends it, whether it is a refused decision, whether the viewer holds it,
    whether its way may be chosen, and whether a newer version is in use."""

    request: Request
    task: Task | None
    is_decision: bool
    is_mine: bool
    has_ways: bool
    newer: bool


@page
def queue(request: PanshiRequest) -> HttpResponse:
    """Everything that waits for those who manage processes."""
    request.viewer.require(MANAGE)
    tasks = list(
        queued(viewer=request.viewer)
        .select_related("request", "request__applicant", "process")
        .order_by("opened_at", "pk")[: MOST + 1]
    )
    stopped = list(
        stuck(viewer=request.viewer)
        .select_related("process", "applicant", "definition")
        .defer("definition__steps", "definition__drawing", "definition__compiled")
        .order_by("moved_at", "pk")[: MOST + 1]
    )
    context = {
        "tasks": tasks[:MOST],
        "more_tasks": len(tasks) > MOST,
        "lines": _lines(stopped[:MOST], request.viewer),
        "more_stuck": len(stopped) > MOST,
        "most": MOST,
    }
    return render(request, "workflow/queue.html", context)


def _lines(stopped: list[Request], viewer: Viewer) -> list[StuckLine]:
    """Each stopped request with the task that mends it; three queries."""
    tasks = {
        task.request_id: task
        for task in Task.objects.visible_to(viewer, MANAGE)
        .open()
        .filter(request__in=stopped, kind__in=[TaskKind.REFUSED, TaskKind.STUCK])
        .order_by("pk")
    }
    mine = set(
        Seat.objects.visible_to(viewer, MANAGE)
        .filter(task__in=[task.pk for task in tasks.values()], state=SeatState.OPEN, key__in=viewer.keys)
        .values_list("task_id", flat=True)
    )
    present = dict(
        ProcessVersion.objects.visible_to(viewer)
        .filter(process__in={one.process_id for one in stopped}, state=VersionState.PUBLISHED)
        .values_list("process_id", "pk")
    )
    return [
        StuckLine(
            request=one,
            task=tasks.get(one.pk),
            is_decision=one.pk in tasks and tasks[one.pk].kind == TaskKind.REFUSED,
            is_mine=one.pk in tasks and tasks[one.pk].pk in mine,
            has_ways=one.pk in tasks and bool(_ways(tasks[one.pk], one)),
            newer=present.get(one.process_id, one.definition_id) != one.definition_id,
        )
        for one in stopped
    ]


def _ways(task: Task, row: Request) -> tuple[WayOut, ...]:
    return ways_at(task, load_drawing(row.definition.outline))


def _task(request: PanshiRequest, pk: int) -> Task:
    """A task that stands in the queue, for those who manage processes; 404 when there is none."""
    request.viewer.require(MANAGE)
    waiting = Q(queued=True) | Q(kind__in=[TaskKind.REFUSED, TaskKind.STUCK])
    rows = Task.objects.visible_to(request.viewer, MANAGE).open().filter(waiting)
    found: Task | None = rows.select_related("request").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _request(request: PanshiRequest, pk: int) -> Request:
    """A request that has not ended, for those who manage processes; 404 when there is none."""
    request.viewer.require(MANAGE)
    found: Request | None = (
        Request.objects.visible_to(request.viewer, MANAGE)
        .open()
        .select_related("process")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Http404
    return found


@page
def assign(request: PanshiRequest, pk: int) -> HttpResponse:
    """Find somebody for a task nobody can do, or for a refused decision whose holder does nothing."""
    task = _task(request, pk)
    form = AssignForm(request.POST or None)
    if form.sent():
        with form.refusals():
            person = active_people([key_or_none(form.values()["to"])])
            services.assign_task(
                task=task, to=person, remark=form.values()["remark"], by=request.viewer, at=request.at
            )
            return saved(request, reverse("workflow:queue"), _("已指派，对方会收到通知。"))
    around = FormPage(
        title=_("指派“{task}”").format(task=task.name),
        verb=_("指派"),
        cancel_url=reverse("workflow:queue"),
        whole=("to", "remark"),
        intro=_("{request}：原来的处理人不再需要处理。").format(request=str(task.request)),
    )
    return form_page(request, form, around)


@page
def retry(request: PanshiRequest, pk: int) -> HttpResponse:
    """Let a stopped request try to go on, after what stopped it was put right."""
    row = _request(request, pk)
    question = Question(
        title=_("重试 {request}").format(request=str(row)),
        facts=(
            _("停滞的原因：{reason}").format(reason=row.remark or "–"),
            _("从停下的地方继续；原因还在就会再次停下，不会丢失任何意见。"),
        ),
        verb=_("重试"),
        cancel_url=reverse("workflow:queue"),
        harms=False,
    )
    if not agreed(request, question):
        return ask(request, question)
    services.retry_request(request=row, by=request.viewer, at=request.at)
    return _told(request, row, _("已重试，申请继续往下走。"))


@page
def choose(request: PanshiRequest, pk: int) -> HttpResponse:
    """Send a request that stands before a choice it cannot make on one of the ways drawn there."""
    row = _request(request, pk)
    stuck = (
        Task.objects.visible_to(request.viewer, MANAGE)
        .open()
        .filter(request=row, kind=TaskKind.STUCK)
        .first()
    )
    ways = _ways(stuck, row) if stuck else ()
    if not ways:
        raise Http404
    form = WayForm(request.POST or None)
    form.fields["flow"].choices = [(way.flow, way.words) for way in ways]  # type: ignore[attr-defined]
    if form.sent():
        with form.refusals():
            services.choose_way(request=row, by=request.viewer, at=request.at, **form.values())
            return _told(request, row, _("申请按选择的路线继续往下走。"))
    around = FormPage(
        title=_("为 {request} 选择路线").format(request=str(row)),
        verb=_("按此路线继续"),
        cancel_url=reverse("workflow:queue"),
        whole=("flow", "remark"),
        intro=_("停滞的原因：{reason}").format(reason=row.remark or "–"),
    )
    return form_page(request, form, around)


@page
def repeat(request: PanshiRequest, pk: int) -> HttpResponse:
    """Run a refused decision again; for whoever has the task."""
    task = _task(request, pk)
    question = Question(
        title=_("重新执行 {request} 的决定").format(request=str(task.request)),
        facts=(
            _("上次被退回的原因：{reason}").format(reason=task.request.remark or "–"),
            _("请先把原因处理好；仍不成立会再次退回。"),
        ),
        verb=_("重新执行"),
        cancel_url=reverse("workflow:queue"),
        harms=False,
    )
    if not agreed(request, question):
        return ask(request, question)
    row = services.repeat_decision(task=task, by=request.viewer, at=request.at)
    return _told(request, row, _("决定已执行。"))


def _told(request: PanshiRequest, row: Request, done: str) -> HttpResponse:
    """Back to the queue with how it went."""
    row.refresh_from_db()
    if row.state == "stuck":
        done = _("仍然停滞：{reason}").format(reason=row.remark)
    return saved(request, reverse("workflow:queue"), done)


@page
def give_up(request: PanshiRequest, pk: int) -> HttpResponse:
    """End a request without its refused decision, with the reason; for whoever has the task."""
    task = _task(request, pk)
    form = ReasonForm(request.POST or None)
    if form.sent():
        with form.refusals():
            services.give_up(task=task, remark=form.values()["remark"], by=request.viewer, at=request.at)
            return saved(request, reverse("workflow:queue"), _("申请已结束，决定没有执行。"))
    return _ask_reason(
        request,
        form,
        _("放弃 {request}").format(request=str(task.request)),
        _("放弃"),
        _("申请以驳回结束，审批的决定不会执行。"),
    )


@page
def cancel(request: PanshiRequest, pk: int) -> HttpResponse:
    """End a request that cannot go on, with the reason."""
    row = _request(request, pk)
    form = ReasonForm(request.POST or None)
    if form.sent():
        with form.refusals():
            services.cancel_request(
                request=row, remark=form.values()["remark"], by=request.viewer, at=request.at
            )
            return saved(request, reverse("workflow:queue"), _("申请已终止，申请人会收到通知。"))
    return _ask_reason(
        request,
        form,
        _("终止 {request}").format(request=str(row)),
        _("终止"),
        _("申请到此为止，不能恢复；意见和过程都保留。"),
    )


@page
def move(request: PanshiRequest, pk: int) -> HttpResponse:
    """Move a request to the version in use, on purpose."""
    row = _request(request, pk)
    form = ReasonForm(request.POST or None)
    if form.sent():
        with form.refusals():
            services.move_request(
                request=row, remark=form.values()["remark"], by=request.viewer, at=request.at
            )
            return saved(request, reverse("workflow:queue"), _("已换到使用中的版本。"))
    return _ask_reason(
        request,
        form,
        _("把 {request} 换到使用中的版本").format(request=str(row)),
        _("换版本"),
        _("新版本里还有的步骤，已给的意见保留；从原来的位置继续。"),
    )


def _ask_reason(request: PanshiRequest, form: PanshiForm, title: str, verb: str, intro: str) -> HttpResponse:
    around = FormPage(
        title=title, verb=verb, cancel_url=reverse("workflow:queue"), whole=("remark",), intro=intro
    )
    return form_page(request, form, around)
