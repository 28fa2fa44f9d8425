"""Variance notes: the figures with what is behind each, the owner's answer, and the overview for those who lead."""

import datetime as dt
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panshi.domains.accounts.models import VarianceCause, VarianceNote, VarianceState
from panshi.domains.accounts.reports.variance import (
    PeriodFigure,
    base_of,
    moved_of,
    period_label,
    period_months,
    variance_overview,
)
from panshi.domains.accounts.services.variance import LONGEST, answer_variance
from panshi.ground.base.models import NOT_PLANNED
from panshi.ground.identity.reports import names_of
from panshi.web.figures import number, percent
from panshi.web.generic.answers import saved
from panshi.web.generic.forms import DayInput, FormPage, PanshiForm, form_page
from panshi.web.request import PanshiRequest, page


class AnswerForm(PanshiForm):
    """Why trade moved, in the owner's words, and what follows."""

    cause = forms.ChoiceField(
        label=gettext_lazy("原因"),
        choices=[("", gettext_lazy("请选择")), *[pair for pair in VarianceCause.choices if pair[0]]],
    )
    answer = forms.CharField(
        label=gettext_lazy("说明"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4})
    )
    measures = forms.CharField(
        label=gettext_lazy("措施"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    next_on = forms.DateField(label=gettext_lazy("下次检查"), required=False, widget=DayInput())


def _visible(request: PanshiRequest, pk: int) -> VarianceNote:
    request.viewer.require("ledger.view")
    rows = VarianceNote.objects.visible_to(request.viewer).filter(pk=pk)
    found: VarianceNote | None = rows.select_related("account__owner").first()
    if found is None:
        raise Http404
    return found


@page
def detail(request: PanshiRequest, pk: int) -> HttpResponse:
    """One note: the period, its mean, the product lines that moved, the answer."""
    note = _visible(request, pk)
    label = period_label(note.span, note.period_on)
    base = base_of(note)
    actual = PeriodFigure(note.period_on, label, note.actual, period_months(note.span, note.period_on))
    context = {
        "note": note,
        "account": note.account,
        "title": _("%(account)s：%(period)s 的交易为什么变动？")
        % {"account": note.account.name, "period": label},
        "answer": _sentence(note, label, len(base)),
        "periods": [*base, actual],
        "moved": moved_of(note),
        "months": actual.months,
        "chart": _chart(note, [*base, actual]),
        "by": names_of([note.answered_by_id]).get(note.answered_by_id or 0, ""),
        "next_on": note.next_on if note.next_on != NOT_PLANNED else None,
        "late": note.state == VarianceState.OPEN and note.due_on < request.on,
        "may_answer": note.state != VarianceState.WITHDRAWN and request.viewer.may("accounts.edit"),
    }
    return render(request, "accounts/variance.html", context)


def _sentence(note: VarianceNote, label: str, periods: int) -> str:
    figures = {
        "period": label,
        "actual": number(note.actual, 2),
        "mean": number(note.mean, 2),
        "deviation": number(abs(note.deviation), 2),
        "periods": periods,
    }
    if note.share is None:
        return _("%(period)s 交易 %(actual)s 元，前 %(periods)d 期平均 %(mean)s 元。") % figures
    said = (
        _(
            "%(period)s 交易 %(actual)s 元，比前 %(periods)d 期平均 %(mean)s 元少 %(deviation)s 元（%(share)s）。"
        )
        if note.deviation < 0
        else _(
            "%(period)s 交易 %(actual)s 元，比前 %(periods)d 期平均 %(mean)s 元多 %(deviation)s 元（%(share)s）。"
        )
    )
    return said % {**figures, "share": percent(abs(note.share))}


def _chart(note: VarianceNote, periods: list[PeriodFigure]) -> dict[str, Any]:
    """The periods as bars in 万元, each leading to the lines of its first month."""
    return {
        "kind": "bars",
        "labels": [each.label for each in periods],
        "series": [
            {"name": _("交易"), "values": [round(float(each.amount) / 10_000, 2) for each in periods]}
        ],
        "unit": _("万元"),
        "links": [reverse("ledger:lines", args=[note.account_id, each.months[0]]) for each in periods],
    }


@page
def answer(request: PanshiRequest, pk: int) -> HttpResponse:
    """Explain a variance, or correct what was said."""
    request.viewer.require("accounts.edit")
    note = _visible(request, pk)
    address = reverse("accounts:variance", args=[pk])
    initial = {
        "cause": note.cause,
        "answer": note.answer,
        "measures": note.measures,
        "next_on": note.next_on if note.next_on != NOT_PLANNED else None,
    }
    form = AnswerForm(request.POST or None, initial=initial, version=note.version)
    if form.sent():
        with form.refusals():
            said = {name: form.cleaned_data[name] for name in ("cause", "answer", "measures")}
            answer_variance(
                note=note,
                values=said,
                next_on=form.cleaned_data["next_on"],
                expected_version=form.expected_version,
                by=request.viewer,
                at=request.at,
            )
            return saved(request, address, _("异动说明已保存"), stay=True)
    around = FormPage(
        title=_("异动说明 · %(name)s") % {"name": note.account.name},
        verb=_("保存"),
        cancel_url=address,
        whole=("answer", "measures"),
        intro=_sentence(note, period_label(note.span, note.period_on), len(base_of(note))),
    )
    return form_page(request, form, around)


@page
def report(request: PanshiRequest) -> HttpResponse:
    """How variances are answered in one's scope: by month, by owner, by cause."""
    request.viewer.require("ledger.view")
    found = variance_overview(on=request.on, viewer=request.viewer)
    listed = reverse("accounts:variances")
    months = [line for line in found.months if line.open or line.answered or line.withdrawn]
    total = found.open + found.answered
    context = {
        "title": _("交易异动说明得怎么样？"),
        "answer": _(
            "近 12 个月 %(total)d 份异动，已说明 %(answered)d 份，待说明 %(open)d 份，其中超期 %(late)d 份。"
        )
        % {"total": total, "answered": found.answered, "open": found.open, "late": found.late}
        if total
        else _("近 12 个月没有需要说明的异动。"),
        "found": found,
        "months": [(line, _month_query(line.month)) for line in reversed(months)],
        "listed": listed,
        "chart": {
            "kind": "bars",
            "labels": [f"{line.month:%Y-%m}" for line in found.months],
            "series": [
                {"name": _("待说明"), "values": [line.open for line in found.months]},
                {"name": _("已说明"), "values": [line.answered for line in found.months]},
            ],
            "unit": _("份"),
            "links": [f"{listed}?{_month_query(line.month)}" for line in found.months],
        },
    }
    return render(request, "accounts/variance_report.html", context)


def _month_query(month: dt.date) -> str:
    return f"period.from={month}&period.to={month}"
