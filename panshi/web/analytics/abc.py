"""The ABC analysis: ask for one, and read it in its four steps."""

from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from panshi.domains.analytics.models import AbcAnalysis, AnalysisState, MeasureChoice, StandingChoice
from panshi.domains.analytics.reports import (
    CurvePoint,
    abc_table,
    class_figures,
    latest,
    movement,
    pareto_curve,
    standing_apart,
)
from panshi.domains.analytics.services import record_analysis, request_abc
from panshi.domains.ledger.reports import cuts
from panshi.ground.base.refusals import NotAllowed, Refused
from panshi.ground.identity.models import Unit
from panshi.ground.work.models import Job
from panshi.web.analytics.forms import AbcForm, usual
from panshi.web.figures import number, percent
from panshi.web.generic.answers import saved
from panshi.web.generic.confirm import Question, agreed, ask
from panshi.web.request import PanshiRequest, page

TOP: Final = 20


def open_(request: PanshiRequest, pk: int) -> AbcAnalysis:
    """The analysis if the person may see it; 404 otherwise."""
    request.viewer.require("analysis.view")
    rows = AbcAnalysis.objects.visible_to(request.viewer).select_related("unit")
    found: AbcAnalysis | None = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@page
def newest(request: PanshiRequest) -> HttpResponse:
    """The newest analysis, or the form when there is none yet."""
    request.viewer.require("analysis.view")
    found = latest(viewer=request.viewer)
    return saved(request, reverse("analytics:report", args=[found.pk]) if found else reverse("analytics:ask"))


@page
def ask_abc(request: PanshiRequest) -> HttpResponse:
    """Choose the parameters; an analysis made before with the same ones is found, not made again."""
    request.viewer.require("analysis.view")
    regions, product_lines = cuts()
    units = Unit.objects.visible_to(request.viewer).filter(active=True).order_by("code")
    form = AbcForm(
        request.POST or None,
        initial=usual(request.on),
        units=list(units),
        regions=regions,
        product_lines=product_lines,
    )
    if form.sent():
        with form.refusals():
            analysis = request_abc(question=form.question(), by=request.viewer, at=request.at)
            return saved(request, reverse("analytics:report", args=[analysis.pk]))
    status = 422 if form.is_bound else 200
    return render(request, "analytics/ask.html", {"form": form, "title": _("ABC 分析")}, status=status)


@page
def report(request: PanshiRequest, pk: int) -> HttpResponse:
    """The analysis in four steps; while a job makes it, how far it is."""
    analysis = open_(request, pk)
    if analysis.state != AnalysisState.DONE:
        job = Job.objects.visible_to(request.viewer).filter(pk=analysis.job_id or 0).first()
        context = {"analysis": analysis, "title": _("ABC 分析"), "working": job is not None and job.is_open}
        return render(request, "analytics/waiting.html", context)
    curve = pareto_curve(analysis, viewer=request.viewer)
    context = {
        "analysis": analysis,
        "title": _("哪些客户带来大部分%(measure)s？") % {"measure": _measure(analysis)},
        "answer": _answer(analysis),
        "classes": class_figures(analysis),
        "chart": _pareto(analysis, curve),
        "movement": movement(analysis, viewer=request.viewer),
        "standings": list(StandingChoice),
        "table": list(abc_table(analysis, viewer=request.viewer)[:TOP]),
        "apart": standing_apart(analysis, viewer=request.viewer).count(),
        "may_record": analysis.is_whole
        and not analysis.recorded_at
        and request.viewer.may("analysis.record"),
        "money": analysis.measure != MeasureChoice.QUANTITY,
        "earlier": _earlier(request, analysis),
        "exports": [
            (_("ABC 表（XLSX）"), f"{reverse('analytics:export', args=[pk])}?kind=xlsx"),
            (_("ABC 表（CSV）"), f"{reverse('analytics:export', args=[pk])}?kind=csv"),
        ]
        if request.viewer.may("accounts.export")
        else [],
    }
    return render(request, "analytics/report.html", context)


def _measure(analysis: AbcAnalysis) -> str:
    return str(MeasureChoice(analysis.measure).label)


def _answer(analysis: AbcAnalysis) -> str:
    """The answer in one sentence with its figures."""
    held = {each.abc_class: each for each in class_figures(analysis)}
    best = held.get("A")
    if best is None or not analysis.accounts:
        return _("这个范围内没有交易。")
    return _(
        "%(accounts)s 家客户中，%(a)s 家 A 类客户占%(measure)s的 %(share)s；"
        "前 20%% 的客户占 %(top)s，基尼系数 %(gini)s。"
    ) % {
        "accounts": number(analysis.accounts),
        "a": number(best.accounts),
        "measure": _measure(analysis),
        "share": percent(best.share),
        "top": percent(analysis.top_share),
        "gini": number(analysis.gini, 3),
    }


def _pareto(analysis: AbcAnalysis, curve: list[CurvePoint]) -> dict[str, Any]:
    """The chart's data: figures rounded for showing, money in 万元."""
    money = analysis.measure != MeasureChoice.QUANTITY
    scale = 10_000 if money else 1
    return {
        "kind": "pareto",
        "labels": [str(point.rank) for point in curve],
        "values": [round(float(point.total) / scale, 2) for point in curve],
        "shares": [round(float(point.cumulative_share), 5) for point in curve],
        "unit": _("万元") if money else "",
        "bounds": [{"share": float(analysis.a), "label": "A"}, {"share": float(analysis.b), "label": "B"}],
    }


def _earlier(request: PanshiRequest, analysis: AbcAnalysis) -> list[AbcAnalysis]:
    """Other finished analyses to look at, newest first."""
    rows = AbcAnalysis.objects.visible_to(request.viewer).select_related("unit")
    return list(rows.filter(state=AnalysisState.DONE).exclude(pk=analysis.pk).order_by("-pk")[:8])


@page
def record(request: PanshiRequest, pk: int) -> HttpResponse:
    """Record the classes found as the accounts' own, after saying what that does."""
    analysis = open_(request, pk)
    request.viewer.require("analysis.record")
    back = reverse("analytics:report", args=[pk])
    question = Question(
        title=_("将分类记入客户档案"),
        facts=(
            _("%(count)s 家客户的 ABC 分类将按 %(last)s 为止的结果记录，并写入各自的历史。")
            % {"count": number(analysis.accounts - analysis.non_positive), "last": analysis.last_on},
            _("同一截止日期以前的记录会被这次的结果取代。"),
        ),
        verb=_("记入档案"),
        harms=False,
        cancel_url=back,
    )
    if not agreed(request, question):
        return ask(request, question)
    try:
        changed = record_analysis(analysis=analysis, by=request.viewer, at=request.at)
    except NotAllowed:
        raise
    except Refused as refusal:
        return saved(request, back, refusal.message)
    return saved(request, back, _("已记入档案，%(count)s 家客户升降级") % {"count": number(changed)})
