"""The page of one request: its form, its story in words, who has it now and why, attachments, diagram, and what those
around it may do: comment, copy, urge, withdraw."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from panshi.ground.base.refusals import NotAllowed
from panshi.ground.identity.reports import names_of
from panshi.web import figures
from panshi.web.generic.answers import saved
from panshi.web.generic.cells import Tone
from panshi.web.generic.forms import FormPage, form_page
from panshi.web.generic.keys import key_or_none
from panshi.web.generic.records import Mark, RecordHead, Tab, open_tabs, record_page
from panshi.web.request import PanshiRequest, page
from panshi.web.workflow import forms
from panshi.web.workflow.columns import STATE_TONES
from panshi.workflow import reports, services
from panshi.workflow.forms import Field
from panshi.workflow.models import ActKind, Request
from panshi.workflow.models.requests import NOT_ENDED
from panshi.workflow.outline import load_drawing, rules_of
from panshi.workflow.reports import NodeShown, RequestPage, StoryLine

TABS: Final = (
    Tab("story", gettext_lazy("申请与经过"), template="workflow/story.html"),
    Tab("files", gettext_lazy("附件"), template="workflow/files.html"),
    Tab("diagram", gettext_lazy("流程图"), elsewhere="workflow:diagram"),
    Tab("changes", gettext_lazy("修改记录"), template="workflow/changes.html"),
)
BY_NAME: Final = {tab.name: tab for tab in TABS}
TONES: Final[Mapping[str, Tone]] = {
    ActKind.APPROVED: "good",
    ActKind.DECIDED: "good",
    ActKind.REJECTED: "bad",
    ActKind.REFUSED: "bad",
    ActKind.STUCK: "bad",
    ActKind.CANCELLED: "bad",
    ActKind.SENT_BACK: "warn",
    ActKind.WITHDRAWN: "warn",
    ActKind.ESCALATED: "warn",
    ActKind.REMINDED: "warn",
    ActKind.TIMED_OUT: "warn",
    ActKind.URGED: "warn",
    ActKind.QUEUED: "warn",
    ActKind.COMMENTED: "info",
    ActKind.REPEAT_PASSED: "info",
    ActKind.KEPT: "info",
}
SIGN_WORDS: Final[Mapping[str, Promise]] = {
    "all": gettext_lazy("会签：全部同意才通过"),
    "any": gettext_lazy("或签：一人同意即通过"),
    "percent": gettext_lazy("会签：%(percent)s 同意即通过"),
    "veto": gettext_lazy("会签：一人反对即不通过"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A field of the form in words: `changed` when somebody altered it after it was handed in."""

    label: str
    words: str
    kind: str
    changed: bool
    href: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A line of the story as the page shows it."""

    line: StoryLine
    tone: str
    changes: Sequence[tuple[str, str, str]]


def shown_page(request: PanshiRequest, shown: RequestPage) -> dict[str, Any]:
    """What every page about a request needs."""
    altered = {change.field for line in shown.story for change in line.act.changes.all()}
    return {
        "shown": shown,
        "asked": shown.request,
        "rows": [_row(each, altered) for each in shown.fields if each.field.kind != "file"],
        "story": _story(shown),
        "ahead": [each for each in shown.nodes if each.kind == "user" and each.state == "ahead"]
        if shown.request.is_open
        else [],
        "signs": {each.task.pk: _sign(each.task.sign, each.task.percent) for each in shown.waiting},
        "state_tone": STATE_TONES.get(shown.request.state, ""),
        "overdue": any(each.overdue for each in shown.waiting),
        "ended": None if shown.request.ended_at == NOT_ENDED else shown.request.ended_at,
    }


def _sign(sign: str, percent: int) -> str:
    words = SIGN_WORDS.get(sign)
    return str(words) % {"percent": f"{percent} %"} if words else ""


def _row(each: reports.Shown, altered: set[str]) -> Row:
    field = each.field
    href = (
        reverse("accounts:detail", args=[each.value])
        if field.kind == "account" and each.words and isinstance(each.value, int)
        else ""
    )
    return Row(field.label, in_words(field, each.words), field.kind, field.name in altered, href)


def in_words(field: Field, words: str) -> str:
    """A value as people read it: numbers with separators, notes as their own text."""
    if field.kind == "note":
        return field.help
    if field.kind not in ("money", "number") or not words:
        return words
    try:
        number = Decimal(words)
    except InvalidOperation:
        return words
    places = max(0, -int(number.as_tuple().exponent)) if field.kind == "number" else 2
    return figures.number(number, places)


def _story(shown: RequestPage) -> list[Told]:
    """The story with changed values in words; one query more where people were named in them."""
    fields = {each.field.name: each.field for each in shown.fields}
    changes = [change for line in shown.story for change in line.act.changes.all() if change.field in fields]
    named = {key for change in changes if fields[change.field].kind == "person"
             for key in (key_or_none(change.before), key_or_none(change.after)) if key}  # fmt: skip
    people = names_of(named) if named else {}
    return [
        Told(
            line,
            TONES.get(line.kind, ""),
            [
                (
                    fields[change.field].label,
                    _value(fields[change.field], change.before, people),
                    _value(fields[change.field], change.after, people),
                )
                for change in line.act.changes.all()
                if change.field in fields
            ],
        )
        for line in shown.story
    ]


def _value(field: Field, stored: str, people: Mapping[int, str]) -> str:
    """A stored value of a changed field in words."""
    if field.kind == "choice":
        return dict(field.choices).get(stored, stored)
    if field.kind == "person":
        return people.get(key_or_none(stored) or 0, "")
    if field.kind == "multi":
        return _("、").join(label for code, label in field.choices if f'"{code}"' in stored)
    return in_words(field, stored)


def page_of(request: PanshiRequest, pk: int) -> RequestPage:
    """The request for this person; 404 where there is none they may see."""
    found = reports.request_page(request_id=pk, viewer=request.viewer, on=request.on, at=request.at)
    if found is None:
        raise Http404
    return found


@page
def detail(request: PanshiRequest, pk: int, tab: str = "story") -> HttpResponse:
    """The request with one tab open; a copy is read by opening it."""
    chosen = BY_NAME.get(tab)
    if chosen is None:
        raise Http404
    shown = page_of(request, pk)
    services.take_note(request=shown.request, by=request.viewer, at=request.at)
    context = {
        **shown_page(request, shown),
        "head": _head(shown),
        "tabs": open_tabs(request, TABS, "workflow:detail", pk, tab),
        "possible": shown.possible[0] if shown.possible else None,
        "composer": forms.CommentForm(viewer=request.viewer),
        "rules": _rules(shown),
    }
    return record_page(request, "workflow/acts.html", chosen, context, pk=pk)


def _rules(shown: RequestPage) -> dict[str, Any]:
    """Rules of the steps still ahead, by node: until when and how they will be signed."""
    drawing = load_drawing(shown.request.definition.outline)
    ahead: list[NodeShown] = [each for each in shown.nodes if each.kind == "user" and each.state == "ahead"]
    return {each.node: rules_of(drawing, drawing.node(each.node)) for each in ahead}


def _head(shown: RequestPage) -> RecordHead:
    asked: Request = shown.request
    marks = [Mark(str(asked.get_state_display()), STATE_TONES.get(asked.state, ""))]
    if any(each.overdue for each in shown.waiting):
        marks.append(Mark(_("已超时"), "bad"))
    who = (
        _("%(name)s（%(unit)s）") % {"name": shown.applicant, "unit": shown.unit}
        if shown.unit
        else shown.applicant
    )
    identity = [(asked.number, ""), (asked.process.name, ""), (who, "")]
    identity += [
        (each.label, reverse("go", args=[each.kind, each.record_id]) if each.visible else "")
        for each in shown.about[:3]
    ]
    if len(shown.about) > 3:
        count = len(shown.about)
        identity.append(
            (ngettext("共 %(count)d 条记录", "共 %(count)d 条记录", count) % {"count": count}, "")
        )
    return RecordHead(title=asked.title, marks=marks, identity=identity)


@dataclass(frozen=True, slots=True)
class Around:
    """An act around the tasks of a request: its words and form, what it does and says afterwards."""

    label: Promise
    form: type[forms.StepForm]
    perform: Callable[[Request, forms.StepForm, PanshiRequest], str]
    intro: Promise | str = ""
    harms: bool = False


def _text(form: forms.StepForm) -> str:
    return str(form.cleaned_data.get("remark") or "")


def _withdraw(asked: Request, form: forms.StepForm, request: PanshiRequest) -> str:
    services.withdraw(request=asked, remark=_text(form), by=request.viewer, at=request.at)
    return _("已撤回 %(number)s") % {"number": asked.number}


def _urge(asked: Request, form: forms.StepForm, request: PanshiRequest) -> str:
    count = services.urge(request=asked, remark=_text(form), by=request.viewer, at=request.at)
    return ngettext("已催办 %(count)d 个任务", "已催办 %(count)d 个任务", count) % {"count": count}


def _copy(asked: Request, form: forms.StepForm, request: PanshiRequest) -> str:
    people = form.cleaned_data["to"]
    count = services.copy(request=asked, to=people, remark=_text(form), by=request.viewer, at=request.at)
    if not count:
        return _("这些人已经收到过抄送")
    return ngettext("已抄送给 %(count)d 人", "已抄送给 %(count)d 人", count) % {"count": count}


def _comment(asked: Request, form: forms.StepForm, request: PanshiRequest) -> str:
    services.comment(
        request=asked,
        text=form.cleaned_data["text"],
        mentioned=form.cleaned_data["mentioned"],
        by=request.viewer,
        at=request.at,
    )
    return _("评论已发表")


def _cancel(asked: Request, form: forms.StepForm, request: PanshiRequest) -> str:
    services.cancel_request(request=asked, remark=_text(form), by=request.viewer, at=request.at)
    return _("已终止 %(number)s") % {"number": asked.number}


AROUND: Final[Mapping[str, Around]] = {
    "comment": Around(gettext_lazy("评论"), forms.CommentForm, _comment),
    "copy": Around(
        gettext_lazy("抄送"),
        forms.CopyForm,
        _copy,
        gettext_lazy("收到抄送的人可以查看这份申请，不参与审批。"),
    ),
    "urge": Around(
        gettext_lazy("催办"), forms.RemarkForm, _urge, gettext_lazy("现在的处理人会立刻收到提醒。")
    ),
    "withdraw": Around(
        gettext_lazy("撤回"),
        forms.RemarkForm,
        _withdraw,
        gettext_lazy("撤回后申请结束，处理人不再需要处理；要再申请须重新发起。"),
        harms=True,
    ),
    "cancel_request": Around(
        gettext_lazy("终止申请"),
        forms.ReasonForm,
        _cancel,
        gettext_lazy("申请立即结束，申请人会收到原因。只用于无法继续的申请。"),
        harms=True,
    ),
}


@page
def around(request: PanshiRequest, pk: int, verb: str) -> HttpResponse:
    """One act around a request; refusals come back with what was typed."""
    chosen, shown = AROUND.get(verb), page_of(request, pk)
    if chosen is None:
        raise Http404
    if verb not in shown.acts:
        raise NotAllowed(_("您不能这样处理这份申请，或申请已经结束。"))
    form = chosen.form(request.POST if request.method == "POST" else None, viewer=request.viewer)
    address = reverse("workflow:detail", args=[pk])
    if form.sent():
        with form.refusals():
            return saved(request, address, chosen.perform(shown.request, form, request), stay=True)
    if request.htmx and request.htmx.target == "composer":
        status = 422 if form.errors else 200
        context = {"composer": form, "asked": shown.request}
        response = render(request, "workflow/composer.html", context, status=status)
        patch_vary_headers(response, ("HX-Request", "HX-Target"))
        return response
    frame = FormPage(
        title=_("%(verb)s · %(number)s") % {"verb": chosen.label, "number": shown.request.number},
        verb=str(chosen.label),
        cancel_url=address,
        whole=tuple(form.fields),
        intro=str(chosen.intro),
    )
    return form_page(
        request, form, frame, "workflow/act_part.html", opinions=(), harms=chosen.harms, task=None
    )
