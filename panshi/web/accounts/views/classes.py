"""The four classes of key accounts: propose a change, look at the evidence, decline, evaluate now."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panshi.domains.accounts.models import (
    Account,
    ClassMembership,
    ClassProposal,
    ClassProposalState,
    KeyClass,
)
from panshi.domains.accounts.reports.classes import read_evidence, standings
from panshi.domains.accounts.services.classes import decline_class_proposal, propose_class
from panshi.domains.analytics.services import ask_for_classes
from panshi.ground.base.refs import RecordRef
from panshi.ground.base.refusals import NotAllowed
from panshi.ground.rules.models import RuleTable
from panshi.web.accounts.class_bulk import CLASS_PROCESS, PROPOSAL
from panshi.web.accounts.views.record import visible_account
from panshi.web.generic.answers import saved
from panshi.web.generic.forms import DayInput, FormPage, PanshiForm, form_page
from panshi.web.request import PanshiRequest, page
from panshi.workflow.services import start_request


class ClassForm(PanshiForm):
    """Which class, in or out, why, and until when it is an exception to the table."""

    key_class = forms.ChoiceField(label=gettext_lazy("类别"), choices=KeyClass.choices)
    way = forms.ChoiceField(
        label=gettext_lazy("变更"),
        choices=[("in", gettext_lazy("进入")), ("out", gettext_lazy("退出"))],
        widget=forms.RadioSelect,
    )
    why = forms.CharField(
        label=gettext_lazy("理由"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("战略客户要写明评定的理由：行业样板、竞争焦点或发展潜力。"),
    )
    override_until_on = forms.DateField(
        label=gettext_lazy("作为例外，有效至"),
        required=False,
        widget=DayInput,
        help_text=gettext_lazy(
            "填写后，到这一天为止不再按决策表判断这个类别；到期自动恢复判断。不填则不是例外。"
        ),
    )


@page
def change(request: PanshiRequest, pk: int) -> HttpResponse:
    """Apply for a change of class: a proposal by hand and its request, both or neither."""
    account = visible_account(request, pk)
    request.viewer.require("accounts.edit")
    if not Account.objects.visible_to(request.viewer, "accounts.edit").filter(pk=pk).exists():
        raise NotAllowed(_("您没有此项操作的权限。"))
    form = ClassForm(request.POST or None, initial={"way": "in"})
    if form.sent():
        with form.refusals(), transaction.atomic():
            given = form.cleaned_data
            proposal = propose_class(
                account=account,
                key_class=given["key_class"],
                enters=given["way"] == "in",
                reason=given["why"],
                override_until_on=given["override_until_on"],
                by=request.viewer,
                at=request.at,
            )
            asked = start_request(
                process=CLASS_PROCESS,
                subjects=(RecordRef(PROPOSAL, proposal.pk),),
                values={"reason": given["why"]},
                by=request.viewer,
                at=request.at,
            )
            said = _("已提交 %(number)s，批准后变更") % {"number": asked.number}
            return saved(request, reverse("workflow:detail", args=[asked.pk]), said)
    around = FormPage(
        title=_("调整大客户类别 · %(name)s") % {"name": account.name},
        verb=_("提交申请"),
        cancel_url=reverse("accounts:detail", args=[pk]),
        intro=_now(request, account),
        whole=("why", "override_until_on"),
    )
    return form_page(request, form, around)


def _now(request: PanshiRequest, account: Account) -> str:
    labels = [row.label for row in standings(account, viewer=request.viewer) if row.membership]
    if not labels:
        return _("现在不属于任何一类。类别只在批准之后变更。")
    return _("现在属于：%(classes)s。类别只在批准之后变更。") % {"classes": _("、").join(labels)}


class DeclineForm(PanshiForm):
    """Why the account stays as it is."""

    answer = forms.CharField(
        label=gettext_lazy("不采纳的原因"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("决策表不改变的话，90 天内不再提出同一条建议。"),
    )


_TABS = {
    "archive": ("profile", ""),
    "trade": ("trade", "ledger.view"),
    "group": ("group", ""),
    "classes": ("overview", ""),
}


@dataclass(frozen=True, slots=True)
class ShownEvidence:
    """Evidence with the places its figures came from, as far as this person may open them."""

    figures: tuple[tuple[str, str, str, str], ...]
    rows: tuple[str, ...]
    version: int
    table_url: str


def _grouped(value: str) -> str:
    """An amount with thousands separators; anything else as it was kept."""
    whole, point, part = value.partition(".")
    return f"{int(whole):,}{point}{part}" if point and whole.isdecimal() and part.isdecimal() else value


def _shown(request: PanshiRequest, text: str, account_id: int) -> ShownEvidence:
    found = read_evidence(text)

    def place(origin: str) -> str:
        tab, needs = _TABS.get(origin, ("", ""))
        return reverse("accounts:detail", args=[account_id, tab]) if tab and request.viewer.may(needs) else ""

    figures = tuple(
        (label, _grouped(value), source, place(origin))
        for (label, value, source), origin in zip(found.figures, found.origins, strict=True)
    )
    table = None
    if found.version and request.viewer.may("rules.manage"):
        table = RuleTable.objects.visible_to(request.viewer).filter(key=found.table).first()
    table_url = reverse("rules:version", args=[table.pk, found.version]) if table else ""
    return ShownEvidence(figures, found.rows, found.version, table_url)


@page
def proposal(request: PanshiRequest, pk: int) -> HttpResponse:
    """One proposal with its evidence; who may assign the account can decline it."""
    request.viewer.require("accounts.view")
    found: ClassProposal | None = (
        ClassProposal.objects.visible_to(request.viewer).select_related("account").filter(pk=pk).first()
    )
    if found is None:
        raise Http404
    may_decline = (
        found.state == ClassProposalState.OPEN
        and Account.objects.visible_to(request.viewer, "accounts.assign").filter(pk=found.account_id).exists()
    )
    form = DeclineForm(request.POST or None)
    address = reverse("accounts:class_proposals")
    if form.sent():
        with form.refusals():
            decline_class_proposal(
                proposal=found, answer=form.cleaned_data["answer"], by=request.viewer, at=request.at
            )
            return saved(request, address, _("已记下，不采纳"), stay=True)
    more: dict[str, Any] = {
        "proposal": found,
        "evidence": _shown(request, found.evidence, found.account_id),
        "may_decline": may_decline,
        "way": _("进入") if found.enters else _("退出"),
    }
    around = FormPage(
        title=_("类别建议 · %(name)s") % {"name": found.account.name},
        verb=_("不采纳"),
        cancel_url=address,
        whole=("answer",),
    )
    return form_page(request, form, around, "accounts/class_proposal.html", **more)


@page
def evidence(request: PanshiRequest, pk: int) -> HttpResponse:
    """Why an account entered, or left, a class: figures, the rows that matched, the request."""
    request.viewer.require("accounts.view")
    found: ClassMembership | None = (
        ClassMembership.objects.visible_to(request.viewer).select_related("account").filter(pk=pk).first()
    )
    if found is None:
        raise Http404
    context = {
        "title": _("类别依据 · %(name)s") % {"name": found.account.name},
        "member": found,
        "entered": _shown(request, found.evidence, found.account_id),
        "left": None if found.is_standing else _shown(request, found.left_evidence, found.account_id),
        "part": "accounts/class_evidence.html",
    }
    shown = "accounts/class_evidence.html" if request.htmx else "accounts/class_evidence_page.html"
    return render(request, shown, context)


class NothingForm(PanshiForm):
    """Nothing is asked."""


@page
def evaluate(request: PanshiRequest) -> HttpResponse:
    """Ask the table about all accounts now."""
    request.viewer.require("analysis.record")
    form, address = NothingForm(request.POST or None), reverse("accounts:class_proposals")
    if request.method == "POST":
        form = NothingForm(request.POST)
        with form.refusals():
            ask_for_classes(on=request.on, by=request.viewer, at=request.at)
            return saved(request, address, _("评估已开始，完成后在“后台任务”中查看结果"), stay=True)
    around = FormPage(
        title=_("立即评估大客户类别"),
        verb=_("开始评估"),
        cancel_url=address,
        intro=_("按现行决策表评估所有客户，与每夜的评估相同。只提出建议，不变更类别。"),
    )
    return form_page(request, form, around)
