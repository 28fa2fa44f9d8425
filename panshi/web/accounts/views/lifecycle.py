"""The lifecycle's rules: what they say, what they would change tonight, and the answers to what they propose."""

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panshi.domains.accounts.models import Lifecycle, LifecycleProposal, ProposalState
from panshi.domains.accounts.reports.lifecycle import LifecycleStep, tonight
from panshi.domains.accounts.services import answer_proposal
from panshi.web.generic.answers import saved
from panshi.web.generic.forms import FormPage, PanshiForm, form_page
from panshi.web.request import PanshiRequest, page

WORDS = {
    LifecycleStep.WAKE: gettext_lazy("有交易，转为合作中"),
    LifecycleStep.SLEEP: gettext_lazy("长期没有交易，转为休眠"),
    LifecycleStep.GIVE_UP: gettext_lazy("休眠过久，建议转为流失"),
}


@page
def rules(request: PanshiRequest) -> HttpResponse:
    """The rules with their settings, and what tonight's run would change within one's scope."""
    request.viewer.require("accounts.view")
    found = tonight(on=request.on, viewer=request.viewer)
    labels = dict(Lifecycle.choices)
    total = sum(found.counts.values())
    answer = (
        _("今晚会变更 %(count)d 家客户（您能看到的范围）。") % {"count": total}
        if found.until
        else _("台账里还没有交易，规则不作判断。")
    )
    return render(
        request,
        "accounts/lifecycle_rules.html",
        {
            "title": _("生命周期规则"),
            "answer": answer,
            "found": found,
            "counts": [(WORDS[step], count) for step, count in found.counts.items()],
            "rows": [
                (change, str(labels[change.before]), str(labels[change.to])) for change in found.changes
            ],
            "settings_url": _settings_url(request),
        },
    )


def _settings_url(request: PanshiRequest) -> str:
    """Where the days are set, for those who may; "" while there is no such page."""
    try:
        return reverse("settings:topic", args=["lifecycle"]) if request.viewer.may("settings.manage") else ""
    except NoReverseMatch:
        return ""


class AnswerForm(PanshiForm):
    """Whether the account is lost, and why."""

    accept = forms.ChoiceField(
        label=gettext_lazy("答复"),
        choices=[("yes", gettext_lazy("采纳，转为流失")), ("no", gettext_lazy("不采纳，保持休眠"))],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=gettext_lazy("说明"),
        required=False,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("不采纳时请写明原因；此后一段时间规则不再提出。"),
    )


@page
def proposal(request: PanshiRequest, pk: int) -> HttpResponse:
    """Answer one proposal."""
    request.viewer.require("accounts.edit")
    found: LifecycleProposal | None = (
        LifecycleProposal.objects.visible_to(request.viewer).filter(pk=pk).select_related("account").first()
    )
    if found is None:
        raise Http404
    address = reverse("accounts:proposals")
    form = AnswerForm(request.POST or None)
    if form.sent():
        with form.refusals():
            accept = form.cleaned_data["accept"] == "yes"
            answer_proposal(
                proposal=found,
                accept=accept,
                answer=form.cleaned_data["answer"],
                by=request.viewer,
                at=request.at,
            )
            text = _("已转为流失") if accept else _("已记下，保持休眠")
            return saved(request, address, text, stay=True)
    intro = found.reason
    if found.state != ProposalState.OPEN:
        intro = _("这条建议已经处理：%(state)s。") % {"state": found.get_state_display()}
    around = FormPage(
        title=_("流失建议 · %(name)s") % {"name": found.account.name},
        verb=_("保存"),
        cancel_url=address,
        whole=("answer",),
        intro=intro,
    )
    return form_page(request, form, around)
