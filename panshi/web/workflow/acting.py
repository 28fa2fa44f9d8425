"""Acting at a task: the quick look with agree and turn down right there, every other act as a form in the drawer."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import Person
from panshi.web.generic.answers import saved
from panshi.web.generic.forms import FormPage, form_page
from panshi.web.generic.keys import key_or_none
from panshi.web.request import PanshiRequest, page
from panshi.web.workflow import forms
from panshi.web.workflow.requests import shown_page
from panshi.workflow import reports, services
from panshi.workflow.models import Task, TaskKind, TaskState
from panshi.workflow.reports import PossibleActs, RequestPage
from panshi.workflow.reports.asking import StepAsks, asked_at

STANDARD_OPINIONS: Final = (gettext_lazy("同意。"), gettext_lazy("情况属实。"), gettext_lazy("请补充材料。"))
"""Offered until a person keeps their own."""


@dataclass(frozen=True, slots=True)
class Verb:
    """One act: its words, its form, what it does, what is said afterwards; `harms` for those that end something."""

    label: Promise
    form: type[forms.StepForm]
    perform: Callable[[Task, forms.StepForm, Viewer, dt.datetime], object]
    done: Promise
    fills: bool = False
    harms: bool = False


def _remark(form: forms.StepForm) -> str:
    return str(form.cleaned_data.get("remark") or "")


def _approve(task: Task, form: forms.StepForm, by: Viewer, at: dt.datetime) -> object:
    return services.approve(task=task, remark=_remark(form), values=form.given(), by=by, at=at)


def _reject(task: Task, form: forms.StepForm, by: Viewer, at: dt.datetime) -> object:
    return services.reject(task=task, remark=_remark(form), by=by, at=at)


def _send_back(task: Task, form: forms.StepForm, by: Viewer, at: dt.datetime) -> object:
    return services.send_back(
        task=task,
        to_node=form.cleaned_data["to_node"],
        remark=_remark(form),
        straight=form.cleaned_data["straight"],
        by=by,
        at=at,
    )


def _delegate(task: Task, form: forms.StepForm, by: Viewer, at: dt.datetime) -> object:
    return services.delegate(task=task, to=_person(form, "to", by), remark=_remark(form), by=by, at=at)


def _add_signer(task: Task, form: forms.StepForm, by: Viewer, at: dt.datetime) -> object:
    return services.add_signer(
        task=task,
        signer=_person(form, "signer", by),
        place=form.cleaned_data["place"],
        remark=_remark(form),
        by=by,
        at=at,
    )


def _resubmit(task: Task, form: forms.StepForm, by: Viewer, at: dt.datetime) -> object:
    return services.resubmit(task=task, values=form.given(), remark=_remark(form), by=by, at=at)


def _repeat(task: Task, form: forms.StepForm, by: Viewer, at: dt.datetime) -> object:
    return services.repeat_decision(task=task, remark=_remark(form), by=by, at=at)


def _give_up(task: Task, form: forms.StepForm, by: Viewer, at: dt.datetime) -> object:
    return services.give_up(task=task, remark=_remark(form), by=by, at=at)


def _claim(task: Task, form: forms.StepForm, by: Viewer, at: dt.datetime) -> object:
    return services.claim(task=task, by=by, at=at)


def _release(task: Task, form: forms.StepForm, by: Viewer, at: dt.datetime) -> object:
    return services.release(task=task, by=by, at=at)


def _person(form: forms.StepForm, name: str, by: Viewer) -> Person:
    """The person a form names; refused at the field when there is none such."""
    key = key_or_none(form.cleaned_data[name])
    found: Person | None = Person.objects.visible_to(by).filter(pk=key).first() if key else None
    if found is None:
        raise Refused(_("没有这个人。"), field=name)
    return found


VERBS: Final[Mapping[str, Verb]] = {
    "approve": Verb(
        gettext_lazy("同意"), forms.ApproveForm, _approve, gettext_lazy("已同意 %(number)s"), fills=True
    ),
    "reject": Verb(
        gettext_lazy("拒绝"), forms.ReasonForm, _reject, gettext_lazy("已拒绝 %(number)s"), harms=True
    ),
    "send_back": Verb(
        gettext_lazy("退回"), forms.SendBackForm, _send_back, gettext_lazy("已退回 %(number)s")
    ),
    "delegate": Verb(gettext_lazy("转办"), forms.DelegateForm, _delegate, gettext_lazy("已转交 %(number)s")),
    "add_signer": Verb(
        gettext_lazy("加签"), forms.SignerForm, _add_signer, gettext_lazy("已为 %(number)s 加签")
    ),
    "resubmit": Verb(
        gettext_lazy("重新提交"),
        forms.ResubmitForm,
        _resubmit,
        gettext_lazy("已重新提交 %(number)s"),
        fills=True,
    ),
    "repeat_decision": Verb(
        gettext_lazy("重新执行决定"), forms.RemarkForm, _repeat, gettext_lazy("已重新执行 %(number)s 的决定")
    ),
    "give_up": Verb(
        gettext_lazy("放弃申请"), forms.ReasonForm, _give_up, gettext_lazy("已放弃 %(number)s"), harms=True
    ),
    "claim": Verb(gettext_lazy("领取"), forms.StepForm, _claim, gettext_lazy("已领取 %(number)s")),
    "release": Verb(gettext_lazy("放回"), forms.StepForm, _release, gettext_lazy("已放回 %(number)s")),
}
"""What can be done at a task, in the order pages offer it; names are those of `PossibleActs.acts`."""


def visible_task(request: PanshiRequest, pk: int) -> Task:
    """A task of a request the person may see, with its definition; 404 otherwise."""
    rows = Task.objects.visible_to(request.viewer)
    task: Task | None = rows.select_related("request__definition", "process").filter(pk=pk).first()
    if task is None:
        raise Http404
    return task


def opinions(request: PanshiRequest) -> list[str]:
    """The quick opinions offered: one's own, or some that everybody needs."""
    return reports.quick_opinions(viewer=request.viewer) or [str(each) for each in STANDARD_OPINIONS]


def _form(
    request: PanshiRequest, verb: Verb, asks: StepAsks, possible: PossibleActs | None, *, sent: bool
) -> forms.StepForm:
    """The form of an act, filled with what the request says now or what was typed."""
    more: dict[str, Any] = {}
    if verb.fills:
        more |= {"defined": asks.form, "modes": asks.modes, "stored": asks.values}
    if verb.form is forms.ApproveForm:
        more["wants_remark"] = asks.comment
    if verb.form is forms.SendBackForm:
        more["back_to"] = (
            possible.back_to if possible else (reports.BackTo(request.POST.get("to_node", ""), ""),)
        )
    return verb.form(request.POST if sent else None, viewer=request.viewer, **more)


@page
def task(request: PanshiRequest, pk: int) -> HttpResponse:
    """A task beside the list: what is asked for, what was said, and agree or turn down right there."""
    found = visible_task(request, pk)
    if request.method != "POST" and not request.htmx:
        return HttpResponseRedirect(reverse("workflow:detail", args=[found.request_id]))
    rejects = request.POST.get("verb") == "reject"
    form = _form(request, VERBS["approve"], asked_at(found), None, sent=request.method == "POST")
    if rejects:  # whoever turns down fills in nothing but the reason
        form.let_be()
    if form.sent():
        with form.refusals():
            return _perform(request, found, VERBS["reject" if rejects else "approve"], form)
    shown = reports.request_page(
        request_id=found.request_id, viewer=request.viewer, on=request.on, at=request.at
    )
    if shown is None:
        raise Http404
    context = {
        **shown_page(request, shown),
        "task": found,
        "possible": _possible(shown, pk),
        "verbs": VERBS,
        "form": form,
        "opinions": opinions(request),
        "drawer": bool(request.htmx),
    }
    template = "workflow/task_part.html" if request.htmx else "workflow/task.html"
    response = render(request, template, context, status=422 if form.is_bound and form.errors else 200)
    patch_vary_headers(response, ("HX-Request",))
    return response


def _possible(shown: RequestPage, pk: int) -> PossibleActs | None:
    return next((each for each in shown.possible if each.task.pk == pk), None)


def _perform(request: PanshiRequest, found: Task, verb: Verb, form: forms.StepForm) -> HttpResponse:
    """Do it, say so, and let the page under the drawer load anew."""
    verb.perform(found, form, request.viewer, request.at)
    text = str(verb.done) % {"number": found.request.number}
    return saved(request, reverse("workflow:detail", args=[found.request_id]), text, stay=True)


@page
def act(request: PanshiRequest, pk: int, verb: str) -> HttpResponse:
    """One act at a task. Whoever comes too late is told why, and what was typed stays."""
    found, chosen = visible_task(request, pk), VERBS.get(verb)
    if chosen is None:
        raise Http404
    sent, asks = request.method == "POST", asked_at(found)
    shown = reports.request_page(
        request_id=found.request_id, viewer=request.viewer, on=request.on, at=request.at
    )
    possible = _possible(shown, pk) if shown is not None else None
    if not sent and (possible is None or verb not in possible.acts):
        raise Refused(_too_late(found))
    form = _form(request, chosen, asks, possible, sent=sent)
    if form.sent():
        with form.refusals():
            return _perform(request, found, chosen, form)
    around = FormPage(
        title=_("%(verb)s · %(number)s") % {"verb": chosen.label, "number": found.request.number},
        verb=str(chosen.label),
        cancel_url=reverse("workflow:detail", args=[found.request_id]),
        whole=tuple(form.fields),
        intro=_consequence(verb, found, asks),
    )
    return form_page(
        request,
        form,
        around,
        "workflow/act_part.html",
        opinions=opinions(request),
        harms=chosen.harms,
        task=found,
    )


def _too_late(task: Task) -> str:
    """Why nothing can be done here."""
    if task.state == TaskState.OPEN:
        return _("这不是您的任务，或现在不能这样处理。")
    return _("此任务已不需要处理：%(state)s。") % {
        "state": task.get_outcome_display() or task.get_state_display()
    }


def _consequence(verb: str, task: Task, asks: StepAsks) -> str:
    """What will happen, before it does."""
    if verb == "reject" and asks.rules is not None:
        return {
            "end": _("拒绝后申请结束，不再继续。"),
            "return": _("拒绝后退回申请人修改，改好后重新审批。"),
        }.get(asks.rules.reject, _("拒绝后按流程设定的路线继续。"))
    if verb == "repeat_decision":
        return _("审批已通过，但决定没有执行成功：%(why)s") % {"why": task.request.remark}
    words = {
        "give_up": _("申请结束，审批的结果不再执行。")
        if task.kind == TaskKind.REFUSED
        else _("申请结束，不再重新提交。"),
        "resubmit": _("退回的原因：%(why)s") % {"why": task.request.remark} if task.request.remark else "",
        "delegate": _("转交后由对方表态，您不再处理这一步。"),
        "claim": _("领取后由您处理，其他人不能再处理，直到您放回。"),
        "release": _("放回后，原来能处理的人都可以处理。"),
    }
    return words.get(verb, "")
