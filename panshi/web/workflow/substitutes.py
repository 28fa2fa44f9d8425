"""My substitutes 我的代理人: who acts for me while I am away, for whom I act; and my quick opinions."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from panshi.ground.base.refusals import Refused
from panshi.ground.identity.models import Person
from panshi.ground.identity.reports import names_of
from panshi.web.generic.answers import saved
from panshi.web.generic.confirm import Question, agreed, ask
from panshi.web.generic.forms import FormPage, form_page
from panshi.web.generic.keys import key_or_none
from panshi.web.request import PanshiRequest, page
from panshi.web.workflow.forms import AbsenceForm, OpinionsForm
from panshi.workflow import reports, services
from panshi.workflow.models import Absence, Process
from panshi.workflow.services.holding import standing_in


def _processes(request: PanshiRequest) -> dict[str, str]:
    rows = Process.objects.visible_to(request.viewer).filter(enabled=True).order_by("category", "name", "pk")
    return dict(rows.values_list("key", "name"))


@page
def substitutes(request: PanshiRequest) -> HttpResponse:
    """Those who stand in for me now or soon, and those I stand in for today."""
    names = _processes(request)
    rows = list(
        reports.absences(viewer=request.viewer)
        .filter(until_on__gte=request.on)
        .select_related("person", "substitute")
        .order_by("since_on", "pk")[:200]
    )
    standing = standing_in(request.viewer.person_id, on=request.on)
    people = names_of(each.person_id for each in standing)

    def limited(keys: frozenset[str]) -> str:
        return _("、").join(names.get(key, key) for key in sorted(keys))

    me = request.viewer.person_id
    context = {
        "mine": [(each, limited(each.process_keys)) for each in rows if each.person_id == me],
        "others": [(each, limited(each.process_keys)) for each in rows if each.person_id != me],
        "standing": [(people.get(each.person_id, ""), limited(each.processes)) for each in standing],
        "opinions": reports.quick_opinions(viewer=request.viewer),
        "on": request.on,
    }
    return render(request, "workflow/substitutes.html", context)


def _person(request: PanshiRequest, text: str, field: str) -> Person:
    key = key_or_none(text)
    found: Person | None = Person.objects.visible_to(request.viewer).filter(pk=key).first() if key else None
    if found is None:
        raise Refused(_("没有这个人。"), field=field)
    return found


@page
def create(request: PanshiRequest) -> HttpResponse:
    """Name somebody who acts for me for some days; who manages people may do it for others."""
    others = request.viewer.may("identity.manage")
    form = AbsenceForm(
        request.POST if request.method == "POST" else None,
        processes=list(_processes(request).items()),
        others=others,
        initial={"since_on": request.on},
    )
    address = reverse("workflow:substitutes")
    if form.sent():
        with form.refusals():
            given = form.cleaned_data
            named = str(given.get("person") or "") if others else ""
            who = _person(request, named or str(request.viewer.person_id), "person")
            services.set_absence(
                person=who,
                substitute=_person(request, given["substitute"], "substitute"),
                since_on=given["since_on"],
                until_on=given["until_on"],
                processes=given["processes"],
                note=given["note"],
                by=request.viewer,
                at=request.at,
            )
            return saved(request, address, _("已设置代理人"), stay=True)
    around = FormPage(
        title=_("设置代理人"),
        verb=_("设置代理人"),
        cancel_url=address,
        whole=("processes", "note"),
        intro=_("这些天里，代理人可以看到并处理轮到您的任务；您自己也仍然可以处理。经过里会写明代谁处理。"),
    )
    return form_page(request, form, around)


@page
def end(request: PanshiRequest, pk: int) -> HttpResponse:
    """Back earlier: the substitute acts no more."""
    rows = Absence.objects.visible_to(request.viewer).select_related("substitute", "person")
    absence = rows.filter(pk=pk, ended_at=None).first()
    if absence is None:
        raise Http404
    address = reverse("workflow:substitutes")
    question = Question(
        title=_("结束代理"),
        facts=(
            _("%(substitute)s 不再代 %(person)s 处理任务")
            % {"substitute": absence.substitute.name, "person": absence.person.name},
            _("已经处理过的不受影响"),
        ),
        verb=_("结束代理"),
        cancel_url=address,
        harms=False,
    )
    if agreed(request, question):
        services.end_absence(absence=absence, by=request.viewer, at=request.at)
        return saved(request, address, _("代理已结束"))
    return ask(request, question)


@page
def opinions(request: PanshiRequest) -> HttpResponse:
    """My quick opinions, one a line."""
    kept = "\n".join(reports.quick_opinions(viewer=request.viewer))
    form = OpinionsForm(request.POST if request.method == "POST" else None, initial={"texts": kept})
    address = reverse("workflow:substitutes")
    if form.sent():
        with form.refusals():
            services.keep_opinions(texts=form.cleaned_data["texts"].splitlines(), by=request.viewer)
            return saved(request, address, _("快捷意见已保存"), stay=True)
    around = FormPage(title=_("我的快捷意见"), verb=_("保存"), cancel_url=address, whole=("texts",))
    return form_page(request, form, around)
